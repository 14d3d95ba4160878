"""Indonesian working days: Monday to Friday, save national holidays and collective leave (cuti bersama).

Both come from the package ``holidays``, which follows the joint decree that three ministers sign for each year. A
station corrects them and adds its own in files (``calendars/*.tsv`` in its data folder, a day a line). For a year whose
decree is not known yet, holidays are calculated and collective leave is missing; ``WorkCalendar.knows`` says so.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from radiodesk.core.errors import Unreadable

if TYPE_CHECKING:
    from holidays import HolidayBase

KINDS = frozenset({"holiday", "leave", "working"})

_PUBLIC, _GOVERNMENT = "public", "government"
"""Categories of the package ``holidays``: its own names for them would have to be imported with all its countries."""

_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which offices are closed: ``holiday`` or ``leave`` (cuti bersama); ``working`` takes such a day back."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True)
class WorkCalendar:
    """Counts working days in station time."""

    zone: ZoneInfo
    own: Mapping[date, DayOff]
    """What the station says of single days; it counts more than the national calendar."""
    national: "HolidayBase" = field(default_factory=lambda: _national(_PUBLIC, _GOVERNMENT))
    _closed: dict[int, list[date]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By year, the days from Monday to Friday that are off, as they were once asked for."""

    def knows(self, year: int) -> bool:
        """Whether the collective leave of a year is known, from the national decree or the station's own files."""
        told = any(day.year == year and entry.kind == "leave" for day, entry in self.own.items())
        return told or bool(_national(_GOVERNMENT, year=year))

    def is_working(self, day: date) -> bool:
        told = self.own.get(day)
        if told is not None:
            return told.kind == "working" and day.weekday() < 5
        return day.weekday() < 5 and day not in self.national

    def day_off(self, day: date) -> str:
        """The name of a holiday or of collective leave, in Indonesian; empty for any other day."""
        told = self.own.get(day)
        if told is not None:
            return "" if told.kind == "working" else told.name
        return str(self.national.get(day) or "")

    def due(self, start: datetime, working_days: int) -> datetime:
        """The last second, station time, of the n-th working day after the day of ``start``.

        The day on which the time begins does not count, as is usual for terms in Indonesian administration.
        """
        day = start.astimezone(self.zone).date()
        for _ in range(working_days):
            day = self.next_working(day)
        return datetime.combine(day, _LAST_SECOND, self.zone)

    def next_working(self, day: date) -> date:
        """The first working day after a day."""
        day += timedelta(days=1)
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Working days after the day of ``start`` up to the day of ``end``; negative when ``end`` comes first."""
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        if last < first:
            return -self.working_days_between(end, start)
        # Lists count the days of each of their rows, over years where a matter was forgotten: a day at a time is slow.
        weekdays = sum(1 for n in range((last - first).days % 7) if (last - timedelta(days=n)).weekday() < 5)
        weekdays += (last - first).days // 7 * 5
        closed = (day for year in range(first.year, last.year + 1) for day in self._days_off(year))
        return weekdays - sum(first < day <= last for day in closed)

    def _days_off(self, year: int) -> list[date]:
        found = self._closed.get(year)
        if found is None:
            days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
            found = [day for day in days if day.year == year and day.weekday() < 5 and not self.is_working(day)]
            self._closed[year] = found
        return found


def load_calendar(zone: ZoneInfo, folders: Iterable[Path] = ()) -> WorkCalendar:
    """The national calendar with the corrections of these folders; a later line for a day wins."""
    own: dict[date, DayOff] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.tsv")):
            own |= {entry.day: entry for entry in _read(path)}
    return WorkCalendar(zone, own)


def _national(*categories: str, year: int | None = None) -> "HolidayBase":
    """Indonesia's days off; a year is worked out when it is first asked for."""
    from holidays import country_holidays

    return country_holidays("ID", categories=categories, years=year, expand=year is None, language="id")


def _read(path: Path) -> list[DayOff]:
    found = []
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, cells in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
        if not cells or cells[0].startswith("#") or cells[0] == "date":
            continue
        try:
            day, kind, name = cells
            entry = DayOff(date.fromisoformat(day), kind, name)
        except ValueError:
            entry = None
        if entry is None or entry.kind not in KINDS:
            raise Unreadable(
                "Line %(number)s of the calendar %(path)s is not a date, a kind (holiday, leave, working) and a name.",
                number=number,
                path=path.name,
            )
        found.append(entry)
    return found
