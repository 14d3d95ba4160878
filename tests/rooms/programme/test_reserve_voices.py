"""A voice in reserve is of one approved version, and is played only once somebody or something has checked it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.recognition import loader
from radiodesk.recognition.model_registry import ModelUnusable
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import jobs, services
from radiodesk.rooms.programme.models import ReserveVoice, Script
from radiodesk.rooms.programme.reserve_voices import NoReserve, ask_reserve, checked_reserve, reserve_of
from radiodesk.rooms.programme.services import NotApproved
from radiodesk.rooms.recordings.models import Recording
from tests.factories.playing import approved, speaks

WORDS = "Pakai helm selalu."


@pytest.fixture
def made(
    settings: Settings, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], int]:
    """Makes the voice in reserve of a new approved script, which is heard as given; gives the script's key."""

    def make(heard: str) -> int:
        speaks(monkeypatch, heard)
        with database.writing() as tx:
            script = approved(tx, clock.now(), WORDS)
            ask_reserve(tx, script, by="sari", at=clock.now())
            key = script.id
        Runner(database, settings, clock, jobs.KINDS).run_all()
        return key

    return make


def test_what_the_recogniser_hears_as_approved_needs_no_listener(
    made: Callable[[str], int], database: Database, clock: ManualClock
) -> None:
    key = made("pakai helm selalu")
    with database.reading() as look:
        version, reserve = checked_reserve(look, look.get_one(Script, key), clock.now())
        assert (reserve.agreement, reserve.checked_by, reserve.by_ear) == (100, "recogniser", False)
        assert reserve.text_sha256 == version.digest
        assert reserve.lufs == pytest.approx(-18.0, abs=0.5)


def test_what_it_mishears_waits_for_a_person_who_listens(
    made: Callable[[str], int], database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    key = made("pakai topi merah muda")
    client = sign_in(Role.OFFICER)
    with database.reading() as look:
        script = look.get_one(Script, key)
        with pytest.raises(NoReserve):
            checked_reserve(look, script, clock.now())
        address, sha256 = f"/naskah/{script.public_id}", reserve_of(look, script.approved).sound.sha256  # type: ignore[union-attr]
    assert "belum boleh diputar" in client.get(address).get_data(as_text=True)
    with client.get(f"{address}/cadangan.flac") as heard:
        assert (heard.get_data()[:4], heard.mimetype) == (b"fLaC", "audio/flac")
    assert client.post(f"{address}/cadangan/terima", data={"number": "2"}).status_code == 409
    assert client.post(f"{address}/cadangan/terima", data={"number": "1"}).status_code == 303
    assert "Petugas Uji" in client.get(address).get_data(as_text=True)
    with database.reading() as look:
        _, reserve = checked_reserve(look, look.get_one(Script, key), clock.now())
        assert (reserve.by_ear, reserve.checked_by) == (True, "petugas")
        logged = look.scalars(select(AuditEntry).where(AuditEntry.action == "voice in reserve accepted")).one()
        assert (logged.actor, logged.details) == ("petugas", {"number": 1, "sound": sha256})


def test_a_new_version_ends_it(made: Callable[[str], int], database: Database, clock: ManualClock) -> None:
    key = made("pakai helm selalu")
    with database.writing() as tx:
        script = tx.get_one(Script, key)
        services.edit_script(
            tx, script, services.Draft("Pakai sabuk."), expected=1, by="sari", at=clock.now(), speed=140
        )
        with pytest.raises(NotApproved):
            checked_reserve(tx, script, clock.now())
        services.approve(tx, script, number=2, by="budi", at=clock.now())
        with pytest.raises(NoReserve):
            checked_reserve(tx, script, clock.now())


def test_without_a_recogniser_it_is_made_and_waits_for_a_person(
    settings: Settings, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaks(monkeypatch, "")

    def nothing(_settings: Settings) -> None:
        raise ModelUnusable("There is no model.")

    monkeypatch.setattr(loader, "load_for_station", nothing)
    with database.writing() as tx:
        ask_reserve(tx, approved(tx, clock.now()), by="sari", at=clock.now())
    Runner(database, settings, clock, jobs.KINDS).run_all()
    with database.reading() as look:
        reserve = look.scalars(select(ReserveVoice)).one()
        assert (reserve.agreement, reserve.checked_at) == (None, None)


def test_it_is_made_once_however_often_it_is_asked_for_and_can_be_discarded(
    made: Callable[[str], int],
    settings: Settings,
    database: Database,
    clock: ManualClock,
    sign_in: Callable[..., FlaskClient],
) -> None:
    key = made("pakai helm selalu")
    client = sign_in(Role.HOST)
    with database.reading() as look:
        address = f"/naskah/{look.get_one(Script, key).public_id}/cadangan"
    assert client.post(address).status_code == 303
    Runner(database, settings, clock, jobs.KINDS).run_all()
    with database.reading() as look:
        assert len(look.scalars(select(Recording)).all()) == 1
    assert client.post(f"{address}/buang").status_code == 303
    assert client.post(f"{address}/buang").status_code == 409
    assert client.get(f"{address}.flac").status_code == 404


def test_nothing_is_made_of_what_is_not_approved(
    database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        script = approved(tx, clock.now())
        services.withdraw(tx, script, by="budi", at=clock.now())
        address = f"/naskah/{script.public_id}/cadangan"
    assert sign_in(Role.PRODUCER).post(address).status_code == 409
