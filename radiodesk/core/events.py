"""What happened, as rows that the screens follow.

A service announces in the same transaction as the change; after the commit a notifier wakes the open streams, which
read from the row after the last one they saw. So a screen that lost its connection misses nothing. Rows older than a
day are pruned; what must be kept is in the audit trail.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from radiodesk.core.database import Base

KEPT = timedelta(days=1)


class Event(Base):
    """One change, named by topic (a room's noun) and kind (what happened to it); never holds private data."""

    __tablename__ = "event"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    topic: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str | None] = mapped_column(String(36))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def announce(session: Session, at: datetime, topic: str, kind: str, subject: str | None = None, **details: Any) -> None:
    """Say that something happened; ``subject`` is a public id, ``details`` is for screens and holds nothing private."""
    session.add(Event(at=at, topic=topic, kind=kind, subject=subject, details=details))


_LAST = select(func.max(Event.id))


def last_event_id(session: Session) -> int:
    """Id of the newest event, 0 when there is none."""
    return session.scalar(_LAST) or 0


def events_after(session: Session, last: int, limit: int = 500) -> list[Event]:
    """Events with a greater id, oldest first."""
    return list(session.scalars(select(Event).where(Event.id > last).order_by(Event.id).limit(limit)))


def prune(session: Session, now: datetime) -> int:
    """Forget events older than a day; returns how many."""
    gone = session.scalars(delete(Event).where(Event.at < now - KEPT).returning(Event.id)).all()
    return len(gone)
