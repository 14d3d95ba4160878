"""Words appear on the screener's and the host's open pages while the caller speaks, and the suggestion follows them."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Request, expect

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.live.models import Hearing
from tests.factories import calls as factory
from tests.factories.browsers import needs_chromium, page_of, served

pytestmark = needs_chromium
Open = Callable[..., Page]
Speaks = Callable[..., None]
PATIENCE = 30_000
SAID = "ada kecelakaan motor di perempatan pasar korban luka berat tolong segera kirim ambulans"
NUMBER = "nol delapan satu dua tiga empat lima enam tujuh delapan"


@pytest.fixture
def address(desk: Flask) -> Iterator[str]:
    with served(desk) as at:
        yield at


@pytest.fixture
def window(browser: Browser, address: str, sign_in: Callable[..., FlaskClient]) -> Iterator[Open]:
    """Opens a window for a person of a role; it is closed before the desk is."""
    opened: list[Page] = []

    def window(role: Role, **who: str) -> Page:
        opened.append(page_of(browser, address, sign_in(role, **who)))
        return opened[-1]

    yield window
    for page in opened:
        page.context.close()


@pytest.fixture
def speaks(database: Database, clock: ManualClock) -> Speaks:
    def speaks(call: str, settled: str, tentative: str = "", state: Hearing = Hearing.FOLLOWED) -> None:
        shown = live.Shown("T1", call, state, settled, tentative, heard_until=9.0, reached=8.0, lag=0.3)
        with database.writing() as tx:
            live.begin(tx, "T1", call, at=clock.now())
            live.show(tx, [shown], at=clock.now())

    return speaks


def test_the_screener_reads_along_and_is_given_a_suggestion(
    window: Open, database: Database, clock: ManualClock, speaks: Speaks
) -> None:
    with database.writing() as tx:
        call = factory.in_state(tx, CallState.SCREENING, clock.now(), by="wati").public_id
    page = window(Role.SCREENER, username="wati")
    page.goto(f"/antrean/{call}")
    region = page.locator(".live-words")
    expect(region).to_be_empty(timeout=PATIENCE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(_path(request)))

    speaks(call, "ada kecelakaan", "motor di")

    expect(region.locator(".words")).to_have_text("ada kecelakaan motor di", timeout=PATIENCE)
    expect(region.locator(".tentative")).to_have_text("motor di", timeout=PATIENCE)
    speaks(call, SAID)
    expect(region.locator(".words")).to_have_text(SAID, timeout=PATIENCE)
    expect(page.locator("#suggestion")).to_contain_text("Kecelakaan lalu lintas, Darurat", timeout=PATIENCE)
    assert set(asked) <= {f"/antrean/{call}/ucapan", "/antrean/saran"}

    speaks(call, SAID, state=Hearing.PUT_OFF)
    expect(region.locator(".note")).to_be_visible(timeout=PATIENCE)


def test_the_host_reads_along_without_private_numbers(
    window: Open, database: Database, clock: ManualClock, speaks: Speaks
) -> None:
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo", by="test", at=clock.now())
        broadcast = broadcasts.plan(tx, series, "", clock.now(), by="test", at=clock.now())
        broadcasts.go_on_air(tx, broadcast, by="test", at=clock.now())
        show = broadcast.public_id
    page = window(Role.HOST)
    page.goto(f"/siaran/{show}/penyiar")

    with database.writing() as tx:
        call = factory.in_state(tx, CallState.ON_AIR, clock.now()).public_id
    expect(page.locator(".caller.air")).to_be_visible(timeout=PATIENCE)
    speaks(call, f"nomor saya {NUMBER}", "mohon dihubungi")

    expect(page.locator(".live-words .words")).to_have_text(
        "nomor saya [nomor telepon] mohon dihubungi", timeout=PATIENCE
    )


def _path(request: Request) -> str:
    return "/" + request.url.split("/", 3)[3].split("?")[0]
