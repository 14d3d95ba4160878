"""A listener's correction that a person accepts, on the way of every correction of what is public.

It becomes a new version of the transcript; a note stands beside the sealed broadcast, and in the log; the pieces are
laid out anew, where all that was taken out stays so; a new public copy is written. The package is not changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.i18n import gettext, speaking
from radiodesk.core.jobs import Context
from radiodesk.core.settings import Settings
from radiodesk.core.text import tidy
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.record import services as record
from radiodesk.rooms.record.closed_copies import copy_of
from radiodesk.rooms.record.listener_requests import services
from radiodesk.rooms.record.listener_requests.models import ListenerRequest, RequestKind, RequestState
from radiodesk.rooms.record.listener_requests.public_lines import Line, lines_of, put_in
from radiodesk.rooms.record.models import Piece, Publication, PublicationState
from radiodesk.rooms.record.queries import publication_of
from radiodesk.rooms.transcripts import queries as speech
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.rooms.transcripts.services import correct_transcript
from radiodesk.rooms.transcripts.timed_words import tokens_in, tokens_of

LAY_OUT_JOB = "listeners.lay_out"

WAITS = timedelta(seconds=30)
"""Until it is looked again whether the public copy that is being written is done."""

_SURE = 1.0


class LineGone(Conflict):
    """The line that a listener corrected reads otherwise by now."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the line of a request is at the desk."""

    publication: Publication
    piece: Piece
    line: Line


def place_of(session: Session, settings: Settings, found: ListenerRequest) -> Place | None:
    """The line that a request is about, if it still reads as it did; first where it stood, then anywhere."""
    publication = publication_of(session, found.broadcast)
    if publication is None or not found.line_text or found.position is None:
        return None
    shown = [piece for piece in publication.pieces if piece.shown and piece.withheld is None]
    for piece in sorted(shown, key=lambda one: shown.index(one) != (found.position or 0) - 1):
        lines = lines_of(piece, settings.language)
        same = [(at, line) for at, line in enumerate(lines) if line.text == found.line_text]
        if same:
            return Place(publication, piece, min(same, key=lambda one: abs(one[0] - (found.line or 0)))[1])
    return None


def usual_note(settings: Settings, found: ListenerRequest) -> str:
    """What is said beside the broadcast about a correction: where, not what, in the language of the record."""
    with speaking(settings.language):
        return gettext(
            "The transcript at %(time)s was corrected at a listener's suggestion.",
            time=record.clock_of(round(found.second or 0.0)),
        )


def accept_correction(
    session: Session,
    settings: Settings,
    found: ListenerRequest,
    proposed: str,
    *,
    answer: str = "",
    note: str = "",
    publishes: bool = True,
    by: str,
    at: datetime,
) -> Transcript:
    """Make a correction, as a person has it now; a job lays out the broadcast anew, and publishes it where asked to.

    ``note`` stands beside the sealed broadcast, ``answer`` is for the listener. Raises ``LineGone`` and ``Unreadable``.
    """
    services.require_open(found)
    if found.kind is not RequestKind.CORRECTION:
        raise Conflict("This is not a correction.")
    place = place_of(session, settings, found)
    if place is None or place.piece.recording is None or copy_of(session, place.publication) is None:
        raise LineGone(
            "This line is not public as the listener read it any more. Correct the transcript itself if it is still "
            "wrong, and answer the listener."
        )
    words = tidy(proposed)
    if not words or words == place.line.text:
        raise Unreadable("Please write the line as it should read, or decline the correction.").of("words")
    base = speech.current(session, [place.piece.recording])[place.piece.recording.id]
    try:
        segments = _corrected(base, place, words)
    except Unreadable as refusal:
        raise refusal.of("words") from None
    transcript = correct_transcript(session, base, segments, by=by, at=at)
    found.transcript, found.publishes = transcript, publishes
    services.decide(session, settings, found, RequestState.ACCEPTED, answer, by=by, at=at)
    if tidy(note):
        archive.correct(session, place.publication.package, tidy(note), by=by, at=at)
    jobs.enqueue(session, at, LAY_OUT_JOB, found.id)
    return transcript


def _corrected(base: Transcript, place: Place, words: str) -> list[dict[str, Any]]:
    """The segments of a transcript with one line corrected. All words keep the times with which they were laid out:
    by these the sound is toned out.
    """
    tokens = tokens_of(base.segments, base.words)
    laid_out = tokens_in(place.piece.tokens)
    line = place.line.number
    here = [token.text for token in tokens if token.segment == line]
    if len(base.segments) != len(place.piece.segments) or here != [laid_out[one].text for one in place.line.numbers]:
        raise LineGone(
            "The transcript was corrected after this broadcast was laid out. Lay it out again on the page Publish, "
            "then decide."
        )
    sure = {(word["start"], word["end"]): word["confidence"] for word in base.words}
    own: list[list[dict[str, Any]]] = [[] for _ in base.segments]
    for token in tokens:
        confidence = sure.get((token.start, token.end), _SURE)
        own[token.segment].append(
            {"start": token.start, "end": token.end, "word": token.text, "confidence": confidence}
        )
    own[line] = put_in(place.line, own[line], words)
    return [
        {
            **segment,
            "text": " ".join(str(word["word"]) for word in held) if number == line else segment["text"],
            "words": held,
        }
        for number, (segment, held) in enumerate(zip(base.segments, own, strict=True))
    ]


def lay_out(context: Context, request_id: int) -> None:
    """Lay out a broadcast anew after a correction was accepted, and publish it where that was asked for.

    Words are looked through outside of the transaction that writes; when they change meanwhile, it is done again. Of
    several corrections that wait the first job takes all. While a public copy is being written, this waits.
    """
    settings = context.settings
    while True:
        with context.database.reading() as session:
            found = session.get_one(ListenerRequest, request_id)
            if found.laid_out_at is not None:
                return
            pieces = record.lay_out(session, settings, found.broadcast, at=context.clock.now())
            heads = _heads(session, pieces)
        with context.database.writing() as session:
            found, at = session.get_one(ListenerRequest, request_id), context.clock.now()
            if _heads(session, pieces) != heads:
                continue
            try:
                _take_in(session, settings, found, pieces, at)
            except record.BeingPublished:
                jobs.enqueue(session, at, LAY_OUT_JOB, request_id).not_before = at + WAITS
            return


def _take_in(session: Session, settings: Settings, found: ListenerRequest, pieces: list[Piece], at: datetime) -> None:
    publication = publication_of(session, found.broadcast)
    # A copy that was closed, or withdrawn, waits for a person.
    goes_on = publication is not None and publication.state == PublicationState.PUBLISHED and not publication.closed_at
    by = found.decided_by
    laid_out = record.prepare_again(session, settings, found.broadcast, pieces=pieces, nothing_opens=True, by=by, at=at)
    waiting = select(ListenerRequest).where(
        ListenerRequest.broadcast_id == found.broadcast_id,
        ListenerRequest.transcript_id.is_not(None),
        ListenerRequest.laid_out_at.is_(None),
    )
    publishes = False
    for one in session.scalars(waiting):
        one.laid_out_at, one.shown_from = at, laid_out.revision + 1
        publishes = publishes or one.publishes
    session.flush()
    if goes_on and publishes:
        try:
            record.publish(session, settings, found.broadcast, by=by, at=at)
        except record.NotUnderstood:
            return  # the page Publish asks; the correction is in the copy that a person publishes from there


def _heads(session: Session, pieces: Sequence[Piece]) -> list[int]:
    """The newest versions of the words of some pieces."""
    asked = [piece.recording_id for piece in pieces if piece.recording_id is not None]
    newest = select(func.max(Transcript.id)).where(Transcript.recording_id.in_(asked)).group_by(Transcript.recording_id)
    return sorted(session.scalars(newest))
