"""Sound that went wrong elsewhere (``shared/data/faults``): nothing that came in is lost, the station goes on."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.recordings import services
from radiodesk.rooms.recordings.models import Recording
from radiodesk.sound.decoder import read_all
from tests.factories import calls as make


@pytest.fixture
def given(shared: Path) -> Callable[[str], Path]:
    return lambda folder: next((shared / "faults" / folder).iterdir())


def taken(session: Session, settings: Settings, clock: ManualClock, path: Path) -> Recording:
    with path.open("rb") as file:
        return services.store_upload(session, settings, file, path.name, at=clock.now())


def played_seconds(settings: Settings, recording: Recording) -> float:
    with services.playable(settings, recording).local() as path:
        return len(read_all(path)) / 16000


def test_a_header_that_states_half_gives_the_whole_sound_and_a_remark(
    session: Session, settings: Settings, clock: ManualClock, given: Callable[[str], Path]
) -> None:
    recording = taken(session, settings, clock, given("27-wav-sizes"))

    assert recording.duration == pytest.approx(6.14, abs=0.01)
    assert recording.problem is None
    assert recording.remark == "Berkas ini menyebut 3,1 detik, padahal berisi 6,1 detik: semuanya diambil."
    assert len(services.outline(settings, recording)) == pytest.approx(6.14 * 20, abs=1)
    assert played_seconds(settings, recording) == pytest.approx(6.14, abs=0.15)


def test_joined_voice_notes_are_heard_to_the_end_of_the_last(
    session: Session, settings: Settings, clock: ManualClock, given: Callable[[str], Path]
) -> None:
    recording = taken(session, settings, clock, given("37-audio-joined"))

    assert recording.duration == pytest.approx(35.95, abs=0.05)
    assert (recording.problem, recording.remark) == (None, None)
    assert played_seconds(settings, recording) == pytest.approx(35.95, abs=0.15)


def test_flipped_bytes_leave_what_can_be_heard_and_a_sentence(
    session: Session, settings: Settings, clock: ManualClock, given: Callable[[str], Path]
) -> None:
    path = given("41-damaged-sound")
    recording = taken(session, settings, clock, path)

    assert services.original(settings, recording).read_bytes() == path.read_bytes()
    assert recording.problem or recording.remark
    assert played_seconds(settings, recording) == pytest.approx(5.5, abs=0.2)


def test_a_damaged_file_from_the_public_form_leaves_the_station_working(
    public: Flask, database: Database, given: Callable[[str], Path]
) -> None:
    data = given("41-damaged-sound").read_bytes()
    for name in ("rusak.mp3", "rusak juga.ogg"):
        form = {"setuju": "yes", "suara": (io.BytesIO(data), name)}
        answer = public.test_client().post("/kirim", data=form, content_type="multipart/form-data")
        assert answer.status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Recording.original_name)).all() == ["rusak.mp3", "rusak juga.ogg"]


RANGES = {
    "bytes=0-9": 206,
    "bytes=-5": 206,
    "bytes=10-": 206,
    "bytes=99999999-": 416,
    f"bytes={9 * 10**30}-": 416,
    "items=0-9": 200,
    "seconds=1-2": 200,
    "bytes": 200,
    "bytes=": 200,
    "bytes=a-b": 200,
    "bytes=9-1": 200,
    "bytes=--5": 200,
    "bytes=0-1,5-6": 200,
    "bytes=0-1, bytes=4-5": 200,
    "=0-5": 200,
    "bytes=0x1-0x5": 200,
    ",,,": 200,
}


@pytest.mark.parametrize("asked", sorted(RANGES))
def test_a_range_is_a_part_or_the_whole_and_never_an_error(
    sign_in: Callable[..., FlaskClient], database: Database, settings: Settings, clock: ManualClock, asked: str
) -> None:
    with database.writing() as session:
        identity = make.recording(session, settings, clock.now()).public_id
    client = sign_in(Role.ARCHIVIST)
    for name in ("suara.mp3", "asli"):
        with (
            client.get(f"/rekaman/{identity}/{name}") as whole,
            client.get(f"/rekaman/{identity}/{name}", headers={"Range": asked}) as answer,
        ):
            assert answer.status_code == RANGES[asked]
            if answer.status_code == 200:
                assert answer.data == whole.data
