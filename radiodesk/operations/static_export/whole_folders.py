"""A folder that is exchanged as a whole: until a new one is complete, the former one stays as it is.

Both lie side by side for a moment, so the folder may not be the place where a disk or a stick is mounted.
"""

import ctypes
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from radiodesk.core.atomic_files import flush_folder, remove_folder
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import why

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


class FolderNotOurs(Refusal):
    """A folder that holds other things than an export, which would be lost, or that cannot be exchanged."""


@contextmanager
def exchanging(folder: Path, mark: str) -> Iterator[Path]:
    """Give an empty folder to write into; when the block ends well it is ``folder``, and what lay there is gone.

    ``mark`` is a file that every such folder has: a folder with other things is not touched. Whoever comes second
    waits. Raises ``FolderNotOurs``.
    """
    folder = folder.absolute()
    new, old = (folder.with_name(f".{folder.name}.{end}") for end in ("baru", "lama"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        parent = os.open(folder.parent, os.O_RDONLY)
    except OSError as error:
        raise _unusable(folder, error) from None
    try:
        fcntl.flock(parent, fcntl.LOCK_EX)
        if old.exists() and not folder.exists():
            old.rename(folder)
        _require_ours(folder, mark)
        for left in (new, old):
            remove_folder(left)
        new.mkdir()
        try:
            yield new
            os.sync()
            _exchange(new, folder, old)
        finally:
            for left in (new, old):
                remove_folder(left)
        flush_folder(folder.parent)
    except OSError as error:
        raise _unusable(folder, error) from None
    finally:
        os.close(parent)


def _require_ours(folder: Path, mark: str) -> None:
    if folder.is_symlink() or os.path.ismount(folder) or (folder.exists() and not folder.is_dir()):
        raise FolderNotOurs("%(folder)s cannot be replaced as a whole. Name a folder inside of it.", folder=folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mark).is_file():
        raise FolderNotOurs(
            "%(folder)s holds other things than an export. Name a new or an empty folder.", folder=folder
        )


def _unusable(folder: Path, error: OSError) -> Refusal:
    return Refusal("Nothing can be written into %(folder)s: %(reason)s.", folder=folder, reason=why(error))


def _exchange(new: Path, folder: Path, old: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    if _is_exchanged(new, folder):
        return
    # This disk cannot exchange two folders: broken off between the two steps, the next export puts the old one back.
    folder.rename(old)
    new.rename(folder)


def _is_exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step (Linux, ``renameat2``)."""
    with suppress(AttributeError):
        rename = ctypes.CDLL(None, use_errno=True).renameat2
        paths = os.fsencode(one), os.fsencode(other)
        return bool(rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)
    return False
