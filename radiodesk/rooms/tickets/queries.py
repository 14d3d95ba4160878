"""Reads for the ticket screens: one ticket, lists with filters, counts, who else asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, defer, selectinload

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import SIZE, Page, page_of
from radiodesk.rooms.calls.merged_calls import protected_calls
from radiodesk.rooms.tickets import ticket_numbers
from radiodesk.rooms.tickets.models import OPEN_STATES, Ticket, TicketDeadline, TicketState

_LOOKED_THROUGH = 200
COMPARED = 400
"""How many of the newest tickets a new one is compared with; the comparison takes about 60 microseconds each."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of tickets is narrowed to; empty fields narrow nothing."""

    states: frozenset[TicketState] = frozenset()
    unit_id: str | None = None
    overdue: bool = False
    undecided: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets stand where; ``soon`` are due within two days and not yet over."""

    by_state: dict[TicketState, int]
    undecided: int
    overdue: int
    soon: int

    @property
    def open(self) -> int:
        return sum(self.by_state.get(state, 0) for state in OPEN_STATES)


def ticket_by_public_id(session: Session, public_id: str) -> Ticket:
    """One ticket with its history and clocks; raises ``NotFound``."""
    found = session.scalar(
        select(Ticket)
        .where(Ticket.public_id == public_id)
        .options(selectinload(Ticket.entries), selectinload(Ticket.deadlines), selectinload(Ticket.duplicates))
    )
    if found is None:
        raise NotFound("This complaint is not here. Look for its number in the list.")
    return found


def find_by_public_id(session: Session, public_id: str) -> Ticket | None:
    """One ticket, or ``None``."""
    return session.scalar(select(Ticket).where(Ticket.public_id == public_id))


def ticket_by_number(session: Session, heard: str) -> Ticket | None:
    """The ticket whose number was typed or said, or ``None``."""
    number = ticket_numbers.parse(heard)
    return session.scalar(select(Ticket).where(Ticket.number == number)) if number else None


def tickets(
    session: Session, wanted: Filter, now: datetime, *, secret: bool, guarded: bool, page: int = 1
) -> Page[Ticket]:
    """Tickets that fit, those whose time ends first on top.

    Confidential ones are left out unless ``secret``, those of protected callers unless ``guarded``.
    """
    query, words = _narrowed(wanted, now).where(*_visible(secret, guarded)), wanted.words.casefold().split()
    ended = Ticket.state.in_([TicketState.CLOSED, TicketState.REJECTED])
    order = (ended, Ticket.due_at.is_(None), Ticket.due_at, Ticket.id.desc())
    query = query.order_by(*order)
    if not words:
        return page_of(session, query, page)
    # What a complaint says lies encrypted, so words are looked for here and not by the database.
    first = (page - 1) * SIZE
    with session.scalars(query.execution_options(yield_per=_LOOKED_THROUGH)) as found:
        rows = list(islice((ticket for ticket in found if _says(ticket, words)), first, first + SIZE + 1))
    return Page(rows[:SIZE], page, len(rows) > SIZE)


def _visible(secret: bool, guarded: bool) -> list[ColumnElement[bool]]:
    open_ones: list[ColumnElement[bool]] = [] if secret else [Ticket.confidential.is_(False)]
    return open_ones if guarded else [*open_ones, Ticket.call_id.is_(None) | Ticket.call_id.not_in(protected_calls())]


def is_guarded(session: Session, ticket: Ticket) -> bool:
    """Whether it is the complaint of a protected caller, also where calls were merged."""
    guarded = select(Ticket.id).where(Ticket.id == ticket.id, Ticket.call_id.in_(protected_calls()))
    return session.scalar(guarded) is not None


def _says(ticket: Ticket, words: list[str]) -> bool:
    told = "\n".join(filter(None, (ticket.summary, ticket.text, ticket.place))).casefold()
    return all(word in told for word in words)


def _narrowed(wanted: Filter, now: datetime) -> Select[Ticket]:
    query = select(Ticket)
    if wanted.states:
        query = query.where(Ticket.state.in_(wanted.states))
    if wanted.unit_id:
        query = query.where(Ticket.unit_id == wanted.unit_id)
    if wanted.overdue:
        query = query.where(Ticket.due_at < now, Ticket.state.in_(OPEN_STATES))
    if wanted.undecided:
        query = query.where(Ticket.decided_at.is_(None), Ticket.state == TicketState.NEW)
    return query


def counts(session: Session, now: datetime, *, secret: bool, guarded: bool) -> Counts:
    """Figures above the list, of the tickets that are in it."""
    seen = _visible(secret, guarded)
    counted = select(Ticket.state, func.count()).where(*seen).group_by(Ticket.state)
    by_state = {TicketState(state): number for state, number in session.execute(counted)}

    def number(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Ticket).where(*conditions, *seen)) or 0

    still_open = Ticket.state.in_(OPEN_STATES)
    return Counts(
        by_state=by_state,
        undecided=number(Ticket.decided_at.is_(None), Ticket.state == TicketState.NEW),
        overdue=number(still_open, Ticket.due_at < now),
        soon=number(still_open, Ticket.due_at >= now, Ticket.due_at < now + timedelta(days=2)),
    )


def running_clocks(
    session: Session, until: datetime, *, secret: bool, guarded: bool, page: int = 1
) -> Page[TicketDeadline]:
    """Every running clock of an open ticket that is due before ``until``, the most urgent first."""
    query = (
        select(TicketDeadline)
        .join(Ticket)
        .where(
            TicketDeadline.due_at < until,
            TicketDeadline.met_at.is_(None),
            TicketDeadline.cancelled_at.is_(None),
            Ticket.state.in_(OPEN_STATES),
            *_visible(secret, guarded),
        )
        .order_by(TicketDeadline.due_at, TicketDeadline.id)
        .options(selectinload(TicketDeadline.ticket))
    )
    return page_of(session, query, page)


def of_call(session: Session, call_id: int) -> list[Ticket]:
    """Tickets that were made of a call."""
    return list(session.scalars(select(Ticket).where(Ticket.call_id == call_id).order_by(Ticket.id)))


def waiting_pins(session: Session, at: datetime, call_id: int | None = None) -> list[Ticket]:
    """Complaints made on air whose PIN was not told to the caller yet, the oldest first; of one call, where asked."""
    query = select(Ticket).where(Ticket.pin_waits_until >= at, Ticket.call_id.is_not(None))
    if call_id is not None:
        query = query.where(Ticket.call_id == call_id)
    return list(session.scalars(query.order_by(Ticket.pin_waits_until, Ticket.id)))


def open_of_caller(session: Session, phone_hash: str) -> list[Ticket]:
    """What a caller still waits for."""
    waiting = [*OPEN_STATES, TicketState.ANSWERED]
    return list(
        session.scalars(
            select(Ticket).where(Ticket.phone_hash == phone_hash, Ticket.state.in_(waiting)).order_by(Ticket.id)
        )
    )


def corrected_since(session: Session, moment: datetime, most: int = 2000) -> list[Row[str, str, str, str]]:
    """Number, words, category and unit of the tickets whose suggestion a person corrected, the newest first: what the
    machine can learn from. No more is read of them: each private column of each row is decrypted.
    """
    told = (Ticket.category.is_not(None), Ticket.unit_id.is_not(None), Ticket.confidential.is_(False))
    query = select(Ticket.number, Ticket.text, Ticket.category, Ticket.unit_id).where(
        Ticket.corrected, Ticket.decided_at >= moment, *told
    )
    return list(session.execute(query.order_by(Ticket.decided_at.desc()).limit(most)))


def joinable(session: Session, since: datetime, *, but: Ticket | None, secret: bool, guarded: bool) -> list[Ticket]:
    """Tickets that still run and stand for themselves: those that another about the same matter may be joined with."""
    query = select(Ticket).where(
        Ticket.created_at >= since,
        Ticket.merged_into_id.is_(None),
        Ticket.state.in_([*OPEN_STATES, TicketState.ANSWERED]),
        *_visible(secret, guarded),
    )
    if but is not None:
        query = query.where(Ticket.id != but.id)
    # Each private column of each of them is decrypted; these are compared with nothing.
    unread = (defer(Ticket.suggestion), defer(Ticket.phone), defer(Ticket.policies))
    return list(session.scalars(query.options(*unread).order_by(Ticket.id.desc()).limit(COMPARED)))
