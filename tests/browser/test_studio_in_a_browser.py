"""The host's screen and the studio wall in a real browser: they fit, they run, and nothing typed is lost."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.programme import services as programme
from tests.factories import calls as make
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium


@pytest.fixture
def clock() -> ManualClock:
    """The browser's clock runs by itself, so the desk's begins with it."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def show(database: Database, clock: ManualClock) -> Broadcast:
    """A broadcast whose first item of a minute began two minutes ago, half a minute late."""
    began = clock.now() - timedelta(seconds=150)
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=began)
        made = broadcasts.plan(tx, series, "", began, by="sari", at=began)
        item = rundowns.add_item(tx, made, ItemKind.CALLS, "Telepon", 60, by="sari", at=began)
        broadcasts.go_on_air(tx, made, by="sari", at=began)
        broadcasts.begin_item(tx, made, item, by="sari", at=began + timedelta(seconds=30))
        return made


@pytest.fixture
def host(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> Iterator[Page]:
    opened = page_of(browser, serve(desk), sign_in(Role.HOST, username="sari"))
    yield opened
    opened.context.close()


def fill(database: Database, clock: ManualClock, count: int) -> None:
    """Ready callers with long words."""
    with database.writing() as tx:
        for number in range(count):
            call = make.in_state(tx, CallState.READY, clock.now())
            card = make.card(
                name=f"Penelepon {number + 1} " + "Panjang" * 3, may_name=True, point="Minta perhatian " * 10
            )
            calls.screen(tx, call, card, by="wati", at=clock.now())


def seconds(shown: str) -> int:
    minutes, rest = shown.rsplit(":", 1)
    return int(minutes) * 60 + int(rest)


@pytest.mark.parametrize("count", [0, 3, 40])
def test_host_and_wall_fit_a_desk_and_a_phone(
    host: Page, database: Database, clock: ManualClock, show: Broadcast, count: int
) -> None:
    fill(database, clock, count)
    for path in (f"/siaran/{show.public_id}/penyiar", "/dinding"):
        for width in (1440, 360):
            host.set_viewport_size({"width": width, "height": 800})
            host.goto(path)
            assert host.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    host.set_viewport_size({"width": 1440, "height": 900})
    host.goto(f"/siaran/{show.public_id}/penyiar")
    size = "el => parseFloat(getComputedStyle(el).fontSize)"
    assert host.locator("#clock").evaluate(size) >= 64
    for text in host.locator(".caller.next .name, .caller.next .point").all():
        assert text.evaluate(size) >= 28
    if count:
        expect(host.locator(".caller.next button[data-key=n]")).to_be_in_viewport()
    assert host.locator(".caller.next").count() == min(count, 3)
    assert host.locator(".later li").count() == max(count - 3, 0)


def test_clocks_run_and_turn_red_beyond_the_slot(
    host: Page, database: Database, clock: ManualClock, show: Broadcast
) -> None:
    fill(database, clock, 1)
    host.goto(f"/siaran/{show.public_id}/penyiar")
    behind = host.locator("[data-behind]")
    expect(behind).to_contain_text("terlambat")
    assert 90 <= seconds(behind.locator("time").inner_text()) < 150
    first = seconds(host.locator(".studio-head [data-until]").inner_text())
    host.wait_for_function(
        "text => document.querySelector('.studio-head [data-until]').textContent !== text",
        arg=host.locator(".studio-head [data-until]").inner_text(),
    )
    assert seconds(host.locator(".studio-head [data-until]").inner_text()) < first
    clock.set(clock.now() - timedelta(seconds=400))
    host.keyboard.press("n")
    expect(host.locator(".caller.air time.over")).to_be_visible()
    assert host.locator(".caller.air progress").evaluate("el => el.value") == 180


def test_what_the_host_types_stays_while_everything_around_it_changes(
    host: Page, database: Database, clock: ManualClock, show: Broadcast
) -> None:
    host.goto(f"/siaran/{show.public_id}/penyiar")
    host.keyboard.press("b")
    host.keyboard.type("Setengah kalimat")
    host.locator("details summary").click()
    host.fill("[name=why]", "Nama orang")
    fill(database, clock, 2)
    with database.writing() as tx:
        broadcasts.talk_back(tx, "Dua penelepon siap", by="wati", at=clock.now())
    expect(host.locator(".caller.next")).to_have_count(2)
    expect(host.locator("#talk")).to_contain_text("Dua penelepon siap")
    expect(host.locator(".say [name=text]")).to_have_value("Setengah kalimat")
    expect(host.locator("[name=why]")).to_have_value("Nama orang")
    host.locator(".say [name=text]").press("Enter")
    expect(host.locator("#talk li").first).to_contain_text("Setengah kalimat")
    expect(host.locator(".say [name=text]")).to_have_value("")


def test_a_refusal_leaves_the_host_where_the_host_is(
    host: Page, database: Database, clock: ManualClock, show: Broadcast
) -> None:
    fill(database, clock, 1)
    host.goto(f"/siaran/{show.public_id}/penyiar")
    host.locator(".caller.next").wait_for()
    host.evaluate("document.getElementById('studio').removeAttribute('data-live')")
    with database.writing() as tx:
        broadcast = tx.get_one(Broadcast, show.id)
        broadcasts.end(tx, broadcast, by="produser", at=clock.now())
    host.keyboard.press("n")
    expect(host.locator("#toast")).to_contain_text("Halo Uji")
    expect(host).to_have_url(re.compile(rf"/siaran/{show.public_id}/penyiar$"))
