"""When a thing holds that holds now and then: hours of the day, days of the week, and DATEX II's way to write them.

Times of day are those of the zone in which the period itself is written, WIB when it names none. What recurs is told
for two months ahead.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from radiodesk.road.feeds.feed_times import WIB, parse_time
from radiodesk.road.feeds.feed_xml import child_text, children, descendants

Period = tuple[datetime, datetime]
Span = tuple[timedelta, timedelta]
WHOLE_DAY: Span = (timedelta(), timedelta(days=1))

BEHIND, AHEAD = timedelta(days=2), timedelta(days=62)
OPEN_END = timedelta(days=3650)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKS = {"firstweekofmonth": 1, "secondweekofmonth": 2, "thirdweekofmonth": 3, "fourthweekofmonth": 4,
         "fifthweekofmonth": 5}  # fmt: skip
HOUR = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Recurring:
    """Days for which something holds: of the week, of weeks of the month, of months; an empty set holds for all."""

    days: frozenset[str] = frozenset()
    weeks: frozenset[int] = frozenset()
    last_week: bool = False
    months: frozenset[str] = frozenset()

    def holds_on(self, day: datetime) -> bool:
        if self.days and WEEKDAYS[day.weekday()] not in self.days:
            return False
        if self.months and MONTHS[day.month - 1] not in self.months:
            return False
        last = self.last_week and (day + timedelta(days=7)).month != day.month
        return not (self.weeks or self.last_week) or (day.day - 1) // 7 + 1 in self.weeks or last


def valid_periods(specification: Element, now: datetime) -> tuple[Period, ...] | None:
    """The periods of a ``validityTimeSpecification`` from two days ago on, in order; None when it names no periods.

    Empty when it names some and none of them can be.
    """
    named = list(children(specification, "validPeriod"))
    excepted = list(children(specification, "exceptionPeriod"))
    start, end = (parse_time(child_text(specification, name)) for name in ("overallStartTime", "overallEndTime"))
    if not named and not excepted:
        return None
    whole = (start or now - BEHIND, end or now + OPEN_END)
    held = [one for period in named for one in _spells(period, whole, now)] if named else [whole]
    without = joined(one for period in excepted for one in _spells(period, whole, now))
    return tuple(less(joined(held), without))


def _spells(period: Element, whole: Period, now: datetime) -> Iterator[Period]:
    written = child_text(period, "startOfPeriod") or child_text(period, "endOfPeriod")
    start = parse_time(child_text(period, "startOfPeriod")) or whole[0]
    end = parse_time(child_text(period, "endOfPeriod")) or whole[1]
    start, end = max(start, whole[0]), min(end, whole[1])
    hours = list(descendants(period, "recurringTimePeriodOfDay"))
    days = [_recurring(one) for one in descendants(period, "recurringDayWeekMonthPeriod")]
    special = next(descendants(period, "recurringSpecialDay"), None) is not None
    if not hours and not days:
        if start < end and not special:
            yield start, end
        return
    spans = _hours_of(hours) if hours else [WHOLE_DAY]
    yield from repeated((start, end), spans, days, now=now, zone=_zone_of(written))


def repeated(
    whole: Period, spans: Sequence[Span], days: Sequence[Recurring], *, now: datetime, zone: tzinfo
) -> Iterator[Period]:
    """Hours of the day on each day of a period, or on those days that one of ``days`` holds for, as far as is told."""
    start, end = whole
    day = max(start, now - BEHIND).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    day -= timedelta(days=1)
    while day < min(end, now + AHEAD):
        if not days or any(one.holds_on(day) for one in days):
            for begin, finish in spans:
                first, last = max(day + begin, start), min(day + finish, end)
                if first < last:
                    yield first, last
        day += timedelta(days=1)


def _zone_of(written: str) -> tzinfo:
    try:
        return datetime.fromisoformat(written).tzinfo or WIB
    except ValueError:
        return WIB


def _recurring(element: Element) -> Recurring:
    def said(name: str) -> frozenset[str]:
        return frozenset("".join(one.itertext()).strip().lower() for one in descendants(element, name))

    weeks = said("applicableWeek")
    return Recurring(
        said("applicableDay"),
        frozenset(WEEKS[name] for name in weeks if name in WEEKS),
        "lastweekofmonth" in weeks,
        said("applicableMonth"),
    )


def _hours_of(hours: Sequence[Element]) -> list[Span]:
    pairs = ((child_text(one, "startTimeOfPeriod"), child_text(one, "endTimeOfPeriod")) for one in hours)
    return [span for pair in pairs if (span := span_of(*pair))]


def span_of(start: str, end: str) -> Span | None:
    """Hours of the day as times since its midnight; an end that is not later lies on the next day."""
    begin, finish = _hour(start), _hour(end)
    if begin is None or finish is None:
        return None
    return begin, finish + (timedelta(days=1) if finish <= begin else timedelta())


def _hour(text: str) -> timedelta | None:
    """A time of day as the time since midnight; 24:00 is the end of the day."""
    found = HOUR.match(text)
    if found is None:
        return None
    if found[0].startswith("24:00"):
        return timedelta(days=1)
    try:
        clock = time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return None
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def joined(periods: Iterable[Period]) -> list[Period]:
    """The periods in order, those that meet as one."""
    found: list[Period] = []
    for start, end in sorted(periods):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def less(periods: Sequence[Period], without: Sequence[Period]) -> Iterator[Period]:
    """What is left of periods in order without some others in order."""
    for start, end in periods:
        begin = start
        for out, back in without:
            if back <= begin or out >= end:
                continue
            if out > begin:
                yield begin, out
            begin = back
        if begin < end:
            yield begin, end
