"""Copies the objects of a station from one store to another, and proves each by its SHA-256 as the other gives it back.

What was proven is noted in a file of the data folder, so that a copy that was cut short goes on where it was, and one
that was made ahead, while the station was on air, leaves little for the time when it stands still.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from radiodesk.core.errors import Refusal
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.ports import NoSuchObject, PatientStore, Stat
from radiodesk.core.stores.shelves import Shelf

SHELVES = ("audio", "derived", "attachments", "archive", "log", "public")
"""Every shelf that a room has; ``docs/stores.md`` says whose each is."""

_BLOCK = 1 << 20


class NotTheSame(Refusal):
    """The other store gives back something else than was put there."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of one shelf: objects and bytes that lie in the other store now, those of them that were proven
    before, and how many lie there that the first does not have.
    """

    shelf: str
    objects: int
    bytes: int
    before: int
    more: int


def copy_shelves(settings: Settings, to: str, tell: Callable[[float, float], None]) -> Iterator[Copied]:
    """Copy what the station's store has to the one called ``to``, shelf by shelf.

    ``tell`` is told how many bytes of how many are done. Raises ``NotTheSame`` and ``StoreUnavailable``; what was
    copied until then need not be copied again.
    """
    other = settings.model_copy(update={"store": to})
    pairs = [(shelf(settings, name), shelf(other, name)) for name in SHELVES]
    listed = [list(source.list()) for source, _ in pairs]
    total = sum(one.size for some in listed for one in some)
    done = 0
    settings.work.mkdir(parents=True, exist_ok=True)
    with _Proven(settings.work / f"store-{settings.store}-{to}.jsonl") as proven:
        for (source, target), some in zip(pairs, listed, strict=True):
            before = objects = size = 0
            for stat in some:
                with suppress(NoSuchObject):  # deleted since it was listed: the station is on air
                    before += not _copy(source, target, stat, proven)
                    objects, size = objects + 1, size + stat.size
                done += stat.size
                tell(done, total)
            known = {stat.key for stat in some}
            yield Copied(source.name, objects, size, before, sum(one.key not in known for one in target.list()))


def remove_shelves(settings: Settings) -> int:
    """Remove every object of the station's store; returns how many that were."""
    count = 0
    for name in SHELVES:
        kept = shelf(settings, name)
        keys = [stat.key for stat in kept.list()]
        for top in sorted({key.partition("/")[0] for key in keys if "/" in key}):
            kept.delete_below(top)
        for key in keys:
            if "/" not in key:
                kept.object(key).delete()
        count += len(keys)
    return count


def _copy(source: Shelf, target: Shelf, stat: Stat, proven: "_Proven") -> bool:
    """Copy one object, unless that was proven before: then ``False``."""
    there = _stat(target, stat.key)
    if there is not None and there.size == stat.size and proven.has(source.name, stat):
        return False
    with source.object(stat.key).local() as path:
        with path.open("rb") as file:
            digest = _digest(file)
        if there is None or there.size != stat.size or not _gives(target, stat.key, digest):
            _put(target, stat.key, path)
            if not _gives(target, stat.key, digest):
                raise NotTheSame(
                    "The store %(store)s gives other bytes of %(key)s than were put there.",
                    store=target.store.name,
                    key=f"{target.name}/{stat.key}",
                )
    proven.add(source.name, stat, digest)
    return True


def _put(target: Shelf, key: str, path: Path) -> None:
    if isinstance(target.store, PatientStore):
        target.store.put_through(target.whole(key), path)
    else:
        target.object(key).put(path)


def _stat(target: Shelf, key: str) -> Stat | None:
    try:
        return target.object(key).stat()
    except NoSuchObject:
        return None


def _gives(target: Shelf, key: str, digest: str) -> bool:
    with target.object(key).open() as file:
        return _digest(file) == digest


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while block := file.read(_BLOCK):
        found.update(block)
    return found.hexdigest()


class _Proven:
    """The objects that the other store has given back rightly, a JSON line each; an object that changed is another."""

    def __init__(self, path: Path) -> None:
        self._known: set[tuple[str, ...]] = set()
        if path.exists():
            for line in path.read_bytes().splitlines():
                with suppress(ValueError, TypeError):  # the last line of a copy that was cut short
                    self._known.add(tuple(json.loads(line)[:4]))
        self._file = path.open("ab", buffering=0)

    def __enter__(self) -> "_Proven":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def has(self, name: str, stat: Stat) -> bool:
        return self._line(name, stat) in self._known

    def add(self, name: str, stat: Stat, digest: str) -> None:
        self._file.write(b"\n" + json.dumps([*self._line(name, stat), digest]).encode())

    def _line(self, name: str, stat: Stat) -> tuple[str, ...]:
        return name, stat.key, str(stat.size), stat.modified.isoformat()
