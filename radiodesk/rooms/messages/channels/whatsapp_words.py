"""The words and files of one WhatsApp message, whatever its kind; of what is odd in it, as much as can be had."""

from typing import Any

from radiodesk.core.i18n import gettext
from radiodesk.rooms.messages.loose_values import listed, text, within
from radiodesk.rooms.messages.ports import MediaReference

MEDIA = ("audio", "voice", "image", "video", "document")
_WORDED = ("text", "location", "contacts", "button", "interactive")


def kind_of(message: dict[str, Any]) -> str:
    """The kind of a message; where it tells none, by what it holds."""
    return text(message.get("type")) or next((kind for kind in (*_WORDED, *MEDIA) if kind in message), "")


def media(message: dict[str, Any]) -> tuple[MediaReference, ...]:
    """The file of a message."""
    kind = kind_of(message)
    held = within(message, kind) if kind in MEDIA else None
    identity = text(within(held, "id"))
    if not identity:
        return ()
    return (MediaReference(identity, text(within(held, "mime_type")), text(within(held, "filename"))),)


def of(message: Any) -> str:
    """What a message says; empty where that cannot be found out."""
    if not isinstance(message, dict):
        return ""
    kind = kind_of(message)
    if kind in MEDIA:
        return text(within(message, kind, "caption")).strip()
    if kind == "text":
        return text(within(message, "text", "body")).strip()
    if kind == "button":
        return text(within(message, "button", "text")).strip()
    if kind == "location":
        return _location(within(message, "location"))
    if kind == "contacts":
        return _contacts(listed(message.get("contacts")))
    if kind == "interactive" and isinstance(message.get("interactive"), dict):
        replies = [held for held in message["interactive"].values() if isinstance(held, dict)]
        return " ".join(text(reply.get("title") or reply.get("body")) for reply in replies).strip()
    return ""


def _location(location: Any) -> str:
    said = [text(within(location, name)) for name in ("name", "address")]
    spot = [text(within(location, name)) for name in ("latitude", "longitude")]
    where = ", ".join(filter(None, said)) or (", ".join(spot) if all(spot) else "")
    return gettext("(location: %(where)s)", where=where) if where else ""


def _contacts(contacts: list[Any]) -> str:
    people = []
    for one in contacts:
        numbers = (text(within(phone, "phone")) for phone in listed(within(one, "phones")))
        people.append(" ".join(filter(None, (text(within(one, "name", "formatted_name")), *numbers))))
    who = ", ".join(filter(None, people))
    return gettext("(contact: %(who)s)", who=who) if who else ""
