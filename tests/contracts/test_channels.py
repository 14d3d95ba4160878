"""What every registered channel must do, built in or plugged in: let in whom it knows, read, or refuse in words."""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import func, select

from radiodesk.core import i18n
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Unreadable
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.doctor import CHECKS
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call, Channel, Urgency
from radiodesk.rooms.messages import attachments, channels, jobs, outbox
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.messages.channels import BUILT_IN, registered_channels
from radiodesk.rooms.messages.channels.sms_channel import GammuChannel
from radiodesk.rooms.messages.models import ChannelMessage, IncomingMedia, OutgoingMessage, TransferState
from radiodesk.rooms.messages.ports import (
    Admitted,
    ChallengedChannel,
    Delivery,
    Incoming,
    IncomingKind,
    MediaChannel,
    MediaReference,
    NotSent,
    NotSigned,
    PanicChannel,
    Posted,
    ReplyChannel,
)
from tests.factories.graph import playing
from tests.rooms.messages import channels as bodies

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(registered_channels())
SECRET = "rahasia-sekali"
NUMBER = "+6281200000001"
BEARER = {"authorization": f"Bearer {SECRET}"}
JSON = {"content-type": "application/json"}
GARBAGE = [
    b"",
    b"\x00" * 50,
    b"\xff\xfe<",
    b"{",
    b"[" * 50_000,
    b"null",
    b"{}",
    b"[1]",
    b'"x"',
    b'{"id": {}}',
    b"a=b&a",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@dataclass(frozen=True)
class Sample:
    """What opens a channel, and one message as its sender posts it."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


def _whatsapp() -> Sample:
    body, headers = bodies.signed(SECRET, bodies.whatsapp(bodies.image("m1", "Lubang di jalan")))
    opened = {"whatsapp_verify_token": SecretStr(SECRET), "whatsapp_app_secret": SecretStr(SECRET)}
    return Sample(body, {name.lower(): value for name, value in headers.items()}, opened)


def _as_json(told: Any, headers: Mapping[str, str] = BEARER, **opened: Any) -> Sample:
    return Sample(json.dumps(told).encode(), {**JSON, **headers}, opened)


SAMPLES = {
    "whatsapp": _whatsapp(),
    "sms": _as_json({"id": "1", "from": NUMBER, "text": "Macet", "token": SECRET}, {}, sms_token=SecretStr(SECRET)),
    "gammu": Sample(GammuChannel.kept({b"SMS_1_NUMBER": NUMBER.encode(), b"SMS_1_TEXT": b"Macet"}, ("IN1.txt",))),
    "mitra": _as_json({"id": "1", "text": "Macet", "phone": NUMBER}, partner_tokens={"Alarm": SecretStr(SECRET)}),
    "pos-jago": _as_json({"id": "1", "text": "Macet"}, pos_jago_token=SecretStr(SECRET)),
    "blackhole": _as_json(
        {"id": "1", "from": NUMBER, "text": "Macet", "files": [{"name": "m1", "mime": "image/jpeg"}]},
        channels={"blackhole": {"token": SecretStr(SECRET)}},
    ),
}
SAMPLED = sorted(set(NAMES) & set(SAMPLES))


def opened(given_settings: Settings, name: str) -> Settings:
    return given_settings.model_copy(update=dict(SAMPLES[name].settings))


def admitted(given_settings: Settings, name: str) -> Admitted:
    """The sample as it is kept; of a channel that no address is open for, as its command keeps it."""
    channel, sample = registered_channels()[name], SAMPLES[name]
    if not channel.is_open(opened(given_settings, name)):
        return Admitted(sample.body)
    return channel.admit(opened(given_settings, name), Posted(sample.body, sample.headers))


@pytest.fixture
def site(station: Station) -> Callable[..., FlaskClient]:
    """Gives the public site of a station with these settings."""

    def made(**update: Any) -> FlaskClient:
        from radiodesk.web.public_site import create_public

        app = create_public(
            Station(station.settings.model_copy(update=update), station.database, station.clock, station.notifier)
        )
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        return app.test_client()

    return made


# ---- The registry


def test_the_built_in_channels_are_declared_as_entry_points_and_have_a_sample() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["radiodesk.channels"]
    assert declared == BUILT_IN
    assert set(BUILT_IN) == set(SAMPLES)


@pytest.mark.parametrize("target", ["no_such_module:Channel", "json:loads", "json:no_such_name", "pathlib:Path"])
def test_a_plug_in_that_cannot_be_used_takes_no_other_with_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    registered_channels.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(channels, "BUILT_IN", {"aneh": target, **BUILT_IN})
        found = registered_channels()
    registered_channels.cache_clear()
    assert set(BUILT_IN) <= set(found)
    assert "aneh" not in found
    assert "'aneh'" in caplog.text


# ---- Who may write


@pytest.mark.parametrize("name", NAMES)
def test_a_station_without_settings_is_closed(settings: Settings, name: str) -> None:
    assert not registered_channels()[name].is_open(settings)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", GARBAGE)
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer \udcff"}, {"x-hub-signature-256": "sha256=é"}])
def test_a_stranger_is_let_in_nowhere(settings: Settings, name: str, body: bytes, headers: Mapping[str, str]) -> None:
    update = dict(SAMPLES[name].settings) if name in SAMPLES else {}
    for given_settings in (settings, settings.model_copy(update=update)):
        for kind in ("application/json", "application/x-www-form-urlencoded", ""):
            with pytest.raises((NotSigned, Unreadable)):
                registered_channels()[name].admit(given_settings, Posted(body, {"content-type": kind, **headers}))


@pytest.mark.parametrize("name", SAMPLED)
def test_no_secret_stays_in_what_is_kept(settings: Settings, name: str) -> None:
    kept = admitted(settings, name)
    assert SECRET.encode() not in kept.body
    assert SECRET not in "".join([*kept.facts, *kept.facts.values()])


@pytest.mark.parametrize("name", SAMPLED)
def test_its_address_is_that_of_its_name(site: Callable[..., FlaskClient], settings: Settings, name: str) -> None:
    sample = SAMPLES[name]
    assert site().post(f"/masuk/{name}", data=sample.body, headers=sample.headers).status_code == 404
    if not registered_channels()[name].is_open(opened(settings, name)):
        return
    client = site(**sample.settings)
    assert client.post(f"/masuk/{name}", data=b"{}", headers=JSON).status_code == 403
    codes = [client.post(f"/masuk/{name}", data=sample.body, headers=sample.headers).status_code for _ in "12"]
    assert codes == [admitted(settings, name).new_status, 200]
    challenged = isinstance(registered_channels()[name], ChallengedChannel)
    assert client.get(f"/masuk/{name}").status_code == (403 if challenged else 405)


def test_there_is_nothing_at_the_addresses_of_former_doors(site: Callable[..., FlaskClient]) -> None:
    client = site(**SAMPLES["mitra"].settings)
    for name in ("partner", "pos-jago-form", "web", "tidak-ada"):
        assert client.post(f"/masuk/{name}", data=SAMPLES["mitra"].body, headers=BEARER).status_code == 404


# ---- What they bring


def read(name: str, body: bytes, facts: Mapping[str, str] | None = None) -> Delivery:
    """What a channel reads: nothing but ``Unreadable`` may keep it from that."""
    try:
        found = registered_channels()[name].read(body, facts or {})
    except Unreadable as refused:
        assert "\n" not in str(refused)
        return Delivery()
    assert found == registered_channels()[name].read(body, facts or {})
    for one in found.everything:
        assert one.channel is registered_channels()[name].channel
        assert one.written_at is None or one.written_at.tzinfo is not None
        assert one.raw is None or one.text
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", GARBAGE)
@pytest.mark.parametrize("facts", [{}, {"type": "application/x-www-form-urlencoded"}, {"partner": "\udcff"}])
def test_garbage_raises_nothing_but_unreadable(name: str, body: bytes, facts: dict[str, str]) -> None:
    read(name, body, facts)


@pytest.mark.parametrize("name", SAMPLED)
@trying(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_message_with_anything_in_it_raises_nothing_but_unreadable(settings: Settings, name: str, data: Any) -> None:
    told = json.loads(SAMPLES[name].body)
    field_name = data.draw(st.sampled_from(sorted(told)))
    told[field_name] = data.draw(ANYTHING)
    kept = admitted(settings, name)
    read(name, json.dumps(told).encode(), kept.facts)
    cut = data.draw(st.integers(min_value=0, max_value=len(kept.body)))
    read(name, kept.body[:cut] + data.draw(st.binary(max_size=3)) + kept.body[cut + 1 :], kept.facts)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_is_no_cry_for_help(name: str, body: bytes) -> None:
    channel = registered_channels()[name]
    assert not isinstance(channel, PanicChannel) or channel.is_panic(body) is False


@pytest.mark.parametrize("name", SAMPLED)
def test_what_is_read_can_be_taken_in_twice_and_is_one_call(
    settings: Settings, database: Database, clock: ManualClock, name: str
) -> None:
    kept, taker = admitted(settings, name), Taker(settings, database)
    assert read(name, kept.body, kept.facts).messages
    for _ in range(2):
        taker.store.put(name, kept.body, at=clock.now(), facts=kept.facts)
        assert taker.turn() == 1
    for path in taker.store.all_kept():
        taker.again(path)
    [call] = every(database)
    channel = registered_channels()[name]
    assert (call.channel, call.line) == (channel.channel, name if channel.channel is Channel.OTHER else None)


@pytest.mark.parametrize("name", NAMES)
def test_what_nobody_can_read_is_one_card(
    settings: Settings, database: Database, clock: ManualClock, name: str
) -> None:
    taker = Taker(settings, database)
    for _ in range(2):
        taker.store.put(name, b"\xff", at=clock.now())
        taker.turn()
    [call] = every(database)
    assert "aslinya disimpan" in call.message


@pytest.mark.parametrize(("door", "channel"), [("partner", Channel.PARTNER), ("pos-jago-form", Channel.POS_JAGO)])
def test_what_an_earlier_release_left_on_the_disk_is_read(
    settings: Settings, database: Database, clock: ManualClock, door: str, channel: Channel
) -> None:
    taker = Taker(settings, database)
    for identity, body in enumerate((SAMPLES["mitra"].body, b'{"panic": true, "latitude": 100}')):
        taker.store.put(door, body, at=clock.now(), facts={"partner": f"Alarm {identity}"})
    taker.turn()
    assert {(call.channel, call.urgency) for call in every(database)} == {
        (channel, Urgency.BIASA),
        (channel, Urgency.DARURAT),
    }


def every(database: Database) -> list[Call]:
    with database.reading() as session:
        return list(session.scalars(select(Call).order_by(Call.id)))


# ---- Replies and files


@pytest.mark.parametrize("name", [one for one in NAMES if isinstance(registered_channels()[one], ReplyChannel)])
def test_a_reply_goes_out_or_is_refused_with_a_sentence(settings: Settings, name: str) -> None:
    channel = registered_channels()[name]
    assert isinstance(channel, ReplyChannel)
    assert not channel.can_send(settings)
    try:
        channel.send(settings, NUMBER, "Terima kasih.")
    except NotSent as why:
        assert str(why)
        assert "\n" not in str(why)


@pytest.mark.parametrize("name", [one for one in NAMES if isinstance(registered_channels()[one], MediaChannel)])
@pytest.mark.parametrize("media", ["m1", "", "../kunci", "/etc/hostname", "a\x00b", "x" * 5000, "\udcff"])
def test_a_file_that_is_not_set_up_is_refused_with_a_sentence(settings: Settings, name: str, media: str) -> None:
    channel = registered_channels()[name]
    assert isinstance(channel, MediaChannel)
    with pytest.raises(NotSent) as why:
        list(channel.fetch(settings, media))
    assert str(why.value)


AWAY: dict[str, dict[str, Any]] = {
    "whatsapp": {
        "whatsapp_token": SecretStr(SECRET),
        "whatsapp_phone_id": "100",
        "whatsapp_api": "http://127.0.0.1:1",
    },
    "sms": {"sms_gateway_url": "http://127.0.0.1:1/"},
}


@pytest.mark.parametrize("name", AWAY)
def test_a_channel_whose_server_is_away_is_tried_again_and_tells_no_secret(settings: Settings, name: str) -> None:
    away, channel = settings.model_copy(update=AWAY[name]), registered_channels()[name]
    assert isinstance(channel, ReplyChannel)
    assert channel.can_send(away)
    with pytest.raises(NotSent) as why:
        channel.send(away, NUMBER, "Terima kasih.")
    assert why.value.again
    assert SECRET not in str(why.value)


@contextmanager
def with_files(name: str, folder: Path, files: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    """Settings under which a channel has these files."""
    if name == "blackhole":
        for file, held in files.items():
            (folder / file).write_bytes(held)
        yield {"channels": {name: {"token": SecretStr(SECRET), "folder": SecretStr(str(folder))}}}
        return
    with playing() as graph:
        graph.files.update(files)
        yield {**AWAY[name], "whatsapp_api": graph.address}


@pytest.mark.parametrize("name", ["whatsapp", "blackhole"])
@pytest.mark.parametrize(("size", "state"), [(9, TransferState.DONE), (1_200_000, TransferState.FAILED)])
def test_a_file_is_fetched_up_to_a_size(
    settings: Settings, database: Database, clock: ManualClock, tmp_path: Path, name: str, size: int, state: Any
) -> None:
    kept, taker = admitted(settings, name), Taker(settings, database)
    taker.store.put(name, kept.body, at=clock.now(), facts=kept.facts)
    taker.turn()
    with with_files(name, tmp_path, {"m1": b"x" * size}) as update:
        small = settings.model_copy(update={**update, "upload_megabytes": 1})
        Runner(database, small, clock, jobs.KINDS).run_all()
    with database.reading() as session:
        media, [call] = session.scalars(select(IncomingMedia)).one(), session.scalars(select(Call)).all()
        files = attachments.of_call(session, call)
    assert media.state is state
    assert bool(media.problem) is (state is TransferState.FAILED)
    assert [one.bytes for one in files] == [size] * (state is TransferState.DONE)


@pytest.mark.parametrize("media", ["", ".", "..", "../kunci", "/etc/hostname", "a\x00b", "x" * 5000, "\udcff", "m1/"])
def test_the_blackhole_gives_nothing_from_beside_its_folder(settings: Settings, tmp_path: Path, media: str) -> None:
    (tmp_path / "kunci").write_bytes(b"x")
    (tmp_path / "berkas").mkdir()
    (tmp_path / "berkas" / "m1").write_bytes(b"x")
    channel = registered_channels()["blackhole"]
    assert isinstance(channel, MediaChannel)
    with with_files("blackhole", tmp_path / "berkas", {}) as update:
        given_settings = settings.model_copy(update=update)
        assert list(channel.fetch(given_settings, "m1")) == [b"x"]
        with pytest.raises(NotSent):
            list(channel.fetch(given_settings, media))


# ---- A plug-in


class Pigeon:
    """Another one that shares the value of plug-ins; it has the numbers and ids of the blackhole."""

    name = "merpati"
    channel = Channel.OTHER
    replies_within = None
    sent: tuple[tuple[str, str], ...] = ()

    def is_open(self, settings: Settings) -> bool:
        return True

    def admit(self, settings: Settings, posted: Posted) -> Admitted:
        return Admitted(posted.body)

    def read(self, body: bytes, facts: Mapping[str, str]) -> Delivery:
        if body == b"receipt":
            news = Incoming(Channel.OTHER, "n1", None, IncomingKind.RECEIPT, about="k1", receipt="delivered")
            return Delivery((news,))
        file = MediaReference("m1", "image/jpeg")
        return Delivery((Incoming(Channel.OTHER, "1", NUMBER, text="Lewat merpati", media=(file,)),))

    def can_send(self, settings: Settings) -> bool:
        return True

    def send(self, settings: Settings, to: str, words: str) -> str:
        self.sent = (*self.sent, (to, words))
        return "k1"


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    made = Pigeon()
    known = {**registered_channels(), made.name: made}
    for module in ("channels", "webhooks"):
        monkeypatch.setattr(f"radiodesk.rooms.messages.{module}.registered_channels", lambda: known)
    return made


def test_plug_ins_that_share_a_value_do_not_meet(
    site: Callable[..., FlaskClient],
    settings: Settings,
    database: Database,
    clock: ManualClock,
    pigeon: Pigeon,
    sign_in: Callable[..., FlaskClient],
) -> None:
    sample = SAMPLES["blackhole"]
    client = site(**sample.settings)
    assert client.post("/masuk/merpati", data=b"x").status_code == 201
    assert client.post("/masuk/blackhole", data=sample.body, headers=sample.headers).status_code == 201
    assert client.post("/masuk/merpati", data=b"x").status_code == 200
    first, second = every(database)
    assert [(one.line, one.message) for one in (first, second)] == [
        ("merpati", "Lewat merpati"),
        ("blackhole", "Macet"),
    ]
    replying = opened(settings, "blackhole")
    with database.writing() as tx:
        for call in (first, second):
            assert outbox.can_reply(replying, call)
            held = tx.get_one(Call, call.id)
            outbox.reply(tx, replying, held, f"Kepada {call.line}", by="wati", at=clock.now())
    Runner(database, replying, clock, jobs.KINDS).run_all()
    assert pigeon.sent == ((NUMBER, "Kepada merpati"),)
    assert client.post("/masuk/merpati", data=b"receipt").status_code == 200
    with database.reading() as session:
        sent = select(OutgoingMessage.external_id, OutgoingMessage.state).order_by(OutgoingMessage.id)
        states = session.execute(sent).all()
        assert session.scalar(select(func.count()).select_from(ChannelMessage)) == 2
        problems = session.scalars(select(IncomingMedia.problem).order_by(IncomingMedia.id)).all()
    assert [tuple(one) for one in states] == [("merpati:k1", TransferState.DELIVERED), (None, TransferState.DONE)]
    assert problems == ["Saluran asal berkas ini sudah tidak ada.", "Berkas ini tidak ditemukan."]
    assert "Saluran lain · merpati" in sign_in(Role.SCREENER).get("/antrean").text


def test_the_time_for_replies_runs_from_what_came_by_the_same_plug_in(
    site: Callable[..., FlaskClient],
    settings: Settings,
    database: Database,
    clock: ManualClock,
    pigeon: Pigeon,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pigeon, "replies_within", timedelta(hours=6))
    client = site(**SAMPLES["blackhole"].settings)
    assert client.post("/masuk/merpati", data=b"x").status_code == 201
    clock.advance(timedelta(hours=7))
    assert client.post("/masuk/blackhole", data=SAMPLES["blackhole"].body, headers=BEARER).status_code == 201
    [call, _] = every(database)
    with database.writing() as tx:
        with pytest.raises(outbox.CannotReply) as why:
            outbox.reply(tx, settings, tx.get_one(Call, call.id), "Halo", by="wati", at=clock.now())
    assert "merpati hanya menerima balasan sampai 6 jam" in i18n.say(why.value)


def test_the_doctor_tells_of_a_setting_that_opens_no_channel(settings: Settings) -> None:
    named = {"blackhole": {"token": SecretStr(SECRET)}, "merpati": {"token": SecretStr(SECRET)}}
    told = [one.sentence for one in CHECKS["channels"](settings.model_copy(update={"channels": named}))]
    assert told == [
        "Saluran blackhole terbuka.",
        "Pengaturan channels menyebut merpati, tetapi saluran itu tidak terpasang atau isinya belum lengkap.",
    ]
    assert list(CHECKS["channels"](settings)) == []


def test_a_plug_in_that_is_gone_costs_no_message(
    settings: Settings, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker = Taker(settings, database)
    taker.store.put("merpati", b"x", at=clock.now())
    taker.turn()
    [card] = every(database)
    assert (card.line, card.message) == ("merpati", "(pesan merpati yang belum dapat dibaca; aslinya disimpan)")
    with database.writing() as tx:
        with pytest.raises(outbox.CannotReply):
            outbox.reply(tx, settings, tx.get_one(Call, card.id), "Halo", by="wati", at=clock.now())
    known = {**registered_channels(), "merpati": Pigeon()}
    monkeypatch.setattr("radiodesk.rooms.messages.channels.registered_channels", lambda: known)
    [path] = taker.store.all_odd()
    taker.again(path)
    [call] = every(database)
    assert (call.message, call.phone) == ("Lewat merpati", NUMBER)


def test_a_plug_in_that_fails_leaves_a_card(
    site: Callable[..., FlaskClient],
    settings: Settings,
    database: Database,
    pigeon: Pigeon,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_self: Pigeon, _body: bytes, _facts: Mapping[str, str]) -> Delivery:
        raise ZeroDivisionError

    monkeypatch.setattr(Pigeon, "read", broken)
    answer = site().post("/masuk/merpati", data=b"x")
    assert (answer.status_code, answer.get_json()["safe"]) == (200, True)
    assert Taker(settings, database).turn() == 1
    [call] = every(database)
    assert "pesan merpati" in call.message
