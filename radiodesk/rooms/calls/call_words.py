"""The words of a call, gathered in one place and one order: what was written, then what was heard."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from radiodesk.core.text import tidy
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.transcripts import queries as transcripts
from radiodesk.rooms.transcripts.live.queries import live_words
from radiodesk.rooms.transcripts.models import Transcript


@dataclass(frozen=True, slots=True)
class CallWords:
    """What a caller said: the message as it was written, the newest transcripts, and live words not kept yet."""

    message: str
    transcripts: tuple[Transcript, ...] = ()
    live: tuple[str, ...] = ()

    @property
    def heard(self) -> str:
        """What was heard, as one line; of who is speaking, what was heard so far."""
        return " ".join(part for part in (*(one.text for one in self.transcripts), *self.live) if part)

    @property
    def parts(self) -> list[str]:
        """The message, then each recording's words; parts without words are left out."""
        return [part for part in (self.message, *(one.text for one in self.transcripts), *self.live) if tidy(part)]


def words_of(session: Session, calls: Collection[Call]) -> dict[int, CallWords]:
    """The words of each of these calls, by its key."""
    recordings = {recording.id: recording for call in calls for recording in call.recordings}
    current = transcripts.current(session, recordings.values())
    speaking = live_words(session, [call.public_id for call in calls])
    return {
        call.id: CallWords(
            call.message or "",
            tuple(current[recording.id] for recording in call.recordings if recording.id in current),
            tuple(one.text for one in speaking.get(call.public_id, ()) if one.text),
        )
        for call in calls
    }
