"""SMS as channels: a gateway that posts what came and takes replies, and a modem whose daemon runs a command."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.channels import sms
from radiodesk.rooms.messages.channels.bearer_tokens import bearer, fits
from radiodesk.rooms.messages.loose_values import read_json, text, within
from radiodesk.rooms.messages.ports import Admitted, Delivery, NotSent, NotSigned, Posted

_MOST_FIELDS = 1000
_TOKENS = ("token", "secret")
"""Fields in which a gateway that can send no header proves who it is."""


class SmsChannel:
    """A gateway shows the token as a header or as a field; it takes replies as JSON ``{to, text}``."""

    name = "sms"
    channel = Channel.SMS
    replies_within = None

    def is_open(self, settings: Settings) -> bool:
        return bool(settings.sms_token)

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        body, content_type = posted.body, posted.headers.get("content-type", "")
        token = bearer(posted.headers.get("authorization", ""))
        if not fits(token or _token_within(body, content_type), settings.sms_token):
            raise NotSigned("The token does not fit.")
        return Admitted(body if token else _without_token(body, content_type), {"type": content_type})

    def read(self, body: bytes, facts: Mapping[str, str]) -> Delivery:
        return sms.from_gateway(_fields_of(body, facts.get("type", "")))

    def can_send(self, settings: Settings) -> bool:
        return settings.sms_gateway_url is not None

    def send(self, settings: Settings, to: str, words: str) -> str:
        # Late: whoever takes messages in loads all channels, and only who sends needs it.
        import httpx

        if settings.sms_gateway_url is None:
            raise NotSent(gettext("SMS replies are not set up: sms_gateway_url is missing."))
        token = settings.sms_token.get_secret_value() if settings.sms_token else ""
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = httpx.post(settings.sms_gateway_url, json={"to": to, "text": words}, headers=headers, timeout=20)
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
        return text(within(held, "id"))


class GammuChannel:
    """gammu-smsd hands over what its modem received by a command (``sms-received``); no address is open for it."""

    name = "gammu"
    channel = Channel.SMS

    def is_open(self, settings: Settings) -> bool:
        return False

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        raise NotSigned("The token does not fit.")

    def read(self, body: bytes, facts: Mapping[str, str]) -> Delivery:
        held = read_json(body)
        environment, arguments = within(held, "environment"), within(held, "arguments")
        try:
            handed = {name.encode("latin-1"): base64.b64decode(value) for name, value in environment.items()}
            return Delivery((sms.from_gammu(handed, tuple(str(one) for one in arguments)),))
        except (AttributeError, TypeError, ValueError):
            raise Unreadable("Gammu handed over no message. Run this as RunOnReceive of gammu-smsd.") from None

    @staticmethod
    def kept(environment: Mapping[bytes, bytes], arguments: tuple[str, ...]) -> bytes:
        """What gammu handed over, as an arrival keeps it."""
        told = {name.decode("latin-1"): base64.b64encode(value).decode() for name, value in environment.items()}
        plain = [one.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for one in arguments]
        return json.dumps({"environment": told, "arguments": plain}).encode()


def _token_within(body: bytes, content_type: str) -> str:
    """The token of a gateway that can send no header; a body that cannot be read has none."""
    try:
        fields = _fields_of(body, content_type)
        return next((str(fields[name]) for name in _TOKENS if fields.get(name)), "")
    except Unreadable:
        return ""


def _fields_of(body: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a gateway's body, be it JSON or a form; raises ``Unreadable``."""
    if _is_form(content_type):
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            raise Unreadable("The form has more than %(most)s fields.", most=_MOST_FIELDS) from None
        return {name: values[0] for name, values in fields.items()}
    fields = read_json(body)
    if not isinstance(fields, dict):
        raise Unreadable("An SMS needs a sender (from) and words (text).")
    return fields


def _without_token(body: bytes, content_type: str) -> bytes:
    """A gateway's body, which ``_fields_of`` reads, without the token: what is kept may be shown."""
    if _is_form(content_type):
        told = parse_qsl(body, keep_blank_values=True)
        return urlencode([(name, value) for name, value in told if name.decode("latin-1") not in _TOKENS]).encode()
    return json.dumps({name: value for name, value in read_json(body).items() if name not in _TOKENS}).encode()


def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"
