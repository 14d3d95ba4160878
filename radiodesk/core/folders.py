"""Only the station's own account may read the data folder, which holds voices, numbers and keys.

No other program reads it: the public site serves its files itself. Models are kept elsewhere; they are not private.
"""

import os
from contextlib import suppress
from pathlib import Path

from radiodesk.core.settings import Settings

OTHERS = 0o077


def keep_files_private() -> None:
    """From now on, what this process makes is readable by its own account alone."""
    os.umask(OTHERS)


def close_to_others(settings: Settings) -> None:
    """Make the data folder with what belongs in it, and take away what others may do there.

    An open data folder is gone through as a whole, once: it was made by a release that left its files open, or restored
    from a backup. Behind a closed one nobody gets at the files.
    """
    keep_files_private()
    for folder in (settings.data, settings.audio, settings.archive):
        folder.mkdir(parents=True, exist_ok=True)
    if is_open(settings.data):
        for where, folders, files in os.walk(settings.data):
            for name in [*folders, *files]:
                _close(Path(where, name))
        # Last: a walk that was cut short is done again.
        _close(settings.data)
    for file in [settings.keys, *_database_files(settings)]:
        _close(file)


def is_open(path: Path) -> bool:
    """Whether anyone but the owner may do anything with it."""
    return bool(path.stat().st_mode & OTHERS)


def _close(path: Path) -> None:
    # Gone meanwhile, or somebody else's: radiodesk doctor names what stays open.
    with suppress(FileNotFoundError, PermissionError):
        if not path.is_symlink() and is_open(path):
            path.chmod(path.stat().st_mode & 0o7777 & ~OTHERS)


def _database_files(settings: Settings) -> list[Path]:
    """The files of an SQLite database, which may lie outside the data folder."""
    if not settings.database.startswith("sqlite:///"):
        return []
    file = settings.database.removeprefix("sqlite:///")
    return [Path(file + end) for end in ("", "-wal", "-shm")]
