"""The Javanese market week (pasaran): its five days, and on which dates a thing comes that goes by them.

Pure arithmetic: five days run on without a break, as the seven of the week do, so both fall together every 35 days. The
civil day counts, from midnight; the night before, which belongs to the day in Javanese reckoning, does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

MARKET_WEEK = 5
_FIRST = date(1633, 7, 8)
"""A Friday Legi: 1 Sura 1555, with which Sultan Agung's calendar begins."""


class MarketDay(IntEnum):
    """The days of the market week in their order."""

    LEGI = 0
    PAHING = 1
    PON = 2
    WAGE = 3
    KLIWON = 4


MARKET_DAY_NAMES = {one: one.name.capitalize() for one in MarketDay}
"""The same in all languages."""


def market_day(day: date) -> MarketDay:
    """The market day of a date of the Gregorian calendar, before 1633 too."""
    return MarketDay((day.toordinal() - _FIRST.toordinal()) % MARKET_WEEK)


@dataclass(frozen=True, slots=True)
class DayPattern:
    """On which days something comes: days of the week (0 is Monday), market days, or those on which both fall together.

    An empty set leaves that cycle open; with both empty no day fits. ``since`` and ``until`` belong to it.
    """

    weekdays: frozenset[int] = frozenset()
    market_days: frozenset[int] = frozenset()
    since: date = date.min
    until: date = date.max

    def fits(self, day: date) -> bool:
        """Whether the thing comes on this day."""
        if not self.since <= day <= self.until or not (self.weekdays or self.market_days):
            return False
        return (not self.weekdays or day.weekday() in self.weekdays) and (
            not self.market_days or market_day(day) in self.market_days
        )

    def days(self, first: date, last: date) -> Iterator[date]:
        """Its days from ``first`` to ``last``, both included, in order."""
        number = max(first, self.since).toordinal()
        end = min(last, self.until).toordinal()
        for one in range(number, end + 1):
            if self.fits(day := date.fromordinal(one)):
                yield day

    def shifted(self, days: int) -> "DayPattern":
        """The same pattern so many days later (or earlier), without bounds."""
        return DayPattern(
            frozenset((one + days) % 7 for one in self.weekdays),
            frozenset((one + days) % MARKET_WEEK for one in self.market_days),
        )
