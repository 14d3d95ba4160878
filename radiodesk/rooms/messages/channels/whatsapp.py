"""WhatsApp Business Cloud API: its webhook read, its signature checked.

A delivery is read message by message. Every kind of message becomes words or files in the queue; what cannot be read
becomes a card that keeps it as it came; what is no message (reactions, stickers) is passed over.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.language.phones import international
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.channels import whatsapp_words as words
from radiodesk.rooms.messages.loose_values import as_json, coordinate, digest, key, listed, moment, text, within
from radiodesk.rooms.messages.ports import PART, Delivery, Incoming, IncomingKind
from radiodesk.rooms.messages.unread_cards import unread

_OBJECT = "whatsapp_business_account"
_PASSED_OVER = ("reaction", "sticker", "system", "ephemeral")
_USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,140}")
"""A user as this business alone sees him, ``ID.9f3kd83hs71``: all there is of somebody who hides the number."""


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Whether ``X-Hub-Signature-256`` is the body's HMAC-SHA-256 under the app secret."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))


def parse(body: Any) -> Delivery:
    """Everything that a webhook body brings, in order; raises ``Unreadable`` when it is no such body at all."""
    if within(body, "object") != _OBJECT or "entry" not in body:
        raise Unreadable("This is not a WhatsApp webhook.")
    return Delivery(tuple(found for entry in listed(body["entry"]) for found in _entry(entry)))


def _entry(entry: Any) -> Iterator[Incoming]:
    if within(entry, "changes") is None:
        yield unread(Channel.WHATSAPP, entry)
    for change in listed(within(entry, "changes")):
        value = within(change, "value")
        if isinstance(value, dict):
            yield from _value(value)
        else:
            yield unread(Channel.WHATSAPP, change)


def _value(value: dict[str, Any]) -> Iterator[Incoming]:
    contacts = [contact for contact in listed(value.get("contacts")) if isinstance(contact, dict)]
    for message in listed(value.get("messages")):
        if isinstance(message, dict):
            yield from _message(message, contacts)
        else:
            yield unread(Channel.WHATSAPP, message)
    for call in listed(value.get("calls")):
        if not isinstance(call, dict):
            yield unread(Channel.WHATSAPP, call)
        elif call.get("direction") == "USER_INITIATED" and call.get("event") == "connect":
            told = gettext("(WhatsApp call, which the desk cannot answer)")
            yield replace(_plain(call, contacts), kind=IncomingKind.MISSED_CALL, text=told)
    for status in listed(value.get("statuses")):
        sent, state = key(within(status, "id")), text(within(status, "status"))
        if sent and state:
            errors = " ".join(filter(None, (text(within(error, "title")) for error in listed(status.get("errors")))))
            identity = key(f"status:{sent}:{state}")
            yield Incoming(
                Channel.WHATSAPP, identity, None, IncomingKind.RECEIPT, text=errors, about=sent, receipt=state
            )
        else:
            yield unread(Channel.WHATSAPP, status)


def _message(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Iterator[Incoming]:
    kind, plain = words.kind_of(message), _plain(message, contacts)
    if kind in _PASSED_OVER:
        return
    if kind in ("revoke", "edit"):
        about, told = key(within(message, kind, "original_message_id")), words.of(within(message, "edit", "message"))
        if about and kind == "revoke":
            yield replace(plain, kind=IncomingKind.DELETE, about=about)
            return
        if about and told:
            yield replace(plain, kind=IncomingKind.EDIT, about=about, text=told)
            return
    told, media = words.of(message), words.media(message)
    if media or (told and kind not in words.MEDIA):
        location = within(message, "location")
        yield replace(
            plain,
            text=told,
            media=media,
            place=text(within(location, "name")),
            latitude=coordinate(within(location, "latitude"), 90),
            longitude=coordinate(within(location, "longitude"), 180),
        )
    else:
        yield unread(Channel.WHATSAPP, message, plain, kind=kind, words=told)


def _plain(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Incoming:
    """Who sent it, and when: what all kinds have in common. Without an id its own words stand for one."""
    part = digest(as_json(message))
    number, ids = international(text(message.get("from"))), _ids(message, "from_user_id", "from_parent_user_id", "from")
    contact = _contact(number, ids, contacts)
    known = _ids(contact, "user_id", "parent_user_id")
    username = text(within(contact, "profile", "username"))
    return Incoming(
        Channel.WHATSAPP,
        key(message.get("id")) or PART + part,
        number or international(text(contact.get("wa_id"))),
        name=text(within(contact, "profile", "name")).strip() or (f"@{username}" if username else ""),
        address=next(iter([*ids, *known]), None),
        written_at=moment(message.get("timestamp")),
        part=part,
    )


def _ids(held: dict[str, Any], *names: str) -> list[str]:
    return [found for name in names if _USER_ID.fullmatch(found := text(held.get(name)))]


def _contact(number: str | None, ids: list[str], contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """The sender among the contacts of a delivery: by id, by number, or as the only one where none is named."""
    for contact in contacts:
        if set(ids) & set(_ids(contact, "user_id", "parent_user_id")):
            return contact
        if number and number == international(text(contact.get("wa_id"))):
            return contact
    return contacts[0] if len(contacts) == 1 and not number and not ids else {}


def is_user_id(address: str) -> bool:
    """Whether an address is a user id, and no number."""
    return _USER_ID.fullmatch(address) is not None
