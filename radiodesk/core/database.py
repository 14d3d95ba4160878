"""The database: naming of constraints, column types, engines and transactions.

One database is one station. SQLite runs in WAL mode; a transaction that will write begins IMMEDIATE, so that two
writers queue up instead of one failing half-way. Services flush; the edge (request, job, command) commits.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from radiodesk.core.keys import KeyRing
from radiodesk.core.locks import Writers
from radiodesk.core.unavailable import DatabaseBusy, busy, unavailable

TABLES = "radiodesk.migrations.metadata"
"""Imports every room's tables. Named here, not imported: a mapping that lacks a room's table breaks at its first use,
and whoever opens a database must have them all, by whatever command it was started."""
RULES = "radiodesk.rooms.rules"
"""Connects what rooms ask each other upwards, for the same reason."""

PATIENT = 15.0
"""Seconds that a write waits for another writer, where nobody sits before a screen."""
PROMPT = 2.0
"""Seconds after which a person at a screen is told, and a waiting write says who holds the lock."""

POOL = 20
"""Connections that are kept open; more are opened as they are needed."""

log = logging.getLogger(__name__)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def spelled(members: type[StrEnum], length: int = 20) -> Enum:
    """Column type of a set of names: its value in the database, its member in Python. New members need no migration."""
    return Enum(
        members,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda names: [name.value for name in names],
    )


class Base(DeclarativeBase):
    """Ancestor of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON, list[Any]: JSON}  # noqa: RUF012


@dataclass(frozen=True)
class Database:
    """An engine with its two kinds of session: one that only reads, one that will write."""

    engine: Engine
    keys: KeyRing
    writers: Writers | None = None
    """Who writes, where the engine has one writer at a time."""
    connected: dict[str, list[Any]] = field(default_factory=dict, compare=False)
    """What later rooms lend to earlier ones, by the name of the port."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; nothing is committed."""
        with self.reading_session() as session:
            yield session

    def reading_session(self) -> Session:
        """A session for looking, which its owner closes."""
        session = sessionmaker(self.engine.execution_options(radiodesk_reading=True), expire_on_commit=False)()
        session.info["database"] = self
        return session

    @contextmanager
    def writing(self, patience: float = PATIENT) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised.

        Raises ``DatabaseBusy`` when another writer held the database for ``patience`` seconds.
        """
        with self.session(patience) as session, session.begin():
            yield session

    def session(self, patience: float = PATIENT) -> Session:
        """A session whose owner commits."""
        session = sessionmaker(self.engine.execution_options(radiodesk_patience=patience), expire_on_commit=False)()
        session.info["database"] = self
        return session


def database_of(session: Session) -> Database:
    """The database that a session belongs to."""
    database: Database = session.info["database"]
    return database


def keys_of(session: Session) -> KeyRing:
    """The key ring of the database that a session belongs to."""
    return database_of(session).keys


def open_database(url: str, keys: KeyRing) -> Database:
    """Connect lazily to a station's database; the folder of an SQLite file is made."""
    import_module(TABLES)
    database = _opened(url, keys)
    import_module(RULES).connect(database)
    return database


def engine_of(url: str, **given: Any) -> Engine:
    """Every engine is made here: what was to be written stands in no error, hence in no log."""
    return create_engine(url, hide_parameters=True, **given)


def _opened(url: str, keys: KeyRing) -> Database:
    if not url.startswith("sqlite"):
        engine = engine_of(url)
        engine.dialect.radiodesk_keys = keys  # type: ignore[attr-defined]
        return Database(engine, keys)
    path = Path(url.removeprefix("sqlite:///"))
    if ":memory:" not in url:
        path.parent.mkdir(parents=True, exist_ok=True)
    # A file is opened in no time: the threads of the process are the limit, and none waits for another's connection.
    pool = {} if ":memory:" in url else {"pool_size": POOL, "max_overflow": -1}
    engine = engine_of(url, connect_args={"timeout": PROMPT, "check_same_thread": False}, **pool)
    engine.dialect.radiodesk_keys = keys  # type: ignore[attr-defined]
    writers = Writers(path)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _SqliteBegin(writers))
    event.listen(engine, "commit", _note_end(writers))
    event.listen(engine, "rollback", _note_end(writers))
    event.listen(engine, "engine_disposed", lambda _engine: writers.close())
    return Database(engine, keys, writers)


def take_pulse(database: Database) -> None:
    """Write something that changes nothing; raises what the database's driver raises while it takes nothing."""
    with database.writing(PROMPT + 0.5) as session:
        if database.writers is not None:
            # A page of the file is really written, which a full or read-only disk refuses.
            kept = session.connection().exec_driver_sql("PRAGMA user_version").scalar_one()
            session.connection().exec_driver_sql(f"PRAGMA user_version = {int(kept) ^ 1}")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin DEFERRED and too late; see _SqliteBegin.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={round(PROMPT * 1000)}",
    ):
        connection.execute(f"PRAGMA {pragma}")


class _SqliteBegin:
    """Begins each transaction: IMMEDIATE for one that will write, which waits its turn and says for whom."""

    def __init__(self, writers: Writers) -> None:
        self._writers = writers

    def __call__(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        raw: Any = connection.connection.dbapi_connection
        if options.get("radiodesk_reading"):
            raw.execute("BEGIN")
            return
        until = time.monotonic() + options.get("radiodesk_patience", PATIENT) - 0.1
        while not self._began(raw, last=time.monotonic() + PROMPT > until):
            pass
        connection.info["radiodesk_write"] = self._writers.note_begin()

    def _began(self, raw: Any, *, last: bool) -> bool:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            refusal = unavailable(error)
            if refusal is None:
                raise
            if not isinstance(refusal, DatabaseBusy):
                raise refusal from error
            holder = self._writers.holder()
            if last:
                raise busy(holder) from error
            log.warning("A write waits: the database is held by %s.", holder or "another program")
            return False
        return True


def _note_end(writers: Writers) -> Any:
    def note_end(connection: Connection) -> None:
        begun = connection.info.pop("radiodesk_write", None)
        if begun is not None:
            writers.note_end(begun)

    return note_end
