"""Journals: what a part with live sound (recorder, telephone, player) tells other processes, one JSON object a line.

A part appends and flushes; it never waits for a reader. Readers keep their own offset, so they miss nothing however
long they were away. Numbers of callers stand encrypted in it.
"""

import base64
import json
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radiodesk.core.keys import KeyRing

log = logging.getLogger(__name__)

EVENTS = frozenset(
    {
        "ringing",
        "answered",
        "opened",
        "held",
        "resumed",
        "prompted",
        "joined",
        "parted",
        "closed",
        "lost",
        "device_lost",
        "device_back",
        "overflow",
        "disk_low",
        "disk_full",
        "disk_free",
        "began",
        "ended",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened on a line; ``call`` is the telephone's key of a call, ``caller`` an encrypted number."""

    at: datetime
    line: str
    event: str
    take: str | None = None
    call: str | None = None
    caller: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Journal:
    """The writing end. While the disk is full, entries wait in memory and follow, in order, when there is room."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[bytes] = []
        self._troubled = False
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and (held := path.read_bytes()) and not held.endswith(b"\n"):
            # A killed writer tore its last line: end it, so that ours stands alone.
            self._waiting.append(b"\n")

    def write(self, entry: Entry) -> None:
        """Append one entry and flush it to the disk."""
        if entry.event not in EVENTS:
            raise ValueError(f"{entry.event} is no event of a line")
        line: dict[str, Any] = {
            "at": entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "line": entry.line,
            "event": entry.event,
            "take": entry.take,
            "call": entry.call,
            "caller": entry.caller,
        }
        if entry.facts:
            line["facts"] = entry.facts
        with self._lock:
            self._waiting.append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._flush()

    def flush(self) -> None:
        """Try again with what is waiting."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        try:
            # A file of its own takes room, too.
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                self._write_out(file)
            finally:
                os.close(file)
        except OSError as error:
            if not self._troubled:
                log.error("The journal %s cannot be written: %s.", self.path.name, error.strerror)
            self._troubled = True
        else:
            self._troubled = False

    def _write_out(self, file: int) -> None:
        size = os.fstat(file).st_size
        while self._waiting:
            if os.write(file, self._waiting[0]) < len(self._waiting[0]):
                os.ftruncate(file, size)
                return
            size += len(self._waiting.pop(0))
        os.fsync(file)


def read(path: Path, offset: int = 0) -> Iterator[tuple[Entry, int]]:
    """Yield entries from ``offset`` on, each with the offset behind it; a line not yet ended is left for next time."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            if (entry := _entry(line)) is not None:
                yield entry, offset
            elif line.strip():
                log.warning("A line of the journal %s before byte %s cannot be read.", path.name, offset)


def _entry(line: bytes) -> Entry | None:
    try:
        raw = json.loads(line)
        at = datetime.fromisoformat(raw["at"])
        known = {name: raw.get(name) for name in ("take", "call", "caller")}
        return Entry(at=at, line=raw["line"], event=raw["event"], facts=raw.get("facts") or {}, **known)
    except (ValueError, KeyError, TypeError):
        return None


def sealed_number(keys: "KeyRing", number: str) -> str:
    """A caller's number as it may stand in a journal."""
    return base64.b64encode(keys.encrypt(number)).decode()


def opened_number(keys: "KeyRing", sealed: str) -> str:
    """The number again; raises ``KeyMissing``."""
    return keys.decrypt(base64.b64decode(sealed))
