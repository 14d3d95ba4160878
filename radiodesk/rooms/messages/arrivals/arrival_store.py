"""The files of arrivals: written whole or not at all, encrypted, claimed by one reader at a time.

``waiting`` holds what is to be taken in, ``odd`` what could not be understood, ``kept/DATE`` what was taken in, until
the days of the setting ``raw_days`` are over. A name is a public id, so that names sort by the time of arrival.
"""

import base64
import errno
import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO

from radiodesk.core.atomic_files import FlushTogether, replacing
from radiodesk.core.errors import Refusal, TooLarge, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.keys import KeyMissing, KeyRing
from radiodesk.core.settings import Settings

log = logging.getLogger(__name__)

_BLOCK = 1 << 18
_LEFT_AFTER = 86_400.0
"""Seconds after which a file that no arrival names was left behind."""
_flush = FlushTogether()
"""Of all threads of the process: hundreds may come within a second."""
MOST_TRIES = 3
"""Readers that may die with an arrival before it is read in a process of its own."""


class NotSafe(Refusal):
    """What came in could not be written to disk; whoever sent it must send it again."""

    status = 503


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing as it came: ``source`` says which door (``whatsapp``, ``sms``, ``gammu``, ``partner``, ``web`` …),
    ``facts`` what that door knows beside the body. A sound file lies beside it; ``sound`` is its own name.
    """

    id: str
    source: str
    received_at: datetime
    body: bytes
    facts: Mapping[str, str] = field(default_factory=dict)
    sound: str | None = None


class Store:
    """The arrivals of one station."""

    def __init__(self, settings: Settings, keys: KeyRing) -> None:
        self._folder = settings.arrivals
        self._limit = settings.upload_megabytes
        self._days = settings.raw_days
        self._room = settings.disk_stop_megabytes * 1_000_000
        self._keys = keys

    @property
    def waiting(self) -> Path:
        return self._folder / "waiting"

    @property
    def odd(self) -> Path:
        return self._folder / "odd"

    @property
    def kept(self) -> Path:
        return self._folder / "kept"

    def put(
        self,
        source: str,
        body: bytes,
        *,
        at: datetime,
        facts: Mapping[str, str] | None = None,
        sound: tuple[str, IO[bytes]] | None = None,
    ) -> Arrival:
        """Write one arrival down; it is safe when this returns. Raises ``NotSafe`` or ``TooLarge``; then nothing is."""
        arrival = Arrival(public_id(at), source, at, body, dict(facts or {}), sound[0] if sound else None)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # A sound lies here and, until it is taken in, among the recordings.
            self._require_room(2 * _size(sound[1]) if sound is not None else 0)
            if sound is not None:
                with replacing(self._sound(self.waiting, arrival.id)) as written, written.open("wb") as out:
                    self._copy(sound[1], out, sound[0])
            self._write(self.waiting / arrival.id, arrival)
        except OSError as error:
            # First what would be read: its sender is told that nothing was kept.
            (self.waiting / arrival.id).unlink(missing_ok=True)
            self._sound(self.waiting, arrival.id).unlink(missing_ok=True)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            log.error("An arrival (%s) could not be kept: %s.", source, error.strerror)
            if full:
                raise NotSafe(
                    "The disk is full, so nothing can be taken in. Please send it again in a while."
                ) from None
            raise NotSafe("What you sent could not be kept here. Please send it again in a while.") from None
        return arrival

    def _require_room(self, needed: int) -> None:
        """What comes in from outside must not take the room that callers on the lines are recorded in."""
        if shutil.disk_usage(self._folder).free - needed < self._room:
            raise OSError(errno.ENOSPC, "the room that is left is for live sound")

    def _copy(self, stream: IO[bytes], out: IO[bytes], name: str) -> None:
        size = 0
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > self._limit * 1024 * 1024:
                raise TooLarge(
                    "%(name)s is larger than %(most)s MB, which is the most that is taken here. "
                    "Send a shorter part of it.",
                    name=name,
                    most=self._limit,
                )
            self._require_room(len(block))
            out.write(block)

    def _write(self, path: Path, arrival: Arrival) -> None:
        told = {
            "source": arrival.source,
            "received_at": arrival.received_at.astimezone(UTC).isoformat(),
            "body": base64.b64encode(arrival.body).decode(),
            "facts": {name: _plain(value) for name, value in arrival.facts.items()},
            "sound": _plain(arrival.sound) if arrival.sound is not None else None,
        }
        with replacing(path, _flush) as written:
            written.write_bytes(self._keys.encrypt(json.dumps(told)))

    def read(self, path: Path) -> Arrival:
        """One arrival again; raises ``KeyMissing``, ``Unreadable`` or ``OSError``."""
        try:
            told = json.loads(self._keys.decrypt(path.read_bytes()))
            return Arrival(
                path.name,
                told["source"],
                datetime.fromisoformat(told["received_at"]),
                base64.b64decode(told["body"]),
                told["facts"],
                told["sound"],
            )
        except (ValueError, KeyError, TypeError):
            raise Unreadable("The file of the arrival %(id)s is damaged.", id=path.name) from None

    def open_sound(self, arrival: Arrival) -> IO[bytes] | None:
        """The sound that came with it, wherever it lies now; raises ``Unreadable`` where it is gone."""
        if arrival.sound is None:
            return None
        for folder in (self.waiting, self.odd):
            path = self._sound(folder, arrival.id)
            if path.is_file():
                return path.open("rb")
        raise Unreadable("The sound of the arrival %(id)s is missing.", id=arrival.id)

    @staticmethod
    def _sound(folder: Path, identity: str) -> Path:
        return folder / f"{identity}.sound"

    def all_waiting(self) -> list[Path]:
        """What is to be taken in, oldest first."""
        return _arrivals(self.waiting)

    def all_odd(self) -> list[Path]:
        """What could not be understood, oldest first."""
        return _arrivals(self.odd)

    def all_kept(self) -> list[Path]:
        """What was taken in and is not forgotten yet, oldest first."""
        return [path for day in sorted(self.kept.glob("*-*-*")) for path in _arrivals(day)]

    @contextmanager
    def claimed(self, path: Path) -> Iterator[bool]:
        """Hold an arrival alone while the block runs; gives ``False`` when another reader has it, or had it."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield False
            return
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield path.exists()
        finally:
            os.close(handle)

    def tries(self, path: Path) -> int:
        """How many readers began with an arrival and did not come to an end."""
        try:
            return path.with_name(f"{path.name}.tries").stat().st_size
        except FileNotFoundError:
            return 0

    def count_try(self, arrival: Arrival) -> None:
        """Count one more try, before it is made."""
        with (self.waiting / f"{arrival.id}.tries").open("ab") as file:
            file.write(b".")

    def take_back(self, arrival: Arrival) -> None:
        """A try that ended without the reader's death does not count: the database was in trouble."""
        (self.waiting / f"{arrival.id}.tries").unlink(missing_ok=True)

    def settle(self, *arrivals: Arrival) -> None:
        """They are in the database: keep the originals for a while, without their sounds, which lie with the
        recordings.
        """
        folders = dict.fromkeys(self._move(one, self.kept / f"{one.received_at:%Y-%m-%d}") for one in arrivals)
        for folder in filter(None, folders):
            _flush(folder)
        for one in arrivals:
            for folder in (self.waiting, self.odd):
                self._sound(folder, one.id).unlink(missing_ok=True)

    def set_aside(self, arrival: Arrival) -> None:
        """Nobody understood it: keep it where it can be read again, with its sound."""
        sound = self._sound(self.waiting, arrival.id)
        if sound.is_file():
            self.odd.mkdir(parents=True, exist_ok=True)
            sound.replace(self._sound(self.odd, arrival.id))
        if self._move(arrival, self.odd) is not None:
            _flush(self.odd)

    def throw_away(self, arrival: Arrival) -> None:
        """Its sender was told that it is not taken, and has it still."""
        for path in self.waiting.glob(f"{arrival.id}*"):
            path.unlink(missing_ok=True)

    def _move(self, arrival: Arrival, folder: Path) -> Path | None:
        """Move an arrival; returns the folder where something is to be flushed now, if it was moved."""
        found = next((path for path in self.find(arrival.id) if path.parent != folder), None)
        if found is not None:
            folder.mkdir(parents=True, exist_ok=True)
            found.replace(folder / arrival.id)
        (self.waiting / f"{arrival.id}.tries").unlink(missing_ok=True)
        return None if found is None else folder

    def find(self, identity: str) -> list[Path]:
        """Where the arrival with this id lies."""
        places = [self.waiting, self.odd, *sorted(self.kept.glob("*-*-*"))]
        return [folder / identity for folder in places if (folder / identity).is_file()]

    def forget(self, *, at: datetime, settled: Callable[[Arrival], bool]) -> int:
        """Remove originals whose days are over; returns how many.

        Of what could not be understood, those that are ``settled`` and came without a sound: another is the only copy.
        """
        first = (at - timedelta(days=self._days)).date()
        count = 0
        for folder in self.kept.glob("*-*-*"):
            if date.fromisoformat(folder.name) < first:
                count += len(_arrivals(folder))
                shutil.rmtree(folder, ignore_errors=True)
        for path in self.all_odd():
            try:
                arrival = self.read(path)
                old = arrival.sound is None and arrival.received_at.date() < first and settled(arrival)
            except (KeyMissing, Unreadable, OSError):
                continue
            if old:
                path.unlink(missing_ok=True)
                count += 1
        self._clear(at)
        return count

    def _clear(self, at: datetime) -> None:
        """Remove what a kill left: drafts, and sounds and tries that belong to no arrival."""
        for folder in (self.waiting, self.odd):
            for path in folder.glob("*.*"):
                alone = path.name.startswith(".") or not (folder / path.stem).exists()
                if alone and at.timestamp() - path.stat().st_mtime > _LEFT_AFTER:
                    path.unlink(missing_ok=True)


def _size(stream: IO[bytes]) -> int:
    here = stream.tell()
    size = stream.seek(0, os.SEEK_END) - here
    stream.seek(here)
    return size


def _arrivals(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if "." not in path.name) if folder.is_dir() else []


def _plain(text: str) -> str:
    """Half of a sign (a lone surrogate) cannot be written down; it becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
