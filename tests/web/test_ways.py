"""No page of the desk offers a way that its reader may not go: every link is followed, every form's guard is asked."""

import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
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
from radiodesk.rooms.calls.models import CallState, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.web.desk import create_desk
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
    notifier = Notifier(database, interval=0.02)
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
    waiting, seen, opened = deque([("/", "–")]), {"/"}, Counter[str]()
    while waiting:
        address, offered = waiting.popleft()
        answer = client.get(address)
        if answer.status_code in (403, 404):
            yield f"GET {address} {answer.status_code}, offered on {offered}"
        assert answer.status_code < 500 or answer.status_code == 503, address
        if not (answer.content_type or "").startswith("text/html") or answer.status_code >= 400:
            continue
        for method, target, what in Ways(answer.get_data(as_text=True)).found:
            found = endpoint_of(adapter, method, target)
            if found is None or found[0] in UNASKED:
                continue
            endpoint, how = found
            if how == "POST" or endpoint in SOUND:
                if not is_let_through(desk, endpoint, roles):
                    yield f"{how} {endpoint} ({what}), offered on {address}"
            elif target.split("#")[0] not in seen and opened[endpoint] < MOST_OF_A_KIND:
                seen.add(target.split("#")[0])
                opened[endpoint] += 1
                waiting.append((target.split("#")[0], address))


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
