"""Fixtures that every room's tests share: a station of its own for each test, with a clock that stands still."""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from radiodesk.core import i18n
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.keys import load_keys
from radiodesk.core.notifier import Notifier
from radiodesk.core.schema import upgrade
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.accounts import passwords
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.tickets import pins
from tests.factories.browsers import chromium, served
from tests.factories.forms import FormClient
from tests.factories.postgres import Server, server
from tests.factories.s3_server import Line, S3Server, line_to, running_server

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
TESTS = Path(__file__).resolve().parent
OF_A_STATION = frozenset({"browser", "drills", "journeys", "migrations", "operations", "web"})
"""Folders of tests that begin processes, migrate databases or make whole pages."""
PASSWORD = "sepuluh-huruf"
TEMPLATE = "radiodesk_template"


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that is slow on purpose would only slow the tests down."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(pins, "_hasher", quick)


@pytest.fixture(autouse=True)
def indonesian() -> None:
    """Every test begins in the desk's first language."""
    i18n.language.set("id")


@pytest.fixture
def shared() -> Path:
    """The folder of real data; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real data beside the checkout are absent")
    return SHARED


@pytest.fixture
def clock() -> ManualClock:
    """Half past six in the evening of a Tuesday, station time."""
    return ManualClock(datetime(2026, 11, 24, 11, 30, tzinfo=UTC))


@pytest.fixture
def now(clock: ManualClock) -> datetime:
    return clock.now()


@pytest.fixture(scope="session")
def template_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with keys and a migrated, empty database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    database = open_database(f"sqlite:///{folder / 'radiodesk.sqlite'}", load_keys(folder / "keys.json"))
    upgrade(database)
    database.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this run's own."""
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(postgres: Server, template_data: Path) -> str:
    """Name of a migrated, empty database with the keys of ``template_data``, which is copied for each test."""
    database = open_database(postgres.make(TEMPLATE), load_keys(template_data / "keys.json"))
    upgrade(database)
    database.engine.dispose()
    return TEMPLATE


def pytest_configure() -> None:
    """Each test has an engine of its own; a statement is compiled once for all of them, as it is in one station.

    What is compiled is kept by dialect; those of a kind are alike where they encrypt with the same keys. To compile for
    each test anew was a fifth of the work.
    """
    compiled: LRUCache[Any, Any] = LRUCache(5000)

    def keys(dialect: Any) -> Any:
        return getattr(dialect, "radiodesk_keys", None)

    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        vars_of: Any = dialect
        vars_of.__eq__ = lambda self, other: type(self) is type(other) and keys(self) == keys(other)
        vars_of.__hash__ = lambda self: hash((type(self), keys(self) and keys(self).lookup_key))

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.engine._compiled_cache = compiled


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What works on a station is marked so; the rest is the fast part.

    What is only so with SQLite is tested on SQLite alone; the mark says why. Of slow tests, which hear speech or drive
    a browser, those that are about the database run on both.
    """

    def elsewhere(item: pytest.Item) -> bool:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        slow = item.get_closest_marker("slow") is not None and item.get_closest_marker("both_databases") is None
        left_out = slow or item.get_closest_marker("only_sqlite") is not None
        return left_out and parameters.get("database_kind") == "postgresql"

    for item in items:
        part = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if part in OF_A_STATION or "database_kind" in getattr(item, "fixturenames", ()):
            item.add_marker("station")
    left_out = [item for item in items if elsewhere(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not elsewhere(item)]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look it all through for garbage, some hundred times in a test that makes an
    application, took a sixth of the time. What tests leave is collected in larger portions.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Every test that has a station of its own runs on both kinds of database."""
    kind: str = request.param
    return kind


@pytest.fixture
def settings(
    tmp_path: Path,
    template_data: Path,
    database_kind: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Settings]:
    """Settings of a station in a folder of its own, with nothing from the environment."""
    monkeypatch.chdir(tmp_path)
    if database_kind == "sqlite":
        shutil.copytree(template_data, tmp_path / "data")
        yield Settings(data=tmp_path / "data", screens=4, lease_seconds=5)
        return
    template, postgres = request.getfixturevalue("postgres_template"), request.getfixturevalue("postgres")
    shutil.copytree(template_data, tmp_path / "data", ignore=shutil.ignore_patterns("radiodesk.sqlite*"))
    name = f"test_{uuid4().hex}"
    url = postgres.make(name, template)
    # What a test starts as a process of its own is to find the same database.
    monkeypatch.setenv("RADIODESK_DATABASE_URL", url)
    yield Settings(data=tmp_path / "data", screens=4, lease_seconds=5, database_url=url)
    postgres.drop(name)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings.database, load_keys(settings.data / "keys.json"))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that will write; the test flushes or commits as the edge would."""
    with database.session() as opened:
        yield opened


@pytest.fixture
def station(settings: Settings, database: Database, clock: ManualClock) -> Iterator[Station]:
    notifier = Notifier(database)
    yield Station(settings, database, clock, notifier)
    notifier.close()


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all applications of a run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def desk(station: Station, compiled_templates: FileSystemBytecodeCache) -> Flask:
    from radiodesk.web.desk import create_desk

    app = create_desk(station)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = FormClient
    app.jinja_env.bytecode_cache = compiled_templates
    return app


@pytest.fixture
def public(station: Station, compiled_templates: FileSystemBytecodeCache) -> Flask:
    from radiodesk.web.public_site import create_public

    app = create_public(station)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.jinja_env.bytecode_cache = compiled_templates
    return app


@pytest.fixture
def sign_in(desk: Flask, station: Station) -> Callable[..., FlaskClient]:
    """Gives a browser in which a new person with the given roles is signed in."""

    def signed_in(*roles: Role, username: str = "petugas") -> FlaskClient:
        at = station.clock.now()
        with station.database.writing() as tx:
            accounts.add_person(tx, username, "Petugas Uji", roles, PASSWORD, by="test", at=at)
        with station.database.writing() as tx:
            token = accounts.sign_in(tx, username, PASSWORD, None, address="127.0.0.1", browser="test", hours=12, at=at)
        client = desk.test_client()
        client.set_cookie(COOKIE, token)
        return client

    return signed_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serves an application on a free port of this machine until the test is over; gives its address."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(served(app))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One S3 server for the tests of a run."""
    with running_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def s3_line(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The way to an empty place in it, which a test can spoil."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with line_to(s3_server) as line:
        yield line
