"""Recognition in the worker: the engine is loaded once a process and hears one recording at a time.

An engine that hears piece by piece shows its words on the open pages as they come; when the worker is killed, the next
one goes on from the last piece.
"""

import logging
import time
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from sqlalchemy.orm import Session

from radiodesk.core import events, i18n, jobs
from radiodesk.core.errors import Refusal
from radiodesk.core.private_columns import readable_rows
from radiodesk.core.stores.ports import StoreUnavailable
from radiodesk.recognition.loader import load_for_station
from radiodesk.recognition.pieces import PieceByPiece
from radiodesk.recognition.ports import Hints, Segment, Transcription, Word
from radiodesk.rooms.recordings.services import original, require_arrived
from radiodesk.rooms.transcripts import services, vocabulary
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState

log = logging.getLogger(__name__)

_TELL_EVERY = 1.0
_FIRST = 12


class _Cancelled(Exception):
    """Somebody cancelled the transcript while it was heard."""


@runtime_checkable
class _HearsPieces(PieceByPiece, Protocol):
    """An engine that can begin anywhere in a file."""


def transcribe(context: jobs.Context, transcript_id: int) -> None:
    """Hear the recording of a waiting transcript and keep its words; see ``services.request_transcript``."""
    asked = _begin(context, transcript_id)
    heard = _hear(context, asked) if asked is not None else None
    with context.database.writing() as session:
        at = context.clock.now()
        transcript = session.get_one(Transcript, transcript_id)
        if heard is not None and transcript.is_open:
            services.keep_heard(session, transcript, heard, at=at)


def _begin(context: jobs.Context, transcript_id: int) -> Transcript | None:
    """Mark it as running, unless someone finished or cancelled it."""
    with context.database.writing() as session:
        transcript = session.get_one(Transcript, transcript_id)
        if transcript.state in (TranscriptState.DONE, TranscriptState.CANCELLED):
            return None
        transcript.state, transcript.problem = TranscriptState.RUNNING, None
        public_id, recording = transcript.public_id, transcript.recording.public_id
        events.announce(session, context.clock.now(), services.TOPIC, "running", public_id, recording=recording)
    return transcript


def _hear(context: jobs.Context, transcript: Transcript) -> Transcription | None:
    settings = context.settings
    try:
        require_arrived(settings, [transcript.recording], at=context.clock.now())
        with original(settings, transcript.recording).local() as path:
            engine = load_for_station(settings)
            hints = Hints(_hints(context, transcript))
            if isinstance(engine, _HearsPieces):
                return _piece_by_piece(context, transcript, engine, path, hints)
            return engine.transcribe(path, hints=hints, progress=_Teller(context, transcript.id))
    except _Cancelled:
        return None
    except StoreUnavailable as refusal:
        # It may be away for long: the card says that the words wait, and for what.
        why = i18n.say_in(settings.language, refusal)
        with context.database.writing() as session:
            services.put_off(session, session.get_one(Transcript, transcript.id), why, at=context.clock.now())
        raise
    except Refusal:
        raise
    except Exception as error:  # the edge to foreign engines: noted on the row, then the job is tried again
        log.exception("The recogniser failed on transcript %s.", transcript.public_id)
        with i18n.speaking(settings.language):
            soon = i18n.gettext("The recogniser failed on this recording. It is tried again by itself.")
            sentence = i18n.gettext("The recogniser failed on this recording.")
        with context.database.writing() as session:
            services.put_off(session, session.get_one(Transcript, transcript.id), soon, at=context.clock.now())
        raise jobs.Failed(sentence, again=True) from error


def _hints(context: jobs.Context, transcript: Transcript) -> tuple[str, ...]:
    """A few words that the station listens for, what was asked for with this recording, then the station's others.

    The prompt has room for some thirty; the later ones count as known words all the same.
    """
    with context.database.reading() as session:
        station = vocabulary.phrases_at(session, context.clock.now())
    return tuple(dict.fromkeys([*station[:_FIRST], *transcript.phrases, *station[_FIRST:]]))


def _piece_by_piece(
    context: jobs.Context, transcript: Transcript, engine: PieceByPiece, path: Path, hints: Hints
) -> Transcription:
    """Hear from where the last attempt ended; the row is the journal."""
    began = time.monotonic()
    segments = _kept(transcript)
    for piece in engine.pieces(path, hints=hints, start=transcript.heard_until):
        segments.extend(piece.segments)
        with context.database.writing() as session:
            row = session.get_one(Transcript, transcript.id)
            if row.state is TranscriptState.CANCELLED:
                raise _Cancelled
            services.keep_piece(session, row, piece.until, piece.segments, at=context.clock.now())
            share = row.progress
        context.report(share)
    seconds = time.monotonic() - began
    duration = transcript.recording.duration
    return Transcription(engine.name, engine.model, engine.language, duration, seconds, tuple(segments))


def _kept(transcript: Transcript) -> list[Segment]:
    """What an earlier attempt had heard: the words, each in the segment whose time holds it. Raises ``KeyMissing``."""
    words = readable_rows(transcript.words)
    return [
        Segment(
            one["start"],
            one["end"],
            one["text"],
            tuple(Word(**word) for word in words if one["start"] <= word["start"] < one["end"]),
        )
        for one in readable_rows(transcript.segments)
    ]


def _fail(session: Session, transcript_id: int, why: str, at: datetime) -> None:
    transcript = session.get_one(Transcript, transcript_id)
    if transcript.is_open:
        services.fail(session, transcript, why, at=at)


class _Teller:
    """Stores how far the engine is, at most once a second, and lets the open pages know."""

    def __init__(self, context: jobs.Context, transcript_id: int) -> None:
        self._context = context
        self._transcript_id = transcript_id
        self._told = time.monotonic()

    def __call__(self, done: float, total: float) -> None:
        if time.monotonic() - self._told < _TELL_EVERY:
            return
        self._told = time.monotonic()
        share = min(1.0, done / total) if total else 0.0
        self._context.report(share)
        with self._context.database.writing() as session:
            transcript = session.get_one(Transcript, self._transcript_id)
            services.tell_progress(session, transcript, share, at=self._context.clock.now())


HANGS_AFTER = 600.0
"""Seconds; half a minute of sound, after which each piece is reported, takes a slow machine a tenth of that."""

KINDS = {services.JOB: jobs.Kind(transcribe, _fail, alone=True, silent=HANGS_AFTER)}
