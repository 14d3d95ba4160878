"""The list of a page's keys, and single letters switched off, in a real browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState
from tests.factories import calls as make
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium


@pytest.fixture
def client(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.SCREENER, Role.HOST, username="wati")


@pytest.fixture
def page(browser: Browser, desk: Flask, serve: Callable[[Flask], str], client: FlaskClient) -> Iterator[Page]:
    opened = page_of(browser, serve(desk), client)
    yield opened
    opened.context.close()


def listed(page: Page) -> dict[str, Any]:
    """The keys in the open list with what they do."""
    script = (
        "el => Object.fromEntries([...el.querySelectorAll('dt')].map("
        "dt => [dt.innerText, dt.nextElementSibling.innerText]))"
    )
    found: dict[str, Any] = page.locator("#keys dl").evaluate(script)
    return found


def test_a_question_mark_shows_the_keys_of_the_page_and_escape_closes_it(
    page: Page, database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        call = make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Satu").public_id
    page.goto(f"/antrean/{call}")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    keys = listed(page)
    assert (keys["R"], keys["7"], keys["I"]) == ("Siap", "Lindungi penelepon", "Nama")
    # No key works behind the list.
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page.locator("#head .tag").first).to_have_text("Menunggu")
    page.goto("/saya")
    page.get_by_role("button", name="Tombol", exact=False).first.click()
    expect(page.locator("#keys")).to_contain_text("Tidak ada tombol khusus")
    page.get_by_role("button", name="Tutup daftar").click()
    expect(page.locator("#keys")).to_be_hidden()


def test_the_list_is_in_english_for_who_reads_english(page: Page, client: FlaskClient) -> None:
    client.post("/saya/bahasa", data={"language": "en"})
    page.goto("/antrean")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Keys on this page")
    assert listed(page)["N"] == "New call"


def test_typing_a_question_mark_shows_nothing(page: Page) -> None:
    page.goto("/antrean")
    page.locator("[name=topic]").press_sequentially("Kenapa padam?")
    expect(page.locator("[name=topic]")).to_have_value("Kenapa padam?")
    expect(page.locator("#keys")).to_be_hidden()


def test_letter_keys_are_switched_off_for_one_person(page: Page, database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        call = make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Satu").public_id
        make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Dua", phone="0812 0000 0002")
    page.goto("/saya")
    page.get_by_label("Mati", exact=True).check()
    page.locator("#letter-keys button").click()
    expect(page.get_by_label("Mati", exact=True)).to_be_checked()
    page.goto(f"/antrean/{call}")
    for key in ("x", "j", "?", "7", "["):
        page.keyboard.press(key)
    expect(page.locator("#keys")).to_be_hidden()
    assert page.url.endswith(call)
    expect(page.locator("#head .tag").first).to_have_text("Menunggu")
    # No hint promises what does not work, and the buttons are there as before.
    expect(page.locator("#head kbd").first).to_be_hidden()
    page.get_by_role("button", name="Siap", exact=True).click()
    expect(page.locator("#head .tag").first).to_have_text("Siap")


def test_r_asks_and_c_answers_by_the_keyboard_alone(page: Page, database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        made = make.in_state(tx, CallState.SCREENING, clock.now())
        calls.queue(tx, made, by="penyaring", at=clock.now())
        call = made.public_id
    page.goto(f"/antrean/{call}")
    with page.expect_navigation(url="**?tanya=1"):
        page.keyboard.press("r")
    expect(page.locator("#consent")).to_contain_text("Tanyakan sebelum penelepon disiapkan")
    page.keyboard.press("c")
    expect(page.locator("#head .tag").first).to_have_text("Siap")


def test_forty_callers_stand_in_one_line_each_with_who_rings_and_who_waits_in_sight(
    page: Page, database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        for number in range(40):
            state = CallState.RINGING if number % 2 else CallState.WAITING
            call = make.in_state(tx, state, clock.now(), phone=f"0812 0000 00{number:02}")
            call.name, call.topic = f"Penelepon {number} " + "Panjang " * 4, "Lampu jalan padam di depan pasar " * 3
    page.goto("/antrean")
    heights = page.locator(".line").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert len(heights) == 40
    assert max(heights) <= 34
    for name in ("ringing", "waiting"):
        shown = page.locator(f".line.{name}").evaluate_all(
            "rows => rows.filter(row => { const box = row.getBoundingClientRect(), zone ="
            " row.closest('.zone').getBoundingClientRect(); return box.top >= zone.top && box.bottom <="
            " Math.min(zone.bottom, innerHeight); }).length"
        )
        assert shown >= 4, name
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Of two regions each has one first thing to press.
    assert page.locator("#card button.primary:visible").count() == 1
    assert page.locator("#queue button.primary:visible").count() == 0
