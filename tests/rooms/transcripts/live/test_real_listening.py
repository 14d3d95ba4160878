"""The whole way with the real model: a caller speaks at the speed of speech, the words follow, the transcript stays."""

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.language.digit_words import tokens
from radiodesk.operations.listener_process import follow, listener_for
from radiodesk.operations.wiring import runner
from radiodesk.recognition.model_registry import list_models
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.lines.call_takes import bind_take
from radiodesk.rooms.recordings import services as audio
from radiodesk.rooms.transcripts import services as speech
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.live.models import Hearing, LiveWords
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.decoder import decode
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.takes import Take, to_flac
from tests.factories import calls as factory

pytestmark = pytest.mark.slow

MODELS = Path(__file__).parents[4] / "models"
SAID = "selamat malam pak, lampu jalan di desa kami padam sudah tiga hari, mohon segera diperbaiki, terima kasih"
ENOUGH = 7
"""Of the seventeen words: the synthetic voice is not understood better than that."""
RATE = 8000
BLOCK = RATE // 50
LIMIT = 120.0


@pytest.fixture
def sound(tmp_path: Path) -> Pcm:
    """A caller's sentence, and two seconds of a quiet line."""
    path = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-v", "id", "-s", "130", "-w", str(path), SAID], check=True)
    spoken = np.concatenate(list(decode(path, RATE, kind="int16")))
    return np.concatenate([spoken, np.zeros(2 * RATE, np.int16)])


@pytest.fixture
def real(settings: Settings) -> Settings:
    """The station with the model of the checkout."""
    if not next(state for state in list_models(MODELS) if state.model.name == "base").installed:
        pytest.skip("the speech model is not installed: radiodesk models install base")
    return settings.model_copy(update={"models": MODELS})


@pytest.fixture
def listening(real: Settings, database: Database) -> Iterator[None]:
    """The listener at work, as its process runs it."""
    stop = threading.Event()
    listener = listener_for(real, database, SystemClock())
    thread = threading.Thread(target=follow, args=(listener, stop, "id"))
    thread.start()
    yield
    stop.set()
    thread.join()


def speak(take: Take, sound: Pcm) -> None:
    """Write at the speed of speech."""
    begun, pause = time.monotonic(), threading.Event()
    for at in range(0, len(sound), BLOCK):
        pause.wait(max(0.0, begun + at / RATE - time.monotonic()))
        take.write("caller", sound[at : at + BLOCK])


def understood(text: str) -> int:
    """How many of the words that were said are in a text."""
    return len(set(tokens(SAID)) & set(tokens(text)))


def words(database: Database) -> LiveWords | None:
    with database.reading() as session:
        return session.scalar(select(LiveWords))


def wait_for_the_end(database: Database) -> LiveWords:
    end, pause = time.monotonic() + LIMIT, threading.Event()
    while time.monotonic() < end:
        found = words(database)
        if found is not None and found.state is Hearing.ENDED:
            return found
        pause.wait(0.1)
    raise AssertionError("the listener did not come to the end of the take")


def test_words_follow_the_caller_and_the_transcript_takes_their_place(
    real: Settings, database: Database, sound: Pcm, listening: None, tmp_path: Path
) -> None:
    clock = SystemClock()
    with database.writing() as tx:
        call = factory.in_state(tx, CallState.ON_AIR, clock.now())
        take = Take.create(
            real.spool,
            line="satu",
            kind="soundcard",
            sample_rate=RATE,
            directions=["caller"],
            started_at=clock.now(),
        )
        bind_take(tx, call, take.id)

    speak(take, sound)
    while_speaking = words(database)
    take.close()
    heard = wait_for_the_end(database)

    assert while_speaking is not None
    assert while_speaking.about == call.public_id
    assert understood(heard.settled) >= ENOUGH
    assert heard.tentative == ""
    assert heard.heard_until == pytest.approx(len(sound) / RATE, abs=0.1)

    to_flac(take, "caller", tmp_path / "caller.flac")
    with database.writing() as tx:
        recording = audio.store_file(tx, real, tmp_path / "caller.flac", at=clock.now())
        live.bind_recording(tx, take.id, recording)
        speech.request_transcript(tx, recording, by="test", at=clock.now())
    runner(real, database).run_all()

    assert words(database) is None
    with database.reading() as session:
        assert understood(session.scalars(select(Transcript.text)).one()) >= ENOUGH
