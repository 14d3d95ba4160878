"""What a person asked to have removed goes by two persons; what must stay is named, and the answer tells of both."""

import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.jobs import Job, Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind
from radiodesk.rooms.record import services as record
from radiodesk.rooms.record.listener_requests import services as listeners
from radiodesk.rooms.record.listener_requests.models import ListenerRequest, RequestKind
from radiodesk.rooms.record.models import Piece, PublishedBroadcast
from radiodesk.rooms.retention import data_removal, data_requests, deletions, holds, jobs, text_search
from radiodesk.rooms.retention.data_requests import Ground
from radiodesk.rooms.retention.models import DataRequest, Deletion, HeldKind
from radiodesk.rooms.retention.retention_classes import Matter, load_classes
from radiodesk.rooms.tickets.models import Ticket, TicketState
from tests.factories import records, removals, shows, tickets

ONE, OTHER = "produser", "arsiparis"
PHONE = removals.PHONE


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    kept = ("archive", "retention", "record.ticket")
    return Runner(database, settings, clock, {name: kind for name, kind in kinds().items() if name.startswith(kept)})


def noted(database: Database, clock: ManualClock, phone: str = PHONE) -> int:
    """A request that was looked through."""
    with database.writing() as tx:
        row = data_requests.note_request(tx, phone, "KTP", by=ONE, at=clock.now())
        row_id = row.id
    with database.writing() as tx:
        data_requests.begin_looking(tx, tx.get_one(DataRequest, row_id), at=clock.now())
    return row_id


def things(database: Database, clock: ManualClock, request: int) -> list[data_removal.Thing]:
    with database.reading() as session:
        row = session.get_one(DataRequest, request)
        return data_removal.things_of(session, row, data_requests.found_of(session, row, clock.now()))


def proposed(database: Database, clock: ManualClock, request: int, picked: list[str]) -> str:
    """The act in which this was proposed."""
    with database.writing() as tx:
        row = tx.get_one(DataRequest, request)
        data = data_requests.found_of(tx, row, clock.now())
        return data_removal.propose(tx, row, data, picked, by=ONE, at=clock.now())[0].batch or ""


def approve(database: Database, settings: Settings, clock: ManualClock, batch: str) -> tuple[int, int]:
    with database.writing() as tx:
        return deletions.approve_batch(tx, settings, load_classes(settings), batch, by=OTHER, at=clock.now())


def test_what_was_picked_is_gone_and_a_new_search_finds_what_was_kept(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, runner: Runner
) -> None:
    with database.writing() as tx:
        left = removals.left_by_caller(tx, settings, now)
        other = calls.receive(tx, Channel.SMS, at=now, phone=PHONE, message="Satu lagi")
        calls.drop(tx, other, by="a", at=now)
        tickets.in_state(tx, settings, TicketState.FORWARDED, now, call=tx.get_one(Call, other.id))
        said = "Hubungi nol delapan satu dua tujuh tujuh tujuh tujuh delapan delapan delapan delapan."
        programme.write_script(tx, ScriptKind.FREE, "Catatan", programme.Draft(said), by="a", at=now, speed=140.0)
    request = noted(database, clock)
    found = things(database, clock, request)
    assert {(one.matter, one.ground) for one in found if one.ground is not Ground.NONE} == {
        (Matter.CALL, Ground.OPEN),
        (Matter.COMPLAINT, Ground.OPEN),
    }
    free = [one.pick for one in found if one.ground is Ground.NONE]
    assert sorted(free) == sorted([f"call:{left.call.public_id}", f"complaint:{left.ticket.public_id}"])
    with pytest.raises(Conflict):
        proposed(database, clock, request, [f"call:{other.public_id}"])
    with pytest.raises(Unreadable):
        proposed(database, clock, request, ["call:lain"])
    batch = proposed(database, clock, request, free)
    with pytest.raises(Conflict):
        proposed(database, clock, request, free)
    assert approve(database, settings, clock, batch) == (2, 0)
    runner.run_all()
    with database.reading() as session:
        row = session.get_one(DataRequest, request)
        stone = json.loads(session.scalars(select(Deletion.body).where(Deletion.matter == Matter.CALL)).one())
        assert "pasal 8 dan 43" in stone["ground"] and stone["days"] is None
        assert row.outcome is not None and {one["ground"] for one in row.outcome["kept"]} == {"open"}
        told = json.dumps([[one.subject, one.details] for one in session.scalars(select(AuditEntry))])
        assert "81277778888" not in told
    again = noted(database, clock)
    assert {(one.subject, one.ground) for one in things(database, clock, again)} == {
        (one.subject, one.ground) for one in found if one.ground is not Ground.NONE
    }
    with database.reading() as session:
        data = data_requests.found_of(session, session.get_one(DataRequest, again), clock.now())
    assert {row.ground for row in data.rows} == {Ground.OPEN, Ground.BY_HAND, Ground.AUDIT}
    assert "Karsinem" not in json.dumps([row.values for row in data.rows], ensure_ascii=False)


def test_what_somebody_asked_about_a_broadcast_goes_once_it_is_answered(
    database: Database, settings: Settings, clock: ManualClock, runner: Runner
) -> None:
    def ask(tx: Session) -> int:
        shown = tx.scalars(select(PublishedBroadcast)).one()
        drawn = listeners.draw(tx, clock.now())
        asked = listeners.Asked(RequestKind.REMOVAL, "Itu suara Karsinem", "personal", contact=PHONE)
        show = records.broadcast_of(tx, shown.public_id)
        return listeners.send(tx, shown, show, asked, drawn, network="x", most=None, at=clock.now()).id

    with database.writing() as tx:
        records.public_show(tx, settings, clock.now())
        answered, open_one = ask(tx), ask(tx)
        listeners.decline(
            tx, settings, tx.get_one(ListenerRequest, answered), "Ada dasar hukum.", by="a", at=clock.now()
        )
    request = noted(database, clock)
    found = {one.ground: one for one in things(database, clock, request)}
    assert {one.matter for one in found.values()} == {Matter.REQUEST} and set(found) == {Ground.NONE, Ground.OPEN}
    with pytest.raises(Conflict):
        proposed(database, clock, request, [found[Ground.OPEN].pick])
    batch = proposed(database, clock, request, [found[Ground.NONE].pick])
    assert approve(database, settings, clock, batch) == (1, 0)
    runner.run_all()
    with database.reading() as session:
        gone, left = (session.get_one(ListenerRequest, one) for one in (answered, open_one))
        assert (gone.words, gone.contact, gone.phone_hash) == ("", "", None) and gone.answer == "Ada dasar hukum."
        assert left.contact == PHONE
    assert [one.ground for one in things(database, clock, noted(database, clock))] == [Ground.OPEN]


def test_a_hold_that_comes_meanwhile_keeps_it_with_the_reason(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, runner: Runner
) -> None:
    with database.writing() as tx:
        left = removals.left_by_caller(tx, settings, now)
    request = noted(database, clock)
    batch = proposed(database, clock, request, [one.pick for one in things(database, clock, request)])
    with database.writing() as tx:
        holds.hold(tx, HeldKind.CALL, left.call.public_id, "Perkara", until=None, by=OTHER, at=clock.now())
    assert approve(database, settings, clock, batch) == (0, 2)
    runner.run_all()
    with database.reading() as session:
        assert session.get_one(Call, left.call.id).removed_at is None
        assert session.get_one(Ticket, left.ticket.id).removed_at is None


def test_a_caller_who_was_on_air_leaves_the_desks_layout_and_the_package_stays(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, runner: Runner
) -> None:
    with database.writing() as tx:
        made = shows.ended(tx, settings, now)
    request = noted(database, clock, shows.PHONE)
    assert [one.ground for one in things(database, clock, request)] == [Ground.UNSEALED]
    with database.writing() as tx:
        archive.seal(tx, settings, made.broadcast, by="a", at=now)
    runner.run_all()
    assert [one.ground for one in things(database, clock, request)] == [Ground.BROADCAST_YEAR]
    with database.writing() as tx:
        record.prepare(tx, settings, tx.get_one(Broadcast, made.broadcast.id), by="a", at=now)
        assert any(shows.NAME.split()[1] in one.text for one in tx.scalars(select(Piece)))
    clock.advance(timedelta(days=366))
    before = {path: path.read_bytes() for path in settings.archive.rglob("*") if path.is_file()}
    batch = proposed(database, clock, request, [f"call:{made.caller.public_id}"])
    assert approve(database, settings, clock, batch) == (1, 0)
    runner.run_all()
    assert {path: path.read_bytes() for path in settings.archive.rglob("*") if path.is_file()} == before
    with database.reading() as session:
        call = session.get_one(Call, made.caller.id)
        assert call.removed_at is not None and call.refused_at is not None and call.phone is None
        piece = session.scalars(select(Piece).where(Piece.subject == call.public_id)).one()
        assert (piece.text, piece.tokens, piece.shown) == ("", [], False) and piece.withheld


def test_at_the_desk_it_is_picked_decided_and_answered(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    runner: Runner,
    sign_in: Callable[..., FlaskClient],
) -> None:
    with database.writing() as tx:
        left = removals.left_by_caller(tx, settings, now)
        child = calls.receive(tx, Channel.SMS, at=now, phone=PHONE, message="Anak")
        calls.drop(tx, child, by="a", at=now)
        child.protected = Protected.CHILD
    one, other = sign_in(Role.PRODUCER, username=ONE), sign_in(Role.ARCHIVIST, username=OTHER)
    short = one.post("/data-pribadi", data={"phone": "0812", "reason": "KTP"})
    assert short.status_code == 422 and "Ketikkan semua angkanya" in short.text and "kosong" not in short.text
    place = one.post("/data-pribadi", data={"phone": PHONE, "reason": "KTP"}).location
    page = one.get(place).text
    assert f"call:{left.call.public_id}" in page
    empty = one.post(f"{place}/usul")
    assert empty.status_code == 422 and "Pilih dulu" in empty.text
    assert other.post(f"{place}/usul").status_code == 403
    picked = re.findall(r'name="thing"\s+value="([^"]+)"', page)
    assert one.post(f"{place}/usul", data={"thing": picked}).status_code == 303
    assert "Menunggu" in one.get(place).text
    assert "sedang dihapus" in one.get(f"{place}/surat").text
    with database.reading() as session:
        batch = session.scalars(select(Deletion.batch).distinct()).one()
    assert other.post(f"/masa-simpan/penghapusan/bersama/{batch}/setuju").status_code == 303
    runner.run_all()
    assert one.post(f"{place}/cari").status_code == 303
    letter = one.get(f"{place}/surat").text
    assert "Yang sudah dihapus" in letter and left.ticket.number in letter and "pasal 45" in letter
    assert "Karsinem" not in letter
    assert one.get(f"{place}/surat.pdf").data.startswith(b"%PDF")
    with ZipFile(io.BytesIO(one.get(f"{place}/data.zip").data)) as file:
        assert "Karsinem" not in file.read("data.json").decode()


def test_many_texts_are_looked_through_by_a_job_that_goes_on_where_it_was(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    runner: Runner,
    monkeypatch: pytest.MonkeyPatch,
    sign_in: Callable[..., FlaskClient],
) -> None:
    with database.writing() as tx:
        removals.left_by_caller(tx, settings, now)
    monkeypatch.setattr(data_requests, "AT_ONCE", 0)
    monkeypatch.setattr(text_search, "ROWS", 1)
    monkeypatch.setattr(jobs, "TURN", 0.0)
    one = sign_in(Role.PRODUCER, username=ONE)
    place = one.post("/data-pribadi", data={"phone": PHONE, "reason": "KTP"}).location
    page = one.get(place).text
    assert "sedang ditelusuri" in page and "data.zip" not in page
    assert one.get(f"{place}/data.zip").status_code == 409
    runner.run_all()
    with database.reading() as session:
        assert len(list(session.scalars(select(Job).where(Job.kind == data_requests.JOB)))) > 10
        row = session.scalars(select(DataRequest)).one()
        assert row.found_at is not None
    assert "data.zip" in one.get(place).text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x " * 1900 + "Nomor saya 0812-7777-8888 ya" + " y" * 3000, True),
        ("nol delapan dua belas tujuh tujuh tujuh tujuh delapan delapan delapan delapan", True),
        ("Rumah nomor 12, jalan 7", False),
        ([{"word": "0812"}, {"word": "7777"}, {"word": "8888"}], True),
        ("", False),
    ],
)
def test_a_number_is_seen_wherever_it_stands(text: object, says: bool) -> None:
    assert bool(text_search.said_in(text, PHONE)) is says
