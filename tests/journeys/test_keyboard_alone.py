"""Without a mouse: a screener from signing in to a caller who is ready, a host from the next caller to the end."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, BroadcastState, ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.programme import services as programme
from tests.factories import calls as make
from tests.factories.browsers import needs_chromium

pytestmark = needs_chromium

PASSWORD = "sepuluh-huruf"
NO_MOUSE = "addEventListener('pointerdown', () => { throw new Error('a mouse was used'); }, true)"


@pytest.fixture
def window(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], database: Database, clock: ManualClock
) -> Iterator[Callable[[str, Role], Page]]:
    """Opens a window at the sign-in page and signs a person in, by typing alone."""
    address, contexts = serve(desk), []

    def opened(username: str, role: Role) -> Page:
        with database.writing() as tx:
            accounts.add_person(tx, username, "Petugas Uji", [role], PASSWORD, by="test", at=clock.now())
        context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="id-ID")
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(NO_MOUSE)
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/masuk")
        page.keyboard.type(username)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("#clock")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def show(database: Database, clock: ManualClock) -> Broadcast:
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="produser", at=clock.now())
        made = broadcasts.plan(tx, series, "", clock.now(), by="produser", at=clock.now())
        rundowns.add_item(tx, made, ItemKind.CALLS, "Telepon", 600, by="produser", at=clock.now())
        return made


def leave_the_new_card(page: Page) -> None:
    """Out of the field that the queue's page begins in, which the browser enters a moment after the page is there."""
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.press("Escape")


def test_a_screener_signs_in_takes_a_line_and_makes_the_caller_ready(
    window: Callable[[str, Role], Page], database: Database, clock: ManualClock, show: Broadcast
) -> None:
    with database.writing() as tx:
        call = make.ringing(tx, clock.now()).public_id
    page = window("wati", Role.SCREENER)
    keyboard = page.keyboard
    with page.expect_navigation(url="**/antrean"):
        keyboard.press("a")
    leave_the_new_card(page)
    with page.expect_navigation(url=f"**/antrean/{call}"):
        keyboard.press("a")
    keyboard.press("i")
    expect(page.locator("#name")).to_be_focused()
    keyboard.type("Penelepon Satu")
    keyboard.press("Tab")
    keyboard.type("Kapas")
    keyboard.press("Tab")
    keyboard.type("Lampu jalan padam")
    keyboard.press("Tab")
    keyboard.type("Lampu di depan pasar padam")
    keyboard.press("Escape")
    expect(page.locator("#suggestion button")).to_be_visible()
    keyboard.press("y")
    for key, says in (("c", "Persetujuan"), ("*", "VIP"), ("l", "Bebaskan")):
        keyboard.press(key)
        expect(page.locator("#head")).to_contain_text(says)
    with page.expect_navigation(url="**/antrean"):
        keyboard.press("r")
    leave_the_new_card(page)
    keyboard.press("b")
    keyboard.type("Kapas siap")
    keyboard.press("Enter")
    expect(page.locator("#talk")).to_contain_text("Kapas siap")
    with database.reading() as session:
        taken = session.scalars(select(Call)).one()
        assert (taken.state, taken.category, taken.vip) == (CallState.READY, "penerangan_jalan", True)
        assert (taken.consent_by, taken.locked_by) == ("wati", None)


def test_a_host_takes_the_next_caller_and_ends_the_show(
    window: Callable[[str, Role], Page], database: Database, clock: ManualClock, show: Broadcast
) -> None:
    with database.writing() as tx:
        broadcasts.go_on_air(tx, tx.get_one(Broadcast, show.id), by="sari", at=clock.now())
        for name in ("Penelepon Satu", "Penelepon Dua"):
            call = make.in_state(tx, CallState.READY, clock.now())
            calls.screen(tx, call, make.card(name=name, may_name=True), by="wati", at=clock.now())
    page = window("sari", Role.HOST)
    keyboard = page.keyboard
    with page.expect_navigation(url="**/penyiar"):
        keyboard.press("p")
    keyboard.press("g")
    expect(page.locator(".rundown .now")).to_contain_text("Telepon")
    air = page.locator(".caller.air")
    for name in ("Penelepon Satu", "Penelepon Dua"):
        keyboard.press("n")
        expect(air).to_contain_text(name)
        keyboard.press("h")
        expect(air).to_have_count(0)
        keyboard.press("h")
        expect(air).to_contain_text(name)
        keyboard.press("t")
        expect(air.locator(".tag.good")).to_contain_text("Pengaduan")
        keyboard.press("e")
        expect(air).to_have_count(0)
    keyboard.press("3")
    expect(page.locator("#talk")).to_contain_text("Sisa dua menit.")
    keyboard.press("m")
    expect(page.locator("form.mark [name=text]")).to_be_focused()
    # Every letter of these words is a key of this page.
    keyboard.type("then hemat 7")
    keyboard.press("Enter")
    expect(page.locator(".plan .log li")).to_have_count(3)
    expect(page.locator(".plan .log")).to_contain_text("then hemat 7")
    end = page.get_by_role("button", name="Akhiri siaran")
    for _ in range(40):
        if end.evaluate("el => el === document.activeElement"):
            break
        keyboard.press("Tab")
    with page.expect_navigation():
        keyboard.press("Enter")
    with database.reading() as session:
        assert session.get_one(Broadcast, show.id).state is BroadcastState.ENDED
        kinds = [entry.kind for entry in session.scalars(select(AsRun).order_by(AsRun.id))]
    assert kinds.count(AsRunKind.CALL_ON) == 4
    assert kinds[-1] is AsRunKind.END
