"""One process of a kind in a data folder: a lock that dies with its holder and says who that is."""

import fcntl
import os
from pathlib import Path


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
