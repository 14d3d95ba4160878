"""What came from outside, as values that every part of the station can keep: text, numbers, days, moments, JSON.

Python accepts values that a database, a document or a calendar does not: lone surrogates, whole numbers of a
thousand digits, days of the year 1, ``NaN``. Whatever a form, an address or a message brings is read here.
"""

import json
import math
import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from radiodesk.core.errors import Unreadable
from radiodesk.core.text import clean, mended, shorten

MOST = 2**31 - 1
"""The largest whole number, and below zero the smallest: what an integer column holds everywhere."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years between which a day may be moved by a time zone or a few months and is still one."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")


def number(text: str) -> int:
    """A whole number in digits 0 to 9; raises ``Unreadable`` for all else, and beyond ``MOST``."""
    text = text.strip()
    found = int(text) if _NUMBER.fullmatch(text) else None
    if found is None or abs(found) > MOST:
        raise Unreadable("“%(given)s” is not a number that can be used here.", given=_shown(text))
    return found


def day(text: str) -> date:
    """A day such as 2026-11-24; raises ``Unreadable`` where it is none, or lies outside of 1900 to 2199."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        found = date.min
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unreadable(
            "“%(given)s” is not a date from %(first)s to %(last)s.",
            given=_shown(text),
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return found


def station_time(date_text: str, time_text: str, zone: ZoneInfo) -> datetime:
    """A day and a time of day of the station as UTC; raises ``Unreadable``."""
    try:
        clock = time.fromisoformat(time_text.strip())
    except ValueError:
        raise Unreadable("“%(given)s” is not a time of day such as 08:00.", given=_shown(time_text)) from None
    return datetime.combine(day(date_text), clock.replace(tzinfo=None), zone).astimezone(UTC)


def moment(text: str) -> datetime | None:
    """A time with its zone, such as 2026-11-24T00:00:00Z, as UTC; ``None`` for what is none from 1900 to 2199."""
    try:
        given = datetime.fromisoformat(text.strip())
        found = given.astimezone(UTC) if given.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR else None


def json_value(body: bytes) -> Any:
    """JSON as it may be kept: texts without signs that are none, no ``NaN``, nothing endless; raises ``Unreadable``."""
    try:
        return _kept(json.loads(body, parse_constant=_no_constant))
    except (ValueError, RecursionError):
        raise Unreadable("The body is not JSON.") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_kept(one) for one in value]
    if isinstance(value, dict):
        return {clean(name): _kept(one) for name, one in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number too large to be one")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        # No column holds it, and no float: as digits it is an id at most.
        return str(value)
    return value


def _shown(text: str) -> str:
    return mended(shorten(text, 40))
