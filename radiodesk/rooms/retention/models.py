"""Legal holds: what is kept although its time is over. Deletions: what went, who wanted it, and what it was."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Index, String, Text, or_
from sqlalchemy.orm import Mapped, mapped_column

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.rooms.retention.retention_classes import Matter


class HeldKind(StrEnum):
    """What a legal hold lies on."""

    BROADCAST = "broadcast"
    CALL = "call"
    COMPLAINT = "complaint"


HELD_KIND_NAMES = {
    HeldKind.BROADCAST: N_("Broadcast"),
    HeldKind.CALL: N_("Call"),
    HeldKind.COMPLAINT: N_("Complaint"),
}


class LegalHold(Base):
    """Keeps a broadcast, call or complaint with all that belongs to it from being deleted, until a day or until lifted.

    ``subject`` is the public id of what is held.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (Index(None, "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[HeldKind] = mapped_column(spelled(HeldKind))
    subject: Mapped[str] = mapped_column(String(36))
    reason: Mapped[str] = mapped_column(Private)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    """The first moment after it; none where it lasts until it is lifted."""
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lifted_why: Mapped[str | None] = mapped_column(Private)

    def holds(self, at: datetime) -> bool:
        """Whether it is in force."""
        return self.lifted_at is None and (self.until is None or at < self.until)

    @property
    def last_moment(self) -> datetime | None:
        """A moment of its last day; none where it lasts until it is lifted."""
        return self.until - timedelta(seconds=1) if self.until else None

    @classmethod
    def in_force(cls, at: datetime) -> tuple[ColumnElement[bool], ...]:
        """The same for the database."""
        return cls.lifted_at.is_(None), or_(cls.until.is_(None), cls.until > at)


class DeletionState(StrEnum):
    """How far a deletion is."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    APPROVED = "approved"
    DONE = "done"


OPEN_DELETIONS = frozenset({DeletionState.PROPOSED, DeletionState.APPROVED})

DELETION_STATE_NAMES = {
    DeletionState.PROPOSED: N_("Waits for a second person"),
    DeletionState.REFUSED: N_("Refused"),
    DeletionState.APPROVED: N_("Being deleted"),
    DeletionState.DONE: N_("Deleted"),
}


class Deletion(Base):
    """A thing that one person proposed to delete and another approved or refused; afterwards its tombstone.

    ``matter`` is its class, ``subject`` its public id, ``title`` what it is called without words of callers. ``body``
    is the tombstone as it is hashed for the log of the record: JSON without private text.
    """

    __tablename__ = "deletion"
    __table_args__ = (Index(None, "matter", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    matter: Mapped[Matter] = mapped_column(spelled(Matter))
    subject: Mapped[str] = mapped_column(String(36))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[DeletionState] = mapped_column(spelled(DeletionState), default=DeletionState.PROPOSED, index=True)
    began: Mapped[datetime]
    due_since: Mapped[datetime]
    bytes: Mapped[int] = mapped_column(BigInteger)
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    refused_why: Mapped[str | None] = mapped_column(Private)
    body: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Private)
    batch: Mapped[str | None] = mapped_column(String(36), index=True)
    """What was proposed in one act has one; it is approved or refused in one act too."""
    request: Mapped[str | None] = mapped_column(String(36), index=True)
    """The public id of the data request for which it is removed; none where its time was over."""


class DataRequest(Base):
    """That somebody asked what the station has about them: the number, who noted it, and how the asker was known."""

    __tablename__ = "data_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    phone: Mapped[str] = mapped_column(Private)
    reason: Mapped[str] = mapped_column(Private)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    looked: Mapped[dict[str, Any] | None] = mapped_column(PrivateJson)
    """How far the private texts were looked through, and the rows in which the number is said; see ``text_search``."""
    found_at: Mapped[datetime | None]
    """When all of them had been looked through."""
    outcome: Mapped[dict[str, Any] | None] = mapped_column(PrivateJson)
    """What was found, and what was kept and why, when the removal was proposed; see ``data_removal.Outcome``."""
    problem: Mapped[str | None] = mapped_column(Text)
    """Why the looking through ended before its end."""
