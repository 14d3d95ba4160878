"""What comes in is safe on disk before anything reads it, is taken in once, and can be read again after a mend."""

import io
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.calls.models import Call, CallState, Channel, Urgency
from radiodesk.rooms.calls.transitions import drop
from radiodesk.rooms.messages import cli, webhooks
from radiodesk.rooms.messages import intake as intake_module
from radiodesk.rooms.messages.arrivals import arrival_intake, arrival_reader, arrival_store
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.messages.arrivals.arrival_store import MOST_TRIES, Arrival, NotSafe, Store
from radiodesk.rooms.messages.arrivals.web_form import FormFields
from radiodesk.rooms.messages.channels import sms
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.messages.ports import Delivery, Incoming, IncomingKind
from radiodesk.rooms.messages.unread_cards import originals, unread_calls
from radiodesk.rooms.recordings import services as audio
from radiodesk.rooms.recordings.models import Recording
from tests.factories import calls as make
from tests.factories.writers import held
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
def read_only(database: Database) -> Iterator[None]:
    """A database that may not be written to."""

    statement = "PRAGMA query_only = 1" if database.engine.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY"

    def no_more(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    event.listen(database.engine, "begin", no_more)
    try:
        yield
    finally:
        event.remove(database.engine, "begin", no_more)
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
    taker: Taker, database: Database, clock: ManualClock, settings: Settings
) -> None:
    poison = taker.store.put("sms", json.dumps({"from": "1234", "text": "Racun"}).encode(), at=clock.now())
    clock.advance(timedelta(seconds=1))
    taker.store.put("sms", json.dumps({"from": "1235", "text": "Halo"}).encode(), at=clock.now())
    for _ in range(MOST_TRIES):
        taker.store.count_try(poison)
    deadly = Taker(settings, database, read_apart=lambda _settings, _path: True)
    assert deadly.turn() == 2
    assert sorted(call.message for call in every(database)) == [CARD, "Halo"]
    assert [path.name for path in taker.store.all_odd()] == [poison.id]


def test_an_arrival_whose_readers_lost_their_power_is_taken_in_like_any_other(
    taker: Taker, database: Database, clock: ManualClock
) -> None:
    harmless = taker.store.put("sms", json.dumps({"from": "1234", "text": "Halo"}).encode(), at=clock.now())
    for _ in range(MOST_TRIES + 2):
        taker.store.count_try(harmless)
    assert taker.turn() == 1
    assert [call.message for call in every(database)] == ["Halo"]
    assert taker.store.all_odd() == taker.store.all_waiting() == []


def test_an_arrival_that_must_wait_is_not_condemned_by_the_process_that_said_so(
    taker: Taker, database: Database, clock: ManualClock, settings: Settings
) -> None:
    waits = taker.store.put("sms", json.dumps({"from": "1234", "text": "Halo"}).encode(), at=clock.now())
    for _ in range(MOST_TRIES):
        taker.store.count_try(waits)
    assert Taker(settings, database, read_apart=lambda _settings, _path: False).turn() == 0
    assert [path.name for path in taker.store.all_waiting()] == [waits.id]
    assert every(database) == []


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


def test_a_listener_whose_number_is_none_is_told_at_once_and_one_that_was_kept_is_not_lost(
    client: FlaskClient, taker: Taker, settings: Settings, database: Database, clock: ManualClock
) -> None:
    sent = {"pesan": "Lampu padam", "setuju": "yes", "telepon": "nomor saya"}
    assert client.post("/kirim", data=sent).status_code == 422
    with held(settings):
        assert client.post("/kirim", data=sent).status_code == 422
    assert taker.store.all_waiting() == taker.store.all_kept() == []
    kept = FormFields("Lampu padam", "nomor saya", "", "", False, False, "")
    taker.store.put(arrival_reader.WEB, kept.as_body(), at=clock.now())
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
    assert taker.forget(at=clock.now() + timedelta(days=30)) == 0
    assert taker.forget(at=clock.now() + timedelta(days=31)) == 1
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


BODIES_OF_A_BUTTON = [
    b'{"panic": true}',
    b'{"panic": 1}',
    b'{"panic": "yes"}',
    b'{"panic" : True, rusak',
    b'{"panic":"1"',
]


@pytest.mark.parametrize("body", BODIES_OF_A_BUTTON)
def test_every_cry_for_help_that_nobody_can_read_makes_a_card_of_its_own(
    client: FlaskClient, taker: Taker, database: Database, clock: ManualClock, body: bytes
) -> None:
    for _ in range(2):
        taker.store.put("mitra", body, at=clock.now(), facts={"partner": "Alarm"})
        taker.store.put("mitra", body, at=clock.now(), facts={"partner": "Desa"})
        # Sent again for want of an answer.
        taker.store.put("mitra", body, at=clock.now() + timedelta(minutes=1), facts={"partner": "Desa"})
        taker.turn()
        clock.advance(timedelta(days=1))
    assert [call.urgency for call in every(database)] == [Urgency.DARURAT] * 4


def test_each_card_takes_the_words_of_its_own_arrival(
    taker: Taker, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        taker.store.put("sms", b'{"absender": "+6281200000009"}', at=clock.now())
        taker.turn()
        clock.advance(timedelta(days=1))
    monkeypatch.setattr(sms, "from_gateway", lambda fields: sms_of(fields["absender"], "Macet"))
    for path in taker.store.all_odd():
        taker.again(path)
    assert [call.message for call in every(database)] == ["Macet", "Macet"]
    assert taker.store.all_odd() == []


def sms_of(sender: str, text: str) -> Delivery:
    return Delivery((Incoming(Channel.SMS, "", sender, text=text),))


@pytest.mark.parametrize("trouble", [OSError(28, "No space left"), MemoryError(), audio.DiskFull("Penuh.")])
def test_a_trouble_of_the_machine_leaves_an_arrival_waiting_and_holds_up_no_other(
    taker: Taker, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    body = FormFields("Lampu padam", "081200000001", "Warga", "Kapas", True, True, "192.0.2.1").as_body()
    taker.store.put(arrival_reader.WEB, body, at=clock.now(), sound=("suara.wav", io.BytesIO(make.wav())))
    taker.store.put("sms", b'{"from": "1235", "text": "Halo"}', at=clock.now() + timedelta(seconds=1))

    def failing(*_: object, **__: object) -> None:
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(audio, "lay_down", failing)
        for turn in range(MOST_TRIES + 2):
            assert taker.turn() == (turn == 0)
    assert [call.message for call in every(database)] == ["Halo"]
    assert taker.turn() == 1
    [_, call] = every(database)
    assert (call.message, call.name, call.may_name) == ("Lampu padam", "Warga", True)


def test_a_form_whose_card_was_made_fills_that_card(
    taker: Taker, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = FormFields("Lampu padam", "081200000001", "Warga", "Kapas", True, False, "192.0.2.1").as_body()
    taker.store.put(arrival_reader.WEB, body, at=clock.now())

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("radiodesk.rooms.messages.arrivals.arrival_intake.take_form", broken)
        taker.turn()
    [card] = every(database)
    with database.writing() as tx:
        drop(tx, tx.get_one(Call, card.id), by="wati", at=clock.now())
    [path] = taker.store.all_odd()
    for _ in range(2):
        taker.again(path)
    [call] = every(database)
    assert (call.message, call.name, call.phone, call.place) == ("Lampu padam", "Warga", "+6281200000001", "Kapas")
    assert (call.may_name, call.state) == (True, CallState.RINGING)


def test_what_turns_out_to_be_no_message_is_no_longer_unread(
    taker: Taker, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker.store.put("sms", b'{"kabar": "terkirim"}', at=clock.now())
    taker.turn()
    receipt = Incoming(Channel.SMS, "x", None, IncomingKind.RECEIPT, about="y", receipt="delivered")
    monkeypatch.setattr(sms, "from_gateway", lambda _: Delivery((receipt,)))
    [path] = taker.store.all_odd()
    taker.again(path)
    calls = every(database)
    assert [call.message for call in calls] == ["(Kini sudah terbaca: tidak ada isi untuk meja siaran.)"]
    with database.reading() as session:
        assert unread_calls(session, calls) == set()


def test_a_file_that_cannot_be_opened_is_told_once_and_holds_up_no_other(
    taker: Taker, database: Database, clock: ManualClock, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    closed = taker.store.put("sms", b"{}", at=clock.now())
    taker.store.put("sms", b'{"from": "1235", "text": "Halo"}', at=clock.now() + timedelta(seconds=1))
    path = taker.store.waiting / closed.id
    path.write_bytes(b"\0\0\0\1 not of these keys")
    for _ in range(3):
        taker.turn()
    assert [call.message for call in every(database)] == ["Halo"]
    assert caplog.text.count(closed.id) == 1


def test_what_only_the_odd_arrivals_hold_is_not_forgotten(
    taker: Taker, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = FormFields("", "", "", "", False, False, "192.0.2.1").as_body()
    taker.store.put(arrival_reader.WEB, body, at=clock.now(), sound=("suara.wav", io.BytesIO(make.wav())))
    taker.store.put("sms", b'{"x": 1}', at=clock.now())

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("radiodesk.rooms.messages.arrivals.arrival_intake.take_form", broken)
    assert taker.turn() == 2
    assert taker.forget(at=clock.now() + timedelta(days=400)) == 0
    assert len(taker.store.all_odd()) == 2
    with database.writing() as tx:
        for message in tx.scalars(select(ChannelMessage)):
            message.raw = None
    # One is settled; of the other the sound is the only copy.
    assert taker.forget(at=clock.now() + timedelta(days=400)) == 1


def test_what_a_kill_left_is_cleared_after_a_day(taker: Taker, clock: ManualClock) -> None:
    taker.store.waiting.mkdir(parents=True)
    left = [taker.store.waiting / name for name in ("0190.sound", "0190.tries", ".draft")]
    for path in left:
        path.write_bytes(b"x")
    waiting = taker.store.put("sms", b"{}", at=clock.now(), sound=("a.wav", io.BytesIO(b"x")))
    taker.forget(at=datetime.now(UTC))
    assert all(path.exists() for path in left)
    taker.forget(at=datetime.now(UTC) + timedelta(days=2))
    assert not any(path.exists() for path in left)
    assert (taker.store.waiting / f"{waiting.id}.sound").exists()


def test_a_kill_between_the_commit_and_its_note_leaves_one_copy_of_the_sound(
    taker: Taker, settings: Settings, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = FormFields("Lampu padam", "", "", "", False, False, "192.0.2.1").as_body()
    taker.store.put(arrival_reader.WEB, body, at=clock.now(), sound=("suara.wav", io.BytesIO(make.wav())))
    with monkeypatch.context() as patch:
        patch.setattr(Store, "settle", lambda *_: None)
        taker.turn()
    taker.turn()
    assert len(list(settings.audio.rglob("*.wav"))) == 1


def test_a_disk_with_room_for_live_sound_alone_takes_no_sound_from_outside(
    taker: Taker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    free = settings.disk_stop_megabytes * 1_000_000 + 30_000
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(NotSafe):
        taker.store.put(arrival_reader.WEB, b"{}", at=clock.now(), sound=("a.wav", io.BytesIO(b"x" * 16_000)))
    taker.store.put(arrival_reader.WEB, b"{}", at=clock.now(), sound=("a.wav", io.BytesIO(b"x" * 14_000)))


def test_what_could_not_be_kept_whole_is_not_taken_in_later(
    taker: Taker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Store._write

    def torn(self: Store, path: Path, arrival: Arrival) -> None:
        written(self, path, arrival)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Store, "_write", torn)
    with pytest.raises(NotSafe):
        taker.store.put("sms", b"{}", at=clock.now(), sound=("a.wav", io.BytesIO(b"x")))
    assert list(taker.store.waiting.iterdir()) == []


def test_no_secret_is_kept_with_what_came(client: FlaskClient, taker: Taker, database: Database) -> None:
    client.post("/masuk/sms", data={"x": "1", "token": "sandi"})
    client.post("/masuk/sms", json={"y": "1", "secret": "sandi"})
    by_officers_form(client)
    bodies_kept = [taker.store.read(path).body for path in (*taker.store.all_odd(), *taker.store.all_kept())]
    assert len(bodies_kept) == 3
    assert not any(b"sandi" in body or b"kode" in body for body in bodies_kept)
    with database.reading() as session:
        assert [len(originals(session, call)) for call in every(database)] == [1, 1, 0]


def test_a_form_with_too_many_fields_is_refused_in_a_sentence(client: FlaskClient) -> None:
    body = "&".join(f"a{number}=1" for number in range(1001))
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert client.post("/masuk/sms", data=body, **form).status_code == 403
    header = {"Authorization": "Bearer sandi"}
    assert client.post("/masuk/sms", data=body, headers=header, **form).status_code == 422


def test_the_commands_name_what_cannot_be_read_and_go_on(
    taker: Taker, settings: Settings, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = taker.store.put("sms", b"{}", at=clock.now())
    good = taker.store.put("sms", b'{"from": "1235", "text": "Halo"}', at=clock.now())
    (taker.store.waiting / closed.id).write_bytes(b"\0\0\0\1 not of these keys")
    monkeypatch.setattr(cli, "_taker", lambda _: taker)
    monkeypatch.setattr("radiodesk.core.command.settings", lambda: settings)
    listed = CliRunner().invoke(cli.intake, ["list"])
    assert (listed.exit_code, closed.id in listed.stderr, good.id in listed.stdout) == (0, True, True)
    read = CliRunner().invoke(cli.intake, ["again"])
    assert (read.exit_code, closed.id in read.stderr) == (0, True)
    assert [call.message for call in every(database)] == ["Halo"]


def test_a_number_with_digits_missing_is_asked_for_at_its_field(public: Flask) -> None:
    sent = {"pesan": "Lampu padam", "setuju": "yes", "telepon": "0812 3"}
    answer = public.test_client().post("/kirim", data=sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Lampu padam" in page
    field = page.split('name="telepon"')[1].split(">")[0]
    assert 'value="0812 3"' in field
    assert 'aria-invalid="true"' in field


def put_many(taker: Taker, at: datetime, count: int) -> list[Arrival]:
    def one(number: int) -> Arrival:
        sent = {"from": f"+62812000001{number:02}", "text": f"Pesan {number}", "id": f"banyak-{number}"}
        return taker.store.put("sms", json.dumps(sent).encode(), at=at)

    return [one(number) for number in range(count)]


def transactions(database: Database, act: Callable[[], object]) -> int:
    ended: list[Connection] = []

    def note(connection: Connection) -> None:
        ended.append(connection)

    event.listen(database.engine, "commit", note)
    act()
    event.remove(database.engine, "commit", note)
    return len(ended)


def test_what_machines_sent_while_nothing_was_taken_in_comes_in_together(
    taker: Taker, database: Database, now: datetime
) -> None:
    put_many(taker, now, 60)
    assert transactions(database, taker.turn) < 20
    assert sorted(call.message for call in every(database)) == sorted(f"Pesan {number}" for number in range(60))
    assert taker.store.all_waiting() == []
    assert len(taker.store.all_kept()) == 60
    assert taker.turn() == 0


def test_one_that_breaks_among_many_becomes_a_card_and_the_others_come_in(
    taker: Taker, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_many(taker, now, 5)
    taker.store.put("sms", b"{", at=now)
    whole = intake_module.take_in

    def take_in(session: Session, incoming: Incoming, **given: Any) -> Call | None:
        if incoming.text == "Pesan 3":
            raise RuntimeError("rusak")
        return whole(session, incoming, **given)

    monkeypatch.setattr(arrival_intake, "take_in", take_in)
    taker.turn()
    assert sorted(call.message for call in every(database) if call.message.startswith("Pesan")) == [
        "Pesan 0", "Pesan 1", "Pesan 2", "Pesan 4",
    ]  # fmt: skip
    assert len(every(database)) >= 5
    assert taker.store.all_waiting() == []


def test_one_that_kills_its_reader_among_many_is_set_aside_alone(
    taker: Taker, database: Database, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """What a process is at the moment of SIGKILL."""

    put_many(taker, now, 5)
    whole = intake_module.take_in

    def take_in(session: Session, incoming: Incoming, **given: Any) -> Call | None:
        if incoming.text == "Pesan 3":
            raise Killed
        return whole(session, incoming, **given)

    monkeypatch.setattr(arrival_intake, "take_in", take_in)
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            taker.turn()
    monkeypatch.setattr(arrival_intake, "take_in", whole)
    Taker(settings, database, read_apart=lambda _settings, _path: True).turn()
    words = sorted(call.message for call in every(database))
    assert [one for one in words if one.startswith("Pesan")] == ["Pesan 0", "Pesan 1", "Pesan 2", "Pesan 4"]
    assert len(words) == 5 and taker.store.all_waiting() == []


def test_a_machine_that_sends_faster_than_is_taken_in_is_answered_as_soon_as_it_is_safe(
    client: FlaskClient, database: Database, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = BoundedSemaphore(1)
    busy.acquire()
    monkeypatch.setattr(webhooks, "_taking", busy)
    assert by_sms(client) == 200
    assert every(database) == []
    busy.release()
    assert taker.turn() == 1
    assert [call.message for call in every(database)] == ["Lewat SMS"]
    assert by_sms(client) == 200, "the same again is known"
    assert len(every(database)) == 1


def test_a_file_that_cannot_be_opened_holds_up_no_other(taker: Taker, database: Database, now: datetime) -> None:
    put_many(taker, now, 3)
    looping = taker.store.waiting / "0"
    looping.symlink_to(looping)
    taker.turn()
    assert sorted(call.message for call in every(database)) == ["Pesan 0", "Pesan 1", "Pesan 2"]


def test_in_a_flood_each_is_acknowledged_once_it_is_safe_and_many_are_taken_in_together(
    client: FlaskClient, taker: Taker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [100.0]
    monkeypatch.setitem(client.application.extensions, webhooks._CAME, deque(maxlen=3))
    monkeypatch.setattr(webhooks, "FLOOD", 3)
    monkeypatch.setattr(webhooks, "monotonic", lambda: at[0])

    def post(number: int) -> bool:
        sent = {"from": f"+62812000000{number:02}", "text": f"Lewat SMS {number}", "id": str(number)}
        answer = client.post("/masuk/sms", json=sent, headers={"Authorization": "Bearer sandi"})
        assert answer.json is not None
        return bool(answer.json["taken"])

    assert [post(number) for number in range(6)] == [True, True, False, False, False, False]
    flushed: list[Path] = []
    monkeypatch.setattr(arrival_store, "_flush", flushed.append)
    assert taker.turn() == 4
    assert len(flushed) == 1
    assert len(every(database)) == 6
    at[0] += 5
    assert post(6)
