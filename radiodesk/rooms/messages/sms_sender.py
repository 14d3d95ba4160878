"""Replies by SMS, through the gateway of the settings."""

import httpx

from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.rooms.messages.loose_values import text, within
from radiodesk.rooms.messages.senders import NotSent


class SmsSender:
    """Posts replies to the gateway of the settings as JSON ``{to, text}``."""

    def __init__(self, settings: Settings) -> None:
        if settings.sms_gateway_url is None:
            raise NotSent(gettext("SMS replies are not set up: sms_gateway_url is missing."))
        self._address = settings.sms_gateway_url
        token = settings.sms_token.get_secret_value() if settings.sms_token else ""
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, to: str, words: str) -> str:
        """Send a text; see ``Sender``."""
        try:
            answer = httpx.post(self._address, json={"to": to, "text": words}, headers=self._headers, timeout=20)
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
