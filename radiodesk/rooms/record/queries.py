"""Reads of the record for the desk's look before publishing."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from radiodesk.core.errors import NotFound
from radiodesk.language.redaction.unclear_parts import UNCLEAR
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.record.disguised_voices import TONED
from radiodesk.rooms.record.listen_again import STILL_HEARD
from radiodesk.rooms.record.models import Piece, Publication, PublishedBroadcast, PublishedPiece, Span, SpanState


def publication_of(session: Session, broadcast: Broadcast) -> Publication | None:
    """The desk's work on a broadcast, with pieces and spans, or ``None``."""
    return session.scalar(
        select(Publication)
        .where(Publication.broadcast_id == broadcast.id)
        .options(selectinload(Publication.pieces).selectinload(Piece.spans))
    )


def toned_parts(session: Session, broadcast: Broadcast) -> list[tuple[str, list[list[float]]]]:
    """Title of each part of the public copy in which a voice could not be disguised, and the seconds of the tone."""
    told = (
        select(PublishedPiece.title, PublishedPiece.details)
        .join(PublishedPiece.broadcast)
        .where(PublishedBroadcast.public_id == broadcast.public_id)
        .order_by(PublishedPiece.position)
    )
    return [(title, details[TONED]) for title, details in session.execute(told) if TONED in (details or {})]


def closed_count(session: Session) -> int:
    """How many public copies were closed by themselves and wait for a person to look through them."""
    return session.scalar(select(func.count()).where(Publication.closed_at.is_not(None))) or 0


def span_by_public_id(session: Session, public_id: str) -> Span:
    """One span; raises ``NotFound``."""
    found = session.scalar(select(Span).where(Span.public_id == public_id))
    if found is None:
        raise NotFound("This place is not marked any more. Please reload the page.")
    return found


def piece_by_public_id(session: Session, public_id: str) -> Piece:
    """One piece; raises ``NotFound``."""
    found = session.scalar(select(Piece).where(Piece.public_id == public_id))
    if found is None:
        raise NotFound("This piece was laid out afresh meanwhile. Please reload the page.")
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some characters of a piece, and the span that takes them out (or was rejected), if any."""

    text: str
    span: Span | None


def stretches(piece: Piece) -> list[Stretch]:
    """The text of a piece cut at its spans; where spans overlap, the first one has the words."""
    found: list[Stretch] = []
    position = 0
    for span in sorted(piece.spans, key=lambda one: (one.start, -one.end)):
        start = max(span.start, position)
        if span.end <= start:
            continue
        if start > position:
            found.append(Stretch(piece.text[position:start], None))
        found.append(Stretch(piece.text[start : span.end], span))
        position = span.end
    if position < len(piece.text):
        found.append(Stretch(piece.text[position:], None))
    return found


def undecided(publication: Publication) -> list[Span]:
    """Spans that nobody decided about yet: those first without which nothing is published, then as on the page."""
    waiting = [
        span
        for piece in publication.pieces
        if piece.withheld is None
        for span in piece.spans
        if span.state == SpanState.SUGGESTED
    ]
    return sorted(waiting, key=lambda span: not _must_be_decided(span))


def unclear(publication: Publication) -> list[Span]:
    """What was begun and not understood, or can still be heard, in what would be shown, and waits for a decision."""
    return [span for span in undecided(publication) if _must_be_decided(span) and span.piece.shown]


def _must_be_decided(span: Span) -> bool:
    return span.kind == UNCLEAR or span.why == STILL_HEARD
