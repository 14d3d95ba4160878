"""Deletes the words of a complaint. Number, state, category, unit and times stay: reports count them."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_, gettext
from radiodesk.rooms.record.models import PublishedTicket, TicketReply
from radiodesk.rooms.record.tracking import REPLY_JOB
from radiodesk.rooms.retention.call_removal import forget_drafts, forget_jobs
from radiodesk.rooms.tickets.models import Ticket

TIME_OVER = N_("The words of this complaint were deleted: the time for which they are kept is over.")
ASKED = N_("The words of this complaint were deleted at the request of the person who made it.")
NO_PIN = "-"
"""No PIN fits it."""
_LEARNED = frozenset({"category", "unit", "urgency", "confidence"})
"""What stays of a suggestion: how often the machine was right is counted, its reasons quote the complaint."""


def forget(session: Session, ticket: Ticket, *, asked: bool, at: datetime) -> None:
    """Take the words out of a complaint, its history and its public face; nobody can open it by number and PIN."""
    if ticket.suggestion is not None:
        ticket.suggestion = {key: one for key, one in ticket.suggestion.items() if key in _LEARNED} | {"why": []}
    ticket.summary = ticket.text = ""
    ticket.place = ticket.phone = ticket.phone_hash = None
    ticket.pin_hash, ticket.pin_waits_until = NO_PIN, None
    for entry in ticket.entries:
        entry.text = ""
    ticket.removed_at = at
    shown = session.scalar(select(PublishedTicket).where(PublishedTicket.ticket_public_id == ticket.public_id))
    if shown is not None:
        _forget_public(session, shown, gettext(ASKED if asked else TIME_OVER), known=ticket.place_id is not None)
        shown.changed_at = at
    forget_drafts(session, [ticket.public_id])
    session.flush()


def _forget_public(session: Session, shown: PublishedTicket, said: str, *, known: bool) -> None:
    """It stays in the open list as one that was asked and answered, so that no figure tells of its deletion."""
    shown.pin_hash = NO_PIN
    # Of a secret one nothing was told; that it was deleted is no news of it either.
    shown.summary = said if shown.summary else ""
    shown.entries = [{**entry, "text": ""} for entry in shown.entries]
    if not known:
        # A place of the area pack is a town or a road; any other may be somebody's door.
        shown.place = shown.latitude = shown.longitude = None
    replies = list(session.scalars(select(TicketReply.id).where(TicketReply.published_id == shown.id)))
    forget_jobs(session, REPLY_JOB, replies)
    session.execute(delete(TicketReply).where(TicketReply.id.in_(replies)))
