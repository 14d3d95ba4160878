"""The ticket pages in Chromium: keys, live updates, answer texts, and a listener's phone without JavaScript."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.tickets import care, queries
from radiodesk.rooms.tickets.models import TicketState
from radiodesk.rooms.tickets.station_rules import load_rules
from radiodesk.web.desk import create_desk
from radiodesk.web.public_site import create_public
from tests.factories import tickets as factory
from tests.factories.browsers import needs_chromium

pytestmark = needs_chromium

PASSWORD = "sepuluh-huruf"
Serve = Callable[[Flask], str]


@pytest.fixture
def address(serve: Serve, station: Station, database: Database, clock: ManualClock) -> str:
    """The desk with one ticket officer."""
    with database.writing() as session:
        roles = [Role.TICKET_OFFICER]
        accounts.add_person(session, "tiket", "Petugas Uji", roles, PASSWORD, by="test", at=clock.now())
    return serve(create_desk(station))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A signed-in screen; anything that the browser complains about fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    opened.goto(f"{address}/masuk?next=/pengaduan")
    opened.fill("[name=username]", "tiket")
    opened.fill("[name=password]", PASSWORD)
    opened.click("button.primary")
    opened.wait_for_url("**/pengaduan")
    yield opened
    context.close()
    assert complaints == []


def test_a_ticket_is_forwarded_worked_on_and_answered_with_the_keyboard_alone(
    page: Page, address: str, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        identity = factory.opened(session, settings, clock.now(), decision=None).ticket.public_id
    page.goto(f"{address}/pengaduan")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("a")
    assert page.locator("[data-key=a]").count() == 0
    page.keyboard.press("t")
    page.keyboard.type("Mohon segera.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "answer-words"
    page.keyboard.type("Sudah diganti.")
    with page.expect_navigation():
        page.click("text=Kirim jawaban")
    assert page.locator("[data-key=s]").count() == 1
    with database.reading() as session:
        ticket = queries.ticket_by_public_id(session, identity)
        assert (ticket.state, ticket.unit_id) == (TicketState.ANSWERED, "dishub")
        assert [entry.text for entry in ticket.entries if entry.text] == ["Mohon segera.", "Sudah diganti."]


def test_what_another_officer_does_appears_without_touching_typed_words(
    page: Page, address: str, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        identity = factory.in_state(session, settings, TicketState.IN_PROGRESS, clock.now()).public_id
    page.goto(f"{address}/pengaduan/{identity}")
    page.keyboard.press("j")
    page.keyboard.type("Kalimat yang sedang ditulis")
    with database.writing() as session:
        ticket = queries.ticket_by_public_id(session, identity)
        care.add_note(
            session, load_rules(settings), ticket, "Catatan dari lain meja.", public=False, by="lain", at=clock.now()
        )
    page.wait_for_selector("#history-live >> text=Catatan dari lain meja.")
    assert page.input_value("#answer-words") == "Kalimat yang sedang ditulis"
    page.click("text=Kirim jawaban")
    page.wait_for_selector("[role=alert]")
    assert "lain" in page.inner_text("[role=alert]")
    assert page.input_value("#answer-words") == "Kalimat yang sedang ditulis"


def test_an_answer_text_goes_after_what_was_typed(
    page: Page, address: str, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        identity = factory.in_state(session, settings, TicketState.IN_PROGRESS, clock.now()).public_id
    page.goto(f"{address}/pengaduan/{identity}")
    page.keyboard.press("j")
    page.keyboard.type("Salam.")
    page.select_option("[data-fills]", index=1)
    words = page.input_value("#answer-words")
    assert words.startswith("Salam.\n\n") and "Dinas Perhubungan" in words


def test_a_suggestion_fills_only_what_nobody_chose(page: Page, address: str) -> None:
    page.goto(f"{address}/pengaduan/baru")
    page.fill("[name=text]", "Ada pohon tumbang menutup jalan di depan balai desa.")
    page.keyboard.press("Tab")
    page.wait_for_selector("#suggestion mark")
    assert page.input_value("[name=category]") == "pohon"
    page.select_option("[name=unit]", "bpbd")
    page.fill("[name=text]", "Motor saya dicuri di parkiran pasar tadi malam.")
    page.keyboard.press("Tab")
    page.wait_for_selector("#suggestion mark:has-text('dicuri')")
    assert page.input_value("[name=category]") == "curanmor"
    assert page.input_value("[name=unit]") == "bpbd"


def test_a_listener_follows_a_ticket_on_a_small_phone_without_javascript(
    browser: Browser, serve: Serve, station: Station, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        made = factory.opened(session, settings, clock.now())
        number, pin = made.ticket.number, made.pin
    Runner(database, settings, clock, kinds()).run_all()
    site = serve(create_public(station))
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    phone = context.new_page()
    loaded: list[str] = []
    phone.on("request", lambda request: loaded.append(request.url))
    phone.goto(f"{site}/pengaduan")
    phone.fill("[name=nomor]", number)
    phone.fill("[name=pin]", pin)
    phone.click("text=Lihat pengaduan saya")
    phone.wait_for_selector("text=Perjalanan pengaduan")
    assert number in phone.inner_text("h1")
    assert "Lampu jalan di depan pasar padam." in phone.inner_text("main")
    phone.click("text=English")
    phone.wait_for_selector("text=Follow a complaint")
    assert all(url.startswith(site) for url in loaded)
    context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_is_wider_than_its_screen(
    page: Page, address: str, database: Database, settings: Settings, clock: ManualClock, width: int
) -> None:
    with database.writing() as session:
        long = "Lampu" * 60
        identity = factory.opened(session, settings, clock.now(), text=long, summary=long, place="P" * 90).ticket
        addresses = [identity.public_id, "", "tenggat", "baru", "jawaban"]
    page.set_viewport_size({"width": width, "height": 800})
    for part in addresses:
        page.goto(f"{address}/pengaduan/{part}".rstrip("/"))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, part
