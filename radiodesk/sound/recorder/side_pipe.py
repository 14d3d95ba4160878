"""A pipe out of the recorder: what the devices bring goes on to who works beside it, in a thread of its own.

The recorder never waits: what cannot be taken within half a minute is thrown away, and the next block says how much.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from radiodesk.sound.line_setup import Lines
from radiodesk.sound.recorder.take_direction import Block

log = logging.getLogger(__name__)

MOST_HELD = 30.0
"""Seconds of sound of one device that wait at most."""


class Follower(Protocol):
    """Who follows the lines beside the recorder. All calls come from one thread, in the order of what happened."""

    def configure(self, lines: Lines) -> None:
        """The list of lines is another one."""
        ...

    def hear(self, device: str, block: Block, offset: float) -> None:
        """Sound of a device; ``offset`` makes the time of day of monotonic seconds."""
        ...

    def lose(self, device: str, why: str) -> None:
        """A device cannot be heard any more."""
        ...

    def open_line(self, line: str, begins: float) -> None:
        """A take of a line began, at a monotonic time that may lie some seconds back."""
        ...

    def tick(self) -> None:
        """About once a second."""
        ...

    def close(self, why: str) -> None:
        """The recorder ends."""
        ...


@dataclass(frozen=True, slots=True)
class _Heard:
    device: str
    block: Block
    offset: float


class SidePipe:
    """Hands on to one follower."""

    def __init__(self, follower: Follower, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.follower = follower
        self._monotonic = monotonic
        self._ready = threading.Condition()
        self._waiting: deque[_Heard | Callable[[], None]] = deque()
        self._held: dict[str, float] = {}
        self._dropped: dict[str, int] = {}
        self._thread: threading.Thread | None = None
        self._ended = ""

    def start(self, every: float = 1.0) -> None:
        """Begin the thread."""
        self._thread = threading.Thread(target=self._run, args=(every,), name="side pipe", daemon=True)
        self._thread.start()

    def configure(self, lines: Lines) -> None:
        """See ``Follower``."""
        self._put(lambda: self.follower.configure(lines))

    def lose(self, device: str, why: str) -> None:
        """See ``Follower``."""
        self._put(lambda: self.follower.lose(device, why))

    def open_line(self, line: str, begins: float) -> None:
        """See ``Follower``."""
        self._put(lambda: self.follower.open_line(line, begins))

    def hear(self, device: str, block: Block, offset: float) -> None:
        """See ``Follower``; never waits."""
        seconds = block.ends - block.begins
        with self._ready:
            if self._held.get(device, 0.0) + seconds > MOST_HELD:
                self._dropped[device] = self._dropped.get(device, 0) + len(block.samples) + block.dropped
                return
            if lost := self._dropped.pop(device, 0):
                block = replace(block, dropped=block.dropped + lost)
            self._held[device] = self._held.get(device, 0.0) + seconds
            self._waiting.append(_Heard(device, block, offset))
            self._ready.notify()

    def drain(self) -> None:
        """Hand on all that waits; the follower's failures are logged and hold up nothing."""
        while True:
            with self._ready:
                if not self._waiting:
                    return
                next_one = self._waiting.popleft()
                if isinstance(next_one, _Heard):
                    self._held[next_one.device] -= next_one.block.ends - next_one.block.begins
            try:
                if isinstance(next_one, _Heard):
                    self.follower.hear(next_one.device, next_one.block, next_one.offset)
                else:
                    next_one()
            except Exception:  # the edge of the pipe: the next block may go well
                log.exception("What follows the lines failed; it goes on.")

    def end(self, why: str) -> None:
        """Hand on what waits, and let the follower end."""
        with self._ready:
            self._ended = why
            self._ready.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)
        else:
            self._finish(why)

    def _put(self, act: Callable[[], None]) -> None:
        with self._ready:
            self._waiting.append(act)
            self._ready.notify()

    def _run(self, every: float) -> None:
        due = self._monotonic()
        while not self._ended:
            with self._ready:
                self._ready.wait_for(lambda: bool(self._waiting or self._ended), timeout=every)
            self.drain()
            if self._monotonic() >= due:
                due = self._monotonic() + every
                self._tick()
        self._finish(self._ended)

    def _tick(self) -> None:
        try:
            self.follower.tick()
        except Exception:  # the edge of the pipe: the next turn may go well
            log.exception("What follows the lines failed; it goes on.")

    def _finish(self, why: str) -> None:
        self.drain()
        self.follower.close(why)
