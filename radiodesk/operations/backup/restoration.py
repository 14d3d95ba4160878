"""Makes a station anew from a snapshot: into an empty data folder and an empty database, or not at all.

A mark (``Settings.restoring``) stands from the first file to the last check. While it stands nothing starts, and the
same command begins anew; so one that was killed, or found its disk full, leaves no half station behind.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete

from radiodesk.core import key_checks
from radiodesk.core.atomic_files import flush_folder, remove_folder, replacing
from radiodesk.core.backup_state import KIND
from radiodesk.core.database import Database, open_database
from radiodesk.core.database_kinds import kind_of
from radiodesk.core.errors import NotFound, Refusal
from radiodesk.core.folders import close_to_others
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.keys import KeyMissing, read_keys
from radiodesk.core.processes import nobody_at_work
from radiodesk.core.schema import LaterRelease, current, head, let_go_of, revisions, upgrade
from radiodesk.core.settings import Settings, config_file, load_settings
from radiodesk.core.station_copy import TargetInUse
from radiodesk.operations.backup.manifest import Manifest, read_manifest
from radiodesk.operations.backup.repository import WHOLE, Repository, Snapshot
from radiodesk.operations.backup.snapshot_contents import AREA, KEYS, MOVED, SETTINGS, STAGE
from radiodesk.operations.wiring import running

LAID = "restore"
"""Folder below ``work`` into which what was laid out for the snapshot is written first."""
OTHER_SETTINGS = "radiodesk.restored.toml"
HERE_ALREADY = frozenset({SETTINGS, OTHER_SETTINGS, KEYS, "running.lock", "work", "lost+found"})
"""What may lie in the data folder before a restore: settings, keys, and what a restore makes itself."""


class OtherKind(Refusal):
    """A snapshot of one kind of database cannot be restored into another."""


@dataclass(frozen=True)
class Restored:
    """What was restored: from which snapshot, with which settings, and remarks for whoever did it."""

    snapshot: Snapshot
    manifest: Manifest
    settings: Settings
    database: Database
    files: int
    size: int
    remarks: tuple[Refusal, ...]


def choose(kept: Repository, wanted: str | None) -> Snapshot:
    """The snapshot with this id, or the newest; raises ``NotFound``."""
    found = kept.snapshots(tag=WHOLE)
    if wanted is not None:
        found = [one for one in found if one.id.startswith(wanted)]
    if not found:
        raise NotFound("There is no such backup of a whole station in %(target)s.", target=kept.shown)
    return found[-1]


@contextmanager
def leaving_nothing(settings: Settings, kept: Repository) -> Iterator[None]:
    """Leave a machine as it was when a restore ends before it has begun: by a wrong password, say."""
    made = [path for path in (kept.cache, settings.work / LAID) if not path.exists()]
    empty = [path for path in (settings.work, settings.data) if not path.exists()]
    try:
        yield
    except BaseException:
        if not settings.restoring.exists():
            for path in made:
                remove_folder(path)
            for path in empty:
                with suppress(OSError):  # something of somebody else's is in it
                    path.rmdir()
        raise


@contextmanager
def restored(settings: Settings, kept: Repository, snapshot: Snapshot) -> Iterator[Restored]:
    """Restore a snapshot; when the block ends well, the station may start.

    Raises ``TargetInUse`` where there is a station already, ``OtherKind``, ``KeyMissing``, ``LaterRelease``,
    ``Unreadable`` and what ``Repository`` raises.
    """
    _require_empty(settings, kept)
    settings.work.mkdir(parents=True, exist_ok=True)
    laid = settings.work / LAID
    remove_folder(laid)
    kept.restore(snapshot.id, laid, only=f"/{STAGE}")
    stage = laid / STAGE
    manifest = read_manifest(stage)
    own, remarks = _settings(settings, stage, manifest)
    _require_fit(own, stage, manifest)
    with nobody_at_work(running(settings)):
        _require_free(own, snapshot)
        _mark(own, snapshot)
        _clear(own, kept)
        kept.restore(snapshot.id, own.data, leave_out=f"/{STAGE}")
        _put_in_place(own, stage, manifest)
        remarks += _lay_area(own, stage, manifest)
        keys = own.keys
        if manifest.keys and not keys.exists():
            _copy(stage / KEYS, keys)
        if not key_checks.is_filled(own.database):
            kind_of(own.database).fill(own.database, stage / str(manifest.database))
        database = let_go_of(open_database(own.database, read_keys(keys)))
        try:
            key_checks.settle(database)
            if current(database) != head():
                upgrade(database)
            _end_backups(database)
            close_to_others(own)
            files, size = _counted(own.data)
            yield Restored(snapshot, manifest, own, database, files, size, tuple(remarks))
        finally:
            database.engine.dispose()
        remove_folder(laid)
        own.restoring.unlink()
        flush_folder(own.data)


def _require_empty(settings: Settings, kept: Repository) -> None:
    """Refuse a data folder with a station in it; what an earlier try of a restore left is none."""
    found = [] if settings.restoring.exists() else sorted(_of_a_station(settings, kept))
    if found:
        raise TargetInUse(
            "%(folder)s is not empty: there is %(name)s. Restore into an empty data folder.",
            folder=settings.data.resolve(),
            name=found[0].name,
        )


def _of_a_station(settings: Settings, kept: Repository) -> list[Path]:
    """What lies in the data folder and is neither there before a station nor needed for the restore."""
    needed = {path.resolve() for path in (settings.keys, settings.restoring, kept.password_file)}
    if not settings.data.is_dir():
        return []
    return [
        path
        for path in settings.data.iterdir()
        if path.name not in HERE_ALREADY and not path.name.startswith(".") and path.resolve() not in needed
    ]


def _require_free(settings: Settings, snapshot: Snapshot) -> None:
    """Refuse a database with a station in it, unless an earlier try of this very restore has just filled it."""
    if not key_checks.is_filled(settings.database):
        return
    if not settings.restoring.exists() or _marked(settings) != snapshot.id:
        raise TargetInUse("There is a station in the database that database_url names. Name an empty one.")


def _settings(settings: Settings, stage: Path, manifest: Manifest) -> tuple[Settings, list[Refusal]]:
    """The settings of the snapshot, where this machine has none of its own; the environment goes before both."""
    if not manifest.settings_file:
        return settings, []
    used, target = config_file(), settings.data / SETTINGS
    if used is not None:
        if used.read_bytes() == (stage / SETTINGS).read_bytes():
            return settings, []
        _copy(stage / SETTINGS, settings.data / OTHER_SETTINGS)
        told = Refusal(
            "The settings of the backup are in %(path)s; those of this machine hold: %(used)s.",
            path=settings.data / OTHER_SETTINGS,
            used=used,
        )
        return settings, [told]
    _copy(stage / SETTINGS, target)
    given = load_settings()
    if given.data.resolve() != settings.data.resolve():
        target.replace(settings.data / OTHER_SETTINGS)
        told = Refusal(
            "The settings of the backup name another data folder. They are in %(path)s; put them where they belong.",
            path=settings.data / OTHER_SETTINGS,
        )
        return settings, [told]
    return given, [
        Refusal("The settings of the backup are in %(path)s. Look whether they suit this machine.", path=target)
    ]


def _require_fit(settings: Settings, stage: Path, manifest: Manifest) -> None:
    here = "sqlite" if settings.database.startswith("sqlite") else "postgresql"
    if manifest.kind != here:
        raise OtherKind(
            "The backup is of a database on %(there)s, and database_url names one on %(here)s. Restore it on "
            "%(there)s; then “radiodesk move” takes it to the other.",
            there={"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(str(manifest.kind), manifest.kind),
            here={"sqlite": "SQLite", "postgresql": "PostgreSQL"}[here],
        )
    if manifest.revision not in revisions():
        raise LaterRelease(
            "The database was changed by a later release of radiodesk (revision %(revision)s). "
            "Start that release, or restore a backup from before.",
            revision=manifest.revision,
        )
    if not manifest.keys and not settings.keys.exists():
        raise KeyMissing(
            "The backup does not hold the keys of the station. Put the key file at %(path)s first.", path=settings.keys
        )
    if manifest.keys and settings.keys.exists():
        theirs, ours = read_keys(stage / KEYS).check_values(), read_keys(settings.keys).check_values()
        if any(ours.get(number) != value for number, value in theirs.items()):
            raise KeyMissing(
                "The key file %(path)s is of another station than the backup. Move it away, and restore again.",
                path=settings.keys,
            )


def _mark(settings: Settings, snapshot: Snapshot) -> None:
    with replacing(settings.restoring) as written:
        written.write_text(json.dumps({"snapshot": snapshot.id}), encoding="utf-8")


def _marked(settings: Settings) -> str:
    try:
        return str(json.loads(settings.restoring.read_text(encoding="utf-8"))["snapshot"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _clear(settings: Settings, kept: Repository) -> None:
    """Remove what an earlier try left."""
    for path in _of_a_station(settings, kept):
        if path.is_dir() and not path.is_symlink():
            remove_folder(path)
        else:
            path.unlink()


def _put_in_place(settings: Settings, stage: Path, manifest: Manifest) -> None:
    """What was laid out as moved, and shelves that lay on another disk, go where the data folder has them."""
    for name, place in manifest.places.items():
        there = settings.data / place.lstrip("/")
        if there.is_dir():
            there.replace(settings.data / name)
            _remove_empty(settings.data, there.parent)
    moved = stage / MOVED
    for path in sorted(moved.rglob("*")):
        target = settings.data / path.relative_to(moved)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def _remove_empty(top: Path, folder: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _lay_area(settings: Settings, stage: Path, manifest: Manifest) -> list[Refusal]:
    """The station's own area pack goes where its settings look for it, unless one is there."""
    if manifest.area is None or Path(settings.area).exists():
        return []
    for target in (Path(settings.area), settings.data / "area"):
        try:
            shutil.copytree(stage / AREA, target)
        except OSError:
            continue
        return [Refusal("The area pack of the backup is in %(path)s. The setting area must name it.", path=target)]
    return []


def _end_backups(database: Database) -> None:
    """The backup that was being made when the snapshot was taken is over."""
    with database.writing() as session:
        session.execute(delete(Job).where(Job.kind == KIND, Job.state.in_((JobState.WAITING, JobState.RUNNING))))


def _copy(path: Path, target: Path) -> None:
    with replacing(target) as written:
        shutil.copyfile(path, written)


def _counted(folder: Path) -> tuple[int, int]:
    sizes = [path.stat().st_size for path in _files(folder)]
    return len(sizes), sum(sizes)


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "work" not in path.relative_to(folder).parts[:1])


def told_at(settings: Settings, moment: datetime) -> str:
    """A moment in station time, for a sentence."""
    return f"{moment.astimezone(settings.zone):%d.%m.%Y %H.%M} {settings.timezone_label}"
