"""A station goes from one kind of database to the other and back: every row, link and word that can be found."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from radiodesk.core.audit import broken_link, record
from radiodesk.core.database import Database, open_database
from radiodesk.core.processes import take_part
from radiodesk.core.settings import Settings
from radiodesk.core.station_copy import MARK, TargetInUse
from radiodesk.operations.cli import move
from radiodesk.operations.wiring import running
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.record import search
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.tickets.models import Ticket
from tests.factories import calls as call_factory
from tests.factories import tickets as ticket_factory
from tests.factories.filled import fill, published
from tests.factories.postgres import Server


@pytest.fixture
def target(tmp_path: Path, database_kind: str, postgres: Server) -> Iterator[str]:
    """Address of an empty database of the other kind."""
    if database_kind == "postgresql":
        yield f"sqlite:///{tmp_path / 'moved.sqlite'}"
        return
    name = f"test_{uuid4().hex}"
    yield postgres.make(name)
    postgres.drop(name)


def moved(settings: Settings, target: str) -> Result:
    return CliRunner(env={"RADIODESK_DATA": str(settings.data)}).invoke(move, [target])


def filled(database: Database, settings: Settings, now: datetime) -> None:
    with database.writing() as session:
        fill(session, settings, now)
        # The earlier row points to the later one.
        first, second = (ticket_factory.opened(session, settings, now).ticket for _ in range(2))
        tickets.merge(session, ticket_factory.rules(settings), first, second, by="wati", at=now)
        shown = published(7, now)
        session.add(shown)
        session.flush()
        for piece in shown.pieces:
            search.keep(session, piece)


def test_a_station_moves_with_every_row_and_goes_on_there(
    database: Database, settings: Settings, target: str, now: datetime
) -> None:
    filled(database, settings, now)
    done = moved(settings, target)
    assert done.exit_code == 0, done.output + repr(done.exception)
    assert "call " in done.output
    there = open_database(target, database.keys)
    with database.reading() as before, there.reading() as after:
        for table in (Call, Ticket):
            counted = select(func.count()).select_from(table)
            assert after.scalar(counted) == before.scalar(counted) != 0
        merged = select(Ticket.id, Ticket.merged_into_id).order_by(Ticket.id)
        assert after.execute(merged).all() == before.execute(merged).all()
        assert broken_link(after) is None
        words = select(Call.message).order_by(Call.id)
        assert after.scalars(words).all() == before.scalars(words).all()
        found = [hit.piece.id for hit in search.find(after, "lampu").hits]
        assert found == [hit.piece.id for hit in search.find(before, "lampu").hits]
    with there.writing() as session:
        # New rows get keys of their own.
        call_factory.ringing(session, now)
        record(session, now, "wati", "tested", "thing 1")
    with there.reading() as session:
        assert broken_link(session) is None
    there.engine.dispose()


def test_a_move_that_was_broken_off_goes_on(
    database: Database, settings: Settings, target: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(database, settings, now)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("radiodesk.rooms.record.search.copy_index", broken)
        assert isinstance(moved(settings, target).exception, ZeroDivisionError)
    with database.writing() as session:
        call_factory.ringing(session, now, name="Penelepon Susulan")
    done = moved(settings, target)
    assert done.exit_code == 0, done.output + repr(done.exception)
    there = open_database(target, database.keys)
    with there.reading() as session:
        assert "Penelepon Susulan" in session.scalars(select(Call.name)).all()
    with there.engine.connect() as connection:
        assert not there.engine.dialect.has_table(connection, MARK)
    there.engine.dispose()


def test_a_move_that_is_killed_again_and_again_ends_whole(
    database: Database, settings: Settings, target: str, now: datetime
) -> None:
    with database.writing() as session:
        for number in range(3000):
            record(session, now, "wati", "tested", f"thing {number}")
    environment = {"RADIODESK_DATA": str(settings.data), "PYTHONPATH": str(Path(__file__).parents[2])}
    if settings.database_url is not None:
        environment["RADIODESK_DATABASE_URL"] = settings.database
    for wait in (2.2, 2.6, 3.0):
        process = subprocess.Popen([sys.executable, "-m", "radiodesk", "move", target], env=environment)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
    moved(settings, target)
    there = open_database(target, database.keys)
    with there.reading() as session:
        assert broken_link(session) is None
        assert session.scalar(text("SELECT count(*) FROM audit")) == 3000
    there.engine.dispose()


def test_no_station_is_moved_over_another(
    database: Database, settings: Settings, target: str, now: datetime, tmp_path: Path
) -> None:
    assert moved(settings, target).exit_code == 0
    refused = moved(settings, target)
    assert isinstance(refused.exception, TargetInUse)


def test_a_running_station_is_not_moved(database: Database, settings: Settings, target: str) -> None:
    take_part(running(settings))
    refused = moved(settings, target)
    assert refused.exit_code != 0
    assert "berjalan" in str(refused.exception) or "running" in str(refused.exception)
