"""The card of a call as a form sends it."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from radiodesk.core import inputs
from radiodesk.core.errors import Unreadable
from radiodesk.core.settings import Settings
from radiodesk.http.request import field
from radiodesk.rooms.calls.models import Channel, Protected, Urgency
from radiodesk.rooms.calls.place_field import place_id
from radiodesk.rooms.calls.screening import Screening

Chosen = TypeVar("Chosen", bound=StrEnum)

BY_HAND = (Channel.PHONE, Channel.WALK_IN, Channel.POS_JAGO, Channel.WHATSAPP, Channel.SMS, Channel.UPLOAD)
"""Channels that a screener may write down."""


def choice(name: str, kind: type[Chosen]) -> Chosen | None:
    """One of a set of names, ``None`` when the field is empty; raises ``Unreadable`` for any other."""
    value = field(name, 40)
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        raise Unreadable("The form is incomplete. Please reload the page and try again.") from None


def is_ticked(name: str) -> bool:
    """Whether a box is ticked."""
    return field(name, 3) == "yes"


def card(settings: Settings) -> Screening:
    """The card that was sent."""
    place = field("place", 120)
    quality = field("line_quality", 2)
    return Screening(
        phone=field("phone", 40) or None,
        withheld=is_ticked("withheld"),
        name=field("name", 120),
        place=place,
        place_id=place_id(settings, place),
        topic=field("topic", 120),
        point=field("point", 200),
        category=field("category", 40) or None,
        urgency=choice("urgency", Urgency) or Urgency.BIASA,
        protected=choice("protected", Protected),
        may_name=is_ticked("may_name"),
        may_call_back=is_ticked("may_call_back"),
        disguise_voice=is_ticked("disguise_voice"),
        line_quality=inputs.number(quality) if quality else None,
        notes=field("notes", 4000),
    )


def version() -> int:
    """The version that the form was opened with; raises ``Unreadable`` without one.

    A card is never saved over one that nobody had seen: an empty form would take a protection off.
    """
    if not (text := field("version", 10)):
        raise Unreadable("The form is incomplete. Please reload the page and try again.")
    return inputs.number(text)


def channel() -> Channel:
    """The channel that was chosen, the telephone when none was."""
    chosen = choice("channel", Channel) or Channel.PHONE
    if chosen not in BY_HAND:
        raise Unreadable("Calls of this channel come in by themselves. Choose another one.")
    return chosen


def last_moment(settings: Settings, name: str) -> datetime | None:
    """The end of a day of station time; ``None`` when the field is empty."""
    text = field(name, 10)
    return datetime.combine(inputs.day(text) + timedelta(days=1), time(), settings.zone) if text else None
