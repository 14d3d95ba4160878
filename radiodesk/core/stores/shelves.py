"""What rooms work with: a shelf is the part of the store that is theirs, an object is one finished file on it.

Whatever the store is, keys are checked, troubles have the same names, and a program that needs a path gets one: the
file itself in a folder, else a copy in the data folder that goes again.
"""

import errno
import logging
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from radiodesk.core.atomic_files import replacing
from radiodesk.core.draft_folders import draft_folder
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import why
from radiodesk.core.stores.object_keys import checked
from radiodesk.core.stores.ports import FileStore, NoSuchObject, PatientStore, Stat, Store, StoreFull, StoreUnavailable

log = logging.getLogger(__name__)

_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Shelf:
    """The objects of a store whose keys begin with ``name/``; ``work`` is a folder of this machine for copies."""

    store: Store
    name: str
    work: Path

    def object(self, key: str) -> "StoreObject":
        """One object, whether it is there or not; raises ``KeyInvalid``."""
        return StoreObject(self, checked(key))

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """What lies on the shelf, or below a prefix of it, in the order of keys."""
        with trouble(self.store, prefix):
            for stat in self.store.list(self.whole(prefix)):
                yield replace(stat, key=stat.key.removeprefix(f"{self.name}/"))

    def free(self) -> int:
        """Bytes of room for what is being made: on the store's own disk, or on that of the copies."""
        folder = self.store.path(self.name) if isinstance(self.store, FileStore) else self.work
        with trouble(self.store, self.name):
            folder.mkdir(parents=True, exist_ok=True)
            return shutil.disk_usage(folder).free

    @contextmanager
    def drafts(self) -> Iterator[Path]:
        """A folder of this machine for what is being made; it goes again."""
        folder = self.store.path(self.name) if isinstance(self.store, FileStore) else self.work
        with ExitStack() as ending:
            with trouble(self.store, self.name):
                draft = ending.enter_context(draft_folder(folder))
            yield draft

    def put_folder(self, prefix: str, folder: Path, *, last: str) -> None:
        """Keep a folder of files (from ``drafts``) below a prefix where nothing lies.

        A store of files takes it at once; another file by file, ``last`` at the end: before it nothing is complete.
        Nothing of it waits in an outbox: raises ``StoreUnavailable`` where the store does not take all of it now.
        """
        target = self.whole(prefix)
        with trouble(self.store, prefix):
            if isinstance(self.store, FileStore):
                self.store.put_folder(target, folder)
                return
            names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
            for name in sorted(names, key=lambda name: (name == last, name)):
                _put_through(self.store, f"{target}/{checked(name)}", folder / name)

    def folder(self, prefix: str = "") -> Path | None:
        """Where everything below a prefix lies, or would, on this machine; ``None`` where the store keeps no files."""
        return self.store.path(self.whole(prefix)) if isinstance(self.store, FileStore) else None

    @contextmanager
    def local_folder(self, prefix: str = "") -> Iterator[Path]:
        """Everything below a prefix as a folder to read: the store's own, or a copy. It may be missing."""
        if isinstance(self.store, FileStore):
            yield self.store.path(self.whole(prefix))
            return
        with self.drafts() as drafts:
            # Under its own name, which a package is known by.
            folder = drafts / (prefix or self.name)
            for stat in self.list(prefix):
                target = folder / stat.key.removeprefix(f"{prefix}/") if prefix else folder / stat.key
                target.parent.mkdir(parents=True, exist_ok=True)
                self.object(stat.key).copy_to(target)
            yield folder

    def delete_below(self, prefix: str) -> None:
        """Remove everything below a prefix."""
        target = self.whole(checked(prefix))
        with trouble(self.store, prefix):
            if isinstance(self.store, FileStore):
                self.store.delete_folder(target)
                return
            for stat in list(self.store.list(target)):
                self.store.delete(stat.key)

    def whole(self, key: str) -> str:
        """A key of the shelf as the store knows it."""
        return f"{self.name}/{checked(key)}" if key else self.name


@dataclass(frozen=True)
class StoreObject:
    """One finished file, under ``key`` on its shelf."""

    shelf: Shelf
    key: str

    def stat(self) -> Stat:
        """Its size and age; raises ``NoSuchObject``, as all that read do, and ``StoreUnavailable``."""
        with trouble(self.shelf.store, self.key):
            return replace(self.shelf.store.stat(self._whole), key=self.key)

    def is_there(self) -> bool:
        """Whether something lies under the key."""
        try:
            self.stat()
        except NoSuchObject:
            return False
        return True

    def open(self, first: int = 0, length: int | None = None) -> BinaryIO:
        """Read it from byte ``first`` on, at most ``length`` bytes."""
        if first < 0 or (length is not None and length < 0):
            raise ValueError(f"bytes {first}, {length} are none of an object")
        with trouble(self.shelf.store, self.key):
            return self.shelf.store.open(self._whole, first, length)

    def read_bytes(self) -> bytes:
        """All of it; for small ones."""
        size = self.stat().size
        with trouble(self.shelf.store, self.key), self.shelf.store.open(self._whole) as file:
            data = file.read()
        self._require_all(len(data), size)
        return data

    def copy_to(self, target: Path) -> None:
        """Write all of it into a file of this machine; raises ``StoreUnavailable`` when the store gave only a part."""
        size = self.stat().size
        with (
            trouble(self.shelf.store, self.key),
            self.shelf.store.open(self._whole) as file,
            target.open("wb") as written,
        ):
            shutil.copyfileobj(file, written, 1 << 20)
        self._require_all(target.stat().st_size, size)

    @contextmanager
    def local(self) -> Iterator[Path]:
        """A path for a program that only reads: never to be written to, and gone afterwards unless the store is one of
        files.
        """
        store = self.shelf.store
        if isinstance(store, FileStore):
            self.stat()
            yield store.path(self._whole)
            return
        with self.shelf.drafts() as drafts:
            copy = drafts / self.key.rpartition("/")[2]
            self.copy_to(copy)
            yield copy

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A path to write to; when the block ends well it becomes the object, else nothing of it is kept.

        Raises ``StoreFull``, also when it is the block that finds no room, and ``StoreUnavailable``.
        """
        with ExitStack() as ending:
            with trouble(self.shelf.store, self.key):
                written = ending.enter_context(self._written())
            try:
                yield written
            except OSError as error:
                if error.errno in _FULL:
                    raise full(self.key) from error
                raise
            with trouble(self.shelf.store, self.key):
                ending.close()

    @contextmanager
    def _written(self) -> Iterator[Path]:
        store = self.shelf.store
        if isinstance(store, FileStore):
            with replacing(store.path(self._whole)) as written:
                yield written
            return
        with self.shelf.drafts() as drafts:
            written = drafts / self.key.rpartition("/")[2]
            yield written
            store.put(self._whole, written)

    def put(self, source: bytes | Path) -> None:
        """Keep these bytes, or a copy of a file, in place of what lay there; raises as ``draft``."""
        if isinstance(source, Path):
            with trouble(self.shelf.store, self.key):
                self.shelf.store.put(self._whole, source)
            return
        with self.draft() as written:
            written.write_bytes(source)

    def put_through(self, source: bytes) -> None:
        """The same for what counts only once every machine can read it; raises ``StoreUnavailable`` as well."""
        with self.shelf.drafts() as drafts, trouble(self.shelf.store, self.key):
            written = drafts / self.key.rpartition("/")[2]
            written.write_bytes(source)
            _put_through(self.shelf.store, self._whole, written)

    def delete(self) -> None:
        """Remove it; nothing there is no error."""
        with trouble(self.shelf.store, self.key):
            self.shelf.store.delete(self._whole)

    @property
    def _whole(self) -> str:
        return self.shelf.whole(self.key)

    def _require_all(self, read: int, size: int) -> None:
        if read != size:
            raise StoreUnavailable(
                "The store gave %(read)s of the %(size)s bytes of %(key)s.", read=read, size=size, key=self.key
            )


def _put_through(store: Store, key: str, file: Path) -> None:
    put = store.put_through if isinstance(store, PatientStore) else store.put
    put(key, file)


@contextmanager
def trouble(store: Store, key: str) -> Iterator[None]:
    """Give every trouble of a store its name; only for what is asked of the store itself."""
    try:
        yield
    except Refusal:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise full(key) from error
        raise _away(store, why(error)) from error
    except Exception as error:  # the edge to other people's code
        log.exception("The store %r failed on %s.", store.name, key)
        raise _away(store, type(error).__name__) from error


def full(key: str) -> StoreFull:
    """The refusal of an object for which there is no room."""
    return StoreFull("The store is full, so %(key)s could not be kept. Make room in it.", key=key)


def _away(store: Store, reason: str) -> StoreUnavailable:
    return StoreUnavailable(
        "The store %(store)s cannot be used now (%(reason)s). Please try again in a moment.",
        store=store.name,
        reason=reason,
    )
