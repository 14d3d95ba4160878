"""A legal hold keeps the hours of the lines' 24-hour recordings in which what it reaches was on a line."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.retention import holds
from radiodesk.rooms.retention.held_logs import tell_logger
from radiodesk.rooms.retention.models import HeldKind, LegalHold
from radiodesk.sound.logger.log_holds import HELD
from radiodesk.sound.logger.log_pruning import Rule, prune_for_room, prune_old
from tests.factories import shows

RULE = Rule(days=7, least_days=1)


def hours_of(line: Path, first: datetime, hours: int) -> None:
    """Logs of an hour each, as they lie on the disk."""
    for number in range(hours):
        at = first + timedelta(hours=number)
        folder = line / f"{at:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{at:%H}-000.jsonl").write_text("{}\n")
        (folder / f"{at:%H}-000.flac").write_bytes(b"suara")


def left(line: Path) -> list[str]:
    return sorted(f"{path.parent.name} {path.name[:2]}" for path in line.glob("*/*.flac"))


@pytest.mark.parametrize("kind", list(HeldKind)[:2])
def test_held_hours_stay_until_the_hold_is_lifted(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, kind: HeldKind
) -> None:
    with database.writing() as tx:
        made = shows.ended(tx, settings, now)
        subject = made.broadcast.public_id if kind is HeldKind.BROADCAST else made.caller.public_id
        row = holds.hold(tx, kind, subject, "Perkara", until=None, by="a", at=now).id
        began = tx.get_one(Broadcast, made.broadcast.id).on_air_at
    assert began is not None
    tell_logger(settings, database, clock.now())
    assert not settings.logger.exists(), "a machine without logs is told nothing"
    line = settings.logger / "program"
    hours_of(line, began.replace(minute=0) - timedelta(hours=3), 8)
    tell_logger(settings, database, clock.now())
    later = now + timedelta(days=8)
    assert prune_old(settings.logger, {}, later, RULE) > 0
    while prune_for_room(settings.logger, {}, later, RULE):
        pass
    kept = left(line)
    assert f"{began:%Y-%m-%d %H}" in kept and len(kept) <= 2
    with database.writing() as tx:
        holds.lift(tx, tx.get_one(LegalHold, row), "Selesai", by="a", at=clock.now())
    tell_logger(settings, database, clock.now())
    assert json.loads((settings.logger / HELD).read_text()) == []
    prune_old(settings.logger, {}, later, RULE)
    assert left(line) == []


def test_while_nobody_can_read_what_is_held_nothing_goes(tmp_path: Path, now: datetime) -> None:
    hours_of(tmp_path / "program", now, 1)
    (tmp_path / HELD).write_text("[[1")
    later = now + timedelta(days=30)
    assert prune_old(tmp_path, {}, later, RULE) == prune_for_room(tmp_path, {}, later, RULE) == 0
    assert len(left(tmp_path / "program")) == 1
