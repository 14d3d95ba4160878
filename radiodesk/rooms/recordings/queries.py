"""Reads of recordings."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.rooms.recordings.models import Recording


def recording_by_public_id(session: Session, public_id: str) -> Recording:
    """One recording; raises ``NotFound``."""
    found = session.scalar(select(Recording).where(Recording.public_id == public_id))
    if found is None:
        raise NotFound("This recording is not known.")
    return found
