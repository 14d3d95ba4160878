"""Looking through and publishing with the keyboard, and listening on a small phone, in a real browser."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.record.models import PublishedBroadcast, Span, SpanState
from tests.factories import shows
from tests.factories.browsers import complaints_of, needs_chromium, page_of, served

pytestmark = needs_chromium


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


@pytest.fixture
def sealed(database: Database, settings: Settings, now: datetime, runner: Runner) -> str:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        archive.seal(tx, settings, show.broadcast, by="arsiparis", at=now)
        public_id = show.broadcast.public_id
    runner.run_all()
    return public_id


LISTEN = """() => {
  window.heard = new Promise((tell) => document.querySelectorAll("audio").forEach((one) =>
    one.addEventListener("timeupdate", () => one.currentTime > 0.1 && tell(one.id))));
}"""
"""Remembers which player is heard first."""


def test_a_show_is_looked_through_with_the_keyboard_and_heard_on_a_phone(
    desk: Flask,
    public: Flask,
    database: Database,
    runner: Runner,
    sealed: str,
    browser: Browser,
    sign_in: Callable[..., FlaskClient],
) -> None:
    with served(desk) as address:
        page = page_of(browser, address, sign_in(Role.ARCHIVIST), height=600)
        complaints = complaints_of(page)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{address}/siaran/{sealed}/terbit")
        page.keyboard.press("p")
        page.wait_for_selector("#current")
        waiting = page.locator("li.span.suggested").count()
        assert waiting > 3
        for key, state in (("s", "accepted"), ("t", "rejected")):
            before = page.locator(f"li.span.{state}").count()
            page.keyboard.press(key)
            expect(page.locator(f"li.span.{state}")).to_have_count(before + 1)
        assert page.locator("li.span.suggested").count() == waiting - 2
        marked = page.locator("mark").last
        marked.select_text()
        field = page.locator("input[name=words]").last
        assert field.input_value() == marked.text_content()
        page.keyboard.press("s")
        expect(page.locator("li.span.suggested")).to_have_count(waiting - 3)
        assert field.input_value() == marked.text_content(), "what was typed is lost when the page is refreshed"
        while page.locator("#current").count():
            expect(page.locator("#current")).to_be_in_viewport()
            left = page.locator("li.span.suggested").count()
            page.keyboard.press("s")
            expect(page.locator("li.span.suggested")).to_have_count(left - 1)
        page.keyboard.press("p")
        page.wait_for_selector("text=Sedang diterbitkan")
        runner.run_all()
        page.wait_for_selector(f"a[href$='/siaran/{sealed}']")
        assert complaints == []
        page.context.close()
    with database.reading() as session:
        decided = {span.state for span in session.scalars(select(Span).where(Span.by == "petugas"))}
        assert decided == {SpanState.ACCEPTED, SpanState.REJECTED}
        assert session.scalars(select(PublishedBroadcast)).one().open
    with served(public) as address:
        for script in (True, False):
            hear(browser, f"{address}/siaran/{sealed}", script=script)


def hear(browser: Browser, address: str, *, script: bool) -> None:
    """On 360 px nothing is wider than the screen; a time in the words leads into the sound."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=script)
    page = context.new_page()
    complaints = complaints_of(page)
    page.goto(address)
    assert page.locator("audio").count() == 2
    assert page.locator(".words p").count() == 2
    if script:
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.evaluate(LISTEN)
        page.locator(".words a").last.click()
        assert page.evaluate("window.heard") == "suara-3"
        assert page.url == address
    else:
        page.locator(".words a").last.click()
        page.wait_for_url("**/suara/*.mp3#t=*")
    assert complaints == []
    context.close()
