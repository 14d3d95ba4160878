"""Packages are read again by themselves, the one that waits longest first; damage sounds an alarm until it is gone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from radiodesk.core.alarms import Alarms
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Job, Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.worker import verify_packages
from radiodesk.rooms.archive import fixity, jobs, services
from radiodesk.rooms.archive.models import FixityCheck, Package, PackageState
from radiodesk.rooms.broadcasts.models import Broadcast
from tests.factories import shows

DAY = timedelta(days=1)


def packages(database: Database, settings: Settings, now: datetime, *checked: int | None) -> list[int]:
    """Packages that were sealed 100 days ago and verified so many days ago, or never."""
    made = []
    with database.writing() as tx:
        for number, days in enumerate(checked):
            show = shows.ended(tx, settings, now, title=f"Siaran {number}")
            row = Package(public_id=f"p-{number}", broadcast=show.broadcast, requested_at=now, requested_by="a")
            row.state, row.sealed_at = PackageState.SEALED, now - 100 * DAY
            tx.add(row)
            if days is not None:
                tx.add(FixityCheck(package=row, at=now - days * DAY, by="desk", ok=True, differences=[]))
            tx.flush()
            made.append(row.id)
    return made


def test_who_waits_longest_comes_first_and_one_at_a_time(
    database: Database, settings: Settings, now: datetime, clock: ManualClock
) -> None:
    _fresh, old, never = packages(database, settings, now, 10, 40, None)
    with database.writing() as tx:
        first = fixity.ask_for_next(tx, days=30, at=now)
        assert first is not None and first.id == never
        assert fixity.ask_for_next(tx, days=30, at=now) is None, "one is under way"
    with database.writing() as tx:
        tx.execute(delete(Job))
        tx.add(FixityCheck(package_id=never, at=now, by="desk", ok=True, differences=[]))
    with database.writing() as tx:
        second = fixity.ask_for_next(tx, days=30, at=now)
        assert second is not None and second.id == old
        tx.execute(delete(Job))
        assert fixity.ask_for_next(tx, days=0, at=now) is None


@pytest.mark.slow
def test_damage_sounds_an_alarm_until_it_is_mended(
    database: Database, settings: Settings, now: datetime, clock: ManualClock
) -> None:
    runner = Runner(database, settings, clock, jobs.KINDS)
    with database.writing() as tx:
        broadcast = shows.ended(tx, settings, now).broadcast
        name = services.seal(tx, settings, tx.get_one(Broadcast, broadcast.id), by="a", at=now).public_id
    runner.run_all()
    alarms = Alarms(settings.alarms)
    assert [one.name for one in alarms.current()] == []
    file = settings.archive / name / "data/README.txt"
    whole = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(b"?" + whole[1:])
    clock.advance(31 * DAY)
    verify_packages(settings, database, clock)
    runner.run_all()
    (alarm,) = alarms.current()
    assert alarm.name == fixity.ALARM and "Pagi Bersama Polisi" in str(alarm)
    file.write_bytes(whole)
    clock.advance(31 * DAY)
    verify_packages(settings, database, clock)
    runner.run_all()
    assert alarms.current() == []
