"""Reads of the record: for the desk's look before publishing, and for the public site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from radiodesk.broadcasts.models import Broadcast
from radiodesk.core.errors import NotFound
from radiodesk.record.models import (
    Piece,
    Publication,
    PublishedBroadcast,
    PublishedPiece,
    Span,
    SpanState,
)

PAGE = 20


def publication_of(session: Session, broadcast: Broadcast) -> Publication | None:
    """The desk's work on a broadcast, with pieces and spans, or ``None``."""
    return session.scalar(
        select(Publication)
        .where(Publication.broadcast_id == broadcast.id)
        .options(selectinload(Publication.pieces).selectinload(Piece.spans))
    )


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
    """Spans that nobody decided about yet, in the order of the page."""
    return [
        span
        for piece in publication.pieces
        if piece.withheld is None
        for span in piece.spans
        if span.state == SpanState.SUGGESTED
    ]


# ---- What the public site reads: tables of published matter alone.


def published(session: Session, page: int = 1) -> tuple[list[PublishedBroadcast], int]:
    """Broadcasts that are public, newest first, and how many there are in all."""
    open_ones = PublishedBroadcast.withdrawn_at.is_(None)
    total = session.scalar(select(func.count()).select_from(PublishedBroadcast).where(open_ones)) or 0
    wanted = select(PublishedBroadcast).where(open_ones).order_by(PublishedBroadcast.started_at.desc())
    return list(session.scalars(wanted.offset((page - 1) * PAGE).limit(PAGE))), total


def all_published(session: Session) -> Sequence[PublishedBroadcast]:
    """Every broadcast that is public, with its pieces, newest first."""
    wanted = select(PublishedBroadcast).where(PublishedBroadcast.withdrawn_at.is_(None))
    wanted = wanted.options(selectinload(PublishedBroadcast.pieces))
    return session.scalars(wanted.order_by(PublishedBroadcast.started_at.desc())).all()


def published_on(session: Session, day: date, zone: ZoneInfo) -> list[PublishedBroadcast]:
    """The broadcasts of one day of station time."""
    begins = datetime.combine(day, time(), zone)
    wanted = select(PublishedBroadcast).where(
        PublishedBroadcast.withdrawn_at.is_(None),
        PublishedBroadcast.started_at >= begins,
        PublishedBroadcast.started_at < begins + timedelta(days=1),
    )
    return list(session.scalars(wanted.order_by(PublishedBroadcast.started_at)))


def published_by_id(session: Session, public_id: str) -> PublishedBroadcast:
    """One broadcast, public or withdrawn; raises ``NotFound`` for all others, whether they exist or not."""
    found = session.scalar(
        select(PublishedBroadcast)
        .where(PublishedBroadcast.public_id == public_id)
        .options(selectinload(PublishedBroadcast.pieces))
    )
    if found is None:
        raise NotFound("There is nothing at this address.")
    return found


def open_by_id(session: Session, public_id: str) -> PublishedBroadcast:
    """One broadcast that is public now; raises ``NotFound`` for withdrawn ones too."""
    found = published_by_id(session, public_id)
    if not found.open:
        raise NotFound("There is nothing at this address.")
    return found


def sound_of(session: Session, public_id: str, position: int) -> PublishedPiece:
    """The piece whose sound was asked for; raises ``NotFound``."""
    for piece in open_by_id(session, public_id).pieces:
        if piece.position == position and piece.audio_key:
            return piece
    raise NotFound("There is nothing at this address.")
