"""The bar above every page takes one line on a usual screen, whoever sits there."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Person, Role
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium

LINES = """() => new Set([...document.querySelectorAll(".bar nav a, .bar .brand, .bar .me > *")].map(one => {
  const box = one.getBoundingClientRect();
  return Math.round((box.top + box.bottom) / 2 / 10);
})).size"""
"""How many heights the middles of the bar's parts stand at, in steps of ten pixels."""


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PRODUCER])
def test_menu_and_name_share_one_line(
    browser: Browser,
    desk: Flask,
    serve: Callable[[Flask], str],
    sign_in: Callable[..., FlaskClient],
    database: Database,
    role: Role,
    language: str,
) -> None:
    client = sign_in(role)
    with database.writing() as tx:
        tx.scalars(select(Person)).one().name = "Sri Wahyuningsih Kusumawardani"
    client.post("/saya/bahasa", data={"language": language})
    page = page_of(browser, serve(desk), client)
    page.goto("/")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(LINES) == 1
    page.context.close()


def test_on_a_telephone_the_menu_is_pushed_aside_and_the_page_is_not(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> None:
    page = page_of(browser, serve(desk), sign_in(Role.ADMINISTRATOR), width=360, height=740)
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.context.close()
