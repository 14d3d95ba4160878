"""What is played in a broadcast: never without approval, in the record as it really went out, by itself when nobody is
there to read."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.alarms import Alarms
from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.attendant.reserve_watch import ALARM, SILENT_FOR, ReserveWatch
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import playouts, rundowns, services
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, ItemKind, RundownItem
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.programme import jobs, station_sounds
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import SoundKind, StationSound
from radiodesk.rooms.programme.player_line import Order
from radiodesk.rooms.programme.reserve_voices import NoReserve, ask_reserve
from radiodesk.sound.control_socket import PartSilent
from tests.factories import calls as make
from tests.factories import shows
from tests.factories.playing import approved, speaks

BY = "penyiar"
GRACE = 20


@dataclass
class Show:
    """A broadcast on air: talk of a minute, then an item with a checked voice in reserve."""

    database: Database
    settings: Settings
    clock: ManualClock
    broadcast: int
    item: int

    def act(self, verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with self.database.writing() as tx:
            show, item = tx.get_one(Broadcast, self.broadcast), tx.get_one(RundownItem, self.item)
            chosen = {"item": item}
            return verb(tx, show, *[chosen.get(one, one) for one in given], by=BY, at=self.clock.now(), **named)

    def due(self) -> playouts.Due | None:
        with self.database.reading() as look:
            show = look.get_one(Broadcast, self.broadcast)
            return playouts.due(look, show, at=self.clock.now(), zone=self.settings.zone, grace=GRACE)

    def order(self, **given: Any) -> Order:
        with self.database.reading() as look:
            show, item = look.get_one(Broadcast, self.broadcast), look.get_one(RundownItem, self.item)
            return playouts.reserve_order(look, self.settings, show, item, by=BY, at=self.clock.now(), **given)

    def tell(self, event: str, order: Order, **more: Any) -> None:
        facts = {**order.facts, "play": order.play, "sha256": order.sha256, **more}
        with self.database.writing() as tx:
            playouts.take_in(tx, event, facts, at=self.clock.now())

    def log(self) -> list[AsRun]:
        with self.database.reading() as look:
            return list(look.scalars(select(AsRun).order_by(AsRun.id)))

    def let(self, alone: bool = True) -> None:
        self.act(rundowns.let_reserve_begin, "item", alone=alone)


@pytest.fixture
def show(settings: Settings, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Show:
    speaks(monkeypatch, "pakai helm selalu")
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo", by=BY, at=clock.now())
        broadcast = services.plan(tx, series, "", clock.now(), by=BY, at=clock.now())
        rundowns.add_item(tx, broadcast, ItemKind.TALK, "Bincang", 60, by=BY, at=clock.now())
        script = approved(tx, clock.now())
        item = rundowns.add_item(tx, broadcast, ItemKind.APPEAL, "Imbauan", 0, by=BY, at=clock.now(), script=script)
        ask_reserve(tx, script, by=BY, at=clock.now())
        services.go_on_air(tx, broadcast, by=BY, at=clock.now())
        keys = broadcast.id, item.id
    Runner(database, settings, clock, jobs.KINDS).run_all()
    return Show(database, settings, clock, *keys)


def test_what_went_out_stands_in_the_record_with_version_sound_and_times(show: Show) -> None:
    order = show.order()
    assert order.alone
    show.tell("began", order)
    show.clock.advance(timedelta(seconds=4))
    show.tell("ended", order, why="stopped", seconds=3.9, of=9.0)
    begun, over = show.log()[-2:]
    assert (begun.kind, over.kind, over.offset - begun.offset) == (AsRunKind.SCRIPT, AsRunKind.SCRIPT_END, 4.0)
    told = begun.details
    assert (told["number"], told["reserve"], told["by_itself"], told["sound"]) == (1, True, False, order.sha256)
    assert (told["approved_by"], told["checked_by"], begun.by) == ("budi", "recogniser", BY)
    assert (over.details["why"], over.details["seconds"]) == ("stopped", 3.9)
    with show.database.reading() as look:
        acts = list(look.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert acts[-2:] == ["voice in reserve began", "voice in reserve ended"]


def test_nothing_goes_out_that_is_not_approved_checked_and_on_air(show: Show) -> None:
    with show.database.writing() as tx:
        item = tx.get_one(RundownItem, show.item)
        assert item.script is not None
        programme.withdraw(tx, item.script, by="budi", at=show.clock.now())
    with pytest.raises(programme.NotApproved):
        show.order()
    with show.database.writing() as tx:
        item = tx.get_one(RundownItem, show.item)
        item.script = approved(tx, show.clock.now(), "Lain sekali.", "Lain")
    with pytest.raises(NoReserve):
        show.order()
    show.act(services.end)
    with pytest.raises(services.NotOnAir):
        show.order()


def test_a_reading_by_the_machine_is_not_finished_by_the_readers_key_and_teaches_no_speed(show: Show) -> None:
    show.tell("began", show.order())
    with pytest.raises(Conflict):
        show.act(services.finish_script)


def test_it_begins_by_itself_after_the_grace_when_nobody_begins_the_item(show: Show) -> None:
    show.clock.advance(timedelta(seconds=70))
    assert show.due() is None
    show.let()
    found = show.due()
    assert found is not None
    assert found.begins_at == show.clock.now() + timedelta(seconds=GRACE)
    show.let(alone=False)
    assert show.due() is None


def test_its_time_is_by_what_really_ran(show: Show) -> None:
    show.let()
    show.clock.advance(timedelta(seconds=40))
    with show.database.writing() as tx:
        talk = tx.scalars(select(RundownItem).where(RundownItem.position == 1)).one()
        services.begin_item(tx, tx.get_one(Broadcast, show.broadcast), talk, by=BY, at=show.clock.now())
    show.clock.advance(timedelta(seconds=59))
    assert show.due() is None
    show.clock.advance(timedelta(seconds=1))
    found = show.due()
    assert found is not None and found.due_at == show.clock.now()


def test_a_sharp_time_counts_before_all_others(show: Show) -> None:
    with show.database.writing() as tx:
        local = (show.clock.now() + timedelta(minutes=30)).astimezone(show.settings.zone)
        tx.get_one(RundownItem, show.item).hard_at = f"{local:%H:%M}"
    show.let()
    show.clock.advance(timedelta(minutes=29))
    assert show.due() is None
    show.clock.advance(timedelta(minutes=1))
    assert show.due() is not None


def test_it_never_talks_over_a_caller_and_counts_anew_when_the_caller_is_off(show: Show) -> None:
    show.let()
    show.clock.advance(timedelta(seconds=70))
    with show.database.writing() as tx:
        call = make.in_state(tx, CallState.READY, show.clock.now())
        key = call.id
        services.take(tx, tx.get_one(Broadcast, show.broadcast), call, overruled="uji", by=BY, at=show.clock.now())
    assert show.due() is None
    show.clock.advance(timedelta(seconds=90))
    with show.database.writing() as tx:
        services.end_call(tx, tx.get_one(Broadcast, show.broadcast), tx.get_one(Call, key), by=BY, at=show.clock.now())
    found = show.due()
    assert found is not None and found.begins_at == show.clock.now() + timedelta(seconds=GRACE)


def test_an_item_that_began_or_was_skipped_is_not_begun_by_itself(show: Show) -> None:
    show.let()
    show.clock.advance(timedelta(seconds=70))
    show.tell("began", show.order())
    assert show.due() is None


@pytest.fixture
def watch(show: Show) -> tuple[ReserveWatch, list[Order]]:
    told: list[Order] = []
    settings = show.settings.model_copy(update={"play_output": "null", "reserve_seconds": GRACE})
    seconds = iter(range(0, 10_000, 3))
    watch = ReserveWatch(
        settings,
        show.database,
        show.clock,
        tell=lambda _settings, order: told.append(order),
        ask=lambda _settings: {"there": True, "playing": None},
        monotonic=lambda: float(next(seconds)),
    )
    return watch, told


def test_the_attendant_counts_down_and_begins(show: Show, watch: tuple[ReserveWatch, list[Order]]) -> None:
    watching, told = watch
    show.let()
    show.clock.advance(timedelta(seconds=60))
    watching.turn()
    assert told == []
    show.clock.advance(timedelta(seconds=GRACE - 1))
    watching.turn()
    assert told == []
    show.clock.advance(timedelta(seconds=1))
    watching.turn()
    [order] = told
    assert (order.facts["by"], order.facts["by_itself"]) == ("attendant", True)
    show.tell("began", order)
    watching.turn()
    assert len(told) == 1
    assert show.log()[-1].details["by_itself"] is True


def test_a_player_that_refuses_is_asked_again(show: Show, watch: tuple[ReserveWatch, list[Order]]) -> None:
    watching, told = watch
    show.let()
    show.clock.advance(timedelta(seconds=60 + GRACE))

    def silent(_settings: Settings, _order: Order) -> None:
        raise PartSilent("away")

    watching.tell, kept = silent, watching.tell
    watching.turn()
    watching.tell = kept
    watching.turn()
    assert len(told) == 1


def test_a_dead_player_is_told_on_every_screen(show: Show, watch: tuple[ReserveWatch, list[Order]]) -> None:
    watching, _ = watch
    alarms = Alarms(show.settings.alarms)
    watching.look_at_player()
    assert alarms.current() == []
    watching.ask = lambda _settings: None
    clock = iter([100.0, 100.0 + SILENT_FOR + 1, 110.0])
    watching.monotonic = lambda: next(clock)
    watching.look_at_player()
    watching.look_at_player()
    assert [one.name for one in alarms.current()] == [ALARM]
    watching.ask = lambda _settings: {"there": True, "playing": None}
    watching.look_at_player()
    assert alarms.current() == []


def test_what_will_begin_by_itself_is_made_in_time_and_once(
    show: Show, watch: tuple[ReserveWatch, list[Order]]
) -> None:
    watching, _ = watch
    with show.database.writing() as tx:
        tx.get_one(RundownItem, show.item).script = approved(tx, show.clock.now(), "Pakai helm selalu.", "Baru")
    show.let()
    for _ in range(2):
        watching.make_ready()
    assert Runner(show.database, show.settings, show.clock, jobs.KINDS).run_all() == 1
    watching.make_ready()
    assert Runner(show.database, show.settings, show.clock, jobs.KINDS).run_all() == 0
    show.order()


def test_jingles_come_in_are_levelled_and_lie_on_keys(
    settings: Settings, database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in(Role.PRODUCER)
    for title in ("Pembuka", "Jeda"):
        given = {"file": (shows.sound(2.0), "jingle.flac"), "title": title, "kind": "jingle", "place": "3"}
        assert client.post("/papan-suara", data=given).status_code == 303
    assert client.post("/papan-suara", data={"file": (io.BytesIO(b"bukan"), "x.mp3")}).status_code == 422
    Runner(database, settings, clock, jobs.KINDS).run_all()
    with database.reading() as look:
        first, second = look.scalars(select(StationSound).order_by(StationSound.id))
        assert (first.place, second.place) == (None, 3)
        assert second.lufs == pytest.approx(-18.0, abs=0.5)
        assert station_sounds.ready_sound(settings, second).is_there()
        address = f"/papan-suara/{second.public_id}"
    with client.get(f"{address}/suara.flac") as heard:
        assert heard.get_data()[:4] == b"fLaC"
    assert client.post(address, data={"title": "", "kind": "spot"}).status_code == 422
    assert client.post(address, data={"title": "Jeda iklan", "kind": "spot", "place": "13"}).status_code == 422
    assert client.post(address, data={"title": "Jeda iklan", "kind": "lain"}).status_code == 422
    assert client.post(address, data={"title": "Jeda iklan", "kind": "spot", "place": ""}).status_code == 303
    shown = client.get("/papan-suara").get_data(as_text=True)
    assert "Jeda iklan" in shown and f"{second.lufs:.1f} LUFS".replace(".", ",") in shown
    # No player runs: a clear refusal, no fault.
    assert client.post(f"{address}/main").status_code == 503
    assert client.post(f"{address}/hapus").status_code == 303
    assert client.post(f"{address}/main").status_code == 404


def test_a_sound_in_the_rundown_is_in_the_record_and_a_dead_player_does_not_hold_the_item_up(
    show: Show, sign_in: Callable[..., FlaskClient]
) -> None:
    with show.database.writing() as tx:
        sound = station_sounds.add_sound(
            tx, show.settings, shows.sound(1.0), "a.flac", "Jingle pagi", SoundKind.JINGLE, by=BY, at=show.clock.now()
        )
        sound_id = sound.public_id
    Runner(show.database, show.settings, show.clock, jobs.KINDS).run_all()
    client = sign_in(Role.HOST)
    with show.database.reading() as look:
        broadcast = look.get_one(Broadcast, show.broadcast)
        talk = look.scalars(select(RundownItem).where(RundownItem.position == 1)).one()
        address = f"/siaran/{broadcast.public_id}/acara/{talk.public_id}"
    assert client.post(f"{address}/suara", data={"sound": sound_id}).status_code == 303
    app = client.application
    held = app.extensions["radiodesk"]
    app.extensions["radiodesk"] = replace(held, settings=held.settings.model_copy(update={"play_output": "null"}))
    assert client.post(f"{address}/mulai").status_code == 503
    assert show.log()[-1].kind is AsRunKind.ITEM
    with show.database.reading() as look:
        found = look.scalars(select(StationSound)).one()
        order = playouts.sound_order(show.settings, found, look.get_one(Broadcast, show.broadcast), by=BY)
    show.tell("began", order)
    show.tell("ended", order, why="killed", seconds=0.4, of=1.0)
    begun, over = show.log()[-2:]
    assert (begun.kind, begun.title, over.kind) == (AsRunKind.SOUND, "Jingle pagi", AsRunKind.SOUND_END)
    page = client.get(f"/siaran/{broadcast.public_id}").get_data(as_text=True)
    assert "Jingle pagi" in page


def test_the_hosts_screen_shows_the_count_down_and_the_key_that_takes_it_back(
    show: Show, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in(Role.HOST)
    app = client.application
    held = app.extensions["radiodesk"]
    app.extensions["radiodesk"] = replace(held, settings=held.settings.model_copy(update={"play_output": "null"}))
    with show.database.reading() as look:
        broadcast, item = look.get_one(Broadcast, show.broadcast), look.get_one(RundownItem, show.item)
        address, one = f"/siaran/{broadcast.public_id}", item.public_id
    assert client.post(f"{address}/acara/{one}/cadangan-sendiri", data={"alone": "yes"}).status_code == 303
    show.clock.advance(timedelta(seconds=61))
    page = client.get(f"{address}/penyiar").get_data(as_text=True)
    assert 'data-key="k"' in page and 'class="note warn row due"' in page
    assert client.post(f"{address}/acara/{one}/cadangan-sendiri", data={"alone": ""}).status_code == 303
    assert 'class="note warn row due"' not in client.get(f"{address}/penyiar").get_data(as_text=True)
    assert client.post(f"{address}/acara/{one}/cadangan").status_code == 503
