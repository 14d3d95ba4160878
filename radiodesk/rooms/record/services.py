"""Makes sealed broadcasts public: prepares, lets people decide, publishes, withdraws.

What the public sees is written by a job into tables and a folder of its own; the public site reads those alone.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, jobs
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.i18n import gettext
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.core.text import tidy
from radiodesk.rooms.archive import record_log
from radiodesk.rooms.archive.models import LogKind
from radiodesk.rooms.archive.queries import sealed_package_of
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.record.listen_again import STILL_HEARD, StillHeard
from radiodesk.rooms.record.models import (
    Piece,
    PieceKind,
    Publication,
    PublicationState,
    PublishedBroadcast,
    Span,
    SpanState,
)
from radiodesk.rooms.record.preparation import pieces_of
from radiodesk.rooms.record.private_finder import finder
from radiodesk.rooms.record.protection import add_span, closed_in
from radiodesk.rooms.record.queries import unclear
from radiodesk.rooms.record.rendering import CUT, FINAL
from radiodesk.rooms.record.search import forget
from radiodesk.rooms.transcripts.timed_words import covered, places, said_between, tokens_in

TOPIC = "record"
MOST_NAMED = 5
"""Places that a sentence names; the page has all."""
PUBLISH_JOB = "record.publish"
CLEAR_JOB = "record.clear"


class NotSealed(Conflict):
    """Only what is sealed can be published."""


class NotUnderstood(Conflict):
    """Something private may have been begun and not understood: a person must decide first."""


class BeingPublished(Conflict):
    """A job is writing the public copy right now."""


def lay_out(session: Session, settings: Settings, broadcast: Broadcast, *, at: datetime) -> list[Piece]:
    """What of a broadcast could be shown, with every suggestion: slow, so done before the transaction that keeps it."""
    return pieces_of(session, broadcast, finder(settings), at=at)


def prepare(
    session: Session,
    settings: Settings,
    broadcast: Broadcast,
    *,
    pieces: list[Piece] | None = None,
    by: str,
    at: datetime,
) -> Publication:
    """Lay out a sealed broadcast for a look before it is published; what was prepared before is given as it is.

    ``pieces`` is what ``lay_out`` gave, where somebody waits for the transaction.
    """
    publication = session.scalar(select(Publication).where(Publication.broadcast_id == broadcast.id))
    if publication is not None:
        return publication
    package = sealed_package_of(session, broadcast)
    if package is None:
        raise NotSealed("%(title)s is not sealed yet. Seal it first.", title=broadcast.title)
    closed = closed_in(session, broadcast)
    publication = Publication(
        public_id=public_id(at),
        broadcast=broadcast,
        package=package,
        state=PublicationState.DRAFT,
        revision=0,
        created_at=at,
        asked_by=by,
        closed_calls=closed.standings,
        disguised_calls=sorted(closed.disguised),
    )
    publication.pieces = lay_out(session, settings, broadcast, at=at) if pieces is None else pieces
    session.add(publication)
    session.flush()
    audit.record(session, at, by, "publication prepared", f"broadcast {broadcast.public_id}")
    announce(session, at, TOPIC, "prepared", broadcast.public_id)
    return publication


def publish(
    session: Session,
    settings: Settings,
    broadcast: Broadcast,
    *,
    pieces: list[Piece] | None = None,
    by: str,
    at: datetime,
) -> Publication:
    """Ask for a broadcast to be made public as it was decided; a job writes the public copy.

    Nobody needs to have looked through what was understood: whatever was suggested is taken out. Publishing again
    writes a new copy in place of the one before. Raises ``NotSealed``, and ``NotUnderstood`` while places that were not
    understood wait for a decision; while a copy is being written, nothing happens.
    """
    publication = prepare(session, settings, broadcast, pieces=pieces, by=by, at=at)
    if publication.state == PublicationState.WAITING:
        return publication
    if waiting := unclear(publication):
        raise NotUnderstood(
            "%(title)s holds %(count)s places that were begun and not understood, or can still be heard. "
            "Decide about each before you publish.",
            title=broadcast.title,
            count=len(waiting),
        )
    publication.state, publication.problem, publication.asked_by = PublicationState.WAITING, None, by
    publication.revision += 1
    publication.closed_at = None
    session.flush()
    jobs.enqueue(session, at, PUBLISH_JOB, publication.id)
    audit.record(
        session, at, by, "publication asked", f"broadcast {broadcast.public_id}", revision=publication.revision
    )
    announce(session, at, TOPIC, "waiting", broadcast.public_id)
    return publication


def hold_back(
    session: Session, publication: Publication, spots: Mapping[str, Sequence[StillHeard]], *, at: datetime
) -> bool:
    """Keep what can still be heard as places that a person must decide about, and publish nothing until then.

    A place of which a person said that it may be heard is not asked about again. Returns whether any is left.
    """
    asked = []
    for piece in publication.pieces:
        for spot in spots.get(piece.public_id, ()):
            if not _is_allowed(piece, spot):
                asked.append(_add_spot(piece, spot, at=at))
    if not asked:
        return False
    times = ", ".join(clock_of(span.begins or 0.0) for span in asked[:MOST_NAMED])
    sentence = gettext(
        "What was taken out can still be heard at %(times)s. Decide about each place below, and publish again.",
        times=times,
    )
    subject = f"broadcast {publication.broadcast.public_id}"
    audit.record(session, at, "desk", "still heard", subject, places=len(asked))
    fail(session, publication, sentence, at=at)
    return True


def _is_allowed(piece: Piece, spot: StillHeard) -> bool:
    return any(
        span.why == STILL_HEARD and span.state is SpanState.REJECTED and _overlap(span, spot) for span in piece.spans
    )


def _overlap(span: Span, spot: StillHeard) -> bool:
    return span.begins is not None and span.ends is not None and span.begins < spot.ends and spot.begins < span.ends


def _add_spot(piece: Piece, spot: StillHeard, *, at: datetime) -> Span:
    tokens = tokens_in(piece.tokens)
    said = [places(tokens)[number] for number in said_between(tokens, spot.begins, spot.ends)]
    span = Span(
        public_id=public_id(at),
        kind=spot.kind,
        why=STILL_HEARD,
        start=said[0][0] if said else 0,
        end=said[-1][1] if said else 0,
        begins=spot.begins,
        ends=spot.ends,
        state=SpanState.SUGGESTED,
    )
    piece.spans.append(span)
    return span


def clock_of(seconds: float) -> str:
    """Seconds as ``1:05``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def fail(session: Session, publication: Publication, sentence: str, *, at: datetime) -> None:
    """Keep why the public copy could not be written; publishing may be asked for again.

    What was public before stays public.
    """
    if publication.state == PublicationState.WAITING:
        publication.state = PublicationState.FAILED
    publication.problem = sentence
    session.flush()
    announce(session, at, TOPIC, "failed", publication.broadcast.public_id)


def withdraw(session: Session, broadcast: Broadcast, reason: str, *, by: str, at: datetime) -> None:
    """Take a broadcast out of the public record at once; the reason stands in its place. The package stays."""
    publication = session.scalar(select(Publication).where(Publication.broadcast_id == broadcast.id))
    shown = session.scalar(select(PublishedBroadcast).where(PublishedBroadcast.public_id == broadcast.public_id))
    if publication is None or shown is None or not shown.open:
        raise Conflict("%(title)s is not published.", title=broadcast.title)
    reason = tidy(reason)
    if not reason:
        raise Unreadable("Please say why. The reason is shown to the public.").of("reason")
    empty(session, shown, at=at)
    shown.withdrawn_at, shown.reason, shown.hosts = at, reason, []
    publication.state, publication.withdrawn_at, publication.reason = PublicationState.WITHDRAWN, at, reason
    publication.revision += 1
    session.flush()
    told = {"broadcast": broadcast.public_id, "revision": publication.revision}
    record_log.append(session, LogKind.WITHDRAWN, broadcast.public_id, at=at, **told)
    jobs.enqueue(session, at, CLEAR_JOB, publication.id)
    audit.record(session, at, by, "withdrawn", f"broadcast {broadcast.public_id}")
    announce(session, at, TOPIC, "withdrawn", broadcast.public_id)


def empty(session: Session, shown: PublishedBroadcast, *, at: datetime) -> None:
    """Take all that was said and read out of a public copy at once; sound is reached by its rows alone."""
    forget(session, [piece.id for piece in shown.pieces])
    shown.pieces = []
    shown.changed_at = at
    shown.title, shown.description = shown.programme, ""
    shown.tickets, shown.as_run, shown.corrections, shown.removed, shown.calls_taken = [], [], [], {}, None


def prepare_again(
    session: Session,
    settings: Settings,
    broadcast: Broadcast,
    *,
    pieces: list[Piece] | None = None,
    retimed: bool = False,
    nothing_opens: bool = False,
    by: str,
    at: datetime,
) -> Publication:
    """Lay out afresh, after transcripts were corrected; decisions about the same words are kept.

    With ``retimed``, after the start of a recording was told, it is judged anew which of the programme's are shown.
    With ``nothing_opens`` no word is shown that was not before, even where nothing private is found in it any more.
    """
    fresh = lay_out(session, settings, broadcast, at=at) if pieces is None else pieces
    publication = session.scalar(select(Publication).where(Publication.broadcast_id == broadcast.id))
    if publication is None:
        return prepare(session, settings, broadcast, pieces=fresh, by=by, at=at)
    _require_decidable(publication)
    decided = {
        _asked_about(piece, span): span
        for piece in publication.pieces
        for span in piece.spans
        if span.state != SpanState.SUGGESTED
    }
    earlier = {(piece.subject, piece.recording_id): piece for piece in publication.pieces}
    for piece in fresh:
        if piece.withheld is None and not (retimed and piece.kind is PieceKind.PROGRAMME):
            piece.shown = _still_shown(piece, earlier.get((piece.subject, piece.recording_id)))
        for span in piece.spans:
            before = decided.get(_asked_about(piece, span))
            if before is not None:
                span.state, span.by, span.at = before.state, before.by, before.at
        _keep_spots(piece, earlier.get((piece.subject, piece.recording_id)), at=at)
        _keep_hidden(piece, earlier.get((piece.subject, piece.recording_id)), everything=nothing_opens, at=at)
    publication.pieces = fresh
    session.flush()
    audit.record(session, at, by, "publication prepared again", f"broadcast {broadcast.public_id}")
    announce(session, at, TOPIC, "prepared", broadcast.public_id)
    return publication


def _keep_spots(piece: Piece, before: Piece | None, *, at: datetime) -> None:
    """What was heard in the sound is kept: no words tell of it."""
    for span in before.spans if before is not None else ():
        if span.why == STILL_HEARD:
            kept = StillHeard(span.kind, span.begins or 0.0, span.ends or 0.0)
            again = _add_spot(piece, kept, at=at)
            again.state, again.by, again.at = span.state, span.by, span.at


def _keep_hidden(piece: Piece, before: Piece | None, *, everything: bool, at: datetime) -> None:
    """What a person took out stays out where the same words stand, also if nothing finds them by itself; with
    ``everything``, what was only suggested too.
    """
    for span in before.spans if before is not None else ():
        decided = span.state is SpanState.ACCEPTED and bool(span.by)
        if span.kind in CUT or span.why == STILL_HEARD or not (decided or (everything and span.taken_out)):
            continue
        for start, end in _where_again(piece, before, span):
            kept = add_span(piece, span.kind, start, end, span.why, at=at, state=span.state, by=span.by)
            if kept is not None:
                kept.at = span.at


def _where_again(piece: Piece, before: Piece | None, span: Span) -> list[tuple[int, int]]:
    """Where the words of a span stand in a piece that was laid out afresh: at the same seconds, if they have any."""
    if before is None:
        return []
    old, fresh = tokens_in(before.tokens), tokens_in(piece.tokens)
    numbers = covered(old, span.start, span.end)
    if not numbers:
        words = before.text[span.start : span.end]
        return [found.span() for found in re.finditer(re.escape(words), piece.text)] if words else []
    texts, length = [old[number].text for number in numbers], len(numbers)
    same = [
        first
        for first in range(len(fresh) - length + 1)
        if [token.text for token in fresh[first : first + length]] == texts
    ]
    begins, ends = old[numbers[0]].start, old[numbers[-1]].end
    timed = [first for first in same if fresh[first].start <= ends and begins <= fresh[first + length - 1].end]
    was, now = places(old), places(fresh)
    head, tail = span.start - was[numbers[0]][0], span.end - was[numbers[-1]][0]
    # Words that were timed anew are looked for everywhere: rather one place too many than none.
    return [(now[first][0] + head, now[first + length - 1][0] + tail) for first in timed or same]


def _asked_about(piece: Piece, span: Span) -> tuple[object, ...]:
    """What a decision was about: of what is cut the seconds, since in them there may be no words at all."""
    what = (span.begins, span.ends) if span.kind in CUT else piece.text[span.start : span.end]
    return piece.subject, span.kind, what


def _still_shown(piece: Piece, before: Piece | None) -> bool:
    """Whether a piece is shown as a person said; what raises another doubt now was not asked yet."""
    if before is None:
        return piece.shown
    if before.doubt == piece.doubt:
        return before.shown
    left_out = before.doubt is None and not before.shown
    return piece.shown and not left_out


def decide(session: Session, span: Span, state: SpanState, *, by: str, at: datetime) -> None:
    """A person says that a span is private, or that it may be shown. Seconds that must be cut stay out."""
    _require_decidable(span.piece.publication)
    if span.kind in FINAL:
        raise Conflict("What was dumped on air, and what a protected caller said, is never shown.")
    span.state, span.by, span.at = state, by, at
    session.flush()
    _note(session, span.piece, "span decided", by=by, at=at, span=span.public_id, kind=span.kind, state=state.value)


def hide(session: Session, piece: Piece, words: str, kind: str, *, by: str, at: datetime) -> int:
    """Take out every place of a piece where some words stand; returns how many. Raises ``NotFound`` for none."""
    _require_decidable(piece.publication)
    wanted = tidy(words)
    if not wanted:
        raise Unreadable("Please give the words that are to be taken out.")
    pattern = r"\s+".join(map(re.escape, wanted.split()))
    added = 0
    for match in re.finditer(pattern, piece.text, flags=re.IGNORECASE):
        span = add_span(piece, kind, match.start(), match.end(), "", at=at, state=SpanState.ACCEPTED, by=by)
        if span is None:
            added += _accept_covering(piece, match.start(), match.end(), by=by, at=at)
        else:
            span.at = at
            added += 1
    if not added:
        raise NotFound("These words are not in the text: %(words)s.", words=wanted)
    session.flush()
    # The words themselves are private: the trail only keeps how many places there were.
    _note(session, piece, "span added", by=by, at=at, kind=kind, count=added)
    return added


def _accept_covering(piece: Piece, start: int, end: int, *, by: str, at: datetime) -> int:
    covering = [one for one in piece.spans if one.kind not in CUT and one.start <= start and end <= one.end]
    for span in covering:
        span.state, span.by, span.at = SpanState.ACCEPTED, by, at
    return len(covering)


def show(session: Session, piece: Piece, shown: bool, *, by: str, at: datetime) -> None:
    """A person says whether a piece is shown at all; what must be withheld stays withheld."""
    _require_decidable(piece.publication)
    if shown and piece.withheld is not None:
        raise Conflict("This piece must not be shown.")
    piece.shown = shown
    session.flush()
    _note(session, piece, "piece shown" if shown else "piece left out", by=by, at=at)


def _require_decidable(publication: Publication) -> None:
    if publication.state == PublicationState.WAITING:
        raise BeingPublished("The public copy is being written. Please wait a moment, then decide.")


def _note(session: Session, piece: Piece, action: str, *, by: str, at: datetime, **details: object) -> None:
    audit.record(session, at, by, action, f"piece {piece.public_id}", **details)
    announce(session, at, TOPIC, "decided", piece.publication.broadcast.public_id)
