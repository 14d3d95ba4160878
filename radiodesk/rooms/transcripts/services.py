"""Asks for transcripts, keeps what the engines heard, and makes a new version of every correction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events, jobs
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.private_columns import readable, readable_rows
from radiodesk.core.text import tidy
from radiodesk.recognition.ports import Segment, Transcription
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import vocabulary
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.models import Kind, Transcript, TranscriptState
from radiodesk.rooms.transcripts.ports import learnable_words, tell_words
from radiodesk.rooms.transcripts.queries import current, versions

JOB = "speech.transcribe"
TOPIC = "speech"


def request_transcript(
    session: Session, recording: Recording, *, phrases: Sequence[str] = (), by: str, at: datetime
) -> Transcript:
    """Ask for the machine's version of a recording; ``phrases`` are words to listen for, most wanted first.

    Gives the version that there is when it was asked for before; one that failed or was cancelled is tried again. For
    a recording that nothing can be heard of the transcript fails at once, with its sentence.
    """
    found = machine_version(session, recording)
    if found is not None and (found.is_open or found.state == TranscriptState.DONE):
        return found
    transcript = found or Transcript(
        public_id=public_id(at), recording=recording, version=1, kind=Kind.MACHINE, by=by, created_at=at
    )
    session.add(transcript)
    if phrases:
        transcript.phrases = list(phrases)
    transcript.progress, transcript.problem = 0.0, recording.problem
    transcript.heard_until, transcript.text, transcript.words, transcript.segments = 0.0, "", [], []
    transcript.state = TranscriptState.FAILED if recording.problem else TranscriptState.WAITING
    session.flush()
    if not recording.problem:
        jobs.enqueue(session, at, JOB, transcript.id)
    events.announce(session, at, TOPIC, transcript.state, transcript.public_id, recording=recording.public_id)
    return transcript


def machine_version(session: Session, recording: Recording) -> Transcript | None:
    """What the machine heard, or is about to."""
    return session.scalar(
        select(Transcript).where(Transcript.recording_id == recording.id, Transcript.kind == Kind.MACHINE)
    )


def keep_piece(
    session: Session, transcript: Transcript, until: float, segments: Sequence[Segment], *, at: datetime
) -> None:
    """Add what was heard up to ``until`` seconds, and let the open pages show it.

    Raises ``KeyMissing`` when what was heard before cannot be read: it would be written over.
    """
    transcript.words = [*readable_rows(transcript.words), *_words(segments)]
    transcript.segments = [*readable_rows(transcript.segments), *_segments(segments)]
    transcript.text = " ".join(filter(None, (readable(transcript.text), *(segment.text for segment in segments))))
    transcript.heard_until = until
    tell_progress(session, transcript, until / (transcript.recording.duration or until or 1.0), at=at)


def tell_progress(session: Session, transcript: Transcript, share: float, *, at: datetime) -> None:
    """Note the share, 0 to 1, of the recording that was heard."""
    transcript.progress = min(1.0, share)
    public_id, recording = transcript.public_id, transcript.recording.public_id
    events.announce(session, at, TOPIC, "progress", public_id, recording=recording, share=round(share, 3))


def keep_heard(session: Session, transcript: Transcript, heard: Transcription, *, at: datetime) -> None:
    """Store what an engine heard as the machine's version; the live words of the recording have done their work."""
    transcript.engine, transcript.model, transcript.language = heard.engine, heard.model, heard.language
    transcript.duration, transcript.seconds = heard.duration, heard.seconds
    transcript.text = heard.text
    transcript.words, transcript.segments = _words(heard.segments), _segments(heard.segments)
    transcript.heard_until = heard.duration
    live.forget_replaced(session, transcript.recording, at=at)
    _finish(session, transcript, TranscriptState.DONE, at=at)


def _words(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    return [
        {"start": word.start, "end": word.end, "word": word.word, "confidence": word.confidence}
        for segment in segments
        for word in segment.words
    ]


def _segments(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    return [{"start": segment.start, "end": segment.end, "text": segment.text, "speaker": None} for segment in segments]


def fail(session: Session, transcript: Transcript, sentence: str, *, at: datetime) -> None:
    """Note why there are no words; the recording stays, and it may be asked for again."""
    transcript.problem = sentence
    _finish(session, transcript, TranscriptState.FAILED, at=at)


def put_off(session: Session, transcript: Transcript, sentence: str, *, at: datetime) -> None:
    """Note why there are no words yet; the worker tries again by itself, unless somebody cancelled it meanwhile."""
    if not transcript.is_open:
        return
    transcript.state, transcript.problem = TranscriptState.WAITING, sentence
    events.announce(session, at, TOPIC, "waiting", transcript.public_id, recording=transcript.recording.public_id)


def cancel(session: Session, transcript: Transcript, *, by: str, at: datetime) -> None:
    """Give up on a transcript that has not come yet; raises ``Conflict`` when it has."""
    if not transcript.is_open:
        raise Conflict("This transcript is finished already.")
    _finish(session, transcript, TranscriptState.CANCELLED, at=at)
    audit.record(session, at, by, "transcript cancelled", f"transcript {transcript.public_id}")


def _finish(session: Session, transcript: Transcript, state: TranscriptState, *, at: datetime) -> None:
    transcript.state, transcript.finished_at, transcript.progress = state, at, 1.0
    events.announce(session, at, TOPIC, state, transcript.public_id, recording=transcript.recording.public_id)
    if state is TranscriptState.DONE:
        tell_words(session, transcript.recording, at=at)


def correct_transcript(
    session: Session,
    base: Transcript,
    segments: Iterable[dict[str, Any]],
    *,
    by: str,
    at: datetime,
) -> Transcript:
    """Make a new version out of corrected segments ``{start, end, text, speaker, words}``, and learn its words.

    Raises ``Conflict`` when someone saved a version after ``base`` and ``Unreadable`` for times that cannot be.
    """
    transcript = new_version(session, base, segments, by=by, at=at)
    words = vocabulary.corrected_words(base.words, transcript.words)
    vocabulary.learn(session, learnable_words(session, base.recording, words), by=by, at=at)
    return transcript


def new_version(
    session: Session, base: Transcript, segments: Iterable[dict[str, Any]], *, by: str, at: datetime
) -> Transcript:
    """The version after ``base``, as ``correct_transcript`` makes it, from which nothing is learned: an older text that
    somebody wants back holds what was misheard.
    """
    saved = current(session, [base.recording])[base.recording_id]
    if saved.version != base.version:
        raise Conflict(
            "%(who)s saved version %(version)s of this transcript meanwhile. Open it, and bring your changes over.",
            who=saved.by,
            version=saved.version,
        )
    kept = [_checked(segment, base.duration) for segment in segments]
    transcript = _add_version(session, base, Kind.CORRECTED, kept, by=by, at=at)
    recording = transcript.recording.public_id
    audit.record(
        session, at, by, "transcript corrected", f"transcript {transcript.public_id}", version=transcript.version
    )
    events.announce(session, at, TOPIC, "corrected", transcript.public_id, recording=recording)
    tell_words(session, transcript.recording, at=at)
    return transcript


def keep_published(
    session: Session, recording: Recording, segments: Sequence[dict[str, Any]], *, by: str, at: datetime
) -> Transcript | None:
    """Note what the public reads of a recording: ``segments`` ``{start, end, text, speaker, words}``, times of the
    original sound.

    Gives the newest published version, which is a new one when the words differ from the one before; ``None`` where
    nothing was ever heard.
    """
    base = current(session, [recording]).get(recording.id)
    if base is None or base.state != TranscriptState.DONE:
        return None
    kept = [{**one, "words": [{**word, "confidence": 1.0} for word in one["words"]]} for one in segments]
    before = next((one for one in versions(session, recording) if one.kind is Kind.PUBLISHED), None)
    if before is not None and before.words == _words_of(kept) and before.segments == _segments_of(kept):
        return before
    transcript = _add_version(session, base, Kind.PUBLISHED, kept, by=by, at=at)
    events.announce(session, at, TOPIC, "published", transcript.public_id, recording=recording.public_id)
    return transcript


def _add_version(
    session: Session, base: Transcript, kind: Kind, kept: Sequence[dict[str, Any]], *, by: str, at: datetime
) -> Transcript:
    last = session.scalar(select(func.max(Transcript.version)).where(Transcript.recording_id == base.recording_id))
    transcript = Transcript(
        public_id=public_id(at),
        recording_id=base.recording_id,
        version=(last or 0) + 1,
        kind=kind,
        state=TranscriptState.DONE,
        engine=base.engine,
        model=base.model,
        language=base.language,
        text=" ".join(segment["text"] for segment in kept),
        words=_words_of(kept),
        segments=_segments_of(kept),
        duration=base.duration,
        progress=1.0,
        by=by,
        created_at=at,
        finished_at=at,
    )
    session.add(transcript)
    session.flush()
    session.refresh(transcript)
    return transcript


def _words_of(kept: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [word for segment in kept for word in segment["words"]]


def _segments_of(kept: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: segment[key] for key in ("start", "end", "text", "speaker")} for segment in kept]


def _checked(segment: dict[str, Any], duration: float) -> dict[str, Any]:
    try:
        start, end = float(segment["start"]), float(segment["end"])
        words: list[dict[str, Any]] = [
            {
                "start": float(word["start"]),
                "end": float(word["end"]),
                "word": tidy(str(word["word"]))[:200],
                "confidence": min(1.0, max(0.0, float(word.get("confidence", 1.0)))),
            }
            for word in segment.get("words", [])
        ]
        text = tidy(str(segment["text"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable("The corrected transcript cannot be read. Please reload the page and try again.") from None
    times = [start, end, *(word[edge] for word in words for edge in ("start", "end"))]
    if not 0 <= start <= end or not all(0 <= moment <= max(duration, end) + 1 for moment in times):
        raise Unreadable("The corrected transcript has times outside of the recording.")
    speaker = tidy(str(segment["speaker"]))[:80] if segment.get("speaker") else None
    return {"start": start, "end": end, "text": text, "speaker": speaker, "words": words}
