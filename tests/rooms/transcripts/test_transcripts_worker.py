"""A real worker process is killed in the middle of a transcription: the words come after all.

The engine is a plug-in that is found by its entry point, as anyone's would be. It stops dead in its first attempt.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Job
from radiodesk.core.settings import Settings
from radiodesk.recognition.model_registry import list_models
from radiodesk.rooms.recordings.services import store_file
from radiodesk.rooms.transcripts import queries, services
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from radiodesk.sound.encoder import concatenate
from tests.factories import calls as make

pytestmark = pytest.mark.slow

ENGINE = """
import os, time
from pathlib import Path
from radiodesk.recognition.ports import Segment, Transcription, Word

class Stubborn:
    name, model = "stubborn", "none"

    def __init__(self, folder, *, language, place, threads):
        pass

    def transcribe(self, path, *, hints=None, progress=None):
        mark = Path(os.environ["MARK"])
        if not mark.exists():
            mark.write_text(str(os.getpid()))
            time.sleep(600)
        return Transcription("stubborn", "none", "id", 1.0, 0.1, (Segment(0, 1, "ada", (Word(0, 1, "ada", 1.0),)),))
"""


def plug_in(folder: Path) -> None:
    """An installed distribution with a recognition engine, as pip would leave it."""
    info = folder / "stubborn_engine-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "stubborn_engine.py").write_text(ENGINE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stubborn-engine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[radiodesk.transcribers]\nstubborn = stubborn_engine:Stubborn\n")


def wait_for(met: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "radiodesk", "work"], env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_worker_killed_in_the_middle_costs_no_transcript(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    plug_in(tmp_path / "plugins")
    (tmp_path / "model").mkdir()
    mark = tmp_path / "mark"
    environment = {
        "PYTHONPATH": str(tmp_path / "plugins"),
        "MARK": str(mark),
        "RADIODESK_DATA": str(settings.data),
        "RADIODESK_TRANSCRIBER": "stubborn",
        "RADIODESK_SPEECH_MODEL": str(tmp_path / "model"),
        "RADIODESK_LEASE_SECONDS": "5",
        "RADIODESK_SWEEP_SECONDS": "0.5",
    }
    with database.writing() as tx:
        at = SystemClock().now()
        asked = services.request_transcript(tx, make.recording(tx, settings, at), by="wati", at=at)

    def state() -> Transcript:
        with database.reading() as session:
            return queries.transcript_by_public_id(session, asked.public_id)

    with worker(environment) as first:
        wait_for(mark.exists)
        assert state().state is TranscriptState.RUNNING
        first.send_signal(signal.SIGKILL)
        first.wait()
    with worker(environment):
        wait_for(lambda: state().state is TranscriptState.DONE)
    assert state().text == "ada"
    with database.reading() as session:
        assert session.scalars(select(Job.attempts)).all() == [2]


def test_the_real_recogniser_goes_on_where_a_killed_worker_stopped(
    settings: Settings, database: Database, shared: Path, tmp_path: Path
) -> None:
    models = [state for state in list_models(settings.models) if state.installed and state.model.name == "base"]
    if not models:
        pytest.skip("the speech model base is not installed: radiodesk models install base")
    clips = sorted((shared / "speech").glob("F*.flac"))[:60]
    speech = tmp_path / "panjang.flac"
    concatenate(clips, speech, rate=16000)
    with database.writing() as tx:
        at = SystemClock().now()
        recording = store_file(tx, settings, speech, at=at)
        asked = services.request_transcript(tx, recording, by="wati", at=at)

    def row() -> Transcript:
        with database.reading() as session:
            return queries.transcript_by_public_id(session, asked.public_id)

    environment = {
        "RADIODESK_DATA": str(settings.data),
        "RADIODESK_LEASE_SECONDS": "5",
        "RADIODESK_SWEEP_SECONDS": "0.5",
    }
    with worker(environment) as first:
        wait_for(lambda: row().heard_until > 0, seconds=300)
        first.send_signal(signal.SIGKILL)
        first.wait()
    cut = row()
    assert cut.state is TranscriptState.RUNNING
    assert 0 < cut.heard_until < recording.duration
    with worker(environment):
        wait_for(lambda: row().state is TranscriptState.DONE, seconds=300)
    whole = row()
    assert whole.text.startswith(cut.text)
    starts = [word["start"] for word in whole.words]
    assert starts == sorted(starts)
    assert starts[-1] > recording.duration - 15
