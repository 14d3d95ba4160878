"""Whatever a request runs into, no lock and no connection stays behind; a database in trouble is named everywhere."""

import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from radiodesk.core import audit
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.http.request import now, session, station
from radiodesk.rooms.accounts.models import Role
from tests.factories.writers import held, is_free

SignIn = Callable[..., FlaskClient]


def add_views(app: Flask) -> None:
    """Views that break after they have written, at every point at which a request can."""

    def breaks(how: str) -> str:
        audit.record(session(), now(), "test", "written", "nothing")
        if how == "refusal":
            raise Conflict("This form is too old. Please reload the page and send it again.")
        if how == "surrogate":
            audit.record(session(), now(), "test", "\ud83d", "nothing")
        if how == "statement":
            session().connection().exec_driver_sql("SELECT nonsense FROM nowhere")
        if how == "memory":
            raise MemoryError
        if how == "flush":
            entry = audit.record(session(), now(), "test", "written", "nothing")
            entry.digest = None  # type: ignore[assignment]
            session().flush()
        if how == "commit":
            entry = audit.record(session(), now(), "test", "written", "nothing")
            entry.digest = None  # type: ignore[assignment]
        if how == "answer":
            return None  # type: ignore[return-value]
        raise RuntimeError(how)

    def looks(how: str) -> str:
        station().database.session().connection()
        audit.has(session(), now(), "a", "b", "c")
        raise RuntimeError(how)

    for view in (breaks, looks):
        view.open_to_all = True  # type: ignore[attr-defined]
    app.add_url_rule("/rusak/<how>", "breaks", breaks, methods=["POST"])
    app.add_url_rule("/lihat/<how>", "looks", looks)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("refusal", 409),
        ("surrogate", 500),
        ("statement", 500),
        ("memory", 500),
        ("flush", 500),
        ("commit", 500),
        ("answer", 500),
        ("plainly", 500),
    ],
)
@pytest.mark.parametrize("application", ["desk", "public"])
def test_a_request_that_breaks_leaves_no_lock_and_no_connection(
    request: pytest.FixtureRequest, settings: Settings, database: Database, application: str, how: str, status: int
) -> None:
    app: Flask = request.getfixturevalue(application)
    add_views(app)
    answer = app.test_client().post(f"/rusak/{how}")
    assert answer.status_code == status
    assert is_free(settings)
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with database.reading() as tx:
        assert tx.query(audit.AuditEntry).filter_by(actor="test").count() == 0


def test_an_error_page_asks_the_database_nothing_that_could_break_it_again(desk: Flask, database: Database) -> None:
    add_views(desk)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    desk.test_client().post("/rusak/statement")
    assert asked[-1].startswith("SELECT nonsense")


def test_while_another_program_writes_pages_are_shown_and_forms_say_whom_they_wait_for(
    sign_in: SignIn, settings: Settings
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    with held(settings):
        assert client.get("/").status_code == 200
        answer = client.post("/program", data={"title": "Halo Polres", "starts": "08:00", "minutes": "60"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "pytest" in page or "python" in page
        # Sent again by itself, with what was typed.
        assert 'value="Halo Polres"' in page
        assert 'data-again="5"' in page
        # Everyone hears of it, on every page.
        assert 'data-alarm-name="database"' in client.get("/").get_data(as_text=True)
        assert 'data-alarm-name="database"' in client.get("/alarm").get_data(as_text=True)
        machine = client.post(
            "/program", data={"title": "x", "starts": "08:00", "minutes": "60"}, headers={"Accept": "application/json"}
        )
        assert machine.status_code == 503
        assert machine.json is not None and machine.json["error"]
    assert client.post("/program", data={"title": "Halo", "starts": "08:00", "minutes": "60"}).status_code == 303
    assert 'data-alarm-name="database"' not in client.get("/").get_data(as_text=True)


@pytest.mark.only_sqlite("its limits are set by pragmas; test_postgres_kind.py has the other ones")
@pytest.mark.parametrize(
    ("pragma", "told"),
    [("max_page_count = 1", "Cakram penuh"), ("query_only = 1", "tidak boleh ditulisi")],
)
def test_a_full_or_read_only_database_is_named_and_pages_go_on(
    sign_in: SignIn, database: Database, pragma: str, told: str
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    database.engine.dispose()
    event.listen(database.engine, "connect", lambda connection, _record: connection.execute(f"PRAGMA {pragma}"))
    assert client.get("/program").status_code == 200
    for number in range(40):
        answer = client.post("/program", data={"title": f"Acara {number} " * 8, "starts": "08:00", "minutes": "60"})
        if answer.status_code == 503:
            break
    assert told in answer.get_data(as_text=True)
    assert told in client.get("/program").get_data(as_text=True)
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.only_sqlite("it has a file")
def test_a_database_that_cannot_be_read_gives_a_page_that_tries_again(desk: Flask, settings: Settings) -> None:
    for path in settings.data.glob("radiodesk.sqlite*"):
        path.unlink()
    (settings.data / "radiodesk.sqlite").write_bytes(b"no database " * 400)
    client = desk.test_client()
    client.set_cookie("radiodesk_sign_in", "x")
    answer = client.get("/")
    assert answer.status_code == 503
    assert 'http-equiv="refresh"' in answer.get_data(as_text=True)


def test_strangers_who_wait_for_the_database_hold_up_no_page(public: Flask, settings: Settings) -> None:
    def follow(number: int) -> int:
        data = {"nomor": f"K-{number}", "pin": "123456"}
        return public.test_client().post("/pengaduan", data=data).status_code

    with held(settings), ThreadPoolExecutor(24) as strangers:
        began = time.monotonic()
        waiting = [strangers.submit(follow, number) for number in range(24)]
        time.sleep(0.2)
        asked = time.monotonic()
        assert public.test_client().get("/").status_code == 200
        assert time.monotonic() - asked < 1.5
        assert {one.result() for one in waiting} == {503}
        assert time.monotonic() - began < 10


def test_the_public_site_promises_nothing_that_takes_a_script(public: Flask, settings: Settings) -> None:
    def writes() -> str:
        audit.record(session(), now(), "test", "written", "nothing")
        return ""

    public.add_url_rule("/tulis", "writes", writes, methods=["POST"])
    words = "Lampu di depan pasar padam sejak tiga malam."
    with held(settings):
        answer = public.test_client().post("/tulis", data={"tanggapan": words})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503 and words in page
    assert "Set-Cookie" not in answer.headers
    assert "<form" not in page.split("<main")[1] and "dengan sendirinya" not in page and "data-again" not in page


def test_the_public_is_not_told_which_program_is_at_work(public: Flask, settings: Settings) -> None:
    data = {"nomor": "K-1", "pin": "123456"}
    with held(settings):
        page = public.test_client().post("/pengaduan", data=data).get_data(as_text=True)
    assert "program lain" in page and "py" not in page.split("<main")[1]


@pytest.mark.parametrize("application", ["desk", "public"])
def test_a_fault_of_the_database_is_in_the_log_and_no_value_with_it(
    desk: Flask, public: Flask, application: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = {"desk": desk, "public": public}[application]

    def breaks() -> str:
        entry = audit.record(session(), now(), "rahasia-uji", "written", "nothing")
        entry.digest = None  # type: ignore[assignment]
        session().flush()
        return ""

    breaks.open_to_all = True  # type: ignore[attr-defined]
    app.add_url_rule("/rusak", "breaks", breaks, methods=["POST"])
    with caplog.at_level(logging.ERROR):
        assert app.test_client().post("/rusak").status_code == 500
    assert "append-only" in caplog.text or "NOT NULL" in caplog.text
    assert "rahasia-uji" not in caplog.text


def test_an_address_that_is_no_text_is_none_on_either_database(
    desk: Flask, public: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    officer = sign_in(Role.PRODUCER, Role.SCREENER, Role.TICKET_OFFICER)
    for app, client in ((desk, officer), (public, public.test_client())):
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and "public_id" in rule.arguments:
                address = re.sub(r"<[^>]*>", "1%00", rule.rule)
                assert client.get(address).status_code == 404, address
    assert officer.get("/draf?untuk=%00&untuk=/antrean").json == {}
