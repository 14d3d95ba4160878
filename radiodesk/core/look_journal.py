"""Who opened private data: written to a journal on disk at once, and from there into the audit trail.

Each look must be recorded, and a page must not wait for another writer of the database. So a page appends a line here,
and a process that may wait copies the lines (``carry_over``).
"""

import errno
import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from radiodesk.core import audit
from radiodesk.core.database import Database

log = logging.getLogger(__name__)

CURRENT = "now.jsonl"


def folder_of(data: Path) -> Path:
    """Where the journal of a station lies."""
    return data / "journals" / "looks"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time, of all processes: nobody appends to a journal that is being set aside."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


class Recent:
    """The looks of a process that were noted a moment ago: a player fetches one file in many parts."""

    def __init__(self, within: timedelta = timedelta(minutes=10)) -> None:
        self._within = within
        self._noted: dict[tuple[str, str, str], datetime] = {}
        self._guard = threading.Lock()

    def add(self, at: datetime, actor: str, action: str, subject: str) -> None:
        """This look was noted now."""
        with self._guard:
            self._noted = {one: then for one, then in self._noted.items() if at - then < self._within}
            self._noted[actor, action, subject] = at

    def has(self, at: datetime, actor: str, action: str, subject: str) -> bool:
        """Whether the same person looked at the same thing within the last minutes."""
        then = self._noted.get((actor, action, subject))
        return then is not None and at - then < self._within


def note(data: Path, at: datetime, actor: str, action: str, subject: str, **details: Any) -> None:
    """Note one look; ``details`` hold ids, never what was seen."""
    line = json.dumps(
        {"at": at.astimezone(UTC).isoformat(), "actor": actor, "action": action, "subject": subject, "details": details}
    )
    folder = folder_of(data)
    try:
        with _alone(folder):
            file = os.open(folder / CURRENT, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                size = os.fstat(file).st_size
                # A full disk may have cut off the look before: only that one is lost.
                begin = b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""
                whole = begin + line.encode() + b"\n"
                if os.write(file, whole) < len(whole):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file)
            finally:
                os.close(file)
    except OSError as error:
        # The desk must go on answering callers on a full disk; the log of the process keeps the look.
        log.error("A look could not be noted in its journal (%s): %s", error.strerror, line)


def carry_over(database: Database, data: Path) -> int:
    """Bring all noted looks into the audit trail; returns how many.

    The journal is set aside first. What a killed process left half done is done again; no look is written twice.
    """
    folder = folder_of(data)
    if not folder.is_dir():
        return 0
    with _alone(folder):
        current = folder / CURRENT
        if current.exists():
            current.rename(folder / f"{uuid4()}.taken")
    count = 0
    for path in sorted(folder.glob("*.taken")):
        entries = [entry for line in path.read_bytes().splitlines() if (entry := _entry(line)) is not None]
        with database.writing() as session:
            for entry in sorted(entries, key=lambda one: str(one["at"])):
                at = datetime.fromisoformat(entry.pop("at"))
                if not audit.has(session, at, entry["actor"], entry["action"], entry["subject"]):
                    audit.record(session, at, entry["actor"], entry["action"], entry["subject"], **entry["details"])
                    count += 1
        path.unlink()
    return count


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
        if isinstance(found, dict) and {"at", "actor", "action", "subject", "details"} <= found.keys():
            datetime.fromisoformat(found["at"])
            return found
    except ValueError:
        pass
    log.error("A line of the journal of looks cannot be read: %r", line[:200])
    return None
