"""Recognises a database that cannot be used for the moment: locked, full, read-only, or not to be opened.

The request itself is not at fault. The edges answer with one sentence, keep what came in, and try again.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from radiodesk.core.errors import Refusal

RETRY_AFTER = 5
"""Seconds after which a page or a machine asks again."""


class DatabaseUnavailable(Refusal):
    """The database takes nothing for the moment."""

    status = 503
    exit_code = 6


class DatabaseBusy(DatabaseUnavailable):
    """Another writer holds the database."""


class DatabaseFull(DatabaseUnavailable):
    """There is no room for another row."""


class DatabaseReadOnly(DatabaseUnavailable):
    """The database's file or disk may not be written to."""


class DatabaseBroken(DatabaseUnavailable):
    """The file cannot be opened or read."""


def busy(holder: object | None) -> DatabaseBusy:
    """The refusal of a write that could not begin; ``holder`` is who holds the lock, where that is known."""
    if holder is None:
        return DatabaseBusy("The database is being written by another program. Please try again in a moment.")
    return DatabaseBusy("The database is being written by %(holder)s. Please try again in a moment.", holder=holder)


def unavailable(error: BaseException | None) -> DatabaseUnavailable | None:
    """The refusal that an error of the database's driver stands for; ``None`` when it is a fault of another kind."""
    if isinstance(error, DatabaseUnavailable):
        return error
    if isinstance(error, NoConnection):
        return busy(None)
    cause = error.orig if isinstance(error, DBAPIError) else error
    # By number: the words of an error may be those of a column or of a table. The lower byte is the kind.
    number = getattr(cause, "sqlite_errorcode", None)
    kind = number & 0xFF if isinstance(cause, sqlite3.DatabaseError) and number is not None else sqlite3.SQLITE_OK
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return busy(None)
    if kind == sqlite3.SQLITE_FULL:
        return DatabaseFull("The disk is full: the database cannot take anything. Make room on the station's disk.")
    if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return DatabaseReadOnly("The database may not be written to. Look at the rights and the disk of its folder.")
    if kind in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        told = str(cause).lower()
        return DatabaseBroken("The database cannot be opened or read (%(why)s). Look at the station's disk.", why=told)
    return None
