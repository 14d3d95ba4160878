"""Branches: processes that the supervisor forks off, with what all parts of a desk need loaded already.

What is loaded once is shared: a branch is there in no time, and its code takes memory once for all parts. That is safe
as long as the process that branches has neither threads nor an open database; it keeps to that, and whatever needs
either is done in a branch.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from radiodesk.operations.child_watch import forget_children

_FORKED = multiprocessing.get_context("fork")
_PR_SET_PDEATHSIG = 1
_STOPS = (signal.SIGINT, signal.SIGTERM)


class Branch:
    """A running process; it is asked and ended like a ``subprocess.Popen``, and ends with the process that made it.

    ``words`` are its command line, as others read it in the list of processes; ``act`` is what it does, and ends it by
    returning or by ``SystemExit``.
    """

    def __init__(self, words: Sequence[str], act: Callable[[], None]) -> None:
        self._process = _FORKED.Process(target=_begin, args=(list(words), act, os.getpid()), daemon=True)
        # A stop that comes in between would be answered by the copy of our own handler, and get lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def poll(self) -> int | None:
        """Its exit code, ``None`` while it runs; a signal that killed it is negative."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it ended; raises ``subprocess.TimeoutExpired``."""
        self._process.join(timeout)
        if (code := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return code

    def kill(self) -> None:
        self._process.kill()


def _begin(words: list[str], act: Callable[[], None], parent: int) -> None:
    end_with_parent()
    forget_children()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    if os.getppid() != parent:
        # It was killed before we could ask to be told of it.
        return
    name_process(words)
    act()


def end_with_parent() -> None:
    """In a new child: ask the kernel to stop it when its supervisor is killed, so that a new one finds free ports."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def name_process(words: Sequence[str]) -> None:
    """Show these words as this process's command line (``ps``, ``/proc``), cut off where the one it began with ends."""
    with suppress(OSError, IndexError, ValueError):
        # Behind the name in brackets, which may hold anything, the third field follows (proc(5)).
        fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        start, end = int(fields[48 - 3]), int(fields[49 - 3])
        whole = b"\0".join(word.encode() for word in words)[: max(0, end - start - 1)]
        # Filled up with zeros: a last byte that is none would have the kernel read on into the environment.
        ctypes.memmove(start, whole.ljust(end - start, b"\0"), end - start)


def load_together(load: Callable[[], object]) -> None:
    """Load what all branches share, such that it stays shared: the collector writes into what it looks at, so it looks
    at none of it, neither while it is loaded nor afterwards.
    """
    gc.disable()
    load()
    gc.freeze()
    gc.enable()
