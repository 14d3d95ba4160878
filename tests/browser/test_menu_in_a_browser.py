"""The bar above every page takes one line on a usual screen, whoever sits there."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Person, Role
from radiodesk.rooms.calls.models import CallState
from tests.factories import calls as make
from tests.factories.browsers import needs_chromium, page_of
from tests.factories.filled import fill

pytestmark = needs_chromium

LINES = """() => new Set([...document.querySelectorAll(".bar nav a, .bar .brand, .bar .me > *")].map(one => {
  const box = one.getBoundingClientRect();
  return Math.round((box.top + box.bottom) / 2 / 10);
})).size"""
"""How many heights the middles of the bar's parts stand at, in steps of ten pixels."""


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", [1440, 1366, 1280])
@pytest.mark.parametrize("roles", [(Role.PRODUCER,), tuple(Role)], ids=["producer", "all"])
def test_menu_and_name_share_one_line(
    browser: Browser,
    desk: Flask,
    serve: Callable[[Flask], str],
    sign_in: Callable[..., FlaskClient],
    database: Database,
    roles: tuple[Role, ...],
    width: int,
    language: str,
) -> None:
    client = sign_in(*roles)
    with database.writing() as tx:
        tx.scalars(select(Person)).one().name = "Sri Wahyuningsih Kusumawardani"
    client.post("/saya/bahasa", data={"language": language})
    page = page_of(browser, serve(desk), client, width=width, height=700)
    page.goto("/")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(LINES) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_on_a_telephone_the_menu_is_pushed_aside_and_the_page_is_not(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> None:
    page = page_of(browser, serve(desk), sign_in(Role.ADMINISTRATOR), width=360, height=740)
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.context.close()


def test_on_a_telephone_the_menu_shows_where_one_is(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> None:
    page = page_of(browser, serve(desk), sign_in(Role.ADMINISTRATOR), width=360, height=740)
    page.goto("/petugas")
    seen = """() => {
      const [entry, menu] = [".bar nav [aria-current]", ".bar nav"].map(one =>
        document.querySelector(one).getBoundingClientRect());
      return entry.left >= menu.left && entry.right <= menu.right;
    }"""
    page.wait_for_function(seen)
    page.context.close()


def test_on_a_small_laptop_the_queue_shows_who_is_on_air(
    browser: Browser,
    desk: Flask,
    serve: Callable[[Flask], str],
    sign_in: Callable[..., FlaskClient],
    database: Database,
    settings: Settings,
    now: datetime,
) -> None:
    with database.writing() as tx:
        fill(tx, settings, now)
        for state in [CallState.RINGING] * 6 + [CallState.ON_AIR]:
            make.in_state(tx, state, now)
    page = page_of(browser, serve(desk), sign_in(Role.SCREENER), width=1366, height=700)
    page.goto("/antrean")
    seen = """() => [...document.querySelectorAll(".line.on_air")].map(line => {
      const [row, zone] = [line, line.closest(".zone")].map(one => one.getBoundingClientRect());
      return row.top >= zone.top && row.bottom <= zone.bottom + 1 && row.bottom < innerHeight;
    })"""
    assert page.evaluate(seen) == [True]
    page.context.close()
