"""Writes a ticket's history: one entry, one event, one line of the audit trail, and word to whoever follows."""

from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from radiodesk.core import audit, events
from radiodesk.core.database import database_of
from radiodesk.core.errors import Conflict
from radiodesk.rooms.tickets.models import EntryKind, Ticket, TicketEntry
from radiodesk.rooms.tickets.ports import followers

TOPIC = "tickets"


class ChangedMeanwhile(Conflict):
    """Someone else changed the ticket after this person's page was made."""


def expect(ticket: Ticket, version: int) -> None:
    """Raise ``ChangedMeanwhile`` unless the ticket is still the one that the person saw."""
    if ticket.version != version:
        last = ticket.entries[-1]
        raise ChangedMeanwhile(
            "%(who)s changed complaint %(number)s while you were writing. Please read what is new and send it again.",
            who=last.by,
            number=ticket.number,
        )


def write(
    session: Session,
    ticket: Ticket,
    kind: EntryKind,
    *,
    by: str,
    at: datetime,
    text: str = "",
    public: bool = False,
    unit_id: str | None = None,
) -> TicketEntry:
    """Append to the history and tell everyone who follows; the words themselves go neither to events nor to audit."""
    if ticket.removed_at is not None:
        raise Conflict("Complaint %(number)s was deleted: nothing can be changed of it any more.", number=ticket.number)
    entry = TicketEntry(ticket=ticket, kind=kind, public=public, text=text, unit_id=unit_id, at=at, by=by)
    session.add(entry)
    ticket.changed_at = at
    # Every entry makes a new version, also two of the same moment: an open form must notice both.
    flag_modified(ticket, "changed_at")
    session.flush()
    audit.record(
        session, at, by, f"ticket {kind.value}", f"ticket {ticket.public_id}", state=ticket.state, unit=unit_id
    )
    events.announce(session, at, TOPIC, kind.value, ticket.public_id)
    tell_followers(session, ticket, at)
    return entry


def tell_followers(session: Session, ticket: Ticket, at: datetime) -> None:
    """Tell later rooms that a ticket changed, and with it those that were joined with it."""
    for changed in (ticket, *ticket.duplicates):
        for follow in followers(database_of(session)):
            follow(session, changed, at=at)
