"""What listeners, gateways and partners write becomes a call in the same queue, once, and nothing else does."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Unreadable
from radiodesk.http.request import Station
from radiodesk.rooms.calls import queries
from radiodesk.rooms.calls.models import Call, CallState, Channel, Urgency
from radiodesk.rooms.calls.transitions import merge
from radiodesk.rooms.messages import webhooks
from radiodesk.rooms.messages.channels import sms, whatsapp
from radiodesk.rooms.messages.intake import take_in
from radiodesk.rooms.messages.message_changes import instead, withdrawn_calls
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.messages.ports import Incoming, IncomingKind
from radiodesk.rooms.recordings.models import Recording
from tests.factories import calls as make
from tests.rooms.messages import channels as bodies

Open = Callable[..., FlaskClient]


@pytest.fixture
def site(station: Station) -> Open:
    """Gives the public site of a station with these settings."""

    def opened(**settings: Any) -> FlaskClient:
        from radiodesk.web.public_site import create_public

        given = station.settings.model_copy(update=settings)
        app = create_public(Station(given, station.database, station.clock, station.notifier))
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        return app.test_client()

    return opened


def every(database: Database) -> list[Call]:
    with database.reading() as session:
        return list(session.scalars(select(Call).order_by(Call.id)))


def marked(database: Database) -> list[int]:
    """The calls that hold a message which its sender withdrew."""
    with database.reading() as session:
        return sorted(withdrawn_calls(session, session.scalars(select(Call)).all()))


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/masuk/whatsapp?hub.mode=subscribe&hub.verify_token=&hub.challenge=1"),
        ("POST", "/masuk/whatsapp"),
        ("POST", "/masuk/sms"),
        ("POST", "/masuk/mitra"),
        ("GET", "/pos-jago"),
        ("POST", "/pos-jago"),
        ("GET", "/pos-jago/sw.js"),
        ("POST", "/masuk/pos-jago"),
    ],
)
def test_what_is_not_set_up_does_not_exist(site: Open, method: str, address: str) -> None:
    assert site().open(address, method=method).status_code == 404


def test_a_station_may_close_its_web_form(site: Open) -> None:
    client = site(web_form=False)
    assert client.get("/kirim").status_code == 404
    assert client.post("/kirim", data={"pesan": "Halo", "setuju": "yes"}).status_code == 404


# ---- Web form

REPORT = {"pesan": "Lampu jalan padam", "tempat": "Kapas", "nama": "Penelepon Satu", "setuju": "yes"}


def test_a_listener_writes_through_the_web_form(site: Open, database: Database) -> None:
    answer = site().post("/kirim", data={**REPORT, "telepon": "0812 0000 0001", "boleh_nama": "yes"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kirim/terima-kasih")
    [call] = every(database)
    assert (call.channel, call.state, call.message, call.place) == (
        Channel.WEB,
        CallState.RINGING,
        "Lampu jalan padam",
        "Kapas",
    )
    assert (call.may_name, call.may_call_back, call.consent_by) == (True, False, "web")


def test_a_listener_sends_a_voice_recording(site: Open, database: Database) -> None:
    data = {"setuju": "yes", "suara": (io.BytesIO(make.wav()), "rekaman.wav")}
    assert site().post("/kirim", data=data, content_type="multipart/form-data").status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Recording)).one().problem is None


def test_a_broken_recording_costs_no_words_and_is_named_alone(site: Open, database: Database) -> None:
    client = site()
    data = {**REPORT, "suara": (io.BytesIO(b"PK\x03\x04"), "rekaman.wav")}
    answer = client.post("/kirim", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "suara" in client.get(answer.headers["Location"]).get_data(as_text=True).split('class="note bad"')[1]
    assert [call.message for call in every(database)] == ["Lampu jalan padam"]
    alone = {"setuju": "yes", "suara": (io.BytesIO(b"PK\x03\x04"), "rekaman.wav")}
    answer = client.post("/kirim", data=alone, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "rekaman.wav" in answer.get_data(as_text=True)


@pytest.mark.parametrize("lacking", ["pesan", "setuju"])
def test_an_incomplete_form_comes_back_with_what_was_typed(site: Open, database: Database, lacking: str) -> None:
    answer = site().post("/kirim", data={key: value for key, value in REPORT.items() if key != lacking})
    assert answer.status_code == 422
    assert "Kapas" in answer.get_data(as_text=True)
    assert every(database) == []


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(site: Open, database: Database) -> None:
    assert site().post("/kirim", data={**REPORT, "situs": "http://iklan"}).status_code == 303
    assert every(database) == []


def test_one_address_cannot_flood_the_queue(site: Open, database: Database, clock: ManualClock) -> None:
    client = site(intake_per_hour=2)
    assert [client.post("/kirim", data=REPORT).status_code for _ in range(3)] == [303, 303, 429]
    clock.advance(timedelta(hours=1, minutes=1))
    assert client.post("/kirim", data=REPORT).status_code == 303


# ---- WhatsApp

WHATSAPP = {"whatsapp_verify_token": SecretStr("kata"), "whatsapp_app_secret": SecretStr("rahasia")}


def post(client: FlaskClient, body: Any, signing: str = "rahasia") -> int:
    raw, headers = bodies.signed(signing, body)
    return client.post("/masuk/whatsapp", data=raw, headers=headers).status_code


def test_whatsapp_is_answered_its_challenge_only_with_the_right_word(site: Open) -> None:
    client = site(**WHATSAPP)
    address = "/masuk/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    assert client.get(address + "kata").get_data(as_text=True) == "1158201444"
    assert client.get(address + "salah").status_code == 403


def test_a_whatsapp_text_becomes_a_call_with_number_and_name(site: Open, database: Database) -> None:
    assert post(site(**WHATSAPP), bodies.whatsapp(bodies.text("Jalan rusak"))) == 200
    [call] = every(database)
    assert (call.channel, call.phone, call.name) == (Channel.WHATSAPP, "+6281200000001", "Penelepon Satu")
    assert call.message == "Jalan rusak"


def test_an_unsigned_or_forged_body_is_refused(site: Open, database: Database) -> None:
    client = site(**WHATSAPP)
    body = bodies.whatsapp(bodies.text("Palsu"))
    assert post(client, body, signing="tebakan") == 403
    assert client.post("/masuk/whatsapp", json=body).status_code == 403
    assert every(database) == []


def test_a_message_that_comes_twice_is_taken_once(site: Open, database: Database) -> None:
    client = site(**WHATSAPP)
    for _ in range(3):
        assert post(client, bodies.whatsapp(bodies.text("Jalan rusak"))) == 200
    assert [call.message for call in every(database)] == ["Jalan rusak"]


def test_several_messages_in_a_row_are_one_call_until_somebody_opened_it(
    site: Open, database: Database, clock: ManualClock
) -> None:
    client = site(**WHATSAPP)
    post(client, bodies.whatsapp(bodies.text("Selamat malam", "a"), bodies.text("Lampu padam", "b")))
    [call] = every(database)
    assert call.message == "Selamat malam\n\nLampu padam"
    clock.advance(timedelta(minutes=20))
    post(client, bodies.whatsapp(bodies.text("Masih padam", "c")))
    assert len(every(database)) == 2


def test_a_withdrawn_message_is_kept_and_the_screener_told(site: Open, database: Database) -> None:
    client = site(**WHATSAPP)
    post(client, bodies.whatsapp(bodies.text("Rahasia", "a")))
    revoked = {"from": bodies.SENDER, "id": "b", "type": "revoke", "revoke": {"original_message_id": "a"}}
    post(client, bodies.whatsapp(revoked))
    [call] = every(database)
    assert call.message == "Rahasia"
    assert call.notes == ""
    assert marked(database) == [call.id]


def test_a_withdrawal_that_comes_before_its_message_is_kept_for_it(site: Open, database: Database) -> None:
    client = site(**WHATSAPP)
    revoked = {"from": bodies.SENDER, "id": "b", "type": "revoke", "revoke": {"original_message_id": "a"}}
    for _ in range(2):
        post(client, bodies.whatsapp(revoked))
    assert every(database) == []
    post(client, bodies.whatsapp(bodies.text("Rahasia", "a")))
    [call] = every(database)
    assert marked(database) == [call.id]


def test_a_missed_call_does_not_end_what_the_same_person_wrote(
    site: Open, database: Database, clock: ManualClock
) -> None:
    client = site(**WHATSAPP)
    post(client, bodies.whatsapp(bodies.text("Rumah saya kebakaran", "a")))
    rung = {"id": "wacid.1", "from": bodies.SENDER, "event": "connect", "direction": "USER_INITIATED"}
    post(client, bodies.whatsapp(calls=[rung]))
    [call] = every(database)
    assert call.state is CallState.RINGING
    assert call.message.startswith("Rumah saya kebakaran\n\n(panggilan WhatsApp")


def test_what_comes_after_a_merge_reaches_the_call_that_it_became(
    site: Open, database: Database, clock: ManualClock
) -> None:
    client = site(**WHATSAPP)
    post(client, bodies.whatsapp(bodies.text("Jalan Kapas", "a")))
    [wrote] = every(database)
    with database.writing() as tx:
        first, second = (make.ringing(tx, clock.now(), message="Lewat telepon") for _ in range(2))
        merge(tx, first, tx.get_one(Call, wrote.id), by="wati", at=clock.now())
        merge(tx, second, first, by="wati", at=clock.now())
    changed = {"type": "text", "text": {"body": "Jalan Dander"}}
    edit = {"original_message_id": "a", "message": changed}
    post(client, bodies.whatsapp({"from": bodies.SENDER, "id": "b", "type": "edit", "edit": edit}))
    revoked = {"from": bodies.SENDER, "id": "c", "type": "revoke", "revoke": {"original_message_id": "a"}}
    post(client, bodies.whatsapp(revoked))
    wrote, first, second = every(database)
    assert (wrote.message, second.message) == ("Jalan Kapas", "Lewat telepon\n\nLewat telepon\n\nJalan Dander")
    assert marked(database) == [wrote.id, first.id, second.id]


def test_an_edited_message_replaces_its_words_and_keeps_the_old_ones(site: Open, database: Database) -> None:
    client = site(**WHATSAPP)
    post(client, bodies.whatsapp(bodies.text("Jalan Kapas", "a")))
    changed = {"type": "text", "text": {"body": "Jalan Dander"}}
    edit = {"original_message_id": "a", "message": changed}
    post(client, bodies.whatsapp({"from": bodies.SENDER, "id": "b", "type": "edit", "edit": edit}))
    with database.reading() as session:
        message = session.scalars(select(ChannelMessage)).one()
    assert [call.message for call in every(database)] == ["Jalan Dander"]
    assert (message.text, message.before) == ("Jalan Dander", "Jalan Kapas")


@pytest.mark.parametrize(
    ("words", "old", "after"),
    [
        ("Macet\n\nMacet di Kapas", "Macet", "Lancar\n\nMacet di Kapas"),
        ("Jl. Kapas 1\n\nKapas", "Kapas", "Jl. Kapas 1\n\nLancar"),
        ("Macet\n\nya\n\nMacet", "Macet", "Macet\n\nya\n\nLancar"),
        ("satu\n\ndua\n\ntiga", "satu\n\ndua", "Lancar\n\ntiga"),
        ("tidak ada", "ada", "tidak ada\n\nLancar"),
    ],
)
def test_an_edit_changes_the_words_of_its_own_message_alone(words: str, old: str, after: str) -> None:
    assert instead(words, old, "Lancar") == after


def test_a_location_is_kept_as_a_position(site: Open, database: Database) -> None:
    held = {"latitude": -7.15, "longitude": 111.88, "name": "Alun-alun"}
    post(site(**WHATSAPP), bodies.whatsapp({"from": bodies.SENDER, "id": "a", "type": "location", "location": held}))
    [call] = every(database)
    assert (call.latitude, call.longitude, call.place) == (-7.15, 111.88, "Alun-alun")


def test_a_whatsapp_call_stands_on_the_call_back_list(site: Open, database: Database, clock: ManualClock) -> None:
    rung = {"id": "wacid.1", "from": bodies.SENDER, "event": "connect", "direction": "USER_INITIATED"}
    post(site(**WHATSAPP), bodies.whatsapp(calls=[rung]))
    with database.reading() as session:
        assert [call.phone for call in queries.call_back_list(session, at=clock.now()).rows] == ["+6281200000001"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "teks",
        None,
        {"object": "page", "entry": []},
        {"object": "whatsapp_business_account"},
    ],
)
def test_a_signed_body_that_is_none_is_refused_with_a_sentence(site: Open, body: Any) -> None:
    assert post(site(**WHATSAPP), body) == 422


def test_every_kind_of_real_webhook_body_is_understood(site: Open, shared: Path, database: Database) -> None:
    folder = shared / "messages" / "whatsapp"
    client = site(**WHATSAPP)
    for path in sorted(folder.glob("*.json")):
        for kind, body in json.loads(path.read_text()).items():
            assert post(client, body) == 200, f"{path.name}: {kind}"
    assert every(database)


def test_every_kind_of_real_message_keeps_its_words_and_media(shared: Path) -> None:
    samples = json.loads((shared / "messages" / "whatsapp" / "pywa_message.json").read_text())
    passed_over = {"static_sticker", "animated_sticker", "reaction", "unreaction_empty", "unreaction_no_emoji"}
    odd = {"order", "unsupported", "unsupported_with_type", "interactive_message_with_err"}
    for kind, body in samples.items():
        found = whatsapp.parse(body)
        if kind in passed_over:
            assert found.everything == ()
            continue
        [message] = found.everything
        assert message.text or message.media, kind
        assert (message.sender, message.address) == ("+972987654321", "US.13491208655302741918")
        assert (message.raw is not None) == (kind in odd), kind


# ---- SMS


def test_a_gateway_posts_an_sms_as_form_or_json(site: Open, database: Database) -> None:
    client = site(sms_token=SecretStr("sandi"))
    sent = {"from": "+6281200000001", "text": "Macet di Kapas", "id": "77"}
    assert client.post("/masuk/sms", data={**sent, "token": "sandi"}).status_code == 201
    header = {"Authorization": "Bearer sandi"}
    assert client.post("/masuk/sms", json=sent, headers=header).status_code == 200
    assert client.post("/masuk/sms", json={**sent, "id": "78", "text": "Masih"}, headers=header).status_code == 201
    assert client.post("/masuk/sms", json=sent).status_code == 403
    assert client.post("/masuk/sms", json={"from": "1"}, headers=header).status_code == 422
    assert client.post("/masuk/sms", json=["x"], headers=header).status_code == 422
    first, *cards = every(database)
    assert first.message == "Macet di Kapas\n\nMasih"
    # What nobody could read is refused, kept as it came, and shown.
    assert [call.message for call in cards] == ["(pesan SMS yang belum dapat dibaca; aslinya disimpan)"] * 2


def test_a_flood_at_one_stations_door_is_none_at_anothers(site: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "FLOOD", 3)
    monkeypatch.setattr(webhooks, "monotonic", lambda: 5.0)
    flooded, beside = (site(sms_token=SecretStr("sandi")) for _ in range(2))

    def sent(client: FlaskClient, number: int) -> int:
        body = {"from": "+6281200000001", "text": f"Pesan {number}", "id": str(number), "token": "sandi"}
        return client.post("/masuk/sms", data=body).status_code

    assert [sent(flooded, number) for number in range(4)] == [201, 201, 200, 200]
    assert sent(beside, 4) == 201


@pytest.mark.parametrize(
    ("event", "count"),
    [
        ("deliver_sm", 1),
        ("DeliverSm", 1),
        ("sms:received", 1),
        ("sender", 1),
        ("apa saja", 1),
        ("sms:sent", 0),
        ("messageSent", 0),
        ("DELIVERED", 0),
        ("delivery_report", 0),
        ("message.send.expired", 0),
    ],
)
def test_an_event_is_news_of_the_station_by_its_whole_words(event: str, count: int) -> None:
    sent = {"event": event, "from": "+6281200000001", "text": "Macet", "id": "1"}
    assert len(sms.from_gateway(sent).everything) == count


def test_two_pictures_in_a_row_are_two(database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        for identity in ("1", "2"):
            fields = {"from": "+6281200000001", "text": "", "id": identity, "num_media": "1"}
            for one in sms.from_gateway(fields).everything:
                take_in(tx, one, at=clock.now())
    with database.reading() as session:
        assert [len(call.message.split("\n\n")) for call in every(database)] == [2]
        assert len(session.scalars(select(ChannelMessage)).all()) == 2


def test_gammu_hands_over_a_message_in_parts() -> None:
    parts = {
        b"SMS_MESSAGES": b"2",
        b"SMS_1_NUMBER": b"+6281200000001",
        b"SMS_1_TEXT": b"Macet di ",
        b"SMS_2_TEXT": b"Kapas",
    }
    incoming = sms.from_gammu(parts, ("12", "13"))
    assert (incoming.sender, incoming.text) == ("+6281200000001", "Macet di Kapas")
    decoded = sms.from_gammu({**parts, b"DECODED_PARTS": b"1", b"DECODED_1_TEXT": b"Macet di Dander"}, ("12",))
    assert decoded.text == "Macet di Dander"


@pytest.mark.parametrize("environment", [{}, {b"SMS_MESSAGES": b"x"}, {b"SMS_MESSAGES": b"1", b"SMS_1_NUMBER": b"1"}])
def test_gammu_without_a_message_is_refused(environment: dict[bytes, bytes]) -> None:
    with pytest.raises(Unreadable):
        sms.from_gammu(environment, ())


def test_a_named_sender_is_nobody_to_call_back(database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        call = take_in(tx, Incoming(Channel.SMS, "1", "INFO", text="Promo"), at=clock.now())
    assert call is not None
    assert (call.phone, call.message) == (None, "Promo\nINFO")


# ---- Partners and Pos Jago

PARTNER = {"partner_tokens": {"Alarm Polisi": SecretStr("kunci-mitra")}}
BEARER = {"Authorization": "Bearer kunci-mitra"}
PANIC = {"id": "9", "panic": True, "phone": "0812 0000 0001", "latitude": -7.15, "longitude": 111.88}


def test_a_panic_button_stands_urgent_at_the_top(site: Open, database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        make.in_state(tx, CallState.RINGING, clock.now())
    answer = site(**PARTNER).post("/masuk/mitra", json=PANIC, headers=BEARER)
    assert answer.status_code == 201
    with database.reading() as session:
        first = queries.board(session, at=clock.now()).unscreened[0]
    assert (first.channel, first.urgency, first.latitude) == (Channel.PARTNER, Urgency.DARURAT, -7.15)
    assert "Alarm Polisi" in first.message


def test_a_partner_report_sent_again_is_taken_once(site: Open, database: Database) -> None:
    client = site(**PARTNER)
    assert client.post("/masuk/mitra", json=PANIC, headers=BEARER).status_code == 201
    again = client.post("/masuk/mitra", json=PANIC, headers=BEARER)
    assert (again.status_code, again.get_json()) == (200, {"id": "Alarm Polisi:9", "taken": True})
    assert len(every(database)) == 1


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"id": "1"}, "text"),
        ({"text": "x"}, "id"),
        ({"id": "1", "text": "x", "latitude": 100}, "latitude"),
        ({"id": "1", "text": "x", "latitude": "NaN"}, "latitude"),
        ([], "body"),
        ({"id": "1", "text": ["x"]}, "text"),
    ],
)
def test_a_bad_report_names_the_field_as_json(site: Open, body: Any, names: str) -> None:
    answer = site(**PARTNER).post("/masuk/mitra", json=body, headers=BEARER)
    assert answer.status_code == 422
    assert names in answer.get_json()["error"]


def test_a_stranger_and_a_monster_are_refused(site: Open, database: Database) -> None:
    client = site(**PARTNER)
    assert client.post("/masuk/mitra", json=PANIC, headers={"Authorization": "Bearer x"}).status_code == 403
    assert client.post("/masuk/mitra", data=b"{", headers=BEARER).status_code == 422
    assert client.post("/masuk/mitra", data=b"[" * 100_000, headers=BEARER).status_code == 422
    assert client.post("/masuk/mitra", data=b" " * 1_100_000, headers=BEARER).status_code == 413
    # The partner's own bodies that nobody could read are kept, and shown once however often they come.
    assert client.post("/masuk/mitra", data=b"{", headers=BEARER).status_code == 422
    assert [call.message for call in every(database)] == [
        "(pesan Aplikasi mitra yang belum dapat dibaca; aslinya disimpan)"
    ] * 2


def test_pos_jago_reports_sync_and_plain_forms_work_too(site: Open, database: Database) -> None:
    client = site(pos_jago_token=SecretStr("pos"))
    assert client.get("/pos-jago").status_code == 200
    with client.get("/pos-jago/sw.js") as worker:
        assert worker.headers["Service-Worker-Allowed"] == "/pos-jago"
    report = {"id": "a-1", "text": "Jembatan retak", "place": "Dander", "officer": "Petugas Uji"}
    header = {"Authorization": "Bearer pos"}
    assert client.post("/masuk/pos-jago", json=report, headers=header).status_code == 201
    assert client.post("/masuk/pos-jago", json=report, headers=header).status_code == 200
    assert client.post("/masuk/pos-jago", json=report).status_code == 403
    plain = {"kode": "pos", "text": "Pohon tumbang", "officer": "Petugas Uji"}
    assert client.post("/pos-jago", data=plain).status_code == 303
    assert client.post("/pos-jago", data={**plain, "kode": "salah"}).status_code == 403
    calls = every(database)
    assert [call.message.splitlines()[0] for call in calls] == ["Jembatan retak", "Pohon tumbang"]
    assert {call.channel for call in calls} == {Channel.POS_JAGO}


def test_news_of_nothing_known_is_passed_over(database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        for kind in (IncomingKind.EDIT, IncomingKind.DELETE, IncomingKind.RECEIPT):
            assert take_in(tx, Incoming(Channel.WHATSAPP, "x", "1", kind, about="tidak-ada"), at=clock.now()) is None
