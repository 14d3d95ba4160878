"""What the processes of a desk share: how they are told to stop, and that there is one of a kind in a data folder."""

import fcntl
import os
import signal
import threading
from pathlib import Path

from radiodesk.core.errors import Refusal


class AlreadyRunning(Refusal):
    """Two of a kind would fight for the same devices and calls."""

    exit_code = 4


def told_to_stop() -> threading.Event:
    """An event that is set once this process is asked to end, by Ctrl-C or by its supervisor."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def hold(path: Path) -> bool:
    """Hold the lock until this process ends, and write its number there; ``False`` when another one holds it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return True


def holder(path: Path) -> int | None:
    """The number of the process that holds the lock, ``None`` when nobody does."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        number = os.pread(lock, 20, 0)
        return int(number) if number.isdigit() else None
    finally:
        os.close(lock)
    return None
