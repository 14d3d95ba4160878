"""Reads values out of JSON from outside, where any field may be missing, null or of another type.

Each function is total: it returns the empty value of its type instead of raising, so that one odd item never costs the
others.
"""

import json
import math
from typing import Any

from radiodesk.road.feeds.unreadable import FeedUnreadable


def read_json(data: bytes, *, source: str) -> Any:
    """Parse a JSON document; raises ``FeedUnreadable`` with the line at which it breaks."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise FeedUnreadable("%(source)s holds NUL bytes, so it is not a readable feed.", source=source)
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise FeedUnreadable(
                "%(source)s breaks off in the middle of its JSON at line %(line)d; fetch it again.",
                source=source,
                line=error.lineno,
            ) from error
        raise FeedUnreadable(
            "%(source)s is not valid JSON at line %(line)d; tell the publisher.", source=source, line=error.lineno
        ) from error
    except (RecursionError, ValueError) as error:
        raise FeedUnreadable(
            "%(source)s is JSON nested too deeply or with numbers too long to be a real feed.", source=source
        ) from error


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """A string on one line, or empty; numbers become text, structures do not."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).split())


def as_number(value: Any) -> float | None:
    """A finite number, also out of a numeric string; else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def point_of(longitude: Any, latitude: Any) -> tuple[float | None, float | None]:
    """(latitude, longitude) in degrees when both are possible on Earth, else (None, None)."""
    north, east = as_number(latitude), as_number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None, None
    return north, east


def first_point(geometry: Any) -> tuple[float | None, float | None]:
    """(latitude, longitude) of the first position of a GeoJSON geometry of any type."""
    coordinates = as_dict(geometry).get("coordinates")
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return None, None
    return point_of(coordinates[0], coordinates[1])
