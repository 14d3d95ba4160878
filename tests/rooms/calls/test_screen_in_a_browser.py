"""The screener's screen in a real browser: the keyboard alone, live changes, two screeners, an emergency, a phone."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Urgency
from tests.factories import calls as make
from tests.factories.browsers import needs_chromium, page_of, served

pytestmark = needs_chromium
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def address(desk: Flask) -> Iterator[str]:
    with served(desk) as at:
        yield at


@pytest.fixture
def page(browser: Browser, address: str, sign_in: SignIn) -> Iterator[Page]:
    opened = page_of(browser, address, sign_in(Role.SCREENER, username="wati"))
    opened.goto("/antrean")
    yield opened
    opened.context.close()


def rings(database: Database, clock: ManualClock, state: CallState = CallState.RINGING, **values: object) -> Call:
    with database.writing() as tx:
        return make.in_state(tx, state, clock.now(), by="budi", **values)


def states(database: Database) -> list[CallState]:
    with database.reading() as session:
        return list(session.scalars(select(Call.state).order_by(Call.id)))


def lines(page: Page) -> list[str]:
    return page.locator("#queue .who").all_inner_texts()


def test_a_call_is_taken_down_queued_made_ready_and_undone_with_the_keyboard_alone(
    page: Page, database: Database
) -> None:
    keyboard = page.keyboard
    expect(page.locator("#phone")).to_be_focused()
    keyboard.type("0812 0000 0001")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.type("Penelepon Satu")
    keyboard.press("Tab")
    keyboard.type("Kapas")
    keyboard.press("Tab")
    keyboard.type("Lampu jalan padam")
    keyboard.press("Enter")
    expect(page.locator("#queue .who")).to_contain_text("Penelepon Satu")
    assert states(database) == [CallState.WAITING]
    expect(page.locator("#phone")).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("j")
    expect(page.locator("#head .caller-name")).to_have_text("Penelepon Satu")
    with page.expect_navigation(url="**?tanya=1"):
        keyboard.press("r")
    keyboard.press("c")
    expect(page.locator("#head .tag.good").first).to_have_text("Siap")
    keyboard.press("z")
    expect(page.locator("#head .tag").first).to_have_text("Menunggu")
    keyboard.press("d")
    expect(page.locator("#queue .empty")).to_be_visible()
    assert states(database) == [CallState.DROPPED]


def test_a_ringing_line_appears_by_itself_and_is_one_key_to_answer_and_one_to_queue(
    page: Page, database: Database, clock: ManualClock
) -> None:
    page.fill("[name=topic]", "Setengah diketik")
    rings(database, clock, name="Penelepon Dua")
    expect(page.locator("#queue .who")).to_have_text("Penelepon Dua")
    assert page.input_value("[name=topic]") == "Setengah diketik"
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#head .caller-name")).to_have_text("Penelepon Dua")
    page.keyboard.press("q")
    expect(page.locator("#queue h2")).to_have_text("Menunggu 1")
    expect(page.locator("[name=topic]")).to_have_value("Setengah diketik")
    assert states(database) == [CallState.WAITING]


def test_two_screeners_see_the_same_and_one_wins(
    browser: Browser, address: str, page: Page, sign_in: SignIn, database: Database, clock: ManualClock
) -> None:
    other = page_of(browser, address, sign_in(Role.SCREENER, username="budi"))
    other.goto("/antrean")
    call = rings(database, clock, name="Penelepon Tiga")
    for screen in (page, other):
        expect(screen.locator("#queue .who")).to_have_text("Penelepon Tiga")
    # Both reach for the line: the second one's page still offers it.
    form = other.locator("#queue form[action$='/jawab']")
    form.evaluate("form => window.held = form.cloneNode(true)")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#head .caller-name")).to_have_text("Penelepon Tiga")
    expect(other.locator("#queue .pick small")).to_contain_text("wati")
    other.evaluate("() => { document.body.append(window.held); window.held.requestSubmit(); }")
    expect(other.locator("#card [role=alert]")).to_contain_text("wati")
    expect(other.locator("#head button[data-key=l]")).to_contain_text("Ambil alih")
    expect(other.locator("#queue")).to_be_visible()
    with database.reading() as session:
        assert session.get_one(Call, call.id).locked_by == "wati"
    other.context.close()


def test_a_panic_button_comes_to_the_top_and_is_announced(page: Page, database: Database, clock: ManualClock) -> None:
    rings(database, clock, name="Penelepon Biasa")
    rings(database, clock, name="Tombol Panik", urgency=Urgency.DARURAT)
    expect(page.locator("#queue .who").first).to_have_text("Tombol Panik")
    expect(page.locator("#toast")).to_contain_text("Darurat")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator(".emergency")).to_contain_text("110")
    page.click("text=Dialihkan ke 110")
    expect(page.locator(".emergency .tag")).to_contain_text("110")


def test_a_known_caller_is_recognised_and_filled_in_while_typing(
    page: Page, database: Database, clock: ManualClock
) -> None:
    rings(database, clock, CallState.DONE, name="Penelepon Satu", place="Kapas", topic="Banjir")
    page.fill("#phone", "0812-0000-0001")
    expect(page.locator("#known")).to_contain_text("Banjir")
    page.click("#known >> text=Penelepon Satu")
    assert page.input_value("#name") == "Penelepon Satu"


def test_places_complete_and_a_suggestion_is_accepted_with_one_key(page: Page) -> None:
    page.locator("#place").press_sequentially("Kalit")
    expect(page.locator("#places option").first).to_have_attribute("value", "Kalitidu")
    page.locator("[name=topic]").press_sequentially("Lampu jalan padam di depan pasar")
    expect(page.locator("#suggestion")).to_contain_text("Penerangan jalan")
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    assert page.input_value("[name=category]") == "penerangan_jalan"


@pytest.mark.parametrize("count", [0, 3, 40])
def test_the_screen_fits_a_desk_and_a_phone(page: Page, database: Database, clock: ManualClock, count: int) -> None:
    every = list(CallState)
    with database.writing() as tx:
        for number in range(count):
            call = make.in_state(tx, every[number % len(every)], clock.now(), name=f"Penelepon {number}", topic="Macet")
            if number % 3 == 0:
                calls.set_vip(tx, call, True, by="budi", at=clock.now())
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto("/antrean")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if count:
            page.locator("#queue .pick").first.click()
            expect(page.locator("#card")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_typed_words_survive_another_call_and_leave_the_window_with_who_signs_out(
    page: Page, database: Database, clock: ManualClock
) -> None:
    page.fill("[name=topic]", "Setengah diketik")
    page.check("[name=may_name]")
    rings(database, clock, name="Penelepon Dua")
    expect(page.locator("#queue button[data-key=a]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#head .caller-name")).to_have_text("Penelepon Dua")
    page.keyboard.press("n")
    expect(page.locator("[name=topic]")).to_have_value("Setengah diketik")
    expect(page.locator("[name=may_name]")).to_be_checked()
    page.click("#card .note button")
    expect(page.locator("[name=topic]")).to_have_value("")
    page.fill("[name=topic]", "Lagi")
    page.goto("/siaran")
    assert page.evaluate("sessionStorage.length") == 1
    page.click(".bar .me form button")
    page.wait_for_url("**/masuk")
    assert page.evaluate("sessionStorage.length") == 0


def test_an_emergency_that_is_typed_shows_the_banner_at_once_and_is_handed_over_with_a_key(
    page: Page, database: Database
) -> None:
    expect(page.locator("#card .emergency")).to_be_hidden()
    page.fill("[name=topic]", "Ada kebakaran besar di pasar")
    page.keyboard.press("Escape")
    expect(page.locator("#suggestion")).to_contain_text("Darurat")
    page.keyboard.press("y")
    expect(page.locator("#card .emergency")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#head .emergency .tag")).to_contain_text("112")
    with database.reading() as session:
        call = session.scalars(select(Call)).one()
    assert (call.handed_to, call.topic) == ("112", "Ada kebakaran besar di pasar")
