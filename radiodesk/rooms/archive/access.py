"""Which broadcasts are sealed, as the rooms before this one ask."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.broadcasts.ports import Outcome


def sealed(session: Session, broadcasts: Collection[int]) -> dict[int, Outcome]:
    """A ``broadcasts.ports.OutcomeSource``."""
    found = select(Package.broadcast_id).where(
        Package.broadcast_id.in_(broadcasts), Package.state == PackageState.SEALED
    )
    return dict.fromkeys(session.scalars(found), Outcome.SEALED)
