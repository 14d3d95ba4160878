"""Which recordings were cut out of a line's log, and from where."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.rooms.recordings.models import Recording
from radiodesk.sound.line_setup import LineKind


class CutTarget(StrEnum):
    """What a stretch was attached to."""

    BROADCAST = "broadcast"
    CALL = "call"
    COMPLAINT = "complaint"


CUT_TARGET_NAMES = {
    CutTarget.BROADCAST: N_("Broadcast"),
    CutTarget.CALL: N_("Call"),
    CutTarget.COMPLAINT: N_("Complaint"),
}


class LoggerCut(Base):
    """A stretch that a person cut out of the log of a line: ``missing`` of its seconds were not heard.

    ``subject`` is the public id of the broadcast, call or complaint that the recording was attached to.
    """

    __tablename__ = "logger_cut"
    __table_args__ = (Index(None, "line", "begins"),)

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(60))
    kind: Mapped[LineKind] = mapped_column(spelled(LineKind))
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    missing: Mapped[float]
    target: Mapped[CutTarget] = mapped_column(spelled(CutTarget))
    subject: Mapped[str] = mapped_column(String(36))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]

    recording: Mapped[Recording] = relationship()
