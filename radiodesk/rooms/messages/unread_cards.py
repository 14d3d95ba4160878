"""Cards for what cannot be read: somebody wrote, what came is kept as it came, and a later release reads it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.i18n import gettext
from radiodesk.core.text import tidy
from radiodesk.rooms.calls.merged_calls import keys_held_by
from radiodesk.rooms.calls.models import CHANNEL_NAMES, Call, Channel
from radiodesk.rooms.messages.loose_values import as_json, digest
from radiodesk.rooms.messages.message_changes import calls_with
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.messages.ports import PART, Incoming

_LONGEST_KIND = 40


def unread(
    channel: Channel, part: Any, known: Incoming | None = None, *, kind: str = "", words: str = "", urgent: bool = False
) -> Incoming:
    """A card for a part of a delivery (JSON, or a text) that could not be read.

    ``known`` holds what could be found out of it (id, sender, time), ``kind`` what it calls itself, ``words`` what of
    it could be read.
    """
    raw = as_json(part)
    found = known or Incoming(channel, PART + digest(raw), None, part=digest(raw))
    name, called = found.line or gettext(CHANNEL_NAMES[channel]), tidy(kind)[:_LONGEST_KIND]
    if called:
        told = gettext(
            "(%(channel)s message of the kind “%(kind)s” that cannot be read yet; the original is kept)",
            channel=name,
            kind=called,
        )
    else:
        told = gettext("(%(channel)s message that cannot be read yet; the original is kept)", channel=name)
    return replace(found, text="\n".join(filter(None, (words, told))), raw=raw, urgent=urgent)


def unread_calls(session: Session, calls: Collection[Call]) -> set[int]:
    """Which of these calls hold something that could not be read, by their keys."""
    return calls_with(session, calls, ChannelMessage.raw.is_not(None))


def originals(session: Session, call: Call) -> list[str]:
    """What of a call could not be read, as it came."""
    its = ChannelMessage.call_id.in_(keys_held_by(session, call))
    query = select(ChannelMessage.raw).where(its, ChannelMessage.raw.is_not(None))
    return [raw for raw in session.scalars(query.order_by(ChannelMessage.id)) if raw is not None]
