"""Figures of the calls of a month or of one broadcast, for those who plan the show.

Of guarded callers (protected ones, confidential complaints) it is counted that they called; what they called about, and
from where, is in no list.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.inputs import station_time
from radiodesk.rooms.broadcasts.filed_calls import callers_of, calls_of
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState
from radiodesk.rooms.broadcasts.queries import guarded
from radiodesk.rooms.calls.models import CHANNEL_NAMES, Call, CallState
from radiodesk.rooms.tickets.categories import category_name

MOST_NAMED = 12
"""Topics and places that are told by name; the others are counted together."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of some calls; times in seconds, ``None`` where nobody waited."""

    came: int
    taken: int
    """Those that a screener opened."""
    on_air: int
    lost: int
    """Callers who hung up before anybody took them, or were cut off."""
    median_wait: float | None
    """From coming in until going on air, of those who did."""
    longest_wait: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a list: how many calls are of a kind."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of all, and of their parts. ``channels`` holds the channel's msgid, ``topics`` names in the reader's
    language; ``unsaid`` counts guarded calls.
    """

    all: Figures
    channels: tuple[tuple[str, Figures], ...]
    topics: tuple[Share, ...]
    places: tuple[Share, ...]
    unsaid: int


@dataclass(frozen=True, slots=True)
class OfBroadcast:
    """The figures of one broadcast."""

    broadcast: Broadcast
    figures: Figures


def figures_of(calls: Sequence[Call]) -> Figures:
    """Count some calls; those that were merged into another are part of that one."""
    own = [call for call in calls if call.merged_into_id is None]
    waits = [(call.on_air_at - call.received_at).total_seconds() for call in own if call.on_air_at is not None]
    return Figures(
        came=len(own),
        taken=sum(call.screened_at is not None for call in own),
        on_air=len(waits),
        lost=sum(call.state is CallState.LOST for call in own),
        median_wait=median(waits) if waits else None,
        longest_wait=max(waits, default=None),
    )


def statistics_of(session: Session, calls: Sequence[Call]) -> Statistics:
    """All that is told of some calls."""
    own = [call for call in calls if call.merged_into_id is None]
    hidden = guarded(session, own)
    told = [call for call in own if call.id not in hidden]
    channels = sorted({call.channel for call in own}, key=lambda channel: -sum(c.channel is channel for c in own))
    return Statistics(
        all=figures_of(own),
        channels=tuple(
            (CHANNEL_NAMES[channel], figures_of([call for call in own if call.channel is channel]))
            for channel in channels
        ),
        topics=_shares(told, lambda call: category_name(call.category) if call.category else ""),
        places=_shares(told, lambda call: call.place.strip()),
        unsaid=len(hidden),
    )


def _shares(calls: Iterable[Call], named: Callable[[Call], str]) -> tuple[Share, ...]:
    counted = Counter(name for call in calls if (name := named(call)))
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Share(name, count) for name, count in ordered[:MOST_NAMED])


def month_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of the month of a day, and the first of the next one, by station time."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    begin, end = (station_time(one.isoformat(), "00:00", zone) for one in (first, following))
    return begin, end


def calls_between(session: Session, begin: datetime, end: datetime) -> list[Call]:
    """The calls that came in from one moment until before another, oldest first."""
    wanted = select(Call).where(Call.received_at >= begin, Call.received_at < end)
    return list(session.scalars(wanted.order_by(Call.received_at, Call.id)))


def broadcasts_between(session: Session, begin: datetime, end: datetime) -> list[OfBroadcast]:
    """The broadcasts that went out in a stretch of time, oldest first, with the figures of their calls."""
    wanted = select(Broadcast).where(
        Broadcast.on_air_at.is_not(None), Broadcast.on_air_at >= begin, Broadcast.on_air_at < end
    )
    found = session.scalars(wanted.order_by(Broadcast.on_air_at, Broadcast.id))
    return [OfBroadcast(broadcast, figures_of(_calls(session, broadcast))) for broadcast in found]


def of_broadcast(session: Session, broadcast: Broadcast) -> Statistics:
    """What is told of the calls of one broadcast."""
    return statistics_of(session, _calls(session, broadcast))


def _calls(session: Session, broadcast: Broadcast) -> list[Call]:
    # While it is on air its calls are not filed yet.
    return (
        calls_of(session, broadcast) if broadcast.state is not BroadcastState.ON_AIR else callers_of(session, broadcast)
    )
