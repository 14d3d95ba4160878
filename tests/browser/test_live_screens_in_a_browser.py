"""Two people at their screens: each sees what the other does, without asking, and keeps what the hands are at."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Request, expect

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.programme import services as programme
from tests.factories import calls as make
from tests.factories.browsers import complaints_of, needs_chromium, page_of
from tests.factories.ports import free_port

pytestmark = needs_chromium


@pytest.fixture
def clock() -> ManualClock:
    """The browser's clock runs by itself, so the desk's begins with it."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def address(desk: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(desk)


@pytest.fixture
def show(database: Database, clock: ManualClock) -> str:
    """The host's screen of a broadcast that is on air."""
    at = clock.now()
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=at)
        made = broadcasts.plan(tx, series, "", at, by="sari", at=at)
        rundowns.add_item(tx, made, ItemKind.CALLS, "Telepon", 60, by="sari", at=at)
        broadcasts.go_on_air(tx, made, by="sari", at=at)
        return f"/siaran/{made.public_id}/penyiar"


@pytest.fixture
def window(browser: Browser, address: str, sign_in: Callable[..., FlaskClient]) -> Iterator[Callable[..., Page]]:
    """Opens a window of a new person; what its console complains about fails the test."""
    opened: list[tuple[Page, list[str]]] = []

    def open_one(username: str, *roles: Role) -> Page:
        page = page_of(browser, address, sign_in(*roles, username=username))
        opened.append((page, complaints_of(page)))
        return page

    yield open_one
    for page, complaints in opened:
        page.context.close()
        assert complaints == []


def asked_of(page: Page) -> list[str]:
    """Addresses of regions that a page asks for from now on."""
    found: list[str] = []

    def note(request: Request) -> None:
        if request.headers.get("hx-request") and "/alarm" not in request.url and request.method == "GET":
            found.append(request.url.split("/", 3)[3])

    page.on("request", note)
    return found


def listening(page: Page, path: str) -> Page:
    """Open a page whose stream is there."""
    page.goto(path)
    # The stream says which regions it brings before anything else.
    page.locator("body[data-follows]").wait_for()
    return page


def test_two_screeners_see_each_others_calls_without_asking(
    window: Callable[..., Page], database: Database, clock: ManualClock, show: str
) -> None:
    one = listening(window("wati", Role.SCREENER), "/antrean")
    other = listening(window("rina", Role.SCREENER), "/antrean")
    asked = asked_of(other)
    one.keyboard.press("Escape")
    other.locator("[name=topic]").fill("Setengah kalimat tentang")
    other.keyboard.press("End")
    one.locator("#card [name=name]").fill("Penelepon Baru")
    one.locator("#card [name=topic]").fill("Lampu padam")
    one.locator("#card [name=topic]").press("Enter")
    expect(other.locator("#queue")).to_contain_text("Penelepon Baru")
    # The hands stay where they are.
    other.keyboard.type(" jalan")
    expect(other.locator("[name=topic]")).to_have_value("Setengah kalimat tentang jalan")
    expect(other.locator("#undo button")).to_have_count(0)
    assert asked == []
    # A button that came down the stream works: its form has this browser's token.
    with database.writing() as tx:
        make.in_state(tx, CallState.WAITING, clock.now(), by="wati", name="Penelepon Setuju")
    line = other.locator("#queue .line", has_text="Penelepon Setuju")
    line.locator("button", has_text="Siap").click()
    expect(other.locator("#queue h2", has_text="Siap").first).to_be_visible()
    expect(one.locator("#queue h2", has_text="Siap").first).to_be_visible()
    # What is one's own is asked for by the one person alone.
    expect(other.locator("#undo button")).to_be_visible()
    assert asked == ["antrean/urung"]


def test_the_open_call_stays_marked_and_the_focus_in_the_list(
    window: Callable[..., Page], database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        calls = [make.in_state(tx, CallState.WAITING, clock.now(), name=f"Penelepon {number}") for number in range(3)]
        second = calls[1].public_id
    page = listening(window("wati", Role.SCREENER), f"/antrean/{second}")
    page.locator(f"#queue [data-pick='{second}']").focus()
    with database.writing() as tx:
        make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Baru")
    expect(page.locator("#queue")).to_contain_text("Penelepon Baru")
    assert page.locator("#queue [aria-current=true]").get_attribute("data-pick") == second
    assert page.evaluate("document.activeElement.dataset.pick") == second


def test_host_and_wall_follow_the_screener_and_each_other(
    window: Callable[..., Page], database: Database, clock: ManualClock, show: str
) -> None:
    host = listening(window("sari", Role.HOST), show)
    second = listening(window("budi", Role.HOST, Role.PRODUCER), show)
    wall = listening(window("dinding", Role.HOST), "/dinding")
    asked = [asked_of(page) for page in (host, second, wall)]
    host.keyboard.press("b")
    host.keyboard.type("Setengah")
    with database.writing() as tx:
        make.in_state(tx, CallState.READY, clock.now(), name="Penelepon Satu", topic="Lampu padam")
    for page in (host, second):
        expect(page.locator(".caller.next")).to_have_count(1)
    host.keyboard.type(" kalimat")
    expect(host.locator(".say [name=text]")).to_have_value("Setengah kalimat")
    second.keyboard.press("n")
    for page in (host, second):
        expect(page.locator(".caller.air")).to_have_count(1)
    expect(wall.locator(".wall-line.air")).to_be_visible()
    host.locator(".say [name=text]").press("Enter")
    expect(second.locator("#talk")).to_contain_text("Setengah kalimat")
    assert asked == [[], [], []]


@contextmanager
def desk_process(settings: Settings, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "RADIODESK_DATA": str(settings.data), "RADIODESK_DESK_PORT": str(port)}
    command = [sys.executable, "-m", "radiodesk", "desk", "--only-web"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                try:
                    urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                    break
                except (URLError, OSError):
                    time.sleep(0.1)
            yield process
        finally:
            process.kill()


@pytest.mark.both_databases
def test_nothing_is_missed_when_the_desk_is_killed(
    browser: Browser,
    settings: Settings,
    database: Database,
    clock: ManualClock,
    sign_in: Callable[..., FlaskClient],
) -> None:
    port = free_port()
    client = sign_in(Role.SCREENER, username="wati")
    with desk_process(settings, port) as first:
        page = page_of(browser, f"http://127.0.0.1:{port}", client)
        listening(page, "/antrean")
        page.locator("#card [name=topic]").fill("Setengah kalimat")
        with database.writing() as tx:
            make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Satu")
        expect(page.locator("#queue")).to_contain_text("Penelepon Satu")
        first.kill()
        expect(page.locator("#toast")).not_to_be_empty()
        # What is asked for while typing finds nobody, and the page goes on.
        page.locator("#card [name=topic]").fill("Setengah kalimat tentang lampu")
        page.locator("#card [name=place]").fill("Kali")
        page.wait_for_timeout(1000)
        with database.writing() as tx:
            make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Dua")
    with desk_process(settings, port):
        expect(page.locator("#queue")).to_contain_text("Penelepon Dua", timeout=60_000)
        expect(page.locator("#toast")).to_be_empty()
        expect(page.locator("#card [name=topic]")).to_have_value("Setengah kalimat tentang lampu")
        # And it is live again.
        with database.writing() as tx:
            make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Tiga")
        expect(page.locator("#queue")).to_contain_text("Penelepon Tiga")
        page.context.close()
