"""A new key replaces the earlier ones in every private value, also when the work is killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, text, type_coerce

from radiodesk.core.audit import broken_link
from radiodesk.core.database import Base, Database, open_database
from radiodesk.core.keys import load_keys, read_keys, rotate
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.core.reencryption import encrypt_anew
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Call
from tests.factories import calls as call_factory
from tests.factories.filled import fill


def started(settings: Settings, *words: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"RADIODESK_DATA": str(settings.data), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "radiodesk", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def used(database: Database) -> Counter[int]:
    """How many private values lie under each key."""
    found: Counter[int] = Counter()
    with database.looking() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Private | PrivateJson):
                    values = connection.scalars(select(type_coerce(column, LargeBinary)).where(column.is_not(None)))
                    found.update(bytes(value)[1] for value in values)
    return found


def words(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as session:
        query = select(Call.message, Call.name, Call.phone, Call.topic, Call.notes).order_by(Call.id)
        return [tuple(row) for row in session.execute(query)]


def test_after_a_rotation_nothing_lies_under_the_earlier_key(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.writing() as session:
        fill(session, settings, now)
    before, count = words(database), sum(used(database).values())
    with started(settings, "keys", "rotate") as process:
        told, wrong = process.communicate(timeout=120)
    assert process.returncode == 0, wrong
    assert str(count) in told
    again = open_database(settings.database, read_keys(settings.keys))
    assert used(again) == Counter({2: count})
    assert words(again) == before
    with again.reading() as session:
        assert broken_link(session) is None
    again.engine.dispose()


def test_a_rotation_that_is_killed_leaves_all_readable_and_is_gone_on_with(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.writing() as session:
        for number in range(1500):
            call_factory.ringing(session, now, name=f"Penelepon {number}", message="Lampu padam")
    before = words(database)
    process = started(settings, "keys", "rotate")
    until = time.monotonic() + 60
    while not used(database)[2] and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    again = open_database(settings.database, read_keys(settings.keys))
    assert words(again) == before
    with started(settings, "keys", "renew") as process:
        _told, wrong = process.communicate(timeout=120)
    assert process.returncode == 0, wrong
    assert set(used(again)) == {2}
    assert words(again) == before
    again.engine.dispose()


def test_what_no_key_opens_stays_as_it_lies_and_is_told(database: Database, settings: Settings, now: datetime) -> None:
    stranger = load_keys(settings.data / "stranger.json")
    with database.writing() as session:
        call_factory.ringing(session, now, name="Penelepon Satu")
        call_factory.ringing(session, now, name="Penelepon Dua")
    sealed = stranger.encrypt("asing")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE call SET name = :sealed WHERE id = 1"), {"sealed": sealed})
    rotate(settings.keys)
    again = open_database(settings.database, read_keys(settings.keys))
    renewed = encrypt_anew(again, lambda _share: None)
    assert renewed.unreadable == 1
    assert renewed.values == used(again)[2]
    with again.looking() as connection:
        assert bytes(connection.scalar(text("SELECT name FROM call WHERE id = 1"))) == sealed
    assert encrypt_anew(again, lambda _share: None).values == 0
    again.engine.dispose()


@pytest.mark.parametrize("renewed", [1, 2])
def test_the_share_that_is_done_is_told(database: Database, settings: Settings, now: datetime, renewed: int) -> None:
    with database.writing() as session:
        for number in range(250):
            call_factory.ringing(session, now, name=f"Penelepon {number}")
    rotate(settings.keys)
    again = open_database(settings.database, read_keys(settings.keys))
    told: list[float] = []
    for _ in range(renewed):
        told.clear()
        encrypt_anew(again, told.append)
    assert told == sorted(told)
    assert told[-1:] == ([1.0] if renewed == 1 else [])
    again.engine.dispose()
