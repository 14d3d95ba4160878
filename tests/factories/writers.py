"""Other programs that write to a station's database."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from radiodesk.core.settings import Settings


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Another program that writes to the database and does not end."""
    other = sqlite3.connect(settings.data / "radiodesk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def is_free(settings: Settings) -> bool:
    """Whether nobody writes to the database at this moment."""
    other = sqlite3.connect(settings.data / "radiodesk.sqlite", isolation_level=None, timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True
