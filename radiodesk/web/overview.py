"""What the first page shows: the show that is on or comes next, and what waits for whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.rooms.archive.queries import to_seal_count
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.queries import following, next_planned
from radiodesk.rooms.broadcasts.services import on_air
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.programme.models import Script, ScriptState
from radiodesk.rooms.record.listener_requests.queries import open_count
from radiodesk.rooms.record.queries import closed_count
from radiodesk.rooms.tickets.models import TicketState
from radiodesk.rooms.tickets.queries import counts
from radiodesk.rooms.traffic.queries import live_conditions


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of what waits, and the broadcast that matters now."""

    on_air: Broadcast | None
    upcoming: Broadcast | None
    following: Broadcast | None
    """What comes after these."""
    ringing: int
    waiting: int
    scripts: int
    tickets: int
    to_seal: int
    conditions: int
    closed_copies: int
    listener_requests: int


def overview(session: Session, at: datetime, *, secret: bool, guarded: bool) -> Overview:
    """The station at one moment; ``secret`` and ``guarded`` as ``tickets.queries.counts`` takes them."""

    def count(table: type[Call] | type[Script], *which: object) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*which)) or 0  # type: ignore[arg-type]

    running, upcoming = on_air(session), next_planned(session, at)
    return Overview(
        on_air=running,
        upcoming=upcoming,
        following=following(session, running or upcoming, at),
        ringing=count(Call, Call.state == CallState.RINGING),
        waiting=count(Call, Call.state.in_((CallState.WAITING, CallState.READY))),
        scripts=count(
            Script, Script.state == ScriptState.DRAFT, (Script.valid_until.is_(None)) | (Script.valid_until > at)
        ),
        tickets=counts(session, at, secret=secret, guarded=guarded).by_state.get(TicketState.NEW, 0),
        to_seal=to_seal_count(session),
        closed_copies=closed_count(session),
        listener_requests=open_count(session),
        conditions=len(live_conditions(session, at)),
    )
