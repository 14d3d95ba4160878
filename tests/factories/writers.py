"""Other programs that write to a station's database."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from radiodesk.core.postgres_kind import LOCK
from radiodesk.core.settings import Settings


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Another program that writes to the database and does not end."""
    if settings.database.startswith("postgresql"):
        with psycopg.connect(settings.database, application_name="pytest") as server:
            server.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            yield
        return
    other = sqlite3.connect(settings.data / "radiodesk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def is_free(settings: Settings) -> bool:
    """Whether nobody writes to the database at this moment."""
    if settings.database.startswith("postgresql"):
        with psycopg.connect(settings.database) as server:
            row = server.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,)).fetchone()
            return bool(row and row[0])
    other = sqlite3.connect(settings.data / "radiodesk.sqlite", isolation_level=None, timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True
