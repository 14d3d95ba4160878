"""The calendar of broadcasts as the desk shows it: days with their editions, holidays and clashes, by week or month.

Days and hours are those of the station. A broadcast that goes on past midnight stands on the day on which it begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.inputs import FIRST_YEAR, LAST_YEAR, station_time
from radiodesk.rooms.broadcasts.editions import clashes, station_day
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.tickets.workdays import WorkCalendar

USUAL_HOURS = (6, 21)
"""Hours that a week shows though nothing is planned in them; the second one is where it ends."""
ROWS_AN_HOUR = 2
MOST_LANES = 4
LONGEST_SPAN = 12
"""Rows that a broadcast takes at most; what is longer (none is planned so) is drawn shorter."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A broadcast on a day: ``row`` and ``rows`` are half-hours, counted from the first hour that the week shows.

    What lies at the same time stands in lanes side by side, from 1.
    """

    broadcast: Broadcast
    starts: str
    row: int
    rows: int
    lane: int
    clashes: Sequence[Broadcast]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day with what is planned on it; ``holiday`` is its name, or nothing."""

    day: date
    holiday: str
    shown: Sequence[Shown]
    is_today: bool
    is_near: bool
    """Whether it belongs to the month that is shown, and does not only fill its weeks."""

    @property
    def lanes(self) -> int:
        return max((one.lane for one in self.shown), default=1)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Days in their order, always whole weeks; with the hours that a week shows."""

    days: Sequence[CalendarDay]
    first_hour: int
    last_hour: int

    @property
    def weeks(self) -> list[Sequence[CalendarDay]]:
        return [self.days[at : at + 7] for at in range(0, len(self.days), 7)]


class PageMaker(Protocol):
    """Makes the page in which a day lies."""

    def __call__(
        self, session: Session, day: date, at: datetime, zone: ZoneInfo, calendar: WorkCalendar, /
    ) -> CalendarPage: ...


def within(day: date) -> date:
    """The nearest day from which whole months can be shown before and after."""
    return max(date(FIRST_YEAR, 2, 1), min(day, date(LAST_YEAR, 11, 1)))


def week_page(session: Session, day: date, at: datetime, zone: ZoneInfo, calendar: WorkCalendar) -> CalendarPage:
    """The week, from Monday, in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    return _page(session, monday, 7, at, zone, calendar, month=None)


def month_page(session: Session, day: date, at: datetime, zone: ZoneInfo, calendar: WorkCalendar) -> CalendarPage:
    """The weeks of the month in which a day lies."""
    first = day.replace(day=1)
    monday = first - timedelta(days=first.weekday())
    following = (first + timedelta(days=31)).replace(day=1)
    weeks = -(-(following - monday).days // 7)
    return _page(session, monday, weeks * 7, at, zone, calendar, month=day.month)


def _page(
    session: Session,
    monday: date,
    count: int,
    at: datetime,
    zone: ZoneInfo,
    calendar: WorkCalendar,
    *,
    month: int | None,
) -> CalendarPage:
    found = _between(session, monday, monday + timedelta(days=count), zone)
    overlap = clashes(found)
    local = {one.id: one.planned_start.astimezone(zone) for one in found}
    hours = [start.hour for start in local.values()]
    first, last = min([USUAL_HOURS[0], *hours]), max([USUAL_HOURS[1], *(hour + 1 for hour in hours)])
    days = []
    for day in (monday + timedelta(days=number) for number in range(count)):
        shown = _in_lanes([one for one in found if local[one.id].date() == day], local, first, overlap)
        near = month is None or day.month == month
        days.append(CalendarDay(day, calendar.day_off(day), shown, day == station_day(at, zone), near))
    return CalendarPage(days, first, last)


def _in_lanes(
    found: Sequence[Broadcast],
    local: Mapping[int, datetime],
    first_hour: int,
    overlap: Mapping[int, Sequence[Broadcast]],
) -> list[Shown]:
    """The broadcasts of a day in order, each in the first lane that is free; beyond the last one they share it."""
    free = [0] * MOST_LANES
    shown = []
    for one in found:
        starts = local[one.id]
        row = (starts.hour - first_hour) * ROWS_AN_HOUR + starts.minute * ROWS_AN_HOUR // 60
        rows = max(1, min(LONGEST_SPAN, round(one.planned_seconds * ROWS_AN_HOUR / 3600)))
        lane = next((number for number, until in enumerate(free) if until <= row), MOST_LANES - 1)
        free[lane] = row + rows
        shown.append(Shown(one, starts.strftime("%H:%M"), row, rows, lane + 1, overlap.get(one.id, ())))
    return shown


def _between(session: Session, first: date, end: date, zone: ZoneInfo) -> list[Broadcast]:
    """Broadcasts that begin on these days, ``end`` left out, in order."""
    begins, ends = (station_time(day.isoformat(), "00:00", zone) for day in (first, end))
    wanted = select(Broadcast).where(Broadcast.planned_start >= begins, Broadcast.planned_start < ends)
    return list(session.scalars(wanted.order_by(Broadcast.planned_start, Broadcast.id)))
