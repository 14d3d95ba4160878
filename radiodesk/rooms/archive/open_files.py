"""The files of a package that lie open in it, and all of them as one ZIP file that is made while it is sent.

What is closed (``data/restricted/``, encrypted) is never given here; ``radiodesk unlock`` opens it for who has the key.
A package stays as it was sealed. Of whom nothing is told since then, its open part tells all the same: so nothing of
that part is given any more.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy.orm import Session

from radiodesk.core.errors import Forbidden, NotFound
from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.core.stores.shelves import Shelf, StoreObject
from radiodesk.rooms.archive import restricted_files
from radiodesk.rooms.archive.gathered_show import disguised_callers, silent_callers
from radiodesk.rooms.archive.models import Package, PackageState

CLOSED = restricted_files.FOLDER
_NAMING = {"data/calls/calls.json": "call", "data/as-run/as-run.json": "subject"}
"""The open files in which callers stand, and under which name their public ids."""
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of a package: its path in it, with slashes, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """What a package holds: the open files by path, and how much is closed."""

    open: list[PackageFile]
    closed: int
    closed_bytes: int

    @property
    def open_bytes(self) -> int:
        return sum(file.size for file in self.open)


def files_of(shelf: Shelf, package: Package) -> PackageFiles:
    """The files of a sealed package, in the order of their paths; none for one that is not sealed."""
    found = []
    if package.state == PackageState.SEALED:
        prefix = package.public_id
        found = [PackageFile(one.key.removeprefix(f"{prefix}/"), one.size) for one in shelf.list(prefix)]
    closed = [file for file in found if file.path.startswith(CLOSED)]
    shown = sorted((file for file in found if not file.path.startswith(CLOSED)), key=lambda file: file.path)
    return PackageFiles(shown, len(closed), sum(file.size for file in closed))


class TellsOfProtected(Forbidden):
    """The open part tells of callers of whom nothing is told, or lets voices be heard that are disguised, by now."""


def require_giveable(session: Session, shelf: Shelf, package: Package) -> None:
    """Raises ``TellsOfProtected`` where a caller became protected or disguised, or a complaint confidential, after the
    sealing."""
    if tells_of_protected(session, shelf, package):
        raise TellsOfProtected(
            "A caller was protected after the sealing, so the open part of this package is not given any more."
        )


def tells_of_protected(session: Session, shelf: Shelf, package: Package) -> bool:
    """Whether the open part of a sealed package tells of callers of whom nothing is told by the rule of now."""
    if package.state != PackageState.SEALED:
        return False
    silent, disguised = silent_callers(session, package.broadcast), disguised_callers(session, package.broadcast)
    if not silent and not disguised:
        return False
    named = _named(shelf, package)
    return named is None or bool(named.keys() & silent) or any(named.get(call) is False for call in disguised)


def _named(shelf: Shelf, package: Package) -> dict[str, bool] | None:
    """Public ids of all that stand in the open part, and whether they are not heard there with their own voice.

    ``None`` where nobody can tell.
    """
    found: dict[str, bool] = {}
    for path, name in _NAMING.items():
        try:
            with shelf.object(f"{package.public_id}/{path}").open() as file:
                for one in json.load(file):
                    found.setdefault(str(one[name]), one.get("disguised") is True)
        except (NoSuchObject, ValueError, TypeError, KeyError):
            return None
    return found


def open_file(shelf: Shelf, package: Package, path: str) -> StoreObject:
    """One open file; raises ``NotFound`` for what is closed or not in the package."""
    if path not in {file.path for file in files_of(shelf, package).open}:
        raise NotFound("This file is not in the open part of the package.")
    return shelf.object(f"{package.public_id}/{path}")


def zipped(folder: str, files: Iterable[tuple[str, StoreObject]]) -> Iterator[bytes]:
    """The bytes of a ZIP file with these files below a folder; nothing is compressed, since sound already is."""
    sent = _Sent()
    with ZipFile(cast("IO[bytes]", sent), "w", ZIP_STORED) as archive:
        for path, found in files:
            about = ZipInfo(str(PurePosixPath(folder, path)))
            with archive.open(about, "w", force_zip64=True) as written, found.open() as source:
                while block := source.read(_BLOCK):
                    written.write(block)
                    yield sent.take_out()
        yield sent.take_out()
    yield sent.take_out()


class _Sent:
    """Takes what the ZIP writer writes, and gives it on; it cannot be gone back in."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything that was written is held already."""

    def take_out(self) -> bytes:
        data = b"".join(self._held)
        self._held.clear()
        return data
