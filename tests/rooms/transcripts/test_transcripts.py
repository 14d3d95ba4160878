"""Transcripts are asked for once, heard one at a time, fail with a sentence, and are corrected in new versions."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import jobs as core_jobs
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.events import Event
from radiodesk.core.jobs import Job, JobState, Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.worker import Crew
from radiodesk.recognition.model_registry import ModelUnusable
from radiodesk.recognition.pieces import Piece
from radiodesk.recognition.ports import Hints, Progress, Segment, Transcription, Word
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import jobs, queries, services
from radiodesk.rooms.transcripts.models import Kind, Transcript, TranscriptState
from tests.factories import calls as make


class ToldEngine:
    """An engine that hears what the test tells it."""

    name, model = "told", "none"

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.hints: list[tuple[str, ...]] = []
        self._then = then

    def transcribe(self, path: Path, *, hints: Hints, progress: Progress | None = None) -> Transcription:
        self.hints.append(hints.phrases)
        self._then()
        words = (Word(0.1, 0.4, "lampu", 0.9), Word(0.4, 0.8, "padam", 0.4))
        return Transcription("told", "none", "id", 1.0, 0.1, (Segment(0.1, 0.8, "lampu padam", words),))


def engine(monkeypatch: pytest.MonkeyPatch, told: Any) -> Any:
    monkeypatch.setattr(jobs, "load_for_station", lambda _: told)
    return told


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, jobs.KINDS)


@pytest.fixture
def recording(database: Database, settings: Settings, clock: ManualClock) -> Recording:
    with database.writing() as tx:
        return make.recording(tx, settings, clock.now())


def ask(database: Database, recording: Recording, clock: ManualClock, *phrases: str) -> Transcript:
    with database.writing() as tx:
        kept = tx.get_one(Recording, recording.id)
        return services.request_transcript(tx, kept, phrases=phrases, by="wati", at=clock.now())


def read(database: Database, transcript: Transcript) -> Transcript:
    with database.reading() as session:
        return queries.transcript_by_public_id(session, transcript.public_id)


def test_a_recording_is_heard_with_the_hints_of_who_asked(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    told = engine(monkeypatch, ToldEngine())
    asked = ask(database, recording, clock, "Kapas", "Kalitidu")
    assert asked.state is TranscriptState.WAITING
    runner.run_all()
    heard = read(database, asked)
    assert (heard.state, heard.kind, heard.version) == (TranscriptState.DONE, Kind.MACHINE, 1)
    assert heard.text == "lampu padam"
    assert heard.words[1] == {"start": 0.4, "end": 0.8, "word": "padam", "confidence": 0.4}
    assert told.hints == [("Kapas", "Kalitidu")]


def test_asking_twice_gives_the_same_transcript_and_one_job(
    database: Database, recording: Recording, clock: ManualClock
) -> None:
    assert ask(database, recording, clock).id == ask(database, recording, clock).id
    with database.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_pages_are_told_when_the_words_are_there(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    engine(monkeypatch, ToldEngine())
    asked = ask(database, recording, clock)
    runner.run_all()
    with database.reading() as session:
        told = session.scalars(select(Event).where(Event.topic == "speech")).all()
    assert [event.kind for event in told] == ["waiting", "running", "done"]
    assert {event.subject for event in told} == {asked.public_id}


def test_a_missing_model_fails_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    sentence = (
        "The speech model %(name)s is not installed in %(folder)s. “radiodesk models install %(name)s” fetches it."
    )

    def missing(*_: Any) -> None:
        raise ModelUnusable(sentence, name="base", folder="models")

    monkeypatch.setattr(jobs, "load_for_station", missing)
    asked = ask(database, recording, clock)
    runner.run_all()
    failed = read(database, asked)
    assert failed.state is TranscriptState.FAILED
    assert "radiodesk models install base" in (failed.problem or "")
    engine(monkeypatch, ToldEngine())
    ask(database, recording, clock)
    runner.run_all()
    assert read(database, asked).text == "lampu padam"


def test_an_engine_that_breaks_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    failures = iter([RuntimeError("broken"), None])

    def then() -> None:
        if error := next(failures):
            raise error

    engine(monkeypatch, ToldEngine(then))
    asked = ask(database, recording, clock)
    runner.run_all()
    assert read(database, asked).state is TranscriptState.WAITING
    assert "dicoba lagi" in (read(database, asked).problem or "")
    clock.advance(timedelta(seconds=10))
    runner.run_all()
    assert read(database, asked).state is TranscriptState.DONE


def test_an_engine_that_breaks_each_time_leaves_a_transcript_that_failed_and_can_be_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    broken = True

    def then() -> None:
        if broken:
            raise RuntimeError("broken")

    engine(monkeypatch, ToldEngine(then))
    asked = ask(database, recording, clock)
    for _ in range(6):
        runner.run_all()
        clock.advance(timedelta(minutes=5))
    assert read(database, asked).state is TranscriptState.FAILED
    broken = False
    with database.writing() as tx:
        (job,) = core_jobs.failed(tx)
        core_jobs.try_again(tx, job.id)
    runner.run_all()
    assert read(database, asked).state is TranscriptState.DONE


def test_a_recording_that_kills_its_worker_each_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    told = engine(monkeypatch, ToldEngine())
    asked = ask(database, recording, clock)
    with database.writing() as tx:
        job = tx.scalars(select(Job)).one()
        job.state, job.attempts, job.owner = JobState.RUNNING, 4, "a worker that was killed"
        job.leased_until = clock.now() - timedelta(seconds=1)
    runner.run_all()
    assert read(database, asked).state is TranscriptState.FAILED
    assert told.hints == []


def test_a_recording_without_sound_fails_at_once_with_its_sentence(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as tx:
        broken = make.recording(tx, settings, clock.now(), b"")
    asked = ask(database, broken, clock)
    assert asked.state is TranscriptState.FAILED
    assert "pesan.wav" in (asked.problem or "")


def test_one_recording_is_heard_at_a_time_and_the_other_job_stays_in_the_queue(
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
    settings: Settings,
    recording: Recording,
    runner: Runner,
    clock: ManualClock,
) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def then() -> None:
        inside.set()
        assert go_on.wait(20)

    engine(monkeypatch, ToldEngine(then))
    with database.writing() as tx:
        second = make.recording(tx, settings, clock.now())
    ask(database, recording, clock)
    ask(database, second, clock)
    crew = Crew(runner, threads=2)
    crew.start()
    assert inside.wait(20)
    crew.look()
    with database.reading() as session:
        first_job, second_job = session.scalars(select(Job).order_by(Job.id))
    assert (first_job.state, second_job.state, second_job.attempts) == (JobState.RUNNING, JobState.WAITING, 0)
    go_on.set()
    runner.run_all()
    crew.end()
    runner.run_all()
    with database.reading() as session:
        states = set(session.scalars(select(Transcript.state)))
    assert states == {TranscriptState.DONE}


class PieceEngine:
    """Hears a second at a time, and breaks or does something at a given second."""

    name, model, language = "pieces", "none", "id"

    def __init__(self, then: Callable[[float], None] = lambda _: None) -> None:
        self.began: list[float] = []
        self._then = then

    def transcribe(self, path: Path, **_: Any) -> Transcription:
        raise AssertionError("the pieces were not asked for")

    def pieces(self, path: Path, *, hints: Hints, start: float = 0.0) -> Iterator[Piece]:
        self.began.append(start)
        for second in range(int(start), 3):
            self._then(second)
            word = Word(second, second + 0.5, f"kata{second}", 0.9)
            yield Piece(second + 1.0, (Segment(second, second + 0.5, word.word, (word,)),))


def test_words_show_piece_by_piece_and_a_broken_engine_goes_on_from_the_last(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    seen: list[str] = []
    asked = ask(database, recording, clock)
    failures = iter([RuntimeError("broken"), None])

    def then(second: float) -> None:
        seen.append(read(database, asked).text)
        if second == 2 and (error := next(failures)):
            raise error

    told = engine(monkeypatch, PieceEngine(then))
    runner.run_all()
    assert seen == ["", "kata0", "kata0 kata1"]
    clock.advance(timedelta(seconds=10))
    runner.run_all()
    heard = read(database, asked)
    assert (heard.state, heard.text) == (TranscriptState.DONE, "kata0 kata1 kata2")
    assert [word["word"] for word in heard.words] == ["kata0", "kata1", "kata2"]
    assert told.began == [0.0, 2.0]


def test_cancelling_stops_the_engine_at_its_next_piece(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    asked = ask(database, recording, clock)

    def then(second: float) -> None:
        assert second < 2
        if second == 1:
            with database.writing() as tx:
                services.cancel(tx, tx.get_one(Transcript, asked.id), by="wati", at=clock.now())

    engine(monkeypatch, PieceEngine(then))
    runner.run_all()
    assert read(database, asked).state is TranscriptState.CANCELLED


def test_a_cancelled_transcript_stays_cancelled(
    monkeypatch: pytest.MonkeyPatch, database: Database, recording: Recording, runner: Runner, clock: ManualClock
) -> None:
    engine(monkeypatch, ToldEngine())
    asked = ask(database, recording, clock)
    with database.writing() as tx:
        services.cancel(tx, tx.get_one(Transcript, asked.id), by="wati", at=clock.now())
    runner.run_all()
    assert read(database, asked).state is TranscriptState.CANCELLED


def test_neither_a_late_failure_nor_giving_up_changes_what_is_finished(
    database: Database, recording: Recording, clock: ManualClock
) -> None:
    asked = ask(database, recording, clock)
    for state in (TranscriptState.CANCELLED, TranscriptState.DONE):
        with database.writing() as tx:
            transcript = tx.get_one(Transcript, asked.id)
            transcript.state = state
            services.put_off(tx, transcript, "Gagal.", at=clock.now())
            jobs.KINDS[services.JOB].given_up(tx, asked.id, "Mati.", clock.now())
        assert read(database, asked).state is state


def heard(session: Session, settings: Settings, clock: ManualClock) -> Transcript:
    recording = make.recording(session, settings, clock.now())
    transcript = services.request_transcript(session, recording, by="wati", at=clock.now())
    services.keep_heard(session, transcript, ToldEngine().transcribe(Path(), hints=Hints()), at=clock.now())
    return transcript


CORRECTED = [
    {
        "start": 0.1,
        "end": 0.8,
        "text": "Lampu  padam.",
        "speaker": "Penelepon",
        "words": [{"start": 0.1, "end": 0.4, "word": "Lampu"}, {"start": 0.4, "end": 0.8, "word": "padam."}],
    }
]


def test_a_correction_is_a_new_version_and_the_machines_stays(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    machine = heard(session, settings, clock)
    corrected = services.correct_transcript(session, machine, CORRECTED, by="wati", at=clock.now())
    assert (corrected.version, corrected.kind, corrected.text) == (2, Kind.CORRECTED, "Lampu padam.")
    assert machine.text == "lampu padam"
    assert queries.current(session, [machine.recording])[machine.recording_id].id == corrected.id


def test_the_second_of_two_correctors_is_told_who_was_first(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    machine = heard(session, settings, clock)
    services.correct_transcript(session, machine, CORRECTED, by="wati", at=clock.now())
    with pytest.raises(Conflict, match="wati"):
        services.correct_transcript(session, machine, CORRECTED, by="budi", at=clock.now())


@pytest.mark.parametrize(
    "segment",
    [
        {"start": 0.5, "end": 0.1, "text": "x"},
        {"start": 0, "end": 99, "text": "x", "words": [{"start": 0, "end": 500, "word": "x"}]},
        {"start": "nanti", "end": 1, "text": "x"},
        {"start": 0, "end": 1, "text": "x", "words": ["x"]},
        {"start": float("nan"), "end": 1, "text": "x"},
    ],
)
def test_impossible_times_are_refused(
    session: Session, settings: Settings, clock: ManualClock, segment: dict[str, Any]
) -> None:
    with pytest.raises(Unreadable):
        services.correct_transcript(session, heard(session, settings, clock), [segment], by="wati", at=clock.now())
