"""What the kinds of database do in their own way, behind one port: SQLite for one machine, PostgreSQL for many.

Both have one writer at a time, so that what is looked up in a write transaction holds until its end.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.orm import Session

from radiodesk.core.locks import command_of

PATIENT = 15.0
"""Seconds that a write waits for another writer, where nobody sits before a screen."""
PROMPT = 2.0
"""Seconds after which a person at a screen is told, and a waiting write says who holds the lock."""

POOL = 20
"""Connections that are kept open; more are opened as they are needed."""


class Bell(Protocol):
    """Tells that something was committed, by whatever process on whatever host."""

    def wait(self, seconds: float) -> bool:
        """Return ``True`` soon after something was committed, ``False`` when nothing was for so long.

        Raises what the driver raises while the database cannot be asked.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Question(Protocol):
    """One short question that is asked very often: on a connection of its own, outside of any transaction, so that the
    answer is what was committed last."""

    def ask(self, about: str) -> str | None:
        """The first column of the first row, ``None`` without one. Any thread may ask. Raises like ``Bell.wait``."""
        ...

    def close(self) -> None:
        """Let go of the connection; the next to ask opens another."""
        ...


class Leadership(Protocol):
    """What one process of the whole station has at a time, until it ends or loses the database."""

    def lead(self) -> bool:
        """Lead if nobody else does; says whether this process leads now. Raises like ``Bell.wait``."""
        ...

    def close(self) -> None:
        """Give it up."""
        ...


class DatabaseKind(Protocol):
    """One kind of database."""

    reading: Mapping[str, Any]
    """Execution options of a connection that only looks."""

    def engine(self, url: str) -> Engine:
        """An engine, connected lazily, whose write transactions take their turn (see ``begin_options``)."""
        ...

    def is_there(self, url: str) -> bool:
        """Whether there is a database to ask; nothing is made by asking."""
        ...

    def write_something(self, session: Session) -> None:
        """Write something that changes nothing, which a full or read-only disk refuses."""
        ...

    def migrating(self, connection: Connection) -> AbstractContextManager[None]:
        """One transaction in which tables change."""
        ...

    def wipe(self, url: str) -> None:
        """Do what the database can so that words which were deleted lie in none of its files any more."""
        ...

    copy_name: str
    """The name of the file that ``copied`` writes."""

    def bytes_of(self, connection: Connection) -> int:
        """How large the database is, in bytes; a copy takes no more."""
        ...

    def copied(self, url: str, target: Path) -> AbstractContextManager[Connection]:
        """Write a copy of the database as it is at one moment into a file, while others go on writing; gives a
        connection that sees what is in the copy.

        Raises ``ProgramMissing``, ``CopyFailed`` and what the driver raises.
        """
        ...

    def fill(self, url: str, source: Path) -> None:
        """Fill a database that is empty, or not there, from such a file: all of it, or nothing. Raises the same."""
        ...

    def bell(self, url: str) -> Bell:
        """A bell that rings after commits."""
        ...

    def question(self, url: str, statement: str) -> Question:
        """A question; in the statement ``?`` stands for what it is about."""
        ...

    def leadership(self, url: str, of: str) -> Leadership:
        """What one process of the station has at a time; ``of`` names it, in letters."""
        ...


def kind_of(url: str) -> DatabaseKind:
    """The kind of database that an address names; only the one that is used is imported."""
    if url.startswith("sqlite"):
        from radiodesk.core.sqlite_kind import SqliteKind

        return SqliteKind()
    from radiodesk.core.postgres_kind import PostgresKind

    return PostgresKind()


def engine_of(url: str, **given: Any) -> Engine:
    """Every engine is made here: what was to be written stands in no error, hence in no log."""
    return create_engine(url, hide_parameters=True, **given)


def this_process() -> str:
    """What this process is called where other hosts see it, such as ``radiodesk work (4242 at studio)``."""
    return f"{command_of(os.getpid()) or 'radiodesk'} ({os.getpid()} at {socket.gethostname()})"


@contextmanager
def plain_transaction(connection: Connection) -> Iterator[None]:
    """One transaction."""
    with connection.begin():
        yield
