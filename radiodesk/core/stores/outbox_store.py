"""A store over a network, with an outbox before it: what is put is safe on this machine first, and goes up from there.

``put`` keeps the object in the outbox and tries once to bring it up; where that fails, or the object is large, the
worker's round does it later (``store_catch_up``). Until then every process of this machine reads it from the outbox.
So nobody who puts depends on the store, and nobody waits for it longer than one short request.
"""

import heapq
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from radiodesk.core.errors import Refusal
from radiodesk.core.stores.folder_store import part_of
from radiodesk.core.stores.ports import CaughtUp, NoSuchObject, Stat, Store, StoreUnavailable, Waiting
from radiodesk.core.stores.shelves import trouble
from radiodesk.core.stores.store_outbox import StoreOutbox

log = logging.getLogger(__name__)

SMALL = 4 << 20
"""Bytes up to which an object is brought up by whoever puts it."""
PAUSE = 15.0
"""Seconds after a failure in which nobody who puts or deletes tries again: the outbox takes it at once."""
MOST_FAILURES = 3
"""Failures in a row after which a turn stops: the store is away, and the rest would fail too."""


class OutboxStore:
    """``far`` is the store itself, ``quick`` the same with less patience, for whoever puts while somebody waits.

    Both are asked outside of every lock that others of this machine may wait for.
    """

    def __init__(self, far: Store, quick: Store, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.far, self._quick = far, quick
        self.name = far.name
        self._outbox = StoreOutbox(folder)
        self._monotonic = monotonic
        self._quiet_until = float("-inf")
        self._failed: dict[str, int] = {}

    def put(self, key: str, file: Path) -> None:
        self._outbox.take_in(key, file)
        if file.stat().st_size <= SMALL:
            self._try_now(key)

    def put_through(self, key: str, file: Path) -> None:
        """Put into the store itself, or raise: for what counts only once every machine can read it."""
        with self._outbox.claimed(key) as mine, trouble(self.far, key):
            if not mine:
                raise StoreUnavailable("Another process is putting %(key)s. Please try again in a moment.", key=key)
            self.far.put(key, file)
            # What waited under the key is older than this, also its deletion.
            self._outbox.drop(key)

    def open(self, key: str, first: int = 0, length: int | None = None) -> BinaryIO:
        try:
            file = self._outbox.path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            if self._outbox.is_gone(key):
                raise NoSuchObject(key) from None
            return self.far.open(key, first, length)
        return part_of(file, first, length)

    def stat(self, key: str) -> Stat:
        found = self._outbox.stat(key)
        if found is not None:
            return found
        if self._outbox.is_gone(key):
            raise NoSuchObject(key)
        return self.far.stat(key)

    def delete(self, key: str) -> None:
        self._outbox.take_out(key)
        self._try_now(key)

    def list(self, prefix: str) -> Iterator[Stat]:
        waits = {one.key: one for one in self._outbox.waiting(prefix)}
        near = (Stat(one.key, one.size, one.since) for _, one in sorted(waits.items()) if not one.goes)
        far = (one for one in self.far.list(prefix) if one.key not in waits)
        yield from heapq.merge(near, far, key=lambda one: one.key)

    def waiting(self) -> Sequence[Waiting]:
        """What the store does not have yet, oldest first."""
        return self._outbox.waiting()

    def catch_up(self) -> CaughtUp:
        """Bring up what waits, oldest first; what failed before comes after the rest, so that it holds up nothing."""
        done = failed = in_row = 0
        last: Refusal | None = None
        waiting = self._outbox.waiting()
        self._failed = {one.key: self._failed.get(one.key, 0) for one in waiting}
        for one in sorted(waiting, key=lambda one: self._failed[one.key]):
            try:
                done += self._push(self.far, one.key)
                in_row = 0
            except Refusal as refusal:
                self._failed[one.key] += 1
                failed, in_row, last = failed + 1, in_row + 1, refusal
                if in_row == MOST_FAILURES:
                    break
        return CaughtUp(done, failed, last)

    def _try_now(self, key: str) -> None:
        if self._monotonic() < self._quiet_until:
            return
        try:
            self._push(self._quick, key)
        except Refusal as refusal:
            self._quiet_until = self._monotonic() + PAUSE
            log.warning("%s waits in the outbox: %s", key, refusal)

    def _push(self, store: Store, key: str) -> bool:
        """Make the store as this machine has it; ``False`` where somebody else is at it."""
        with self._outbox.claimed(key) as mine:
            if not mine:
                return False
            with trouble(store, key):
                while (version := self._outbox.version(key)) is not None:
                    try:
                        store.put(key, self._outbox.path(key))
                    except FileNotFoundError:
                        continue  # deleted before it was read
                    if self._outbox.settle(key, version):
                        break
                if self._outbox.is_gone(key):
                    store.delete(key)
                    self._outbox.forget(key)
        return True
