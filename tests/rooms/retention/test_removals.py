"""Calls, complaints and raw takes go by two persons too: no word of them is left, and figures stay as they were."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import LargeBinary, func, select, type_coerce

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Base, Database
from radiodesk.core.errors import Conflict, Forbidden, NotFound
from radiodesk.core.jobs import Job, Runner
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.models import LogEntry, LogKind
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.archive.verification import verify_shelf
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.record.models import PublishedTicket
from radiodesk.rooms.record.open_report import asked_between
from radiodesk.rooms.record.tracking import NotOpened, look_up
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.recordings.services import originals
from radiodesk.rooms.retention import deletions, holds
from radiodesk.rooms.retention.models import Deletion, DeletionState, HeldKind
from radiodesk.rooms.retention.retention_classes import Matter, load_classes
from radiodesk.rooms.tickets import services as complaints
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.sound.takes import takes
from tests.factories import removals, shows, tickets

ONE, OTHER = "arsiparis", "produser"


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    kept = ("archive", "retention", "record.ticket")
    return Runner(database, settings, clock, {name: kind for name, kind in kinds().items() if name.startswith(kept)})


@pytest.fixture
def left(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    runner: Runner,
    sign_in: Callable[..., FlaskClient],
) -> removals.Left:
    """What a caller left, long ago."""
    sign_in(Role.SCREENER, username="penyaring")
    with database.writing() as tx:
        made = removals.left_by_caller(tx, settings, now)
    runner.run_all()
    clock.advance(timedelta(days=800))
    return made


def approved(database: Database, settings: Settings, clock: ManualClock, matter: Matter, subject: str) -> int:
    classes = load_classes(settings)
    with database.writing() as tx:
        row = deletions.propose(tx, settings, classes, matter, subject, by=ONE, at=clock.now())
    with database.writing() as tx:
        deletions.approve(tx, settings, classes, tx.get_one(Deletion, row.id), by=OTHER, at=clock.now())
    return row.id


def told(database: Database) -> str:
    """Every column of every row of the station, private ones opened, as one text."""
    parts: list[str] = []
    with database.reading() as session:
        for mapper in Base.registry.mappers:
            for row in session.scalars(select(mapper.class_)):
                parts += [str(getattr(row, one.key)) for one in mapper.column_attrs]
    return "\n".join(parts)


def sealed_values(database: Database) -> list[bytes]:
    """The private values of the station as they lie in the database."""
    found: list[bytes] = []
    with database.looking() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Private | PrivateJson):
                    found += connection.scalars(select(type_coerce(column, LargeBinary)).where(column.is_not(None)))
    return [bytes(one) for one in found]


def test_of_a_call_nothing_is_left_but_that_there_was_one(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, left: removals.Left
) -> None:
    row = approved(database, settings, clock, Matter.CALL, left.call.public_id)
    approved(database, settings, clock, Matter.COMPLAINT, left.ticket.public_id)
    before = told(database)
    assert all(secret in before for secret in removals.SECRETS)
    runner.run_all()
    after = told(database)
    assert not [secret for secret in removals.SECRETS if secret in after]
    assert [one for one in settings.data.rglob("*") if one.is_file() and b"gambar" in one.read_bytes()] == []
    assert list(originals(settings).list()) == [] and takes(settings.spool) == []
    with database.reading() as session:
        call = session.get_one(Call, left.call.id)
        assert call.removed_at == clock.now() and call.state == left.call.state and call.channel is Channel.WHATSAPP
        assert session.get_one(Recording, left.recording.id).removed_at == clock.now()
        stone = json.loads(session.get_one(Deletion, row).body)
        assert stone["class"] == "call" and "UU 27/2022" in stone["ground"]
        assert {one["path"] for one in stone["files"]} >= {left.recording.key} and len(stone["files"]) == 2
        assert (stone["proposed_by"], stone["approved_by"]) == (ONE, OTHER)
        log = list(session.scalars(select(LogEntry.body).where(LogEntry.kind == LogKind.DELETION)))
        assert len(log) == 2 and left.call.public_id not in "".join(log)
        assert session.scalar(select(func.count()).select_from(Job).where(Job.state == "failed")) == 0
        trail = list(
            session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"call {left.call.public_id}"))
        )
        assert {"deletion proposed", "deletion approved", "deleted"} <= set(trail)
    with database.writing() as tx, pytest.raises(Conflict, match="deleted"):
        calls.withdraw_consent(tx, tx.get_one(Call, left.call.id), by="a", at=clock.now())
    with pytest.raises(NotFound):
        approved(database, settings, clock, Matter.CALL, left.call.public_id)


@pytest.mark.only_sqlite("PostgreSQL frees the room of a deleted row, and writes over it when it is used again")
def test_the_file_of_the_database_holds_none_of_it(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, left: removals.Left
) -> None:
    approved(database, settings, clock, Matter.CALL, left.call.public_id)
    before = set(sealed_values(database))
    runner.run_all()
    gone = before - set(sealed_values(database))
    assert len(gone) > 10
    held = b"".join(one.read_bytes() for one in settings.data.glob("radiodesk.sqlite*"))
    # The first bytes name the key; a page may break a long value.
    assert not [one for one in gone if one[:40] in held]


def test_a_complaint_stays_counted_and_says_nothing(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    runner: Runner,
    public: Flask,
) -> None:
    with database.writing() as tx:
        opened = tickets.opened(tx, settings, now, place="Rumah Karsinem")
        ticket = opened.ticket
        rules = tickets.rules(settings)
        complaints.forward(tx, rules, ticket, "dishub", by="a", at=now)
        complaints.answer(tx, rules, ticket, tickets.ANSWER, by="a", at=now)
        complaints.close(tx, rules, ticket, by="a", at=now)
    runner.run_all()
    clock.advance(timedelta(days=731))
    visitor, place = public.test_client(), f"/open311/v2/requests/{ticket.number}.json"
    assert "Lampu jalan di depan pasar padam" in json.dumps(visitor.get(place).json)
    with database.reading() as session:
        before = asked_between(session, now, clock.now())
        counted = [(one.number, one.state, one.category, one.answered_at, one.promises) for one in before]
    approved(database, settings, clock, Matter.COMPLAINT, ticket.public_id)
    runner.run_all()
    with database.reading() as session:
        after = asked_between(session, now, clock.now())
        assert counted == [(one.number, one.state, one.category, one.answered_at, one.promises) for one in after]
        shown = session.scalars(select(PublishedTicket)).one()
        assert all(entry["text"] == "" for entry in shown.entries) and shown.place is None
    page = json.dumps(visitor.get(place).json)
    assert "Lampu jalan" not in page and "masa simpannya berakhir" in page and ticket.number in page
    with pytest.raises(NotOpened):
        look_up(database, ticket.number, opened.pin or "", address="127.0.0.1", at=clock.now())
    assert "Karsinem" not in told(database) and tickets.ANSWER not in told(database)
    with database.writing() as tx, pytest.raises(Conflict, match="deleted"):
        complaints.reopen(tx, rules, tx.get_one(Ticket, ticket.id), "lagi", by="a", at=clock.now())


def test_what_somebody_owes_an_answer_is_not_due(
    database: Database, settings: Settings, now: datetime, clock: ManualClock
) -> None:
    with database.writing() as tx:
        call = calls.receive(tx, Channel.SMS, at=now, phone=removals.PHONE, message="Lampu padam")
        calls.drop(tx, call, by="a", at=now)
        ticket = tickets.in_state(tx, settings, TicketState.FORWARDED, now, call=call)
    clock.advance(timedelta(days=200))
    with pytest.raises(NotFound):
        approved(database, settings, clock, Matter.CALL, call.public_id)
    with database.writing() as tx:
        complaints.answer(tx, tickets.rules(settings), tx.get_one(Ticket, ticket.id), "Sudah", by="a", at=clock.now())
    approved(database, settings, clock, Matter.CALL, call.public_id)


def test_a_raw_take_goes_and_the_package_of_its_broadcast_stays(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, runner: Runner
) -> None:
    with database.writing() as tx:
        made = shows.ended(tx, settings, now)
        archive.seal(tx, settings, made.broadcast, by=ONE, at=now)
    runner.run_all()
    take = removals.spooled(settings, now)
    clock.advance(timedelta(days=8))
    row = approved(database, settings, clock, Matter.TAKE, take.id)
    with database.reading() as session:
        stone = json.loads(session.get_one(Deletion, row).body)
    assert stone["machine"] == settings.machine
    assert {"path": f"{take.id}/caller.pcm", "bytes": 800} in stone["files"]
    runner.run_all()
    assert takes(settings.spool) == []
    assert verify_shelf(packages_shelf(settings)).ok
    with database.reading() as session:
        assert session.get_one(Deletion, row).state is DeletionState.DONE
        assert session.get_one(Recording, made.programme.id).removed_at is None


def test_many_are_proposed_and_approved_in_one_act_and_a_hold_spares_one(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    runner: Runner,
    sign_in: Callable[..., FlaskClient],
) -> None:
    with database.writing() as tx:
        made = [calls.receive(tx, Channel.SMS, at=now, phone=f"08123456{n:04}", message=f"Pesan {n}") for n in range(5)]
        for call in made:
            calls.drop(tx, call, by="a", at=now)
    clock.advance(timedelta(days=181))
    one, other = sign_in(Role.ARCHIVIST, username=ONE), sign_in(Role.PRODUCER, username=OTHER)
    assert "/masa-simpan/usul-semua/call" in one.get("/masa-simpan").text
    assert one.post("/masa-simpan/usul-semua/call").status_code == 303
    assert one.post("/masa-simpan/usul-semua/call").status_code == 404, "all are proposed"
    assert one.post("/masa-simpan/usul-semua/apa").status_code == 404
    with database.reading() as session:
        batch = session.scalars(select(Deletion.batch).distinct()).one()
    place = f"/masa-simpan/penghapusan/bersama/{batch}"
    assert f"{place}/setuju" not in one.get("/masa-simpan/penghapusan").text
    assert one.post(f"{place}/setuju").status_code == 403
    assert other.post(f"{place}/tolak", data={"reason": ""}).status_code == 422
    assert "semua 5" in other.get("/masa-simpan/penghapusan").text
    with database.writing() as tx:
        holds.hold(tx, HeldKind.CALL, made[2].public_id, "Perkara", until=None, by=OTHER, at=clock.now())
    assert other.post(f"{place}/setuju").status_code == 303
    assert other.post(f"{place}/setuju").status_code == 404
    runner.run_all()
    with database.reading() as session:
        gone = [call.removed_at is not None for call in session.scalars(select(Call).order_by(Call.id))]
        assert gone == [True, True, False, True, True]
        states = list(session.scalars(select(Deletion.state).order_by(Deletion.id)))
        assert states.count(DeletionState.DONE) == 4 and states.count(DeletionState.REFUSED) == 1
    page = other.get("/masa-simpan/penghapusan").text
    assert "ditahan" in page


def test_nobody_approves_an_act_of_their_own(
    database: Database, settings: Settings, clock: ManualClock, left: removals.Left
) -> None:
    classes = load_classes(settings)
    with database.writing() as tx:
        rows = deletions.propose_due(tx, settings, classes, Matter.CALL, by=ONE, at=clock.now())
    with database.reading() as session, pytest.raises(Forbidden):
        deletions.approve_batch(session, settings, classes, rows[0].batch or "", by=ONE, at=clock.now())


DIES = """
import os, signal, sys
from datetime import datetime
from radiodesk.core.clock import ManualClock
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import prepare, kinds
from radiodesk.core.jobs import Context
from radiodesk.rooms.retention import call_removal, deletions, jobs
from radiodesk.core.stores.shelves import StoreObject

def die(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)

step, row, at = sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
settings = Settings(data="data")
database = prepare(settings)
if step == "before files":
    call_removal.remove_files = die
elif step == "between files":
    whole, seen = StoreObject.delete, []
    def delete(one):
        whole(one)
        seen.append(one)
        if len(seen) == 3:
            die()
    StoreObject.delete = delete
elif step == "files gone":
    deletions.finish = die
elif step == "words half gone":
    call_removal.forget_drafts = die
elif step == "before commit":
    deletions.are_under_way = die
jobs.delete(Context(database, settings, ManualClock(at), print), row)
"""


@pytest.mark.parametrize("step", ["before files", "between files", "files gone", "words half gone", "before commit"])
def test_a_killed_process_leaves_what_the_next_one_ends(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, left: removals.Left, step: str
) -> None:
    row = approved(database, settings, clock, Matter.CALL, left.call.public_id)
    whole = told(database)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", DIES, step, str(row), clock.now().isoformat()]
    killed = subprocess.run(command, env=environment, cwd=settings.data.parent, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert told(database) == whole, "the words go in one transaction or not at all"
    assert (len(list(originals(settings).list())) == 1) == (step == "before files")
    with database.reading() as session:
        assert session.get_one(Deletion, row).state is DeletionState.APPROVED, "declared, and not forgotten"
    runner.run_all()
    after = told(database)
    assert "Rumah Karsinem" not in after and list(originals(settings).list()) == []
    with database.reading() as session:
        assert session.get_one(Deletion, row).state is DeletionState.DONE
        assert session.scalar(select(func.count()).select_from(LogEntry).where(LogEntry.kind == LogKind.DELETION)) == 1
