"""Live words as rows. They are personal data that is needed for a short time: encrypted, and soon deleted."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from radiodesk.core.database import Base, spelled
from radiodesk.core.private_columns import Private


class Hearing(StrEnum):
    """How a take is listened to: as it comes, not for now (more speak than the machine can follow), no more."""

    FOLLOWED = "followed"
    PUT_OFF = "put_off"
    ENDED = "ended"


class LiveWords(Base):
    """What was heard of one take so far.

    ``take`` is the id of the take, ``about`` the public id of what it belongs to (a call), as whoever listens was told;
    ``recording_id`` is the recording that the take became. ``settled`` will not change any more, ``tentative`` may.
    ``heard_until`` and ``reached`` are seconds from the start of the take: what was listened to, and the end of the
    newest word. ``lag`` is how many seconds of sound lay on the disk unheard when the words were stored.
    """

    __tablename__ = "live_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    take: Mapped[str] = mapped_column(String(60), unique=True)
    about: Mapped[str | None] = mapped_column(String(36), index=True)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"), index=True)
    state: Mapped[Hearing] = mapped_column(spelled(Hearing), default=Hearing.FOLLOWED)
    settled: Mapped[str] = mapped_column(Private, default="")
    tentative: Mapped[str] = mapped_column(Private, default="")
    heard_until: Mapped[float] = mapped_column(default=0.0)
    reached: Mapped[float] = mapped_column(default=0.0)
    lag: Mapped[float] = mapped_column(default=0.0)
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def text(self) -> str:
        """All words so far."""
        return " ".join(filter(None, (self.settled, self.tentative)))
