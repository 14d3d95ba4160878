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


class DatabaseAway(DatabaseUnavailable):
    """The server cannot be reached, does not let the station in, or has just ended the connection."""


_BUSY = frozenset({"55P03", "40001", "40P01", "57014"})
"""A lock was not had in time; a serialisation failure; a deadlock; a statement that took too long."""
_GONE = frozenset({"08", "28", "3D", "53", "57", "58"})
"""Classes of errors: the connection; name or password; no such database; resources; an operator's stop; the system."""


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
    if isinstance(cause, sqlite3.DatabaseError):
        return _of_sqlite(cause)
    # The driver of a server is loaded only where one is used.
    if isinstance(cause, Exception) and type(cause).__module__.startswith("psycopg"):
        return _of_postgres(cause, disconnected=isinstance(error, DBAPIError) and error.connection_invalidated)
    return None


def _of_sqlite(cause: sqlite3.DatabaseError) -> DatabaseUnavailable | None:
    # By number: the words of an error may be those of a column or of a table. The lower byte is the kind.
    number = getattr(cause, "sqlite_errorcode", None)
    kind = number & 0xFF if number is not None else sqlite3.SQLITE_OK
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


def _of_postgres(cause: Exception, *, disconnected: bool) -> DatabaseUnavailable | None:
    """By the SQLSTATE (PostgreSQL, appendix A); an error without one comes from the connection."""
    from psycopg import InterfaceError, OperationalError

    state = getattr(cause, "sqlstate", None) or ""
    if state in _BUSY:
        return busy(None)
    if state == "53100":
        return DatabaseFull("The disk is full: the database cannot take anything. Make room on the server's disk.")
    if state == "25006":
        return DatabaseReadOnly("The database may not be written to: the server takes no changes at present.")
    gone = state[:2] in _GONE or state == "25P03" or (not state and isinstance(cause, OperationalError))
    if gone or disconnected or isinstance(cause, InterfaceError):
        return DatabaseAway(
            "The database server cannot be reached, or does not let radiodesk in. Look at the server, the network and "
            "the setting database_url."
        )
    return None
