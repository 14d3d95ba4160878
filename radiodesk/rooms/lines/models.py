"""Which call is on which line, which take is of which call, and how far the journals of the lines were read."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.rooms.calls.models import Call


class Stage(StrEnum):
    """How far a caller came on the line."""

    RINGING = "ringing"
    OPEN = "open"
    CLOSED = "closed"


class LineCall(Base):
    """One stay of a caller on a line.

    ``part`` is who holds the line (recorder, telephone), ``key`` the part's own name of the stay: the telephone's key
    of the call, or the take of a sound-card line. ``problem`` is why the line did not do what the desk wanted.
    """

    __tablename__ = "line_call"

    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    line: Mapped[str] = mapped_column(String(60))
    stage: Mapped[Stage] = mapped_column(spelled(Stage), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    problem: Mapped[str | None] = mapped_column(Text)

    call: Mapped[Call] = relationship()


class CallTake(Base):
    """One take of a call; a call that was held and resumed has several."""

    __tablename__ = "call_take"

    take: Mapped[str] = mapped_column(String(60), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)


class JournalPosition(Base):
    """Bytes of a part's journal that the desk has taken in."""

    __tablename__ = "journal_position"

    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
