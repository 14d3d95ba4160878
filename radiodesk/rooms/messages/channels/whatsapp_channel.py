"""WhatsApp Business Cloud API as a channel: its webhook, replies, and the files on its server."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.channels import whatsapp
from radiodesk.rooms.messages.channels.bearer_tokens import fits
from radiodesk.rooms.messages.loose_values import listed, read_json, text, within
from radiodesk.rooms.messages.ports import Admitted, Delivery, NotSent, NotSigned, Posted

if TYPE_CHECKING:
    import httpx

_BLOCK = 1 << 16


class WhatsAppChannel:
    """Each delivery is signed with the app secret; replies and files need the access token."""

    name = "whatsapp"
    channel = Channel.WHATSAPP
    replies_within = timedelta(hours=24)

    def is_open(self, settings: Settings) -> bool:
        return bool(settings.whatsapp_verify_token and settings.whatsapp_app_secret)

    def challenge(self, settings: Settings, query: Mapping[str, str]) -> str:
        token = query.get("hub.verify_token", "")
        if query.get("hub.mode") != "subscribe" or not fits(token, settings.whatsapp_verify_token):
            raise NotSigned("The token does not fit.")
        return query.get("hub.challenge", "")[:200]

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        secret, signature = settings.whatsapp_app_secret, posted.headers.get("x-hub-signature-256", "")
        if secret is None or not whatsapp.is_signed(secret.get_secret_value(), posted.body, signature):
            raise NotSigned("The signature does not fit.")
        # WhatsApp knows one good answer.
        return Admitted(posted.body, new_status=200)

    def read(self, body: bytes, facts: Mapping[str, str]) -> Delivery:
        return whatsapp.parse(read_json(body))

    def can_send(self, settings: Settings) -> bool:
        return settings.whatsapp_token is not None and settings.whatsapp_phone_id is not None

    def send(self, settings: Settings, to: str, words: str) -> str:
        # A user id in "to" is taken for a number, answered with 200 and never delivered; it has a field of its own.
        whom = {"recipient": to} if whatsapp.is_user_id(to) else {"to": to.lstrip("+")}
        about = {"messaging_product": "whatsapp", "recipient_type": "individual", **whom}
        body = {**about, "type": "text", "text": {"body": words}}
        with _asking(settings) as client:
            answer = client.post(f"{_api(settings)}/{settings.whatsapp_phone_id}/messages", json=body)
            _check(answer)
        try:
            held = answer.json()
        except ValueError:
            # It was taken, whatever else is wrong with the answer; to send it again would send it twice.
            return ""
        return text(next((within(one, "id") for one in listed(within(held, "messages"))), None))

    def fetch(self, settings: Settings, media_id: str) -> Generator[bytes, None, None]:
        with _asking(settings) as client:
            about = client.get(f"{_api(settings)}/{media_id}")
            _check(about)
            address = str(about.json()["url"])
            if urlsplit(address).scheme != urlsplit(_api(settings)).scheme:
                raise NotSent(gettext("WhatsApp named an address that is not safe for a file."))
            with client.stream("GET", address) as answer:
                _check(answer)
                yield from answer.iter_bytes(_BLOCK)


def _api(settings: Settings) -> str:
    return settings.whatsapp_api.rstrip("/")


@contextmanager
def _asking(settings: Settings) -> Iterator["httpx.Client"]:
    # Late: whoever takes messages in loads all channels, and only who sends needs it.
    import httpx

    if settings.whatsapp_token is None or settings.whatsapp_phone_id is None:
        raise NotSent(gettext("WhatsApp replies are not set up: whatsapp_token and whatsapp_phone_id are missing."))
    headers = {"Authorization": f"Bearer {settings.whatsapp_token.get_secret_value()}"}
    try:
        with httpx.Client(headers=headers, timeout=20, follow_redirects=False) as client:
            yield client
    except httpx.HTTPError as error:
        why = gettext("WhatsApp cannot be reached (%(why)s).", why=type(error).__name__)
        raise NotSent(why, again=True) from None
    except (KeyError, IndexError, TypeError, ValueError):
        raise NotSent(gettext("WhatsApp answered something that is not understood."), again=True) from None


def _check(answer: "httpx.Response") -> None:
    if answer.is_success:
        return
    again = answer.status_code == 429 or answer.status_code >= 500
    raise NotSent(gettext("WhatsApp refused (code %(code)s).", code=answer.status_code), again=again)
