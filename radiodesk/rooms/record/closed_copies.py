"""Closes what is public already when a caller becomes protected, a complaint confidential, or a consent is taken back.

In the transaction that does it the public copy is emptied: words, sound, log and numbers are at no address any more. A
job then writes the copy anew without the part and removes the files. The people at the desk are told on the pages of
the broadcast and of its publication.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from radiodesk.core import audit, jobs
from radiodesk.core.events import announce
from radiodesk.rooms.broadcasts.models import AsRun, FiledCall
from radiodesk.rooms.calls.merged_calls import became, held_by
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.record import ticket_publication
from radiodesk.rooms.record.models import Publication, PublicationState, PublishedBroadcast, SpanState
from radiodesk.rooms.record.protection import closed_in, told_of_closed
from radiodesk.rooms.record.services import CLEAR_JOB, PUBLISH_JOB, TOPIC, empty
from radiodesk.rooms.tickets import queries as tickets
from radiodesk.rooms.tickets.models import Ticket

DESK = "desk"


def follow_call(session: Session, call: Call, /, *, at: datetime) -> None:
    """A ``calls.ports.CallFollower``."""
    touched = [*held_by(session, [call])[call.id], *became(session, call)]
    for one in touched:
        for ticket in tickets.of_call(session, one.id):
            _close_ticket(session, ticket, at=at)
    close_copies(session, touched, at=at)


def follow_ticket(session: Session, ticket: Ticket, /, *, at: datetime) -> None:
    """A ``tickets.ports.Follower``."""
    joined = [ticket, *ticket.duplicates, *([ticket.merged_into] if ticket.merged_into else [])]
    if not ticket_publication.is_secret(session, ticket):
        return
    for one in joined:
        if ticket_publication.is_secret(session, one):
            ticket_publication.close(session, one)
    calls = [one.call for one in joined if one.call is not None]
    close_copies(session, [part for call in calls for part in (call, *became(session, call))], at=at)


def _close_ticket(session: Session, ticket: Ticket, *, at: datetime) -> None:
    for one in (ticket, *ticket.duplicates):
        if ticket_publication.is_secret(session, one):
            ticket_publication.close(session, one)
        ticket_publication.follow(session, one, at=at)


def close_copies(session: Session, calls: Iterable[Call], *, at: datetime) -> None:
    """Empty, and have written anew, every public copy that holds something of one of these calls and may not."""
    asked = list(calls)
    filed = select(FiledCall.broadcast_id).where(FiledCall.call_id.in_([call.id for call in asked]))
    heard = select(AsRun.broadcast_id).where(AsRun.subject.in_([call.public_id for call in asked]))
    of_these = or_(Publication.broadcast_id.in_(filed), Publication.broadcast_id.in_(heard))
    for publication in session.scalars(select(Publication).where(of_these)).all():
        broadcast = publication.broadcast
        shown = session.scalar(select(PublishedBroadcast).where(PublishedBroadcast.public_id == broadcast.public_id))
        late = closed_in(session, broadcast).calls - set(publication.closed_calls)
        if not late:
            continue
        _ask_again(session, publication)
        if shown is not None and shown.open:
            _close(session, publication, shown, at=at)


def _ask_again(session: Session, publication: Publication) -> None:
    """What a person opened that tells of a caller who is closed now waits for a decision again."""
    for piece, known in told_of_closed(session, publication):
        for span in piece.spans:
            if span.state == SpanState.REJECTED and span.start < known.end and known.start < span.end:
                span.state = SpanState.SUGGESTED


def _close(session: Session, publication: Publication, shown: PublishedBroadcast, *, at: datetime) -> None:
    empty(session, shown, at=at)
    publication.state, publication.problem = PublicationState.WAITING, None
    publication.revision += 1
    publication.closed_at = at
    shown.revision = publication.revision
    session.flush()
    # The files first: they go even if the new copy cannot be written.
    jobs.enqueue(session, at, CLEAR_JOB, publication.id)
    jobs.enqueue(session, at, PUBLISH_JOB, publication.id)
    public_id = publication.broadcast.public_id
    audit.record(session, at, DESK, "public copy closed", f"broadcast {public_id}", revision=publication.revision)
    announce(session, at, TOPIC, "waiting", public_id)
