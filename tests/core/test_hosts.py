"""Machines tell of themselves in the database, and the others show their alarms and notice when one falls silent."""

from datetime import timedelta
from pathlib import Path

import pytest

from radiodesk.core import figure_history
from radiodesk.core.alarms import DISK, Alarms
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.hosts import FORGOTTEN, SILENT, HostReport, Reporting, hosts
from radiodesk.core.settings import Settings


@pytest.fixture
def studio(settings: Settings) -> Settings:
    return settings.model_copy(update={"machine_name": "studio"})


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Settings:
    """A second machine of the same station, with a data folder of its own."""
    (tmp_path / "office").mkdir()
    return settings.model_copy(update={"machine_name": "kantor", "data": tmp_path / "office"})


def test_an_alarm_of_one_machine_stands_on_the_others_until_it_is_gone(
    studio: Settings, office: Settings, database: Database, clock: ManualClock
) -> None:
    full = Refusal("The disk is getting full: %(free).1f GB are left.", free=0.4)
    Alarms(studio.alarms).sound(DISK, full)
    here, there = Reporting(studio, database, clock), Reporting(office, database, clock)
    here.turn()
    there.turn()
    assert [str(one) for one in Alarms(office.alarms).current()] == [
        "Di mesin studio: Cakram hampir penuh: tersisa 0.4 GB."
    ]
    # What it repeats of others is not its own: no alarm goes round for ever.
    clock.advance(timedelta(minutes=1))
    Alarms(studio.alarms).clear(DISK)
    here.turn()
    there.turn()
    assert Alarms(office.alarms).current() == []
    assert Alarms(studio.alarms).current() == []


def test_a_machine_that_falls_silent_is_named_on_the_others(
    studio: Settings, office: Settings, database: Database, clock: ManualClock
) -> None:
    Reporting(studio, database, clock).turn()
    clock.advance(SILENT + timedelta(seconds=1))
    there = Reporting(office, database, clock)
    there.turn()
    assert ["studio" in str(one) for one in Alarms(office.alarms).current()] == [True]
    Reporting(studio, database, clock).turn()
    there.turn()
    assert Alarms(office.alarms).current() == []
    clock.advance(FORGOTTEN)
    there.turn()
    with database.reading() as session:
        assert [one.name for one in hosts(session, at=clock.now())] == ["kantor"]


def test_of_the_processes_of_one_machine_one_tells(studio: Settings, database: Database, clock: ManualClock) -> None:
    for _ in range(3):
        Reporting(studio, database, clock).turn()
    with database.reading() as session:
        assert len(figure_history.readings(session, figure_history.DISK_FREE, "studio", since=clock.now())) == 1


def test_days_left_go_by_how_fast_the_disk_filled(database: Database, clock: ManualClock) -> None:
    def keep(free: float) -> None:
        with database.writing() as session:
            figure_history.keep(session, clock.now(), "studio", {figure_history.DISK_FREE: free})

    def left() -> float | None:
        with database.reading() as session:
            return figure_history.days_left(session, "studio")

    assert left() is None
    keep(100e9)
    clock.advance(timedelta(hours=1))
    keep(99e9)
    assert left() is None, "an hour says nothing"
    clock.advance(timedelta(hours=23))
    keep(80e9)
    assert left() == pytest.approx(4.0)
    clock.advance(timedelta(hours=1))
    keep(120e9)
    assert left() is None, "a disk that was emptied does not fill"
    with database.writing() as session:
        figure_history.forget(session, clock.now() + figure_history.KEPT)
    assert left() is None


def test_what_a_machine_of_another_release_says_breaks_no_page(
    studio: Settings, office: Settings, database: Database, clock: ManualClock
) -> None:
    strange = {"processes": [{"process": "desk", "mood": "fine"}], "alarms": [{"title": "x"}], "free": 5}
    with database.writing() as session:
        session.add(HostReport(host="studio", at=clock.now(), content=strange))
    Reporting(office, database, clock).turn()
    with database.reading() as session:
        [found] = [one for one in hosts(session, at=clock.now()) if one.name == "studio"]
    assert (found.processes, found.alarms, found.free, found.silent) == ((), (), 5, False)


def test_a_machine_whose_clock_was_set_back_goes_on_telling(
    studio: Settings, database: Database, clock: ManualClock
) -> None:
    Reporting(studio, database, clock).turn()
    clock.set(clock.now() - timedelta(hours=3))
    Reporting(studio, database, clock).turn()
    with database.reading() as session:
        assert [one.at for one in hosts(session, at=clock.now())] == [clock.now()]
