"""Changes of a ticket that leave its state as it is: notes, public words, secrecy, more time, a new PIN, a reply."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.tickets import deadlines
from radiodesk.rooms.tickets.history import write
from radiodesk.rooms.tickets.models import ENDED_STATES, EntryKind, Ticket, TicketDeadline, TicketState
from radiodesk.rooms.tickets.pins import Pin
from radiodesk.rooms.tickets.policy import Milestone
from radiodesk.rooms.tickets.services import NotPossible, close, reopen
from radiodesk.rooms.tickets.station_rules import Rules

PIN_WAITS = timedelta(hours=2)
"""How long the first PIN of a complaint made on air waits for the caller; later the office gives one."""
COMPLAINANT = "pelapor"
"""Who stands in the history for what the complainant did on the public site."""


class Reply(StrEnum):
    """What a complainant says to an answer."""

    MORE = "more"
    SOLVED = "solved"
    UNSOLVED = "unsolved"


def add_note(session: Session, rules: Rules, ticket: Ticket, text: str, *, public: bool, by: str, at: datetime) -> None:
    """Write something down; a public note tells the complainant how the matter stands."""
    if not text.strip():
        raise Unreadable("Please write the note.").of("text")
    write(session, ticket, EntryKind.NOTED, by=by, at=at, text=text, public=public, unit_id=ticket.unit_id)
    if public and ticket.state not in ENDED_STATES:
        deadlines.reach(session, rules, ticket, Milestone.INFORMED, at)


def set_summary(
    session: Session, ticket: Ticket, summary: str, place: str, place_id: str | None, *, by: str, at: datetime
) -> None:
    """Say in public words what it is about and where (``place_id`` is the area pack's); the words before are kept."""
    before = ticket.summary
    ticket.summary, ticket.place, ticket.place_id = summary.strip(), place.strip() or None, place_id
    write(session, ticket, EntryKind.SUMMARY, by=by, at=at, text=before)


def set_confidential(
    session: Session, ticket: Ticket, confidential: bool, reason: str, *, by: str, at: datetime
) -> None:
    """Hide the matter from all but ticket officers, show the complainant state and dates alone; or undo that."""
    if confidential == ticket.confidential:
        raise NotPossible("Complaint %(number)s is so already.", number=ticket.number)
    if not reason.strip():
        raise Unreadable("Please say why the confidentiality changes.").of("text")
    if ticket.confidential and ticket.call is not None and not ticket.call.disguise_voice:
        # What was confidential may be published from now on; the voice not as it is, unless somebody says so.
        calls.disguise(session, ticket.call, by=by, at=at)
    ticket.confidential = confidential
    write(session, ticket, EntryKind.CONFIDENTIAL, by=by, at=at, text=reason)


def extend(
    session: Session, rules: Rules, ticket: Ticket, deadline: TicketDeadline, reason: str, *, by: str, at: datetime
) -> None:
    """Take the extension that the law gives; the reason is public, as the law wants it."""
    if not reason.strip():
        raise Unreadable("Please say why more time is needed; the complainant reads it.").of("text")
    deadlines.extend(session, rules, deadline, at)
    write(session, ticket, EntryKind.EXTENDED, by=by, at=at, text=reason, public=True, unit_id=ticket.unit_id)


def new_pin(session: Session, ticket: Ticket, pin: Pin, reason: str, *, by: str, at: datetime) -> str:
    """Take a new PIN for someone who lost it; ``reason`` says how the person was known. Returned in the clear."""
    if not reason.strip():
        raise Unreadable("Please say how you know that this is the complainant.").of("text")
    ticket.pin_hash, ticket.pin_waits_until = pin.hashed, None
    write(session, ticket, EntryKind.PIN, by=by, at=at, text=reason)
    return pin.digits


def leave_pin(ticket: Ticket, *, at: datetime) -> None:
    """Leave the first PIN of a complaint made on air to whoever has the caller: once, and for a while."""
    ticket.pin_waits_until = at + PIN_WAITS


def first_pin(session: Session, ticket: Ticket, pin: Pin, *, by: str, at: datetime) -> str:
    """Take the PIN that a complaint made on air still owes its caller; returned in the clear, this once.

    Nobody has seen the one that it was opened with, so nothing is lost by drawing another. Raises ``NotPossible`` once
    it was told, or waited too long.
    """
    if ticket.pin_waits_until is None or ticket.pin_waits_until < at:
        raise NotPossible(
            "The PIN of complaint %(number)s was told already, or has waited too long. The office can give a new one.",
            number=ticket.number,
        )
    ticket.pin_hash, ticket.pin_waits_until = pin.hashed, None
    write(session, ticket, EntryKind.PIN, by=by, at=at, text=gettext("Told to the caller by the studio."))
    return pin.digits


def hear(session: Session, rules: Rules, ticket: Ticket, reply: Reply, text: str, *, at: datetime) -> None:
    """Take what the complainant said on the public site: further words, «solved», or «not solved»."""
    if reply is Reply.UNSOLVED and not text.strip():
        raise Unreadable("Please write what is not solved yet.")
    if reply is Reply.MORE and not text.strip():
        raise Unreadable("Please write what you want to add.")
    write(session, ticket, EntryKind.HEARD, by=COMPLAINANT, at=at, text=text.strip(), public=True)
    deadlines.reach(session, rules, ticket, Milestone.HEARD, at)
    if reply is Reply.SOLVED and ticket.state == TicketState.ANSWERED:
        close(session, rules, ticket, by=COMPLAINANT, at=at)
    elif reply is Reply.UNSOLVED and ticket.state in {TicketState.ANSWERED, TicketState.CLOSED}:
        reopen(session, rules, ticket, text, by=COMPLAINANT, at=at)


def running_clock(ticket: Ticket, deadline_id: int) -> TicketDeadline:
    """A running clock of the ticket by its key; raises ``NotFound``."""
    found = next((d for d in ticket.deadlines if d.id == deadline_id and d.running), None)
    if found is None:
        raise NotFound("This time limit is not running any more.")
    return found


def run_out(session: Session, rules: Rules, deadline: TicketDeadline, *, at: datetime) -> bool:
    """What happens when a clock runs out: the desk closes a ticket whose complainant stayed silent.

    Returns whether the clock really ran out; it may have been met, cancelled or extended since its job was made.
    """
    if not deadline.overdue(at):
        return False
    ticket = deadline.ticket
    step = rules.step(deadline)
    if step and step.when_due == "close" and ticket.state == TicketState.ANSWERED:
        words = gettext("Closed after %(days)s working days without a word from you.", days=step.working_days)
        close(session, rules, ticket, words, by="desk", at=at)
    return True
