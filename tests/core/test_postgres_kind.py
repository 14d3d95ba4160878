"""PostgreSQL as the station's database: writers take turns, who looks waits for nobody, and trouble has its name."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from radiodesk.core import postgres_kind
from radiodesk.core.database import Database, open_database, take_pulse
from radiodesk.core.errors import Refusal
from radiodesk.core.events import announce
from radiodesk.core.jobs import enqueue
from radiodesk.core.keys import KeyRing
from radiodesk.core.locks import at_work
from radiodesk.core.settings import Settings, SettingsInvalid, load_settings
from radiodesk.core.unavailable import DatabaseAway, DatabaseBusy, DatabaseReadOnly, unavailable
from radiodesk.operations.cli import work
from radiodesk.rooms.traffic.models import AppealUse
from tests.factories.ports import free_port
from tests.factories.postgres import Server
from tests.factories.writers import held

KEYS = KeyRing(1, {1: bytes(32)}, bytes(32), bytes(32))


@pytest.fixture(params=["postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def refusal_of(act: Callable[[], object]) -> BaseException | None:
    try:
        act()
    except (SQLAlchemyError, Refusal) as error:
        return unavailable(error)
    return None


def looks(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(AppealUse)) or 0


def test_a_write_that_cannot_begin_says_who_writes(database: Database) -> None:
    with at_work("job speech"), database.writing() as session:
        session.connection()

        def second() -> None:
            with database.writing(2.5) as other:
                other.connection()

        refused: list[BaseException | None] = []
        waiting = threading.Thread(target=lambda: refused.append(refusal_of(second)))
        waiting.start()
        waiting.join()
    [refusal] = refused
    assert isinstance(refusal, DatabaseBusy)
    assert "job speech" in str(refusal)


def test_who_looks_waits_for_no_writer_and_sees_one_picture(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(AppealUse))
        with database.writing() as tx:
            tx.add(AppealUse(appeal="helm", at=now))
        assert session.scalar(select(func.count()).select_from(AppealUse)) == before
    with held(settings):
        assert looks(database) == 1


def test_who_looks_cannot_write(database: Database, now: datetime) -> None:
    with database.reading() as session:
        session.add(AppealUse(appeal="helm", at=now))
        assert isinstance(refusal_of(session.flush), DatabaseReadOnly)


def test_a_connection_that_the_server_has_ended_is_made_again(database: Database, settings: Settings) -> None:
    assert looks(database) == 0
    take_pulse(database)
    with psycopg.connect(settings.database, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert looks(database) == 0
    take_pulse(database)


def test_a_host_that_falls_silent_within_a_write_holds_nobody_up_for_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_kind, "SILENT", 1)
    with pytest.raises(DBAPIError), database.writing() as cut_off:
        cut_off.connection()
        began = time.monotonic()
        while time.monotonic() - began < 30:
            if refusal_of(lambda: take_pulse(database)) is None:
                break
        cut_off.execute(text("SELECT 1"))


def test_a_server_that_takes_no_changes_is_named(database: Database, settings: Settings) -> None:
    with psycopg.connect(settings.database, autocommit=True) as server:
        server.execute("ALTER ROLE radiodesk SET default_transaction_read_only = on")
        try:
            database.engine.dispose()
            assert isinstance(refusal_of(lambda: take_pulse(database)), DatabaseReadOnly)
            assert looks(database) == 0
        finally:
            server.execute("SET default_transaction_read_only = off")
            server.execute("ALTER ROLE radiodesk RESET default_transaction_read_only")


def test_a_server_that_is_away_or_has_no_such_database_is_named(postgres: Server) -> None:
    away = open_database(f"postgresql://radiodesk@127.0.0.1:{free_port()}/x", KEYS)
    refuses = open_database(postgres.url("there-is-none"), KEYS)
    assert isinstance(refusal_of(lambda: looks(away)), DatabaseAway)
    assert isinstance(refusal_of(lambda: looks(refuses)), DatabaseAway)


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    address = f"postgresql://radiodesk:rahasia-sekali@127.0.0.1:{free_port()}/x"
    monkeypatch.setenv("RADIODESK_DATABASE_URL", address)
    monkeypatch.setenv("RADIODESK_DATA", str(tmp_path / "data"))
    yield address


def test_a_command_whose_server_is_away_ends_with_a_sentence_without_the_password(away: str) -> None:
    ran = CliRunner().invoke(work, standalone_mode=False)
    assert isinstance(unavailable(ran.exception), DatabaseAway)
    assert "rahasia-sekali" not in f"{ran.output}{ran.exception}{load_settings()!r}"


def test_an_address_of_another_kind_of_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RADIODESK_DATABASE_URL", "mysql://radiodesk:rahasia-sekali@127.0.0.1/x")
    with pytest.raises(SettingsInvalid) as refused:
        load_settings()
    assert "postgresql://" in str(refused.value)
    assert "rahasia-sekali" not in str(refused.value)


def test_the_bell_rings_for_events_and_jobs_and_after_each_new_connection(
    database: Database, settings: Settings, now: datetime
) -> None:
    with closing(database.bell()) as bell:
        assert bell.wait(5)
        assert not bell.wait(0.1)
        with database.writing() as session:
            announce(session, now, "test", "done")
        assert bell.wait(5)
        with database.writing() as session:
            enqueue(session, now, "test", 1)
        assert bell.wait(5)
        with psycopg.connect(settings.database, autocommit=True) as server:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        with pytest.raises(psycopg.Error):
            while bell.wait(5):
                pass
        assert bell.wait(5)


def test_a_row_that_is_refused_stands_in_no_error(database: Database, now: datetime) -> None:
    words = text("INSERT INTO appeal_use (appeal, at) VALUES ('kata rahasia', NULL)")
    with pytest.raises(DBAPIError, match="violates not-null") as refused, database.writing() as session:
        session.execute(words)
    told = "".join(traceback.format_exception(refused.value.orig)) + str(refused.value.args)
    assert "Failing row" not in told
    assert "kata rahasia" not in told


def test_a_server_that_ended_the_connection_is_asked_again(database: Database) -> None:
    asked = database.question("SELECT mark FROM edition_mark WHERE subject = ?")
    before = asked.ask("")
    with database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert asked.ask("") == before
