"""Reads of the public site: tables of published matter alone, and of them no more than is shown.

A broadcast's words with their times are most of its bytes. Lists, feeds and open data leave them in the database.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Result, ScalarResult, Select, Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer, joinedload, load_only, raiseload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from radiodesk.core.errors import NotFound
from radiodesk.rooms.record.models import PieceKind, PublishedBroadcast, PublishedPiece

PAGE = 20
AT_ONCE = 200
"""Rows that are fetched at once while all of them are sent."""

_OWN_KEYS = frozenset({"id", "broadcast_id"})

OPEN = PublishedBroadcast.withdrawn_at.is_(None)
NEWEST = (PublishedBroadcast.started_at.desc(), PublishedBroadcast.id.desc())


@dataclass(frozen=True, slots=True)
class Edition:
    """What the public record is at this moment, told from a few figures: it changes whenever anything in it does."""

    tag: str
    changed_at: datetime | None


def edition(session: Session) -> Edition:
    """The edition of the whole record; one row is read, from an index."""
    figures = select(
        func.count(),
        func.sum(PublishedBroadcast.revision),
        func.count(PublishedBroadcast.withdrawn_at),
        func.max(PublishedBroadcast.changed_at),
    )
    found = session.execute(figures).one()
    return Edition(hashlib.sha256(repr(tuple(found)).encode()).hexdigest()[:24], found[3])


def edition_of(session: Session, public_id: str) -> Edition:
    """The edition of one broadcast that is public now; raises ``NotFound``."""
    figures = select(PublishedBroadcast.revision, PublishedBroadcast.changed_at)
    found = session.execute(figures.where(OPEN, PublishedBroadcast.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound("There is nothing at this address.")
    return Edition(hashlib.sha256(repr((public_id, *found)).encode()).hexdigest()[:24], found[1])


def in_lists() -> tuple[ORMOption, ...]:
    """How a broadcast is loaded for lists: its pieces without their words' times, and without details."""
    return _light(PublishedPiece.segments, PublishedPiece.details)


def in_feeds() -> tuple[ORMOption, ...]:
    """How a broadcast is loaded for feeds, which tell what chapters there are."""
    return _light(PublishedPiece.segments)


def _light(*heavy: InstrumentedAttribute[Any]) -> tuple[ORMOption, ...]:
    pieces = selectinload(PublishedBroadcast.pieces).options(*(defer(one, raiseload=True) for one in heavy))
    return (defer(PublishedBroadcast.as_run, raiseload=True), pieces)


def pieces_by_key(session: Session, keys: list[int]) -> list[PublishedPiece]:
    """Pieces with their plain words, and of their broadcasts what lists show."""
    own = load_only(PublishedPiece.broadcast_id, PublishedPiece.position, PublishedPiece.text, raiseload=True)
    broadcast = joinedload(PublishedPiece.broadcast).options(
        defer(PublishedBroadcast.as_run, raiseload=True), raiseload(PublishedBroadcast.pieces)
    )
    return list(session.scalars(select(PublishedPiece).where(PublishedPiece.id.in_(keys)).options(own, broadcast)))


def main_seconds(session: Session, broadcasts: list[int]) -> dict[int, float]:
    """How long the main sound of each broadcast is, by its key, as ``formats.main_sound`` picks it; without those that
    have none.
    """
    found: dict[int, float] = {}
    # Most have a recording of the programme. All that is known of a piece lies behind its words, and is slow to reach.
    for kind in (PublishedPiece.kind == PieceKind.PROGRAMME, PublishedPiece.kind != PieceKind.PROGRAMME):
        if wanted := [key for key in broadcasts if key not in found]:
            of_these = (PublishedPiece.broadcast_id.in_(wanted), kind, PublishedPiece.audio_key.is_not(None))
            sounds = select(PublishedPiece.broadcast_id, PublishedPiece.duration).where(*of_these)
            for key, seconds in session.execute(sounds.order_by(PublishedPiece.position)):
                found.setdefault(key, seconds)
    return found


def published(
    session: Session, page: int = 1, size: int = PAGE, load: Callable[[], tuple[ORMOption, ...]] = in_lists
) -> tuple[list[PublishedBroadcast], int]:
    """Broadcasts that are public, newest first, and how many there are in all."""
    wanted = select(PublishedBroadcast).where(OPEN).options(*load()).order_by(*NEWEST)
    return list(session.scalars(wanted.offset((page - 1) * size).limit(size))), count(session)


def count(session: Session) -> int:
    """How many broadcasts are public."""
    return session.scalar(select(func.count()).select_from(PublishedBroadcast).where(OPEN)) or 0


def rows(session: Session) -> Iterator[PublishedBroadcast]:
    """Every broadcast that is public, newest first, with what the open data says of it; fetched some at a time."""
    said = load_only(
        PublishedBroadcast.public_id,
        PublishedBroadcast.programme,
        PublishedBroadcast.title,
        PublishedBroadcast.started_at,
        PublishedBroadcast.seconds,
        PublishedBroadcast.published_at,
        PublishedBroadcast.changed_at,
        PublishedBroadcast.revision,
        PublishedBroadcast.tickets,
        PublishedBroadcast.removed,
        PublishedBroadcast.ledger_line,
        raiseload=True,
    )
    return _one_by_one(session.scalars(_all(select(PublishedBroadcast).options(said).order_by(*NEWEST))))


def with_words(session: Session) -> Iterator[PublishedBroadcast]:
    """Every broadcast that is public, newest first, with the plain words of its pieces; fetched some at a time."""
    return _one_by_one(session.scalars(_all(select(PublishedBroadcast).options(*in_lists()).order_by(*NEWEST))))


def open_pages(session: Session) -> Iterator[tuple[str, datetime]]:
    """The ids of all broadcasts that are public, newest first, with the time at which their page changed last."""
    wanted = select(PublishedBroadcast.public_id, PublishedBroadcast.changed_at).order_by(*NEWEST)
    return ((public_id, changed_at) for public_id, changed_at in _one_by_one(session.execute(_all(wanted))))


def contents(session: Session) -> Iterator[tuple[str, str]]:
    """The ids of all broadcasts that are public, newest first, each with a digest of all that is public of it."""
    told, said = (
        [cast(one, Text).label(f"{one.name}_told") for one in table.__table__.columns if one.name not in _OWN_KEYS]
        for table in (PublishedBroadcast, PublishedPiece)
    )
    pieces = select(*said).order_by(PublishedPiece.position)
    wanted = select(PublishedBroadcast.public_id, PublishedBroadcast.id, *told).order_by(*NEWEST)
    for public_id, key, *values in _one_by_one(session.execute(_all(wanted))):
        whole = hashlib.sha256(repr(values).encode())
        for piece in session.execute(pieces.where(PublishedPiece.broadcast_id == key)):
            whole.update(repr(tuple(piece)).encode())
        yield public_id, whole.hexdigest()


def parts_of(session: Session, public_id: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The package of a broadcast that is public, and the positions of its pieces, each with the kinds of its sound."""
    line = PublishedBroadcast.ledger_line
    package = session.scalar(select(line).where(OPEN, PublishedBroadcast.public_id == public_id))
    files = {"mp3": PublishedPiece.audio_key, "opus": PublishedPiece.opus_key}
    pieces = select(PublishedPiece.position, *files.values()).join(PublishedPiece.broadcast)
    found = session.execute(pieces.where(PublishedBroadcast.public_id == public_id).order_by(PublishedPiece.position))
    parts = [(position, [kind for kind, key in zip(files, keys, strict=True) if key]) for position, *keys in found]
    return str((package or {}).get("package", "")), parts


def removed(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was taken out of each broadcast that is public, counted by kind, newest first."""
    wanted = select(PublishedBroadcast.public_id, PublishedBroadcast.removed).order_by(*NEWEST)
    return ((public_id, counts) for public_id, counts in _one_by_one(session.execute(_all(wanted))))


def is_public_package(session: Session, package: str) -> bool:
    """Whether a package is that of a broadcast which is public now."""
    line = PublishedBroadcast.ledger_line
    wanted = select(PublishedBroadcast.id).where(OPEN, line["package"].as_string() == package)
    return session.scalar(wanted.limit(1)) is not None


def ledger_lines(session: Session) -> Iterator[dict[str, Any]]:
    """The ledger lines of the broadcasts that are public, in the order of the ledger."""
    line = PublishedBroadcast.ledger_line
    return _one_by_one(session.scalars(_all(select(line).order_by(line["sequence"].as_integer()))))


def _one_by_one(found: Result[Any] | ScalarResult[Any]) -> Iterator[Any]:
    """Rows as they are read; whoever ends the iterator early lets go of the database's cursor, too."""
    with closing(found):
        yield from found


def _all(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.where(OPEN).execution_options(yield_per=AT_ONCE)


def published_on(session: Session, day: date, zone: ZoneInfo) -> list[PublishedBroadcast]:
    """The broadcasts of one day of station time."""
    begins = datetime.combine(day, time(), zone)
    wanted = select(PublishedBroadcast).where(
        OPEN,
        PublishedBroadcast.started_at >= begins,
        PublishedBroadcast.started_at < begins + timedelta(days=1),
    )
    return list(session.scalars(wanted.options(*in_lists()).order_by(PublishedBroadcast.started_at)))


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


def piece_of(session: Session, public_id: str, position: int) -> PublishedPiece:
    """One piece of a broadcast that is public now; raises ``NotFound``."""
    return _piece(session, public_id, position)


def sound_of(session: Session, public_id: str, position: int, key: InstrumentedAttribute[str | None]) -> PublishedPiece:
    """The piece whose sound was asked for, without its words, if it has the file that is named by this column; raises
    ``NotFound``.
    """
    words = (defer(PublishedPiece.segments, raiseload=True), defer(PublishedPiece.text, raiseload=True))
    return _piece(session, public_id, position, key.is_not(None), options=words)


def _piece(
    session: Session,
    public_id: str,
    position: int,
    *conditions: ColumnElement[bool],
    options: tuple[ORMOption, ...] = (),
) -> PublishedPiece:
    wanted = (
        select(PublishedPiece)
        .join(PublishedPiece.broadcast)
        .where(OPEN, PublishedBroadcast.public_id == public_id, PublishedPiece.position == position, *conditions)
    )
    found = session.scalar(wanted.options(*options))
    if found is None:
        raise NotFound("There is nothing at this address.")
    return found
