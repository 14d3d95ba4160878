"""Classes are read from files and checked, what is due is listed, and a legal hold keeps things from being due."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.i18n import say
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds, prepare
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.queries import sealed_package_of
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.recordings.services import store_upload
from radiodesk.rooms.retention import holds
from radiodesk.rooms.retention.due import what_is_due
from radiodesk.rooms.retention.models import HeldKind, LegalHold
from radiodesk.rooms.retention.retention_classes import Matter, RetentionInvalid, load_classes
from radiodesk.rooms.tickets.models import TicketState
from radiodesk.sound.takes import Take
from tests.factories import shows, tickets

BY = "produser"
REASON = "Permintaan penyidik B/17/XI/2026 tentang Karsinem"


@pytest.fixture
def show(database: Database, settings: Settings, now: datetime, clock: ManualClock) -> shows.Show:
    """A show that is sealed."""
    with database.writing() as tx:
        made = shows.ended(tx, settings, now)
        # As if the message that came beside the show had been deleted: one call is left to look at.
        made.quiet.removed_at = now
        archive.seal(tx, settings, made.broadcast, by=BY, at=now)
    Runner(
        database, settings, clock, {name: kind for name, kind in kinds().items() if name.startswith("archive")}
    ).run_all()
    return made


def due(database: Database, settings: Settings, clock: ManualClock) -> dict[Matter, list[str]]:
    """What is due now, by class."""
    with database.reading() as session:
        found = what_is_due(session, settings, load_classes(settings), clock.now())
    assert all(one.count == len(one.rows) for one in found)
    return {one.kept.matter: [row.subject for row in one.rows] for one in found if one.rows}


def later(clock: ManualClock, days: int) -> None:
    clock.advance(timedelta(days=days))


def test_each_class_falls_due_in_its_time(
    database: Database, settings: Settings, clock: ManualClock, show: shows.Show
) -> None:
    assert due(database, settings, clock) == {}
    later(clock, 181)
    assert due(database, settings, clock) == {Matter.CALL: [show.caller.public_id]}
    later(clock, 220)
    with database.reading() as session:
        package = sealed_package_of(session, session.get_one(Broadcast, show.broadcast.id))
        assert package is not None
    assert due(database, settings, clock)[Matter.RESTRICTED] == [package.public_id]
    later(clock, 1500)
    assert due(database, settings, clock)[Matter.PACKAGE] == [package.public_id]
    with database.reading() as session:
        row = next(one for one in what_is_due(session, settings, load_classes(settings), clock.now()) if one.rows).rows[
            0
        ]
    assert row.title == show.broadcast.title and row.bytes == package.bytes
    assert row.since == row.began + timedelta(days=1825)


def test_what_could_not_be_read_and_raw_takes_go_first(
    database: Database, settings: Settings, now: datetime, clock: ManualClock
) -> None:
    with database.writing() as tx:
        broken = store_upload(tx, settings, BytesIO(b"bukan suara"), "aneh.wav", at=now)
        store_upload(tx, settings, shows.sound(1), "baik.flac", at=now)
    settings.spool.mkdir(parents=True, exist_ok=True)
    take = Take.create(
        settings.spool,
        monotonic=lambda: 0.0,
        line="1",
        kind="soundcard",
        sample_rate=8000,
        directions=("caller",),
        started_at=now,
    )
    take.close()
    later(clock, 6)
    assert due(database, settings, clock) == {}
    later(clock, 9)
    assert due(database, settings, clock) == {Matter.UPLOAD: [broken.public_id], Matter.TAKE: [take.id]}


@pytest.mark.parametrize("kind", list(HeldKind))
def test_what_is_held_is_never_due_until_it_is_lifted(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, show: shows.Show, kind: HeldKind
) -> None:
    with database.writing() as tx:
        closed = TicketState.CLOSED
        ticket = tickets.in_state(tx, settings, closed, now, call=tx.get_one(Call, show.caller.id))
    subjects = {
        HeldKind.BROADCAST: show.broadcast.public_id,
        HeldKind.CALL: show.caller.public_id,
        HeldKind.COMPLAINT: ticket.public_id,
    }
    with database.writing() as tx:
        held = holds.hold(tx, kind, subjects[kind], REASON, until=None, by=BY, at=now)
    later(clock, 4000)
    assert due(database, settings, clock) == {}
    with database.writing() as tx:
        holds.lift(tx, tx.get_one(LegalHold, held.id), "Perkara selesai", by="arsiparis", at=clock.now())
    assert {Matter.CALL, Matter.RESTRICTED, Matter.PACKAGE} <= due(database, settings, clock).keys()
    with database.reading() as session:
        trail = [(one.actor, one.action) for one in session.query(AuditEntry) if one.action.startswith("legal hold")]
        told = json.dumps([one.details for one in session.query(AuditEntry)])
    assert trail == [(BY, "legal hold laid"), ("arsiparis", "legal hold lifted")]
    assert "Karsinem" not in told


def test_a_hold_with_a_last_day_ends_by_itself(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, show: shows.Show
) -> None:
    with database.writing() as tx:
        until = now + timedelta(days=300)
        holds.hold(tx, HeldKind.BROADCAST, show.broadcast.public_id, REASON, until=until, by=BY, at=now)
    later(clock, 299)
    assert due(database, settings, clock) == {}
    later(clock, 2)
    assert due(database, settings, clock) == {Matter.CALL: [show.caller.public_id]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[package]\ndays = 300", "365"),
        ("[package]\ndays = 'lama'", "lama"),
        ("[package]\ndays = true", "365"),
        ("[package]\nhari = 400", "hari"),
        ("[paket]\ndays = 400", "paket"),
        ("package = 400", "[package]"),
        ("[call", "retention.toml"),
        ("[call]\nground = ''", "call"),
        ("[package]\ndays = 365", "restricted"),
    ],
)
def test_a_mistake_in_the_stations_file_is_told_at_the_start(settings: Settings, text: str, says: str) -> None:
    (settings.data / "retention.toml").write_text(text)
    with pytest.raises(RetentionInvalid) as refused:
        prepare(settings)
    assert says in say(refused.value) and "retention.toml" in say(refused.value)


def test_a_station_says_other_days(
    database: Database, settings: Settings, clock: ManualClock, show: shows.Show
) -> None:
    (settings.data / "retention.toml").write_text("[call]\ndays = 30\nground = 'Keputusan Kapolres 3/2026'\n")
    later(clock, 31)
    assert due(database, settings, clock) == {Matter.CALL: [show.caller.public_id]}
    kept = load_classes(settings)[Matter.CALL]
    assert kept.ground_in("id") == kept.ground_in("en") == "Keputusan Kapolres 3/2026"


def test_the_page_lists_what_is_due_and_a_hold_stands_at_the_thing(
    database: Database,
    sign_in: Callable[..., FlaskClient],
    settings: Settings,
    clock: ManualClock,
    show: shows.Show,
) -> None:
    keeper = sign_in(Role.PRODUCER, username=BY)
    later(clock, 500)
    keeper = sign_in(Role.PRODUCER, username="produser2")
    page = keeper.get("/masa-simpan").text
    assert show.broadcast.title in page and "Bagian tertutup paket" in page and "1 jatuh tempo" in page
    place = f"/masa-simpan/penahanan/siaran/{show.broadcast.public_id}"
    assert place in keeper.get(f"/siaran/{show.broadcast.public_id}").text
    empty = keeper.post(place, data={"reason": " "})
    assert empty.status_code == 422 and "Isikan alasan penahanan hukum." in empty.text
    assert keeper.post(place, data={"reason": REASON}, follow_redirects=True).status_code == 200
    assert "Dalam penahanan hukum" in keeper.get(f"/siaran/{show.broadcast.public_id}").text
    assert REASON in keeper.get(place).text
    assert "Dalam penahanan hukum" not in keeper.get(f"/antrean/{show.caller.public_id}").text
    assert "1 jatuh tempo" not in keeper.get("/masa-simpan").text
    found = re.search(r"/masa-simpan/cabut/[0-9a-f-]+", keeper.get(place).text)
    assert found is not None
    assert keeper.post(found[0], data={"reason": ""}).status_code == 422
    keeper.post(found[0], data={"reason": "Perkara selesai"})
    assert "Dalam penahanan hukum" not in keeper.get(f"/siaran/{show.broadcast.public_id}").text
    assert "dicabut" in keeper.get("/masa-simpan/penahanan").text
    place = f"/masa-simpan/penahanan/panggilan/{show.caller.public_id}"
    keeper.post(place, data={"reason": REASON, "until": "2030-01-31"})
    assert "sampai akhir 31 Januari 2030" in keeper.get(f"/antrean/{show.caller.public_id}/nomor").text
    assert keeper.get("/masa-simpan/penahanan/siaran/tidak-ada").status_code == 404
    assert keeper.get("/masa-simpan/penahanan/apa/x").status_code == 404
