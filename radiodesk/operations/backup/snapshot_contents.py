"""What goes into a snapshot, and in which order, so that no row of it names an object that it lacks.

1. What came in and moves on by itself (arrivals, takes of live sound, the journal of looks): as links, before the
   database. What the database has taken in meanwhile is then there twice, and those who take it in know it again.
2. The database, as it is at one moment.
3. What only grows and is read on from a place that the database knows (journals of the lines), and what the rows name:
   the ledger, the outbox, the objects. An object is put before its row is written, so each is there by now.

An object may go between 2 and 3 (a publication is withdrawn). ``named_objects`` finds that out, and the snapshot is
made once more.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from radiodesk import __version__
from radiodesk.core.atomic_files import remove_folder
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.schema import current
from radiodesk.core.settings import Settings, config_file
from radiodesk.core.stores import store_of
from radiodesk.core.stores.ports import FileStore
from radiodesk.language.places.pack import built_in_packs
from radiodesk.operations.backup.manifest import Manifest
from radiodesk.operations.backup.named_objects import Named, named_objects
from radiodesk.rooms.archive import ledger

STAGE = "work/backup"
"""Folder of the data folder with what is laid out for a snapshot, which has it under the same name."""
MOVED = "moved"
"""Below it, what is put back into its place by a restore: folders of the data folder under their own names."""
SHELVES = ("audio", "attachments", "archive", "public")
"""Not ``derived``, which is made again from these."""
BEFORE = ("arrivals/waiting", "arrivals/odd", "spool", "journals")
AFTER = ("lines", "outbox")
STILL = ("arrivals/kept", "inbox")
"""What stays where it is."""
KEYS = "keys.json"
SETTINGS = "radiodesk.toml"
AREA = "area"
NAMED = "objects.jsonl"
"""A list with shelf, key and SHA-256 of each object that rows name."""


class NoRoom(Refusal):
    """The copy of the database would take the room that live sound needs."""

    exit_code = 6


@dataclass(frozen=True)
class Laid:
    """What is laid out: ``paths`` from the data folder on, and the objects that rows name."""

    manifest: Manifest
    paths: tuple[str, ...]
    named: tuple[Named, ...]


@contextmanager
def laid_out(settings: Settings, database: Database | None, clock: Clock) -> Iterator[Laid]:
    """Lay out a snapshot; it goes again afterwards. Without a database, of the files of this host alone."""
    stage = settings.data / STAGE
    remove_folder(stage)
    stage.mkdir(parents=True)
    try:
        yield _lay_out(settings, database, clock, stage)
    finally:
        remove_folder(stage)


def _lay_out(settings: Settings, database: Database | None, clock: Clock, stage: Path) -> Laid:
    made_at = clock.now()
    _link(settings.data, BEFORE, stage / MOVED)
    named: tuple[Named, ...] = ()
    kept = revision = None
    if database is not None:
        revision, kept = current(database), database.kind.copy_name
        with database.looking() as connection:
            size = database.kind.bytes_of(connection)
        if shutil.disk_usage(stage).free - size < settings.disk_stop_megabytes * 1_000_000:
            raise NoRoom(
                "The disk has no room for a copy of the database (%(megabytes).0f MB) beside that for live sound.",
                megabytes=size / 1e6,
            )
        with database.kind.copied(database.url, stage / kept) as copy:
            named = tuple(named_objects(copy))
        lines = (json.dumps([one.shelf, one.key, one.sha256]) for one in named)
        (stage / NAMED).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _link(settings.data, AFTER, stage / MOVED)
    store = store_of(settings)
    inside = isinstance(store, FileStore)
    places, paths = _shelves(settings, store) if isinstance(store, FileStore) else ({}, [])
    if isinstance(store, FileStore):
        # Before the packages: each that it names is there, and none is chained that the snapshot lacks.
        _copy(store.path(f"archive/{ledger.NAME}"), stage / MOVED / "archive" / ledger.NAME)
    manifest = Manifest(
        made_at=made_at.isoformat(timespec="seconds"),
        release=__version__,
        station=settings.station,
        host=settings.machine,
        store=settings.store,
        objects="inside" if inside else "elsewhere",
        keys=_keys(settings) and _copy(settings.keys, stage / KEYS),
        settings_file=_copy(config_file(), stage / SETTINGS),
        area=_area(settings, stage),
        database=kept,
        kind=database.engine.dialect.name if database is not None else None,
        revision=revision,
        places=places,
    )
    manifest.write(stage)
    still = [name for name in STILL if (settings.data / name).is_dir()]
    return Laid(manifest, (*paths, *still, STAGE), named)


def _shelves(settings: Settings, store: FileStore) -> tuple[dict[str, str], list[str]]:
    """Shelves that lie outside the data folder, and the paths of all."""
    places, paths = {}, []
    for name in SHELVES:
        path = store.path(name).resolve()
        if not path.is_dir():
            continue
        if path == settings.data.resolve() / name:
            paths.append(name)
        else:
            # A folder on another disk: restic keeps a link as a link.
            places[name] = str(path)
            paths.append(str(path))
    return places, paths


def _keys(settings: Settings) -> bool:
    return settings.keys_file is None if settings.backup_keys is None else settings.backup_keys


def _area(settings: Settings, stage: Path) -> str | None:
    """The station's own area pack; one that ships with radiodesk is in the program."""
    if settings.area in built_in_packs() or not Path(settings.area).is_dir():
        return None
    shutil.copytree(settings.area, stage / AREA)
    return settings.area


def _link(data: Path, names: Iterable[str], target: Path) -> None:
    """Link the files of some folders, hidden ones left out; what is gone meanwhile has moved on."""
    for name in names:
        for where, folders, files in os.walk(data / name):
            folders[:] = [one for one in folders if not one.startswith(".")]
            laid = target / Path(where).relative_to(data)
            laid.mkdir(parents=True, exist_ok=True)
            for file in files:
                if not file.startswith(".") and not file.endswith((".lock", ".sock")):
                    _link_file(Path(where, file), laid / file)


def _link_file(path: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        if path.is_symlink() or not path.is_file():
            return
        try:
            os.link(path, target)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
                raise
            # Another disk, or one that knows no links.
            shutil.copy2(path, target)


def _copy(path: Path | None, target: Path) -> bool:
    """Copy a file that may not be there; says whether it was."""
    if path is None or not path.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    target.chmod(0o600)
    return True
