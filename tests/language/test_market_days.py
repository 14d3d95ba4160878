"""Market days against known dates, and patterns of days against what must be true of any."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.language.market_days import DayPattern, MarketDay, market_day

DAYS = st.dates(date(1600, 1, 1), date(2300, 1, 1))
WEEKDAYS = st.frozensets(st.integers(0, 6))
MARKET_DAYS = st.frozensets(st.integers(0, 4))


@pytest.mark.parametrize(
    ("day", "weekday", "expected"),
    [
        # 1 Sura 1555, the first day of Sultan Agung's calendar.
        (date(1633, 7, 8), 4, MarketDay.LEGI),
        # 1 Sura 1867: the cycle of 120 years that is called Asapon after its first day, Alip Selasa Pon.
        (date(1936, 3, 24), 1, MarketDay.PON),
        # François Beauducel, weton.m (BSD): "Created: 1999-01-27 (Rebo Pahing), Updated: 2015-04-30 (Kemis Wagé)".
        (date(1999, 1, 27), 2, MarketDay.PAHING),
        (date(2015, 4, 30), 3, MarketDay.WAGE),
        # Zona Utara, table of September 2023.
        (date(2023, 9, 1), 4, MarketDay.KLIWON),
        # Tribunnews, calendar of September 2024.
        (date(2024, 9, 1), 6, MarketDay.LEGI),
        (date(2024, 9, 2), 0, MarketDay.PAHING),
        (date(2024, 9, 3), 1, MarketDay.PON),
        (date(2024, 9, 4), 2, MarketDay.WAGE),
    ],
)
def test_known_dates_have_their_market_day(day: date, weekday: int, expected: MarketDay) -> None:
    assert (day.weekday(), market_day(day)) == (weekday, expected)


@given(DAYS)
def test_the_market_week_has_five_days_without_a_break(day: date) -> None:
    week = [market_day(day + timedelta(days=n)) for n in range(6)]
    assert sorted(week[:5]) == list(MarketDay)
    assert week[5] == week[0]


@given(DAYS, st.integers(0, 6), st.integers(0, 4))
def test_a_weekday_with_a_market_day_comes_every_35_days(first: date, weekday: int, market: int) -> None:
    pattern = DayPattern(frozenset({weekday}), frozenset({market}))
    days = list(pattern.days(first, first + timedelta(days=34)))
    assert len(days) == 1
    assert list(pattern.days(days[0] + timedelta(days=1), days[0] + timedelta(days=35))) == [
        days[0] + timedelta(days=35)
    ]


@given(WEEKDAYS, MARKET_DAYS, DAYS, st.integers(0, 120), DAYS, DAYS)
def test_a_pattern_gives_exactly_the_days_that_fit(
    weekdays: frozenset[int], markets: frozenset[int], first: date, length: int, since: date, until: date
) -> None:
    pattern = DayPattern(weekdays, markets, since, until)
    every = [first + timedelta(days=n) for n in range(length + 1)]
    assert list(pattern.days(every[0], every[-1])) == [day for day in every if pattern.fits(day)]
    if not weekdays and not markets:
        assert not any(map(pattern.fits, every))


@given(WEEKDAYS, MARKET_DAYS, DAYS, st.integers(-400, 400))
def test_a_shifted_pattern_fits_the_shifted_day(
    weekdays: frozenset[int], markets: frozenset[int], day: date, by: int
) -> None:
    pattern = DayPattern(weekdays, markets)
    assert pattern.fits(day) == pattern.shifted(by).fits(day + timedelta(days=by))


def test_no_bound_of_the_calendar_breaks_a_pattern() -> None:
    every = DayPattern(frozenset(range(7)))
    assert list(every.days(date.max - timedelta(days=1), date.max)) == [date.max - timedelta(days=1), date.max]
    assert next(every.days(date.min, date.max)) == date.min
