"""Which broadcasts are public, as the rooms before this one ask."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.broadcasts.ports import Outcome
from radiodesk.rooms.record.models import Publication


def published(session: Session, broadcasts: Collection[int]) -> dict[int, Outcome]:
    """A ``broadcasts.ports.OutcomeSource``."""
    found = select(Publication.broadcast_id).where(
        Publication.broadcast_id.in_(broadcasts),
        # What is being published again, or could not be, is still public as it was.
        Publication.published_at.is_not(None),
        Publication.withdrawn_at.is_(None),
    )
    return dict.fromkeys(session.scalars(found), Outcome.PUBLISHED)
