"""Figures of the station over the last days, as rows: what the page of its state draws, and what days left go by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from radiodesk.core.database import Base

KEPT = timedelta(days=8)
DISK_FREE = "disk_free"
"""Bytes that are left on the disk of a machine's data folder."""
STATION = ""
"""In place of a machine's name: the figure is of the whole station."""
LEAST_FOR_DAYS_LEFT = timedelta(hours=6)
"""Over less time than this the growth of a disk says nothing."""


class Measure(Base):
    """One figure of one machine, or of the whole station, at one time; units are those of its name."""

    __tablename__ = "measure"
    __table_args__ = (Index(None, "name", "host", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    host: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[float]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a figure was at one time."""

    at: datetime
    value: float


def keep(session: Session, at: datetime, host: str, figures: Mapping[str, float]) -> None:
    """Note figures of one machine, or of the ``STATION``."""
    session.add_all(Measure(at=at, host=host, name=name, value=value) for name, value in figures.items())


def readings(session: Session, name: str, host: str, *, since: datetime) -> list[Reading]:
    """One figure since then, oldest first."""
    wanted = Measure.name == name, Measure.host == host, Measure.at >= since
    found = session.execute(select(Measure.at, Measure.value).where(*wanted).order_by(Measure.at, Measure.id))
    return [Reading(row.at, row.value) for row in found]


def first_and_last(session: Session, name: str, host: str) -> tuple[Reading, Reading] | None:
    """The oldest and the newest reading of a figure that are kept; ``None`` for none."""
    wanted = select(Measure).where(Measure.name == name, Measure.host == host)
    first = session.scalar(wanted.order_by(Measure.at).limit(1))
    last = session.scalar(wanted.order_by(Measure.at.desc()).limit(1))
    return (Reading(first.at, first.value), Reading(last.at, last.value)) if first and last else None


def days_left(session: Session, host: str) -> float | None:
    """Days until a machine's disk is full if it goes on filling as it did; ``None`` where that cannot be told: over too
    short a time, or when it does not fill.
    """
    found = first_and_last(session, DISK_FREE, host)
    if found is None:
        return None
    first, last = found
    passed, used = last.at - first.at, first.value - last.value
    if passed < LEAST_FOR_DAYS_LEFT or used <= 0:
        return None
    return last.value / (used / (passed / timedelta(days=1)))


def forget(session: Session, now: datetime) -> None:
    """Drop figures that nobody looks at any more."""
    session.execute(delete(Measure).where(Measure.at < now - KEPT))
