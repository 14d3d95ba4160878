"""Whatever stands in a field, a header, an address or a body: an answer below 500, and nothing is left open."""

import logging
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, got_request_exception
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy
from sqlalchemy import select
from sqlalchemy.pool import QueuePool
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Base, open_database
from radiodesk.core.keys import load_keys
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.web.desk import create_desk
from radiodesk.web.public_site import create_public
from tests.factories import odd_requests
from tests.factories.filled import fill
from tests.factories.odd_requests import Asked
from tests.factories.writers import is_free

START = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
PASSWORD = "sepuluh-huruf"
TOKEN = "kata-rahasia-uji"


def room_of(module: str) -> str:
    """The room of a module, or the package beside the rooms."""
    return module.removeprefix("radiodesk.").removeprefix("rooms.").split(".")[0]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """What thousands of bad requests say in the log is not asked here."""
    for name in ("desk", "public"):
        caplog.set_level(logging.CRITICAL, logger=name)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    template_data: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Station]:
    """A station with every channel open and at least one of everything, on each kind of database."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    shutil.copytree(template_data, folder)
    url = None
    if request.param == "postgresql":
        template = request.getfixturevalue("postgres_template")
        url = request.getfixturevalue("postgres").make(f"bad_input_{uuid4().hex}", template)
    own = Settings(
        data=folder,
        database_url=url,
        lease_seconds=5,
        whatsapp_verify_token=TOKEN,
        whatsapp_app_secret=TOKEN,
        sms_token=TOKEN,
        pos_jago_token=TOKEN,
        partner_tokens={"mitra": TOKEN},
        intake_per_hour=1_000_000,
    )
    database = open_database(own.database, load_keys(folder / "keys.json"))
    with database.writing() as tx:
        fill(tx, own, START)
    notifier = Notifier(database)
    yield Station(own, database, ManualClock(START), notifier)
    notifier.close()
    database.engine.dispose()


class Attacked:
    """An application that is asked bad things, and what came of it."""

    def __init__(self, app: Flask, station: Station) -> None:
        self.app, self.station = app, station
        self.raised: list[BaseException] = []
        self.statuses: Counter[int] = Counter()
        self.cookie = ""
        got_request_exception.connect(self._note, app)
        app.request_class = odd_requests.ListeningRequest

    def _note(self, _app: Flask, exception: BaseException, **_more: Any) -> None:
        self.raised.append(exception)

    def sign_in(self, name: str) -> None:
        """A fresh administrator, since the last one may have been thrown out by what was asked."""
        with self.station.database.writing() as tx:
            accounts.add_person(tx, name, "Petugas Uji", list(Role), PASSWORD, by="test", at=START)
        with self.station.database.writing() as tx:
            token = accounts.sign_in(tx, name, PASSWORD, None, address="::1", browser="test", hours=12, at=START)
        self.cookie = f"{COOKIE}={token}"

    def ask(self, asked: Asked) -> None:
        """Send it; fails on a 5xx, on an answer that breaks while it is read, and on a transaction left open."""
        self.raised.clear()
        environ = odd_requests.environ(asked, odd_requests.path_of(asked))
        if self.cookie:
            environ["HTTP_COOKIE"] = "; ".join(filter(None, (environ.get("HTTP_COOKIE"), self.cookie)))
        if asked.rule.startswith("/masuk/"):
            environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {TOKEN}")
        answer = Response.from_app(self.app.wsgi_app, environ)
        with closing(answer):
            for chunk in answer.iter_encoded():
                if chunk.startswith(b"retry:"):
                    break
        code = answer.status_code
        self.statuses[code] += 1
        # A part of the desk that is not running (the telephone) says so with 503; that is no failure.
        if code >= 500 and code != 503:
            raise AssertionError(f"{code}") from (self.raised[0] if self.raised else None)
        self._nothing_open()

    def _nothing_open(self) -> None:
        pool = self.station.database.engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedout() == 0, "a connection was not given back"
        assert is_free(self.station.settings), "somebody still writes"


@pytest.fixture(scope="module")
def desk_app(filled: Station) -> Attacked:
    app = create_desk(filled)
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return Attacked(app, filled)


@pytest.fixture(scope="module")
def public_app(filled: Station) -> Attacked:
    app = create_public(filled)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    return Attacked(app, filled)


def every_rule(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def known_ids(station: Station) -> dict[str, tuple[str, ...]]:
    """Public ids, numbers and keys of what is there by the room that keeps it, so that addresses lead somewhere."""
    found: dict[str, set[str]] = {"": set()}
    with station.database.reading() as tx:
        for mapper in Base.registry.mappers:
            room = room_of(mapper.class_.__module__)
            for name in ("public_id", "number", "ticket_public_id"):
                if name in mapper.columns:
                    some = map(str, tx.scalars(select(mapper.columns[name]).limit(8)))
                    found.setdefault(room, set()).update(some)
    every = set().union(*found.values())
    return {room: tuple(sorted(some)) for room, some in (found | {"": every}).items()}


def attack(attacked: Attacked, examples: int, learning: int = 2, first: int = 0) -> None:
    ids = known_ids(attacked.station)
    for number, (rule, method) in enumerate(every_rule(attacked.app)):
        if attacked.app.name == "desk":
            attacked.sign_in(f"uji{first}x{number}")
        module = attacked.app.view_functions[rule.endpoint].__module__
        own = ids.get(room_of(module), ())

        read: set[str] = set()
        odd_requests.Listening.read = read
        wanted = odd_requests.requests(rule, method, module, ids[""], own)
        asks(attacked, wanted, learning, first + number)
        asks(
            attacked,
            odd_requests.requests(rule, method, module, ids[""], own, frozenset(read)),
            examples,
            first + number,
        )


def asks(attacked: Attacked, requests: SearchStrategy[Asked], examples: int, first: int) -> None:
    @seed(first)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(asked=requests)
    def each(asked: Asked) -> None:
        attacked.ask(asked)

    each()


@pytest.mark.parametrize("name", ["desk", "public"])
def test_no_address_answers_bad_input_with_a_failure(name: str, desk_app: Attacked, public_app: Attacked) -> None:
    attack({"desk": desk_app, "public": public_app}[name], examples=2 if name == "desk" else 8, learning=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["desk", "public"])
def test_no_address_answers_bad_input_with_a_failure_in_a_long_try(
    name: str, desk_app: Attacked, public_app: Attacked
) -> None:
    examples = int(os.environ.get("BAD_INPUTS", "5"))
    attack(
        {"desk": desk_app, "public": public_app}[name],
        examples,
        learning=3,
        first=int(os.environ.get("BAD_SEED", "1000")),
    )


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/antrean/saran", {"_draft": "\0"}, 204),
        ("/naskah/tidak-ada/ralat", {"sentence": "0", "right": "\0"}, 404),
        ("/petugas", {"username": "uji", "name": "Uji", "roles": "host\0"}, 422),
    ],
)
def test_signs_that_are_no_text_are_looked_for_in_no_row(
    desk_app: Attacked, path: str, form: dict[str, str], status: int
) -> None:
    desk_app.sign_in(f"nul{status}")
    browser = desk_app.app.test_client()
    browser.set_cookie(COOKIE, desk_app.cookie.partition("=")[2])
    assert browser.post(path, data=form).status_code == status


def test_a_text_with_nul_is_no_failure_of_any_database(filled: Station) -> None:
    with filled.database.reading() as tx:
        assert tx.scalar(select(Transcript.id).where(Transcript.public_id == "a\0b")) is None


@pytest.mark.parametrize(
    "path",
    [
        "/?tanggal=0001-01-01",
        "/?tanggal=9999-12-31",
        "/?hal=99999999999999999999&cari=%ff%00",
        "/open311/v2/requests.json?start_date=9999-12-31T00:00:00Z",
        "/open311/v2/requests.xml?end_date=0001-01-01T00:00:00%2B14:00",
        "/open311/v2/requests/%EF%BF%BF.xml",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc&from=0001-01-01&until=9999-12-31",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=bulan-9999-12",
        "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=%EF%BF%BF",
        "/data/siaran.csv?hal=-1",
        "/umpan.atom?hal=9223372036854775808",
    ],
)
def test_dates_and_numbers_beyond_all_bounds_are_answered(public_app: Attacked, path: str) -> None:
    assert public_app.app.test_client().get(path).status_code in (200, 400, 404)


@pytest.mark.parametrize("given", ["0001-01-01", "9999-12-31", "2026-02-30", "besok"])
def test_a_day_that_is_none_is_named_in_the_refusal(desk_app: Attacked, given: str) -> None:
    desk_app.sign_in(f"tanggal{abs(hash(given))}")
    browser = desk_app.app.test_client()
    browser.set_cookie(COOKIE, desk_app.cookie.partition("=")[2])
    form = {"phone": "0812 0000 0077", "reason": "Iseng", "until": given}
    answer = browser.post("/antrean/blokir", data=form)
    assert answer.status_code == 422
    assert given in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/masuk/tidak-ada", 404),
        ("GET", "/masuk/sms", 405),
        ("POST", "/masuk/mitra", 403),
        ("POST", "/masuk/whatsapp", 403),
    ],
)
def test_machines_that_bring_messages_read_of_errors_as_json(
    public_app: Attacked, method: str, path: str, status: int
) -> None:
    answer = public_app.app.test_client().open(path, method=method, data=b"\xff", headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.get_json()["error"].endswith(".")


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_a_fault_of_ours_and_a_body_that_is_too_large_are_told_to_machines_as_json(
    public_app: Attacked, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("rusak")

    # Before it is safe on disk; whatever goes wrong afterwards is ours to mend.
    monkeypatch.setattr("radiodesk.rooms.messages.arrivals.arrival_store.Store._write", broken)
    browser = public_app.app.test_client()
    headers = {"Accept": accept, "Authorization": f"Bearer {TOKEN}"}
    failed = browser.post("/masuk/sms", json={"from": "+62812000001", "text": "halo"}, headers=headers)
    assert (failed.status_code, list(failed.get_json())) == (500, ["error"])
    large = browser.post("/masuk/mitra", data=b" " * 1_000_001, headers=headers)
    assert (large.status_code, list(large.get_json())) == (413, ["error"])


def test_open311_tells_of_errors_in_its_own_form_and_pages_as_pages(public_app: Attacked) -> None:
    browser = public_app.app.test_client()
    xml = browser.get("/open311/v2/requests/tidak-ada.xml")
    assert (xml.status_code, xml.mimetype) == (404, "text/xml")
    assert b"<errors><error><code>404</code><description>" in xml.data
    asked = browser.get("/open311/v2/tidak-ada?format=json")
    assert (asked.status_code, asked.get_json()[0]["code"]) == (404, 404)
    page = browser.get("/tidak-ada", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_signs_that_are_none_do_not_stop_a_message(public_app: Attacked) -> None:
    body = b'{"id": "uji\\ud800", "from": "+6281200000055", "text": "lampu\\udfff padam\\uffff"}'
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    answer = public_app.app.test_client().post("/masuk/sms", data=body, headers=headers)
    assert answer.status_code == 201


def test_a_transcript_with_odd_signs_can_be_taken_along_as_a_document(desk_app: Attacked) -> None:
    desk_app.sign_in("naskah")
    browser = desk_app.app.test_client()
    browser.set_cookie(COOKIE, desk_app.cookie.partition("=")[2])
    with desk_app.station.database.writing() as tx:
        row = tx.scalars(select(Transcript).order_by(Transcript.id)).first()
        assert row is not None
        row.segments = [{"start": 0.0, "end": 1.0, "text": "halo \uffff\x0b dunia", "speaker": "Pak \ufffe"}]
        row.recording.original_name = "suara\uffff.wav"
        public_id = row.public_id
    assert browser.get(f"/transkrip/{public_id}/unduh.docx").status_code == 200
    odd = {"start": 0, "end": 1, "word": "halo\ud800", "confidence": 10**400}
    for confidence in (10**400, 1):
        sent = {"words": [{**odd, "confidence": confidence}], "segments": [{"text": "halo\ud800"}]}
        assert browser.post(f"/transkrip/{public_id}", json=sent).status_code in (200, 409, 422)
