"""The items of a rundown, read in their order."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.broadcasts.models import RundownItem


def rundown(session: Session, broadcast_id: int) -> list[RundownItem]:
    """The items of a broadcast in order."""
    wanted = select(RundownItem).where(RundownItem.broadcast_id == broadcast_id).order_by(RundownItem.position)
    return list(session.scalars(wanted))
