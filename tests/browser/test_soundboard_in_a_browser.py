"""The soundboard in a real browser, with a player behind it: a key plays, the screen shows it and says when it dies."""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.events import announce
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.programme import jobs, station_sounds
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import SoundKind
from radiodesk.rooms.programme.reserve_voices import ask_reserve
from tests.factories.browsers import needs_chromium, page_of
from tests.factories.playing import RunningPlayer, approved, player_of, speaks
from tests.factories.pulse import until

pytestmark = needs_chromium

BY = "sari"
PICTURES = os.environ.get("RADIODESK_PICTURES")


def jingle(seconds: float) -> io.BytesIO:
    out = io.BytesIO()
    soundfile.write(out, 0.3 * np.sin(np.arange(round(seconds * 48_000)) / 20), 48_000, format="FLAC")
    out.seek(0)
    return out


@pytest.fixture
def clock() -> ManualClock:
    """The browser's clock runs by itself, so the desk's begins with it."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def station(station: Station) -> Station:
    return replace(station, settings=station.settings.model_copy(update={"play_output": "file"}))


@pytest.fixture
def show(
    station: Station, database: Database, settings: Settings, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> int:
    """A show on air, whose second item is due and may be begun by its voice in reserve."""
    speaks(monkeypatch, "pakai helm selalu")
    at = clock.now() - timedelta(seconds=65)
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by=BY, at=at)
        made = services.plan(tx, series, "", at, by=BY, at=at)
        rundowns.add_item(tx, made, ItemKind.TALK, "Bincang pagi", 60, by=BY, at=at)
        script = approved(tx, at)
        item = rundowns.add_item(tx, made, ItemKind.APPEAL, "Imbauan helm", 0, by=BY, at=at, script=script)
        ask_reserve(tx, script, by=BY, at=at)
        for number, (title, kind) in enumerate((("Jingel pembuka", SoundKind.JINGLE), ("Layanan SIM", SoundKind.SPOT))):
            given = (jingle(20.0), "a.flac", title, kind)
            station_sounds.add_sound(tx, settings, *given, place=number + 1, by=BY, at=at)
        services.go_on_air(tx, made, by=BY, at=at)
        rundowns.let_reserve_begin(tx, made, item, alone=True, by=BY, at=at)
        key = made.id
    Runner(database, settings, clock, jobs.KINDS).run_all()
    return key


@pytest.fixture
def player(settings: Settings, show: int) -> Iterator[RunningPlayer]:
    with player_of(settings, "file") as running:
        yield running


@pytest.fixture
def host(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> Iterator[Page]:
    opened = page_of(browser, serve(desk), sign_in(Role.HOST, username=BY))
    yield opened
    opened.context.close()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1440, "height": 900})


def test_keys_play_and_stop_and_a_dead_player_is_told(
    host: Page, player: RunningPlayer, show: int, database: Database, clock: ManualClock
) -> None:
    def tell_screens() -> None:
        # What the attendant does when it hears of it.
        with database.writing() as tx:
            announce(tx, clock.now(), station_sounds.TOPIC, "player")

    with database.reading() as look:
        address = look.get_one(Broadcast, show).public_id
    host.goto(f"/siaran/{address}/penyiar")
    expect(host.locator("body[data-follows]")).to_be_attached()
    host.keyboard.press("Shift+Digit1")
    until(player.playing)
    tell_screens()
    expect(host.locator(".playing strong")).to_have_text("Jingel pembuka")
    assert host.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(host, "penyiar")
    host.keyboard.press("s")
    until(lambda: player.playing() is None, within=5)
    tell_screens()
    expect(host.locator(".playing")).to_have_count(0)
    player.kill()
    tell_screens()
    expect(host.locator("#soundboard .note.bad")).to_be_visible()
    picture(host, "pemutar-mati")


def test_the_count_down_is_taken_back_by_its_key(host: Page, show: int, database: Database) -> None:
    with database.reading() as look:
        address = look.get_one(Broadcast, show).public_id
    host.goto(f"/siaran/{address}/penyiar")
    expect(host.locator(".due")).to_be_visible()
    host.keyboard.press("k")
    expect(host.locator(".due")).to_have_count(0)
    with database.reading() as look:
        assert look.get_one(RundownItem, 2).reserve_since is None


def test_the_boards_own_page_takes_numbers_alone_and_fits(host: Page, player: RunningPlayer) -> None:
    host.goto("/papan-suara")
    host.keyboard.press("2")
    until(player.playing)
    for width in (1440, 360):
        host.set_viewport_size({"width": width, "height": 900})
        assert host.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(host, "papan")


def test_the_script_and_rundown_pages_in_pictures(host: Page, show: int, database: Database) -> None:
    with database.reading() as look:
        address = look.get_one(Broadcast, show).public_id
        item = look.get_one(RundownItem, 2)
        assert item.script is not None
        script = item.script.public_id
    host.goto(f"/naskah/{script}")
    expect(host.locator("#reserve audio")).to_be_visible()
    picture(host, "naskah")
    host.goto(f"/siaran/{address}")
    expect(host.locator(".rundown .tag", has_text="cadangan mulai sendiri")).to_be_visible()
    picture(host, "siaran")
