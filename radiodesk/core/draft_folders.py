"""Folders for what is being made. Each is held by the process that works in it; one that nobody holds any more, since
its process was killed, goes when the next is made.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from radiodesk.core.atomic_files import remove_folder

_PREFIX = ".draft-"


@contextmanager
def draft_folder(folder: Path) -> Iterator[Path]:
    """A folder inside ``folder``, which is made where it is missing; it goes again, also with read-only files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    # Held meanwhile: a draft that is made and not locked yet looks left behind.
    with _held(folder):
        _clear_left(folder)
        draft = Path(mkdtemp(prefix=_PREFIX, dir=folder))
        handle = os.open(draft, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield draft
    finally:
        remove_folder(draft)
        os.close(handle)


def _clear_left(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError), _held(left, fcntl.LOCK_NB):
            remove_folder(left)


@contextmanager
def _held(folder: Path, how: int = 0) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(handle)
