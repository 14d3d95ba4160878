"""Sealed packages, every check of them, and the corrections that point to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.rooms.broadcasts.models import Broadcast


class PackageState(StrEnum):
    WAITING = "waiting"
    SEALED = "sealed"
    FAILED = "failed"


PACKAGE_STATE_NAMES = {
    PackageState.WAITING: N_("Being sealed"),
    PackageState.SEALED: N_("Sealed"),
    PackageState.FAILED: N_("Could not be sealed"),
}


class Package(Base):
    """A sealed broadcast: the bag in the archive folder that is named by its public id, and its ledger line.

    ``manifest``, ``previous`` and ``digest`` are those of the ledger (see ``archive.ledger``). Nothing here changes
    once the state is ``sealed`` until its time is over; corrections and checks are rows of their own.
    """

    __tablename__ = "package"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), unique=True)
    state: Mapped[PackageState] = mapped_column(spelled(PackageState), default=PackageState.WAITING, index=True)
    requested_at: Mapped[datetime]
    requested_by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was sealed although transcripts were still to come."""
    sequence: Mapped[int | None] = mapped_column(unique=True)
    manifest: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    sealed_at: Mapped[datetime | None]
    files: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    notices: Mapped[list[Any]] = mapped_column(default=list)
    """What was not as expected when the content was gathered: ``[{message, facts}]``."""
    problem: Mapped[str | None] = mapped_column(Text)
    closed_deleted_at: Mapped[datetime | None]
    """When its closed part was deleted because its time was over; a tombstone beside it names the files."""
    deleted_at: Mapped[datetime | None]
    """When all of it was."""

    broadcast: Mapped[Broadcast] = relationship(lazy="joined")
    checks: Mapped[list["FixityCheck"]] = relationship(back_populates="package", order_by="FixityCheck.id")
    copies: Mapped[list["PackageCopy"]] = relationship(
        back_populates="package", order_by="PackageCopy.store", cascade="all, delete-orphan"
    )
    corrections: Mapped[list["Correction"]] = relationship(back_populates="package", order_by="Correction.id")

    @property
    def last_check(self) -> "FixityCheck | None":
        return self.checks[-1] if self.checks else None


class LogKind(StrEnum):
    """What the log of the record tells of."""

    SEALED = "sealed"
    CORRECTED = "corrected"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    DELETION = "deletion"


LOG_KIND_NAMES = {
    LogKind.SEALED: N_("A broadcast was sealed"),
    LogKind.CORRECTED: N_("A correction was put beside a package"),
    LogKind.PUBLISHED: N_("A broadcast was made public"),
    LogKind.WITHDRAWN: N_("A broadcast was taken out of the public record"),
    LogKind.REPORTED: N_("The report of a quarter or a year was closed"),
    LogKind.DELETION: N_("Something was deleted because its time was over"),
}


class LogEntry(Base):
    """An entry of the log of the record, at its place in it: never changed, never removed.

    ``body`` is the very text that is hashed (JSON with sorted keys), ``subject`` the public id of the package or the
    broadcast.
    """

    __tablename__ = "log_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(unique=True)
    """Counted from 0, without gaps."""
    kind: Mapped[LogKind] = mapped_column(spelled(LogKind))
    subject: Mapped[str] = mapped_column(String(36), index=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class FixityCheck(Base):
    """One look at a package: whether every byte was as sealed, and what was not."""

    __tablename__ = "fixity_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    ok: Mapped[bool]
    differences: Mapped[list[Any]] = mapped_column(default=list)
    """``[{message, facts}]``, in the order they were found."""

    package: Mapped[Package] = relationship(back_populates="checks")


class CopyState(StrEnum):
    WAITING = "waiting"
    THERE = "there"
    DAMAGED = "damaged"
    MISSING = "missing"


COPY_STATE_NAMES = {
    CopyState.WAITING: N_("To be copied"),
    CopyState.THERE: N_("There"),
    CopyState.DAMAGED: N_("Damaged"),
    CopyState.MISSING: N_("Missing"),
}


class PackageCopy(Base):
    """The copy of a package in another store, as it was when it was looked at last.

    ``away_since`` says that its store cannot be reached: then ``state`` is what it was before.
    """

    __tablename__ = "package_copy"
    __table_args__ = (UniqueConstraint("package_id", "store"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id"), index=True)
    store: Mapped[str] = mapped_column(String(40))
    """Its name in the setting ``copies``."""
    state: Mapped[CopyState] = mapped_column(spelled(CopyState), default=CopyState.WAITING)
    copied_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    away_since: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it could not be copied, verified or repaired when that was tried last."""
    differences: Mapped[list[Any]] = mapped_column(default=list)
    """``[{message, facts}]``: what was not as sealed, file by file."""

    package: Mapped[Package] = relationship(back_populates="copies")

    @property
    def is_bad(self) -> bool:
        return self.state in (CopyState.DAMAGED, CopyState.MISSING)


class Correction(Base):
    """What turned out to be wrong in a sealed broadcast, said beside it; the package stays as it is."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32), default="")
    """What the log's digest of the text was made with; empty for one from before there was a log."""

    package: Mapped[Package] = relationship(back_populates="corrections")
