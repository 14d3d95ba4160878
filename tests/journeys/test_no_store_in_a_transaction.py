"""Nobody waits for a slow store: no way of the product asks it for anything while a transaction that writes is open."""

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Engine, event, select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context, Job, JobState, Runner, enqueue
from radiodesk.core.settings import Settings
from radiodesk.core.stores.s3_bucket import S3Bucket
from radiodesk.operations.attendant.take_adoption import adopt_finished
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.messages import intake
from radiodesk.rooms.messages import jobs as message_jobs
from radiodesk.rooms.messages.channels.blackhole import BlackholeChannel
from radiodesk.rooms.messages.models import Attachment, IncomingMedia
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import jobs as speech_jobs
from radiodesk.sound.takes import Take
from tests.factories import calls as make
from tests.factories import shows
from tests.factories.s3_server import Line
from tests.journeys.test_another_store import Metronome, arrive, publish, seal

ASKED = ("put", "open", "part", "stat", "delete", "list")


@pytest.fixture
def settings(settings: Settings, s3_line: Line, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(speech_jobs, "load_for_station", lambda _: Metronome())
    channels = {"blackhole": {"folder": SecretStr(str(settings.data))}}
    return settings.model_copy(
        update={"store": "s3", "stores": {"s3": s3_line.options(read_seconds="15")}, "channels": channels}
    )


@pytest.fixture
def watched(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was asked of the store by a thread that was writing to the database at that moment."""
    writing: Counter[int] = Counter()
    found: list[str] = []

    def begins(connection: Any) -> None:
        if not connection.get_execution_options().get("radiodesk_reading"):
            writing[threading.get_ident()] += 1

    def ends(connection: Any) -> None:
        if not connection.get_execution_options().get("radiodesk_reading"):
            writing[threading.get_ident()] -= 1

    listening: list[tuple[str, Callable[[Any], None]]] = [("begin", begins), ("commit", ends), ("rollback", ends)]
    for name, listener in listening:
        event.listen(Engine, name, listener)
    for name in ASKED:
        real = getattr(S3Bucket, name)

        def asked(self: S3Bucket, key: str, *rest: Any, _real: Any = real, _name: str = name) -> Any:
            if writing[threading.get_ident()] > 0:
                found.append(f"{_name} {key}")
            return _real(self, key, *rest)

        monkeypatch.setattr(S3Bucket, name, asked)
    yield found
    for name, listener in listening:
        event.remove(Engine, name, listener)


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


def test_the_watch_sees_what_it_is_to_see(
    database: Database, settings: Settings, clock: ManualClock, watched: list[str]
) -> None:
    with database.writing() as tx:
        tx.scalars(select(Call)).all()
        make.recording(tx, settings, clock.now())
    assert watched


def test_what_comes_in(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, s3_line: Line, watched: list[str]
) -> None:
    assert arrive(settings, database, clock.now()).turn() == 1
    take = Take.create(
        settings.spool, sample_rate=8000, started_at=clock.now(), line="a", kind="soundcard", directions=["caller"]
    )
    take.write("caller", np.full(8000, 1000, np.int16))
    take.close()
    assert adopt_finished(settings, database, clock) == [take.id]
    runner.run_all()
    assert len(s3_line.held()) == 3
    assert watched == []


@pytest.mark.parametrize(("name", "mime"), [("suara.ogg", "audio/ogg"), ("gambar.png", "image/png")])
def test_what_a_channel_fetches(
    database: Database,
    settings: Settings,
    clock: ManualClock,
    runner: Runner,
    s3_line: Line,
    watched: list[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    mime: str,
) -> None:
    (settings.data / name).write_bytes(make.wav() if mime.startswith("audio") else b"\x89PNG")
    monkeypatch.setattr(message_jobs, "channel_of", lambda _call: BlackholeChannel())
    with database.writing() as tx:
        call = make.ringing(tx, clock.now())
        media = IncomingMedia(
            call_id=call.id, channel=Channel.OTHER, external_id=name, mime=mime, name=name, created_at=clock.now()
        )
        tx.add(media)
        tx.flush()
        enqueue(tx, clock.now(), intake.FETCH_JOB, media.id)
    runner.run_all()
    with database.reading() as session:
        assert session.scalar(select(Job).where(Job.state != JobState.DONE)) is None
        key = session.scalars(select(Recording.key if mime.startswith("audio") else Attachment.key)).one()
    assert any(held.endswith(key) for held in s3_line.held())
    assert watched == []


def test_a_file_that_did_not_become_a_row_does_not_stay(
    database: Database, settings: Settings, clock: ManualClock, s3_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.data / "gambar.png").write_bytes(b"\x89PNG")
    (settings.data / "suara.wav").write_bytes(make.wav())
    monkeypatch.setattr(message_jobs, "channel_of", lambda _call: BlackholeChannel())
    monkeypatch.setattr(message_jobs, "_call_of", lambda *_: 1 / 0)
    for name, mime in (("gambar.png", "image/png"), ("suara.wav", "audio/wav")):
        with database.writing() as tx:
            call = make.ringing(tx, clock.now())
            media = IncomingMedia(
                call_id=call.id, channel=Channel.OTHER, external_id=name, mime=mime, name=name, created_at=clock.now()
            )
            tx.add(media)
            tx.flush()
        with pytest.raises(ZeroDivisionError):
            message_jobs.fetch(_context(database, settings, clock), media.id)
    assert s3_line.held() == {}


def _context(database: Database, settings: Settings, clock: ManualClock) -> Context:
    return Context(database, settings, clock, lambda _share: None)


def test_what_is_uploaded_at_the_desk(
    database: Database,
    settings: Settings,
    clock: ManualClock,
    sign_in: Callable[..., FlaskClient],
    s3_line: Line,
    watched: list[str],
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, clock.now())
        address = f"/siaran/{show.broadcast.public_id}/rekaman"
    watched.clear()
    before = len(s3_line.held())
    client = sign_in(Role.PRODUCER, Role.SCREENER)
    files = [(io.BytesIO(make.wav()), "satu.wav"), (io.BytesIO(make.wav(2.0)), "dua.wav")]
    sent = {"channel": "whatsapp", "phone": "0812 0000 0001", "files": files}
    assert client.post("/antrean/pesan", data=sent, content_type="multipart/form-data").status_code == 303
    sound = {"file": (io.BytesIO(make.wav()), "siaran.wav")}
    assert client.post(address, data=sound, content_type="multipart/form-data").status_code == 303
    assert len(s3_line.held()) == before + 3
    assert watched == []


@pytest.mark.slow  # sealed, cut and encoded for real
def test_a_show_that_is_sealed_and_published(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, watched: list[str]
) -> None:
    public_id = seal(database, settings, clock.now())
    watched.clear()
    runner.run_all()
    publish(database, settings, public_id, clock.now())
    runner.run_all()
    with database.reading() as session:
        assert session.scalar(select(Job).where(Job.state != JobState.DONE)) is None
        assert session.scalars(select(Broadcast)).one().public_id == public_id
    assert watched == []
