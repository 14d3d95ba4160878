"""Every page of desk and public site, filled with the sample show, before axe-core: nothing serious, wide or narrow.

The pages are found by following links from the first page, one page for each view, so that a new page is looked at as
soon as something leads to it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from radiodesk.core.clock import ManualClock
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.drill.sample import fill
from radiodesk.operations.drill.show import load_show
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.sound.line_setup import Line, LineKind, Lines, save_lines
from radiodesk.web.desk import create_desk
from radiodesk.web.public_site import create_public
from tests.factories.browsers import needs_chromium, page_of, served

pytestmark = needs_chromium

ROOT = Path(__file__).resolve().parents[1]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
NOW = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
LINK = re.compile(r'href="(/[^"#?]*)(?:\?[^"#]*)?(?:#[^"]*)?"')
PASSWORD = "sepuluh-huruf"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station with yesterday's show published and today's on air, with a caller."""
    settings = Settings(data=tmp_path_factory.mktemp("sample"), pos_jago_token="uji")
    show = load_show(ROOT / "drills" / "sample")
    studio = Line("studio", "Studio", "USB CODEC (hw:1,0)", 2, LineKind.STUDIO)
    hybrid = Line("telepon-1", "Telepon 1", "USB CODEC (hw:1,0)", 1, LineKind.TELEPHONE, studio="studio")
    save_lines(settings.lines / "lines.toml", Lines((studio, hybrid)))
    fill(show, settings, now=NOW, yesterday=NOW - timedelta(days=1), progress=lambda _done, _all: None)
    database = prepare(settings)
    with database.writing() as tx:
        accounts.add_person(tx, "kepala", "Kepala Uji", [Role.ADMINISTRATOR], PASSWORD, by="test", at=NOW)
    with database.writing() as tx:
        broadcast = broadcasts.on_air(tx)
        assert broadcast is not None
        assert tx.scalars(select(Call).where(Call.state == CallState.ON_AIR)).one()
        broadcasts.mark(tx, broadcast, "Janji memeriksa lampu", by="kepala", at=NOW)
        broadcasts.talk_back(tx, "Penelepon siap", by="kepala", at=NOW)
    notifier = Notifier(database)
    yield Station(settings, database, ManualClock(NOW), notifier)
    notifier.close()
    database.engine.dispose()


@pytest.fixture(scope="module")
def desk_app(sample: Station) -> Flask:
    return create_desk(sample)


@pytest.fixture(scope="module")
def public_app(sample: Station) -> Flask:
    return create_public(sample)


@pytest.fixture
def administrator(desk_app: Flask, sample: Station) -> FlaskClient:
    """Who may see every page of the desk."""
    where = {"address": "127.0.0.1", "browser": "test", "hours": 12}
    with sample.database.writing() as tx:
        token = accounts.sign_in(tx, "kepala", PASSWORD, None, at=NOW, **where)  # type: ignore[arg-type]
    client = desk_app.test_client()
    client.set_cookie(COOKIE, token)
    return client


def pages_from(app: Flask, client: FlaskClient, *first: str) -> dict[str, str]:
    """An address for each view that the links lead to and that gives a page, by the view's name."""
    found: dict[str, str] = {}
    seen = {"static", "live.stream", "language"}
    waiting = list(first)
    routes = app.url_map.bind("localhost")
    while waiting:
        address = waiting.pop(0)
        try:
            view, _ = routes.match(address)
        except HTTPException:
            continue
        if view in seen:
            continue
        seen.add(view)
        with client.get(address, follow_redirects=True) as answer:
            if answer.mimetype == "text/html":
                assert answer.status_code == 200, address
                found[view] = address
                waiting += LINK.findall(answer.get_data(as_text=True))
    return found


def findings(page: Page, address: str) -> list[str]:
    """What axe-core holds to be serious or critical on a page, on a desk's screen and on a phone's."""
    found = []
    page.goto(address)
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(AXE)
        for problem in page.evaluate(RUN):
            if problem["impact"] in ("serious", "critical"):
                places = [node["target"][0] for node in problem["nodes"]]
                found.append(f"{address} at {width}: {problem['id']} {places[:4]}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{address} is wider than {width}")
    return found


def test_nobody_is_kept_out_of_the_desk(browser: Browser, desk_app: Flask, administrator: FlaskClient) -> None:
    pages = pages_from(desk_app, administrator, "/")
    assert {
        "calls.call",
        "lines.page",
        "broadcasts.host",
        "broadcasts.wall",
        "messages.unsent",
        "tickets.ticket",
    } <= pages.keys()
    with served(desk_app) as address:
        page = page_of(browser, address, administrator)
        found = [problem for path in (*pages.values(), "/tidak-ada") for problem in findings(page, path)]
        page.context.clear_cookies()
        found += findings(page, "/masuk")
        page.context.close()
    assert found == []


def test_nobody_is_kept_out_of_the_public_site(browser: Browser, public_app: Flask) -> None:
    pages = pages_from(public_app, public_app.test_client(), "/", "/pos-jago", "/pengaduan", "/kirim/terima-kasih")
    assert {"home", "intake.form", "intake.pos_jago", "tracking.form", "site.data"} <= pages.keys()
    assert any(view.startswith("site.") for view in pages)
    with served(public_app) as address:
        context = browser.new_context(base_url=address, locale="id-ID")
        page = context.new_page()
        found = [problem for path in (*pages.values(), "/tidak-ada") for problem in findings(page, path)]
        context.close()
    assert found == []
