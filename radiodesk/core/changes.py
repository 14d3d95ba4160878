"""Whether there is anything new, without looking at it: what a round that turns often asks before it does its work."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from radiodesk.core.database import Database


class OnChange:
    """Acts when one of its signs is another than before, and every ``rest`` seconds in any case.

    A sign is what a change cannot leave as it was: a file's size and time, the database's count of changes. It is taken
    before the act, so that nothing is missed that happens meanwhile; an act that raises is tried again.
    """

    def __init__(
        self,
        act: Callable[[], object],
        *signs: Callable[[], object],
        rest: float,
        idle: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._act, self._signs, self._rest, self._monotonic = act, signs, rest, monotonic
        self._idle = rest if idle is None else idle
        self._seen: list[object] | None = None
        self._next = float("-inf")

    def turn(self) -> None:
        """Look at the signs, and act if it is time."""
        now, seen = self._monotonic(), [sign() for sign in self._signs]
        if seen == self._seen and now < self._next:
            return
        rest = self._idle if self._act() is False else self._rest
        self._seen, self._next = seen, now + rest


def of_file(path: Path) -> Callable[[], object]:
    """A sign that changes when a file is written, replaced, made or removed."""

    def sign() -> object:
        with suppress(FileNotFoundError):
            found = path.stat()
            return found.st_ino, found.st_size, found.st_mtime_ns
        return None

    return sign


class OfDatabase:
    """A sign that changes when anybody commits what others wait for, for one thread at a time."""

    def __init__(self, database: Database) -> None:
        self._bell = database.bell()
        self._rung = 0

    def __call__(self) -> object:
        self._rung += self._bell.wait(0.0)
        return self._rung

    def close(self) -> None:
        """Let go of the database."""
        self._bell.close()
