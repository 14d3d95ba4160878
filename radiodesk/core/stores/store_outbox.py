"""The outbox of a store that may be away: finished objects that wait on this machine until the store has them.

A folder that all processes of the machine share. ``objects`` holds the files under their keys, each whole and flushed;
``gone`` holds an empty file for each key that is to be deleted in the store. Whoever brings an object up claims its
key, so that no two do; what is put or deleted meanwhile is seen before the file goes.
"""

import fcntl
import hashlib
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from radiodesk.core.atomic_files import flush_folder
from radiodesk.core.draft_folders import draft_folder
from radiodesk.core.stores.ports import Stat, Waiting

Version = tuple[int, int, int]
"""By which one file under a key is told from the next: inode, size, time in nanoseconds."""


class StoreOutbox:
    """What waits for one store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._objects = folder / "objects"
        self._gone = folder / "gone"

    def path(self, key: str) -> Path:
        """Where an object lies while it waits."""
        return self._objects / key

    def version(self, key: str) -> Version | None:
        """Which file lies under the key now; ``None`` where none does."""
        try:
            told = self.path(key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return (told.st_ino, told.st_size, told.st_mtime_ns) if self.path(key).is_file() else None

    def stat(self, key: str) -> Stat | None:
        """An object that waits; ``None`` where none does."""
        try:
            told = self.path(key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not self.path(key).is_file():
            return None
        return Stat(key, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))

    def is_gone(self, key: str) -> bool:
        """Whether the key was deleted and the store has yet to hear of it."""
        return (self._gone / key).is_file()

    def take_in(self, key: str, file: Path) -> None:
        """Keep a copy of a file until the store has it: whole, flushed to the disk, or not at all."""
        with draft_folder(self._folder / "drafts") as drafts:
            copy = drafts / "object"
            shutil.copyfile(file, copy)
            copy.chmod(0o600)
            with copy.open("rb") as written:
                os.fsync(written.fileno())
            with self._held():
                _make_folder(self.path(key).parent)
                copy.replace(self.path(key))
                flush_folder(self.path(key).parent)
                _remove(self._gone, key)

    def take_out(self, key: str) -> None:
        """The object is deleted: it waits no more, and the store is to forget it."""
        with self._held():
            mark = self._gone / key
            _make_folder(mark.parent)
            mark.touch(mode=0o600)
            flush_folder(mark.parent)
            _remove(self._objects, key)

    def settle(self, key: str, version: Version) -> bool:
        """The store has this version: it goes here. ``False`` where another lies here now, or none."""
        with self._held():
            if self.version(key) != version:
                return False
            _remove(self._objects, key)
            # Where both lie here, after a power cut, the object is what was put last or what nobody saw deleted.
            _remove(self._gone, key)
            return True

    def drop(self, key: str) -> None:
        """Nothing waits under the key any more."""
        with self._held():
            _remove(self._objects, key)
            _remove(self._gone, key)

    def forget(self, key: str) -> None:
        """The store has deleted the key."""
        with self._held():
            _remove(self._gone, key)

    @contextmanager
    def claimed(self, key: str) -> Iterator[bool]:
        """Hold a key against whoever else would bring it up; gives ``False``, at once, where somebody does already."""
        _make_folder(self._folder)
        handle = os.open(self._folder / ".claims", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield _lock_byte(handle, int.from_bytes(hashlib.sha256(key.encode()).digest()[:7]))
        finally:
            os.close(handle)

    def waiting(self, prefix: str = "") -> list[Waiting]:
        """Everything that waits, or what does below a prefix, oldest first; of a key that is put again, that alone."""
        found = {one.key: one for one in _below(self._gone, prefix, goes=True)}
        found |= {one.key: one for one in _below(self._objects, prefix, goes=False)}
        return sorted(found.values(), key=lambda one: (one.since, one.key))

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Nobody else puts, deletes or settles meanwhile; never held while the store is asked."""
        _make_folder(self._folder)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _lock_byte(handle: int, at: int) -> bool:
    """Lock one byte of a file, which need not be that long, against every other opening of it; at once or not."""
    wanted = struct.pack("hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, at, 1, 0)
    try:
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, wanted)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _below(folder: Path, prefix: str, *, goes: bool) -> Iterator[Waiting]:
    for where, _folders, files in os.walk(folder / prefix):
        for name in files:
            path = Path(where, name)
            with suppress(FileNotFoundError):  # it went meanwhile
                told = path.stat()
                since = datetime.fromtimestamp(told.st_mtime, UTC)
                yield Waiting(path.relative_to(folder).as_posix(), 0 if goes else told.st_size, since, goes)


def _make_folder(folder: Path) -> None:
    """Make a folder with those above it, each of which survives a power cut."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        flush_folder(one.parent)


def _remove(top: Path, key: str) -> None:
    """Remove a file, and the folders above it that are empty then."""
    path = top / key
    with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        path.unlink()
        with suppress(OSError):
            for folder in path.parents:
                if folder == top:
                    break
                folder.rmdir()
