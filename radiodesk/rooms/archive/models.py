"""Sealed packages, every check of them, and the corrections that point to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text
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
    once the state is ``sealed``; corrections and checks are rows of their own.
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

    broadcast: Mapped[Broadcast] = relationship(lazy="joined")
    checks: Mapped[list["FixityCheck"]] = relationship(back_populates="package", order_by="FixityCheck.id")
    corrections: Mapped[list["Correction"]] = relationship(back_populates="package", order_by="Correction.id")

    @property
    def last_check(self) -> "FixityCheck | None":
        return self.checks[-1] if self.checks else None


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


class Correction(Base):
    """What turned out to be wrong in a sealed broadcast, said beside it; the package stays as it is."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)

    package: Mapped[Package] = relationship(back_populates="corrections")
