"""SQLite as the station's database: one file in WAL mode, whose write transactions begin IMMEDIATE and take turns."""

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from radiodesk.core.atomic_files import replacing
from radiodesk.core.database_kinds import PATIENT, POOL, PROMPT, engine_of
from radiodesk.core.file_watch import FileWatch
from radiodesk.core.locks import Writers
from radiodesk.core.processes import FileLeadership
from radiodesk.core.unavailable import DatabaseBroken, DatabaseBusy, busy, unavailable

log = logging.getLogger(__name__)

AFTER_WRITING = (0.002, 0.01, 0.05, 0.1, 0.2, 0.4)
"""Seconds until the next looks for a commit, once something was written: it is seen a moment after it is on disk."""
REST = 1.0
"""Seconds between two looks while nothing is written that the system tells of."""


class SqliteKind:
    """See ``core.database_kinds.DatabaseKind``."""

    reading: Mapping[str, Any] = {"radiodesk_reading": True}
    copy_name = "radiodesk.sqlite"

    def engine(self, url: str) -> Engine:
        """Makes the folder of the file."""
        path = _path(url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        # A file is opened in no time: the process's threads are the limit, and none waits for another's connection.
        pool = {} if path is None else {"pool_size": POOL, "max_overflow": -1}
        engine = engine_of(url, connect_args={"timeout": PROMPT, "check_same_thread": False}, **pool)
        writers = Writers(path or Path(":memory:"))
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _Begin(writers))
        event.listen(engine, "commit", _note_end(writers))
        event.listen(engine, "rollback", _note_end(writers))
        event.listen(engine, "engine_disposed", lambda _engine: writers.close())
        return engine

    def is_there(self, url: str) -> bool:
        """Whether the file is there."""
        path = _path(url)
        return path is None or path.exists()

    def write_something(self, session: Session) -> None:
        """A page of the file is really written."""
        connection = session.connection()
        kept = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version = {int(kept) ^ 1}")

    @contextmanager
    def migrating(self, connection: Connection) -> Iterator[None]:
        """SQLite changes a table by copying it, and looks at foreign keys afterwards, at all of them."""
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield
                astray = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if astray:
                    raise AssertionError(f"rows without the row that they belong to: {astray[:5]}")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")

    def wipe(self, url: str) -> None:
        """The file was overwritten already; the journal, which holds it as it was before, is ended and emptied."""
        path = _path(url)
        if path is not None:
            with closing(_looking(path)) as connection:
                # Where somebody reads just now, it is emptied the next time.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def bytes_of(self, connection: Connection) -> int:
        """The pages of the file."""
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())

    @contextmanager
    def copied(self, url: str, target: Path) -> Iterator[Connection]:
        """By SQLite's backup interface, all pages in one go: writers go on meanwhile, and none makes it begin anew."""
        path = _path(url)
        target.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=PATIENT)) as source,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            source.backup(copy)
            # Else the copy would need a journal beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            told = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if told != "ok":
                raise DatabaseBroken(
                    "The database cannot be opened or read (%(why)s). Look at the station's disk.", why=told
                )
        engine = engine_of(f"sqlite:///file:{target}?mode=ro&immutable=1&uri=true")
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def fill(self, url: str, source: Path) -> None:
        """The file takes its place at once."""
        path = _path(url)
        if path is None:
            raise sqlite3.OperationalError("a database in memory is not filled from a file")
        with replacing(path) as draft:
            shutil.copyfile(source, draft)

    def bell(self, url: str) -> "SqliteBell":
        """Looks at the counter of commits, which the file's shared memory holds."""
        return SqliteBell(_path(url))

    def question(self, url: str, statement: str) -> "SqliteQuestion":
        """Each answer is read from the file."""
        return SqliteQuestion(_path(url), statement)

    def leadership(self, url: str, of: str) -> FileLeadership:
        """A lock on a file beside the database: all processes are on its machine."""
        path = _path(url)
        return FileLeadership(None if path is None else path.with_name(f"{path.name}-{of}"))


class SqliteBell:
    """Rings when ``PRAGMA data_version`` changes: some connection, of any process, has committed. It is looked at when
    the files were written to.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._watch: FileWatch | None = None
        self._seen: int | None = None

    def wait(self, seconds: float) -> bool:
        """See ``core.database_kinds.Bell``."""
        until = time.monotonic() + seconds
        soon: list[float] = []
        while True:
            version = self._version()
            if version != self._seen:
                self._seen = version
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            if self._watch_files().wait(min(left, soon.pop(0) if soon else REST)):
                soon = list(AFTER_WRITING)
                # Large transactions are written in many pieces.
                time.sleep(min(left, soon.pop(0)))

    def _watch_files(self) -> FileWatch:
        if self._watch is None:
            # In memory there is nothing to watch, and nobody who could wait (``_looking``).
            path = self._path or Path()
            self._watch = FileWatch([path.parent], [path.name, f"{path.name}-wal"])
        return self._watch

    def _version(self) -> int:
        if self._connection is None:
            self._connection = _looking(self._path)
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._watch is not None:
            self._watch.close()
            self._watch = None


class SqliteQuestion:
    """See ``core.database_kinds.Question``."""

    def __init__(self, path: Path | None, statement: str) -> None:
        self._path, self._statement = path, statement
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def ask(self, about: str) -> str | None:
        """See ``core.database_kinds.Question``."""
        with self._lock:
            if self._connection is None:
                self._connection = _looking(self._path)
            row = self._connection.execute(self._statement, (about,)).fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None


def _looking(path: Path | None) -> sqlite3.Connection:
    """A connection of its own to a file that is there."""
    if path is None:
        raise sqlite3.OperationalError("a database in memory is seen by one connection alone")
    return sqlite3.connect(
        f"file:{path}?mode=rw", uri=True, timeout=PROMPT, check_same_thread=False, isolation_level=None
    )


def _path(url: str) -> Path | None:
    """The file of an SQLite address; ``None`` for one in memory."""
    return None if ":memory:" in url else Path(url.removeprefix("sqlite:///"))


def _prepare(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin DEFERRED and too late; see _Begin.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        # What is deleted is overwritten in the file at once, not when somebody needs the room.
        "secure_delete=ON",
        f"busy_timeout={round(PROMPT * 1000)}",
    ):
        connection.execute(f"PRAGMA {pragma}")


class _Begin:
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


def _note_end(writers: Writers) -> Callable[[Connection], None]:
    def note_end(connection: Connection) -> None:
        begun = connection.info.pop("radiodesk_write", None)
        if begun is not None:
            writers.note_end(begun)

    return note_end
