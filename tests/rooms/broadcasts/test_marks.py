"""A mark is of the moment of its key, and can be taken back for ten minutes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import queries, services
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.programme import services as programme


@pytest.fixture
def host(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.HOST, username="sari")


@pytest.fixture
def show(database: Database, clock: ManualClock) -> str:
    """A broadcast that has been on air for a minute."""
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
        made = services.plan(tx, series, "", clock.now(), by="sari", at=clock.now())
        services.go_on_air(tx, made, by="sari", at=clock.now())
        clock.advance(timedelta(minutes=1))
        return f"/siaran/{made.public_id}"


def marks(database: Database) -> list[AsRun]:
    with database.reading() as look:
        return list(look.scalars(select(AsRun).where(AsRun.kind == AsRunKind.MARK)))


@pytest.mark.parametrize(("ago", "offset"), [("", 60.0), ("12", 48.0), ("100000", 0.0), ("-5", 60.0)])
def test_a_mark_is_of_the_moment_in_which_its_key_was_pressed(
    host: FlaskClient, database: Database, show: str, ago: str, offset: float
) -> None:
    host.post(f"{show}/tandai", data={"text": "Janji Kasat", "ago": ago})
    assert [(mark.offset, mark.title) for mark in marks(database)] == [(offset, "Janji Kasat")]


def test_a_mark_is_taken_back_within_ten_minutes_and_the_trail_knows(
    host: FlaskClient, database: Database, clock: ManualClock, show: str
) -> None:
    host.post(f"{show}/tandai", data={"text": "Salah tekan"})
    host.post(f"{show}/tandai", data={"text": "Janji Kasat"})
    wrong, right = marks(database)
    undo = f"{show}/tandai/{wrong.id}/urung"
    assert undo in host.get(f"{show}/penyiar").get_data(as_text=True)
    assert host.post(undo).status_code == 303
    assert [mark.title for mark in marks(database)] == ["Janji Kasat"]
    assert host.post(undo).status_code == 404
    with database.reading() as look:
        entry = look.scalars(select(AuditEntry).where(AuditEntry.action == "mark undone")).one()
        assert (entry.actor, entry.details) == ("sari", {"offset": 60.0})
    clock.advance(services.UNDO_WITHIN + timedelta(seconds=1))
    late = f"{show}/tandai/{right.id}/urung"
    assert late not in host.get(f"{show}/penyiar").get_data(as_text=True)
    assert host.post(late).status_code == 409
    assert host.post(f"{show}/tandai/x/urung").status_code == 422


def test_a_mark_that_stands_for_a_complaint_or_an_answer_is_not_taken_back(
    host: FlaskClient, database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        on_air = services.on_air(tx)
        assert on_air is not None
        entry = services.mark(tx, on_air, "Pengaduan", by="sari", at=clock.now(), ticket="26-1")
        start = tx.scalars(select(AsRun).where(AsRun.kind == AsRunKind.START)).one()
        keys = [entry.id, start.id]
    for key in keys:
        assert host.post(f"{show}/tandai/{key}/urung").status_code == 409


def test_a_mark_of_another_broadcast_is_not_there(
    host: FlaskClient, database: Database, clock: ManualClock, show: str
) -> None:
    host.post(f"{show}/tandai", data={"text": "Janji"})
    with database.writing() as tx:
        series = programme.add_programme(tx, "Lain", by="sari", at=clock.now())
        other = services.plan(tx, series, "", clock.now(), by="sari", at=clock.now()).public_id
    assert host.post(f"/siaran/{other}/tandai/{marks(database)[0].id}/urung").status_code == 404


def test_a_mark_that_took_a_while_to_type_stands_at_its_moment(
    host: FlaskClient, database: Database, clock: ManualClock, show: str
) -> None:
    with database.writing() as tx:
        broadcast = tx.scalars(select(Broadcast)).one()
        clock.advance(timedelta(seconds=10))
        services.mark(tx, broadcast, "Kedua", by="sari", at=clock.now())
    clock.advance(timedelta(seconds=10))
    host.post(f"{show}/tandai", data={"text": "Pertama", "ago": "20"})
    with database.reading() as look:
        log = queries.as_run(look, look.scalars(select(Broadcast)).one())
    assert [entry.title for entry in log if entry.kind is AsRunKind.MARK] == ["Pertama", "Kedua"]
