"""How far calls were closed is kept from this release on; what an earlier one left open is closed on the way."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from radiodesk.core.database import Database
from radiodesk.core.schema import downgrade, upgrade
from tests.migrations.test_filed_calls import AT, insert

LATER = AT + timedelta(hours=1)
CALLS: dict[str, dict[str, Any]] = {
    "agreed": {"consent_at": AT},
    "unasked": {},
    "protected": {"protected": "victim", "consent_at": AT},
    "holding": {"merged_into_id": 3},
    "took-back": {},
}
"""By the key: the first is 1."""


def broadcast(connection: Connection, number: int, state: str, listed: list[str], opened: list[str]) -> None:
    insert(connection, "broadcast", id=number, public_id=f"s-{number}", programme_id=1, hosts=[], state="ended")
    insert(
        connection, "package", id=number, public_id=f"p-{number}", broadcast_id=number, state="sealed",
        sealed_at=AT, sequence=number, notices=[],
    )  # fmt: skip
    insert(
        connection, "publication", id=number, public_id=f"t-{number}", broadcast_id=number, package_id=number,
        state=state, revision=3, published_at=AT, closed_calls=listed,
    )  # fmt: skip
    for place, subject in enumerate(opened, start=1):
        insert(
            connection, "publication_piece", id=number * 10 + place, public_id=f"b-{number}-{place}",
            publication_id=number, kind="call", subject=subject, shown=True, details={},
        )  # fmt: skip
    insert(
        connection, "published_broadcast", id=number, public_id=f"s-{number}", title="Dipukuli suami", hosts=[],
        tickets=[], as_run=[{"title": "Dipukuli"}], removed={}, corrections=[], ledger_line={}, changed_at=AT,
    )  # fmt: skip
    insert(
        connection, "published_piece", id=number, broadcast_id=number, position=1, text="Dipukuli", segments=[],
        details={},
    )  # fmt: skip


def complaint(connection: Connection, number: int, call: int | None, entries: list[dict[str, Any]]) -> None:
    insert(connection, "ticket", id=number, public_id=f"k-{number}", number=f"N-{number}", call_id=call, policies=[])
    insert(
        connection, "published_ticket", id=number, ticket_public_id=f"k-{number}", number=f"N-{number}",
        summary="Lampu mati", place="Kapas", listed=True, entries=entries,
    )  # fmt: skip


ANSWER = {"at": "2026-11-24T11:00:00+00:00", "kind": "answered", "text": "Suami diperiksa", "unit": "Polres"}
OWN = {"at": "2026-11-24T12:00:00+00:00", "kind": "closed", "text": "", "unit": None}


@pytest.fixture
def database(empty: Database) -> Database:
    found = empty
    upgrade(found, "0018")
    with found.engine.begin() as connection:
        insert(connection, "programme", id=1, template=[])
        for number, (name, given) in enumerate(CALLS.items(), start=1):
            insert(connection, "call", id=number, public_id=name, **given)
        insert(connection, "call_act", call_id=5, kind="consent withdrawn", at=LATER)
        broadcast(connection, 1, "published", ["unasked", "agreed", "protected"], ["unasked", "agreed"])
        broadcast(connection, 2, "published", ["protected"], ["protected"])
        broadcast(connection, 3, "published", ["took-back"], ["took-back"])
        broadcast(connection, 4, "failed", [], ["holding"])
        broadcast(connection, 5, "failed", [], ["agreed"])
        broadcast(connection, 6, "waiting", [], [])
        broadcast(connection, 7, "published", ["protected", "unasked"], ["unasked", "protected"])
        why = "The caller is protected (a child, a victim or a whistle-blower)."
        asked = "UPDATE publication_piece SET shown = false, withheld = :why WHERE subject = 'protected'"
        connection.execute(text(f"{asked} AND publication_id = 7"), {"why": why})
        insert(
            connection, "publication_span", id=7, public_id="r-7", piece_id=71, kind="consent", state="rejected",
        )  # fmt: skip
        insert(connection, "filed_call", call_id=4, broadcast_id=4)
        complaint(connection, 1, 3, [ANSWER])
        complaint(connection, 2, 2, [ANSWER, OWN])
        insert(connection, "ticket_entry", ticket_id=1, kind="answered", public=True, at=AT)
        connection.execute(text("UPDATE ticket SET merged_into_id = 1 WHERE id = 2"))
        complaint(connection, 3, 2, [ANSWER])
    upgrade(found)
    return found


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    # SQLite gives JSON as it is written.
    return [tuple(_read(one) for one in row) for row in found]


def _read(value: object) -> object:
    return json.loads(value) if isinstance(value, str) and value.startswith(("[", "{")) else value


def test_listed_calls_get_the_standing_that_they_have(database: Database) -> None:
    kept = [row[0] for row in rows(database, "SELECT closed_calls FROM publication ORDER BY id")]
    assert kept == [
        {"unasked": 2, "agreed": 1, "protected": 3},
        {"protected": 3},
        {"took-back": 2},
        {},
        {},
        {},
        {"protected": 3, "unasked": 2},
    ]
    downgrade(database, "0018")
    kept = [row[0] for row in rows(database, "SELECT closed_calls FROM publication ORDER BY id")]
    assert kept == [
        ["agreed", "protected", "unasked"],
        ["protected"],
        ["took-back"],
        [],
        [],
        [],
        ["protected", "unasked"],
    ]
    upgrade(database)


def test_copies_that_hold_what_was_closed_later_are_emptied_and_asked_for_again(database: Database) -> None:
    held = rows(database, "SELECT broadcast_id FROM published_piece ORDER BY broadcast_id")
    assert held == [(1,), (5,), (6,), (7,)]
    closed = rows(
        database,
        "SELECT p.id, p.state, p.revision, b.revision, b.as_run, b.removed, b.title FROM publication p "
        "JOIN published_broadcast b ON b.id = p.id WHERE p.closed_at IS NOT NULL ORDER BY p.id",
    )
    assert closed == [(number, "waiting", 4, 4, [], {"closed": 1}, "x") for number in (2, 3, 4)]
    assert rows(database, "SELECT shown FROM publication_piece WHERE subject = 'took-back'") == [(0,)]
    jobs = rows(database, "SELECT subject FROM job WHERE kind = 'record.publish' ORDER BY subject")
    assert jobs == [(2,), (3,), (4,), (5,)]
    unchanged = rows(database, "SELECT id FROM published_broadcast WHERE changed_at = '2026-11-24 11:00:00.000000'")
    assert unchanged == [(1,), (7,)]


def test_public_complaints_of_protected_callers_close_with_what_was_joined_with_them(database: Database) -> None:
    found = rows(database, "SELECT id, confidential, listed, summary, place, entries FROM published_ticket ORDER BY id")
    shut, joined, open_one = found
    assert shut[:5] == (1, 1, 0, "", None) and shut[5] == [{**ANSWER, "text": "", "unit": None}]
    assert joined[:4] == (2, 0, 1, "Lampu mati") and joined[5] == [OWN]
    assert open_one[:4] == (3, 0, 1, "Lampu mati") and open_one[5] == [ANSWER]
    assert rows(database, "SELECT subject FROM job WHERE kind = 'record.ticket' ORDER BY subject") == [(1,), (2,)]
