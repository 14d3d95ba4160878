"""Typed words in Chromium: they outlive a reload, the end of a session and another browser, until they are sent."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import delete, func, select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.http.request import Station
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.models import Draft, Role, SignIn
from radiodesk.web.desk import create_desk
from tests.factories.browsers import needs_chromium

pytestmark = needs_chromium

PASSWORD = "sepuluh-huruf"
WORDS = "Lubang besar di depan pasar, dua motor sudah jatuh."


@pytest.fixture
def address(serve: Callable[[Flask], str], station: Station, database: Database, clock: ManualClock) -> str:
    with database.writing() as tx:
        accounts.add_person(tx, "tiket", "Uji", [Role.TICKET_OFFICER], PASSWORD, by="test", at=clock.now())
    return serve(create_desk(station))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(opened, address)
    yield opened
    context.close()
    assert complaints == []


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/masuk?next=/pengaduan/baru")
    page.fill("[name=username]", "tiket")
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/pengaduan/baru")


def type_words(page: Page, words: str = WORDS) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/draf") and answer.request.method == "POST"):
        page.fill("textarea[name=text]", words)


def expect_restored(page: Page) -> None:
    page.get_by_text("Ini tulisan Anda sebelumnya").wait_for()
    assert page.input_value("textarea[name=text]") == WORDS


def test_words_outlive_a_reload_and_another_browser(page: Page, address: str, browser: Browser) -> None:
    type_words(page)
    page.reload()
    expect_restored(page)
    elsewhere = browser.new_context().new_page()
    sign_in(elsewhere, address)
    expect_restored(elsewhere)
    elsewhere.get_by_role("button", name="Buang draf").click()
    assert elsewhere.input_value("textarea[name=text]") == ""
    elsewhere.context.close()


def test_words_outlive_a_session_that_ended_meanwhile(page: Page, address: str, database: Database) -> None:
    with database.writing() as tx:
        tx.execute(delete(SignIn))
    type_words(page)
    sign_in(page, address)
    expect_restored(page)


def test_words_that_were_sent_are_no_draft_any_more(page: Page, address: str, database: Database) -> None:
    type_words(page)
    page.fill("[name=summary]", "Lubang di depan pasar")
    for name in ("category", "unit", "urgency"):
        page.locator(f"select[name={name}]").select_option(index=1)
    with page.expect_navigation():
        page.locator("button[data-key=b]").click()
    with database.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(Draft)) == 0
    page.goto(f"{address}/pengaduan/baru")
    page.wait_for_load_state("networkidle")
    assert page.input_value("textarea[name=text]") == ""
