"""Files are written atomically: to a temporary name, flushed to the disk, then renamed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends well it becomes ``target``, else it is removed."""
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
        flush_folder(target.parent)
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
