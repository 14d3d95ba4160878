"""From the first release to a second factor and drawn complaint numbers, and back, with rows in the tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from radiodesk.core.database import Database, open_database
from radiodesk.core.keys import KeyMissing, load_keys
from radiodesk.core.schema import downgrade, upgrade

TIME = "2026-11-24 11:30:00.000000"
NUMBERS = (("26-0417-7", 417), ("26-0418-0", 418), ("27-0001-4", 1))


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Database]:
    """A database of the first release with a person and three complaints."""
    keys = load_keys(tmp_path / "keys.json")
    database = open_database(f"sqlite:///{tmp_path / 'm.sqlite'}", keys)
    upgrade(database, "0001")
    with database.engine.begin() as connection:
        person = {"id": 1, "public_id": "p", "username": "wati", "name": "Wati", "role_names": "[]", "active": 1}
        _insert(connection, "person", {**person, "totp_secret": keys.encrypt("JBSWY3DPEHPK3PXP"), "created_at": TIME})
        for number, sequence in NUMBERS:
            _insert(connection, "ticket", {**_ticket(number), "year": 2000 + int(number[:2]), "sequence": sequence})
            _insert(connection, "ticket_entry", _entry(connection))
        connection.exec_driver_sql("INSERT INTO ticket_counter (year, last) VALUES (2026, 418), (2027, 1)")
    yield database
    database.engine.dispose()


def _ticket(number: str) -> dict[str, object]:
    plain = {"state": "new", "urgency": "biasa", "corrected": 0, "summary": "", "text": "Lampu padam.", "version": 1}
    fixed = {"pin_hash": "h", "confidential": 0, "policies": "[]", "opened_by": "p"}
    return {"public_id": number, "number": number, "created_at": TIME, "changed_at": TIME, **plain, **fixed}


def _entry(connection: object) -> dict[str, object]:
    rows = connection.exec_driver_sql("SELECT max(id) FROM ticket").scalar_one()  # type: ignore[attr-defined]
    return {"ticket_id": rows, "at": TIME, "by": "p", "kind": "opened", "text": "", "public": 1, "details": "{}"}


def _insert(connection: object, table: str, values: dict[str, object]) -> None:
    columns = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")}  # type: ignore[attr-defined]
    given = {f'"{name}"': value for name, value in values.items() if name in columns}
    sql = f"INSERT INTO {table} ({', '.join(given)}) VALUES ({', '.join('?' * len(given))})"  # noqa: S608
    connection.exec_driver_sql(sql, tuple(given.values()))  # type: ignore[attr-defined]


def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_people_complaints_and_their_history_stay(first: Database) -> None:
    upgrade(first)
    assert rows(first, "SELECT number FROM ticket ORDER BY id") == [(number,) for number, _ in NUMBERS]
    assert len(rows(first, "SELECT id FROM ticket_entry")) == 3
    assert rows(first, "SELECT username, totp_step FROM person") == [("wati", None)]
    assert rows(first, "PRAGMA foreign_key_check") == []


def test_the_way_back_counts_on_from_the_highest_number(first: Database) -> None:
    upgrade(first)
    with first.engine.begin() as connection:
        _insert(connection, "ticket", _ticket("26-480213-8"))
        # As this release writes them: encrypted.
        for column in ("text", "summary", "place", "suggestion"):
            connection.exec_driver_sql(
                f"UPDATE ticket SET {column} = (SELECT {column} FROM ticket ORDER BY id LIMIT 1)"  # noqa: S608
            )
    downgrade(first, "0001")
    assert rows(first, "SELECT year, last FROM ticket_counter ORDER BY year") == [(2026, 418), (2027, 1)]
    assert (2026, 480213) in rows(first, "SELECT year, sequence FROM ticket")
    upgrade(first)
    assert len(rows(first, "SELECT number FROM ticket")) == 4


def test_with_keys_of_another_station_nothing_is_migrated(first: Database, tmp_path: Path) -> None:
    stranger = open_database(str(first.engine.url), load_keys(tmp_path / "stranger.json"))
    with pytest.raises(KeyMissing):
        upgrade(stranger)
    assert "key_check" not in {name for (name,) in rows(first, "SELECT name FROM sqlite_master")}
    stranger.engine.dispose()
