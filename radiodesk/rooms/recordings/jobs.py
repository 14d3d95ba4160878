"""Makes what pages play and draw of a long recording before anybody asks for it, so that nobody waits at the page."""

from radiodesk.core import events, jobs
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.recordings.services import PREPARE_JOB, outline, playable, require_arrived


def prepare(context: jobs.Context, recording_id: int) -> None:
    """Derive sound and outline; what is there already stays."""
    with context.database.reading() as session:
        recording = session.get_one(Recording, recording_id)
    require_arrived(context.settings, [recording], at=context.clock.now())
    playable(context.settings, recording)
    context.report(0.7)
    outline(context.settings, recording)
    with context.database.writing() as session:
        events.announce(session, context.clock.now(), "recordings", "prepared", recording.public_id)


# What pages play is made again whenever somebody asks for it.
KINDS = {PREPARE_JOB: jobs.Kind(prepare, jobs.nothing)}
