"""WhatsApp Business Cloud API: its webhook read, its signature checked, its media fetched, replies sent.

Every kind of message becomes words or files in the queue; what is no message (reactions, stickers) is passed over.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from radiodesk.calls.channels.ports import Incoming, IncomingKind, MediaReference
from radiodesk.calls.channels.sending import NotSent
from radiodesk.calls.models import Channel
from radiodesk.core.config import Settings
from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import gettext

_MEDIA = ("audio", "voice", "image", "video", "document")
_PASSED_OVER = ("reaction", "sticker", "system", "ephemeral")


def signed(secret: str, body: bytes, header: str) -> bool:
    """Whether ``X-Hub-Signature-256`` is the body's HMAC-SHA-256 under the app secret."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))


def parse(body: Any) -> list[Incoming]:
    """Everything that a webhook body brings, in order; raises ``Unreadable`` when it is no such body."""
    try:
        if body["object"] != "whatsapp_business_account":
            raise Unreadable("This is not a WhatsApp webhook.")
        values = [change["value"] for entry in body["entry"] for change in entry["changes"]]
        return [found for value in values for found in _read(value)]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unreadable("This is not a WhatsApp webhook.") from None


def _read(value: dict[str, Any]) -> Iterator[Incoming]:
    names = {
        contact.get("wa_id"): (contact.get("profile") or {}).get("name", "") for contact in value.get("contacts", [])
    }
    for message in value.get("messages", []):
        found = _message(message, names.get(message["from"], ""))
        if found is not None:
            yield found
    for status in value.get("statuses", []):
        errors = " ".join(str(error.get("title", "")) for error in status.get("errors", []))
        yield Incoming(
            Channel.WHATSAPP,
            f"status:{status['id']}:{status['status']}",
            None,
            IncomingKind.RECEIPT,
            text=errors,
            about=str(status["id"]),
            receipt=str(status["status"]),
        )
    for call in value.get("calls", []):
        if call.get("direction") == "USER_INITIATED" and call.get("event") == "connect":
            sender = str(call["from"])
            yield Incoming(
                Channel.WHATSAPP,
                str(call["id"]),
                sender,
                IncomingKind.MISSED_CALL,
                name=names.get(sender, ""),
                text=gettext("(WhatsApp call, which the desk cannot answer)"),
            )


def _message(message: dict[str, Any], name: str) -> Incoming | None:
    kind, sender, identity = str(message["type"]), str(message["from"]), str(message["id"])
    if kind in _PASSED_OVER:
        return None
    if kind == "revoke":
        about = str(message["revoke"]["original_message_id"])
        return Incoming(Channel.WHATSAPP, identity, sender, IncomingKind.DELETE, about=about)
    if kind == "edit":
        changed = message["edit"]["message"]
        text = _words(str(changed["type"]), changed)
        about = str(message["edit"]["original_message_id"])
        return Incoming(Channel.WHATSAPP, identity, sender, IncomingKind.EDIT, text=text, about=about)
    location = message.get("location") or {}
    return Incoming(
        Channel.WHATSAPP,
        identity,
        sender,
        name=str(name),
        text=_words(kind, message),
        media=_media(kind, message),
        place=str(location.get("name") or ""),
        latitude=float(location["latitude"]) if "latitude" in location else None,
        longitude=float(location["longitude"]) if "longitude" in location else None,
    )


def _media(kind: str, message: dict[str, Any]) -> tuple[MediaReference, ...]:
    if kind not in _MEDIA:
        return ()
    held = message[kind]
    return (MediaReference(str(held["id"]), str(held.get("mime_type", "")), str(held.get("filename", ""))),)


def _words(kind: str, message: dict[str, Any]) -> str:
    """What a message says, whatever its kind."""
    if kind == "text":
        return str(message["text"]["body"])
    if kind in _MEDIA:
        return str(message[kind].get("caption") or "")
    if kind == "location":
        location = message["location"]
        said = ", ".join(str(location[key]) for key in ("name", "address") if location.get(key))
        return gettext("(location: %(where)s)", where=said or f"{location['latitude']}, {location['longitude']}")
    if kind == "contacts":
        people = ", ".join(
            " ".join([str((one.get("name") or {}).get("formatted_name", "")), *_phones(one)]).strip()
            for one in message["contacts"]
        )
        return gettext("(contact: %(who)s)", who=people)
    if kind == "button":
        return str(message["button"].get("text", ""))
    if kind == "interactive" and isinstance(message.get("interactive"), dict):
        replies = [held for held in message["interactive"].values() if isinstance(held, dict)]
        return " ".join(str(reply.get("title", "")) for reply in replies).strip()
    return gettext("(a WhatsApp message of the kind “%(kind)s”, which cannot be shown here)", kind=kind)


def _phones(contact: dict[str, Any]) -> list[str]:
    return [str(phone["phone"]) for phone in contact.get("phones", []) if phone.get("phone")]


class WhatsAppSender:
    """Sends replies and fetches media with the station's access token."""

    def __init__(self, settings: Settings) -> None:
        if settings.whatsapp_token is None or settings.whatsapp_phone_id is None:
            raise NotSent(gettext("WhatsApp replies are not set up: whatsapp_token and whatsapp_phone_id are missing."))
        self._api = settings.whatsapp_api.rstrip("/")
        self._phone = settings.whatsapp_phone_id
        self._headers = {"Authorization": f"Bearer {settings.whatsapp_token.get_secret_value()}"}

    def send(self, to: str, text: str) -> str:
        """Send a text; returns the channel's id of it. Raises ``NotSent``."""
        body = {"messaging_product": "whatsapp", "to": to.lstrip("+"), "type": "text", "text": {"body": text}}
        with self._asking() as client:
            answer = client.post(f"{self._api}/{self._phone}/messages", json=body)
            _check(answer)
            return str(answer.json()["messages"][0]["id"])

    @contextmanager
    def fetch(self, media_id: str) -> Iterator[httpx.Response]:
        """Open the stream of a file. Raises ``NotSent``."""
        with self._asking() as client:
            about = client.get(f"{self._api}/{media_id}")
            _check(about)
            address = str(about.json()["url"])
            if urlsplit(address).scheme != urlsplit(self._api).scheme:
                raise NotSent(gettext("WhatsApp named an address that is not safe for a file."))
            with client.stream("GET", address) as answer:
                _check(answer)
                yield answer

    @contextmanager
    def _asking(self) -> Iterator[httpx.Client]:
        try:
            with httpx.Client(headers=self._headers, timeout=20, follow_redirects=False) as client:
                yield client
        except httpx.HTTPError as error:
            why = gettext("WhatsApp cannot be reached (%(why)s).", why=type(error).__name__)
            raise NotSent(why, again=True) from None
        except (KeyError, IndexError, TypeError, ValueError):
            raise NotSent(gettext("WhatsApp answered something that is not understood."), again=True) from None


def _check(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    again = answer.status_code == 429 or answer.status_code >= 500
    raise NotSent(gettext("WhatsApp refused (code %(code)s).", code=answer.status_code), again=again)
