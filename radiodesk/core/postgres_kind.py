"""PostgreSQL as the station's database: many hosts, and one writer at a time by an advisory lock.

Who will write takes the lock of the database first, in the same transaction, and every later statement sees all that
writers before it committed. So numbers drawn, chains continued and states looked at are right as they are with
SQLite's ``BEGIN IMMEDIATE``, no transaction is ever to be repeated, and rows become visible in the order of their ids.
Who only looks has one picture of the database from its first statement on and waits for nobody.
"""

import logging
import select
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
from psycopg import sql
from psycopg.adapt import Dumper
from sqlalchemy import Connection, Engine, ExceptionContext, event, make_url
from sqlalchemy.orm import Session

from radiodesk.core import postgres_copy
from radiodesk.core.database import WHERE, Base
from radiodesk.core.database_kinds import PATIENT, POOL, PROMPT, engine_of, plain_transaction, this_process
from radiodesk.core.locks import LONG, doing
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.core.text import REPLACED
from radiodesk.core.unavailable import DatabaseBusy, busy, unavailable

log = logging.getLogger(__name__)

LOCK = 0x7261_6469_6F64_6573
"""Number of the advisory lock that a writer holds: the letters ``radiodes``."""
LEADER = LOCK + 1
"""The advisory locks of those who lead in something have numbers from here on."""
AWAY = 2.0
"""Seconds for which a server that did not answer is not asked again by those who ask very often."""
CHANNEL = "radiodesk"
"""What is notified when rows were added that others wait for (see migration 0022)."""
SILENT = 30
"""Seconds for which a write transaction may say nothing: a host that was cut off must not hold the lock for long."""
NAME = 63
"""Bytes of ``application_name`` that PostgreSQL keeps."""

# What a host that was cut off leaves behind is noticed by both ends within half a minute.
_CONNECT = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=25000 -c timezone=UTC -c client_encoding=UTF8",
}
_TAKE = (
    "SELECT set_config('application_name', %s, true), set_config('lock_timeout', %s, true), "
    "set_config('idle_in_transaction_session_timeout', %s, true), pg_advisory_xact_lock(%s)"
)
_HOLDER = (
    "SELECT activity.application_name FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid) "
    "WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1 "
    "AND (held.classid::bigint << 32) + held.objid::bigint = %s "
    "AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class PostgresKind:
    """See ``core.database_kinds.DatabaseKind``."""

    reading: Mapping[str, Any] = {
        "radiodesk_reading": True,
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }
    copy_name = "radiodesk.dump"

    def engine(self, url: str) -> Engine:
        """Connections are asked whether they still live before they are used: a server may have been restarted."""
        address = make_url(url).set(drivername="postgresql+psycopg")
        for table in Base.metadata.tables.values():
            for index in table.indexes:
                if WHERE in index.info:
                    index.dialect_kwargs["postgresql_where"] = index.info[WHERE]
        engine = engine_of(
            address.render_as_string(hide_password=False),
            connect_args={**_CONNECT, "application_name": this_process()[:NAME]},
            pool_size=POOL,
            max_overflow=-1,
            pool_pre_ping=True,
        )
        event.listen(engine, "connect", _take_any_text)
        event.listen(engine, "begin", _Begin(url))
        event.listen(engine, "commit", _note_end)
        event.listen(engine, "rollback", _note_end)
        event.listen(engine, "handle_error", _leave_out_values)
        return engine

    def is_there(self, _url: str) -> bool:
        """A server is asked."""
        return True

    def write_something(self, session: Session) -> None:
        """A row is really written."""
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = version_num")

    def migrating(self, connection: Connection) -> AbstractContextManager[None]:
        """PostgreSQL changes tables within a transaction as it changes rows."""
        return plain_transaction(connection)

    def wipe(self, url: str) -> None:
        """What is gone is vacuumed out of the tables with private columns; their room is free, and used again first."""
        private = [
            table.name
            for table in Base.metadata.tables.values()
            if any(isinstance(column.type, Private | PrivateJson) for column in table.columns)
        ]
        with closing(_connected(url)) as connection:
            connection.execute(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(map(sql.Identifier, private))))

    def bytes_of(self, connection: Connection) -> int:
        """As the server counts, indexes with it."""
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())

    @contextmanager
    def copied(self, url: str, target: Path) -> Iterator[Connection]:
        """By ``pg_dump``, which is lent the picture that this connection has."""
        engine = self.engine(url)
        try:
            with engine.connect().execution_options(**self.reading) as connection:
                postgres_copy.dump(connection, url, target)
                yield connection
        finally:
            engine.dispose()

    def fill(self, url: str, source: Path) -> None:
        """By ``pg_restore``, in one transaction."""
        engine = self.engine(url)
        try:
            with engine.connect().execution_options(**self.reading) as connection:
                postgres_copy.fill(connection, url, source)
        finally:
            engine.dispose()

    def bell(self, url: str) -> "PostgresBell":
        """Listens to what the database notifies at each commit of rows that others wait for."""
        return PostgresBell(url)

    def question(self, url: str, statement: str) -> "PostgresQuestion":
        """Each answer is what the server has committed."""
        return PostgresQuestion(url, statement)

    def leadership(self, url: str, of: str) -> "AdvisoryLeadership":
        """An advisory lock of a session, which the server ends with the connection."""
        return AdvisoryLeadership(url, LEADER + crc32(of.encode()))


class _AnyText(Dumper):
    """PostgreSQL keeps no NUL: a text with one is looked for and kept as one that has a replacement in its place."""

    def dump(self, obj: str) -> bytes:
        return obj.replace("\0", REPLACED).encode()


def _take_any_text(connection: Any, _record: object) -> None:
    connection.adapters.register_dumper(str, _AnyText)


class PostgresBell:
    """Rings on ``NOTIFY``; also after each new connection, as nobody knows what was missed before it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, seconds: float) -> bool:
        """See ``core.database_kinds.Bell``."""
        if self._connection is None:
            self._connection = _connected(self._url)
            self._connection.execute(f"LISTEN {CHANNEL}")
            return True
        try:
            if self._rang(self._connection):
                return True
            # Not by ``notifies``, which wakes up ten times a second.
            polled = select.poll()
            polled.register(self._connection.fileno(), select.POLLIN)
            return bool(polled.poll(seconds * 1000)) and self._rang(self._connection)
        except psycopg.Error:
            self.close()
            raise

    @staticmethod
    def _rang(connection: "psycopg.Connection[Any]") -> bool:
        return bool(list(connection.notifies(timeout=0)))

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresQuestion:
    """See ``core.database_kinds.Question``."""

    def __init__(self, url: str, statement: str) -> None:
        self._url, self._statement = url, statement.replace("?", "%s").encode()
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()
        self._away_until = 0.0

    def ask(self, about: str) -> str | None:
        """A connection that the server has ended meanwhile is opened once more. Of many that ask while the server is
        away one waits for it.
        """
        if time.monotonic() < self._away_until or not self._lock.acquire(timeout=PROMPT):
            raise psycopg.OperationalError("the server does not answer")
        try:
            if self._connection is not None:
                try:
                    return self._asked(self._connection, about)
                except psycopg.OperationalError:
                    self._connection.close()
                    self._connection = None
            self._connection = _connected(self._url)
            return self._asked(self._connection, about)
        except psycopg.OperationalError:
            self._away_until = time.monotonic() + AWAY
            raise
        finally:
            self._lock.release()

    def _asked(self, connection: "psycopg.Connection[Any]", about: str) -> str | None:
        row = connection.execute(self._statement, (about,)).fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None


class AdvisoryLeadership:
    """Held by a connection of its own; a host that was cut off loses it when the server notices."""

    def __init__(self, url: str, number: int) -> None:
        self._url, self._number = url, number
        self._connection: psycopg.Connection[Any] | None = None
        self._held = False

    def lead(self) -> bool:
        """See ``core.database_kinds.Leadership``."""
        try:
            if self._connection is None:
                self._connection = _connected(self._url)
            if self._held:
                self._connection.execute("SELECT 1")
            else:
                row = self._connection.execute(f"SELECT pg_try_advisory_lock({self._number})").fetchone()
                self._held = bool(row and row[0])
        except psycopg.Error:
            self.close()
            raise
        return self._held

    def close(self) -> None:
        """Give it up."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._held = None, False


def _connected(url: str) -> "psycopg.Connection[Any]":
    address = make_url(url).set(drivername="postgresql")
    return psycopg.connect(
        address.render_as_string(hide_password=False),
        autocommit=True,
        application_name=this_process()[:NAME],
        **_CONNECT,  # type: ignore[arg-type]
    )


class _Begin:
    """Begins each transaction: one that will write takes the lock first, and says for whom it waits."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("radiodesk_reading"):
            return
        raw: Any = connection.connection.dbapi_connection
        until = time.monotonic() + options.get("radiodesk_patience", PATIENT) - 0.1
        while not self._began(raw, last=time.monotonic() + PROMPT > until):
            pass
        connection.info["radiodesk_write"] = (doing.get(), time.monotonic())

    def _began(self, raw: "psycopg.Connection[Any]", *, last: bool) -> bool:
        try:
            raw.execute(_TAKE, (_name(), f"{round(PROMPT * 1000)}ms", f"{SILENT}s", LOCK))
        except psycopg.Error as error:
            refusal = unavailable(error)
            if refusal is None or raw.closed:
                raise
            raw.rollback()
            if not isinstance(refusal, DatabaseBusy):
                raise refusal from error
            holder = self._holder()
            if last:
                raise busy(holder) from error
            log.warning("A write waits: the database is held by %s.", holder or "another program")
            return False
        return True

    def _holder(self) -> str | None:
        """Who holds the lock, as that process said of itself; ``None`` when nobody does any more."""
        try:
            with _connected(self._url) as other:
                row = other.execute(_HOLDER, (LOCK,)).fetchone()
        except psycopg.Error:
            return None
        return str(row[0]) or None if row else None


def _name() -> str:
    """This process with what this thread is at, in as many bytes as PostgreSQL keeps."""
    told = f"{this_process().removesuffix(')')}: {doing.get()})" if doing.get() else this_process()
    return told.encode("ascii", "replace")[:NAME].decode()


def _leave_out_values(context: ExceptionContext) -> None:
    """An error keeps its first sentence: the server adds the row that it refused, with what people said in it."""
    refused = context.original_exception
    if isinstance(refused, psycopg.Error) and (told := refused.diag.message_primary):
        refused.args = (told,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(refused).__module__}.{type(refused).__name__}) {told}",)


def _note_end(connection: Connection) -> None:
    if connection.invalidated:
        return
    place, since = connection.info.pop("radiodesk_write", ("", 0.0))
    if since and (seconds := time.monotonic() - since) > LONG:
        log.warning("The database was held for %.1f s by: %s.", seconds, place or "(not said)")
