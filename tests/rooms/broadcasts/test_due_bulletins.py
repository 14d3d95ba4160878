"""A bulletin of a rundown compiles itself ten minutes before it is read, once, and waits for approval."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.due_bulletins import compile_due
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme import services as programmes

BY = "produser"
HALF = timedelta(minutes=30)


@pytest.fixture
def show(database: Database, now: datetime) -> str:
    """An edition that begins in half an hour: ten minutes of talk, a bulletin of a minute, ten minutes of talk."""
    with database.writing() as session:
        series = programmes.add_programme(session, "Polisi Menyapa", by=BY, at=now)
        edition = services.plan(session, series, "", now + HALF, by=BY, at=now)
        rundowns.add_item(session, edition, ItemKind.TALK, "Dialog", 600, by=BY, at=now)
        rundowns.add_item(session, edition, ItemKind.BULLETIN, "Lalu lintas", 60, by=BY, at=now)
        rundowns.add_item(session, edition, ItemKind.CALLS, "Penelepon", 600, by=BY, at=now)
        return edition.public_id


def bulletin(database: Database, show: str) -> RundownItem:
    with database.reading() as session:
        edition = session.scalars(select(Broadcast).where(Broadcast.public_id == show)).one()
        return next(item for item in rundown(session, edition.id) if item.kind is ItemKind.BULLETIN)


def begin(database: Database, show: str, titles: list[str], at: datetime) -> None:
    with database.writing() as session:
        edition = session.scalars(select(Broadcast).where(Broadcast.public_id == show)).one()
        if edition.on_air_at is None:
            services.go_on_air(session, edition, by=BY, at=at)
        for item in rundown(session, edition.id):
            if item.title in titles:
                services.begin_item(session, edition, item, by=BY, at=at)


def test_it_is_compiled_ten_minutes_before_and_not_before(
    database: Database, settings: Settings, show: str, now: datetime
) -> None:
    reads_at = now + HALF + timedelta(minutes=10)
    assert compile_due(settings, database, reads_at - timedelta(minutes=10, seconds=1)) == 0
    assert compile_due(settings, database, reads_at - timedelta(minutes=10)) == 1
    item = bulletin(database, show)
    assert item.script is not None
    assert item.script.approved is None
    assert item.script.latest.text
    assert item.seconds == round(item.script.latest.seconds)
    assert compile_due(settings, database, reads_at) == 0


def test_a_show_that_runs_late_has_its_bulletin_later(
    database: Database, settings: Settings, show: str, now: datetime
) -> None:
    on_air = now + HALF + timedelta(minutes=20)
    begin(database, show, [], on_air)
    assert compile_due(settings, database, on_air - timedelta(seconds=1)) == 0
    assert compile_due(settings, database, on_air) == 1


def test_the_item_before_it_that_takes_longer_puts_it_off(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.writing() as session:
        series = programmes.add_programme(session, "Polisi Menyapa", by=BY, at=now)
        edition = services.plan(session, series, "", now, by=BY, at=now)
        for kind, title, minutes in (
            (ItemKind.TALK, "Satu", 5),
            (ItemKind.TALK, "Dua", 20),
            (ItemKind.BULLETIN, "Lalu lintas", 1),
        ):
            rundowns.add_item(session, edition, kind, title, minutes * 60, by=BY, at=now)
        show = edition.public_id
    begin(database, show, ["Satu"], now)
    # "Satu" takes 12 minutes instead of 5: the plan would have the bulletin at minute 25.
    assert compile_due(settings, database, now + timedelta(minutes=12)) == 0
    begin(database, show, ["Dua"], now + timedelta(minutes=12))
    assert compile_due(settings, database, now + timedelta(minutes=21)) == 0
    assert compile_due(settings, database, now + timedelta(minutes=22)) == 1


def test_a_time_of_its_own_counts(database: Database, settings: Settings, show: str, now: datetime) -> None:
    sharp = (now + timedelta(hours=1)).astimezone(settings.zone).replace(second=0, microsecond=0)
    item = bulletin(database, show)
    with database.writing() as session:
        row = session.get_one(RundownItem, item.id)
        edition = session.get_one(Broadcast, row.broadcast_id)
        kept = ItemKind.BULLETIN, "Lalu lintas", 60
        rundowns.change_item(session, edition, row, *kept, hard_at=f"{sharp:%H:%M}", by=BY, at=now)
    assert compile_due(settings, database, sharp - timedelta(minutes=11)) == 0
    assert compile_due(settings, database, sharp - timedelta(minutes=9)) == 1


def test_what_a_person_undid_is_not_made_again(
    database: Database, settings: Settings, show: str, now: datetime
) -> None:
    assert compile_due(settings, database, now + HALF) == 1
    with database.writing() as session:
        edition = session.scalars(select(Broadcast).where(Broadcast.public_id == show)).one()
        rundowns.undo(session, edition, by=BY, at=now + HALF)
    assert bulletin(database, show).script is None
    assert compile_due(settings, database, now + HALF + timedelta(minutes=1)) == 0


def test_the_setting_leaves_it_to_people(database: Database, settings: Settings, show: str, now: datetime) -> None:
    by_hand = settings.model_copy(update={"bulletin_minutes_before": 0})
    assert compile_due(by_hand, database, now + HALF) == 0
    assert bulletin(database, show).script is None


def test_an_edition_that_never_went_on_air_gets_none_later(
    database: Database, settings: Settings, show: str, now: datetime
) -> None:
    assert compile_due(settings, database, now + timedelta(hours=3)) == 0
