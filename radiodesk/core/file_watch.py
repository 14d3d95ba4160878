"""Wakes who waits for files to change: by inotify(7) where the kernel has it, else by letting them look now and then.

What is told is that something happened in a folder, not what: the asker looks for itself, as it does without this.
"""

import ctypes
import os
import select
import struct
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

BLIND = 0.1
"""Seconds after which the asker looks where the system tells of nothing."""
NONE = -1
_ROOM = 65_536
_EVENT = struct.Struct("iIII")
_CLOSED_ON_EXEC = os.O_NONBLOCK | os.O_CLOEXEC
_MODIFY, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x002, 0x040, 0x080, 0x100, 0x200
_OVERFLOW, _IGNORED, _ONLY_FOLDERS = 0x4000, 0x8000, 0x0100_0000
_CHANGES = _MODIFY | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE


class FileWatch:
    """Waits, for one thread, until something is written, made, renamed or removed in these folders themselves.

    With ``names`` only files of these names count. A folder that is not there is looked for again and again.
    """

    def __init__(self, folders: Sequence[Path], names: Collection[str] = ()) -> None:
        self._folders, self._names = folders, frozenset(map(os.fsencode, names))
        self._heard, self._ring = quiet_pipe()
        self._inotify = _inotify()
        self._watched: dict[int, Path] = {}

    def wait(self, seconds: float) -> bool:
        """Return ``True`` as soon as something may have changed since the last call, or ``ring`` was called; ``False``
        when nothing was for so long.
        """
        until = time.monotonic() + seconds
        while True:
            sees = self._sees()
            left = max(0.0, until - time.monotonic())
            ready = self._polled(left if sees else min(left, BLIND))
            if self._heard in ready:
                with suppress(BlockingIOError):
                    os.read(self._heard, _ROOM)
                return True
            if not sees or (self._inotify in ready and self._take_news()):
                return True
            if time.monotonic() >= until:
                return False

    def ring(self) -> None:
        """Let who waits look now; may be called by any thread, and by a signal's handler."""
        # A pipe that is full has rung.
        with suppress(BlockingIOError):
            os.write(self._ring, b"\0")

    def close(self) -> None:
        """Watch no longer."""
        for each in (self._heard, self._ring, self._inotify):
            if each != NONE:
                os.close(each)
        self._inotify = NONE

    def _polled(self, seconds: float) -> set[int]:
        # Not select(2), which knows no number above 1023.
        polled = select.poll()
        for each in (self._heard, self._inotify):
            if each != NONE:
                polled.register(each, select.POLLIN)
        return {number for number, _ in polled.poll(seconds * 1000)}

    def _sees(self) -> bool:
        """Whether all folders are watched; those that are not yet are tried."""
        if self._inotify == NONE:
            return False
        for folder in set(self._folders) - set(self._watched.values()):
            number = _libc().inotify_add_watch(self._inotify, os.fsencode(folder), _CHANGES | _ONLY_FOLDERS)
            if number < 0:
                return False
            # It may have changed just before.
            self._watched[number] = folder
            self.ring()
        return True

    def _take_news(self) -> bool:
        """Take what the kernel tells; whether any of it counts."""
        counts = False
        with suppress(BlockingIOError):
            told = os.read(self._inotify, _ROOM)
            start = 0
            while start < len(told):
                number, mask, _, length = _EVENT.unpack_from(told, start)
                name = told[start + _EVENT.size : start + _EVENT.size + length].rstrip(b"\0")
                start += _EVENT.size + length
                if mask & _IGNORED:
                    # The folder is gone; another one may take its place.
                    self._watched.pop(number, None)
                counts |= bool(mask & (_OVERFLOW | _IGNORED)) or not self._names or name in self._names
        return counts


class WhileEmpty:
    """Waits while a folder is empty; as long as something lies in it, its owner looks at its own pace."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._watch = folder, FileWatch([folder])
        self.ring, self.close = self._watch.ring, self._watch.close

    def wait(self, seconds: float) -> bool:
        """Whether there may be something in it."""
        return self.holds_something or self._watch.wait(seconds)

    @property
    def holds_something(self) -> bool:
        try:
            with os.scandir(self._folder) as found:
                return next(found, None) is not None
        except FileNotFoundError:
            return False


def quiet_pipe() -> tuple[int, int]:
    """A pipe that no program inherits, and at which nobody has to wait: its reading and its writing end."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _inotify() -> int:
    """A queue of the kernel's, ``NONE`` where there is no such thing or no more of them."""
    with suppress(OSError, AttributeError):
        return max(NONE, int(_libc().inotify_init1(_CLOSED_ON_EXEC)))
    return NONE
