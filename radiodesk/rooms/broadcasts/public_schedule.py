"""What the public is told of editions that are on air, to come, or cancelled: programme, time, place, the reason.

Nothing else of an edition is public before it is sealed: no title of its own, no item of its rundown, no person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState
from radiodesk.rooms.programme.models import Programme

LONGEST = timedelta(hours=6)
CANCELLATIONS_TOLD = timedelta(days=8)
MOST_CANCELLATIONS = 3
MOST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class Showing:
    """An edition as the public sees it."""

    public_id: str
    version: int
    state: BroadcastState
    programme: str
    starts: datetime
    ends: datetime
    place: str
    walk_in: bool
    why: str
    """Why it was cancelled."""


@dataclass(frozen=True, slots=True)
class OnNow:
    """What the first page says of the programme."""

    on_air: Showing | None
    upcoming: Showing | None
    cancelled: tuple[Showing, ...]
    """Editions of the next days that do not take place."""


_COLUMNS = (
    Broadcast.public_id,
    Broadcast.version,
    Broadcast.state,
    Programme.title,
    Broadcast.planned_start,
    Broadcast.planned_seconds,
    Broadcast.place,
    Broadcast.walk_in,
    Broadcast.cancelled_why,
)


def on_now(session: Session, at: datetime) -> OnNow:
    """What is on air and comes next; one look at the database, since the first page asks with each request."""
    told = Broadcast.state.in_((BroadcastState.PLANNED, BroadcastState.CANCELLED))
    coming = told & (Broadcast.planned_start > at - LONGEST) & (Broadcast.planned_start < at + timedelta(days=400))
    shown = _showings(session, (Broadcast.state == BroadcastState.ON_AIR) | coming, most=60)
    planned = [one for one in shown if one.state is BroadcastState.PLANNED and one.ends > at]
    cancelled = [
        one
        for one in shown
        if one.state is BroadcastState.CANCELLED and one.ends > at and one.starts < at + CANCELLATIONS_TOLD
    ]
    on_air = next((one for one in shown if one.state is BroadcastState.ON_AIR), None)
    return OnNow(on_air, next(iter(planned), None), tuple(cancelled[:MOST_CANCELLATIONS]))


def between(session: Session, since: datetime, until: datetime) -> list[Showing]:
    """All editions that begin in a time, in order."""
    return _showings(session, (Broadcast.planned_start >= since) & (Broadcast.planned_start < until), most=MOST_SHOWN)


def _showings(session: Session, which: ColumnElement[bool], most: int) -> list[Showing]:
    wanted = select(*_COLUMNS).select_from(Broadcast).join(Programme).where(which)
    rows = session.execute(wanted.order_by(Broadcast.planned_start, Broadcast.id).limit(most))
    return [
        Showing(public_id, version, state, title, starts, starts + timedelta(seconds=seconds), place, walk_in, why)
        for public_id, version, state, title, starts, seconds, place, walk_in, why in rows
    ]
