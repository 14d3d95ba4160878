"""Where the files of a bag are read from: a folder of this machine, or the store, from which they are streamed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from radiodesk.core.i18n import N_
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive.tombstones import SUFFIX, Tombstones, kept, parsed

LINK = N_("%(path)s is a link, not a file.")
NO_FILE = N_("%(path)s is not a file.")


class BagFiles(Protocol):
    """The files of one bag, by their paths in it with slashes."""

    name: str

    def sizes(self) -> dict[str, int]:
        """Every regular file with its bytes."""
        ...

    def odd(self) -> list[tuple[str, str]]:
        """What is no regular file: a message and its path."""
        ...

    def top(self) -> set[str]:
        """The names of files and folders that lie in the bag itself."""
        ...

    def open(self, path: str) -> BinaryIO:
        """One of the files."""
        ...

    def tombstones(self) -> Tombstones:
        """What was deleted of it, as is told beside it."""
        ...


class FolderBag:
    """A bag in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = folder.name

    def sizes(self) -> dict[str, int]:
        return {path: told.st_size for path, told in self._found() if stat.S_ISREG(told.st_mode)}

    def odd(self) -> list[tuple[str, str]]:
        found = ((path, told.st_mode) for path, told in self._found())
        return [(LINK if stat.S_ISLNK(mode) else NO_FILE, path) for path, mode in found if not stat.S_ISREG(mode)]

    def top(self) -> set[str]:
        return {path.name for path in self._folder.iterdir()}

    def open(self, path: str) -> BinaryIO:
        return (self._folder / path).open("rb")

    def tombstones(self) -> Tombstones:
        whole = self._folder.resolve()
        path = whole.with_name(whole.name + SUFFIX)
        return parsed(path.read_bytes()) if path.is_file() else Tombstones()

    def _found(self) -> Iterator[tuple[str, os.stat_result]]:
        for inner, folders, names in os.walk(self._folder):
            here = Path(inner)
            for name in [*names, *(one for one in folders if (here / one).is_symlink())]:
                path = here / name
                yield path.relative_to(self._folder).as_posix(), path.lstat()


class ShelfBag:
    """A bag on a shelf of the store; nothing of it is copied."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self._shelf = shelf
        self.name = name

    def sizes(self) -> dict[str, int]:
        return {one.key.removeprefix(f"{self.name}/"): one.size for one in self._shelf.list(self.name)}

    def odd(self) -> list[tuple[str, str]]:
        return []

    def top(self) -> set[str]:
        return {path.partition("/")[0] for path in self.sizes()}

    def open(self, path: str) -> BinaryIO:
        return self._shelf.object(f"{self.name}/{path}").open()

    def tombstones(self) -> Tombstones:
        return parsed(kept(self._shelf, self.name))


def bag_in(shelf: Shelf, name: str) -> BagFiles:
    """A bag of the store: its folder, where it has one, which also shows what is no object; else what is listed."""
    folder = shelf.folder(name)
    return ShelfBag(shelf, name) if folder is None else FolderBag(folder)
