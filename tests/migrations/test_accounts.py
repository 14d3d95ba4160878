"""From the first release to a second factor and drawn complaint numbers, and back, with rows in the tables."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from radiodesk.core.database import Database, open_database
from radiodesk.core.keys import KeyMissing, load_keys
from radiodesk.core.schema import downgrade, upgrade
from tests.migrations.test_filed_calls import insert

NUMBERS = (("26-0417-7", 417), ("26-0418-0", 418), ("27-0001-4", 1))


@pytest.fixture
def first(empty: Database) -> Database:
    """A database of the first release with a person and three complaints."""
    upgrade(empty, "0001")
    with empty.engine.begin() as connection:
        secret = empty.keys.encrypt("JBSWY3DPEHPK3PXP")
        insert(connection, "person", id=1, username="wati", role_names=[], active=True, totp_secret=secret)
        for key, (number, sequence) in enumerate(NUMBERS, start=1):
            year = 2000 + int(number[:2])
            insert(connection, "ticket", id=key, **_ticket(number), year=year, sequence=sequence)
            insert(connection, "ticket_entry", id=key, ticket_id=key, kind="opened", text="")
        insert(connection, "ticket_counter", year=2026, last=418)
        insert(connection, "ticket_counter", year=2027, last=1)
    return empty


def _ticket(number: str) -> dict[str, Any]:
    return {"public_id": number, "number": number, "urgency": "biasa", "state": "new", "policies": []}


def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def test_people_complaints_and_their_history_stay(first: Database) -> None:
    upgrade(first)
    assert rows(first, "SELECT number FROM ticket ORDER BY id") == [(number,) for number, _ in NUMBERS]
    assert len(rows(first, "SELECT id FROM ticket_entry")) == 3
    assert rows(first, "SELECT username, totp_step FROM person") == [("wati", None)]


def test_the_way_back_counts_on_from_the_highest_number(first: Database) -> None:
    upgrade(first)
    with first.engine.begin() as connection:
        insert(connection, "ticket", id=4, **_ticket("26-480213-8"))
        # As this release writes them: encrypted.
        for column in ("text", "summary", "place", "suggestion"):
            connection.execute(
                text(f"UPDATE ticket SET {column} = (SELECT {column} FROM ticket ORDER BY id LIMIT 1)")  # noqa: S608
            )
    downgrade(first, "0001")
    assert rows(first, "SELECT year, last FROM ticket_counter ORDER BY year") == [(2026, 418), (2027, 1)]
    assert (2026, 480213) in rows(first, "SELECT year, sequence FROM ticket")
    upgrade(first)
    assert len(rows(first, "SELECT number FROM ticket")) == 4


def test_with_keys_of_another_station_nothing_is_migrated(first: Database, tmp_path: Path) -> None:
    stranger = open_database(first.url, load_keys(tmp_path / "stranger.json"))
    with pytest.raises(KeyMissing):
        upgrade(stranger)
    assert not inspect(first.engine).has_table("key_check")
    stranger.engine.dispose()
