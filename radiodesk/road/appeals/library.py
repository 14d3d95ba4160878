"""The library of appeals (imbauan): short messages on the four pillars of road traffic, kept in files that people edit.

An appeal fits a moment when everything that it asks for is so: weather, event, season, hour, weekday, dates.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Unreadable

BUILT_IN = Path(__file__).parent / "library"
PILLARS = ("keamanan", "keselamatan", "ketertiban", "kelancaran")
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
WEATHERS = frozenset({"hujan", "petir", "angin", "banjir", "kabut", "asap", "panas"})
KEYS = frozenset(
    {
        "id", "theme", "audience", "text", "short", "seasons", "events", "weather", "hours", "days", "valid_from",
        "valid_until", "basis",
    }
)  # fmt: skip
NEEDED = ("id", "theme", "audience", "text", "short")
MOST_WORDS, MOST_SHORT_WORDS = 40, 14


@dataclass(frozen=True, slots=True)
class Appeal:
    """One message: ``text`` in full, ``short`` for a full slot.

    ``hours`` are pairs of hours of the day, from and until (18 to 24); ``days`` weekdays from 0 for Monday. What is
    empty is not asked for. ``basis`` is the rule of law behind it, for the officer and not for the air.
    """

    id: str
    pillar: str
    theme: str
    audience: tuple[str, ...]
    text: str
    short: str
    seasons: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    weather: tuple[str, ...] = ()
    hours: tuple[tuple[int, int], ...] = ()
    days: tuple[int, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    basis: str = ""


def load_appeals(folder: Path = BUILT_IN) -> tuple[Appeal, ...]:
    """Every appeal in the folder's TOML files; raises ``Unreadable`` with the first problem when one is wrong."""
    appeals, problems = _read(folder)
    if problems:
        raise Unreadable("The appeals cannot be used: %(problem)s", problem=problems[0])
    return appeals


def check_appeals(folder: Path = BUILT_IN) -> list[str]:
    """Every problem of the library as a sentence that names the file and the appeal; empty when it is good."""
    return _read(folder)[1]


def _read(folder: Path) -> tuple[tuple[Appeal, ...], list[str]]:
    appeals: list[Appeal] = []
    problems: list[str] = []
    seen: set[str] = set()
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        problems.append(f"there is no file of appeals in {folder}.")
    for path in paths:
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"{path.name} is not a TOML file: {error}.")
            continue
        pillar = document.get("pillar")
        if pillar not in PILLARS:
            problems.append(f"{path.name} names no pillar; it is one of {', '.join(PILLARS)}.")
            continue
        for number, entry in enumerate(document.get("appeal", []), start=1):
            faults = [*_faults(entry), *(["its id is used twice"] if entry.get("id") in seen else [])]
            if faults:
                name = entry.get("id") or f"appeal {number}"
                problems.extend(f"{path.name}, {name}: {fault}." for fault in faults)
                continue
            seen.add(entry["id"])
            appeals.append(_appeal(entry, pillar))
    return tuple(appeals), problems


def _faults(entry: dict[str, Any]) -> list[str]:
    faults = [f"{key} is missing" for key in NEEDED if not entry.get(key)]
    faults += [f"{key} is not a known key" for key in entry.keys() - KEYS]
    if faults:
        return faults
    if len(entry["text"].split()) > MOST_WORDS:
        faults.append(f"text has more than {MOST_WORDS} words, too long to be listened to")
    if len(entry["short"].split()) > MOST_SHORT_WORDS:
        faults.append(f"short has more than {MOST_SHORT_WORDS} words")
    faults += [f"{key} does not end as a sentence" for key in ("text", "short") if entry[key][-1] not in ".?!"]
    faults += [f"{day} is not a weekday" for day in entry.get("days", []) if day not in WEEKDAYS]
    faults += [f"{word} is not a known weather" for word in entry.get("weather", []) if word not in WEATHERS]
    faults += [f"{span} is not a span of hours like 06-08" for span in entry.get("hours", []) if not _span(span)]
    dates = [entry[key] for key in ("valid_from", "valid_until") if key in entry]
    if any(not isinstance(day, date) for day in dates):
        faults.append("valid_from and valid_until are dates like 2026-12-31")
    elif len(dates) == 2 and dates[0] > dates[1]:
        faults.append("it ends before it begins")
    return faults


def _span(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{2})-(\d{2})", text)
    if match is None:
        return None
    start, end = int(match[1]), int(match[2])
    return (start, end) if 0 <= start < end <= 24 else None


def _appeal(entry: dict[str, Any], pillar: str) -> Appeal:
    return Appeal(
        id=entry["id"],
        pillar=pillar,
        theme=entry["theme"],
        audience=tuple(entry["audience"]),
        text=" ".join(entry["text"].split()),
        short=" ".join(entry["short"].split()),
        seasons=tuple(entry.get("seasons", ())),
        events=tuple(entry.get("events", ())),
        weather=tuple(entry.get("weather", ())),
        hours=tuple(filter(None, map(_span, entry.get("hours", ())))),
        days=tuple(WEEKDAYS.index(day) for day in entry.get("days", ())),
        valid_from=entry.get("valid_from"),
        valid_until=entry.get("valid_until"),
        basis=entry.get("basis", ""),
    )
