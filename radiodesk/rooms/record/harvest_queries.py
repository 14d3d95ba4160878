"""What harvesting reads: headers of all that was ever published, and what catalogues say of what is public now.

Records come in the order in which they changed last. One that changes while somebody harvests moves to the end, and is
met there again: none is missed.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session, load_only, selectinload

from radiodesk.rooms.record.harvest_arguments import Interval
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.public_queries import OPEN

_CHANGED = PublishedBroadcast.changed_at
_ID = PublishedBroadcast.public_id
_HEADER = (
    PublishedBroadcast.id,
    _ID,
    _CHANGED,
    PublishedBroadcast.withdrawn_at,
    PublishedBroadcast.programme,
    PublishedBroadcast.started_at,
)


@dataclass(frozen=True, slots=True)
class Header:
    """Which broadcast a record is of, when it changed last, whether it was withdrawn, and what its sets are told by."""

    key: int
    public_id: str
    changed_at: datetime
    withdrawn_at: datetime | None
    programme: str
    started_at: datetime


def earliest(session: Session) -> datetime | None:
    """Before which moment no record changed last."""
    return session.scalar(select(func.min(_CHANGED)))


def header_of(session: Session, public_id: str) -> Header | None:
    """The header of one broadcast that is or was public."""
    found = session.execute(select(*_HEADER).where(PublishedBroadcast.public_id == public_id)).one_or_none()
    return None if found is None else Header(*found)


def headers(
    session: Session,
    interval: Interval,
    within: ColumnElement[bool] | None,
    after: tuple[datetime, str] | None,
    most: int,
) -> list[Header]:
    """So many headers, the longest unchanged first, behind the record that changed ``after`` (moment and public id)."""
    wanted = select(*_HEADER).where(*_picked(interval, within)).order_by(_CHANGED, _ID).limit(most)
    if after is not None:
        wanted = wanted.where(after[0] <= _CHANGED, tuple_(_CHANGED, _ID) > tuple_(*after))
    return [Header(*row) for row in session.execute(wanted)]


def count(session: Session, interval: Interval, within: ColumnElement[bool] | None) -> int:
    """How many records are picked in all."""
    picked = select(func.count()).select_from(PublishedBroadcast).where(*_picked(interval, within))
    return session.scalar(picked) or 0


def _picked(interval: Interval, within: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if within is None else [within]
    if interval.since is not None:
        found.append(interval.since <= _CHANGED)
    if interval.until is not None:
        found.append(interval.until > _CHANGED)
    return found


def contents(session: Session, keys: list[int]) -> dict[int, PublishedBroadcast]:
    """What catalogues say of those that are public now, by their keys: nothing of what was said, and nothing at all of
    what was withdrawn.
    """
    told = load_only(
        PublishedBroadcast.public_id,
        PublishedBroadcast.programme,
        PublishedBroadcast.title,
        PublishedBroadcast.description,
        PublishedBroadcast.started_at,
        PublishedBroadcast.hosts,
        PublishedBroadcast.ledger_line,
        raiseload=True,
    )
    files = load_only(
        PublishedPiece.broadcast_id,
        PublishedPiece.position,
        PublishedPiece.audio_key,
        PublishedPiece.audio_bytes,
        PublishedPiece.duration,
        PublishedPiece.opus_key,
        PublishedPiece.opus_bytes,
        raiseload=True,
    )
    pieces = selectinload(PublishedBroadcast.pieces).options(files)
    wanted = select(PublishedBroadcast).where(OPEN, PublishedBroadcast.id.in_(keys)).options(told, pieces)
    return {one.id: one for one in session.scalars(wanted)}
