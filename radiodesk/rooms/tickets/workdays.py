"""Indonesian working days: Monday to Friday, save national holidays and collective leave (cuti bersama).

The days off are data (``calendars/*.tsv``, one line each), because a joint decree of three ministers sets them anew
every year. A year without data is counted with its weekends alone, and ``WorkCalendar.knows`` says so.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from radiodesk.core.errors import Unreadable

BUILT_IN = Path(__file__).parent / "calendars"
KINDS = frozenset({"holiday", "leave", "working"})

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
    days_off: dict[date, DayOff]

    def knows(self, year: int) -> bool:
        """Whether the days off of a year are in the data."""
        return any(day.year == year for day in self.days_off)

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.days_off

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
        return sum(self.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def load_calendar(zone: ZoneInfo, folders: Iterable[Path] = ()) -> WorkCalendar:
    """Days off that come with the program, then those of the folders given; a later line for a day wins."""
    days_off: dict[date, DayOff] = {}
    for folder in (BUILT_IN, *folders):
        for path in sorted(folder.glob("*.tsv")):
            days_off |= {entry.day: entry for entry in _read(path)}
    return WorkCalendar(zone, {day: entry for day, entry in days_off.items() if entry.kind != "working"})


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
