"""What listeners asked is found by a data request, due after its time, deleted by two persons, answered by command."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from radiodesk.__main__ import cli
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.record.listener_requests import queries, services
from radiodesk.rooms.record.listener_requests.models import RequestKind, RequestState
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.retention import data_requests, deletions, holds
from radiodesk.rooms.retention.due import what_is_due
from radiodesk.rooms.retention.models import HeldKind
from radiodesk.rooms.retention.retention_classes import Matter, load_classes
from tests.factories import records

PHONE = "+6281299990001"


@pytest.fixture
def number(database: Database, settings: Settings, clock: ManualClock) -> str:
    """The number of a removal that a listener asked for."""
    asked = services.Asked(RequestKind.REMOVAL, "Hubungi 0812-9999-0001.", "personal", contact=PHONE, name="Bu Uji")
    at = clock.now()
    with database.writing() as tx:
        show = records.public_show(tx, settings, at)
        shown = tx.query(PublishedBroadcast).one()
        drawn = services.draw(tx, at)
        services.send(tx, shown, show.broadcast, asked, drawn, network="x", most=None, at=at)
        return drawn.number


def decline(database: Database, settings: Settings, clock: ManualClock, number: str) -> str:
    with database.writing() as tx:
        found = queries.request_by_number(tx, number)
        assert found is not None
        services.decline(tx, settings, found, "Bukan data Anda.", by="produser", at=clock.now())
        return found.public_id


def due(database: Database, settings: Settings, clock: ManualClock) -> list[str]:
    with database.reading() as tx:
        found = what_is_due(tx, settings, load_classes(settings), clock.now())
    return [row.subject for one in found if one.kept.matter is Matter.REQUEST for row in one.rows]


def test_a_data_request_finds_it_by_contact_and_by_words(
    database: Database, settings: Settings, clock: ManualClock, number: str
) -> None:
    with database.reading() as tx:
        found = [one for one in data_requests.find(tx, PHONE, clock.now()).rows if one.table == "listener_request"]
    assert [(one.why, one.values["number"], one.values["name"]) for one in found] == [
        (data_requests.Why.NUMBER, number, "Bu Uji")
    ]


def test_what_was_answered_is_due_after_a_year_unless_it_is_held_and_two_delete_it(
    database: Database, settings: Settings, clock: ManualClock, number: str
) -> None:
    public_id = decline(database, settings, clock, number)
    clock.advance(timedelta(days=364))
    assert due(database, settings, clock) == []
    clock.advance(timedelta(days=2))
    assert due(database, settings, clock) == [public_id]
    classes = load_classes(settings)
    with database.writing() as tx:
        show = queries.request_by_public_id(tx, public_id).broadcast.public_id
        held = holds.hold(tx, HeldKind.BROADCAST, show, "Uji", until=None, by="p", at=clock.now())
    assert due(database, settings, clock) == []
    with database.writing() as tx:
        holds.lift(tx, tx.merge(held), "Selesai", by="p", at=clock.now())
        row = deletions.propose(tx, settings, classes, Matter.REQUEST, public_id, by="arsiparis", at=clock.now())
        deletions.approve(tx, settings, classes, row, by="produser", at=clock.now())
    Runner(database, settings, clock, kinds()).run_all()
    with database.reading() as tx:
        found = queries.request_by_public_id(tx, public_id)
        assert (found.words, found.contact, found.name, found.phone_hash) == ("", "", "", None)
        assert (found.state, found.answer) == (RequestState.DECLINED, "Bukan data Anda.")
        assert found.forgotten_at == clock.now()
    assert due(database, settings, clock) == []


def test_what_waits_is_listed_and_answered_by_command(
    database: Database, settings: Settings, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    run = CliRunner()
    listed = run.invoke(cli, ["listeners", "list"])
    assert number in listed.output and "Bu Uji" not in listed.output and PHONE not in listed.output
    refused = run.invoke(cli, ["listeners", "answer", number, "decline"])
    assert refused.exit_code == 1 or refused.exception is not None
    done = run.invoke(cli, ["listeners", "answer", number.replace("-", " "), "accept", "--text", "Sudah dikeluarkan."])
    assert done.exit_code == 0, done.output
    assert run.invoke(cli, ["listeners", "list"]).output == ""
    with database.reading() as tx:
        found = queries.request_by_number(tx, number)
        assert found is not None and (found.state, found.decided_by) == (RequestState.ACCEPTED, "command line")
