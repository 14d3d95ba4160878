"""Reads of transcripts."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Kind, ListenedPhrase, Transcript


def transcript_by_public_id(session: Session, public_id: str) -> Transcript:
    """One version of a transcript; raises ``NotFound``."""
    found = session.scalar(select(Transcript).where(Transcript.public_id == public_id))
    if found is None:
        raise NotFound("This transcript is not known.")
    return found


def versions(session: Session, recording: Recording) -> list[Transcript]:
    """Every version of a recording's transcript, newest first."""
    return list(
        session.scalars(
            select(Transcript).where(Transcript.recording_id == recording.id).order_by(Transcript.version.desc())
        )
    )


def current(session: Session, recordings: Iterable[Recording]) -> dict[int, Transcript]:
    """The newest version that is not a published one, by recording key; what has none is left out."""
    found = session.scalars(
        select(Transcript)
        .where(Transcript.recording_id.in_([recording.id for recording in recordings]))
        .where(Transcript.kind != Kind.PUBLISHED)
        .order_by(Transcript.version)
    )
    return {transcript.recording_id: transcript for transcript in found}


def phrase_by_public_id(session: Session, public_id: str) -> ListenedPhrase:
    """One phrase that is listened for; raises ``NotFound``."""
    found = session.scalar(select(ListenedPhrase).where(ListenedPhrase.public_id == public_id))
    if found is None:
        raise NotFound("This word is no longer listened for.")
    return found
