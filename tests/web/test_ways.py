"""No page of the desk offers a way that its reader may not go: every link is followed, every form's guard is asked."""

import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import open_database
from radiodesk.core.ids import public_id
from radiodesk.core.keys import load_keys
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import BroadcastState
from radiodesk.rooms.calls.models import CallState, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptState
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.rooms.transcripts.models import TranscriptState
from radiodesk.web.desk import create_desk
from radiodesk.web.public_site import LANGUAGE_COOKIE, create_public
from tests.factories import calls as make
from tests.factories import shows
from tests.factories.filled import fill
from tests.factories.forms import FormClient

PASSWORD = "sepuluh-huruf"
COMBINATIONS = [
    *((role,) for role in Role),
    (Role.HOST, Role.OFFICER),
    (Role.SCREENER, Role.TICKET_OFFICER),
    (Role.PRODUCER, Role.ARCHIVIST),
    (Role.HOST, Role.SCREENER),
]
UNASKED = {"live.stream", "static", "accounts.sign_out"}
SOUND = {"audio.play", "audio.fetch_original", "audio.outline", "programme.heard", "lines.trial"}
"""Sound is made when it is asked for, which takes long: here its guard is asked."""
MOST_OF_A_KIND = 8
"""Pages of one endpoint that are opened; the states of the station's rows are all among them."""


class Ways(HTMLParser):
    """Collects where a page leads: ``(method, address, what it is)``."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self._method = "GET"
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._method = given.get("method", "get").upper()
            self._add(self._method, given.get("action", ""), "form")
        self._add(self._method, given.get("formaction", ""), "button")
        for name in ("href", "src"):
            self._add("GET", given.get(name, ""), tag)
        for name, value in given.items():
            if name in ("hx-post", "hx-put", "hx-delete"):
                self._add("POST", value, name)
            elif name == "hx-get" or (name.startswith("data-") and re.match(r"/[a-z]", value)):
                self._add("", value, name)

    def _add(self, method: str, address: str, what: str) -> None:
        # Where an address ends in «-», the page's script puts an id.
        if address.startswith("/") and not address.endswith("/-"):
            self.found.append((method, address, what))


@pytest.fixture(scope="module")
def full(template_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """Something in every room, a show on air, callers whom one must not know, and a confidential complaint."""
    folder = tmp_path_factory.mktemp("full") / "data"
    shutil.copytree(template_data, folder)
    settings = Settings(data=folder, intake_per_hour=1_000_000)
    database = open_database(settings.database, load_keys(folder / "keys.json"))
    clock = ManualClock(datetime(2026, 11, 24, 11, 30, tzinfo=UTC))
    with database.writing() as tx:
        fill(tx, settings, clock.now())
        _on_air(tx, settings, clock)
    notifier = Notifier(database)
    yield Station(settings, database, clock, notifier)
    notifier.close()
    database.engine.dispose()


@pytest.fixture(scope="module")
def desk(full: Station) -> Flask:
    app = create_desk(full)
    app.test_client_class = FormClient
    return app


def _on_air(tx: Session, settings: Settings, clock: ManualClock) -> None:
    at = clock.now()
    series = programme.add_programme(tx, "Program Kini", by="produser", at=at)
    show = broadcasts.plan(tx, series, "Siaran Kini", at, by="produser", at=at)
    broadcasts.go_on_air(tx, show, by="penyiar", at=at)
    child = make.in_state(tx, CallState.WAITING, at, topic="Perkara anak")
    child.protected = Protected.CHILD
    child.recordings.append(make.recording(tx, settings, at))
    shows.transcript(tx, child.recordings[0], "Kata seorang anak", at)
    secret = make.in_state(tx, CallState.DONE, at)
    secret.recordings.append(make.recording(tx, settings, at))
    found = tx.scalars(select(Ticket).where(Ticket.call_id.is_(None)).limit(2)).all()
    for ticket, call in zip(found, (secret, child), strict=False):
        ticket.call_id = call.id
    found[0].confidential = True
    tx.flush()


def signed_in(desk: Flask, station: Station, roles: tuple[Role, ...], prefix: str = "jalan") -> FlaskClient:
    at, name = station.clock.now(), "-".join((prefix, *roles)).replace(" ", "-")
    with station.database.writing() as tx:
        accounts.add_person(tx, name, "Petugas Uji", roles, PASSWORD, by="test", at=at)
    with station.database.writing() as tx:
        token = accounts.sign_in(tx, name, PASSWORD, None, address="127.0.0.1", browser="test", hours=12, at=at)
    client = desk.test_client()
    client.set_cookie(COOKIE, token)
    return client


def endpoint_of(adapter: MapAdapter, method: str, address: str) -> tuple[str, str] | None:
    """Endpoint and method of an address; where the page does not say the method, the one whose rule fits it closest."""
    found = []
    for one in (method,) if method else ("GET", "POST"):
        try:
            endpoint, values = adapter.match(urlsplit(address).path, method=one)
        except (MethodNotAllowed, NotFound):
            continue
        found.append((len(values), str(endpoint), one))
    return min(found, key=lambda one: one[0])[1:] if found else None


def is_let_through(desk: Flask, endpoint: str, roles: tuple[Role, ...]) -> bool:
    guards = getattr(desk.view_functions[endpoint], "guards", ())
    return Role.ADMINISTRATOR in roles or all(set(guard) & set(roles) for guard in guards)


def dead_ends(desk: Flask, client: FlaskClient, roles: tuple[Role, ...]) -> Iterator[str]:
    """Walks the whole desk from its first page; gives every way that is refused, and where it was offered."""
    adapter = desk.url_map.bind("localhost")
    offered: dict[str, str] = {}
    for address, page in walked(desk, client):
        if page is None:
            yield f"GET {address}, offered on {offered.get(address, '–')}"
            continue
        for method, target, what in Ways(page).found:
            offered.setdefault(target.split("#")[0], address)
            found = endpoint_of(adapter, method, target)
            if found and (found[1] == "POST" or found[0] in SOUND) and not is_let_through(desk, found[0], roles):
                yield f"{found[1]} {found[0]} ({what}), offered on {address}"


def walked(desk: Flask, client: FlaskClient) -> Iterator[tuple[str, str | None]]:
    """Every page that can be reached from the first one, some of each kind; ``None`` for what is refused."""
    adapter = desk.url_map.bind("localhost")
    waiting, seen, opened = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        answer.get_data()
        assert answer.status_code < 500 or answer.status_code == 503, address
        if answer.status_code in (403, 404):
            yield address, None
        if not (answer.content_type or "").startswith("text/html") or answer.status_code >= 400:
            continue
        page = answer.get_data(as_text=True)
        yield address, page
        for method, target, _what in Ways(page).found:
            found, target = endpoint_of(adapter, method, target), target.split("#")[0]
            if found is None or found[0] in UNASKED | SOUND or found[1] == "POST" or target in seen:
                continue
            if opened[found[0]] < MOST_OF_A_KIND:
                seen.add(target)
                opened[found[0]] += 1
                waiting.append(target)


@pytest.mark.parametrize("roles", COMBINATIONS, ids=lambda roles: "+".join(roles))
def test_nothing_that_a_page_offers_is_refused(desk: Flask, full: Station, roles: tuple[Role, ...]) -> None:
    refused = sorted(set(dead_ends(desk, signed_in(desk, full, roles), roles)))
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize("role", [Role.SCREENER, Role.PRODUCER, Role.OFFICER, Role.TICKET_OFFICER])
def test_a_receipt_leads_only_where_its_reader_may_go(desk: Flask, full: Station, role: Role) -> None:
    client = signed_in(desk, full, (role,), "resi")
    given = {
        "identity": public_id(full.clock.now()), "call": "", "text": "Lampu jalan padam", "summary": "", "place": "",
        "category": "penerangan_jalan", "unit": "dishub", "urgency": "biasa", "phone": "", "confidential": "yes",
    }  # fmt: skip
    page = client.post("/pengaduan/baru", data=given)
    assert page.status_code == 200
    offered = re.findall(r'href="(/pengaduan/[^"]+)"', page.get_data(as_text=True))
    assert [client.get(address).status_code for address in offered] == [200] * len(offered)
    assert bool(offered) is (role is Role.TICKET_OFFICER)


ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
RAW = {
    *(str(one) for kind in (CallState, TicketState, ScriptState, BroadcastState, TranscriptState) for one in kind),
    *("flood", "accident", "closure", "roadwork", "breakdown", "flowing", "jammed"),
}
"""Values of the database; in Indonesian none of them is a word, in English those with a mark in them are none."""


class Told(HTMLParser):
    """What a page says: its headings' levels, and its visible text in parts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.parts: list[str] = []
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag in ("script", "style", "pre", "code", "textarea"):
            self._within.append(tag)
        given = dict(attrs)
        for name in ("title", "aria-label", "alt", "placeholder"):
            self.parts.append(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.parts.append(" ".join(data.split()))


def faults_of(page: str, language: str) -> list[str]:
    """Headings out of order, times of machines, and values of the database on a page."""
    told, found = Told(page), []
    whole = "<html" in page
    if whole and (not told.levels or told.levels[0] != 1 or told.levels.count(1) != 1):
        found.append(f"headings begin with {told.levels[:3]}")
    found += [f"h{one} before h{two}" for one, two in pairwise(told.levels) if two > one + 1]
    found += [f"time of a machine: {part}" for part in told.parts if ISO.search(part)]
    raw = {one for one in RAW if language == "id" or "_" in one}
    found += [f"value of the database: {part}" for part in told.parts if part.strip(" ·:,") in raw]
    return found


@pytest.mark.parametrize("language", ["id", "en"])
def test_headings_are_in_order_and_times_and_values_are_said_as_people_say_them(
    desk: Flask, full: Station, language: str
) -> None:
    client = signed_in(desk, full, (Role.ADMINISTRATOR,), f"bahasa-{language}")
    client.post("/saya/bahasa", data={"language": language})
    pages = {address: page for address, page in walked(desk, client) if page is not None}
    assert len(pages) > 60
    found = {f"{one}: {address}" for address, page in pages.items() for one in faults_of(page, language)}
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_holds_for_the_public_pages(full: Station, language: str) -> None:
    client = create_public(full).test_client()
    client.set_cookie(LANGUAGE_COOKIE, language)
    waiting, seen, found = deque(["/"]), {"/"}, set()
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        body = answer.get_data()
        if not (answer.content_type or "").startswith("text/html"):
            continue
        page = body.decode()
        found |= {f"{one}: {address}" for one in faults_of(page, language)}
        for _method, target, _what in Ways(page).found:
            path = urlsplit(target).path
            if path not in seen and not path.startswith("/static/"):
                seen.add(path)
                waiting.append(path)
    assert len(seen) > 8
    assert not found, "\n".join(sorted(found))
