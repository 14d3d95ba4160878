"""When a recording of the programme began: known of one that was recorded here, told by a person of one handed in."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.rooms.broadcasts import readings
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.services import TOPIC
from radiodesk.rooms.recordings.models import Recording

FARTHEST = timedelta(hours=12)
"""From the broadcast's own start; what is farther away is a slip of the hand."""


def recording_of(broadcast: Broadcast, public_id: str) -> Recording:
    """One recording of a broadcast's programme; raises ``NotFound``."""
    for recording in broadcast.recordings:
        if recording.public_id == public_id:
            return recording
    raise NotFound("This recording is not known.")


def tell_start(
    session: Session, broadcast: Broadcast, recording: Recording, start: datetime, *, by: str, at: datetime
) -> None:
    """Note when a recording of the programme began, in UTC; also of a sealed broadcast, whose package stays as it is.

    Raises ``Unreadable`` for a time that cannot be meant.
    """
    aired = broadcast.on_air_at
    if aired is None:
        raise Conflict("%(title)s is not on air.", title=broadcast.title)
    if abs(start - aired) > FARTHEST:
        raise Unreadable("The recording cannot begin more than twelve hours away from the broadcast.")
    before = recording.started_at
    recording.started_at, recording.start_known = start, True
    session.flush()
    subject = f"broadcast {broadcast.public_id}"
    told = {"recording": recording.public_id, "start": start.isoformat(), "before": before and before.isoformat()}
    audit.record(session, at, by, "start of a recording told", subject, **told)
    announce(session, at, TOPIC, "recording", broadcast.public_id)
    readings.ask(session, broadcast, at=at)
