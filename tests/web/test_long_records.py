"""A page asks the database no more the longer the record is, and finds what it shows by an index."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text

from radiodesk.core.database import Database
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.queries import SHOWN_UNSEALED
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.calls.queries import board
from radiodesk.rooms.figures import figures_of
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.web.overview import overview
from tests.factories.filled import fill
from tests.web.test_pages import counted

MANY = 60
PAGES = (
    "/",
    "/antrean",
    "/pengaduan",
    "/pengaduan/tenggat",
    "/pengaduan/baru",
    "/siaran",
    "/arsip",
    "/saluran",
    "/dinding",
)


@pytest.fixture
def full(database: Database, settings: Settings, now: datetime) -> Database:
    """A station with one of everything."""
    with database.writing() as tx:
        fill(tx, settings, now)
    return database


def copies(database: Database, table: Any, which: Any, count: int, at: datetime) -> None:
    """So many rows more that are like those there, each a little older."""
    with database.writing() as tx:
        rows = [dict(row) for row in tx.execute(select(table).where(which).limit(10)).mappings()]
        moments = [column.name for column in table.columns if column.name.endswith(("_at", "_start"))]
        made = []
        for number in range(count):
            row = {name: value for name, value in rows[number % len(rows)].items() if name != "id"}
            row |= {name: row[name] - timedelta(minutes=number) for name in moments if row[name] is not None}
            row["public_id"] = public_id(at)
            if "number" in row:
                row["number"] = f"{row['number'][:4]}{number:09}"
            made.append(row)
        tx.execute(insert(table), made)


def grow(database: Database, at: datetime) -> None:
    copies(database, Call.__table__, Call.state == CallState.DONE, MANY, at)
    copies(database, Ticket.__table__, Ticket.state != "", MANY, at)
    copies(database, Broadcast.__table__, Broadcast.state == BroadcastState.ENDED, MANY, at)


def asked_by(database: Database, browser: FlaskClient, path: str) -> int:
    with counted(database) as sent:
        assert browser.get(path).status_code == 200
    return len(sent)


def test_a_long_record_costs_no_page_more_questions(
    sign_in: Callable[..., FlaskClient], full: Database, now: datetime
) -> None:
    browser = sign_in(*Role)
    with full.reading() as tx:
        call = tx.scalars(select(Call.public_id).where(Call.state == CallState.DONE)).first()
        ticket = tx.scalars(select(Ticket.public_id)).first()
        show = tx.scalars(select(Broadcast.public_id).where(Broadcast.state == BroadcastState.ENDED)).first()
    paths = (*PAGES, f"/antrean/{call}", f"/pengaduan/{ticket}", f"/siaran/{show}")
    few = {path: asked_by(full, browser, path) for path in paths}
    grow(full, now)
    many = {path: asked_by(full, browser, path) for path in paths}
    more = {path: (few[path], many[path]) for path in paths if many[path] > few[path]}
    # What is selectin-loaded of a list asks once more from the first row on that has any.
    assert all(after - before <= 1 for before, after in more.values()), more


def test_a_long_list_of_broadcasts_to_seal_is_cut_and_says_how_many_more_there_are(
    sign_in: Callable[..., FlaskClient], full: Database, now: datetime
) -> None:
    copies(full, Broadcast.__table__, Broadcast.state == BroadcastState.ENDED, MANY, now)
    with full.reading() as tx:
        ended = tx.scalar(select(func.count()).where(Broadcast.state == BroadcastState.ENDED)) or 0
    page = sign_in(Role.ARCHIVIST).get("/arsip").get_data(as_text=True)
    assert page.count("/segel") == SHOWN_UNSEALED
    # One of them is being sealed.
    assert f"{ended - 1 - SHOWN_UNSEALED} siaran lagi" in page


INDEXED = {
    "calls of an hour that were not merged": (
        "SELECT * FROM call WHERE received_at BETWEEN '2026-11-24 11:00:00' AND '2026-11-24 12:00:00' "
        "AND merged_into_id IS NULL ORDER BY received_at DESC LIMIT 200",
        "ix_call_received_at",
    ),
    "calls that ended lately": (
        "SELECT * FROM call WHERE state IN ('done', 'dropped', 'lost') AND ended_at > '2026-11-24 11:00:00' "
        "ORDER BY ended_at DESC LIMIT 12",
        "ix_call_state_ended_at",
    ),
    "calls that were merged into one": ("SELECT * FROM call WHERE merged_into_id IN (1, 2)", "ix_call_merged_into_id"),
    "calls about one event": ("SELECT * FROM call WHERE same_event_id = 1", "ix_call_same_event_id"),
    "PINs that wait for their callers": (
        "SELECT * FROM ticket WHERE pin_waits_until >= '2026-11-24' AND call_id > 0 ORDER BY pin_waits_until, id",
        "ix_ticket_pin_waits_until",
    ),
    "what people decided otherwise": (
        "SELECT number FROM ticket WHERE corrected = 1 AND decided_at >= '2025-11-24' ORDER BY decided_at DESC LIMIT 9",
        "ix_ticket_corrected_decided_at",
    ),
}


@pytest.mark.only_sqlite("PostgreSQL plans by what it counted of the rows")
@pytest.mark.parametrize("what", INDEXED)
def test_without_statistics_sqlite_finds_it_by_the_right_index(database: Database, what: str) -> None:
    statement, index = INDEXED[what]
    with database.reading() as tx:
        plan = " ".join(str(row) for row in tx.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
    assert f"INDEX {index} " in plan, plan


def test_what_waits_is_the_same_number_wherever_it_stands(full: Database, now: datetime) -> None:
    with full.reading() as tx:
        first, queue = overview(tx, now, secret=True, guarded=True), board(tx, at=now)
        pictured = figures_of(tx, now).kept()["calls_waiting"]
    totals = {state: queue.totals.get(state, 0) for state in CallState}
    assert first.ringing == totals[CallState.RINGING]
    assert first.waiting == totals[CallState.WAITING] + totals[CallState.READY]
    assert pictured == first.ringing + totals[CallState.SCREENING] + first.waiting
    assert min(first.ringing, first.waiting, totals[CallState.SCREENING]) > 0
