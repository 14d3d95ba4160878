"""Slots make editions weeks ahead; what people did with an edition stays as they left it."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Refusal, Unreadable
from radiodesk.core.settings import Settings
from radiodesk.language.market_days import DayPattern, MarketDay, market_day
from radiodesk.operations.worker import plan_editions
from radiodesk.rooms.broadcasts import editions, rundowns, services
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState, ItemKind
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme import services as programmes
from radiodesk.rooms.programme import slots
from radiodesk.rooms.programme.models import Programme, Slot
from radiodesk.rooms.programme.slots import Plan

BY = "produser"
ZONE = ZoneInfo("Asia/Jakarta")
FRIDAY, KLIWON = 4, MarketDay.KLIWON.value
DIALOGUE = Plan("09:00", 90, ("Host Contoh",), ("Satlantas",), "Pendopo Contoh", walk_in=True)
TODAY = date(2026, 11, 24)


@pytest.fixture
def series(session: Session, now: datetime) -> Programme:
    return programmes.add_programme(session, "Dialog Jumat", by=BY, at=now)


def slot_on(
    session: Session,
    series: Programme,
    at: datetime,
    weekdays: tuple[int, ...] = (FRIDAY,),
    markets: tuple[int, ...] = (),
    until: date = date.max,
) -> Slot:
    pattern = DayPattern(frozenset(weekdays), frozenset(markets), TODAY, until)
    return slots.add_slot(session, series, pattern, DIALOGUE, by=BY, at=at)


def make(session: Session, at: datetime, weeks: int = 6) -> list[Broadcast]:
    return editions.make_editions(session, ZONE, weeks, at=at)


def all_editions(session: Session) -> list[Broadcast]:
    return list(session.scalars(select(Broadcast).order_by(Broadcast.planned_start, Broadcast.id)))


def days(session: Session) -> list[str]:
    return [one.planned_start.astimezone(ZONE).strftime("%d.%m. %H:%M") for one in all_editions(session)]


def test_every_friday_at_the_pendopo_is_planned_six_weeks_ahead(
    session: Session, series: Programme, now: datetime
) -> None:
    slot_on(session, series, now)
    made = make(session, now)
    assert days(session) == [
        *("27.11. 09:00", "04.12. 09:00", "11.12. 09:00", "18.12. 09:00", "25.12. 09:00", "01.01. 09:00"),
    ]
    one = made[0]
    assert (one.title, one.planned_seconds, one.hosts, one.units) == (
        "Dialog Jumat",
        5400,
        ["Host Contoh"],
        ["Satlantas"],
    )
    assert (one.place, one.walk_in, one.by_hand, one.state) == ("Pendopo Contoh", True, False, BroadcastState.PLANNED)
    # Nine in the morning in Bojonegoro is two in the morning in Greenwich.
    assert one.planned_start == datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def test_friday_kliwon_comes_every_35_days(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now, (FRIDAY,), (KLIWON,))
    found = [one.planned_day for one in make(session, now, weeks=12)]
    assert [(day.weekday(), market_day(day)) for day in found if day] == [(FRIDAY, KLIWON)] * len(found)
    assert len(found) >= 2
    assert found[0] is not None
    assert found[1] == found[0] + timedelta(days=35)


def test_a_market_day_alone_comes_every_five_days(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now, (), (MarketDay.LEGI,))
    found = [one.planned_day for one in make(session, now, weeks=3)]
    assert {market_day(day) for day in found if day} == {MarketDay.LEGI}
    assert len(found) in (4, 5)


def test_the_round_makes_nothing_twice(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now)
    assert len(make(session, now)) == 6
    assert make(session, now) == []
    week_later = now + timedelta(days=7)
    assert len(make(session, week_later)) == 1


def test_two_machines_at_once_make_one_edition_a_day(
    settings: Settings, database: Database, clock: ManualClock
) -> None:
    with database.writing() as session:
        series = programmes.add_programme(session, "Dialog Jumat", by=BY, at=clock.now())
        session.flush()
        slot_on(session, series, clock.now())
    with ThreadPoolExecutor(4) as machines:
        for turn in [machines.submit(plan_editions, settings, database, clock) for _ in range(4)]:
            turn.result()
    with database.reading() as session:
        planned = [one.planned_day for one in all_editions(session)]
    assert len(planned) == len(set(planned)) == 6


def test_of_today_only_what_is_still_to_come_is_made(session: Session, series: Programme, now: datetime) -> None:
    tuesday = TODAY.weekday()
    assert now.astimezone(ZONE).strftime("%H:%M") == "18:30"
    slot_on(session, series, now, (tuesday,))
    assert TODAY not in [one.planned_day for one in make(session, now)]


def moved(session: Session, one: Broadcast, now: datetime) -> None:
    editions.move(session, one, one.planned_start + timedelta(days=1), by=BY, at=now)


def cancelled(session: Session, one: Broadcast, now: datetime) -> None:
    editions.cancel(session, one, "Pendopo dipakai rapat", by=BY, at=now)


def changed(session: Session, one: Broadcast, now: datetime) -> None:
    day = one.planned_start.astimezone(ZONE).date()
    editions.change(session, one, "Edisi khusus", day, Plan("10:00", 60), ZONE, by=BY, at=now)


@pytest.mark.parametrize("act", [moved, cancelled, changed])
def test_what_a_person_did_with_an_edition_is_neither_made_again_nor_overwritten(
    act: Callable[[Session, Broadcast, datetime], None], session: Session, series: Programme, now: datetime
) -> None:
    slot_on(session, series, now)
    one = make(session, now)[1]
    act(session, one, now)
    session.flush()
    before = (one.title, one.planned_start, one.planned_seconds, one.state, one.cancelled_why, tuple(one.hosts))
    assert make(session, now) == []
    session.expire_all()
    assert (one.title, one.planned_start, one.planned_seconds, one.state, one.cancelled_why, tuple(one.hosts)) == before
    assert len(all_editions(session)) == 6


def test_an_edition_planned_by_hand_is_that_of_its_day(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now)
    friday = datetime(2026, 12, 4, 3, 0, tzinfo=UTC)
    own = services.plan(session, series, "Edisi sendiri", friday, by=BY, at=now)
    editions.claim_day(session, own, ZONE)
    assert own.planned_day == date(2026, 12, 4)
    editions.move(session, own, friday + timedelta(days=2), by=BY, at=now)
    assert date(2026, 12, 4) not in [one.planned_day for one in make(session, now)]


def test_an_edition_planned_before_there_was_a_slot_is_not_made_again(
    session: Session, series: Programme, now: datetime
) -> None:
    services.plan(session, series, "", datetime(2026, 12, 4, 3, 0, tzinfo=UTC), by=BY, at=now)
    slot_on(session, series, now)
    assert date(2026, 12, 4) not in [one.planned_day for one in make(session, now)]


def test_a_move_can_be_taken_back(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now)
    one = make(session, now)[0]
    before = one.planned_start
    moved(session, one, now)
    moved(session, one, now)
    assert one.moved_from == before
    editions.move_back(session, one, by=BY, at=now)
    assert one.planned_start == before
    session.expire_all()
    assert one.moved_from is None
    with pytest.raises(Conflict):
        editions.move_back(session, one, by=BY, at=now)


def test_a_cancellation_needs_a_reason_and_can_be_taken_back(
    session: Session, series: Programme, now: datetime
) -> None:
    slot_on(session, series, now)
    one = make(session, now)[0]
    with pytest.raises(Unreadable):
        editions.cancel(session, one, "  ", by=BY, at=now)
    cancelled(session, one, now)
    assert one.state is BroadcastState.CANCELLED
    for refused in (moved, cancelled, changed):
        with pytest.raises(Conflict):
            refused(session, one, now)
    with pytest.raises(Conflict):
        services.go_on_air(session, one, by=BY, at=now)
    editions.reinstate(session, one, by=BY, at=now)
    assert (one.state, one.cancelled_why, one.cancelled_at) == (BroadcastState.PLANNED, "", None)


def test_from_here_on_another_time_holds_for_later_editions_alone(
    session: Session, series: Programme, now: datetime
) -> None:
    slot = slot_on(session, series, now)
    made = make(session, now)
    changed(session, made[3], now)
    cancelled(session, made[4], now)
    later = Plan("15:30", 60, ("Host Baru",), (), "Alun-alun Contoh", walk_in=False)
    found = editions.change_from_here_on(session, made[1], "", date(2026, 12, 4), later, ZONE, by=BY, at=now)
    assert days(session) == [
        *("27.11. 09:00", "04.12. 15:30", "11.12. 15:30", "18.12. 10:00", "25.12. 09:00", "01.01. 15:30"),
    ]
    assert [one.place for one in made] == [
        *("Pendopo Contoh", "Alun-alun Contoh", "Alun-alun Contoh", "", "Pendopo Contoh", "Alun-alun Contoh"),
    ]
    assert found.kept == [made[3]]
    assert slot.valid_until == date(2026, 12, 3)
    # The cancelled and the changed one are still those of their days.
    assert make(session, now) == []
    following = make(session, now + timedelta(days=7))
    assert [one.planned_start.astimezone(ZONE).strftime("%d.%m. %H:%M") for one in following] == ["08.01. 15:30"]


def test_from_here_on_another_day_moves_the_whole_pattern(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now, (FRIDAY,), (KLIWON,))
    made = make(session, now, weeks=16)
    first = made[1].planned_day
    assert first is not None
    editions.change_from_here_on(session, made[1], "", first + timedelta(days=1), DIALOGUE, ZONE, by=BY, at=now)
    found = [one.planned_start.astimezone(ZONE).date() for one in all_editions(session)]
    assert [(day.weekday(), market_day(day)) for day in found] == [
        (FRIDAY, KLIWON),
        *[(5, MarketDay.LEGI)] * (len(found) - 1),
    ]
    assert make(session, now, weeks=16) == []


def test_from_here_on_no_edition_is_jumped_over(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now, tuple(range(7)))
    made = make(session, now)
    with pytest.raises(Conflict):
        editions.change_from_here_on(session, made[5], "", made[3].planned_day or TODAY, DIALOGUE, ZONE, by=BY, at=now)


def test_another_pattern_takes_back_what_nobody_touched(session: Session, series: Programme, now: datetime) -> None:
    slot = slot_on(session, series, now)
    made = make(session, now)
    rundowns.add_item(session, made[2], ItemKind.TALK, "Wawancara", 600, by=BY, at=now)
    thursdays = DayPattern(frozenset({3}), frozenset(), date(2026, 12, 1))
    found = editions.change_slot(session, slot, thursdays, DIALOGUE, ZONE, by=BY, at=now)
    make(session, now)
    assert (found.taken_back, found.kept) == (4, [made[2]])
    assert days(session) == [
        *("27.11. 09:00", "03.12. 09:00", "10.12. 09:00", "11.12. 09:00"),
        *("17.12. 09:00", "24.12. 09:00", "31.12. 09:00"),
    ]


def test_what_was_cannot_be_changed(session: Session, series: Programme, now: datetime) -> None:
    slot = slot_on(session, series, now)
    past = DayPattern(frozenset({3}), frozenset(), TODAY - timedelta(days=7))
    with pytest.raises(Unreadable):
        editions.change_slot(session, slot, past, DIALOGUE, ZONE, by=BY, at=now)
    with pytest.raises(Unreadable):
        editions.end_slot(session, slot, TODAY - timedelta(days=7), ZONE, by=BY, at=now)


def test_a_slot_ends(session: Session, series: Programme, now: datetime) -> None:
    slot = slot_on(session, series, now)
    make(session, now)
    found = editions.end_slot(session, slot, date(2026, 12, 11), ZONE, by=BY, at=now)
    assert (found.taken_back, len(all_editions(session))) == (3, 3)
    assert make(session, now + timedelta(days=14)) == []


def test_days_are_left_out_with_a_reason(session: Session, series: Programme, now: datetime) -> None:
    slot_on(session, series, now)
    make(session, now, weeks=2)
    first, last = date(2026, 12, 1), date(2026, 12, 20)
    found = editions.leave_out(session, series, first, last, "Libur studio", ZONE, by=BY, at=now)
    assert [(one.planned_day, one.cancelled_why) for one in found] == [(date(2026, 12, 4), "Libur studio")]
    make(session, now)
    assert [one.planned_day.day for one in all_editions(session) if one.planned_day] == [27, 4, 25, 1]
    slots.take_in_again(session, series, first, last, by=BY, at=now)
    make(session, now)
    assert [one.planned_day.day for one in all_editions(session) if one.planned_day] == [27, 4, 11, 18, 25, 1]


def test_recurring_items_stand_on_their_days_alone(session: Session, series: Programme, now: datetime) -> None:
    template = [
        {"kind": "talk", "title": "Salam", "seconds": 60},
        {"kind": "talk", "title": "Doa Jumat", "seconds": 120, "on": "w4"},
        {"kind": "talk", "title": "Kabar pasar", "seconds": 180, "on": f"m{MarketDay.LEGI.value}"},
    ]
    slots.set_template(session, series, template, by=BY, at=now)
    slot_on(session, series, now, (3, FRIDAY))
    for one in make(session, now):
        day = one.planned_day
        assert day is not None
        titles = ["Salam"]
        titles += ["Doa Jumat"] if day.weekday() == FRIDAY else []
        titles += ["Kabar pasar"] if market_day(day) is MarketDay.LEGI else []
        assert [item.title for item in rundown(session, one.id)] == titles


def test_clashes_are_named_on_both_sides(session: Session, series: Programme, now: datetime) -> None:
    at = datetime(2026, 12, 4, 2, 0, tzinfo=UTC)
    one, two, after, gone = (
        services.plan(session, series, title, at + timedelta(minutes=minutes), seconds=3600, by=BY, at=now)
        for title, minutes in (("Satu", 0), ("Dua", 30), ("Sesudah", 90), ("Batal", 10))
    )
    editions.cancel(session, gone, "Sakit", by=BY, at=now)
    assert editions.clashes([after, two, gone, one]) == {one.id: [two], two.id: [one]}


PLANS = st.builds(
    Plan, st.times().map(lambda at: at.strftime("%H:%M")), st.integers(5, 360), place=st.text("abc", max_size=5)
)
ACTS = st.sampled_from(["round", "week", "move", "cancel", "reinstate", "change", "on", "slot", "end", "out"])


@bounds(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(ACTS, st.integers(0, 30), st.integers(-3, 3), PLANS), max_size=8),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    markets=st.frozensets(st.integers(0, 4), max_size=2),
)
def test_whatever_people_do_no_day_of_a_slot_has_two_editions(
    session: Session,
    now: datetime,
    acts: list[tuple[str, int, int, Plan]],
    weekdays: frozenset[int],
    markets: frozenset[int],
) -> None:
    with contextlib.ExitStack() as undone:
        undone.callback(session.begin_nested().rollback)
        _live_through(session, now, acts, weekdays, markets)


def _live_through(
    session: Session,
    now: datetime,
    acts: list[tuple[str, int, int, Plan]],
    weekdays: frozenset[int],
    markets: frozenset[int],
) -> None:
    series = programmes.add_programme(session, "Acak", by=BY, at=now)
    session.flush()
    weekdays = weekdays if weekdays or markets else frozenset({FRIDAY})
    slot_on(session, series, now, tuple(weekdays), tuple(markets))
    at = now
    for act, which, shift, plan in acts:
        make(session, at, weeks=3)
        found = [one for one in all_editions(session) if one.planned_start > at]
        one = found[which % len(found)] if found else None
        slot = series.slots[-1] if series.slots else None
        try:
            if act == "week":
                at += timedelta(days=7)
            elif act == "slot" and slot is not None:
                since = editions.station_day(at, ZONE) + timedelta(days=which)
                pattern = DayPattern(frozenset({which % 7}), frozenset(), since)
                editions.change_slot(session, slot, pattern, plan, ZONE, by=BY, at=at)
            elif act == "end" and slot is not None:
                last = editions.station_day(at, ZONE) + timedelta(days=which)
                editions.end_slot(session, slot, last, ZONE, by=BY, at=at)
            elif act == "out":
                first = editions.station_day(at, ZONE) + timedelta(days=which)
                editions.leave_out(session, series, first, first + timedelta(days=9), "x", ZONE, by=BY, at=at)
            elif one is not None and act == "move":
                editions.move(session, one, one.planned_start + timedelta(hours=shift), by=BY, at=at)
            elif one is not None and act == "cancel":
                editions.cancel(session, one, "x", by=BY, at=at)
            elif one is not None and act == "reinstate":
                editions.reinstate(session, one, by=BY, at=at)
            elif one is not None and act == "change":
                editions.change(session, one, "x", TODAY + timedelta(days=which), plan, ZONE, by=BY, at=at)
            elif one is not None and act == "on":
                day = (one.planned_day or TODAY) + timedelta(days=shift)
                editions.change_from_here_on(session, one, "", day, plan, ZONE, by=BY, at=at)
        except Refusal:
            pass
        session.flush()
        session.expire_all()
    make(session, at, weeks=3)
    assert make(session, at, weeks=3) == []
    keys = [(one.slot_id, one.planned_day) for one in all_editions(session) if one.planned_day]
    assert len(keys) == len(set(keys))
