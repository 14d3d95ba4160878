"""Working days: weekends, national holidays, collective leave, and corrections of a station's own."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.core.errors import Unreadable
from radiodesk.rooms.tickets.workdays import WorkCalendar, load_calendar

WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = load_calendar(WIB)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 600 * 24).map(lambda hours: BEGIN + timedelta(hours=hours))


def on(calendar: WorkCalendar, year: int, month: int, day: int, working_days: int) -> date:
    start = datetime(year, month, day, 3, tzinfo=UTC)
    return calendar.due(start, working_days).date()


def test_a_weekend_does_not_count() -> None:
    # Friday 27 November 2026: the third working day is Wednesday.
    assert on(CALENDAR, 2026, 11, 27, 3) == date(2026, 12, 2)


def test_a_complaint_of_a_sunday_counts_from_monday() -> None:
    assert on(CALENDAR, 2026, 11, 29, 1) == date(2026, 11, 30)


def test_christmas_with_its_collective_leave_does_not_count() -> None:
    # 24 December is collective leave, 25 a holiday, 26 and 27 a weekend.
    assert on(CALENDAR, 2026, 12, 23, 1) == date(2026, 12, 28)


def test_the_count_goes_over_new_year_and_its_holiday() -> None:
    assert on(CALENDAR, 2026, 12, 31, 1) == date(2027, 1, 4)


def test_idul_fitri_2026_gives_a_long_gap() -> None:
    assert on(CALENDAR, 2026, 3, 17, 1) == date(2026, 3, 25)


def test_the_time_ends_with_the_day_in_station_time() -> None:
    due = CALENDAR.due(datetime(2026, 11, 24, 11, 30, tzinfo=UTC), 1)
    assert due.isoformat() == "2026-11-25T23:59:59+07:00"


def test_late_evening_in_utc_is_already_the_next_day_here() -> None:
    # 20.00 UTC on Tuesday is 03.00 WIB on Wednesday, so that Thursday is the first day counted.
    assert CALENDAR.due(datetime(2026, 11, 24, 20, tzinfo=UTC), 1).date() == date(2026, 11, 26)


def test_both_years_of_the_data_are_known_and_others_are_not() -> None:
    assert CALENDAR.knows(2026) and CALENDAR.knows(2027)
    assert not CALENDAR.knows(2041)


@given(
    MOMENTS,
    st.integers(1, 60),
)
def test_the_day_due_is_a_working_day_with_the_right_count_before_it(start: datetime, working_days: int) -> None:
    due = CALENDAR.due(start, working_days)
    assert CALENDAR.is_working(due.date())
    assert CALENDAR.working_days_between(start, due) == working_days
    assert CALENDAR.due(start, working_days + 1) > due


@given(MOMENTS, st.integers(0, 400))
def test_counting_backwards_gives_the_negative(start: datetime, days: int) -> None:
    later = start + timedelta(days=days)
    assert CALENDAR.working_days_between(later, start) == -CALENDAR.working_days_between(start, later)


@given(MOMENTS, st.integers(0, 900))
def test_a_span_has_as_many_working_days_as_are_counted_one_by_one(start: datetime, days: int) -> None:
    first, last = start.astimezone(WIB).date(), (start + timedelta(days=days)).astimezone(WIB).date()
    one_by_one = sum(CALENDAR.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert CALENDAR.working_days_between(start, start + timedelta(days=days)) == one_by_one


def test_a_station_adds_a_local_day_off_and_takes_one_back(tmp_path: Path) -> None:
    (tmp_path / "lokal.tsv").write_text(
        "date\tkind\tname\n2026-11-25\tholiday\tHari Uji\n2026-12-24\tworking\tTetap masuk\n", encoding="utf-8"
    )
    calendar = load_calendar(WIB, [tmp_path])
    assert on(calendar, 2026, 11, 24, 1) == date(2026, 11, 26)
    assert on(calendar, 2026, 12, 23, 1) == date(2026, 12, 24)
    monday, friday = datetime(2026, 12, 21, tzinfo=WIB), datetime(2026, 12, 25, tzinfo=WIB)
    assert (calendar.working_days_between(monday, friday), CALENDAR.working_days_between(monday, friday)) == (3, 2)


@pytest.mark.parametrize("line", ["24-12-2026\tholiday\tNatal", "2026-12-24\tfeast\tNatal", "2026-12-24"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "lokal.tsv").write_text(f"date\tkind\tname\n{line}\n", encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        load_calendar(WIB, [tmp_path])
    assert "2" in str(refused.value) and "lokal.tsv" in str(refused.value)
