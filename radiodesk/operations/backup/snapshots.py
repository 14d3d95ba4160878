"""Makes a snapshot of the station and proves that it is whole: every object that its rows name is in it."""

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.backup_state import KIND
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Job, JobState, surely
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.operations.backup.manifest import Manifest
from radiodesk.operations.backup.named_objects import Named
from radiodesk.operations.backup.repository import FILES, WHOLE, Progress, Repository, RepositoryBusy
from radiodesk.operations.backup.snapshot_contents import SHELVES, STAGE, Laid, laid_out
from radiodesk.rooms.archive import ledger

TRIES = 3
"""Snapshots that are made when objects went while one was made."""


@dataclass(frozen=True)
class Made:
    """A backup that was made: restic's id and figures (bytes), and what could not be had.

    ``missing`` are the keys of objects that rows name and the station itself does not have any more; ``trouble`` is why
    older backups could not be forgotten.
    """

    snapshot: str
    manifest: Manifest
    files: int
    size: int
    added: int
    seconds: float
    missing: tuple[str, ...]
    trouble: Refusal | None


def back_up(settings: Settings, database: Database | None, clock: Clock, kept: Repository, progress: Progress) -> Made:
    """Make one backup, and forget those that need not be kept; without a database, of this host's files.

    Raises the refusals of ``Repository`` and ``NoRoom``; what was backed up before stays as it is.
    """
    tag = FILES if database is None else WHOLE
    with _alone(settings):
        kept.unlock()
        for tried in range(1, TRIES + 1):
            with laid_out(settings, database, clock) as laid:
                summary = kept.back_up(
                    settings.data.resolve(),
                    laid.paths,
                    tag=tag,
                    host=settings.machine,
                    leave_out=_leave_out(settings, laid),
                    progress=progress,
                )
            snapshot = str(summary["snapshot_id"])
            missing = _missing(settings, kept, snapshot, laid)
            if not missing or tried == TRIES:
                break
        return Made(
            snapshot,
            laid.manifest,
            int(summary.get("total_files_processed", 0)),
            int(summary.get("total_bytes_processed", 0)),
            int(summary.get("data_added_packed", summary.get("data_added", 0))),
            float(summary.get("total_duration", 0.0)),
            tuple(missing),
            _forget(settings, kept, tag),
        )


def note(session: Session, made: Made, kept: Repository, *, by: str, at: datetime) -> None:
    """Write into the audit trail that a backup was made."""
    details = {"to": kept.shown, "host": made.manifest.host, "keys": made.manifest.keys, "missing": len(made.missing)}
    if made.trouble:
        details["trouble"] = str(made.trouble)
    audit.record(session, at, by, "backup made", f"snapshot {made.snapshot[:8]}", **details)
    events.announce(session, at, "jobs", "backup")


def note_by_hand(database: Database, made: Made, kept: Repository, *, by: str, begun: datetime, at: datetime) -> None:
    """The same for one that no job made, which counts as one that did."""

    def write(session: Session) -> None:
        session.add(
            Job(kind=KIND, subject=0, state=JobState.DONE, attempts=1, created_at=begun, finished_at=at, progress=1.0)
        )
        note(session, made, kept, by=by, at=at)

    surely(database, write)


def _leave_out(settings: Settings, laid: Laid) -> Sequence[str]:
    """What is being written, and the ledger, of which a copy is laid out."""
    data = settings.data.resolve()
    tops = [_quoted(path if path.startswith("/") else f"{data}/{path}") for path in laid.paths if path != STAGE]
    archive = laid.manifest.places.get("archive", f"{data}/archive")
    return [*(f"{top}/**/.*" for top in tops), f"{_quoted(archive)}/{ledger.NAME}"]


def _quoted(path: str) -> str:
    return re.sub(r"([\\*?\[])", r"\\\1", path)


def _missing(settings: Settings, kept: Repository, snapshot: str, laid: Laid) -> list[str]:
    """Objects that rows of the snapshot name and that are neither in it nor in a store elsewhere."""
    if not laid.named:
        return []
    has = (
        _in_snapshot(kept.files(snapshot), laid.manifest) if laid.manifest.objects == "inside" else _in_store(settings)
    )
    return sorted(one.path for one in laid.named if not has(one))


def _in_snapshot(files: dict[str, int], manifest: Manifest) -> Callable[[Named], bool]:
    def has(one: Named) -> bool:
        top = manifest.places.get(one.shelf, f"/{one.shelf}")
        size = files.get(f"{top}/{one.key}")
        return size is not None and one.size in (None, size)

    return has


def _in_store(settings: Settings) -> Callable[[Named], bool]:
    """By the store's own lists; one that is away says nothing against the backup."""
    try:
        there = {(name, stat.key) for name in SHELVES for stat in shelf(settings, name).list()}
    except Refusal:
        return lambda _one: True
    return lambda one: (one.shelf, one.key) in there


def _forget(settings: Settings, kept: Repository, tag: str) -> Refusal | None:
    try:
        kept.forget(
            tag=tag,
            # Whichever host made it, the station is one; the files of each host are their own.
            by="tags" if tag == WHOLE else "host,tags",
            days=settings.backup_days,
            weeks=settings.backup_weeks,
            months=settings.backup_months,
        )
    except Refusal as refusal:
        return refusal
    return None


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One backup of a data folder at a time."""
    settings.work.mkdir(parents=True, exist_ok=True)
    lock = os.open(settings.work / "backup.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RepositoryBusy("A backup of this data folder is being made already.") from None
        yield
    finally:
        os.close(lock)
