"""A station of an earlier release is opened by this one: nothing is lost, and every list shows what was there."""

import base64
import hashlib
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from radiodesk.core.audit import broken_link
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.keys import load_keys
from radiodesk.core.schema import upgrade
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import open_station, runner
from radiodesk.rooms.accounts import sessions
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.queries import person_by_username
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.web.desk import create_desk

RELEASED = Path(__file__).parent / "released"
VERSIONS = Path(__file__).resolve().parents[2] / "radiodesk" / "migrations" / "versions"
AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
KEYS = [base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3)]
"""Of the station in ``released``: made up for it."""

FROZEN = {"0001_first_release.py": "51d2687bf77d009882b251962e30b2d6731b1bbfb3ec5e606c8db6fa58c8bf74"}


def station_of(release: str, folder: Path) -> Settings:
    """The station that ``released/<release>.sql`` holds, as it lay on its disk."""
    folder.mkdir()
    keys = {"current": 1, "keys": {"1": KEYS[0]}, "lookup": KEYS[1], "signing": KEYS[2]}
    (folder / "keys.json").write_text(json.dumps(keys))
    connection = sqlite3.connect(folder / "radiodesk.sqlite")
    connection.executescript((RELEASED / f"{release}.sql").read_text(encoding="utf-8"))
    connection.close()
    return Settings(data=folder)


@pytest.mark.parametrize("release", sorted(path.stem for path in RELEASED.glob("*.sql")))
def test_a_station_of_an_earlier_release_is_opened_whole(release: str, tmp_path: Path) -> None:
    settings = station_of(release, tmp_path / "data")
    station = open_station(settings, ManualClock(AT))
    with station.database.writing() as session:
        assert len(session.scalars(select(Call)).all()) == 11
        [show] = session.scalars(select(Broadcast))
        assert len(calls_of(session, show)) > 0
        words = [ticket.text for ticket in session.scalars(select(Ticket))]
        assert len(words) == 6
        assert all("Lampu jalan" in text for text in words)
        person = person_by_username(session, "petugas")
        token = sessions.begin(session, person, address="127.0.0.1", browser="uji", hours=1, at=AT)
    client = create_desk(station).test_client()
    client.set_cookie(COOKIE, token)
    for address in ("/", "/antrean", "/siaran", "/pengaduan", "/lalin", "/naskah", "/arsip", "/keadaan", "/petugas"):
        assert client.get(address).status_code == 200, address
    runner(settings, station.database, station.clock).run_all()
    assert chain_is_whole(station.database)
    station.notifier.close()


def chain_is_whole(database: Database) -> bool:
    with database.reading() as session:
        return broken_link(session) is None


def test_what_is_released_is_frozen() -> None:
    """A released migration has run on stations: a mend is another migration. Where its imports lie may change."""
    for name, known in FROZEN.items():
        text = re.sub(r"^from radiodesk\..*\n", "", (VERSIONS / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert hashlib.sha256(text.encode()).hexdigest() == known, name


def test_the_first_migration_makes_what_the_first_release_made(tmp_path: Path) -> None:
    """It learnt PostgreSQL later; on SQLite it still makes the tables, indexes and triggers of the release, sign by
    sign."""

    def made(path: Path) -> set[tuple[str, str, str]]:
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%fts%'")
            return {(row[0], row[1], re.sub(r"\s+", "", row[2] or "")) for row in rows if row[1] != "alembic_version"}

    station_of("0.1.0", tmp_path / "data")
    again = open_database(f"sqlite:///{tmp_path / 'again.sqlite'}", load_keys(tmp_path / "data" / "keys.json"))
    upgrade(again, "0001")
    again.engine.dispose()
    assert made(tmp_path / "again.sqlite") == made(tmp_path / "data" / "radiodesk.sqlite")
