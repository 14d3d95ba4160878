"""A station whose objects lie in an S3 bucket that is away for some of the time: nothing is lost, all is caught up."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Job, JobState, Runner
from radiodesk.core.settings import Settings
from radiodesk.core.stores import waiting_of
from radiodesk.operations.attendant.take_adoption import adopt_finished
from radiodesk.operations.doctor import CHECKS, Verdict
from radiodesk.operations.store_rounds import CatchUp
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import ledger
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.bag_writer import CLOSING
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.archive.verification import verify, verify_shelf
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages import attachments
from radiodesk.rooms.record.models import PublishedPiece
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.recordings.services import SoundOnItsWay, originals, require_arrived
from radiodesk.rooms.transcripts import jobs as speech_jobs
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from radiodesk.rooms.transcripts.services import request_transcript
from radiodesk.sound.takes import Take, takes
from tests.factories import calls as make
from tests.factories.s3_server import Line
from tests.journeys.test_another_store import Metronome, arrive, on_own_disk, publish, seal


@pytest.fixture
def settings(settings: Settings, s3_line: Line, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(speech_jobs, "load_for_station", lambda _: Metronome())
    return settings.model_copy(update={"store": "s3", "stores": {"s3": s3_line.options()}})


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


def part_of(client: FlaskClient, address: str, line: Line) -> bytes:
    """The address gives all of it, and a part, for which alone the server is asked."""
    with client.get(address) as whole:
        assert whole.status_code == 200
        data: bytes = whole.data
    line.asked.clear()
    with client.get(address, headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data) == (206, data[100:200])
    assert {asked for method, _, asked in line.asked if method == "GET"} == {"bytes=100-199"}
    return data


def test_what_comes_in_while_the_bucket_is_away_is_heard_and_goes_up_when_it_is_back(
    settings: Settings,
    database: Database,
    s3_line: Line,
    runner: Runner,
    clock: ManualClock,
    sign_in: Callable[..., FlaskClient],
) -> None:
    now = clock.now()
    catch_up = CatchUp(settings, clock)
    s3_line.away = True
    # A message with sound and a picture, and a take of a line.
    assert arrive(settings, database, now).turn() == 1
    with database.writing() as tx:
        call = tx.scalars(select(Call)).one()
        [recording] = call.recordings
        kept = attachments.keep(tx, settings, call, io.BytesIO(b"\x89PNG" * 200), "foto.png", "image/png", at=now)
    take = Take.create(
        settings.spool, sample_rate=8000, started_at=now, line="hibrida", kind="soundcard", directions=["caller"]
    )
    take.write("caller", np.full(8000, 1000, np.int16))
    take.close()
    assert adopt_finished(settings, database, clock) == [take.id]
    assert takes(settings.spool) == []
    # All of it is heard and played from this machine, and the desk says what waits.
    runner.run_all()
    with database.reading() as session:
        heard = session.scalars(select(Transcript).where(Transcript.recording_id == recording.id)).one()
        assert (heard.state, heard.text) == (TranscriptState.DONE, "detik0 detik1 detik2")
        assert session.scalar(select(Job).where(Job.state == JobState.FAILED)) is None
    client = sign_in(Role.PRODUCER)
    with client.get(f"/rekaman/{recording.public_id}/suara.mp3") as played:
        assert played.status_code == 200
        sound = played.data
    with client.get(f"/antrean/lampiran/{kept.public_id}") as picture:
        assert picture.data == b"\x89PNG" * 200
    waiting = waiting_of(settings)
    assert waiting is not None
    page = client.get("/keadaan").get_data(as_text=True)
    assert f"Objek yang menunggu di mesin ini untuk penyimpanan s3: {waiting.count} (" in page
    assert next(iter(CHECKS["store"](settings))).verdict is Verdict.WARNING
    assert s3_line.held() == {}
    # The bucket comes back.
    s3_line.heal()
    assert catch_up.turn() == waiting.count
    assert waiting_of(settings) is None
    assert {key.split("/")[0] for key in s3_line.held()} == {"audio", "attachments", "derived"}
    assert s3_line.held()[f"audio/{recording.key}"] == make.wav(3.0)
    assert "berada di penyimpanan s3" in client.get("/keadaan").get_data(as_text=True)
    assert [one.verdict for one in CHECKS["store"](settings)] == [Verdict.GOOD]
    assert on_own_disk(settings) == []
    assert part_of(client, f"/rekaman/{recording.public_id}/suara.mp3", s3_line) == sound
    part_of(client, f"/rekaman/{recording.public_id}/asli", s3_line)
    part_of(client, f"/antrean/lampiran/{kept.public_id}", s3_line)
    assert len(json.loads(client.get(f"/rekaman/{recording.public_id}/garis.json").data)["peaks"]) == 60


def test_a_job_waits_for_a_bucket_that_is_away_however_long_and_is_not_given_up(
    settings: Settings, database: Database, s3_line: Line, runner: Runner, clock: ManualClock
) -> None:
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now())
    with database.writing() as tx:
        request_transcript(tx, tx.get_one(Recording, recording.id), by="uji", at=clock.now())
    s3_line.away = True
    for _ in range(12):
        runner.run_all()
        clock.advance(timedelta(minutes=10))
    with database.reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "speech.transcribe")).one()
        assert (job.state, job.attempts, bool(job.error)) == (JobState.WAITING, 0, True)
    s3_line.heal()
    runner.run_all()
    with database.reading() as session:
        assert session.scalars(select(Transcript)).one().state is TranscriptState.DONE


def test_a_job_on_sound_that_is_spoilt_in_the_bucket_is_given_up_and_shown(
    settings: Settings, database: Database, s3_line: Line, runner: Runner, clock: ManualClock
) -> None:
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now())
        request_transcript(tx, recording, by="uji", at=clock.now())
    s3_line.spoils = True
    for _ in range(8):
        runner.run_all()
        clock.advance(timedelta(minutes=10))
    with database.reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "speech.transcribe")).one()
        assert job.state is JobState.FAILED
        assert "berbeda" in str(job.error)
        assert session.scalars(select(Transcript)).one().state is TranscriptState.FAILED


def test_another_machine_waits_for_sound_that_has_not_come_up_yet(
    settings: Settings, database: Database, s3_line: Line, clock: ManualClock, tmp_path: Path
) -> None:
    other = settings.model_copy(update={"data": tmp_path / "mesin-lain"})
    there = Runner(database, other, clock, kinds())
    s3_line.status, s3_line.only = 503, "PUT"
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now())
        request_transcript(tx, recording, by="uji", at=clock.now())
    for _ in range(6):
        there.run_all()
        clock.advance(timedelta(minutes=5))
    with database.reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "speech.transcribe")).one()
        assert (job.state, job.attempts) == (JobState.WAITING, 0)
        assert "belum sampai" in str(job.error)
        waiting = session.scalars(select(Transcript)).one()
        assert (waiting.state, waiting.problem) == (TranscriptState.WAITING, job.error)
    s3_line.heal()
    CatchUp(settings, clock).turn()
    there.run_all()
    with database.reading() as session:
        assert session.scalars(select(Transcript)).one().state is TranscriptState.DONE
    # Sound that is missing for long is missing.
    originals(settings).object(recording.key).delete()
    CatchUp(settings, clock).turn()
    with pytest.raises(SoundOnItsWay):
        require_arrived(other, [recording], at=clock.now())
    require_arrived(other, [recording], at=clock.now() + timedelta(days=8))


@pytest.mark.slow  # sealed, cut and encoded for real
def test_a_show_is_not_sealed_without_sound_that_waits_on_another_machine(
    settings: Settings, database: Database, s3_line: Line, clock: ManualClock, tmp_path: Path
) -> None:
    other = settings.model_copy(update={"data": tmp_path / "mesin-lain"})
    there = Runner(database, other, clock, kinds())
    s3_line.status, s3_line.only = 503, "PUT"
    seal(database, settings, clock.now())
    s3_line.heal()
    there.run_all()
    with database.reading() as session:
        assert session.scalars(select(Package)).one().state is PackageState.WAITING
    CatchUp(settings, clock).turn()
    clock.advance(timedelta(minutes=5))
    there.run_all()
    with database.reading() as session:
        package = session.scalars(select(Package)).one()
        assert (package.state, package.notices) == (PackageState.SEALED, [])


@pytest.mark.slow  # sealed, cut and encoded for real
def test_a_show_is_sealed_verified_where_it_lies_published_and_heard(
    settings: Settings,
    database: Database,
    s3_line: Line,
    runner: Runner,
    clock: ManualClock,
    public: Flask,
    sign_in: Callable[..., FlaskClient],
) -> None:
    public_id = seal(database, settings, clock.now())
    CatchUp(settings, clock).turn()
    s3_line.status = 503
    runner.run_all()
    with database.reading() as session:
        package = session.scalars(select(Package)).one()
        assert package.state is PackageState.WAITING
        assert package.problem
    assert not any(key.startswith("archive/") for key in s3_line.held())
    s3_line.heal()
    clock.advance(timedelta(hours=1))
    runner.run_all()
    with database.reading() as session:
        package = session.scalars(select(Package)).one()
        assert (package.state, package.problem) == (PackageState.SEALED, None)
        assert [check.differences for check in package.checks] == [[]]
    shelf = packages_shelf(settings)
    assert verify_shelf(shelf).ok
    assert on_own_disk(settings) == []
    kept = s3_line.folder / "archive"
    assert verify(kept).ok, "the bucket's own files are a whole archive"
    with sign_in(Role.ARCHIVIST).get("/arsip/buku-besar.jsonl") as lines:
        assert lines.data == (kept / ledger.NAME).read_bytes()
    # A byte that changed in the bucket is found there.
    some = next(path for path in (kept / package.public_id / "data").rglob("*.flac"))
    good, told = some.read_bytes(), some.stat()
    some.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    [wrong] = verify_shelf(shelf).all_differences()
    assert some.name in str(wrong)
    some.write_bytes(good)
    assert (kept / package.public_id / CLOSING).is_file()
    assert verify_shelf(shelf).ok
    assert told.st_size == len(good)

    publish(database, settings, public_id, clock.now())
    s3_line.away = True
    runner.run_all()
    clock.advance(timedelta(hours=1))
    s3_line.heal()
    runner.run_all()
    CatchUp(settings, clock).turn()
    with database.reading() as session:
        pieces = session.scalars(select(PublishedPiece).where(PublishedPiece.audio_key.is_not(None))).all()
    assert len(pieces) == 2
    visitor = public.test_client()
    for piece in pieces:
        address = f"/siaran/{public_id}/suara/{piece.position}.mp3"
        assert part_of(visitor, address, s3_line) == s3_line.held()[f"public/{piece.audio_key}"]
    publish(database, settings, public_id, clock.now())
    runner.run_all()
    CatchUp(settings, clock).turn()
    assert {key.split("/")[2] for key in s3_line.held() if key.startswith(f"public/{public_id}/")} == {"2"}
    assert archive.JOB in kinds()
