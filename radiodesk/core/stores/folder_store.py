"""The store of a station on one machine: every object is a file below the data folder, under its key."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, Self, cast

from radiodesk.core.atomic_files import flush_folder, remove_folder, replacing
from radiodesk.core.stores.ports import NoSuchObject, Stat, StoreSetup


class FolderStore:
    """Files are private (0600), and appear whole or not at all."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def set_up(cls, setup: StoreSetup) -> Self:
        return cls(setup.data)

    def path(self, key: str) -> Path:
        return self._folder / key

    def put(self, key: str, file: Path) -> None:
        with replacing(self.path(key)) as written:
            shutil.copyfile(file, written)

    def open(self, key: str, first: int = 0, length: int | None = None) -> BinaryIO:
        try:
            file = self.path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NoSuchObject(key) from None
        return part_of(file, first, length)

    def stat(self, key: str) -> Stat:
        path = self.path(key)
        if not path.is_file():
            raise NoSuchObject(key)
        return _stat(key, path)

    def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[Stat]:
        found = []
        for where, folders, files in os.walk(self.path(prefix), followlinks=True):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [Path(where, name) for name in files if not name.startswith(".")]
        for key, path in sorted((path.relative_to(self._folder).as_posix(), path) for path in found):
            if path.is_file():
                yield _stat(key, path)

    def put_folder(self, prefix: str, folder: Path) -> None:
        target = self.path(prefix)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Moving a folder elsewhere writes into it (its ".."), which a read-only one refuses.
        mode = folder.stat().st_mode & 0o7777
        folder.chmod(0o700)
        folder.rename(target)
        target.chmod(mode)
        flush_folder(target.parent)

    def delete_folder(self, prefix: str) -> None:
        folder = self.path(prefix)
        if not folder.is_dir():
            return
        # The folder around it may be read-only, as that of a package is.
        mode = folder.parent.stat().st_mode & 0o7777
        folder.parent.chmod(mode | 0o700)
        try:
            remove_folder(folder)
            flush_folder(folder.parent)
        finally:
            folder.parent.chmod(mode)


def part_of(file: BinaryIO, first: int, length: int | None) -> BinaryIO:
    """An open file from byte ``first`` on, at most ``length`` bytes of it; closing it closes the file."""
    file.seek(first)
    return file if length is None else cast(BinaryIO, BufferedReader(_Part(file, length)))


def _stat(key: str, path: Path) -> Stat:
    told = path.stat()
    return Stat(key, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))


class _Part(RawIOBase):
    """The next bytes of an open file, up to a number of them."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
