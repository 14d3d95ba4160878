"""A database knows its keys: a wrong key file stops every start, and a row that cannot be read harms no other."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import LargeBinary, literal, select, text, type_coerce, update
from sqlalchemy.orm import Session

from radiodesk.core import key_checks
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.folders import close_to_others
from radiodesk.core.ids import public_id
from radiodesk.core.jobs import Runner, enqueue
from radiodesk.core.keys import KeyFileShut, KeyMissing, load_keys, read_keys, rotate
from radiodesk.core.private_columns import NotReadable
from radiodesk.core.schema import downgrade, upgrade
from radiodesk.core.settings import Settings
from radiodesk.operations.doctor import Verdict, examine
from radiodesk.operations.wiring import prepare
from radiodesk.recognition.ports import Segment
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls import acts, reception, screening
from radiodesk.rooms.calls.models import Call, CallAct, Channel
from radiodesk.rooms.messages.jobs import KINDS
from radiodesk.rooms.messages.models import OutgoingMessage, TransferState
from radiodesk.rooms.messages.outbox import SEND_JOB
from radiodesk.rooms.programme import services as scripts
from radiodesk.rooms.programme.models import ScriptKind, ScriptVersion
from radiodesk.rooms.transcripts import services as transcripts
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from tests.factories import calls as factory

PARTS = (
    ["desk"], ["desk", "--only-web"], ["public"], ["work"], ["listen"], ["attend"], ["telephone"], ["migrate"],
    ["sample"], ["sms-received"], ["user", "add", "budi", "--role", "host", "--password", "kuda-lumping-hijau"],
    ["keys", "rotate"],
)  # fmt: skip


def radiodesk(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    told = {"RADIODESK_DATA": str(settings.data), "RADIODESK_SIP_ADDRESS": "127.0.0.1", "RADIODESK_SIP_PROGRAM": "true"}
    told |= {"SMS_MESSAGES": "1", "SMS_1_NUMBER": "+6281200000001", "SMS_1_TEXT": "Lampu padam."}
    return subprocess.run(
        [sys.executable, "-m", "radiodesk", *arguments],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def other_keys(settings: Settings) -> None:
    settings.keys.rename(settings.data / "right.json")
    load_keys(settings.keys)


def right_keys(settings: Settings) -> None:
    (settings.data / "right.json").replace(settings.keys)


def caller(database: Database, clock: ManualClock, name: str = "Ibu Contoh") -> str:
    with database.writing() as session:
        call = factory.ringing(session, clock.now())
        reception.know(session, call, phone="0812 0000 0001", name=name)
        return call.public_id


def strangers_row(settings: Settings, database: Database, clock: ManualClock) -> str:
    """A call whose name and number were written with keys that are gone."""
    identity = caller(database, clock)
    stranger = load_keys(settings.data / "stranger.json")
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE call SET name = :name, phone = :phone WHERE public_id = :id"),
            {"name": stranger.encrypt("Ibu Contoh"), "phone": stranger.encrypt("+6281200000001"), "id": identity},
        )
        connection.execute(text("UPDATE call_act SET before = :before"), {"before": stranger.encrypt("{}")})
    return identity


@pytest.mark.parametrize("arguments", PARTS, ids=" ".join)
def test_without_the_key_file_nothing_starts_and_no_keys_are_made(settings: Settings, arguments: list[str]) -> None:
    settings.keys.unlink()
    done = radiodesk(settings, *arguments)
    assert done.returncode == 5, done.stderr
    assert "keys.json" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not settings.keys.exists()


@pytest.mark.parametrize("arguments", PARTS[2::4], ids=" ".join)
def test_with_the_keys_of_another_station_nothing_starts(settings: Settings, arguments: list[str]) -> None:
    other_keys(settings)
    done = radiodesk(settings, *arguments)
    assert done.returncode == 5, done.stderr
    assert "bukan milik" in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_key_file_of_yesterday_lacks_a_key_and_is_refused(settings: Settings, database: Database) -> None:
    shutil.copy(settings.keys, settings.data / "yesterday.json")
    assert radiodesk(settings, "keys", "rotate").returncode == 0
    shutil.copy(settings.data / "yesterday.json", settings.keys)
    done = radiodesk(settings, "migrate")
    assert done.returncode == 5 and "kunci 2" in done.stderr


def test_another_key_for_look_ups_is_refused(settings: Settings) -> None:
    raw = json.loads(settings.keys.read_text())
    raw["lookup"] = raw["signing"]
    settings.keys.write_text(json.dumps(raw))
    with pytest.raises(KeyMissing):
        prepare(settings)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"current": 1}', '{"current":1,"keys":{"1":7}}', "\0\xff"])
def test_a_broken_key_file_is_refused_with_a_sentence(settings: Settings, text: str) -> None:
    settings.keys.write_text(text, encoding="latin-1")
    with pytest.raises(KeyMissing, match=r"keys\.json"):
        prepare(settings)


def test_a_new_station_gets_keys_that_its_database_knows(tmp_path: Path) -> None:
    new = Settings(data=tmp_path / "new")
    prepare(new).engine.dispose()
    new.keys.unlink()
    with pytest.raises(KeyMissing):
        prepare(new)
    assert not new.keys.exists()


def test_a_command_on_an_empty_folder_makes_neither_keys_nor_database(tmp_path: Path) -> None:
    empty = Settings(data=tmp_path / "empty")
    done = radiodesk(empty, "user", "add", "budi", "--role", "host", "--password", "kuda-lumping-hijau")
    assert done.returncode == 3
    assert not empty.keys.exists() and not list(tmp_path.glob("empty/*.sqlite"))


def test_a_database_of_an_earlier_release_adopts_its_own_keys_alone(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    caller(database, clock)
    downgrade(database, "0001")
    right = database.keys
    other_keys(settings)
    with pytest.raises(KeyMissing):
        prepare(settings)
    right_keys(settings)
    prepared = prepare(settings)
    with prepared.reading() as session:
        known = {row.number: row.value for row in session.scalars(select(key_checks.KeyCheck))}
        assert session.scalars(select(Call)).one().name == "Ibu Contoh"
    assert known == right.check_values()
    prepared.engine.dispose()


def test_one_damaged_row_does_not_keep_an_earlier_database_from_its_keys(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    first = caller(database, clock)
    caller(database, clock, "Bapak Contoh")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE call SET name = substr(name, 1, 20) WHERE public_id = :id"), {"id": first})
    downgrade(database, "0001")
    upgrade(database)
    key_checks.settle(database)


def test_a_new_key_is_known_and_the_old_rows_stay_readable(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    caller(database, clock)
    done = radiodesk(settings, "keys", "rotate")
    assert done.returncode == 0 and "2" in done.stdout
    again = open_database(settings.database, read_keys(settings.keys))
    key_checks.settle(again)
    caller(again, clock, "Bapak Contoh")
    with again.reading() as session:
        assert sorted(filter(None, session.scalars(select(Call.name)))) == ["Bapak Contoh", "Ibu Contoh"]
    again.engine.dispose()


def test_no_key_is_added_while_a_part_of_the_station_runs(settings: Settings) -> None:
    part = subprocess.Popen(
        [sys.executable, "-m", "radiodesk", "work"],
        env={**os.environ, "RADIODESK_DATA": str(settings.data)},
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while not list(settings.health.glob("work-*.json")):
            assert part.poll() is None and time.monotonic() < until
            time.sleep(0.1)
        refused = radiodesk(settings, "keys", "rotate")
        assert refused.returncode == 4 and "telepon" in refused.stderr
        assert read_keys(settings.keys).current == 1
    finally:
        part.terminate()
        part.wait(timeout=30)
    assert radiodesk(settings, "keys", "rotate").returncode == 0
    assert read_keys(settings.keys).current == 2


def test_a_rotation_that_was_cut_short_is_taken_up_at_the_next_start(settings: Settings, database: Database) -> None:
    rotate(settings.keys)
    prepare(settings).engine.dispose()
    with database.reading() as session:
        assert set(session.scalars(select(key_checks.KeyCheck.number))) == {0, 1, 2}


def test_the_doctor_says_that_the_keys_are_wrong_and_makes_none(settings: Settings) -> None:
    def keys() -> list[Verdict]:
        return [one.verdict for one in examine(settings) if one.check == "keys"]

    assert keys() == [Verdict.GOOD]
    other_keys(settings)
    assert keys() == [Verdict.BAD]
    settings.keys.unlink()
    assert keys() == [Verdict.BAD]
    assert not settings.keys.exists()


def test_a_row_that_cannot_be_read_shows_as_such_on_every_page_of_the_queue(
    settings: Settings, database: Database, clock: ManualClock, sign_in: Callable[..., FlaskClient]
) -> None:
    screener = sign_in(Role.SCREENER, Role.PRODUCER, Role.TICKET_OFFICER)
    identity = strangers_row(settings, database, clock)
    caller(database, clock, "Bapak Contoh")
    for page in ("/antrean", f"/antrean/{identity}", "/antrean/blokir", f"/antrean/blokir?panggilan={identity}"):
        answer = screener.get(page)
        assert answer.status_code == 200, page
        if "blokir" not in page:
            assert "(tidak dapat dibaca)" in answer.get_data(as_text=True), page
    assert "Bapak Contoh" in screener.get("/antrean").get_data(as_text=True)


def test_a_card_that_is_saved_as_it_was_shown_keeps_the_bytes_that_cannot_be_read(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    identity = strangers_row(settings, database, clock)

    def stored() -> tuple[object, ...]:
        with database.engine.connect() as connection:
            return tuple(connection.exec_driver_sql("SELECT name, phone, name_hash, phone_hash FROM call").one())

    before = stored()
    with database.writing() as session:
        call = session.scalars(select(Call).where(Call.public_id == identity)).one()
        card = screening.card_of(call)
        assert (card.name, card.phone) == ("(tidak dapat dibaca)", "(tidak dapat dibaca)")
        typed = screening.Screening(name=str(card.name), phone=str(card.phone), topic="Lampu padam")
        screening.screen(session, call, typed, by="penerima", at=clock.now())
    assert stored() == before


def test_an_act_whose_past_cannot_be_read_cannot_be_undone_and_says_so(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    strangers_row(settings, database, clock)
    with database.writing() as session:
        by = session.scalars(select(CallAct.by)).first() or ""
        with pytest.raises(acts.NothingToUndo):
            acts.undo_last(session, by=by, at=clock.now())


def test_an_undo_never_writes_the_words_that_stand_for_a_number(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    identity = strangers_row(settings, database, clock)
    with database.writing() as session:
        call = session.scalars(select(Call).where(Call.public_id == identity)).one()
        card = screening.Screening(phone="0812 0000 0002", name=call.name or "")
        screening.screen(session, call, card, by="penerima", at=clock.now())
        acts.undo_last(session, by="penerima", at=clock.now())
        assert call.phone == "+6281200000002" and isinstance(call.name, NotReadable)


def test_what_cannot_be_read_is_copied_as_it_lies_and_opens_again_with_the_right_keys(
    settings: Settings, session: Session, clock: ManualClock
) -> None:
    stranger = load_keys(settings.data / "stranger.json")
    call = factory.ringing(session, clock.now())
    call.name = NotReadable(stranger.encrypt("Ibu Contoh"))
    session.commit()
    raw = session.connection().exec_driver_sql("SELECT name FROM call").scalar_one()
    assert stranger.decrypt(raw) == "Ibu Contoh"


def test_a_reply_to_a_number_that_cannot_be_read_is_given_up_with_the_reason(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    identity = caller(database, clock)
    with database.writing() as session:
        call = session.scalars(select(Call).where(Call.public_id == identity)).one()
        stranger = load_keys(settings.data / "stranger.json")
        row = OutgoingMessage(
            public_id=public_id(clock.now()), call_id=call.id, channel=Channel.SMS, text="Terima kasih.", by="p",
            to=NotReadable(stranger.encrypt("+6281200000001")), created_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        row_id = row.id
        enqueue(session, clock.now(), SEND_JOB, row_id)
    given = settings.model_copy(update={"sms_gateway_url": "http://127.0.0.1:9/"})
    # The right key file may be put back meanwhile: it is tried as often as any reply.
    for _ in range(KINDS[SEND_JOB].most):
        Runner(database, given, clock, KINDS).run_all()
        clock.advance(timedelta(days=1))
    with database.reading() as session:
        row = session.get_one(OutgoingMessage, row_id)
        assert row.state is TransferState.FAILED and "keys.json" in (row.problem or "")


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    new = Settings(data=tmp_path / "new")
    assert radiodesk(new, "migrate").returncode == 0
    assert new.data.stat().st_mode & 0o777 == 0o700
    for path in new.data.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_an_open_data_folder_of_an_earlier_release_is_closed_at_the_start(settings: Settings) -> None:
    sound = settings.audio / "2026" / "suara.flac"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"fLaC")
    elsewhere = settings.data.parent / "elsewhere"
    elsewhere.write_text("")
    (settings.data / "link").symlink_to(elsewhere)
    for path in (settings.data, settings.audio, sound.parent):
        path.chmod(0o755)
    (settings.data / "radiodesk.sqlite").touch()
    for path in (sound, settings.keys, settings.data / "radiodesk.sqlite", elsewhere):
        path.chmod(0o644)
    close_to_others(settings)
    assert [oct(path.stat().st_mode & 0o777) for path in (settings.data, sound.parent)] == ["0o700"] * 2
    for path in (sound, settings.keys, settings.data / "radiodesk.sqlite"):
        assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert elsewhere.stat().st_mode & 0o777 == 0o644


def sealed(settings: Settings) -> bytes:
    """A list that was written with other keys."""
    return load_keys(settings.data / "stranger.json").encrypt('["asing"]')


def raw(session: Session, column: Any, identity: int) -> bytes:
    """What lies in the database."""
    found: bytes = session.scalars(select(type_coerce(column, LargeBinary)).where(column.class_.id == identity)).one()
    return found


def lay(session: Session, column: Any, identity: int, data: bytes) -> None:
    table = column.class_.__table__
    name = column.key
    session.execute(update(table).where(table.c.id == identity).values({name: type_coerce(literal(data), LargeBinary)}))
    session.commit()
    session.expire_all()


def test_what_was_heard_and_cannot_be_read_is_not_written_over(
    settings: Settings, session: Session, clock: ManualClock
) -> None:
    recording = factory.recording(session, settings, clock.now())
    transcript = transcripts.request_transcript(session, recording, by="p", at=clock.now())
    lay(session, Transcript.words, transcript.id, sealed(settings))
    before = raw(session, Transcript.words, transcript.id)
    with pytest.raises(KeyMissing):
        transcripts.keep_piece(session, transcript, 0.5, [Segment(0, 0.4, "lampu", ())], at=clock.now())
    session.flush()
    assert raw(session, Transcript.words, transcript.id) == before


def test_words_to_listen_for_that_cannot_be_read_stay_when_a_transcript_is_asked_for_again(
    settings: Settings, session: Session, clock: ManualClock
) -> None:
    recording = factory.recording(session, settings, clock.now())
    transcript = transcripts.request_transcript(session, recording, by="p", at=clock.now())
    transcript.state = TranscriptState.FAILED
    lay(session, Transcript.phrases, transcript.id, sealed(settings))
    before = raw(session, Transcript.phrases, transcript.id)
    transcripts.request_transcript(session, transcript.recording, by="p", at=clock.now())
    session.flush()
    assert raw(session, Transcript.phrases, transcript.id) == before


def test_sources_of_a_script_that_cannot_be_read_go_over_into_its_next_version(
    settings: Settings, session: Session, clock: ManualClock
) -> None:
    draft, at = scripts.Draft("Selamat sore."), clock.now()
    script = scripts.write_script(session, ScriptKind.FREE, "Uji", draft, by="p", at=at, speed=140.0)
    first = script.latest.id
    columns = ScriptVersion.items, ScriptVersion.left_out
    for column in columns:
        lay(session, column, first, sealed(settings))
    new = scripts.edit_script(session, script, scripts.Draft("Selamat malam."), expected=1, by="p", at=at, speed=140.0)
    session.flush()
    assert [raw(session, column, new.id) for column in columns] == [raw(session, column, first) for column in columns]


def test_the_key_file_may_lie_elsewhere_than_the_data(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "stick" / "station.json"
    elsewhere.parent.mkdir()
    settings.keys.rename(elsewhere)
    own = settings.model_copy(update={"keys_file": elsewhere})
    elsewhere.chmod(0o644)
    close_to_others(own)
    assert elsewhere.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("RADIODESK_KEYS_FILE", str(elsewhere))
    done = radiodesk(settings, "keys", "rotate")
    assert done.returncode == 0, done.stderr
    assert str(elsewhere) in done.stdout
    assert read_keys(elsewhere).current == 2
    assert not (settings.data / "keys.json").exists()


def test_a_key_file_that_cannot_be_written_is_told_and_stays(settings: Settings) -> None:
    shut = Path("/proc/self/station.json")
    with pytest.raises(KeyFileShut, match="cannot be written"):
        load_keys(shut)
    folder = settings.keys.with_suffix(f".{os.getpid()}.new")
    folder.mkdir()
    with pytest.raises(KeyFileShut):
        rotate(settings.keys)
    assert read_keys(settings.keys).current == 1
