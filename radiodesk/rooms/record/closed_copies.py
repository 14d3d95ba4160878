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
from radiodesk.language.redaction.identities import known_about
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.air_time import on_air
from radiodesk.rooms.broadcasts.known_callers import identities_of
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, FiledCall
from radiodesk.rooms.calls.merged_calls import became, held_by
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.record import ticket_publication
from radiodesk.rooms.record.models import Publication, PublicationState, PublishedBroadcast, SpanState
from radiodesk.rooms.record.protection import ask_again, closed_in, cover_known, told_of_closed
from radiodesk.rooms.record.publication import CLOSED
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
        ticket_publication.close(session, one)
    calls = [one.call for one in joined if one.call is not None]
    close_copies(session, [part for call in calls for part in (call, *became(session, call))], at=at)


def _close_ticket(session: Session, ticket: Ticket, *, at: datetime) -> None:
    for one in (ticket, *ticket.duplicates):
        ticket_publication.close(session, one)
        ticket_publication.follow(session, one, at=at)


def close_copies(session: Session, calls: Iterable[Call], *, at: datetime) -> None:
    """Empty, and have written anew, every public copy that holds something of one of these calls and may not."""
    asked = list(calls)
    filed = select(FiledCall.broadcast_id).where(FiledCall.call_id.in_([call.id for call in asked]))
    heard = select(AsRun.broadcast_id).where(AsRun.subject.in_([call.public_id for call in asked]))
    of_these = or_(Publication.broadcast_id.in_(filed), Publication.broadcast_id.in_(heard))
    for publication in session.scalars(select(Publication).where(of_these)).all():
        late = _note_standings(session, publication)
        # What is known of a caller may have been corrected, too, or the name may not be told any more.
        found = cover_known(session, publication, asked, at=at)
        shown = copy_of(session, publication)
        if shown is None:
            if (late or found) and publication.state == PublicationState.WAITING:
                _write_again(session, publication, at=at)
        elif late or found or _is_told_in_titles(session, shown, asked):
            close(session, publication, shown, at=at)


def copy_of(session: Session, publication: Publication) -> PublishedBroadcast | None:
    """The public copy, if there is one to be seen."""
    asked = select(PublishedBroadcast).where(PublishedBroadcast.public_id == publication.broadcast.public_id)
    shown = session.scalar(asked)
    return shown if shown is not None and shown.open else None


def _note_standings(session: Session, publication: Publication) -> bool:
    """Note how far each call is closed, and whose voice is disguised; gives whether one is further than before.

    What a person opened of it waits for a decision again.
    """
    closed = closed_in(session, publication.broadcast)
    before = publication.closed_calls
    late = frozenset(call for call, standing in closed.standings.items() if standing > before.get(call, 0))
    publication.closed_calls = closed.standings
    own_voice = closed.heard_disguised - set(publication.disguised_calls)
    publication.disguised_calls = sorted(closed.disguised)
    if late & closed.unagreed:
        ask_again(session, publication, late & closed.unagreed)
    if late & closed.silent.keys():
        _ask_about_silent(session, publication)
    return bool(late or own_voice)


def _is_told_in_titles(session: Session, shown: PublishedBroadcast, calls: list[Call]) -> bool:
    titles = [shown.title, shown.description, *(piece.title for piece in shown.pieces)]
    titles += [str(one.get("title") or one.get("text") or "") for one in (*shown.as_run, *shown.corrections)]
    return any(known_about(title, who) for who in identities_of(session, calls) for title in titles)


def _ask_about_silent(session: Session, publication: Publication) -> None:
    """What a person opened that tells of a caller who is closed now waits for a decision again."""
    for piece, known in told_of_closed(session, publication):
        for span in piece.spans:
            if span.state == SpanState.REJECTED and span.start < known.end and known.start < span.end:
                span.state = SpanState.SUGGESTED


def follow_start(session: Session, publication: Publication, *, at: datetime) -> None:
    """Close a public copy whose cuts lie elsewhere, since the start of a recording was corrected."""
    shown, broadcast = copy_of(session, publication), publication.broadcast
    log = broadcasts.as_run(session, broadcast)
    found = closed_in(session, broadcast)
    moved = [call for call in (*found.standings, *found.disguised) if on_air(log, call)]
    if shown is not None and (moved or any(entry.kind is AsRunKind.DUMP for entry in log)):
        close(session, publication, shown, at=at)


def _write_again(session: Session, publication: Publication, *, at: datetime) -> None:
    """Have the copy written from what was decided now: what a job is writing just now is thrown away."""
    publication.state, publication.problem = PublicationState.WAITING, None
    publication.revision += 1
    session.flush()
    jobs.enqueue(session, at, PUBLISH_JOB, publication.id)


def close(session: Session, publication: Publication, shown: PublishedBroadcast, *, at: datetime) -> None:
    """Take all out of a public copy at once, and have it written anew."""
    empty(session, shown, at=at)
    # It is not the whole broadcast, and how much is missing is nobody's business.
    shown.removed = {CLOSED: 1}
    publication.closed_at = at
    # The files first: they go even if the new copy cannot be written.
    jobs.enqueue(session, at, CLEAR_JOB, publication.id)
    _write_again(session, publication, at=at)
    shown.revision = publication.revision
    session.flush()
    public_id = publication.broadcast.public_id
    audit.record(session, at, DESK, "public copy closed", f"broadcast {public_id}", revision=publication.revision)
    announce(session, at, TOPIC, "waiting", public_id)
