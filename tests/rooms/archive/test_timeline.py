"""After the show: the timeline, boundaries that are put right, and what still hinders sealing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.broadcasts import boundaries, services
from radiodesk.rooms.broadcasts.air_time import on_air
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.programme_sound import tell_start
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.broadcasts.timeline import timeline
from radiodesk.rooms.calls.models import Protected
from radiodesk.rooms.programme import services as programmes
from tests.factories import shows

BY = "arsiparis"


@pytest.fixture(params=["open", "guarded"])
def show(request: pytest.FixtureRequest, database: Database, settings: Settings, now: datetime) -> shows.Show:
    """A show of fifty seconds: a script from second 2 to 12, a caller from 14 to 34, a dump from 36 to 40."""
    with database.writing() as tx:
        found = shows.ended(tx, settings, now)
        if request.param == "guarded":
            found.caller.protected = Protected.VICTIM
        tell_start(tx, found.broadcast, found.programme, now, by=BY, at=now)
        return found


@pytest.fixture
def keeper(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.ARCHIVIST, username=BY)


def entries(database: Database, show: shows.Show) -> dict[AsRunKind, AsRun]:
    with database.reading() as session:
        return {one.kind: one for one in as_run(session, session.get_one(Broadcast, show.broadcast.id))}


def moved(database: Database, show: shows.Show, kind: AsRunKind, offset: float, at: datetime) -> AsRun:
    with database.writing() as tx:
        broadcast = tx.get_one(Broadcast, show.broadcast.id)
        return boundaries.move_boundary(tx, broadcast, entries(database, show)[kind].id, offset, by=BY, at=at)


def test_everything_lies_along_the_time(database: Database, show: shows.Show) -> None:
    with database.reading() as session:
        line = timeline(session, session.get_one(Broadcast, show.broadcast.id))
    told = {one.kind: (round(one.begins), round(one.ends)) for one in line.stretches}
    assert told == {"script": (2, 50), "call": (14, 34), "cut": (36, 40)}
    assert line.seconds == 50
    assert line.has_words
    # What a caller said, or others while the caller was on air, stands beside no boundary.
    near = [word.at for one in line.boundaries for word in (*one.before, *one.after)]
    assert near and not any(13 < at < 35 for at in near)


@pytest.mark.parametrize("show", ["open"], indirect=True)
def test_a_script_really_began_later(
    database: Database, settings: Settings, show: shows.Show, keeper: FlaskClient, clock: ManualClock
) -> None:
    entry = entries(database, show)[AsRunKind.SCRIPT]
    address = f"/siaran/{show.broadcast.public_id}/linimasa"
    assert keeper.post(f"{address}/{entry.id}", data={"offset": "0:03,5"}).status_code == 303
    found = entries(database, show)[AsRunKind.SCRIPT]
    assert (found.offset, found.was) == (3.5, 2.0)
    assert found.at == entry.at + timedelta(seconds=1.5)
    page = keeper.get(address).text
    assert "0:03.5" in page and "0:02.0" in page
    assert keeper.post(f"{address}/{entry.id}", data={"offset": "2"}).status_code == 303
    assert entries(database, show)[AsRunKind.SCRIPT].was == 2.0, "what the clock said stays"


@pytest.mark.parametrize("show", ["open"], indirect=True)
@pytest.mark.parametrize("written", ["", "abc", "1:2:3:4", "-5", "nan", "1e99", "99"])
def test_a_time_that_cannot_be_is_refused_at_its_field(
    show: shows.Show, database: Database, keeper: FlaskClient, written: str
) -> None:
    entry = entries(database, show)[AsRunKind.SCRIPT]
    address = f"/siaran/{show.broadcast.public_id}/linimasa/{entry.id}"
    assert keeper.post(address, data={"offset": written}).status_code == 422
    assert entries(database, show)[AsRunKind.SCRIPT].offset == 2.0


@pytest.mark.parametrize("show", ["open"], indirect=True)
def test_an_end_stays_behind_its_beginning(database: Database, show: shows.Show, now: datetime) -> None:
    with pytest.raises(Unreadable):
        moved(database, show, AsRunKind.SCRIPT_END, 1.0, now)
    with pytest.raises(Unreadable):
        moved(database, show, AsRunKind.CALL_ON, 35.0, now)
    with pytest.raises(Unreadable):
        moved(database, show, AsRunKind.CALL_OFF, 51.0, now)


def test_a_guarded_callers_time_on_air_only_grows(database: Database, show: shows.Show, now: datetime) -> None:
    moved(database, show, AsRunKind.CALL_ON, 13.0, now)
    moved(database, show, AsRunKind.CALL_OFF, 36.0, now)
    if show.caller.protected is Protected.VICTIM:
        with pytest.raises(Conflict):
            moved(database, show, AsRunKind.CALL_ON, 14.0, now)
        with pytest.raises(Conflict):
            moved(database, show, AsRunKind.CALL_OFF, 35.0, now)
        expected = (13.0, 36.0)
    else:
        moved(database, show, AsRunKind.CALL_ON, 15.0, now)
        moved(database, show, AsRunKind.CALL_OFF, 33.0, now)
        expected = (15.0, 33.0)
    with database.reading() as session:
        broadcast = session.get_one(Broadcast, show.broadcast.id)
        line = timeline(session, broadcast)
        (span,) = on_air(as_run(session, broadcast), show.caller.public_id)
    assert [(one.begins, one.ends) for one in line.stretches if one.kind == "call"] == [expected]
    # Whoever is closed later is closed for all the seconds that anything says, whatever a person thought then.
    assert (span.start, span.end) == (min(14.0, expected[0]), max(34.0, expected[1]))


@pytest.mark.parametrize("kind", [AsRunKind.CALL_ON, AsRunKind.CALL_OFF])
def test_saving_what_stands_there_is_no_conflict(
    database: Database, show: shows.Show, now: datetime, kind: AsRunKind
) -> None:
    before = entries(database, show)[kind]
    assert moved(database, show, kind, before.offset, now).was is None


@pytest.mark.parametrize("show", ["open"], indirect=True)
def test_nothing_moves_on_air_or_when_it_is_sealed(
    database: Database, show: shows.Show, now: datetime, keeper: FlaskClient
) -> None:
    with database.writing() as tx:
        series = programmes.add_programme(tx, "Lain", by=BY, at=now)
        live = services.plan(tx, series, "", now, by=BY, at=now)
        services.go_on_air(tx, live, by=BY, at=now)
        entry = services.mark(tx, live, "Janji", by=BY, at=now + timedelta(seconds=5))
        with pytest.raises(Conflict):
            boundaries.move_boundary(tx, live, entry.id, 1.0, by=BY, at=now)
        name = live.public_id
    assert keeper.get(f"/siaran/{name}/linimasa").status_code == 409
    address = f"/siaran/{show.broadcast.public_id}/linimasa"
    with database.writing() as tx:
        broadcast = tx.get_one(Broadcast, show.broadcast.id)
        sealed = Package(public_id="p-1", broadcast=broadcast, requested_at=now, requested_by=BY)
        tx.add(sealed)
    while_written = keeper.post(f"{address}/{entries(database, show)[AsRunKind.SCRIPT].id}", data={"offset": "4"})
    assert while_written.status_code == 409
    assert 'name="offset"' not in keeper.get(address).text
    with database.writing() as tx:
        tx.scalars(select(Package)).one().state = PackageState.SEALED
    page = keeper.get(f"/siaran/{show.broadcast.public_id}/linimasa").text
    assert 'name="offset"' not in page
    with pytest.raises(Conflict):
        moved(database, show, AsRunKind.SCRIPT, 4.0, now)


def test_what_hinders_sealing_stands_there_with_its_links(
    database: Database, settings: Settings, keeper: FlaskClient, now: datetime
) -> None:
    with database.writing() as tx:
        found = shows.ended(tx, settings, now)
        found.programme.start_known = False
    page = keeper.get(f"/siaran/{found.broadcast.public_id}/linimasa").text
    assert f"/siaran/{found.broadcast.public_id}#programme-recording" in page
    assert f"/siaran/{found.broadcast.public_id}/segel" in page


def test_a_protected_callers_topic_is_not_on_it(
    database: Database, settings: Settings, keeper: FlaskClient, now: datetime
) -> None:
    with database.writing() as tx:
        found = shows.ended(tx, settings, now)
        found.caller.protected = Protected.VICTIM
    page = keeper.get(f"/siaran/{found.broadcast.public_id}/linimasa").text
    assert "Lampu jalan" not in page
    with database.reading() as session:
        assert session.scalars(select(AsRun).where(AsRun.kind == AsRunKind.CALL_ON)).one()
