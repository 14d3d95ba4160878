"""What earlier broadcasts left open: what listeners asked there and nobody has answered on air.

The host's screen lists three kinds: complaints that still wait with a unit, complaints whose answer has come and can
be read out, and questions of callers who were not reached. What was answered on air is marked in the as-run, with the
question's id, so that both moments can be found.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict
from radiodesk.core.i18n import gettext
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, FiledCall
from radiodesk.rooms.broadcasts.services import mark
from radiodesk.rooms.calls.models import Call, Urgency
from radiodesk.rooms.calls.queries import call_by_public_id, sayable
from radiodesk.rooms.tickets.care import add_note
from radiodesk.rooms.tickets.models import OPEN_STATES, EntryKind, Ticket, TicketState
from radiodesk.rooms.tickets.station_rules import Rules

REMEMBERED = timedelta(days=60)
MOST = 12
WAITING = frozenset({*OPEN_STATES, TicketState.ANSWERED})

_ANSWERED = select(AsRun.subject).where(
    AsRun.kind == AsRunKind.MARK, AsRun.subject.is_not(None), AsRun.details["answers"].as_boolean()
)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a listener asked in an earlier broadcast, in words that may be said on air."""

    public_id: str
    """The call's."""
    asked_at: datetime
    broadcast: str
    about: str
    place: str
    number: str | None
    """The complaint's, where one was made of it."""
    answer: str
    """What the unit answered and may be read out; empty while it waits."""


def unanswered(session: Session, broadcast: Broadcast, *, at: datetime, most: int = MOST) -> list[Question]:
    """Open questions of the broadcasts before this one: those with an answer to read first, then the newest."""
    wanted = (
        select(Call, Broadcast.title, Ticket)
        .join(FiledCall, FiledCall.call_id == Call.id)
        .join(Broadcast, Broadcast.id == FiledCall.broadcast_id)
        .outerjoin(Ticket, (Ticket.call_id == Call.id) & Ticket.merged_into_id.is_(None))
        .where(
            Broadcast.id != broadcast.id,
            Broadcast.planned_start < broadcast.planned_start,
            Call.received_at > at - REMEMBERED,
            Call.merged_into_id.is_(None),
            Call.public_id.not_in(_ANSWERED),
            Ticket.state.in_(WAITING) | (Ticket.id.is_(None) & (Call.urgency == Urgency.PERTANYAAN)),
        )
        .order_by(Call.received_at.desc())
    )
    found = [
        _question(call, title, ticket)
        for call, title, ticket in session.execute(wanted)
        if not (ticket is not None and ticket.confidential) and (ticket is not None or call.on_air_at is None)
    ]
    return sorted(found, key=lambda question: not question.answer)[:most]


def answered_on_air(
    session: Session, rules: Rules, broadcast: Broadcast, question_id: str, *, by: str, at: datetime
) -> AsRun:
    """Note that a question of an earlier broadcast was answered now; its complaint's history says so too."""
    call = call_by_public_id(session, question_id)
    if session.scalar(_ANSWERED.where(AsRun.subject == call.public_id)) is not None:
        raise Conflict("This was answered on air already.")
    entry = mark(session, broadcast, sayable(call, call.topic), by=by, at=at, subject=call.public_id, answers=True)
    ticket = session.scalar(select(Ticket).where(Ticket.call_id == call.id, Ticket.merged_into_id.is_(None)))
    if ticket is not None:
        told = gettext("Talked about on air in “%(title)s”.", title=broadcast.title)
        add_note(session, rules, ticket, told, public=True, by=by, at=at)
    return entry


def _question(call: Call, title: str, ticket: Ticket | None) -> Question:
    answers = [entry.text for entry in ticket.entries if entry.kind is EntryKind.ANSWERED] if ticket else []
    has_answer = ticket is not None and ticket.state is TicketState.ANSWERED
    return Question(
        public_id=call.public_id,
        asked_at=call.received_at,
        broadcast=title,
        about=(ticket.summary if ticket else "") or sayable(call, call.point) or sayable(call, call.topic),
        place="" if call.protected else call.place,
        number=ticket.number if ticket else None,
        answer=answers[-1] if answers and has_answer else "",
    )
