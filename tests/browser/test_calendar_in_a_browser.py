"""The calendar by keys and by dragging, in a real browser."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.language.market_days import DayPattern
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import editions, services
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.programme import services as programmes
from radiodesk.rooms.programme import slots
from radiodesk.rooms.programme.slots import Plan
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium

ZONE = ZoneInfo("Asia/Jakarta")
AFTERNOON = '.edition:has(strong:text-is("Edisi sore"))'


@pytest.fixture
def opened(
    browser: Browser,
    desk: Flask,
    serve: Callable[[Flask], str],
    sign_in: Callable[..., FlaskClient],
    database: Database,
    now: datetime,
) -> Page:
    with database.writing() as session:
        dialogue = programmes.add_programme(session, "Dialog Jumat", by="produser", at=now)
        morning = programmes.add_programme(session, "Halo Lalu Lintas", by="produser", at=now)
        session.flush()
        pendopo = Plan("09:00", 90, ("Host Contoh",), ("Satlantas",), "Pendopo Contoh", walk_in=True)
        friday = DayPattern(frozenset({4}), frozenset(), date(2026, 11, 24))
        slots.add_slot(session, dialogue, friday, pendopo, by="produser", at=now)
        daily = DayPattern(frozenset(range(6)), frozenset(), date(2026, 11, 24))
        slots.add_slot(session, morning, daily, Plan("06:30", 30), by="produser", at=now)
        editions.make_editions(session, ZONE, 6, at=now)
        services.plan(session, morning, "Edisi sore", datetime(2026, 12, 4, 3, tzinfo=UTC), by="produser", at=now)
    page = page_of(browser, serve(desk), sign_in(Role.PRODUCER))
    page.goto("/siaran/kalender?hari=2026-12-04")
    return page


def starts(database: Database, title: str) -> list[str]:
    with database.reading() as session:
        wanted = select(Broadcast.planned_start).where(Broadcast.title == title).order_by(Broadcast.planned_start)
        return [at.astimezone(ZONE).strftime("%d.%m. %H:%M") for at in session.scalars(wanted)]


def test_an_edition_is_dragged_to_another_day_and_hour(opened: Page, database: Database) -> None:
    look(opened, "pekan")
    opened.locator(AFTERNOON).drag_to(opened.locator('[data-day="2026-12-02"] .cell[aria-label$="12:00"]'))
    expect(opened.get_by_role("status").first).to_contain_text("Edisi sore dipindah dari 4 Desember 2026 10.00 WIB")
    assert starts(database, "Edisi sore") == ["02.12. 12:00"]
    opened.keyboard.press("z")
    expect(opened.locator(f'[data-day="2026-12-04"] {AFTERNOON}')).to_be_visible()
    assert starts(database, "Edisi sore") == ["04.12. 10:00"]
    opened.context.close()


def test_an_edition_is_moved_by_keys_alone(opened: Page, database: Database) -> None:
    opened.locator(AFTERNOON).focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "ArrowLeft", "Escape"):
        opened.keyboard.press(key)
    expect(opened.locator("#told")).to_have_text("Tetap di tempatnya.")
    expect(opened.locator(AFTERNOON)).to_be_focused()
    for key in ("Space", "ArrowDown", "ArrowDown", "ArrowLeft", "Enter"):
        opened.keyboard.press(key)
    expect(opened.get_by_role("status").first).to_contain_text("Edisi sore dipindah")
    assert starts(database, "Edisi sore") == ["03.12. 12:00"]
    opened.context.close()


def test_arrows_reach_editions_and_enter_plans(opened: Page) -> None:
    opened.keyboard.press("ArrowDown")
    opened.locator('[data-day="2026-12-04"] .edition:has(strong:text-is("Dialog Jumat"))').focus()
    opened.keyboard.press("ArrowDown")
    expect(opened.locator(AFTERNOON)).to_be_focused()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Enter")
    expect(opened.locator('input[name="date"]')).to_have_value("2026-12-05")
    expect(opened.locator('input[name="time"]')).to_have_value("10:00")
    opened.context.close()


def test_a_month_is_moved_in_by_dragging_and_keeps_the_time(opened: Page, database: Database) -> None:
    opened.goto("/siaran/kalender/bulan?hari=2026-12-04")
    look(opened, "bulan")
    opened.locator(AFTERNOON).drag_to(opened.locator('[data-day="2026-12-13"]'))
    expect(opened.get_by_role("status").first).to_contain_text("Edisi sore dipindah")
    assert starts(database, "Edisi sore") == ["13.12. 10:00"]
    opened.context.close()


def test_it_fits_a_telephone(opened: Page) -> None:
    opened.set_viewport_size({"width": 360, "height": 740})
    with_programme = f"/program/{_programme(opened)}"
    pages = (("pekan", "/siaran/kalender?hari=2026-12-04"), ("bulan", "/siaran/kalender/bulan?hari=2026-12-04"))
    for name, address in (*pages, ("program", with_programme)):
        opened.goto(address)
        look(opened, f"{name}-360")
        assert opened.evaluate("document.documentElement.scrollWidth") == 360, address
    opened.context.close()


def _programme(page: Page) -> str:
    page.goto("/program")
    found = page.locator("h2 a", has_text="Dialog Jumat").get_attribute("href") or ""
    return found.rsplit("/", 1)[-1]


def look(page: Page, name: str) -> None:
    """A picture for whoever asks for one: ``RADIODESK_LOOK`` names a folder."""
    if folder := os.environ.get("RADIODESK_LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
