"""Which process writes to the database now, and for how long, so that one that waits can name it.

SQLite has one writer at a time. The kernel tells which process holds the write lock; each process writes what it
is doing into a small file beside the database when its transaction begins.
"""

import json
import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

doing: ContextVar[str] = ContextVar("doing", default="")
"""What this thread is at, for people: a route, a job's kind, a command. Set by the edge."""

LONG = 1.0
"""Seconds of one write transaction from which the log tells of it."""

_WAL_WRITE_LOCK = "120"
"""The byte of the ``-shm`` file that a writer in WAL mode locks (SQLite, "WAL-mode File Format")."""
_WIDTH = 256
_COMMAND = re.compile(r"[a-z-]{1,20}")


@contextmanager
def at_work(what: str) -> Iterator[None]:
    """Say what this thread is doing while the block runs."""
    token = doing.set(what)
    try:
        yield
    finally:
        doing.reset(token)


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds the write lock; ``command`` is its name, ``at`` what it said it is doing."""

    pid: int
    command: str
    at: str

    def __str__(self) -> str:
        return f"{self.command or 'process'} ({self.pid}{': ' + self.at if self.at else ''})"


class Writers:
    """Notes beside one database file who writes, and tells of transactions that took long."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._note = database.with_name(database.name + "-writer")
        self._file: int | None = None
        self._guard = threading.Lock()

    def note_begin(self) -> tuple[str, float]:
        """A write transaction of this thread has begun; returns what ``note_end`` needs."""
        place = doing.get()
        try:
            said = json.dumps({"pid": os.getpid(), "at": place[:120]}).encode()
            with self._guard:
                if self._file is None:
                    self._file = os.open(self._note, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                os.pwrite(self._file, said[:_WIDTH].ljust(_WIDTH), 0)
        except OSError:
            # A full disk must not keep anybody from writing what still fits.
            log.debug("It cannot be noted who writes.", exc_info=True)
        return place, time.monotonic()

    def note_end(self, begun: tuple[str, float]) -> None:
        """The transaction that ``note_begin`` told of is over."""
        place, since = begun
        seconds = time.monotonic() - since
        if seconds > LONG:
            log.warning("The database was held for %.1f s by: %s.", seconds, place or "(not said)")

    def close(self) -> None:
        """Let go of the note, until the next transaction."""
        with self._guard:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def holder(self) -> Holder | None:
        """Who holds the write lock now; ``None`` when nobody does, or the kernel does not tell."""
        pid = _locked_by(self._database.with_name(self._database.name + "-shm"))
        if pid is None:
            return None
        try:
            said = json.loads(self._note.read_bytes())
        except (OSError, ValueError):
            said = {}
        return Holder(pid, command_of(pid), str(said.get("at", "")) if said.get("pid") == pid else "")


def _locked_by(shared_memory: Path) -> int | None:
    try:
        inode = str(shared_memory.stat().st_ino)
        locks = Path("/proc/locks").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in locks.splitlines():
        # "1: POSIX  ADVISORY  WRITE 4242 fe:00:131 120 120"; who waits stands behind an arrow.
        parts = line.split()
        if len(parts) >= 8 and parts[3] == "WRITE" and parts[5].endswith(f":{inode}") and parts[6] == _WAL_WRITE_LOCK:
            return int(parts[4]) if parts[4].isdigit() else None
    return None


def command_of(pid: int) -> str:
    """The command that a process of this machine runs, as ``program`` tells it; empty where that is not known."""
    try:
        return program(Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0"))
    except OSError:
        return ""


def program(words: list[str]) -> str:
    """The name of a program that was started with these words, and that of radiodesk's command.

    Arguments are left out: a file's name may be a caller's number, an option a password.
    """
    names = [Path(word).name for word in words[:3]]
    if "radiodesk" in names and (names[0] == "radiodesk" or names[1] in ("radiodesk", "-m")):
        asked = words[names.index("radiodesk") + 1 :][:1]
        return " ".join(["radiodesk", *filter(_COMMAND.fullmatch, asked)])
    return names[0]
