"""Writes the public face of a ticket into the record's own table, with private matter taken out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.language.places.nouns import AreaPack
from radiodesk.rooms.broadcasts.queries import guarded
from radiodesk.rooms.record.models import PublishedTicket
from radiodesk.rooms.tickets import deadlines
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.rooms.tickets.station_rules import Rules

Redactor = Callable[[str], str]

MIRROR_JOB = "record.ticket"

UNLISTED = frozenset({TicketState.NEW, TicketState.REJECTED})
"""What no person has looked at yet, and what was not accepted, is not in the open list."""


@dataclass(frozen=True, slots=True)
class Face:
    """All that the public may know of one ticket at one version."""

    ticket_public_id: str
    versions: tuple[int, ...]
    values: dict[str, Any]


def follow(session: Session, ticket: Ticket, /, *, at: datetime) -> None:
    """A ``tickets.ports.Follower``: the public face is made afresh by a job."""
    jobs.enqueue(session, at, MIRROR_JOB, ticket.id)


def is_secret(session: Session, ticket: Ticket) -> bool:
    """Whether the public learns state and dates alone: it is confidential, or its caller is protected."""
    calls = [ticket.call] if ticket.call is not None else []
    return ticket.confidential or bool(guarded(session, calls))


def secrets(session: Session, ticket: Ticket) -> tuple[bool, bool]:
    """Whether a ticket is secret, and whether the one that it was joined with is."""
    return is_secret(session, ticket), bool(ticket.merged_into and is_secret(session, ticket.merged_into))


def close(session: Session, ticket: Ticket) -> None:
    """Leave in a public face what may be told: of a secret one state and dates, of one that was joined with a secret
    one its own words. The job makes the rest.
    """
    row = session.scalar(select(PublishedTicket).where(PublishedTicket.ticket_public_id == ticket.public_id))
    secret, main_secret = secrets(session, ticket)
    if row is not None and main_secret and ticket.merged_into is not None:
        theirs = {(entry.at.isoformat(), entry.kind) for entry in ticket.merged_into.entries}
        row.entries = [entry for entry in row.entries if (entry["at"], entry["kind"]) not in theirs]
    if row is not None and secret:
        row.confidential, row.listed, row.summary = True, False, ""
        row.category = row.unit = row.place = row.latitude = row.longitude = None
        row.entries = [{**entry, "text": "", "unit": None} for entry in row.entries]
    session.flush()


def face(rules: Rules, pack: AreaPack, ticket: Ticket, redact: Redactor, *, hidden: tuple[bool, bool]) -> Face:
    """What may be shown of a ticket, given what ``secrets`` says: of a secret one only state and dates."""
    secret, main_secret = hidden
    place = pack.place_by_id.get(ticket.place_id or "")
    values: dict[str, Any] = {
        "ticket_version": ticket.version,
        "number": ticket.number,
        "pin_hash": ticket.pin_hash,
        "state": ticket.state,
        "confidential": secret,
        "listed": not secret and ticket.state not in UNLISTED and bool(ticket.summary) and not ticket.merged_into_id,
        "joined": ticket.merged_into_id is not None,
        "category": None if secret else ticket.category,
        "unit": None if secret or not ticket.decided_at else rules.unit_name(ticket.unit_id) or None,
        "summary": "" if secret else redact(ticket.summary),
        "place": None if secret or not ticket.place else redact(ticket.place),
        "latitude": place.latitude if place and not secret else None,
        "longitude": place.longitude if place and not secret else None,
        "entries": _entries(rules, ticket, redact, secret, main_secret),
        "created_at": ticket.created_at,
        "changed_at": ticket.changed_at,
        "promised_at": deadlines.promised(rules, ticket),
        "answered_at": ticket.answered_at,
        "closed_at": ticket.closed_at,
        "promises": [
            [due.isoformat(), met.isoformat() if met else None] for due, met in deadlines.promises(rules, ticket)
        ],
    }
    return Face(ticket.public_id, versions(ticket), values)


def versions(ticket: Ticket) -> tuple[int, ...]:
    """The versions of the rows that a face is made of."""
    return (ticket.version, *([ticket.merged_into.version] if ticket.merged_into else []))


def _entries(rules: Rules, ticket: Ticket, redact: Redactor, secret: bool, main_secret: bool) -> list[dict[str, Any]]:
    own = [entry for entry in ticket.entries if entry.public]
    main = ticket.merged_into
    if main is not None and not main_secret and not secret:
        # Who was joined with another matter reads its answers too, but not what its complainant wrote.
        own += [e for e in main.entries if e.public and e.kind in ("answered", "noted") and e.at >= ticket.created_at]
    return [
        {
            "at": entry.at.isoformat(),
            "kind": entry.kind,
            "text": "" if secret else redact(entry.text),
            "unit": None if secret else rules.unit_name(entry.unit_id) or None,
        }
        for entry in sorted(own, key=lambda entry: (entry.at, entry.id))
    ]


def publish(session: Session, made: Face) -> PublishedTicket:
    """Write a face over the one before."""
    row = session.scalar(select(PublishedTicket).where(PublishedTicket.ticket_public_id == made.ticket_public_id))
    if row is None:
        row = PublishedTicket(ticket_public_id=made.ticket_public_id, **made.values)
        session.add(row)
    for name, value in made.values.items():
        setattr(row, name, value)
    session.flush()
    return row
