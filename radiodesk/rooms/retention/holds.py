"""Legal holds: laid with a reason, lifted with a reason; and everything that one of them reaches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.pages import Page, page_of
from radiodesk.core.text import tidy
from radiodesk.rooms.broadcasts.filed_calls import callers_of
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, FiledCall
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.retention.models import HeldKind, LegalHold
from radiodesk.rooms.tickets.models import OPEN_STATES, Ticket

Row = TypeVar("Row", Broadcast, Call, Ticket)

TOPIC = "retention"
LONGEST_REASON = 500

_SCREENS = {HeldKind.BROADCAST: "broadcasts", HeldKind.CALL: "calls", HeldKind.COMPLAINT: "tickets"}
"""The topic of the screens on which the thing stands."""


_MODELS: dict[HeldKind, Any] = {HeldKind.BROADCAST: Broadcast, HeldKind.CALL: Call, HeldKind.COMPLAINT: Ticket}


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that holds in force reach, by keys."""

    broadcasts: frozenset[int] = frozenset()
    calls: frozenset[int] = frozenset()
    tickets: frozenset[int] = frozenset()
    at_work: frozenset[int] = frozenset()
    """Calls with an open complaint: no hold reaches them, but somebody still owes them an answer."""


def hold(
    session: Session, kind: HeldKind, subject: str, reason: str, *, until: datetime | None, by: str, at: datetime
) -> LegalHold:
    """Hold a thing until a moment (``None``: until it is lifted); raises ``NotFound``, ``Unreadable``."""
    thing(session, kind, subject)
    told = tidy(reason)[:LONGEST_REASON]
    if not told:
        raise Unreadable("Please give the reason for the legal hold.").of("reason")
    if until is not None and until <= at:
        raise Unreadable("The legal hold would end before it begins. Please give a later day.").of("until")
    row = LegalHold(public_id=public_id(at), kind=kind, subject=subject, reason=told, by=by, at=at, until=until)
    session.add(row)
    session.flush()
    _log(session, row, "legal hold laid", by=by, at=at, until=until.isoformat() if until else None)
    return row


def lift(session: Session, row: LegalHold, why: str, *, by: str, at: datetime) -> None:
    """End a hold before its time; raises ``Conflict`` where it is over, ``Unreadable`` without a reason."""
    if not row.holds(at):
        raise Conflict("This legal hold is over already.")
    told = tidy(why)[:LONGEST_REASON]
    if not told:
        raise Unreadable("Please say why the legal hold is lifted.").of("reason")
    row.lifted_at, row.lifted_by, row.lifted_why = at, by, told
    session.flush()
    _log(session, row, "legal hold lifted", by=by, at=at)


def _log(session: Session, row: LegalHold, action: str, *, by: str, at: datetime, **details: str | None) -> None:
    audit.record(session, at, by, action, f"{row.kind} {row.subject}", hold=row.public_id, **details)
    events.announce(session, at, TOPIC, "hold", row.public_id)
    events.announce(session, at, _SCREENS[row.kind], "hold", row.subject)


def thing(session: Session, kind: HeldKind, subject: str) -> Broadcast | Call | Ticket:
    """What a hold lies on; raises ``NotFound``."""
    wanted = select(_MODELS[kind]).where(_MODELS[kind].public_id == subject)
    found = cast("Broadcast | Call | Ticket | None", session.scalar(wanted))
    if found is None:
        raise NotFound("What is to be held is not known. Open it, and choose the legal hold there.")
    return found


def hold_by_public_id(session: Session, public_id: str) -> LegalHold:
    """One hold; raises ``NotFound``."""
    found = session.scalar(select(LegalHold).where(LegalHold.public_id == public_id))
    if found is None:
        raise NotFound("This legal hold is not known.")
    return found


def in_force_on(session: Session, kind: HeldKind, subject: str, at: datetime) -> list[LegalHold]:
    """The holds that lie on a thing itself, the oldest first."""
    wanted = select(LegalHold).where(LegalHold.kind == kind, LegalHold.subject == subject, *LegalHold.in_force(at))
    return list(session.scalars(wanted.order_by(LegalHold.id)))


def newest(session: Session, page: int) -> Page[LegalHold]:
    """All holds, also those that are over, newest first."""
    return page_of(session, select(LegalHold).order_by(LegalHold.id.desc()), page)


def held(session: Session, at: datetime) -> Held:
    """What all holds in force reach.

    Of a broadcast its callers and what came of them; of a complaint its call, and those that it was joined with; of a
    call its complaints; of each of those calls the broadcasts in whose packages it stands.
    """
    subjects: dict[HeldKind, set[str]] = {kind: set() for kind in HeldKind}
    for row in session.scalars(select(LegalHold).where(*LegalHold.in_force(at))):
        subjects[row.kind].add(row.subject)
    shows = _of(session, Broadcast, subjects[HeldKind.BROADCAST])
    tickets = {ticket.id: ticket for ticket in _of(session, Ticket, subjects[HeldKind.COMPLAINT])}
    calls = {call.id: call for call in _of(session, Call, subjects[HeldKind.CALL])}
    for ticket in list(tickets.values()):
        tickets.update({one.id: one for one in _joined(ticket)})
    calls.update({one.call.id: one.call for one in tickets.values() if one.call is not None})
    family = merge_family(session, {call.id: call.merged_into_id for call in calls.values()})
    calls.update({part.id: part for part in session.scalars(select(Call).where(Call.id.in_(family)))})
    broadcasts = {show.id for show in shows} | _broadcasts_of(session, calls.values())
    for show in shows:
        calls.update({call.id: call for call in callers_of(session, show)})
    reached = session.scalars(select(Ticket.id).where(Ticket.call_id.in_(calls)))
    return Held(frozenset(broadcasts), frozenset(calls), frozenset({*tickets, *reached}), at_work(session))


def at_work(session: Session) -> frozenset[int]:
    """The keys of calls of which a complaint is open, and of those that became one with them."""
    waits = select(Ticket.call_id).where(Ticket.call_id.is_not(None), Ticket.state.in_(OPEN_STATES))
    wanted = select(Call.id, Call.merged_into_id).where(Call.id.in_(waits))
    return frozenset(merge_family(session, {row[0]: row[1] for row in session.execute(wanted)}))


def _of(session: Session, model: type[Row], subjects: set[str]) -> list[Row]:
    return list(session.scalars(select(model).where(model.public_id.in_(subjects)))) if subjects else []


def _joined(ticket: Ticket) -> Iterable[Ticket]:
    whole = ticket.merged_into or ticket
    return [whole, *whole.duplicates]


def merge_family(session: Session, into: Mapping[int, int | None]) -> set[int]:
    """The keys of calls (given with the call that each was merged into), of those that they were merged into or hold,
    and of those that stand beside them there.
    """
    found, last, into = set(into), 0, dict(into)
    while len(found) > last:
        last = len(found)
        found |= {key for key in into.values() if key is not None}
        touched = select(Call.id, Call.merged_into_id).where(or_(Call.id.in_(found), Call.merged_into_id.in_(found)))
        into.update((key, whole) for key, whole in session.execute(touched))
        found |= into.keys()
    return found


def _broadcasts_of(session: Session, calls: Iterable[Call]) -> set[int]:
    ids = {call.id: call.public_id for call in calls}
    if not ids:
        return set()
    filed = session.scalars(select(FiledCall.broadcast_id).where(FiledCall.call_id.in_(ids)))
    on_air = select(AsRun.broadcast_id).where(AsRun.kind == AsRunKind.CALL_ON, AsRun.subject.in_(ids.values()))
    return {*filed, *session.scalars(on_air)}
