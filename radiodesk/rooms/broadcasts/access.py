"""Which recordings are of a programme as it went out, for the rule of ``recordings.access``."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.broadcasts.models import Broadcast, broadcast_recording
from radiodesk.rooms.recordings.access import Belonging


def titles_of_recordings(session: Session, recordings: Collection[int], *, by_name: bool) -> dict[int, str]:
    """A ``transcripts.ports.TitleSource``: the broadcast's title, which is no secret of anybody."""
    held = broadcast_recording.c
    wanted = select(held.recording_id, Broadcast.title).join(Broadcast, Broadcast.id == held.broadcast_id)
    found = session.execute(wanted.where(held.recording_id.in_(recordings)))
    return {row.recording_id: row.title for row in found}


def of_recordings(session: Session, recordings: Iterable[int]) -> dict[int, Belonging]:
    """An ``recordings.access.Owners``."""
    held = broadcast_recording.c.recording_id
    return dict.fromkeys(session.scalars(select(held).where(held.in_(recordings))), Belonging.PROGRAMME)
