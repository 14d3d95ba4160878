"""The rundown put into another order by dragging and by keys, in a real browser."""

import os
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.programme import services as programmes
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium

ITEMS = (
    ("Salam", ItemKind.OPENING),
    ("Buletin", ItemKind.BULLETIN),
    ("Dialog", ItemKind.CALLS),
    ("Lagu", ItemKind.MUSIC),
    ("Penutup", ItemKind.CLOSING),
)


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
        series = programmes.add_programme(session, "Dialog Jumat", by="produser", at=now)
        show = services.plan(session, series, "", now, by="produser", at=now)
        for title, kind in ITEMS:
            hard = "18:40" if kind is ItemKind.CALLS else ""
            rundowns.add_item(session, show, kind, title, 600, hard_at=hard, by="produser", at=now)
    page = page_of(browser, serve(desk), sign_in(Role.PRODUCER))
    page.goto(f"/siaran/{show.public_id}")
    return page


def order(page: Page, *titles: str) -> None:
    expect(page.locator("ol[data-sort] > li .what strong")).to_have_text(list(titles))


def test_an_item_is_dragged_by_its_sign_and_the_drag_taken_back(opened: Page) -> None:
    if folder := os.environ.get("RADIODESK_LOOK"):
        opened.screenshot(path=f"{folder}/susunan.png", full_page=True)
    order(opened, "Salam", "Buletin", "Dialog", "Lagu", "Penutup")
    source, target = (opened.locator("ol[data-sort] > li .sign").nth(place) for place in (3, 1))
    source.hover()
    opened.mouse.down()
    box = target.bounding_box()
    assert box is not None
    for step in (30, 12, 2, -6):
        opened.mouse.move(box["x"] + 5, box["y"] + step)
    opened.mouse.up()
    order(opened, "Salam", "Lagu", "Buletin", "Dialog", "Penutup")
    opened.reload()
    order(opened, "Salam", "Lagu", "Buletin", "Dialog", "Penutup")
    opened.keyboard.press("z")
    order(opened, "Salam", "Buletin", "Dialog", "Lagu", "Penutup")
    opened.context.close()


def test_an_item_is_moved_by_keys_and_keeps_the_focus(opened: Page) -> None:
    opened.locator("ol[data-sort] > li").nth(2).focus()
    opened.keyboard.press("Alt+ArrowUp")
    order(opened, "Salam", "Dialog", "Buletin", "Lagu", "Penutup")
    expect(opened.locator("ol[data-sort] > li").nth(1)).to_be_focused()
    opened.keyboard.press("Alt+ArrowUp")
    order(opened, "Dialog", "Salam", "Buletin", "Lagu", "Penutup")
    opened.context.close()


def test_it_fits_a_telephone(opened: Page) -> None:
    opened.set_viewport_size({"width": 360, "height": 740})
    opened.locator("ol[data-sort] summary").first.click()
    if folder := os.environ.get("RADIODESK_LOOK"):
        opened.screenshot(path=f"{folder}/susunan-360.png", full_page=True)
    assert opened.evaluate("document.documentElement.scrollWidth") == 360
    opened.context.close()
