"""What sort of moment it is: season, events of the year, school hours, market day, and the weather as warned of."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from radiodesk.road.ports import Alert, Condition

CALENDAR = Path(__file__).parent / "calendar.toml"
PASARAN = ("legi", "pahing", "pon", "wage", "kliwon")
LEGI = date(1945, 8, 17)
"""A Friday Legi, from which the five-day Javanese market week is counted."""

WEATHER_WORDS = {
    "hujan": r"hujan", "petir": r"petir|kilat|badai|guntur", "angin": r"angin|puting\s+beliung",
    "banjir": r"banjir|genangan", "kabut": r"kabut", "asap": r"asap", "panas": r"panas|kekeringan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the station's own time, with all that appeals may ask for."""

    local: datetime
    seasons: frozenset[str]
    events: frozenset[str]
    weather: frozenset[str]
    rare: frozenset[str] = frozenset()
    """Those of the events that last a day: their appeals have no second chance."""


@cache
def calendar(path: Path = CALENDAR) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def moment_of(
    at: datetime,
    *,
    zone: str = "Asia/Jakarta",
    weather: Iterable[str] = (),
    season: str | None = None,
    events: Iterable[str] = (),
    market_days: Sequence[str] = (),
    year: dict[str, Any] | None = None,
) -> Moment:
    """The moment at ``at`` (aware).

    ``weather`` are words as in a warning ("Hujan Lebat dan Petir"); ``season`` replaces the calendar's; ``events`` are
    added to the calendar's own; ``market_days`` are names of the Javanese market week ("pahing") or of weekdays;
    ``year`` stands in for the calendar that comes with the program.
    """
    local = at.astimezone(ZoneInfo(zone))
    days = calendar() if year is None else year
    seasons = {season} if season else {name for name, months in days["seasons"].items() if local.month in months}
    happening = {*events, *_events(local.date(), days)}
    weekday = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")[local.weekday()]
    if {pasaran(local.date()), weekday} & {name.lower() for name in market_days}:
        happening.add("hari pasar")
    said = " ".join(weather).lower()
    return Moment(
        local,
        frozenset(seasons),
        frozenset(happening),
        frozenset(name for name, words in WEATHER_WORDS.items() if re.search(words, said)),
        frozenset(happening.intersection(days.get("rare", ()))),
    )


def weather_words(alerts: Sequence[Alert], conditions: Iterable[Condition]) -> list[str]:
    """What warnings that hold and reports say of the weather, for ``moment_of``."""
    gone = {reference for alert in alerts if alert.replaces for reference in alert.references}
    words = [alert.event for alert in alerts if alert.weather and not alert.ends and alert.identifier not in gone]
    for condition in conditions:
        if condition.kind == "weather":
            words.append(condition.obstacle or "")
        elif condition.kind == "flood":
            words.append("banjir")
    return words


def pasaran(day: date) -> str:
    """The day of the Javanese five-day market week."""
    return PASARAN[(day - LEGI).days % 5]


def _events(day: date, days: dict[str, Any]) -> set[str]:
    found = {name for name, months in days["months"].items() if day.month in months}
    found |= {entry["event"] for entry in days["dates"] if _between(day, entry["from"], entry["until"])}
    if day.weekday() != 6 and not any(_between(day, start, end) for start, end in days["holidays"]["school"]):
        found.add("sekolah")
    return found | _lunar(day, days["hijri"])


def _between(day: date, start: str, end: str) -> bool:
    """Whether a day lies between two days of the year ("12-18" to "01-03" goes over New Year)."""
    here = f"{day:%m-%d}"
    return start <= here <= end if start <= end else here >= start or here <= end


def _lunar(day: date, hijri: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for text in hijri["lebaran"]:
        feast = date.fromisoformat(text)
        away = (day - feast).days
        if -hijri["days_of_ramadan"] <= away < 0:
            found.add("ramadan")
        if -hijri["homecoming_before"] <= away <= hijri["homecoming_after"]:
            found.add("mudik")
        if day == feast - timedelta(days=1):
            found.add("malam takbiran")
    return found
