"""What a deletion does to a broadcast that is public: the record stays, but for who asked to be taken out of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Job, JobState, Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.record import services as record
from radiodesk.rooms.record.models import PieceKind, PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.public_queries import published_by_id
from radiodesk.rooms.retention import data_removal, data_requests, deletions
from radiodesk.rooms.retention.models import DataRequest, Deletion
from radiodesk.rooms.retention.retention_classes import Matter, load_classes
from tests.factories import shows

pytestmark = pytest.mark.slow  # each show is sealed, cut and encoded for real

ONE, OTHER = "produser", "arsiparis"


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


@pytest.fixture
def show(database: Database, settings: Settings, now: datetime, clock: ManualClock, runner: Runner) -> shows.Show:
    """A show that was published more than a year ago."""
    with database.writing() as tx:
        made = shows.ended(tx, settings, now)
        shows.tell_start(made.programme, made.broadcast.on_air_at)
        archive.seal(tx, settings, made.broadcast, by=OTHER, at=now)
    runner.run_all()
    publish(database, settings, runner, made, now)
    clock.advance(timedelta(days=400))
    return made


def publish(database: Database, settings: Settings, runner: Runner, show: shows.Show, at: datetime) -> None:
    with database.writing() as tx:
        record.publish(tx, settings, tx.get_one(Broadcast, show.broadcast.id), by=OTHER, at=at)
    runner.run_all()


def pieces(database: Database, show: shows.Show) -> dict[str, PublishedPiece]:
    """What the public has of it, by kind."""
    with database.reading() as session:
        return {one.kind: one for one in published_by_id(session, show.broadcast.public_id).pieces}


def fail_nothing(database: Database) -> None:
    with database.reading() as session:
        assert session.scalars(select(Job.kind).where(Job.state == JobState.FAILED)).all() == []


def test_when_its_time_is_over_the_record_stays_as_it_is_and_can_be_written_anew(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, show: shows.Show
) -> None:
    before = pieces(database, show)[PieceKind.CALL]
    assert before.audio_key and "Lampu jalan" in before.text
    classes = load_classes(settings)
    with database.writing() as tx:
        row = deletions.propose(tx, settings, classes, Matter.CALL, show.caller.public_id, by=ONE, at=clock.now())
    with database.writing() as tx:
        deletions.approve(tx, settings, classes, tx.get_one(Deletion, row.id), by=OTHER, at=clock.now())
    runner.run_all()
    assert pieces(database, show)[PieceKind.CALL].audio_key == before.audio_key
    publish(database, settings, runner, show, clock.now())
    after = pieces(database, show)
    assert after[PieceKind.CALL].text == before.text and after[PieceKind.CALL].audio_key is None
    assert after[PieceKind.PROGRAMME].audio_key
    with database.reading() as session:
        assert session.scalars(select(PublishedBroadcast)).one().calls_taken == 1
    fail_nothing(database)


def test_who_asked_to_be_removed_leaves_the_public_copy(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner, show: shows.Show
) -> None:
    with database.writing() as tx:
        request = data_requests.note_request(tx, shows.PHONE, "KTP", by=ONE, at=clock.now()).id
    with database.writing() as tx:
        row = tx.get_one(DataRequest, request)
        data_requests.begin_looking(tx, row, at=clock.now())
        data = data_requests.found_of(tx, row, clock.now())
        picked = [f"call:{show.caller.public_id}"]
        batch = data_removal.propose(tx, row, data, picked, by=ONE, at=clock.now())[0].batch or ""
    assert PieceKind.CALL in pieces(database, show)
    with database.writing() as tx:
        deletions.approve_batch(tx, settings, load_classes(settings), batch, by=OTHER, at=clock.now())
    runner.run_all()
    after = pieces(database, show)
    assert PieceKind.CALL not in after and PieceKind.SCRIPT in after
    with database.reading() as session:
        shown = published_by_id(session, show.broadcast.public_id)
        assert "Lampu jalan" not in str(shown.as_run)
        assert session.get_one(Call, show.caller.id).removed_at is not None
    fail_nothing(database)
