"""A station whose objects lie in a store that somebody plugged in: nothing of them stays on its own disk."""

import errno
import io
import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Job, JobState, Runner
from radiodesk.core.settings import Settings
from radiodesk.core.stores import store_of
from radiodesk.operations.attendant.take_adoption import adopt_finished
from radiodesk.operations.wiring import kinds
from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import ledger
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.bag_writer import CLOSING
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.archive.verification import verify
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages import attachments
from radiodesk.rooms.messages.arrivals import arrival_reader
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.messages.arrivals.web_form import FormFields
from radiodesk.rooms.record import services as record
from radiodesk.rooms.record.models import Publication, PublicationState, PublishedPiece
from radiodesk.rooms.recordings import services as recordings
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import jobs as speech_jobs
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from radiodesk.sound.decoder import read_all
from radiodesk.sound.takes import Take, takes
from tests.factories import calls as make
from tests.factories import memory_store, shows
from tests.factories.memory_store import MemoryStore

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
AWAY = OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


class Metronome:
    """Hears a word a second of what it really decodes."""

    name, model, language = "metronom", "tanpa", "id"

    def transcribe(self, path: Path, **_: Any) -> Transcription:
        length = len(read_all(path)) / 16_000
        words = tuple(Word(float(n), n + 0.9, f"detik{n}", 1.0) for n in range(int(length)))
        said = Segment(0.0, length, " ".join(word.word for word in words), words)
        return Transcription(self.name, self.model, self.language, length, 0.0, (said,))


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    memory_store.plug_in(monkeypatch)
    monkeypatch.setattr(speech_jobs, "load_for_station", lambda _: Metronome())
    plugged = {memory_store.NAME: {"token": SecretStr("rahasia")}}
    return settings.model_copy(update={"store": memory_store.NAME, "stores": plugged})


@pytest.fixture
def store(settings: Settings) -> MemoryStore:
    made = store_of(settings)
    assert isinstance(made, MemoryStore)
    return made


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


def on_own_disk(settings: Settings) -> list[str]:
    """Objects that lie in the data folder all the same; locks are none."""
    shelves = ("audio", "attachments", "archive", "derived", "public", "work")
    found = [path for shelf in shelves for path in (settings.data / shelf).rglob("*")]
    return [str(path) for path in found if path.is_file() and path.name != ".lock"]


def form() -> bytes:
    return FormFields("Lampu padam", "081200000001", "Warga", "Kapas", True, True, "192.0.2.1").as_body()


def arrive(settings: Settings, database: Database, at: datetime) -> Taker:
    taker = Taker(settings, database)
    taker.store.put(arrival_reader.WEB, form(), at=at, sound=("suara.wav", io.BytesIO(make.wav(3.0))))
    return taker


def seal(database: Database, settings: Settings, at: datetime) -> str:
    with database.writing() as tx:
        show = shows.ended(tx, settings, at)
        archive.seal(tx, settings, show.broadcast, by="arsiparis", at=at, note="Uji.")
        return show.broadcast.public_id


def publish(database: Database, settings: Settings, public_id: str, at: datetime) -> None:
    with database.writing() as tx:
        broadcast = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        record.publish(tx, settings, broadcast, by="arsiparis", at=at)


def part_of(client: FlaskClient, address: str, store: MemoryStore) -> None:
    """The address gives all of it, and a part, for which alone the store is asked."""
    with client.get(address) as whole:
        assert whole.status_code == 200
        data = whole.data
    assert int(whole.headers["Content-Length"]) == len(data) > 300
    store.asked.clear()
    with client.get(address, headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data) == (206, data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    assert [(first, length) for _, first, length in store.asked] == [(100, 100)]
    store.asked.clear()
    with client.get(address, headers={"If-None-Match": whole.headers["ETag"]}) as known:
        assert (known.status_code, known.data) == (304, b"")
    with client.head(address) as head:
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(data)))
    with client.get(address, headers={"Range": f"bytes={len(data)}-"}) as behind:
        assert behind.status_code == 416
    assert store.asked == []


def test_a_message_with_sound_and_picture_comes_in_is_heard_and_played(
    settings: Settings,
    database: Database,
    store: MemoryStore,
    runner: Runner,
    sign_in: Callable[..., FlaskClient],
    now: datetime,
) -> None:
    assert arrive(settings, database, now).turn() == 1
    with database.writing() as tx:
        call = tx.scalars(select(Call)).one()
        [recording] = call.recordings
        kept = attachments.keep(tx, settings, call, io.BytesIO(b"\x89PNG" * 200), "foto.png", "image/png", at=now)
    runner.run_all()
    with database.reading() as session:
        transcript = session.scalars(select(Transcript)).one()
        assert (transcript.state, transcript.text) == (TranscriptState.DONE, "detik0 detik1 detik2")
    assert store.held[f"audio/{recording.key}"] == make.wav(3.0)
    client = sign_in(Role.SCREENER)
    part_of(client, f"/rekaman/{recording.public_id}/suara.mp3", store)
    part_of(client, f"/rekaman/{recording.public_id}/asli", store)
    part_of(client, f"/antrean/lampiran/{kept.public_id}", store)
    outline = json.loads(client.get(f"/rekaman/{recording.public_id}/garis.json").data)
    assert len(outline["peaks"]) == 60
    assert {key.split("/")[0] for key in store.held} == {"audio", "attachments", "derived"}
    assert on_own_disk(settings) == []


def test_a_take_of_a_line_goes_up_when_it_is_whole(
    settings: Settings, database: Database, store: MemoryStore, clock: ManualClock, now: datetime
) -> None:
    take = Take.create(
        settings.spool, sample_rate=8000, started_at=now, line="hibrida", kind="soundcard", directions=["caller"]
    )
    take.write("caller", np.full(8000, 1000, np.int16))
    take.close()
    store.trouble = AWAY
    assert adopt_finished(settings, database, clock) == []
    assert len(takes(settings.spool)) == 1
    store.trouble = None
    assert adopt_finished(settings, database, clock) == [take.id]
    folder = f"audio/2026/11/24/{take.id}"
    assert sorted(store.held) == [f"{folder}/caller.flac", f"{folder}/log.json"]
    with database.reading() as session:
        recording = session.scalars(select(Recording)).one()
        assert (recording.duration, recording.bytes) == (1.0, len(store.held[f"{folder}/caller.flac"]))
    assert (takes(settings.spool), on_own_disk(settings)) == ([], [])


@pytest.mark.slow  # sealed, cut and encoded for real
def test_a_show_is_sealed_verified_published_and_heard(
    settings: Settings,
    database: Database,
    store: MemoryStore,
    runner: Runner,
    public: Flask,
    sign_in: Callable[..., FlaskClient],
    now: datetime,
    tmp_path: Path,
) -> None:
    public_id = seal(database, settings, now)
    runner.run_all()
    with database.reading() as session:
        package = session.scalars(select(Package)).one()
        assert (package.state, package.problem) == (PackageState.SEALED, None)
        assert [check.differences for check in package.checks] == [[]]
    order = [key for key in store.held if key.startswith(f"archive/{package.public_id}/")]
    assert order[-1].endswith(CLOSING), "before its closing file no package is whole"
    # A copy of the archive is proved as any, without store and database.
    for key, data in store.held.items():
        path = tmp_path / "salinan" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert verify(tmp_path / "salinan" / "archive").ok
    archivist = sign_in(Role.ARCHIVIST)
    with archivist.get("/arsip/buku-besar.jsonl") as lines:
        assert lines.data == store.held[f"archive/{ledger.NAME}"]

    publish(database, settings, public_id, now)
    runner.run_all()
    with database.reading() as session:
        pieces = session.scalars(select(PublishedPiece).where(PublishedPiece.audio_key.is_not(None))).all()
    assert len(pieces) == 2
    visitor = public.test_client()
    for piece in pieces:
        assert len(store.held[f"public/{piece.audio_key}"]) == piece.audio_bytes
        assert len(store.held[f"public/{piece.opus_key}"]) == piece.opus_bytes
        part_of(visitor, f"/siaran/{public_id}/suara/{piece.position}.mp3", store)

    publish(database, settings, public_id, now)
    runner.run_all()
    assert {key.split("/")[2] for key in store.held if key.startswith(f"public/{public_id}/")} == {"2"}
    assert on_own_disk(settings) == []


@pytest.mark.slow  # sealed, cut and encoded for real
@pytest.mark.parametrize("trouble", [AWAY, FULL])
def test_a_store_that_is_away_is_waited_for(
    settings: Settings, database: Database, store: MemoryStore, runner: Runner, clock: ManualClock, trouble: OSError
) -> None:
    public_id = seal(database, settings, clock.now())

    def through_trouble(kind: str) -> None:
        store.trouble = trouble
        runner.run_all()
        with database.reading() as session:
            job = session.scalars(select(Job).where(Job.kind == kind)).one()
            assert (job.state, bool(job.error)) == (JobState.WAITING, True)
        store.trouble = None
        clock.advance(timedelta(hours=1))
        runner.run_all()

    through_trouble(archive.JOB)
    with database.reading() as session:
        assert session.scalars(select(Package)).one().state is PackageState.SEALED
    publish(database, settings, public_id, clock.now())
    through_trouble(record.PUBLISH_JOB)
    with database.reading() as session:
        publication = session.scalars(select(Publication)).one()
        assert (publication.state, publication.problem) == (PublicationState.PUBLISHED, None)
        assert len(session.scalars(select(PublishedPiece).where(PublishedPiece.audio_key.is_not(None))).all()) == 2


@pytest.mark.parametrize("trouble", [AWAY, FULL])
def test_what_comes_in_while_the_store_is_away_waits_and_pages_say_so(
    settings: Settings,
    database: Database,
    store: MemoryStore,
    sign_in: Callable[..., FlaskClient],
    now: datetime,
    trouble: OSError,
) -> None:
    with database.writing() as tx:
        recording = make.recording(tx, settings, now)
    client = sign_in(Role.SCREENER)
    taker = arrive(settings, database, now)
    store.trouble = trouble
    for _ in range(9):
        assert taker.turn() == 0
    for address in ("suara.mp3", "asli", "garis.json"):
        answer = client.get(f"/rekaman/{recording.public_id}/{address}")
        assert answer.status_code in (503, 507)
        assert "enyimpanan" in answer.get_data(as_text=True)
    store.trouble = None
    assert taker.turn() == 1
    with database.reading() as session:
        [call] = session.scalars(select(Call)).all()
        assert len(call.recordings) == 1
    assert recordings.original(settings, recording).is_there()


def test_sound_of_a_change_that_was_taken_back_is_removed(
    settings: Settings, database: Database, store: MemoryStore, now: datetime
) -> None:
    for trouble in (None, AWAY):
        with pytest.raises(KeyboardInterrupt), database.writing() as tx:
            make.recording(tx, settings, now)
            store.trouble = trouble
            raise KeyboardInterrupt
        store.trouble = None
        assert len(store.held) == (trouble is not None)
