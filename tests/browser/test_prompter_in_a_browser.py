"""A reader at the prompter and a producer at the screen that drives it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.events import announce
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind
from tests.factories.browsers import complaints_of, needs_chromium, page_of

pytestmark = needs_chromium

LINES = [f"Baris {number}: jalan di simpang itu ramai lancar dari dua arah." for number in range(1, 31)]


@pytest.fixture
def clock() -> ManualClock:
    """The browser's clock runs by itself, so the desk's begins with it."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def way(database: Database, clock: ManualClock) -> str:
    at = clock.now()
    with database.writing() as tx:
        draft = programme.Draft("\n".join(LINES))
        script = programme.write_script(tx, ScriptKind.FREE, "Arus", draft, by="sari", at=at, speed=140)
        programme.approve(tx, script, number=1, by="sari", at=at)
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=at)
        made = services.plan(tx, series, "", at, by="sari", at=at)
        rundowns.add_item(tx, made, ItemKind.SCRIPT, "Arus pagi", 60, script=script, by="sari", at=at)
        rundowns.add_item(tx, made, ItemKind.CALLS, "Telepon", 600, by="sari", at=at)
        return f"/siaran/{made.public_id}/prompter"


@pytest.fixture
def window(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> Iterator[Callable[..., Page]]:
    address = serve(desk)
    opened: list[Page] = []

    def open_one(username: str, role: Role, path: str) -> Page:
        page = page_of(browser, address, sign_in(role, username=username))
        opened.append(page)
        page.goto(path)
        page.locator("body[data-follows]").wait_for(state="attached")
        return page

    yield open_one
    for page in opened:
        page.context.close()


def top(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.window').scrollTop"))


def here(page: Page) -> str:
    return str(page.locator(".here").get_attribute("data-number"))


def test_a_producer_drives_the_reader_and_changes_a_line_in_place(way: str, window: Callable[..., Page]) -> None:
    reader = window("penyiar", Role.HOST, way)
    complaints = complaints_of(reader)
    officer = window("petugas", Role.OFFICER, f"{way}/kendali")
    officer.get_by_role("button", name="Ke sini").nth(9).click()
    expect(reader.locator(".here")).to_have_attribute("data-number", "9")
    expect(officer.locator("[data-line][aria-current]")).to_contain_text("Baris 10:")
    officer.get_by_role("button", name="Gulir").first.click()
    expect(reader.locator("#prompter.rolling")).to_be_visible()
    before = top(reader)
    reader.wait_for_function("top => document.querySelector('.window').scrollTop > top + 3", arg=before)
    officer.get_by_role("button", name="Berhenti").click()
    expect(reader.locator("#prompter:not(.rolling)")).to_be_visible()
    officer.get_by_placeholder("Pesan singkat").fill("Tutup dulu.")
    officer.get_by_role("button", name="Kirim").click()
    expect(reader.locator("#cue")).to_have_text("Tutup dulu.")
    # A line above becomes three times as long; what is read stays where it is on the screen.
    at = reader.evaluate("document.querySelector('.here').getBoundingClientRect().top")
    row = officer.locator("[data-line]").nth(2)
    row.locator("summary").click()
    row.locator("textarea").fill("Baris tiga yang baru. " * 12)
    row.get_by_role("button", name="Ubah dan setujui").click()
    expect(reader.locator("[data-number='2']")).to_contain_text("Baris tiga yang baru.")
    assert abs(reader.evaluate("document.querySelector('.here').getBoundingClientRect().top") - at) < 2
    assert here(reader) == "9"
    assert complaints == []


def test_the_text_goes_on_without_the_desk_and_by_a_pedal_that_was_learned(
    way: str, window: Callable[..., Page]
) -> None:
    reader = window("penyiar", Role.HOST, way)
    reader.keyboard.press("s")
    reader.get_by_role("button", name="Ajarkan: Jalan atau berhenti").click()
    reader.keyboard.press("Control+Shift+F8")
    reader.locator("input[name=size]").fill("120")
    reader.get_by_role("button", name="Selesai").click()
    reader.reload()
    assert reader.evaluate("getComputedStyle(document.querySelector('.text')).fontSize") == "120px"
    reader.context.set_offline(True)
    reader.keyboard.press("Control+Shift+F8")
    reader.wait_for_function("document.querySelector('.window').scrollTop > 20")
    assert reader.locator("[data-line]").count() == len(LINES)
    reader.keyboard.press("PageDown")
    expect(reader.locator(".part.here")).to_have_attribute("data-title", "Telepon")


def test_the_text_follows_the_voice_and_waits_for_it(
    way: str, window: Callable[..., Page], database: Database, clock: ManualClock
) -> None:
    reader = window("penyiar", Role.HOST, way)
    script = reader.locator("[data-script]").get_attribute("data-script")
    reader.keyboard.press("v")
    expect(reader.get_by_role("button", name="Ikuti suara")).to_have_attribute("aria-pressed", "true")
    words = len(LINES[0].split())

    def say(line: int, word: int) -> None:
        with database.writing() as tx:
            announce(tx, clock.now(), "prompter", "position", script, line=line, word=word, sure=True)

    for line in (3, 6):
        say(line, line * words)
        expect(reader.locator(".here")).to_have_attribute("data-number", str(line))
    # Nothing is said: the text stands at the word that was said last.
    stood = -1.0
    for _ in range(40):
        before, stood = stood, top(reader)
        if before == stood:
            break
        reader.wait_for_timeout(500)
    reader.wait_for_timeout(1000)
    assert (top(reader), here(reader)) == (stood, "6")
    # A sentence that is said again brings the text back; so does one that was jumped over take it on.
    say(2, 2 * words)
    expect(reader.locator(".here")).to_have_attribute("data-number", "2")
    say(20, 20 * words)
    expect(reader.locator(".here")).to_have_attribute("data-number", "20")
