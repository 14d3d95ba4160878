"""The 24-hour recording on the desk: a day of a line, hearing, cutting out; and who may do none of it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.__main__ import cli
from radiodesk.core import look_journal
from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Person, Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel, Protected
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.rooms.logger.models import CutTarget, LoggerCut
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.recordings.access import Act, Belonging, belonging_of, require
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.tickets.models import Ticket
from tests.factories import tickets
from tests.rooms.logger.logged import PROGRAMME, RATE, minute, set_up

DAY = {"hari": "2026-11-24"}


@pytest.fixture
def producer(sign_in: Callable[..., FlaskClient], settings: Settings, logs: Path) -> FlaskClient:
    set_up(settings, logs)
    return sign_in(Role.PRODUCER)


def show(database: Database, clock: ManualClock) -> Broadcast:
    """On air from 18.05 to 18.25."""
    with database.writing() as session:
        series = programme.add_programme(session, "Halo Polisi", by="uji", at=clock.now())
        made = broadcasts.plan(session, series, "", minute(5), by="uji", at=minute(0))
        broadcasts.go_on_air(session, made, by="uji", at=minute(5))
        broadcasts.end(session, made, by="uji", at=minute(25))
    return made


def call(database: Database, *, begins: float = 6, line: str = "telepon-1", protected: bool = False) -> Call:
    with database.writing() as session:
        made = calls.receive(session, Channel.PHONE, phone="0812 0000 0001", name="Penelepon Satu", at=minute(begins))
        made.ended_at = minute(begins + 3)
        session.add(LineCall(part="recorder", key="t1", line=line, stage=Stage.CLOSED, call=made))
        if protected:
            made.protected = Protected.VICTIM
    return made


def send_cut(client: FlaskClient, line: str = "program", **given: str) -> int:
    data = DAY | {"dari": "18:06:00", "sampai": "18:08:00"} | given
    return client.post(f"/rekaman24/{line}/potong", data=data).status_code


def hear(client: FlaskClient, line: str, first: str, last: str) -> int:
    asked = DAY | {"dari": first, "sampai": last}
    with client.get(f"/rekaman24/{line}/suara.mp3", query_string=asked) as answer:
        if answer.status_code == 200:
            assert answer.mimetype == "audio/mpeg"
            assert len(answer.data) > 1000
        return answer.status_code


def cut_of(database: Database) -> LoggerCut:
    with database.reading() as session:
        found = session.scalars(select(LoggerCut)).one()
        assert found.recording.problem is None
        return found


def test_a_day_tells_in_words_what_the_chart_shows(producer: FlaskClient) -> None:
    page = producer.get("/rekaman24/program", query_string=DAY).get_data(as_text=True)
    assert "18.10–18.12" in page
    assert "perangkatnya tidak ada" in page
    assert page.count('class="gap"') >= 1
    assert ">18.00</a>" in page
    # The day began long before the recording did.
    assert "tidak direkam" in page


def test_the_list_tells_what_is_kept_and_that_nothing_records_now(producer: FlaskClient) -> None:
    page = producer.get("/rekaman24").get_data(as_text=True)
    assert "Program" in page
    assert "90 hari" in page
    assert "Perekam tidak berjalan" in page


def test_a_stretch_is_heard_and_the_look_is_noted(
    producer: FlaskClient, settings: Settings, database: Database
) -> None:
    assert hear(producer, "program", "18:09:00", "18:13:00") == 200
    producer.get("/rekaman24/program", query_string=DAY)
    look_journal.carry_over(database, settings.data)
    with database.reading() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.subject == "line program")).all()
    assert {entry.action for entry in noted} == {"log heard", "log looked at"}
    [heard] = [entry for entry in noted if entry.action == "log heard"]
    assert heard.details["begins"] == minute(9).isoformat()


def test_nothing_but_silence_and_too_much_are_refused(producer: FlaskClient) -> None:
    for first, last, code in (("03:00:00", "03:05:00", 409), ("18:00:00", "18:25:00", 422), ("18:00", "18:00", 422)):
        assert hear(producer, "program", first, last) == code
    assert producer.get("/rekaman24/tidak-ada").status_code == 404
    assert producer.get("/rekaman24/%2e%2e").status_code in (301, 308, 404)


def test_a_stretch_fills_what_a_broadcast_lacks(
    producer: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    made = show(database, clock)
    assert send_cut(producer, place=f"broadcast:{made.public_id}") == 303
    cut = cut_of(database)
    assert (cut.line, cut.target, cut.subject) == ("program", CutTarget.BROADCAST, made.public_id)
    with database.reading() as session:
        [recording] = session.get_one(Broadcast, made.id).recordings
        assert (recording.direction, recording.started_at, recording.start_known) == (
            Direction.PROGRAMME,
            minute(6),
            True,
        )
        assert belonging_of(session, recording) is Belonging.PROGRAMME
    samples, rate = soundfile.read(settings.audio / recording.key, dtype="int16")
    assert (rate, len(samples)) == (RATE, 120 * RATE)
    # Each minute of the log has a level of its own.
    assert np.unique(samples).tolist() == [700, 800]
    # What is there already is not put there twice.
    assert send_cut(producer, place=f"broadcast:{made.public_id}") == 409
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "cut out of a log")).one()
    assert (entry.details["line"], entry.details["begins"]) == ("program", minute(6).isoformat())
    assert "18.06–18.08" in producer.get("/rekaman24/program", query_string=DAY).get_data(as_text=True)


def test_a_broadcast_takes_only_its_own_time_and_no_telephone(
    producer: FlaskClient, database: Database, clock: ManualClock
) -> None:
    made = show(database, clock)
    where = f"broadcast:{made.public_id}"
    assert send_cut(producer, dari="18:26:00", sampai="18:27:00", place=where) == 409
    assert send_cut(producer, "telepon-1", place=where) == 409
    assert send_cut(producer, place="") == 422


def test_a_stretch_goes_to_a_call_with_its_gap(producer: FlaskClient, database: Database) -> None:
    made = call(database)
    assert send_cut(producer, "telepon-1", dari="18:09:30", sampai="18:12:30", place=f"call:{made.public_id}") == 303
    cut = cut_of(database)
    assert cut.missing == 120.0
    with database.reading() as session:
        [recording] = session.get_one(Call, made.id).recordings
        assert recording.duration == 180.0
        assert belonging_of(session, recording) is Belonging.CALL


def test_a_stretch_goes_to_a_complaint_by_its_number(
    producer: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    made = call(database)
    with database.writing() as session:
        opened = tickets.opened(session, settings, clock.now(), call=session.get_one(Call, made.id)).ticket
        alone = tickets.opened(session, settings, clock.now()).ticket
    assert send_cut(producer, number=alone.number) == 409
    assert send_cut(producer, number="000000") == 404
    assert send_cut(producer, number=opened.number) == 303
    with database.reading() as session:
        assert len(session.get_one(Call, made.id).recordings) == 1
        assert cut_of(database).subject == session.get_one(Ticket, opened.id).public_id


def test_who_may_not_hear_a_caller_hears_none_in_the_log(
    sign_in: Callable[..., FlaskClient],
    producer: FlaskClient,
    database: Database,
    settings: Settings,
    clock: ManualClock,
) -> None:
    made = call(database)
    with database.writing() as session:
        tickets.opened(session, settings, clock.now(), call=session.get_one(Call, made.id), confidential=True)
        kept = session.get_one(Call, made.id)
        calls.drop(session, kept, by="uji", at=minute(9))
        kept.ended_at = minute(9)
    during, before = ("18:08:00", "18:08:30"), ("18:01:00", "18:02:00")
    assert hear(producer, "telepon-1", *during) == 403
    assert hear(producer, "telepon-1", *before) == 200
    assert send_cut(producer, "telepon-1", place=f"call:{made.public_id}") == 403
    # What went on air is no secret of the log.
    assert hear(producer, "program", *during) == 200
    for role in (Role.HOST, Role.OFFICER, Role.TICKET_OFFICER, Role.ARCHIVIST):
        client = sign_in(role, username=f"orang-{role.name.lower()}")
        assert hear(client, "program", *before) == 403


def test_a_cut_is_as_strict_as_whoever_is_heard_in_it(
    producer: FlaskClient, database: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    plain = call(database, begins=6)
    with database.writing() as session:
        other = calls.receive(session, Channel.PHONE, phone="0812 0000 0002", at=minute(7))
        other.ended_at = minute(8)
        session.add(LineCall(part="recorder", key="t2", line="telepon-1", stage=Stage.CLOSED, call=other))
    assert send_cut(producer, "telepon-1", place=f"call:{plain.public_id}") == 303
    with database.writing() as session:
        session.get_one(Call, other.id).protected = Protected.CHILD
    with database.reading() as session:
        recording = cut_of(database).recording
        assert belonging_of(session, recording) is Belonging.PROTECTED
        person = session.scalars(select(Person)).first()
        assert person is not None
        require(session, person, Act.HEAR, recording)


def test_a_refused_cut_keeps_nothing_on_the_disk(producer: FlaskClient, settings: Settings) -> None:
    assert send_cut(producer, place="call:00000000-0000-7000-8000-000000000000") == 404
    assert send_cut(producer, number="000000") == 404
    assert not [path for path in settings.audio.rglob("*") if path.is_file()]


def test_the_commands_list_tell_gaps_and_cut(
    settings: Settings,
    database: Database,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    logs: Path,
) -> None:
    set_up(settings, logs, PROGRAMME)
    made = show(database, clock)
    monkeypatch.setenv("RADIODESK_DATA", str(settings.data))
    run = CliRunner().invoke
    listed = [json.loads(line) for line in run(cli, ["logger", "list"]).stdout.splitlines()]
    assert [one["file"] for one in listed] == [
        "program/2026-11-24/11-000.flac",
        "program/2026-11-24/11-001.flac",
    ]
    gaps = [
        json.loads(line) for line in run(cli, ["logger", "gaps", "program", "--day", "2026-11-24"]).stdout.splitlines()
    ]
    assert [gap["seconds"] for gap in gaps if gap["why"] == "device lost"] == [120.0]
    target = tmp_path / "potongan.flac"
    times = ["2026-11-24T18:06:00", "2026-11-24T18:06:10"]
    done = run(cli, ["logger", "cut", "program", *times, "--file", str(target)])
    assert json.loads(done.stdout)["seconds"] == 10.0
    assert soundfile.info(target).frames == 10 * RATE
    done = run(cli, ["logger", "cut", "program", *times, "--broadcast", made.public_id])
    assert json.loads(done.stdout)["missing"] == 0.0
    assert cut_of(database).by == "operator"


def test_the_station_s_state_tells_how_the_logs_do(
    sign_in: Callable[..., FlaskClient], settings: Settings, logs: Path
) -> None:
    set_up(settings, logs, PROGRAMME)
    page = sign_in(Role.PRODUCER).get("/keadaan").get_data(as_text=True)
    assert "Rekaman 24 jam" in page
    assert "perekam tidak berjalan" in page


def test_an_administrator_switches_it_on(sign_in: Callable[..., FlaskClient], settings: Settings, logs: Path) -> None:
    set_up(settings, logs, PROGRAMME)
    client = sign_in(Role.ADMINISTRATOR)
    given = {"label": "Program", "kind": "programme", "device": "Meja", "channel": "1"}
    answer = client.post("/saluran/program", data=given | {"log": "opus", "log_days": "30", "log_least_days": "7"})
    assert answer.status_code == 303
    assert 'log = "opus"' in (settings.lines / "lines.toml").read_text()
    answer = client.post("/saluran/program", data=given | {"log": "opus", "log_days": "3", "log_least_days": "7"})
    assert answer.status_code == 422
