"""Reads of the archive."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState

SHOWN_UNSEALED = 20
"""Broadcasts to seal that the page names; of more it says how many."""


def packages(session: Session, page: int) -> Page[Package]:
    """Packages, newest first, with their checks."""
    wanted = select(Package).options(selectinload(Package.checks), selectinload(Package.corrections))
    return page_of(session, wanted.order_by(Package.id.desc()), page)


def package_count(session: Session) -> int:
    """How many packages there are."""
    return session.scalar(select(func.count()).select_from(Package)) or 0


def package_by_public_id(session: Session, public_id: str) -> Package:
    """One package; raises ``NotFound``."""
    found = session.scalar(select(Package).where(Package.public_id == public_id))
    if found is None:
        raise NotFound("This package is not there.")
    return found


def package_of(session: Session, broadcast: Broadcast) -> Package | None:
    """The package of a broadcast, sealed or on its way, or ``None``."""
    return session.scalar(select(Package).where(Package.broadcast_id == broadcast.id))


def sealed_package_of(session: Session, broadcast: Broadcast) -> Package | None:
    """The package of a broadcast once it is sealed."""
    package = package_of(session, broadcast)
    return package if package is not None and package.state == PackageState.SEALED else None


def to_seal_count(session: Session) -> int:
    """How many broadcasts ended and are not sealed, also those whose sealing waits or failed."""
    sealed = select(Package.broadcast_id).where(Package.state == PackageState.SEALED)
    wanted = select(func.count()).where(Broadcast.state == BroadcastState.ENDED, Broadcast.id.not_in(sealed))
    return session.scalar(wanted) or 0


def unsealed(session: Session, most: int = SHOWN_UNSEALED) -> list[Broadcast]:
    """Broadcasts that ended and wait to be sealed, the oldest ones first."""
    wanted = select(Broadcast).where(*_unsealed()).order_by(Broadcast.ended_at, Broadcast.id)
    return list(session.scalars(wanted.limit(most)))


def unsealed_count(session: Session) -> int:
    """How many broadcasts wait for somebody to have them sealed."""
    return session.scalar(select(func.count()).where(*_unsealed())) or 0


def _unsealed() -> tuple[ColumnElement[bool], ...]:
    return Broadcast.state == BroadcastState.ENDED, Broadcast.id.not_in(select(Package.broadcast_id))


def total_bytes(session: Session) -> int:
    """Bytes of payload in all sealed packages."""
    return session.scalar(select(func.coalesce(func.sum(Package.bytes), 0))) or 0


def packages_shelf(settings: Settings) -> Shelf:
    """Where the packages lie, each below its public id, and their ledger."""
    return shelf(settings, "archive")
