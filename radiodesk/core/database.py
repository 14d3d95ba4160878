"""The database: naming of constraints, column types, sessions and transactions.

One database is one station: an SQLite file on one machine, or PostgreSQL for many hosts (``core.database_kinds``). A
transaction that will write takes its turn when it begins, so that two writers queue up instead of one failing half-way.
Services flush; the edge (request, job, command) commits.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Enum, Index, MetaData, String, event, text
from sqlalchemy.orm import DeclarativeBase, QueryableAttribute, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from radiodesk.core.database_kinds import PATIENT, PROMPT, Bell, DatabaseKind, Leadership, Question, kind_of
from radiodesk.core.errors import Refusal
from radiodesk.core.keys import KeyRing

TABLES = "radiodesk.migrations.metadata"
"""Imports every room's tables. Named here, not imported: a mapping that lacks a room's table breaks at its first use,
and whoever opens a database must have them all, by whatever command it was started."""
LEADER = "leader"
"""Who leads does what is done for the whole station now and then."""
TURN_LOOK = 0.5
"""Seconds between two looks whether one's turn has come."""
WHERE = "where"
"""Of an index's notes: of which rows it is, for kinds of database that are loaded when they are used."""
RULES = "radiodesk.rooms.rules"
"""Connects what rooms ask each other upwards, for the same reason."""

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


def index_of_few(column: str) -> Index:
    """An index of the rows in which a column is filled, for one that is empty in most.

    SQLite takes an index on such a column for the quickest way to the rows in which it is empty, and then reads nearly
    the whole table by it; this one does not lead there.
    """
    filled = text(f"{column} IS NOT NULL")
    # What PostgreSQL is to know of it ``PostgresKind`` adds: SQLAlchemy would load that dialect, with all its drivers.
    return Index(None, column, sqlite_where=filled, info={WHERE: filled})


class Base(DeclarativeBase):
    """Ancestor of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON, list[Any]: JSON}  # noqa: RUF012


class TooLong(Refusal):
    """A value is longer than its column; SQLite would keep it, PostgreSQL would not."""

    status = 422


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _keep_to_length(_table: type[Base], _name: str, attribute: QueryableAttribute[Any]) -> None:
    """Both kinds of database keep what each of them keeps: no text is longer than its column says."""
    columns = getattr(attribute.property, "columns", ())
    if not columns or not isinstance(columns[0].type, String) or columns[0].type.length is None:
        return
    most = columns[0].type.length

    def check(_row: object, value: Any, _before: object, _initiator: object) -> None:
        if isinstance(value, str) and len(value) > most:
            raise TooLong("A field is too long: %(length)s characters, at most %(most)s.", length=len(value), most=most)

    event.listen(attribute, "set", check)


@dataclass(frozen=True)
class Database:
    """An engine with its two kinds of session: one that only reads, one that will write."""

    url: str = field(repr=False)
    engine: Engine
    keys: KeyRing
    kind: DatabaseKind
    connected: dict[str, list[Any]] = field(default_factory=dict, compare=False)
    """What later rooms lend to earlier ones, by the name of the port."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; nothing is committed."""
        with self.reading_session() as session:
            yield session

    def reading_session(self) -> Session:
        """A session for looking, which its owner closes."""
        session = sessionmaker(self.engine.execution_options(**self.kind.reading), expire_on_commit=False)()
        session.info["database"] = self
        return session

    @contextmanager
    def writing(self, patience: float = PATIENT) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised.

        Raises ``DatabaseBusy`` when another writer held the database for ``patience`` seconds.
        """
        with self.session(patience) as session, session.begin():
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A connection for looking without rows as objects, which waits for no writer."""
        with self.engine.connect().execution_options(**self.kind.reading) as connection:
            yield connection

    def bell(self) -> Bell:
        """A bell that rings after commits, for one thread that waits for them."""
        return self.kind.bell(self.url)

    def question(self, statement: str) -> Question:
        """What is asked very often; the connection is closed with those of the engine."""
        asked = self.kind.question(self.url, statement)
        event.listen(self.engine, "engine_disposed", lambda _engine: asked.close())
        return asked

    def leadership(self, of: str = LEADER) -> Leadership:
        """What one process of the whole station has at a time; for one thread that asks."""
        return self.kind.leadership(self.url, of)

    @contextmanager
    def alone(self, doing: str) -> Iterator[Leadership]:
        """Do this as the only one of the whole station; others wait. Before it does what cannot be undone, the caller
        asks ``lead`` again: a machine that was cut off has lost its turn.
        """
        turn = self.leadership(doing)
        try:
            while not turn.lead():
                time.sleep(TURN_LOOK)
            yield turn
        finally:
            turn.close()

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
    """Connect lazily to a station's database."""
    import_module(TABLES)
    kind = kind_of(url)
    engine = kind.engine(url)
    engine.dialect.radiodesk_keys = keys  # type: ignore[attr-defined]
    database = Database(url, engine, keys, kind)
    import_module(RULES).connect(database)
    return database


def take_pulse(database: Database) -> None:
    """Write something that changes nothing; raises what the database's driver raises while it takes nothing."""
    with database.writing(PROMPT + 0.5) as session:
        database.kind.write_something(session)
