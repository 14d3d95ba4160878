"""What is looked at before a broadcast is sealed, since nothing of it can be changed afterwards."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_, gettext, ngettext
from radiodesk.rooms.archive import gathered_show
from radiodesk.rooms.broadcasts.checklist import Point
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState


def before_seal(session: Session, spool: Path, broadcast: Broadcast) -> list[Point]:
    """Recording, its start, the words, and the callers of a broadcast that is over."""
    unknown = next((one for one in broadcast.recordings if not one.start_known), None)
    return [
        Point(
            N_("The recording of the programme is there"),
            "" if broadcast.recordings else gettext("No recording of the programme is attached."),
            "recording",
        ),
        Point(
            N_("The start of the recording is known"),
            gettext("It is not known when %(name)s begins.") % {"name": unknown.original_name} if unknown else "",
            "recording",
        ),
        _words(session, spool, broadcast),
        _callers(session),
    ]


def _words(session: Session, spool: Path, broadcast: Broadcast) -> Point:
    name = N_("The transcripts are ready")
    coming = gathered_show.open_transcripts(session, broadcast) + gathered_show.open_takes(session, spool, broadcast)
    if coming:
        told = ngettext("%(num)s transcript is still to come.", "%(num)s transcripts are still to come.", coming)
        return Point(name, told % {"num": coming}, "wait")
    recordings = [*broadcast.recordings, *(one for call in calls_of(session, broadcast) for one in call.recordings)]
    for recording in recordings:
        newest = select(Transcript).where(Transcript.recording_id == recording.id).order_by(Transcript.id.desc())
        last = session.scalar(newest.limit(1))
        if last is not None and last.state is TranscriptState.FAILED:
            return Point(name, gettext("The words of a recording could not be written down."), "words", last.public_id)
    return Point(name)


def _callers(session: Session) -> Point:
    states = (CallState.ON_AIR, CallState.HELD)
    still = session.scalar(select(Call).where(Call.state.in_(states)).limit(1))
    told = gettext("A caller is still in the studio. End the call first.") if still else ""
    return Point(N_("The callers are off the line"), told, "caller", still.public_id if still else "")
