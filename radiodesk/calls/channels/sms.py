"""SMS: what gateways post, what Gammu's daemon hands over, and replies through a gateway."""

import hashlib
from collections.abc import Mapping
from typing import Any

import httpx

from radiodesk.calls.channels.ports import Incoming
from radiodesk.calls.channels.sending import NotSent
from radiodesk.calls.models import Channel
from radiodesk.core.config import Settings
from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import gettext

_SENDER = ("from", "sender", "msisdn", "phone", "number", "From")
_TEXT = ("text", "message", "body", "content", "msg", "Body")
_ID = ("id", "message_id", "messageId", "sms_id", "MessageSid")


def from_gateway(fields: Mapping[str, Any]) -> Incoming:
    """One message as a gateway posts it; the usual names of the fields are known. Raises ``Unreadable``."""
    sender, text = _first(fields, _SENDER), _first(fields, _TEXT)
    if not sender or not text:
        raise Unreadable("An SMS needs a sender (from) and words (text).")
    return Incoming(Channel.SMS, _first(fields, _ID) or _made_id(sender, text), sender, text=text)


def from_gammu(environment: Mapping[str, str], arguments: tuple[str, ...]) -> Incoming:
    """What gammu-smsd's RunOnReceive sets: parts are joined. Raises ``Unreadable`` when there is no message."""
    try:
        decoded = int(environment.get("DECODED_PARTS") or 0)
        count = int(environment.get("SMS_MESSAGES") or 0)
    except ValueError:
        raise Unreadable("Gammu's variables cannot be read. Run this as RunOnReceive of gammu-smsd.") from None
    texts = [environment.get(f"DECODED_{part}_TEXT", "") for part in range(decoded + 1)] if decoded else []
    if not any(texts):
        texts = [environment.get(f"SMS_{part}_TEXT", "") for part in range(1, count + 1)]
    sender, text = environment.get("SMS_1_NUMBER", ""), "".join(texts)
    if not sender or not text.strip():
        raise Unreadable("Gammu handed over no message. Run this as RunOnReceive of gammu-smsd.")
    return Incoming(Channel.SMS, _made_id(*arguments, sender, text), sender, text=text)


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(fields[name]) for name in names if fields.get(name)), "")


def _made_id(*parts: str) -> str:
    """An id for messages that come without one, so that the same one is not taken twice."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class SmsSender:
    """Posts replies to the gateway of the settings as JSON ``{to, text}``."""

    def __init__(self, settings: Settings) -> None:
        if settings.sms_gateway_url is None:
            raise NotSent(gettext("SMS replies are not set up: sms_gateway_url is missing."))
        self._address = settings.sms_gateway_url
        token = settings.sms_token.get_secret_value() if settings.sms_token else ""
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, to: str, text: str) -> str:
        """Send a text; see ``Sender``."""
        try:
            answer = httpx.post(self._address, json={"to": to, "text": text}, headers=self._headers, timeout=20)
        except httpx.HTTPError as error:
            why = gettext("The SMS gateway cannot be reached (%(why)s).", why=type(error).__name__)
            raise NotSent(why, again=True) from None
        if not answer.is_success:
            again = answer.status_code == 429 or answer.status_code >= 500
            raise NotSent(gettext("The SMS gateway refused (code %(code)s).", code=answer.status_code), again=again)
        try:
            held = answer.json()
        except ValueError:
            return ""
        return str(held.get("id", "")) if isinstance(held, dict) else ""
