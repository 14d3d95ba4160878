"""Lets the supervisor sleep until one of its children ends or somebody asks it to stop. It has no thread for that, as
what forks must not have any.
"""

import os
import select
import signal
from contextlib import suppress

from radiodesk.core.file_watch import quiet_pipe


class ChildWatch:
    """Woken by the signals of this process, from the moment it is made on; a branch forgets it."""

    def __init__(self) -> None:
        self._heard, ring = quiet_pipe()
        # Without a handler of Python's own the end of a child would not be written there.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ring, warn_on_full_buffer=False)

    def wait(self, seconds: float) -> None:
        """Return soon after a signal, and after so many seconds in any case."""
        polled = select.poll()
        polled.register(self._heard, select.POLLIN)
        polled.poll(seconds * 1000)
        with suppress(BlockingIOError):
            os.read(self._heard, 4096)


def forget_children() -> None:
    """In a new branch: its signals are its own."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
