"""The life of a ticket: opened, decided, forwarded, taken up, answered, closed; refused when that is impossible.

Every verb flushes and leaves the commit to the edge. ``rules`` are the station's policies, working days and units.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core.database import keys_of
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.i18n import N_, gettext
from radiodesk.core.ids import public_id
from radiodesk.core.keys import KeyRing
from radiodesk.language.triage import Suggestion
from radiodesk.rooms.calls.models import Call, Urgency
from radiodesk.rooms.tickets import deadlines, ticket_numbers, tracking_codes
from radiodesk.rooms.tickets.history import write
from radiodesk.rooms.tickets.models import ENDED_STATES, OPEN_STATES, STATE_NAMES, EntryKind, Ticket, TicketState
from radiodesk.rooms.tickets.pins import Pin, fresh_pin
from radiodesk.rooms.tickets.policy import Milestone
from radiodesk.rooms.tickets.station_rules import Rules


class NotPossible(Conflict):
    """The ticket's state does not allow this step."""


class UnknownUnit(Unreadable):
    """The unit is not in the area pack."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new ticket and its PIN, which nobody can read again; empty where the complainant has it since writing."""

    ticket: Ticket
    pin: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number for a new ticket, which may be taken already, and its PIN."""

    number: str
    pin: Pin


@dataclass(frozen=True, slots=True)
class Decision:
    """Who acts on a ticket and how soon, as a person decided it."""

    category: str
    unit_id: str
    urgency: Urgency


def draw(keys: KeyRing, rules: Rules, at: datetime) -> Drawn:
    """Number and PIN of the next ticket; made before the transaction that opens it, as hashing takes long."""
    number = ticket_numbers.draw(at.astimezone(rules.calendar.zone).year)
    return Drawn(number, fresh_pin(keys, number))


def open_ticket(
    session: Session,
    rules: Rules,
    *,
    text: str,
    suggestion: Suggestion | None,
    decision: Decision | None = None,
    call: Call | None = None,
    summary: str = "",
    place: str | None = None,
    place_id: str | None = None,
    phone: str | None = None,
    confidential: bool = False,
    identity: str | None = None,
    drawn: Drawn | None = None,
    by: str,
    at: datetime,
) -> Opened:
    """Open a ticket from a call or from text; returns it with the PIN in the clear, this once.

    Without a ``decision`` the machine's suggestion stands until a person accepts or corrects it. ``phone`` is the
    normalised number of someone who has no call row. ``identity`` is the public id when the form made it beforehand,
    ``drawn`` number and PIN where they were. Who wrote by the public form and has a tracking code keeps that.
    """
    if not text.strip():
        raise Unreadable("Please write down what the complaint is about.").of("text")
    code = tracking_codes.of_call(session, call) if call is not None else None
    if code is None:
        drawn = _free(session, rules, drawn, at)
        number, pin_hash, pin = drawn.number, drawn.pin.hashed, drawn.pin.digits
    else:
        number, pin_hash, pin = code.number, code.pin_hash, ""
    ticket = Ticket(
        public_id=identity or public_id(at),
        number=number,
        pin_hash=pin_hash,
        call=call,
        suggestion=_kept(suggestion),
        text=text.strip(),
        summary=summary.strip(),
        place=place or (call.place if call else None),
        place_id=place_id or (call.place_id if call else None),
        phone=phone,
        phone_hash=keys_of(session).lookup(phone) if phone else (call.phone_hash if call else None),
        confidential=confidential,
        state=TicketState.NEW,
        urgency=Urgency(suggestion.urgency) if suggestion else Urgency.BIASA,
        category=suggestion.category if suggestion else None,
        unit_id=suggestion.unit if suggestion else None,
        policies=[],
        opened_by=by,
        created_at=at,
        changed_at=at,
    )
    session.add(ticket)
    session.flush()
    if decision:
        _decide(rules, ticket, decision, by=by, at=at)
    write(session, ticket, EntryKind.OPENED, by=by, at=at, public=True)
    deadlines.follow_policies(session, rules, ticket, at)
    session.flush()
    return Opened(ticket, pin)


def decide(session: Session, rules: Rules, ticket: Ticket, decision: Decision, *, by: str, at: datetime) -> None:
    """Accept or correct the suggested category, unit and urgency; the suggestion itself is kept beside it."""
    _only_in(ticket, OPEN_STATES)
    if ticket.state != TicketState.NEW and decision.unit_id != ticket.unit_id:
        raise NotPossible("Complaint %(number)s lies with a unit. Forward it to change the unit.", number=ticket.number)
    _decide(rules, ticket, decision, by=by, at=at)
    write(session, ticket, EntryKind.DECIDED, by=by, at=at, unit_id=ticket.unit_id)
    deadlines.follow_policies(session, rules, ticket, at)


def accept(session: Session, rules: Rules, ticket: Ticket, *, by: str, at: datetime) -> None:
    """Take the machine's suggestion as it stands."""
    if ticket.suggestion is None or not ticket.undecided:
        raise NotPossible("There is no open suggestion for complaint %(number)s.", number=ticket.number)
    asked = ticket.suggestion
    decision = Decision(asked["category"], asked["unit"], Urgency(asked["urgency"]))
    decide(session, rules, ticket, decision, by=by, at=at)


def forward(
    session: Session, rules: Rules, ticket: Ticket, unit_id: str, *, text: str = "", by: str, at: datetime
) -> None:
    """Send the ticket to a unit, or on to another one; ``text`` is an internal word to the unit."""
    _only_in(ticket, OPEN_STATES)
    if ticket.state != TicketState.NEW and unit_id == ticket.unit_id:
        raise NotPossible(
            "Complaint %(number)s already lies with %(unit)s.", number=ticket.number, unit=rules.unit_name(unit_id)
        )
    _require_unit(rules, unit_id)
    ticket.unit_id, ticket.state = unit_id, TicketState.FORWARDED
    if ticket.undecided:
        _note_decision(ticket, by=by, at=at)
    if text:
        write(session, ticket, EntryKind.NOTED, by=by, at=at, text=text, unit_id=unit_id)
    write(session, ticket, EntryKind.FORWARDED, by=by, at=at, public=True, unit_id=unit_id)
    deadlines.follow_policies(session, rules, ticket, at)
    deadlines.reach(session, rules, ticket, Milestone.FORWARDED, at)


def take_up(session: Session, rules: Rules, ticket: Ticket, *, by: str, at: datetime) -> None:
    """The unit has begun to work on it."""
    _only_in(ticket, {TicketState.FORWARDED})
    ticket.state = TicketState.IN_PROGRESS
    write(session, ticket, EntryKind.TAKEN_UP, by=by, at=at, public=True, unit_id=ticket.unit_id)
    deadlines.reach(session, rules, ticket, Milestone.TAKEN_UP, at)


def give_back(session: Session, ticket: Ticket, reason: str, *, by: str, at: datetime) -> None:
    """The unit says that it is not the right one; the desk forwards it anew."""
    _only_in(ticket, {TicketState.FORWARDED, TicketState.IN_PROGRESS})
    _words(reason, N_("Please say why the unit returns the complaint."))
    returned_by, ticket.state = ticket.unit_id, TicketState.NEW
    write(session, ticket, EntryKind.RETURNED, by=by, at=at, text=reason, unit_id=returned_by)


def answer(session: Session, rules: Rules, ticket: Ticket, text: str, *, by: str, at: datetime) -> None:
    """Answer the complainant; the words are public."""
    _only_in(ticket, OPEN_STATES)
    _words(text, N_("Please write the answer."))
    ticket.state, ticket.answered_at = TicketState.ANSWERED, at
    write(session, ticket, EntryKind.ANSWERED, by=by, at=at, text=text, public=True, unit_id=ticket.unit_id)
    deadlines.reach(session, rules, ticket, Milestone.ANSWERED, at)


def close(session: Session, rules: Rules, ticket: Ticket, text: str = "", *, by: str, at: datetime) -> None:
    """End an answered ticket; ``text`` is public."""
    _only_in(ticket, {TicketState.ANSWERED})
    _end(session, rules, ticket, TicketState.CLOSED, EntryKind.CLOSED, text, by=by, at=at)


def reject(session: Session, rules: Rules, ticket: Ticket, reason: str, *, by: str, at: datetime) -> None:
    """Not accept the ticket; the reason is public."""
    _only_in(ticket, OPEN_STATES)
    _words(reason, N_("Please say why the complaint is not accepted; the complainant reads it."))
    _end(session, rules, ticket, TicketState.REJECTED, EntryKind.REJECTED, reason, by=by, at=at)


def reopen(session: Session, rules: Rules, ticket: Ticket, reason: str, *, by: str, at: datetime) -> None:
    """Take up an answered, closed, joined or rejected ticket again; it goes back to its unit."""
    _only_in(ticket, ENDED_STATES | {TicketState.ANSWERED})
    _words(reason, N_("Please say why the complaint is opened again."))
    was_with_unit = ticket.state != TicketState.REJECTED and ticket.unit_id and not ticket.undecided
    ticket.state = TicketState.FORWARDED if was_with_unit else TicketState.NEW
    ticket.merged_into, ticket.answered_at, ticket.closed_at = None, None, None
    write(session, ticket, EntryKind.REOPENED, by=by, at=at, text=reason, unit_id=ticket.unit_id)
    deadlines.reach(session, rules, ticket, Milestone.REOPENED, at)


def merge(session: Session, rules: Rules, duplicate: Ticket, into: Ticket, *, by: str, at: datetime) -> None:
    """Close a ticket as the same matter as another; its complainant then reads that one's answers."""
    _only_in(duplicate, OPEN_STATES | {TicketState.ANSWERED})
    if into.id == duplicate.id or into.merged_into_id is not None or into.state == TicketState.REJECTED:
        raise NotPossible(
            "Complaint %(number)s cannot be joined with %(other)s: choose one that stands for itself.",
            number=duplicate.number,
            other=into.number,
        )
    for further in list(duplicate.duplicates):
        further.merged_into = into
    duplicate.merged_into = into
    write(session, into, EntryKind.MERGED, by=by, at=at, text=duplicate.number)
    _end(session, rules, duplicate, TicketState.CLOSED, EntryKind.MERGED, "", by=by, at=at)


def _end(
    session: Session,
    rules: Rules,
    ticket: Ticket,
    state: TicketState,
    kind: EntryKind,
    text: str,
    *,
    by: str,
    at: datetime,
) -> None:
    ticket.state, ticket.closed_at = state, at
    write(session, ticket, kind, by=by, at=at, text=text, public=True, unit_id=ticket.unit_id)
    deadlines.reach(session, rules, ticket, Milestone.CLOSED, at)


def _decide(rules: Rules, ticket: Ticket, decision: Decision, *, by: str, at: datetime) -> None:
    _require_unit(rules, decision.unit_id)
    if not decision.category:
        raise Unreadable("Please choose what the complaint is about.").of("category")
    ticket.category, ticket.unit_id, ticket.urgency = decision.category, decision.unit_id, decision.urgency
    _note_decision(ticket, by=by, at=at)


def _note_decision(ticket: Ticket, *, by: str, at: datetime) -> None:
    ticket.decided_by, ticket.decided_at = by, at
    asked, chosen = ticket.suggestion, (ticket.category, ticket.unit_id, ticket.urgency)
    ticket.corrected = asked is not None and (asked["category"], asked["unit"], asked["urgency"]) != chosen


def _require_unit(rules: Rules, unit_id: str) -> None:
    if unit_id not in rules.unit_by_id:
        raise UnknownUnit("The unit %(unit)s is not in this area. Please choose one from the list.", unit=unit_id).of(
            "unit"
        )


def _only_in(ticket: Ticket, states: set[TicketState] | frozenset[TicketState]) -> None:
    if ticket.state not in states:
        raise NotPossible(
            "Complaint %(number)s cannot do this now; its state is %(state)s.",
            number=ticket.number,
            state=gettext(STATE_NAMES[ticket.state]),
        )


def _words(text: str, sentence: str) -> None:
    if not text.strip():
        raise Unreadable(sentence).of("text")


def _kept(suggestion: Suggestion | None) -> dict[str, object] | None:
    if suggestion is None:
        return None
    return {
        "category": suggestion.category,
        "unit": suggestion.unit,
        "urgency": suggestion.urgency,
        "confidence": suggestion.confidence,
        "why": list(suggestion.why),
        "route": suggestion.route,
    }


def _free(session: Session, rules: Rules, drawn: Drawn | None, at: datetime) -> Drawn:
    """A number that nobody has; of two transactions that draw the same in one moment, the second fails whole."""
    while drawn is None or tracking_codes.is_taken(session, drawn.number):
        drawn = draw(keys_of(session), rules, at)
    return drawn
