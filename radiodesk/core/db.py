"""The database: naming of constraints, column types, engines and transactions.

One database is one station. SQLite runs in WAL mode; a transaction that will write begins IMMEDIATE, so that two
writers queue up instead of one failing half-way. Services flush; the edge (request, job, command) commits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from radiodesk.core.crypto import KeyRing

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

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; nothing is committed."""
        with sessionmaker(self.engine.execution_options(radiodesk_reading=True), expire_on_commit=False)() as session:
            session.info["database"] = self
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised."""
        with self.session() as session, session.begin():
            yield session

    def session(self) -> Session:
        """A session whose owner commits."""
        session = sessionmaker(self.engine, expire_on_commit=False)()
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
    sqlite = url.startswith("sqlite")
    if sqlite and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 15, "check_same_thread": False} if sqlite else {})
    engine.dialect.radiodesk_keys = keys  # type: ignore[attr-defined]
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, keys)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin DEFERRED and too late; see _begin_sqlite.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("radiodesk_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
