"""What the station has about one telephone number is found in all written forms, told apart, and handed over."""

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.language.phones import PhoneUnreadable
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts import drafts
from radiodesk.rooms.accounts.models import Person, Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.calls import blocked_numbers
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind
from radiodesk.rooms.retention import data_requests, holds
from radiodesk.rooms.retention.data_requests import FoundRow, Ground, Why
from radiodesk.rooms.retention.models import HeldKind
from radiodesk.rooms.tickets import services as complaints
from radiodesk.rooms.tickets.models import Ticket
from tests.factories import shows, tickets

PHONE = "+6281234567890"
SAYS = "Hubungi nol delapan satu dua tiga empat lima enam tujuh delapan sembilan nol, bukan tetangga saya Sukarjo."


@pytest.fixture
def show(database: Database, settings: Settings, now: datetime) -> shows.Show:
    """A show in which the number called, with a complaint; others say the number, and another caller does not."""
    with database.writing() as tx:
        made = shows.ended(tx, settings, now)
        tickets.opened(tx, settings, now, call=tx.get_one(Call, made.caller.id))
        programme.write_script(tx, ScriptKind.FREE, "Catatan", programme.Draft(SAYS), by="petugas", at=now, speed=140.0)
        calls.receive(tx, Channel.SMS, at=now, phone="0812 9999 0000", message="Nomor dia (0812) 3456-7890 ya.")
        blocked_numbers.block(tx, "62 812 3456 7890", "Iseng", until=None, by="petugas", at=now)
    return made


def found(database: Database, clock: ManualClock, phone: str = PHONE) -> dict[str, list[FoundRow]]:
    """Rows by table."""
    with database.reading() as session:
        rows = data_requests.find(session, phone, clock.now()).rows
    return {table: [row for row in rows if row.table == table] for table in {row.table for row in rows}}


def test_everything_about_a_number_is_found_and_nothing_else(
    database: Database, clock: ManualClock, show: shows.Show
) -> None:
    rows = found(database, clock)
    of_number = {table for table, some in rows.items() if any(one.why is Why.NUMBER for one in some)}
    assert of_number == {"call", "ticket", "blocked_number"}
    assert {"recording", "transcript", "ticket_entry", "call_act", "audit"} <= rows.keys()
    said = [one for some in rows.values() for one in some if one.why is Why.SAYS]
    assert {one.table for one in said} >= {"script_version", "call", "transcript"}
    told = json.dumps([one.values for one in said], ensure_ascii=False)
    assert "nol delapan satu dua" in told and "3456-7890" in told
    assert "Sukarjo" not in told and "99990000" not in told, "words of others stay with them"
    assert found(database, clock, "+6281211110000") == {}


def test_each_row_says_whether_it_may_go(
    database: Database, settings: Settings, now: datetime, clock: ManualClock, show: shows.Show
) -> None:
    def ground() -> set[Ground]:
        return {one.ground for one in found(database, clock)["call"] if one.why is Why.NUMBER}

    assert ground() == {Ground.UNSEALED}
    with database.writing() as tx:
        archive.seal(tx, settings, show.broadcast, by="a", at=now)
    handlers = {name: kind for name, kind in kinds().items() if name.startswith("archive")}
    Runner(database, settings, clock, handlers).run_all()
    assert ground() == {Ground.BROADCAST_YEAR}
    assert [one.ground for one in found(database, clock)["package"]] == [Ground.SEALED]
    clock.advance(timedelta(days=366))
    assert ground() == {Ground.OPEN}, "its complaint waits for an answer"
    with database.writing() as tx:
        for ticket in tx.scalars(select(Ticket)):
            complaints.answer(tx, tickets.rules(settings), ticket, tickets.ANSWER, by="a", at=clock.now())
    assert ground() == {Ground.NONE}
    with database.writing() as tx:
        holds.hold(tx, HeldKind.CALL, show.caller.public_id, "Perkara", until=None, by="a", at=clock.now())
    rows = found(database, clock)
    assert (
        ground() == {Ground.HELD} == {one.ground for one in rows["ticket"]} == {one.ground for one in rows["recording"]}
    )
    assert {one.ground for one in rows["audit"]} == {Ground.AUDIT}


def test_a_producer_notes_it_and_hands_over_a_file(
    database: Database, settings: Settings, now: datetime, show: shows.Show, sign_in: Callable[..., FlaskClient]
) -> None:
    producer = sign_in(Role.PRODUCER, username="produser")
    with database.writing() as tx:
        person = tx.scalars(select(Person).where(Person.username == "produser")).one()
        drafts.keep(tx, person, "/antrean/x", [["message", "telepon 081234567890"]], at=now)
    data = {"phone": "0812-3456-7890", "reason": "Karsinem datang sendiri dengan KTP"}
    refused = producer.post("/data-pribadi", data={**data, "phone": "0812"})
    assert refused.status_code == 422 and "terlalu pendek" in refused.text
    assert producer.post("/data-pribadi", data={**data, "reason": ""}).status_code == 422
    answer = producer.post("/data-pribadi", data=data)
    assert answer.status_code == 303
    page = producer.get(answer.location).text
    assert "Karsinem datang sendiri" in page and "siarannya belum disegel" in page and ">Draf<" in page
    held = producer.get(f"{answer.location}/data.zip")
    with ZipFile(io.BytesIO(held.data)) as file:
        names, summary = file.namelist(), file.read("ringkasan.txt").decode()
        rows = json.loads(file.read("data.json"))
        assert all(file.read(name) for name in names)
    assert any(name.startswith("suara/") for name in names) and "0812-3456-7890" in summary
    assert any(row["values"].get("topic") == "Lampu jalan padam" for row in rows)
    trail_of_it = "data request noted"
    with database.reading() as session:
        trail = list(session.scalars(select(AuditEntry)))
        assert any(entry.action == trail_of_it for entry in trail)
        told = json.dumps([[entry.subject, entry.details] for entry in trail])
    assert not any(form in told for form in ("81234567890", "3456-7890", "Karsinem"))
    with database.writing() as tx:
        tx.get_one(Call, show.caller.id).protected = Protected.VICTIM
    assert "tidak ada di berkas Anda" in producer.get(answer.location).text
    with ZipFile(io.BytesIO(producer.get(f"{answer.location}/data.zip").data)) as file:
        assert "Lampu jalan padam" not in file.read("data.json").decode()
        assert not any(name.startswith("suara/") for name in file.namelist())
    whole = sign_in(Role.ADMINISTRATOR, username="kepala").get(f"{answer.location}/data.zip").data
    with ZipFile(io.BytesIO(whole)) as file:
        assert "Lampu jalan padam" in file.read("data.json").decode()
    assert sign_in(Role.ARCHIVIST, username="arsiparis").get("/data-pribadi").status_code == 403


def test_a_number_that_is_none_is_refused(database: Database, now: datetime) -> None:
    with database.reading() as session, pytest.raises(PhoneUnreadable):
        data_requests.note_request(session, "saya lupa", "x", by="a", at=now)


def test_that_a_protected_caller_says_the_number_is_guarded(
    database: Database, now: datetime, clock: ManualClock, show: shows.Show
) -> None:
    with database.writing() as tx:
        child = calls.receive(tx, Channel.SMS, at=now, phone="081299990001", message="Pak, 081234567890 mengancam saya")
        child.protected = Protected.CHILD
        tx.flush()
        told = child.id
    said = [one for one in found(database, clock)["call"] if one.why is Why.SAYS]
    assert {one.guarded for one in said if one.key == str(told)} == {True}
    assert False in {one.guarded for one in said}, "who is not protected is told of"
    with database.reading() as session:
        given = data_requests.without_guarded(data_requests.find(session, PHONE, clock.now()))
    assert ("call", str(told)) not in {(one.table, one.key) for one in given.rows}
