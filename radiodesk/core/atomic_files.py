"""Files are written atomically: to a temporary name, flushed to the disk, then renamed."""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@contextmanager
def replacing(target: Path, flush: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """Give a path to write to; when the block ends well it becomes ``target``, else it is removed.

    ``flush`` makes what was done in its folder survive a power cut; ``flush_folder`` where none is given.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    written = Path(name)
    try:
        yield written
        with written.open("rb") as done:
            os.fsync(done.fileno())
        written.chmod(0o600)
        written.replace(target)
        (flush or flush_folder)(target.parent)
    finally:
        written.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, read-only or not; nothing there is no error."""
    if not folder.is_dir():
        return
    for inner, _folders, _files in os.walk(folder):
        Path(inner).chmod(0o700)
    shutil.rmtree(folder)


def flush_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FlushTogether:
    """Flushes folders for several threads at once: who comes while one is being flushed shares the next flush with all
    others who came meanwhile. Each returns only when what it did before is safe.
    """

    def __init__(self, flush: Callable[[Path], None] = flush_folder) -> None:
        self._flush = flush
        self._guard = threading.Lock()
        self._folders: dict[Path, _Turn] = {}

    def __call__(self, folder: Path) -> None:
        """Flush one folder, or have it flushed by another thread that begins after this call."""
        with self._guard:
            turn = self._folders.setdefault(folder, _Turn())
            turn.asked += 1
            mine = turn.asked
        with turn.lock:
            if turn.flushed >= mine:
                return
            with self._guard:
                upto = turn.begun = turn.asked
            self._flush(folder)
            turn.flushed = upto

    def waiting(self, folder: Path) -> int:
        """How many of those who asked for a flush of a folder wait for the next one or one after it."""
        with self._guard:
            turn = self._folders.get(folder, _Turn())
            return turn.asked - turn.begun


@dataclass
class _Turn:
    """Who asked for a folder's flush, by number, up to whom one was begun, and up to whom it is done."""

    asked: int = 0
    begun: int = 0
    flushed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
