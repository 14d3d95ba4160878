"""Quarters and years of station time, as open-government reports are kept by them: ``2026-t4`` and ``2026``."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import gettext
from radiodesk.core.inputs import FIRST_YEAR, LAST_YEAR, station_time

_KEY = re.compile(r"([0-9]{4})(?:-t([1-4]))?", re.ASCII)
SETTLING = timedelta(days=14)
"""After its end a quarter waits this long for late copies and answers before its report is closed."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year, or with ``quarter`` (1 to 4) a quarter of it."""

    year: int
    quarter: int | None = None

    @property
    def key(self) -> str:
        return f"{self.year}-t{self.quarter}" if self.quarter else str(self.year)

    @property
    def name(self) -> str:
        """In the reader's language."""
        if self.quarter is None:
            return gettext("Year %(year)s", year=self.year)
        return gettext("Quarter %(quarter)s of %(year)s", quarter=self.quarter, year=self.year)

    @property
    def whole(self) -> "Period":
        """The year that it is, or is a part of."""
        return Period(self.year)

    @property
    def quarters(self) -> tuple["Period", ...]:
        """The quarters of a year; of a quarter none."""
        return () if self.quarter else tuple(Period(self.year, one) for one in (1, 2, 3, 4))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        first = date(self.year, 3 * (self.quarter or 1) - 2, 1)
        months = 3 if self.quarter else 12
        after = date(first.year + (first.month + months - 1) // 12, (first.month + months - 1) % 12 + 1, 1)
        begin, end = (station_time(one.isoformat(), "00:00", zone) for one in (first, after))
        return begin, end

    def may_close(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether it is long enough over for its figures to stay."""
        return at >= self.bounds(zone)[1] + SETTLING


def period_of(key: str) -> Period:
    """The period that an address names; raises ``NotFound`` where it names none."""
    found = _KEY.fullmatch(key)
    if found is None or not FIRST_YEAR < int(found[1]) < LAST_YEAR:
        raise NotFound("There is no report of such a time.")
    return Period(int(found[1]), int(found[2]) if found[2] else None)


def quarter_at(at: datetime, zone: ZoneInfo) -> Period:
    """The quarter in which a moment lies, by station time."""
    local = at.astimezone(zone)
    return Period(local.year, (local.month + 2) // 3)
