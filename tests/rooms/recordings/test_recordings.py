"""Uploads reach the disk byte for byte; what cannot be heard is kept and refused with one sentence."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
import soundfile
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import NotFound, TooLarge
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.recordings import jobs, services
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.sound.audio_facts import AudioUnreadable
from tests.factories import calls as make
from tests.factories.trail import trail


class Announced(io.RawIOBase):
    """A stream that must not be read: its length is refused first."""

    def read(self, _size: int = -1) -> bytes:
        raise AssertionError("read in spite of its length")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("catatan.txt", "bukan suara" * 500)
    return out.getvalue()


def test_an_upload_is_kept_byte_for_byte_and_described(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    data = make.wav(1.5)
    recording = make.recording(session, settings, clock.now(), data)
    assert (settings.audio / recording.key).read_bytes() == data
    assert recording.sha256 == hashlib.sha256(data).hexdigest()
    assert (recording.bytes, recording.sample_rate, recording.channels) == (len(data), 8000, 1)
    assert recording.duration == pytest.approx(1.5)
    assert recording.key == f"2026/11/24/{recording.public_id}/message.wav"
    assert recording.problem is None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "kosong"),
        (zipped(), "bukan berkas suara"),
        (make.wav()[:44], "tidak berisi suara"),
        (b"RIFF\x24\x00\x00\x00WAVE", "suara"),
        (b"catatan biasa", "bukan berkas suara"),
    ],
    ids=["0 bytes", "a zip renamed to wav", "cut off behind the header", "half a header", "text"],
)
def test_what_cannot_be_heard_is_kept_and_refused_by_name(
    session: Session, settings: Settings, clock: ManualClock, data: bytes, says: str
) -> None:
    recording = services.store_upload(session, settings, io.BytesIO(data), "rekaman warga.wav", at=clock.now())
    assert (settings.audio / recording.key).read_bytes() == data
    with pytest.raises(AudioUnreadable) as refused:
        services.require_sound(recording)
    assert "rekaman warga.wav" in str(refused.value)
    assert says in str(refused.value)


def test_two_announced_gigabytes_are_refused_before_a_byte_is_read(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    with pytest.raises(TooLarge):
        services.store_upload(session, settings, Announced(), "besar.wav", at=clock.now(), announced=2 * 1024**3)  # type: ignore[arg-type]


def test_an_upload_that_hides_its_length_stops_at_the_limit_and_leaves_nothing(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    small = settings.model_copy(update={"upload_megabytes": 1})
    with pytest.raises(TooLarge):
        services.store_upload(session, small, io.BytesIO(b"\0" * 1_100_000), "besar.wav", at=clock.now())
    assert [path for path in settings.audio.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "a/b/c.wav", "\0.wav", ""])
def test_the_senders_name_never_becomes_a_path(
    session: Session, settings: Settings, clock: ManualClock, name: str
) -> None:
    recording = services.store_upload(session, settings, io.BytesIO(make.wav()), name, at=clock.now())
    path = (settings.audio / recording.key).resolve()
    assert path.is_relative_to(settings.audio.resolve())
    assert "/" not in recording.original_name


def test_what_is_played_is_made_again_when_it_is_missing(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    recording = make.recording(session, settings, clock.now())
    first = services.playable(settings, recording)
    first.delete()
    assert services.playable(settings, recording).read_bytes()[:2] in (b"\xff\xf3", b"\xff\xfb", b"ID")


def test_a_long_recording_is_made_ready_before_anybody_plays_it(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now(), make.wav(130.0))
    assert Runner(database, settings, clock, jobs.KINDS).run_all() == 1
    derived = settings.data / "derived"
    assert {path.suffix for path in derived.rglob("*") if path.is_file()} == {".mp3", ".json"}
    assert services.outline(settings, recording)


def test_what_the_recorder_wrote_is_described_where_it_lies(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    key = "2026/11/24/panggilan/caller.flac"
    path = settings.audio / key
    path.parent.mkdir(parents=True)
    soundfile.write(path, np.zeros(16000), 16000)
    began = clock.now() - timedelta(minutes=5)
    laid = services.look_at(settings, key, at=clock.now())
    recording = services.describe(session, laid, at=clock.now(), direction=Direction.CALLER, started_at=began)
    assert (recording.key, recording.started_at, recording.problem) == (key, began, None)
    assert recording.duration == pytest.approx(1.0)
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_gone_from_the_disk_is_named(session: Session, settings: Settings, clock: ManualClock) -> None:
    recording = make.recording(session, settings, clock.now())
    (settings.audio / recording.key).unlink()
    with pytest.raises(NotFound, match=recording.key):
        services.playable(settings, recording)


@pytest.fixture
def stored(database: Database, settings: Settings, clock: ManualClock) -> Recording:
    with database.writing() as tx:
        return make.recording(tx, settings, clock.now(), make.wav(3.0))


def listenings(database: Database, settings: Settings) -> list[str]:
    return [entry.actor for entry in trail(database, settings, "listened")]


def test_a_page_hears_a_recording_in_ranges_and_the_listening_is_logged_once(
    stored: Recording, sign_in: Callable[..., FlaskClient], database: Database, settings: Settings
) -> None:
    client = sign_in(Role.SCREENER)
    address = f"/rekaman/{stored.public_id}/suara.mp3"
    with client.get(address) as whole:
        assert (whole.status_code, whole.mimetype) == (200, "audio/mpeg")
        data = whole.data
    with client.get(address, headers={"Range": "bytes=100-199"}) as part:
        assert part.status_code == 206
        assert part.data == data[100:200]
    assert listenings(database, settings) == ["petugas"]


def test_nobody_hears_a_recording_unseen_by_leaving_its_first_byte_out(
    stored: Recording,
    sign_in: Callable[..., FlaskClient],
    database: Database,
    settings: Settings,
    clock: ManualClock,
) -> None:
    client = sign_in(Role.SCREENER)
    address = f"/rekaman/{stored.public_id}/suara.mp3"
    for asked in ("bytes=1-", "bytes=2-99", "bytes=-500"):
        with client.get(address, headers={"Range": asked}) as part:
            assert part.status_code == 206
    assert listenings(database, settings) == ["petugas"]
    clock.advance(timedelta(minutes=11))
    with client.get(address, headers={"Range": "bytes=1-"}) as later:
        assert later.status_code == 206
    with client.get(address.replace("suara.mp3", "asli"), headers={"Range": "bytes=1-"}) as original:
        assert original.status_code == 206
    assert listenings(database, settings) == ["petugas", "petugas"]
    assert len(trail(database, settings, "original fetched")) == 1


def test_only_those_who_work_with_callers_may_listen(
    stored: Recording, sign_in: Callable[..., FlaskClient], database: Database, settings: Settings
) -> None:
    assert sign_in(Role.OFFICER).get(f"/rekaman/{stored.public_id}/suara.mp3").status_code == 403
    assert listenings(database, settings) == []


def test_the_outline_comes_from_the_server(stored: Recording, sign_in: Callable[..., FlaskClient]) -> None:
    answer = sign_in(Role.HOST).get(f"/rekaman/{stored.public_id}/garis.json").get_json()
    assert answer["duration"] == pytest.approx(3.0)
    assert max(answer["peaks"]) == pytest.approx(0.3, abs=0.02)


def test_an_unknown_recording_is_not_found(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(Role.HOST).get("/rekaman/tidak-ada/suara.mp3").status_code == 404
