"""What the recogniser must not learn of callers who are protected: their words, and their names in anybody's words."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.queries import telling_parts
from radiodesk.rooms.recordings.access import GUARDED, belonging_of
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import vocabulary


def learnable(session: Session, recording: Recording, words: Sequence[str]) -> list[str]:
    """A ``transcripts.ports.Learnable``: nothing of a recording that is guarded, and no such caller's name of any."""
    if belonging_of(session, recording) in GUARDED:
        return []
    names = session.scalars(select(Call.name).where(Call.protected.is_not(None), Call.name.is_not(None)))
    parts = {part.casefold() for name in names for part in telling_parts(name or "")}
    return [word for word in words if word.casefold() not in parts]


def unlearn(session: Session, call: Call) -> None:
    """Listen no longer for what was learned of a caller before the protection."""
    if call.protected is not None:
        vocabulary.unlearn(session, call.recordings, telling_parts(call.name or ""))
