"""What the lines brought becomes calls and recordings, once; the lines do what the desk wants."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.operations.attendant import take_adoption
from radiodesk.operations.attendant.journal_intake import read_on
from radiodesk.operations.attendant.line_steering import AGAIN, Steering
from radiodesk.operations.attendant.take_adoption import adopt_finished
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel, Protected
from radiodesk.rooms.lines import services as lines
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.rooms.lines.services import Stay
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.recordings.access import Belonging, belonging_of
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.control_socket import PartRefused, PartSilent
from radiodesk.sound.line_journal import Entry, Journal, sealed_number
from radiodesk.sound.line_setup import Line, LineKind, Lines, save_lines
from radiodesk.sound.takes import Take, takes

RATE = 8000
NUMBER = "+6281200000001"


@pytest.fixture
def tell(settings: Settings, database: Database, now: datetime) -> Callable[..., None]:
    """Write into a part's journal."""
    journals = {part: Journal(settings.lines / f"{part}.jsonl") for part in ("recorder", "telephone")}

    def told(part: str, event: str, *, after: float = 0.0, number: str | None = None, **given: Any) -> None:
        sealed = sealed_number(database.keys, number) if number else None
        entry = Entry(now + timedelta(seconds=after), given.pop("line", "sip-1"), event, caller=sealed, **given)
        journals[part].write(entry)

    return told


def recorded(settings: Settings, at: datetime, *, seconds: float = 1.0, close: bool = True, **about: Any) -> Take:
    given: dict[str, Any] = {"line": "hibrida", "kind": "soundcard", "directions": ["caller", "studio"]}
    take = Take.create(settings.spool, sample_rate=RATE, started_at=at, **given | about)
    for number, direction in enumerate(take.about.directions, start=1):
        take.write(direction, np.full(round(seconds * RATE), 1000 * number, np.int16))
    if close:
        take.close()
    return take


def only_call(session: Session) -> Call:
    return session.scalars(select(Call)).one()


def test_a_call_that_rings_is_there_once_with_its_number(
    settings: Settings, database: Database, session: Session, tell: Callable[..., None]
) -> None:
    tell("telephone", "ringing", call="k1", number=NUMBER)
    assert read_on(settings, database) == 1
    assert read_on(settings, database) == 0
    call = only_call(session)
    assert (call.channel, call.state, call.phone, call.line) == (Channel.SIP, CallState.RINGING, NUMBER, "sip-1")
    assert not call.withheld


def test_a_withheld_number_is_marked(
    settings: Settings, database: Database, session: Session, tell: Callable[..., None]
) -> None:
    tell("telephone", "ringing", call="k1")
    read_on(settings, database)
    assert only_call(session).withheld


def test_who_hangs_up_unanswered_goes_on_the_call_back_list(
    settings: Settings, database: Database, session: Session, tell: Callable[..., None]
) -> None:
    tell("telephone", "ringing", call="k1", number=NUMBER)
    tell("telephone", "lost", call="k1", facts={"by": "caller"}, after=9)
    read_on(settings, database)
    call = only_call(session)
    assert (call.state, call.ended_why, call.phone) == (CallState.LOST, "hung_up", NUMBER)


def test_a_line_that_cannot_be_holds_up_no_caller_after_it(
    settings: Settings,
    database: Database,
    session: Session,
    tell: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ring = lines.ring

    def refusing(tx: Session, stay: Stay, **given: Any) -> object:
        if stay.key == "k1":
            raise Conflict("This cannot be.")
        return ring(tx, stay, **given)

    monkeypatch.setattr(lines, "ring", refusing)
    tell("telephone", "ringing", call="k1")
    tell("telephone", "ringing", call="k2", number=NUMBER)
    assert read_on(settings, database) == 2
    assert only_call(session).phone == NUMBER
    assert "cannot be" in caplog.text


def test_a_journal_that_is_read_anew_changes_nothing(
    settings: Settings, database: Database, session: Session, tell: Callable[..., None], now: datetime
) -> None:
    tell("telephone", "ringing", call="k1", number=NUMBER, facts={"padding": "x" * 400})
    read_on(settings, database)
    path = settings.lines / "telephone.jsonl"
    path.unlink()
    Journal(path).write(Entry(now, "sip-1", "ringing", call="k1"))
    assert read_on(settings, database) == 1
    assert session.scalar(select(func.count()).select_from(Call)) == 1


def test_a_sound_card_line_is_with_whoever_opened_it(
    settings: Settings, database: Database, session: Session, tell: Callable[..., None], now: datetime
) -> None:
    save_lines(settings.lines / "lines.toml", Lines((Line("hibrida", "Telepon 1", "USB", 1, LineKind.TELEPHONE),)))
    take = recorded(settings, now, close=False)
    tell("recorder", "opened", line="hibrida", take=take.id, facts={"by": "penyaring"})
    read_on(settings, database)
    call = only_call(session)
    assert (call.state, call.locked_by, call.channel) == (CallState.SCREENING, "penyaring", Channel.PHONE)
    assert (call.line, call.withheld) == ("Telepon 1", False)
    session.rollback()
    tell("recorder", "closed", line="hibrida", take=take.id, facts={"by": "penyaring"})
    read_on(settings, database)
    assert only_call(session).state is CallState.DONE


def test_a_finished_take_becomes_the_recordings_of_its_call_and_its_words_are_asked_for(
    settings: Settings,
    database: Database,
    session: Session,
    clock: ManualClock,
    tell: Callable[..., None],
    now: datetime,
) -> None:
    take = recorded(settings, now)
    tell("recorder", "opened", line="hibrida", take=take.id)
    read_on(settings, database)
    assert adopt_finished(settings, database, clock) == [take.id]
    assert adopt_finished(settings, database, clock) == []
    assert takes(settings.spool) == []
    caller, studio = only_call(session).recordings
    assert (caller.direction, studio.direction) == (Direction.CALLER, Direction.STUDIO)
    assert caller.started_at == now
    samples, rate = soundfile.read(settings.audio / studio.key, dtype="int16")
    assert rate == RATE
    assert np.array_equal(samples, np.full(RATE, 2000, np.int16))
    assert session.scalars(select(Transcript.recording_id)).all() == [caller.id]


def test_a_take_waits_while_the_journal_may_still_explain_it(
    settings: Settings,
    database: Database,
    session: Session,
    clock: ManualClock,
    tell: Callable[..., None],
    now: datetime,
) -> None:
    take = recorded(settings, now)
    tell("recorder", "opened", line="hibrida", take=take.id)
    assert adopt_finished(settings, database, clock) == []
    read_on(settings, database)
    assert adopt_finished(settings, database, clock) == [take.id]
    assert session.scalar(select(func.count()).select_from(Call)) == 1


def test_a_take_that_nobody_explains_becomes_a_call_that_ended(
    settings: Settings, database: Database, session: Session, clock: ManualClock, now: datetime
) -> None:
    recorded(settings, now)
    adopt_finished(settings, database, clock)
    call = only_call(session)
    assert call.state is CallState.LOST
    assert len(call.recordings) == 2


def test_a_take_that_was_left_behind_is_closed_and_kept_with_its_gap_told(
    settings: Settings, database: Database, session: Session, clock: ManualClock, now: datetime
) -> None:
    take = recorded(settings, now, close=False)
    take.gap("caller", 2.5, "device lost")
    grown = take.pcm("caller").stat().st_mtime
    assert adopt_finished(settings, database, clock, seconds=lambda: grown + 60) == []
    assert not take.closed
    adopt_finished(settings, database, clock, seconds=lambda: grown + 121)
    assert adopt_finished(settings, database, clock, seconds=lambda: grown + 121) == [take.id]
    assert only_call(session).notes == "Rekaman terputus 2.5 detik pada 0:01."
    kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "take kept")).one()
    assert kept.details["gaps"] == [{"direction": "caller", "at": 1.0, "seconds": 2.5, "why": "device lost"}]


def test_a_crash_between_commit_and_tidying_makes_nothing_twice(
    settings: Settings,
    database: Database,
    session: Session,
    clock: ManualClock,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded(settings, now)
    with monkeypatch.context() as killed:
        killed.setattr(take_adoption, "discard", lambda _take: None)
        adopt_finished(settings, database, clock)
    adopt_finished(settings, database, clock)
    assert session.scalar(select(func.count()).select_from(Recording)) == 2
    assert len(only_call(session).recordings) == 2


def test_a_full_disk_leaves_the_take_in_the_spool_for_later(
    settings: Settings, database: Database, clock: ManualClock, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = recorded(settings, now)

    def full(*_: object) -> int:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as no_room:
        no_room.setattr(take_adoption, "to_flac", full)
        assert adopt_finished(settings, database, clock) == []
    assert adopt_finished(settings, database, clock) == [take.id]


def test_a_take_that_is_refused_holds_up_no_take_after_it(
    settings: Settings, database: Database, clock: ManualClock, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = recorded(settings, now), recorded(settings, now + timedelta(seconds=1))
    adopt = take_adoption.adopt

    def refusing(*given: Any) -> None:
        if given[-1].id == first.id:
            raise Conflict("This cannot be.")
        adopt(*given)

    monkeypatch.setattr(take_adoption, "adopt", refusing)
    assert adopt_finished(settings, database, clock) == [second.id]
    assert [take.id for take in takes(settings.spool)] == [first.id]


def on_air(database: Database, at: datetime) -> Broadcast:
    with database.writing() as session:
        series = programme.add_programme(session, "Halo Polisi", by="produser", at=at, minutes=60)
        broadcast = broadcasts.plan(session, series, "Halo Polisi", at, by="produser", at=at)
        broadcasts.go_on_air(session, broadcast, by="penyiar", at=at)
    return broadcast


def caller_on_air(settings: Settings, database: Database, tell: Callable[..., None], at: datetime) -> None:
    """A telephone caller who was screened, queued and taken by the host."""
    broadcast = on_air(database, at)
    tell("telephone", "ringing", call="k1", number=NUMBER)
    tell("telephone", "answered", call="k1", take="t1", after=2)
    read_on(settings, database)
    with database.writing() as session:
        call = only_call(session)
        calls.answer(session, call, by="penyaring", at=at)
        calls.consent(session, call, by="penyaring", at=at)
        calls.queue(session, call, by="penyaring", at=at)
        broadcasts.take(session, session.get_one(Broadcast, broadcast.id), call, by="penyiar", at=at)


def test_the_programmes_take_is_bound_to_its_broadcast(
    settings: Settings,
    database: Database,
    session: Session,
    clock: ManualClock,
    tell: Callable[..., None],
    now: datetime,
) -> None:
    broadcast = on_air(database, now)
    take = recorded(
        settings, now, directions=["programme"], feed="broadcast", broadcast=broadcast.public_id, line="studio"
    )
    tell("recorder", "opened", line="studio", take=take.id)
    tell("recorder", "closed", line="studio", take=take.id)
    read_on(settings, database)
    adopt_finished(settings, database, clock)
    [recording] = session.get_one(Broadcast, broadcast.id).recordings
    assert recording.direction is Direction.PROGRAMME
    [asked] = session.scalars(select(Transcript)).all()
    assert asked.recording_id == recording.id
    assert "Kalitidu" in asked.phrases
    assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_a_caller_who_hangs_up_on_air_leaves_the_broadcast(
    settings: Settings, database: Database, session: Session, tell: Callable[..., None], now: datetime
) -> None:
    caller_on_air(settings, database, tell, now)
    tell("telephone", "closed", call="k1", take="t1", facts={"by": "caller"}, after=60)
    read_on(settings, database)
    assert only_call(session).state is CallState.DONE
    assert session.scalars(select(LineCall.stage)).one() is Stage.CLOSED


class Parts:
    """The parts as the steering sees them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.takes: dict[str, dict[str, Any] | None] = {"studio": None}
        self.phone: list[dict[str, Any]] = []
        self.refusal: PartRefused | PartSilent | None = None
        self.seconds = 0.0

    def ask(self, path: Path, request: dict[str, Any]) -> dict[str, Any]:
        if request["do"] == "state" and path.stem == "telephone":
            return {"lines": self.phone}
        if request["do"] == "state":
            return {"lines": [{"id": name, "take": take} for name, take in self.takes.items()]}
        self.asked.append((path.stem, {name: value for name, value in request.items() if name != "by"}))
        if self.refusal is not None:
            raise self.refusal
        if request["do"] == "open":
            self.takes[request["line"]] = {"broadcast": request["broadcast"]}
        elif request["do"] == "close":
            self.takes[request["line"]] = None
        return {}


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def steering(settings: Settings, database: Database, clock: ManualClock, parts: Parts) -> Steering:
    save_lines(settings.lines / "lines.toml", Lines((Line("studio", "Studio", "USB", 1, LineKind.STUDIO),)))
    return Steering(settings, database, clock, ask=parts.ask, monotonic=lambda: parts.seconds)


def test_the_studio_is_recorded_while_a_broadcast_is_on_air_and_only_then(
    steering: Steering, parts: Parts, database: Database, now: datetime
) -> None:
    steering.turn()
    assert parts.asked == []
    broadcast = on_air(database, now)
    steering.turn()
    steering.turn()
    opened = {"do": "open", "line": "studio", "broadcast": broadcast.public_id, "since": now.isoformat()}
    assert parts.asked == [("recorder", opened)]
    with database.writing() as session:
        broadcasts.end(session, session.get_one(Broadcast, broadcast.id), by="penyiar", at=now + timedelta(hours=1))
    steering.turn()
    assert parts.asked[-1] == ("recorder", {"do": "close", "line": "studio"})


def test_a_telephone_is_answered_when_a_screener_took_the_call_and_let_go_when_it_ended(
    steering: Steering, parts: Parts, settings: Settings, database: Database, tell: Callable[..., None], now: datetime
) -> None:
    tell("telephone", "ringing", call="k1", number=NUMBER)
    read_on(settings, database)
    steering.turn()
    assert parts.asked == []
    with database.writing() as session:
        calls.answer(session, only_call(session), by="penyaring", at=now)
    steering.turn()
    assert parts.asked == [("telephone", {"do": "answer", "line": "sip-1", "call": "k1"})]
    tell("telephone", "answered", call="k1", take="t1", after=1)
    read_on(settings, database)
    with database.writing() as session:
        calls.end(session, only_call(session), by="penyaring", at=now)
    steering.turn()
    assert parts.asked[-1] == ("telephone", {"do": "hang_up", "line": "sip-1", "call": "k1"})


def test_what_a_line_refuses_is_shown_and_tried_again_later(
    steering: Steering,
    parts: Parts,
    settings: Settings,
    database: Database,
    session: Session,
    tell: Callable[..., None],
    now: datetime,
) -> None:
    tell("telephone", "ringing", call="k1", number=NUMBER)
    read_on(settings, database)
    with database.writing() as tx:
        calls.answer(tx, only_call(tx), by="penyaring", at=now)
    parts.refusal = PartRefused("This caller does not ring any more.")
    steering.turn()
    steering.turn()
    assert len(parts.asked) == 1
    assert session.scalars(select(LineCall.problem)).one()
    session.rollback()
    parts.seconds += AGAIN
    steering.turn()
    assert len(parts.asked) == 2


def test_a_telephone_caller_is_held_and_resumed_as_the_host_says(
    steering: Steering, parts: Parts, settings: Settings, database: Database, tell: Callable[..., None], now: datetime
) -> None:
    caller_on_air(settings, database, tell, now)
    parts.phone = [{"id": "sip-1", "call": "k1", "stage": "up", "held": False}, {"id": "sip-2", "call": None}]
    steering.turn()
    assert [request for part, request in parts.asked if part == "telephone"] == []
    with database.writing() as tx:
        calls.hold(tx, only_call(tx), by="penyiar", at=now)
    steering.turn()
    assert parts.asked[-1] == ("telephone", {"do": "hold", "line": "sip-1", "call": "k1"})
    parts.phone[0]["held"] = True
    with database.writing() as tx:
        calls.resume(tx, only_call(tx), by="penyiar", at=now)
    steering.turn()
    assert parts.asked[-1] == ("telephone", {"do": "resume", "line": "sip-1", "call": "k1"})


def test_who_goes_on_air_hears_the_studio_and_no_longer_a_prompt(
    steering: Steering, parts: Parts, settings: Settings, database: Database, tell: Callable[..., None], now: datetime
) -> None:
    caller_on_air(settings, database, tell, now)
    said = {"id": "sip-1", "call": "k1", "stage": "up", "held": False, "prompt": {"at": now.isoformat(), "heard": True}}
    parts.phone = [said]
    steering.turn()
    assert [request for part, request in parts.asked if part == "telephone"] == []
    said["prompt"] = {"at": None, "heard": True}
    steering.turn()
    assert parts.asked[-1] == ("telephone", {"do": "hush", "line": "sip-1", "call": "k1"})
    with database.writing() as tx:
        calls.hold(tx, only_call(tx), by="penyiar", at=now)
    said["held"] = True
    asked = len(parts.asked)
    steering.turn()
    assert len(parts.asked) == asked, "who is held may be told something"


def test_who_is_protected_or_off_air_hears_no_other_caller_any_more(
    steering: Steering, parts: Parts, settings: Settings, database: Database, tell: Callable[..., None], now: datetime
) -> None:
    caller_on_air(settings, database, tell, now)
    line = {"id": "sip-1", "call": "k1", "stage": "up", "held": False, "joined": "k2"}
    parts.phone = [line]
    steering.turn()
    assert [request for part, request in parts.asked if part == "telephone"] == []
    with database.writing() as tx:
        calls.protect(tx, only_call(tx), Protected.CHILD, hides=True, by="penyiar", at=now)
    steering.turn()
    assert parts.asked[-1] == ("telephone", {"do": "part", "line": "sip-1", "call": "k1"})


def test_what_a_joined_caller_heard_belongs_to_the_call_of_the_other_one_too(
    settings: Settings, database: Database, clock: ManualClock, tell: Callable[..., None], now: datetime
) -> None:
    for key in ("k1", "k2"):
        tell("telephone", "ringing", call=key, number=NUMBER)
    for key, other in (("k1", "k2"), ("k2", "k1")):
        take = recorded(settings, now, line="sip-1", kind="sip", call=key, close=False)
        take.note("joined", "studio", other=other)
        take.note("joined", "studio", other="of a call that nobody knows")
        take.close()
        tell("telephone", "answered", call=key, take=take.id)
    read_on(settings, database)
    adopt_finished(settings, database, clock)
    with database.writing() as tx:
        first, second = (lines.stay_of(tx, "telephone", key) for key in ("k1", "k2"))
        assert first is not None and second is not None
        for mine, theirs in ((first.call, second.call), (second.call, first.call)):
            heard = [recording.direction for recording in mine.recordings]
            assert sorted(heard) == [Direction.CALLER, Direction.STUDIO, Direction.STUDIO]
            assert sum(recording in theirs.recordings for recording in mine.recordings) == 2
        calls.protect(tx, first.call, Protected.CHILD, hides=True, by="penyiar", at=now)
        for recording in second.call.recordings:
            alone = recording.direction is Direction.CALLER
            assert (belonging_of(tx, recording) is Belonging.PROTECTED) is not alone


def test_a_held_caller_with_whom_the_screener_talks_hears_again(
    steering: Steering, parts: Parts, settings: Settings, database: Database, tell: Callable[..., None], now: datetime
) -> None:
    caller_on_air(settings, database, tell, now)
    with database.writing() as tx:
        calls.hold(tx, only_call(tx), by="penyiar", at=now)
        calls.rescreen(tx, only_call(tx), by="wati", at=now)
        assert only_call(tx).state is CallState.SCREENING
    parts.phone = [{"id": "sip-1", "call": "k1", "stage": "up", "held": True}]
    steering.turn()
    assert parts.asked[-1] == ("telephone", {"do": "resume", "line": "sip-1", "call": "k1"})
