"""Brings a package from one store to another, in place of what is damaged there. Knows files alone, no rows.

What is brought is verified on this machine before anything is replaced. In a folder the new package takes the place of
the old one in one step; in another store each object is replaced whole, the closing one last. What was damaged is kept
aside.
"""

import ctypes
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from radiodesk.core.atomic_files import flush_folder
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import N_
from radiodesk.core.stores.ports import NoSuchObject, ObjectSpoilt, PatientStore, StoreUnavailable
from radiodesk.core.stores.shelves import Shelf, StoreObject
from radiodesk.rooms.archive import tombstones
from radiodesk.rooms.archive.bag_checks import Progress
from radiodesk.rooms.archive.bag_files import FolderBag
from radiodesk.rooms.archive.bag_writer import CLOSING
from radiodesk.rooms.archive.verification import ASIDE, verify_bag

_NOTHING = N_("Nothing is there.")
_BLOCK = 1 << 20
_EXCHANGE = 2
_HERE = -100


class NoGoodCopy(Refusal):
    """No store gives the package as it was sealed."""

    status = 409


@dataclass(frozen=True)
class Place:
    """A store that may hold a package: its name for people (empty for the station's own), and its shelf."""

    name: str
    shelf: Shelf


def fetch(place: Place, package: str, target: Path, progress: Progress = lambda _bytes: None) -> None:
    """Copy every file of a package into a folder of this machine; raises ``StoreUnavailable``, ``ObjectSpoilt``."""
    done = 0
    for stat in place.shelf.list(package):
        file = target / stat.key.removeprefix(f"{package}/")
        file.parent.mkdir(parents=True, exist_ok=True)
        place.shelf.object(stat.key).copy_to(file)
        done += stat.size
        progress(done)


def replace_from(
    sources: Iterable[Place],
    target: Shelf,
    package: str,
    manifest: str,
    *,
    at: datetime,
    progress: Progress,
    told: bytes = b"",
) -> str:
    """Put a package that is as it was sealed to where ``target`` has none or a damaged one; gives the source's name.

    ``manifest`` is the SHA-256 of its tag manifest, ``told`` the tombstones that the station has of it: what was
    deleted does not come back from a store that still has it. Raises ``NoGoodCopy``, then nothing was changed, and what
    the target raises as ``StoreUnavailable``.
    """
    tried = []
    for source in sources:
        with target.drafts() as drafts:
            draft = drafts / package
            try:
                fetch(source, package, draft, progress)
            except (StoreUnavailable, NoSuchObject) as trouble:
                tried.append(f"{source.name or '-'}: {trouble}")
                continue
            gone = _without_deleted(draft, told, tombstones.kept(source.shelf, package))
            found = verify_bag(FolderBag(draft), manifest).all_differences() if draft.is_dir() else [_NOTHING]
            if found:
                tried.append(f"{source.name or '-'}: {found[0]}")
                continue
            _flush(draft)
            if gone:
                tombstones.put(target, package, gone)
            if (folder := target.folder(package)) is not None:
                _exchange(draft, folder, at)
            else:
                _put_over(target, package, draft, at)
            return source.name
    raise NoGoodCopy(
        "No other store gives package %(package)s as it was sealed, so nothing was replaced (%(tried)s).",
        package=package,
        tried="; ".join(tried) or "-",
    )


def _without_deleted(draft: Path, *told: bytes) -> bytes:
    """Take out of a package that was brought what was deleted; gives its tombstones, which lie beside it then."""
    gone = tombstones.joined(*told)
    if gone:
        draft.with_name(draft.name + tombstones.SUFFIX).write_bytes(gone)
    for path in tombstones.parsed(gone).files:
        (draft / path).unlink(missing_ok=True)
    for folder in sorted((path for path in draft.rglob("*") if path.is_dir()), reverse=True):
        # One that holds something stays.
        with suppress(OSError):
            folder.rmdir()
    return gone


def _flush(folder: Path) -> None:
    """To the disk, and private: what is brought may be all that there is."""
    for inner, _folders, names in os.walk(folder, topdown=False):
        for name in names:
            with (Path(inner) / name).open("rb") as file:
                os.fsync(file.fileno())
            (Path(inner) / name).chmod(0o444)
        flush_folder(Path(inner))
        if Path(inner) != folder:
            Path(inner).chmod(0o555)


def _exchange(draft: Path, folder: Path, at: datetime) -> None:
    """The new folder takes the old one's place in one step, where the file system can; the old one is put aside."""
    parent = folder.parent
    parent.mkdir(parents=True, exist_ok=True)
    # Beside it first: within one folder a read-only folder can be renamed by anybody who may write there.
    new, aside = parent / f".next-{folder.name}", parent / f".{ASIDE}{at:%Y%m%d%H%M%S}-{folder.name}"
    if new.exists():
        # What an earlier repair that was broken off had to put aside.
        new.rename(parent / f".{ASIDE}{at:%Y%m%d%H%M%S}-again-{folder.name}")
    draft.rename(new)
    new.chmod(0o555)
    if not folder.exists():
        new.rename(folder)
    elif _swap(new, folder):
        new.rename(aside)
    else:
        folder.rename(aside)
        new.rename(folder)
    flush_folder(parent)


def _swap(one: Path, other: Path) -> bool:
    """Exchange two folders (Linux, ``renameat2``); ``False`` where this is not to be had, as on some network disks."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _put_over(target: Shelf, package: str, draft: Path, at: datetime) -> None:
    good = {path.relative_to(draft).as_posix(): path for path in draft.rglob("*") if path.is_file()}
    strays = []
    for stat in list(target.list(package)):
        name = stat.key.removeprefix(f"{package}/")
        held = target.object(stat.key)
        if name not in good:
            strays.append(held)
        if name not in good or _digest(held) != _digest_of(good[name].open("rb")):
            _set_aside(target, held, f"{ASIDE}{at:%Y%m%d%H%M%S}-{package}/{name}")
    target.put_folder(package, draft, last=CLOSING)
    for stray in strays:
        stray.delete()
    if strays and isinstance(target.store, PatientStore) and target.store.waiting() and target.store.catch_up().failed:
        raise StoreUnavailable("The store did not remove all that does not belong to %(package)s.", package=package)


def _digest(held: StoreObject) -> str:
    try:
        return _digest_of(held.open())
    except ObjectSpoilt:
        return ""


def _digest_of(file: BinaryIO) -> str:
    whole = hashlib.sha256()
    with file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.hexdigest()


def _set_aside(target: Shelf, held: StoreObject, key: str) -> None:
    # What the store cannot even give cannot be kept.
    with suppress(ObjectSpoilt, NoSuchObject):
        target.object(key).put_through(held.read_bytes())
