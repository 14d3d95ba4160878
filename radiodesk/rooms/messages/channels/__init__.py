"""Channels: how messages come in and replies go out, found by name. This is the one place that knows which there are.

Built-in channels and plug-ins are found in the same way, through the entry-point group ``radiodesk.channels``; the
names below are tried as well, so that a checkout that was updated without being installed again still knows its own.
"""

import importlib
import logging
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.messages.ports import PART, InboundChannel

__all__ = ["BUILT_IN", "GROUP", "channel_named", "channel_of", "kept_id", "registered_channels"]

GROUP = "radiodesk.channels"

BUILT_IN = {
    "whatsapp": "radiodesk.rooms.messages.channels.whatsapp_channel:WhatsAppChannel",
    "sms": "radiodesk.rooms.messages.channels.sms_channel:SmsChannel",
    "gammu": "radiodesk.rooms.messages.channels.sms_channel:GammuChannel",
    "mitra": "radiodesk.rooms.messages.channels.report_channels:PartnerChannel",
    "pos-jago": "radiodesk.rooms.messages.channels.report_channels:PosJagoChannel",
    "blackhole": "radiodesk.rooms.messages.channels.blackhole:BlackholeChannel",
}

_FORMERLY = {"partner": "mitra", "pos-jago-form": "pos-jago"}
"""Doors of arrivals that an earlier release left on the disk."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""A name is a part of an address, and is kept with the calls."""

log = logging.getLogger(__name__)


@cache
def registered_channels() -> Mapping[str, InboundChannel]:
    """Every known channel by name; a plug-in of the same name replaces the built-in one.

    A plug-in that can't be made is logged and left out: it must not take the others with it.
    """
    targets = BUILT_IN | {point.name: point.value for point in entry_points(group=GROUP)}
    channels: dict[str, InboundChannel] = {}
    for name, target in targets.items():
        module, _, attribute = target.partition(":")
        try:
            made: InboundChannel = getattr(importlib.import_module(module), attribute)()
            if made.name != name or not _NAME.fullmatch(name):
                raise ValueError(f"it calls itself {made.name!r}; a name is small letters, digits and hyphens")
            channels[name] = made
        except Exception:  # the edge to other people's code
            log.exception("The channel %r (%s) can't be used and is left out.", name, target)
    return channels


def channel_named(name: str) -> InboundChannel | None:
    """The channel of a name, or of the door of an arrival."""
    return registered_channels().get(_FORMERLY.get(name, name))


def channel_of(call: Call) -> InboundChannel | None:
    """Over which channel a call is answered and its files are had: the one that is named like the call's.

    Calls of a plug-in without a value of its own carry its name as their line.
    """
    return channel_named((call.line or "") if call.channel is Channel.OTHER else call.channel.value)


def kept_id(channel: InboundChannel, identity: str) -> str:
    """A channel's id of a message as it is kept: with its name, where several share one value of ``Channel``."""
    if channel.channel is not Channel.OTHER or not identity or identity.startswith(PART):
        return identity
    return f"{channel.name}:{identity}"
