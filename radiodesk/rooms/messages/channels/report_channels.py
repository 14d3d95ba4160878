"""Partner apps and the Pos Jago form as channels: reports with a token, and a button for help."""

import re
from collections.abc import Mapping

from radiodesk.core.errors import Unreadable
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.channels import partner
from radiodesk.rooms.messages.channels.bearer_tokens import bearer, fits
from radiodesk.rooms.messages.loose_values import read_json, within
from radiodesk.rooms.messages.ports import Admitted, Delivery, NotSigned, Posted

_PANIC = re.compile(rb'"panic"\s*:\s*"?(?:true|1|yes|y|on|t)\b', re.IGNORECASE)
"""A pressed button in a body that is no JSON, spelled in any way that a report may spell it."""


class _Reports:
    channel: Channel

    def read(self, body: bytes, facts: Mapping[str, str]) -> Delivery:
        report = partner.read_report(read_json(body))
        return Delivery((partner.incoming(report, self.channel, facts.get("partner", "Pos Jago")),))

    def is_panic(self, body: bytes) -> bool:
        try:
            return partner.is_panic(within(read_json(body), "panic"))
        except Unreadable:
            return _PANIC.search(body) is not None


class PartnerChannel(_Reports):
    """A partner app sends a report, or its panic button was pressed; its token tells which partner it is."""

    name = "mitra"
    channel = Channel.PARTNER

    def is_open(self, settings: Settings) -> bool:
        return bool(settings.partner_tokens)

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        given = bearer(posted.headers.get("authorization", ""))
        names = [name for name, secret in settings.partner_tokens.items() if fits(given, secret)]
        if not names:
            raise NotSigned("The token does not fit.")
        return Admitted(posted.body, {"partner": names[0]})


class PosJagoChannel(_Reports):
    """A report that an officer wrote, maybe hours ago without a network."""

    name = "pos-jago"
    channel = Channel.POS_JAGO

    def is_open(self, settings: Settings) -> bool:
        return bool(settings.pos_jago_token)

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        if not fits(bearer(posted.headers.get("authorization", "")), settings.pos_jago_token):
            raise NotSigned("The code does not fit. Ask the station for the Pos Jago code.")
        return Admitted(posted.body)
