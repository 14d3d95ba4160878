"""Trouble of the database is told by its number, never by words that may be a column's."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from radiodesk.core.unavailable import (
    DatabaseBroken,
    DatabaseBusy,
    DatabaseFull,
    DatabaseReadOnly,
    DatabaseUnavailable,
    unavailable,
)


def test_a_rule_of_a_table_is_no_trouble_of_the_database() -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE blocked_number (full_name TEXT UNIQUE)")
        connection.execute("INSERT INTO blocked_number VALUES ('uji')")
        with pytest.raises(sqlite3.IntegrityError) as caught:
            connection.execute("INSERT INTO blocked_number VALUES ('uji')")
    assert "blocked" in str(caught.value)
    assert unavailable(caught.value) is None
    assert unavailable(IntegrityError("INSERT", None, caught.value)) is None


def test_a_driver_that_is_used_wrongly_is_no_trouble_of_the_database() -> None:
    assert unavailable(sqlite3.ProgrammingError("Cannot operate on a locked database.")) is None


def test_what_the_database_says_is_known_by_its_number(tmp_path: Path) -> None:
    def raised(statement: str, *before: str, file: Path = tmp_path / "uji.sqlite") -> BaseException:
        connection = sqlite3.connect(file, isolation_level=None, timeout=0)
        try:
            for one in before:
                connection.execute(one)
            connection.execute(statement)
        except sqlite3.Error as error:
            return error
        finally:
            connection.close()
        raise AssertionError("nothing was raised")

    other = sqlite3.connect(tmp_path / "uji.sqlite", isolation_level=None)
    other.execute("CREATE TABLE t (a)")
    other.execute("BEGIN IMMEDIATE")
    (tmp_path / "rusak.sqlite").write_bytes(b"no database " * 400)
    found: dict[type[DatabaseUnavailable], BaseException] = {
        DatabaseBusy: raised("BEGIN IMMEDIATE"),
        DatabaseReadOnly: raised("INSERT INTO t VALUES (1)", "PRAGMA query_only = 1"),
        DatabaseBroken: raised("SELECT * FROM t", file=tmp_path / "rusak.sqlite"),
    }
    other.execute("ROLLBACK")
    found[DatabaseFull] = raised("INSERT INTO t VALUES (zeroblob(1000000))", "PRAGMA max_page_count = 1")
    other.close()
    assert {kind: type(unavailable(error)) for kind, error in found.items()} == {kind: kind for kind in found}


def test_a_pool_without_a_free_connection_is_a_busy_database() -> None:
    assert isinstance(unavailable(NoConnection("QueuePool limit reached")), DatabaseBusy)
