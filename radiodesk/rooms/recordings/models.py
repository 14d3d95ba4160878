"""Recordings: sound that was captured or received. The original is never edited; what is played is made from it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from radiodesk.core.database import Base, spelled
from radiodesk.core.private_columns import Private


class Direction(StrEnum):
    """Whose sound a recording holds."""

    CALLER = "caller"
    STUDIO = "studio"
    PROGRAMME = "programme"
    MIXED = "mixed"
    MESSAGE = "message"


class Recording(Base):
    """One sound file as it came in.

    ``key`` is where it lies among the originals of the store; ``duration`` is in seconds, ``sample_rate`` in Hz.
    ``problem`` is a sentence when nothing of it can be played: the bytes are kept all the same. ``remark`` is a
    sentence when something is odd about what can be heard: the header was wrong, or a part is damaged.
    """

    __tablename__ = "recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    direction: Mapped[Direction] = mapped_column(spelled(Direction))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    original_name: Mapped[str] = mapped_column(Private)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    duration: Mapped[float] = mapped_column(default=0.0)
    sample_rate: Mapped[int] = mapped_column(default=0)
    channels: Mapped[int] = mapped_column(default=0)
    codec: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[datetime | None]
    start_known: Mapped[bool] = mapped_column(default=False)
    """Whether somebody or something saw it begin; else ``started_at`` is worked out from when it was handed in."""
    created_at: Mapped[datetime]
    problem: Mapped[str | None] = mapped_column(Private)
    remark: Mapped[str | None] = mapped_column(Private)
    removed_at: Mapped[datetime | None]
    """When its file was deleted because its time was over; the row tells that there was one."""
