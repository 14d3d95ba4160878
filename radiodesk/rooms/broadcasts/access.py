"""Which recordings are of a programme as it went out, for the rule of ``recordings.access``."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.broadcasts.models import broadcast_recording
from radiodesk.rooms.recordings.access import Belonging


def of_recordings(session: Session, recordings: Iterable[int]) -> dict[int, Belonging]:
    """An ``recordings.access.Owners``."""
    held = broadcast_recording.c.recording_id
    return dict.fromkeys(session.scalars(select(held).where(held.in_(recordings))), Belonging.PROGRAMME)
