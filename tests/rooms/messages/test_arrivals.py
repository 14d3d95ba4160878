"""What comes in is safe on disk before anything reads it, is taken in once, and can be read again after a mend."""

import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import event, select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages import sms
from radiodesk.rooms.messages.arrivals import arrival_reader
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.messages.arrivals.arrival_store import MOST_TRIES, Store
from radiodesk.rooms.recordings.models import Recording
from tests.factories import calls as make
from tests.rooms.messages import channels as bodies

CARD = "(pesan SMS yang belum dapat dibaca; aslinya disimpan)"
ALL_DOORS = {
    "whatsapp_verify_token": SecretStr("kata"),
    "whatsapp_app_secret": SecretStr("rahasia"),
    "sms_token": SecretStr("sandi"),
    "partner_tokens": {"Alarm": SecretStr("mitra")},
    "pos_jago_token": SecretStr("jago"),
}


@pytest.fixture
def open_doors(station: Station) -> Station:
    return Station(station.settings.model_copy(update=ALL_DOORS), station.database, station.clock, station.notifier)


@pytest.fixture
def client(open_doors: Station) -> FlaskClient:
    from radiodesk.web.public_site import create_public

    app = create_public(open_doors)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app.test_client()


@pytest.fixture
def taker(open_doors: Station) -> Taker:
    return Taker(open_doors.settings, open_doors.database)


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    other = sqlite3.connect(settings.data / "radiodesk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """A database that may not be written to."""

    def no_more(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA query_only = 1")

    database.engine.dispose()
    event.listen(database.engine, "connect", no_more)
    try:
        yield
    finally:
        event.remove(database.engine, "connect", no_more)
        database.engine.dispose()


def every(database: Database) -> list[Call]:
    with database.reading() as session:
        return list(session.scalars(select(Call).order_by(Call.id)))


def whatsapp(client: FlaskClient) -> int:
    raw, headers = bodies.signed("rahasia", bodies.whatsapp(bodies.text("Lewat WhatsApp")))
    return client.post("/masuk/whatsapp", data=raw, headers=headers).status_code


def by_sms(client: FlaskClient) -> int:
    sent = {"from": "+6281200000002", "text": "Lewat SMS", "id": "9"}
    return client.post("/masuk/sms", json=sent, headers={"Authorization": "Bearer sandi"}).status_code


def by_partner(client: FlaskClient) -> int:
    sent = {"id": "7", "text": "Lewat mitra", "phone": "+6281200000003"}
    return client.post("/masuk/mitra", json=sent, headers={"Authorization": "Bearer mitra"}).status_code


def by_pos_jago(client: FlaskClient) -> int:
    sent = {"id": "8", "text": "Lewat Pos Jago"}
    return client.post("/masuk/pos-jago", json=sent, headers={"Authorization": "Bearer jago"}).status_code


def by_form(client: FlaskClient) -> int:
    return client.post("/kirim", data={"pesan": "Lewat formulir", "setuju": "yes"}).status_code


def by_officers_form(client: FlaskClient) -> int:
    return client.post("/pos-jago", data={"text": "Lewat formulir jago", "kode": "jago"}).status_code


DOORS: list[tuple[Callable[[FlaskClient], int], str]] = [
    (whatsapp, "Lewat WhatsApp"),
    (by_sms, "Lewat SMS"),
    (by_partner, "Lewat mitra"),
    (by_pos_jago, "Lewat Pos Jago"),
    (by_form, "Lewat formulir"),
    (by_officers_form, "Lewat formulir jago"),
]


@pytest.mark.parametrize(("door", "words"), DOORS)
@pytest.mark.parametrize("trouble", ["held", "read-only"])
def test_while_the_database_takes_nothing_every_door_says_yes_and_nothing_is_lost(
    client: FlaskClient,
    taker: Taker,
    settings: Settings,
    database: Database,
    door: Callable[[FlaskClient], int],
    words: str,
    trouble: str,
) -> None:
    with held(settings) if trouble == "held" else read_only(database):
        assert door(client) in (200, 303)
    assert every(database) == []
    assert taker.turn() == 1
    assert [call.message.split("\n")[0] for call in every(database)] == [words]
    assert taker.turn() == 0
    # What its sender sends again, for want of an answer, is the same.
    if door not in (by_form, by_officers_form):
        assert door(client) == 200
        assert len(every(database)) == 1


@pytest.mark.parametrize(("door", "_words"), DOORS)
def test_a_fault_nobody_foresaw_costs_no_message(
    client: FlaskClient,
    taker: Taker,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    door: Callable[[FlaskClient], int],
    _words: str,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("radiodesk.rooms.messages.arrivals.arrival_intake.take_in", broken)
        patch.setattr("radiodesk.rooms.messages.arrivals.arrival_intake.take_form", broken)
        assert door(client) in (200, 303)
    assert len(taker.store.all_waiting()) == 1
    assert taker.turn() == 1
    assert len(every(database)) == 1


def test_what_no_release_understands_yet_shows_as_a_card_and_is_read_again_after_a_mend(
    client: FlaskClient, taker: Taker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = {"absender": "+6281200000009", "inhalt": "Macet di Kapas"}
    answer = client.post("/masuk/sms", json=odd, headers={"Authorization": "Bearer sandi"})
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["safe"]
    assert [call.message for call in every(database)] == [CARD]
    [path] = taker.store.all_odd()
    assert taker.again(path) is not None
    assert [call.message for call in every(database)] == [CARD]

    original = sms.from_gateway
    monkeypatch.setattr(
        sms, "from_gateway", lambda fields: original({"from": fields["absender"], "text": fields["inhalt"], "id": "1"})
    )
    taken = taker.again(path)
    assert taken is not None and taken.problem is None
    [call] = every(database)
    assert (call.message, call.phone) == ("Macet di Kapas", "+6281200000009")
    assert taker.store.all_odd() == []
    [kept] = taker.store.all_kept()
    assert taker.again(kept) is not None
    assert len(every(database)) == 1


def test_an_arrival_that_kills_whoever_reads_it_is_set_aside_and_holds_up_no_other(
    taker: Taker, database: Database, clock: ManualClock
) -> None:
    poison = taker.store.put(arrival_reader.SMS, json.dumps({"from": "1234", "text": "Racun"}).encode(), at=clock.now())
    clock.advance(timedelta(seconds=1))
    taker.store.put(arrival_reader.SMS, json.dumps({"from": "1235", "text": "Halo"}).encode(), at=clock.now())
    for _ in range(MOST_TRIES):
        taker.store.tried(poison)
    assert taker.turn() == 2
    assert sorted(call.message for call in every(database)) == [CARD, "Halo"]
    assert [path.name for path in taker.store.all_odd()] == [poison.id]


def test_a_recording_that_came_while_the_database_was_held_becomes_one(
    client: FlaskClient, taker: Taker, settings: Settings, database: Database
) -> None:
    data = {"setuju": "yes", "suara": (io.BytesIO(make.wav()), "rekaman.wav")}
    with held(settings):
        answer = client.post("/kirim", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert taker.turn() == 1
    with database.reading() as session:
        recording = session.scalars(select(Recording)).one()
    assert recording.problem is None
    assert (settings.audio / recording.key).read_bytes() == make.wav()
    # One copy of the sound, and no other left over from the first try.
    assert len(list(settings.audio.rglob("*.wav"))) == 1
    assert list(settings.arrivals.rglob("*.sound")) == []


def test_a_listener_whose_number_is_none_is_told_at_once_and_later_not_lost(
    client: FlaskClient, taker: Taker, settings: Settings, database: Database
) -> None:
    sent = {"pesan": "Lampu padam", "setuju": "yes", "telepon": "nomor saya"}
    assert client.post("/kirim", data=sent).status_code == 422
    assert taker.store.all_waiting() == taker.store.all_kept() == []
    with held(settings):
        assert client.post("/kirim", data=sent).status_code == 303
    taker.turn()
    assert [call.message for call in every(database)] == ["Lampu padam\nnomor saya"]


def test_nothing_of_an_arrival_lies_in_clear_and_it_is_forgotten_after_its_days(
    client: FlaskClient, taker: Taker, settings: Settings, clock: ManualClock
) -> None:
    client.post("/kirim", data={"pesan": "Rahasia Penelepon Contoh", "setuju": "yes", "telepon": "081200000077"})
    [kept] = taker.store.all_kept()
    assert taker.store.read(kept).body
    assert b"Contoh" not in kept.read_bytes()
    assert b"0812" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    assert taker.store.forget(at=clock.now() + timedelta(days=30)) == 0
    assert taker.store.forget(at=clock.now() + timedelta(days=31)) == 1
    assert not kept.exists()


def test_on_a_full_disk_the_sender_is_told_to_send_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(Store, "_write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    answer = client.post("/kirim", data={"pesan": "Lampu padam di Kapas malam ini", "setuju": "yes"})
    assert answer.status_code == 503
    assert "Lampu padam di Kapas" in answer.get_data(as_text=True)
    machine = client.post("/masuk/sms", json={"from": "1", "text": "x"}, headers={"Authorization": "Bearer sandi"})
    assert machine.status_code == 503
    assert machine.json is not None and "penuh" in machine.json["error"]


def test_a_damaged_sound_gives_a_sentence_and_the_station_goes_on(
    client: FlaskClient, shared: Path, settings: Settings, database: Database
) -> None:
    for path in sorted((shared / "faults" / "41-damaged-sound").iterdir()):
        data = {"setuju": "yes", "suara": (io.BytesIO(path.read_bytes()), "rekaman.mp3")}
        answer = client.post("/kirim", data=data, content_type="multipart/form-data")
        assert answer.status_code in (303, 422)
        with held(settings):
            pass  # the lock is free at once
    with database.reading() as session:
        assert session.scalars(select(Recording)).all()
