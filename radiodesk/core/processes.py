"""What the processes of a desk share: how they are told to stop, and that there is one of a kind in a data folder."""

import fcntl
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from radiodesk.core.errors import Refusal


class InUse(Refusal):
    """Something is to be changed that the running parts of the station hold in memory."""

    exit_code = 4


class AlreadyRunning(Refusal):
    """Two of a kind would fight for the same devices and calls."""

    exit_code = 4


def watch_for_stop(ring: Callable[[], None] = lambda: None) -> threading.Event:
    """An event that is set once this process is asked to end, by Ctrl-C or by its supervisor; then ``ring`` wakes it,
    where it waits for something else.
    """
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        ring()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return stop


def readiness() -> Callable[[], None]:
    """What tells systemd, where it waits for this process (sd_notify(3)), that the work has begun.

    The address is taken out of the environment: what this process starts is not what systemd waits for.
    """
    address = os.environ.pop("NOTIFY_SOCKET", "")

    def tell() -> None:
        if address.startswith(("/", "@")):
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
                sending.sendto(b"READY=1", "\0" + address[1:] if address.startswith("@") else address)

    return tell


def tell_ready() -> None:
    """Tell it at once."""
    readiness()()


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


def take_part(path: Path) -> None:
    """Say, until this process ends, that it is one of the running parts of the station; any number may say so at once.

    Waits while something is changed that no part may be running for (``nobody_at_work``).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)


@contextmanager
def nobody_at_work(path: Path) -> Iterator[None]:
    """Keep every part of the station from starting while the block runs; raises ``InUse`` while one is running."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                "The station is running, and its parts know only the keys that they started with. Stop the desk first, "
                "and the telephone if it goes on without it."
            ) from None
        yield
    finally:
        os.close(lock)


class FileLeadership:
    """Held by a file lock, which ends with the process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._held: int | None = None

    def lead(self) -> bool:
        """See ``core.database_kinds.Leadership``."""
        if self._path is None or self._held is not None:
            return True
        lock = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._held = lock
        return True

    def close(self) -> None:
        """Give it up."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
