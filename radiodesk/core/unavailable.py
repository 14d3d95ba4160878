"""The database cannot be used for the moment: held by another writer, full, read-only, or not to be opened.

Nothing is wrong with what was asked. The edges answer with one sentence, keep what came in, and try again.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError

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
        return DatabaseBusy("The database is being written by another program. This is tried again by itself.")
    return DatabaseBusy("The database is being written by %(holder)s. This is tried again by itself.", holder=holder)


def unavailable(error: BaseException | None) -> DatabaseUnavailable | None:
    """The refusal that an error of the database's driver stands for; ``None`` when it is a fault of another kind."""
    if isinstance(error, DatabaseUnavailable):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    told = str(cause).lower()
    if "locked" in told or "busy" in told:
        return busy(None)
    if "full" in told:
        return DatabaseFull("The disk is full: the database cannot take anything. Make room on the station's disk.")
    if "readonly" in told or "read-only" in told:
        return DatabaseReadOnly("The database may not be written to. Look at the rights and the disk of its folder.")
    if any(sign in told for sign in ("unable to open", "disk i/o error", "malformed", "not a database")):
        return DatabaseBroken("The database cannot be opened or read (%(why)s). Look at the station's disk.", why=told)
    return None
