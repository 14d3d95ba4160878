"""Going on air, reading approved scripts, taking callers, dumping, and the end: what went out stands in the as-run."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.errors import Conflict
from radiodesk.language.spoken import reading_seconds
from radiodesk.rooms.broadcasts import queries, rundowns, services
from radiodesk.rooms.broadcasts.air_delay import DelayUnit
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.models import AsRunKind, Broadcast, BroadcastState, ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ReadingSpeed, Script, ScriptKind, ScriptState
from radiodesk.rooms.transcripts import vocabulary

BY = "penyiar"
TEXT = "Selamat pagi pendengar. " * 20


def plan(session: Session, clock: ManualClock, title: str = "Halo") -> Broadcast:
    series = programme.add_programme(session, title, by=BY, at=clock.now())
    return services.plan(session, series, "", clock.now(), by=BY, at=clock.now())


def script(session: Session, clock: ManualClock, minutes: int | None = None) -> Script:
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    draft = programme.Draft(TEXT)
    return programme.write_script(
        session, ScriptKind.FREE, "Naskah", draft, by=BY, at=clock.now(), speed=140, valid_until=until
    )


def caller(session: Session, clock: ManualClock, *, ready: bool = True) -> Call:
    call = calls.receive(session, Channel.PHONE, at=clock.now(), phone="0812 0000 0001", name="Penelepon Satu")
    calls.answer(session, call, by="layar", at=clock.now())
    calls.consent(session, call, by="layar", at=clock.now())
    calls.queue(session, call, by="layar", at=clock.now())
    if ready:
        calls.make_ready(session, call, by="layar", at=clock.now())
    return call


def test_one_studio_has_one_broadcast_on_air(session: Session, clock: ManualClock) -> None:
    first, second = plan(session, clock), plan(session, clock, "Lain")
    services.go_on_air(session, first, by=BY, at=clock.now())
    with pytest.raises(services.OtherOnAir):
        services.go_on_air(session, second, by=BY, at=clock.now())
    services.end(session, first, by=BY, at=clock.now())
    services.go_on_air(session, second, by=BY, at=clock.now())


def test_names_of_the_rundown_are_listened_for_from_the_moment_it_goes_on_air(
    session: Session, clock: ManualClock
) -> None:
    show = plan(session, clock)
    rundowns.add_item(
        session, show, ItemKind.TALK, "Dialog dengan Ipda Contoh", 300, by=BY, at=clock.now(), reader="Wati"
    )
    clock.advance(timedelta(days=3))
    assert vocabulary.phrases_at(session, clock.now()) == []
    services.go_on_air(session, show, by=BY, at=clock.now())
    assert vocabulary.phrases_at(session, clock.now()) == ["Ipda Contoh", "Wati"]


def test_only_the_approved_words_may_be_read(session: Session, clock: ManualClock) -> None:
    show, text = plan(session, clock), script(session, clock)
    item = rundowns.add_item(session, show, ItemKind.SCRIPT, "Baca", 0, by=BY, at=clock.now(), script=text)
    services.go_on_air(session, show, by=BY, at=clock.now())
    with pytest.raises(programme.NotApproved):
        services.begin_item(session, show, item, by=BY, at=clock.now())
    programme.approve(session, text, number=1, by="perwira", at=clock.now())
    services.begin_item(session, show, item, by=BY, at=clock.now())
    read = queries.as_run(session, show)[-1]
    assert read.kind is AsRunKind.SCRIPT
    assert read.details["sha256"] == text.latest.digest


def test_a_change_ends_the_approval_and_a_late_editor_keeps_the_words(session: Session, clock: ManualClock) -> None:
    text = script(session, clock)
    programme.approve(session, text, number=1, by="perwira", at=clock.now())
    programme.edit_script(session, text, programme.Draft("Lain."), expected=1, by=BY, at=clock.now(), speed=140)
    assert text.state is ScriptState.DRAFT
    with pytest.raises(programme.ChangedMeanwhile, match=BY):
        programme.edit_script(session, text, programme.Draft("Telat."), expected=1, by="x", at=clock.now(), speed=140)
    with pytest.raises(programme.ChangedMeanwhile):
        programme.approve(session, text, number=1, by="perwira", at=clock.now())


def test_a_script_whose_conditions_expired_is_neither_approved_nor_read(session: Session, clock: ManualClock) -> None:
    text = script(session, clock, minutes=30)
    programme.approve(session, text, number=1, by="perwira", at=clock.now())
    clock.advance(timedelta(minutes=31))
    with pytest.raises(programme.NotApproved):
        programme.readable(text, clock.now())
    with pytest.raises(Conflict):
        programme.approve(session, text, number=1, by="perwira", at=clock.now())


def test_reading_speed_is_learned_from_what_was_read(session: Session, clock: ManualClock) -> None:
    show, text = plan(session, clock), script(session, clock)
    programme.approve(session, text, number=1, by="perwira", at=clock.now())
    item = rundowns.add_item(
        session, show, ItemKind.SCRIPT, "Baca", 0, by=BY, at=clock.now(), script=text, reader="Ibu Uji"
    )
    services.go_on_air(session, show, by=BY, at=clock.now())
    for _ in range(4):
        services.begin_item(session, show, item, by=BY, at=clock.now())
        clock.advance(timedelta(seconds=30))
        services.finish_script(session, show, by=BY, at=clock.now())
    session.flush()
    assert session.query(ReadingSpeed).one().seconds < 4 * 30, "pauses are no reading"
    pace = programme.words_per_minute(session, "Ibu Uji", 140)
    assert reading_seconds(text.latest.text, words_per_minute=round(pace)) == pytest.approx(30, abs=0.5)
    assert programme.words_per_minute(session, "Orang lain", 140) == 140


def test_a_caller_goes_on_air_on_hold_and_off(session: Session, clock: ManualClock) -> None:
    show, call = plan(session, clock), caller(session, clock)
    services.go_on_air(session, show, by=BY, at=clock.now())
    services.take(session, show, call, by=BY, at=clock.now())
    services.hold(session, show, call, by=BY, at=clock.now())
    services.take(session, show, call, by=BY, at=clock.now())
    services.end_call(session, show, call, by=BY, at=clock.now())
    kinds = [entry.kind for entry in queries.as_run(session, show)]
    assert kinds == [
        AsRunKind.START,
        AsRunKind.CALL_ON,
        AsRunKind.CALL_OFF,
        AsRunKind.CALL_ON,
        AsRunKind.CALL_OFF,
    ]


def test_the_end_files_what_ended_and_leaves_who_waits(session: Session, clock: ManualClock) -> None:
    show, talking, waiting = plan(session, clock), caller(session, clock), caller(session, clock, ready=False)
    services.go_on_air(session, show, by=BY, at=clock.now())
    services.take(session, show, talking, by=BY, at=clock.now())
    services.end(session, show, by=BY, at=clock.now())
    session.expire_all()
    assert show.state is BroadcastState.ENDED
    assert talking.state is CallState.DONE
    assert waiting.state is CallState.WAITING
    assert calls_of(session, show) == [talking]


def test_a_dump_marks_the_last_seconds(session: Session, clock: ManualClock) -> None:
    show = plan(session, clock)
    services.go_on_air(session, show, by=BY, at=clock.now())
    clock.advance(timedelta(seconds=100))
    entry = services.dump(session, show, 15, "nama disebut", by=BY, at=clock.now())
    assert (entry.details["begins"], entry.details["ends"]) == (85, 100)


def test_with_a_delay_a_dump_takes_its_whole_length_and_tells_what_stayed_off_air(
    session: Session, clock: ManualClock
) -> None:
    show, unit = plan(session, clock), DelayUnit(8.0, 0.1)
    services.go_on_air(session, show, by=BY, at=clock.now())
    clock.advance(timedelta(seconds=100))
    first = services.dump(session, show, 0, "", by=BY, at=clock.now(), unit=unit)
    assert (first.details["begins"], first.details["ends"], first.details["kept_off_air"]) == (92, 100, 8.0)
    assert unit.left(queries.as_run(session, show), clock.now()) == 0
    # Two in a row: the second still takes eight seconds from the public, and tells that three of them went on air.
    clock.advance(timedelta(seconds=50))
    assert unit.left(queries.as_run(session, show), clock.now()) == pytest.approx(5.0)
    second = services.dump(session, show, 0, "", by=BY, at=clock.now(), unit=unit)
    assert (second.details["begins"], second.details["kept_off_air"]) == (142, 5.0)
    clock.advance(timedelta(seconds=30))
    left = unit.left(queries.as_run(session, show), clock.now())
    assert left == pytest.approx(3.0)
    assert unit.full_in(left) == pytest.approx(50.0)
    clock.advance(timedelta(seconds=500))
    assert unit.left(queries.as_run(session, show), clock.now()) == 8.0


def test_how_loud_it_was_stands_in_the_as_run(session: Session, clock: ManualClock) -> None:
    show = plan(session, clock)
    services.go_on_air(session, show, by=BY, at=clock.now())
    clock.advance(timedelta(seconds=100))
    figures = {"integrated": -22.96, "most_short_term": -18.2, "true_peak": -1.4, "seconds": 99.9}
    services.end(session, show, by=BY, at=clock.now(), loudness=figures)
    entry = next(one for one in queries.as_run(session, show) if one.kind is AsRunKind.LOUDNESS)
    assert entry.title == "I -23.0 LUFS · max S -18.2 LUFS · -1.4 dBTP"
    assert entry.details == {
        "integrated_lufs": -22.96,
        "max_short_term_lufs": -18.2,
        "true_peak_dbtp": -1.4,
        "measured_seconds": 99.9,
    }


def test_the_host_sees_no_protected_caller(session: Session, clock: ManualClock) -> None:
    show, call = plan(session, clock), caller(session, clock)
    calls.screen(
        session,
        call,
        calls.Screening(phone=call.phone, name="Penelepon Satu", topic="Hilang", protected=Protected.VICTIM),
        by="layar",
        at=clock.now(),
    )
    seen = queries.studio(session, show, clock.now())
    assert seen.ready[0].name is None
    assert seen.words == {}
