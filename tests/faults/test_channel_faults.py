"""Messages that went wrong at others: each is taken in, once, from whom it came and of when it was written."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Unreadable
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.messages import jobs, outbox
from radiodesk.rooms.messages.channels import sms
from radiodesk.rooms.messages.intake import take_in
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.traffic import queries as traffic
from radiodesk.rooms.traffic.models import RoadReport
from tests.factories.graph import playing
from tests.rooms.messages import channels as bodies

SECRET = SecretStr("rahasia")
BEARER = {"Authorization": "Bearer rahasia"}


@pytest.fixture
def given(shared: Path) -> Callable[[str], Any]:
    """An input of the folder of faults, as JSON."""
    return lambda name: json.loads((shared / "faults" / name).read_text())


@pytest.fixture
def client(station: Station) -> FlaskClient:
    """The public site of a station where every channel is open."""
    from radiodesk.web.public_site import create_public

    opened = station.settings.model_copy(
        update={
            "whatsapp_verify_token": SECRET,
            "whatsapp_app_secret": SECRET,
            "sms_token": SECRET,
            "partner_tokens": {"Mitra": SECRET},
        }
    )
    app = create_public(Station(opened, station.database, station.clock, station.notifier))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app.test_client()


def whatsapp(client: FlaskClient, value: dict[str, Any]) -> None:
    raw, headers = bodies.signed("rahasia", bodies.whatsapp(**value))
    assert client.post("/masuk/whatsapp", data=raw, headers=headers).status_code == 200


def text(client: FlaskClient, body: dict[str, Any]) -> int:
    return client.post("/masuk/sms", json=body, headers=BEARER).status_code


def every(database: Database) -> list[Call]:
    with database.reading() as session:
        return list(session.scalars(select(Call).order_by(Call.id)))


def at_that_time(clock: ManualClock, seconds: int) -> None:
    clock.advance(datetime.fromtimestamp(seconds, UTC) - clock.now())


# ---- A WhatsApp user who hides the number


@pytest.mark.parametrize(("name", "count"), [("alone", 1), ("batch", 2)])
def test_who_hides_the_number_is_taken_in_and_answered_by_user_id(
    client: FlaskClient, database: Database, settings: Settings, clock: ManualClock, given: Any, name: str, count: int
) -> None:
    at_that_time(clock, 1795959100)
    whatsapp(client, given(f"13-wa-bsuid/{name}.json"))
    calls = every(database)
    assert len(calls) == count
    assert (calls[-1].name, calls[-1].phone) == ("Warga Anonim", None)
    assert calls[-1].message == "Ada kecelakaan di Kalitidu, korban luka"
    assert count == 1 or (calls[0].name, calls[0].phone) == ("Penelepon Umum", "+6281200000111")
    with playing() as graph:
        update = {"whatsapp_token": SECRET, "whatsapp_phone_id": "100", "whatsapp_api": graph.address}
        replying = settings.model_copy(update=update)
        with database.writing() as tx:
            for call in calls:
                outbox.reply(tx, replying, tx.get_one(Call, call.id), "Kami cek.", by="wati", at=clock.now())
        Runner(database, replying, clock, jobs.KINDS).run_all()
        assert graph.sent[-1]["recipient"] == "ID.9f3kd83hs71"
        assert "to" not in graph.sent[-1]
        assert count == 1 or graph.sent[0]["to"] == "6281200000111"


def test_the_user_id_lies_encrypted_and_joins_later_calls_of_the_same_person(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    hidden = {"from_user_id": "ID.abc123", "id": "w2", "type": "text", "text": {"body": "Masih macet"}}
    shown = {**hidden, "id": "w1", "from": "6281200000111", "text": {"body": "Macet"}}
    whatsapp(client, {"contacts": [], "messages": [shown]})
    clock.advance(timedelta(hours=1))
    whatsapp(client, {"contacts": [{"profile": {"username": "warga"}, "user_id": "ID.abc123"}], "messages": [hidden]})
    first, second = every(database)
    assert (first.phone, second.phone, second.name) == ("+6281200000111", None, "@warga")
    from radiodesk.rooms.calls.queries import earlier_calls

    with database.reading() as session:
        assert [call.id for call in earlier_calls(session, second)] == [first.id]
        rows = repr(session.connection().exec_driver_sql("SELECT * FROM call").all())
    assert "abc123" not in rows


def test_a_whatsapp_call_without_a_number_waits_for_somebody_who_writes(
    client: FlaskClient, database: Database
) -> None:
    rung = {"id": "c1", "from_user_id": "ID.abc123", "event": "connect", "direction": "USER_INITIATED"}
    whatsapp(client, {"contacts": [], "calls": [rung]})
    assert [call.state for call in every(database)] == [CallState.RINGING]


def test_the_screener_sees_that_there_is_no_number(
    client: FlaskClient, clock: ManualClock, database: Database, sign_in: Callable[..., FlaskClient], given: Any
) -> None:
    at_that_time(clock, 1795959100)
    whatsapp(client, given("13-wa-bsuid/alone.json"))
    desk = sign_in(Role.SCREENER)
    assert "Tanpa nomor" in desk.get("/antrean").text
    assert "menyembunyikan nomornya" in desk.get(f"/antrean/{every(database)[0].public_id}").text


# ---- Late, foreign


def test_a_message_that_comes_six_hours_late_says_so_and_so_does_its_road_report(
    client: FlaskClient, database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient], given: Any
) -> None:
    at_that_time(clock, 1795937476 + 6 * 3600)
    whatsapp(client, given("15-wa-timestamp/late.json"))
    [call] = every(database)
    written = datetime.fromtimestamp(1795937476, UTC)
    assert (call.written_at, call.received_at - written) == (written, timedelta(hours=6))
    desk = sign_in(Role.SCREENER)
    assert "14.31" in desk.get("/antrean").text
    assert "14.31" in desk.get(f"/antrean/{call.public_id}").text
    assert "14.31" in desk.get(f"/lalin/panggilan/{call.public_id}").text
    desk.post(f"/lalin/panggilan/{call.public_id}", data={"place": "Sumberrejo", "flow": "macet", "kind": "flow"})
    with database.reading() as session:
        assert session.scalars(select(RoadReport)).one().observed_at == written
        assert traffic.live_conditions(session, clock.now()) == []


def test_the_window_for_replies_runs_from_the_writing(
    client: FlaskClient, database: Database, settings: Settings, clock: ManualClock, given: Any
) -> None:
    at_that_time(clock, 1795937476 + 6 * 3600)
    whatsapp(client, given("15-wa-timestamp/late.json"))
    replying = settings.model_copy(update={"whatsapp_token": SECRET, "whatsapp_phone_id": "100"})
    clock.advance(timedelta(hours=17))
    with database.writing() as tx:
        outbox.reply(tx, replying, tx.scalars(select(Call)).one(), "Masih terbuka.", by="wati", at=clock.now())
    clock.advance(timedelta(hours=2))
    with database.writing() as tx:
        with pytest.raises(outbox.CannotReply):
            outbox.reply(tx, replying, tx.scalars(select(Call)).one(), "Terlambat.", by="wati", at=clock.now())


@pytest.mark.parametrize(
    "stamp", ["4102444800", "-62135596800", "-1", 0, "kemarin", None, [], 1e300, "9" * 400, True, {"a": 1}, "NaN"]
)
def test_a_time_that_cannot_be_is_none(
    client: FlaskClient, database: Database, clock: ManualClock, stamp: object
) -> None:
    whatsapp(client, {"messages": [{**bodies.text("Macet"), "timestamp": stamp}]})
    [call] = every(database)
    assert (call.received_at, call.told_at, call.is_late) == (clock.now(), clock.now(), False)


def test_what_was_written_hours_apart_and_comes_at_once_is_not_joined(client: FlaskClient, database: Database) -> None:
    early = {**bodies.text("Macet total", "a"), "timestamp": str(int(bodies.WRITTEN) - 4 * 3600)}
    whatsapp(client, {"messages": [early, bodies.text("Sudah lancar", "b")]})
    assert [(call.message, call.is_late) for call in every(database)] == [
        ("Macet total", True),
        ("Sudah lancar", False),
    ]


@pytest.mark.parametrize(("name", "number"), [("Hong-Kong", "+85291234567"), ("Singapura", "+6591234567")])
def test_a_number_of_another_country_stays_there(
    client: FlaskClient, database: Database, clock: ManualClock, given: Any, name: str, number: str
) -> None:
    at_that_time(clock, 1795959100)
    whatsapp(client, given(f"18-wa-foreign-number/{name}.json"))
    assert [call.phone for call in every(database)] == [number]


# ---- Gammu


def gammu(settings: Settings, *arguments: str, **variables: bytes) -> subprocess.CompletedProcess[bytes]:
    """The command as gammu-smsd runs it: in a fresh process, with bytes in its environment."""
    environment = {
        **os.environb,
        b"RADIODESK_DATA": os.fsencode(settings.data),
        **{name.encode(): value for name, value in variables.items()},
    }
    entry = "import radiodesk.migrations.metadata; from radiodesk.__main__ import main; main()"
    command = [sys.executable, "-c", entry, "sms-received", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)


NUMBER = b"+6281200000191"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([b"Tolong di Kapas \xed\xa0\xbd\xed\xb9\x8f"], "Tolong di Kapas \N{PERSON WITH FOLDED HANDS}"),
        ([b"Banjir \xed\xa0\xbd", b"\xed\xb9\x8f selutut"], "Banjir \N{PERSON WITH FOLDED HANDS} selutut"),
        ([b"Banjir \xed\xa0\xbd"], "Banjir \N{REPLACEMENT CHARACTER}"),
        ([b"Macet di caf\xe9 Kapas"], "Macet di café Kapas"),
        (["Aman \N{PERSON WITH FOLDED HANDS}é".encode()], "Aman \N{PERSON WITH FOLDED HANDS}é"),
        ([b"\xed\xa0\xbd\xed\xb9\x8f caf\xe9 \xff"], "\N{PERSON WITH FOLDED HANDS} café ÿ"),
        (
            [b"Ada truk terguling di ", b"Jalan Raya Kalitidu, ", b"sopir terjepit."],
            "Ada truk terguling di Jalan Raya Kalitidu, sopir terjepit.",
        ),
    ],
)
def test_gammus_bytes_are_read_whatever_they_are(
    database: Database, clock: ManualClock, parts: list[bytes], words: str
) -> None:
    variables = {f"SMS_{number}_TEXT".encode(): part for number, part in enumerate(parts, start=1)}
    incoming = sms.from_gammu({b"SMS_MESSAGES": b"9", b"SMS_1_NUMBER": NUMBER, **variables}, ("IN1.txt",))
    with database.writing() as tx:
        call = take_in(tx, incoming, at=clock.now())
    assert call is not None
    assert (call.phone, call.message) == ("+6281200000191", words)


def test_a_part_that_never_came_leaves_a_gap_that_shows() -> None:
    parts = {b"SMS_1_NUMBER": NUMBER, b"SMS_1_TEXT": b"Truk terguling di ", b"SMS_3_TEXT": b"sopir terjepit"}
    assert sms.from_gammu(parts, ()).text == "Truk terguling di  […] sopir terjepit"


@pytest.mark.parametrize("title", [b"foto jalan", b""])
def test_a_picture_message_is_a_card_that_says_so(title: bytes) -> None:
    told = {b"DECODED_0_MMS_SENDER": b"+6281200000201/TYPE=PLMN", b"DECODED_0_MMS_TITLE": title}
    incoming = sms.from_gammu({b"SMS_1_NUMBER": b"3466", b"SMS_1_TEXT": b"", b"DECODED_PARTS": b"1", **told}, ("1",))
    assert incoming.sender == "+6281200000201"
    assert "pesan gambar" in incoming.text
    assert title.decode() in incoming.text


# ---- SMS gateways


def test_the_same_words_on_two_days_are_two_calls(
    client: FlaskClient, database: Database, clock: ManualClock, given: Any
) -> None:
    for day in ("day1", "day2"):
        assert text(client, given(f"21-sms-same-words/{day}.json")) == 201
        assert text(client, given(f"21-sms-same-words/{day}.json")) == 200
        clock.advance(timedelta(days=1))
    assert [call.message for call in every(database)] == ["Tolong", "Tolong"]


def test_the_same_words_without_id_and_time_are_one_within_minutes_and_two_on_two_days(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    sent = {"from": "+6281200000211", "text": "Tolong"}
    assert text(client, sent) == 201
    for wait in (timedelta(seconds=20), timedelta(minutes=4)):
        clock.advance(wait)
        assert text(client, sent) == 200
    clock.advance(timedelta(days=1))
    assert text(client, sent) == 201
    assert len(every(database)) == 2


def test_one_sms_under_two_ids_is_one(client: FlaskClient, database: Database, clock: ManualClock, given: Any) -> None:
    first, second = (given(f"23-sms-twice/{number}.json") for number in "12")
    assert text(client, first) == 201
    clock.advance(timedelta(seconds=40))
    assert text(client, second) == 200
    clock.advance(timedelta(days=1))
    assert (text(client, first), text(client, second)) == (200, 200)
    assert [call.message for call in every(database)] == ["Lampu merah Sumbang mati"]


def test_two_numbers_may_say_the_same(client: FlaskClient, database: Database) -> None:
    for number in (1, 2):
        assert text(client, {"from": f"+628120000021{number}", "text": "Macet"}) == 201
    assert len(every(database)) == 2


PLAIN = {"from": "+6281200000221", "text": "Pohon tumbang di Dander"}
GATEWAYS: dict[str, dict[str, Any]] = {
    "textbee": {
        "smsId": "a1",
        "sender": PLAIN["from"],
        "message": PLAIN["text"],
        "receivedAt": "2026-11-24T11:29:00Z",
        "deviceId": "d",
        "webhookEvent": "MESSAGE_RECEIVED",
    },
    "httpsms": {
        "id": "e1",
        "type": "message.phone.received",
        "source": "/v1/messages/receive",
        "data": {"message_id": "a1", "owner": "+628999", "contact": PLAIN["from"], "content": PLAIN["text"]},
    },
    "smssync": {
        "from": PLAIN["from"],
        "message": PLAIN["text"],
        "message_id": "a1",
        "sent_timestamp": "1795519740000",
        "secret": "x",
    },
    "twilio": {"From": PLAIN["from"], "Body": PLAIN["text"], "MessageSid": "a1", "SmsStatus": "received"},
    "vonage": {"msisdn": "6281200000221", "text": PLAIN["text"], "messageId": "a1", "type": "text"},
    "telnyx": {
        "data": {
            "event_type": "message.received",
            "payload": {"id": "a1", "from": {"phone_number": PLAIN["from"]}, "text": PLAIN["text"]},
        }
    },
    "infobip": {"results": [{"messageId": "a1", "from": "6281200000221", "text": PLAIN["text"]}], "messageCount": 1},
    "numbers": {"from": 6281200000221, "text": PLAIN["text"], "id": 7},
}


@pytest.mark.parametrize("name", GATEWAYS)
def test_the_usual_gateways_are_understood_and_their_ids_used(
    client: FlaskClient, database: Database, clock: ManualClock, name: str
) -> None:
    assert text(client, GATEWAYS[name]) == 201
    clock.advance(timedelta(days=2))
    assert text(client, GATEWAYS[name]) == 200
    assert [(call.phone, call.message) for call in every(database)] == [(PLAIN["from"], PLAIN["text"])]


def test_a_nested_payload_is_understood_and_its_id_is_no_id_without_the_time(
    client: FlaskClient, database: Database, clock: ManualClock, given: Any
) -> None:
    body = given("22-smsgate-payload/nested.json")
    later = json.loads(json.dumps(body).replace("11-24T18:30", "11-26T18:30"))
    assert (text(client, body), text(client, body)) == (201, 200)
    clock.advance(timedelta(days=2))
    assert (text(client, later), text(client, body)) == (201, 200)
    assert [call.message for call in every(database)] == ["Pohon tumbang di Dander"] * 2
    assert every(database)[0].written_at == datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "news",
    [
        {"event": "sms:delivered", "id": "1", "payload": {"messageId": "a", "phoneNumber": "+6281200000221"}},
        {"event": "system:ping", "payload": {"health": {}}},
        {"type": "message.phone.sent", "data": {"contact": "+6281200000221", "content": "Terima kasih", "id": "1"}},
        {"MessageStatus": "delivered", "From": "+6285", "MessageSid": "1"},
    ],
)
def test_news_of_what_the_station_sent_is_no_call(client: FlaskClient, database: Database, news: Any) -> None:
    assert text(client, news) == 200
    assert every(database) == []


def test_the_token_may_be_called_secret(client: FlaskClient) -> None:
    assert client.post("/masuk/sms", data={**GATEWAYS["smssync"], "secret": "rahasia"}).status_code == 201
    assert client.post("/masuk/sms", data=GATEWAYS["smssync"]).status_code == 403


def test_of_several_messages_the_bad_one_takes_none_with_it(client: FlaskClient, database: Database) -> None:
    good = [{"from": f"+628120000022{number}", "text": "Macet", "id": number} for number in (1, 2)]
    body = {"messages": [good[0], {"text": 5}, "x", good[1]]}
    assert text(client, body) == 201
    assert text(client, body) == 200
    assert [call.message for call in every(database)].count("Macet") == 2
    assert len(every(database)) == 4


# ---- Numbers, signs and ids

PASTED = "\u202a+62\u2011812\u20113456\u20117890\u202c"


def test_a_number_pasted_with_marks_is_the_number(client: FlaskClient, database: Database) -> None:
    assert client.post("/kirim", data={"pesan": "Halo", "setuju": "yes", "telepon": PASTED}).status_code == 303
    report = {"id": "1", "text": "Halo", "phone": PASTED}
    assert client.post("/masuk/mitra", json=report, headers=BEARER).status_code == 201
    assert [call.phone for call in every(database)] == ["+6281234567890"] * 2


ODD = ("a\ud83d", "\ude4f", "a\nb", "a\x00b", "x" * 10_000, "x" * 10_001, 12, 12.0, "\uffff", " ", "\U0001f64f")


@pytest.mark.parametrize("address", ["/masuk/sms", "/masuk/mitra"])
def test_odd_ids_are_taken_and_told_apart(client: FlaskClient, database: Database, address: str) -> None:
    for number, identity in enumerate(ODD[:6]):
        sent = {"id": identity, "from": f"+62812000{number:05}", "text": f"Kabar {number}"}
        assert client.post(address, json=sent, headers=BEARER).status_code == 201, ascii(identity)
        assert client.post(address, json=sent, headers=BEARER).status_code == 200, ascii(identity)
    assert len(every(database)) == 6


@pytest.mark.parametrize("odd", ODD)
def test_odd_signs_stop_nobody(client: FlaskClient, database: Database, odd: Any) -> None:
    sent = {"from": "+6281200000001", "text": f"Macet {odd}", "name": odd, "place": odd, "phone": "081200000001"}
    assert text(client, {**sent, "id": odd}) in (200, 201)
    named = {"profile": {"name": odd}, "wa_id": bodies.SENDER, "user_id": odd}
    message = {**bodies.text(f"Macet {odd}"), "id": odd, "from_user_id": odd}
    whatsapp(client, {"contacts": [named], "messages": [message]})
    answer = client.post("/masuk/mitra", json={**sent, "id": odd, "name": str(odd)[:9]}, headers=BEARER)
    assert answer.status_code in (201, 422)
    calls = every(database)
    assert [call.channel for call in calls[:2]] == [Channel.SMS, Channel.WHATSAPP]
    for call in calls:
        # A partner is told what is wrong, and the desk sees that something came.
        assert call.message.startswith(("Macet", "(pesan Aplikasi mitra"))
        call.message.encode()


def test_a_partner_report_with_half_a_sign_is_taken(client: FlaskClient, database: Database) -> None:
    report = {
        "id": "1\ud83d",
        "text": "Api \ud83d\ude4f di \ud83d Kapas",
        "name": "Warga\udc00",
        "phone": "08120\u200b0000001",
    }
    assert client.post("/masuk/mitra", json=report, headers=BEARER).status_code == 201
    [call] = every(database)
    assert call.message.startswith("Api \N{PERSON WITH FOLDED HANDS} di \N{REPLACEMENT CHARACTER} Kapas")
    assert call.phone == "+6281200000001"


def test_a_report_that_was_written_without_a_network_says_when(client: FlaskClient, database: Database) -> None:
    report = {"id": "1", "text": "Pohon tumbang", "written": "2026-11-24T04:30:00.000Z"}
    assert client.post("/masuk/mitra", json=report, headers=BEARER).status_code == 201
    [call] = every(database)
    assert (call.is_late, call.written_at) == (True, datetime(2026, 11, 24, 4, 30, tzinfo=UTC))
    assert (
        client.post("/masuk/mitra", json={**report, "id": "2", "written": "entah"}, headers=BEARER).status_code == 201
    )


# ---- All at once


@pytest.mark.parametrize("count", [120, pytest.param(2000, marks=pytest.mark.slow)])
def test_as_many_calls_as_sms_whatever_is_repeated(database: Database, clock: ManualClock, count: int) -> None:
    chance = random.Random(9)  # noqa: S311
    deliveries: list[dict[str, Any]] = []
    for number in range(count):
        sent = {"from": f"+62812{number:07}", "text": chance.choice(("Tolong", "Macet", f"Banjir {number}"))}
        identity: dict[str, Any] = chance.choice(({}, {"id": f"m{number}"}, {"sentStamp": 1795519800000 + number}))
        deliveries += [{**sent, **identity}] * chance.randint(1, 3)
        if "id" in identity and chance.random() < 0.3:
            deliveries.append({**sent, "id": f"n{number}"})
    chance.shuffle(deliveries)
    with database.writing() as tx:
        for sent in deliveries:
            for incoming in sms.from_gateway(sent).everything:
                take_in(tx, incoming, at=clock.now() + timedelta(seconds=chance.randint(0, 240)))
    calls = every(database)
    assert len(deliveries) > count
    assert len(calls) == len({call.phone for call in calls}) == count
    assert all("\n" not in call.message for call in calls)


def test_gammus_command_takes_an_sms_in_from_a_fresh_process(database: Database, settings: Settings) -> None:
    done = gammu(
        settings, "IN1.txt", SMS_MESSAGES=b"1", SMS_1_NUMBER=NUMBER, SMS_1_TEXT=b"caf\xe9 \xed\xa0\xbd", LC_ALL=b"C"
    )
    assert done.returncode == 0, done.stderr
    assert [call.message for call in every(database)] == ["café \N{REPLACEMENT CHARACTER}"]


def test_gammu_without_words_is_refused_with_a_sentence() -> None:
    with pytest.raises(Unreadable):
        sms.from_gammu({b"SMS_1_NUMBER": NUMBER, b"SMS_1_TEXT": b" "}, ("1",))


def test_an_sms_from_a_name_is_one_when_it_comes_twice(client: FlaskClient, database: Database) -> None:
    for code in (201, 200):
        assert text(client, {"from": "INFO", "text": "Promo"}) == code
    with database.reading() as session:
        assert session.scalars(select(ChannelMessage)).one().text == "Promo\nINFO"
