"""Recognition in the worker: the engine is loaded once a process and hears one recording at a time."""

import logging
import threading
import time
from functools import lru_cache
from pathlib import Path

from radiodesk.audio.services import original
from radiodesk.core import events, i18n, jobs
from radiodesk.core.errors import Refusal
from radiodesk.speech import services
from radiodesk.speech.loading import load_transcriber
from radiodesk.speech.models import Transcript, TranscriptState
from radiodesk.speech.ports import Hints, Transcriber, Transcription

log = logging.getLogger(__name__)

_hearing = threading.Lock()
_TELL_EVERY = 1.0


class RecogniserFailed(Refusal):
    """The engine broke on a recording, more than once."""

    status = 500


@lru_cache(maxsize=1)
def _loaded(name: str, models: Path, model: str, language: str) -> Transcriber:
    return load_transcriber(name, models, model, language)


def transcribe(context: jobs.Context, transcript_id: int) -> None:
    """Hear the recording of a waiting transcript and keep its words; see ``services.request_transcript``."""
    if not _hearing.acquire(blocking=False):
        raise jobs.NotNow
    try:
        asked = _begin(context, transcript_id)
        heard = _hear(context, asked) if asked is not None else None
    finally:
        _hearing.release()
    with context.database.writing() as session:
        at = context.clock.now()
        transcript = session.get_one(Transcript, transcript_id)
        if heard is not None and transcript.is_open:
            services.keep_heard(session, transcript, heard, at=at)
        jobs.ring_next(session, services.JOB, at)


def _begin(context: jobs.Context, transcript_id: int) -> Transcript | None:
    """Mark it as running, unless someone finished or cancelled it."""
    with context.database.writing() as session:
        transcript = session.get_one(Transcript, transcript_id)
        if transcript.state in (TranscriptState.DONE, TranscriptState.CANCELLED):
            return None
        at = context.clock.now()
        transcript.attempts += 1
        if transcript.attempts <= jobs.MOST_ATTEMPTS:
            transcript.state, transcript.problem = TranscriptState.RUNNING, None
        _ = transcript.recording
        events.announce(
            session, at, services.TOPIC, "running", transcript.public_id, recording=transcript.recording.public_id
        )
    return transcript


def _hear(context: jobs.Context, transcript: Transcript) -> Transcription:
    settings = context.settings
    try:
        if transcript.attempts > jobs.MOST_ATTEMPTS:
            # Each attempt ended with the death of its worker: the next one would too.
            raise RecogniserFailed(
                "The recogniser broke off on this recording %(times)s times.", times=jobs.MOST_ATTEMPTS
            )
        path = original(settings, transcript.recording)
        engine = _loaded(settings.transcriber, settings.models, settings.speech_model, settings.speech_language)
        hints = Hints(tuple(transcript.phrases))
        return engine.transcribe(path, hints=hints, progress=_Teller(context, transcript))
    except Refusal as refusal:
        _give_up(context, transcript.id, i18n.say_in(settings.language, refusal))
        raise
    except Exception:  # the edge to foreign engines: noted on the row, then the job is tried again
        log.exception("The recogniser failed on transcript %s.", transcript.public_id)
        with i18n.speaking(settings.language):
            sentence = i18n.gettext("The recogniser failed on this recording. It is tried again by itself.")
        _give_up(context, transcript.id, sentence)
        raise


def _give_up(context: jobs.Context, transcript_id: int, sentence: str) -> None:
    with context.database.writing() as session:
        at = context.clock.now()
        services.fail(session, session.get_one(Transcript, transcript_id), sentence, at=at)
        jobs.ring_next(session, services.JOB, at)


class _Teller:
    """Stores how far the engine is, at most once a second, and lets the open pages know."""

    def __init__(self, context: jobs.Context, transcript: Transcript) -> None:
        self._context = context
        self._transcript = transcript
        self._told = time.monotonic()

    def __call__(self, done: float, total: float) -> None:
        if time.monotonic() - self._told < _TELL_EVERY:
            return
        self._told = time.monotonic()
        share = min(1.0, done / total) if total else 0.0
        self._context.report(share)
        with self._context.database.writing() as session:
            session.get_one(Transcript, self._transcript.id).progress = share
            events.announce(
                session,
                self._context.clock.now(),
                services.TOPIC,
                "progress",
                self._transcript.public_id,
                recording=self._transcript.recording.public_id,
                share=round(share, 3),
            )


HANDLERS: dict[str, jobs.Handler] = {services.JOB: transcribe}
