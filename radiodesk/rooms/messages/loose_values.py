"""Values out of JSON from outside: one of the wrong type counts as missing."""

import hashlib
import json
import math
from datetime import UTC, datetime
from typing import Any

from radiodesk.core.errors import Unreadable
from radiodesk.core.text import tidy

_LONGEST_KEY = 200
_LARGEST = 10**40
_MILLISECONDS_FROM = 10**11


def read_json(body: bytes) -> Any:
    """A body as JSON; raises ``Unreadable``."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("The body is not JSON.") from None


def within(value: Any, *names: str) -> Any:
    """What lies at a path of names; ``None`` where there is no such path."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def listed(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A text or a number as text, empty for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return ""
    return str(int(value)) if value == int(value) else str(value)


def coordinate(value: Any, most: float) -> float | None:
    """Degrees, when they are on this earth."""
    try:
        degrees = float(text(value))
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None


def moment(value: Any) -> datetime | None:
    """A point in time as seconds or milliseconds since 1970 or as ISO 8601 with its zone; ``None`` where it is none."""
    told = text(value).strip()
    try:
        try:
            seconds = float(told)
        except ValueError:
            at = datetime.fromisoformat(told)
            return None if at.tzinfo is None else at.astimezone(UTC)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= _MILLISECONDS_FROM else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def key(value: Any) -> str:
    """An id as it is kept: at most 200 plain signs. Long and odd ones end in a digest, so that no two become one."""
    told = text(value)
    plain = tidy(told)
    if told == plain and len(told) <= _LONGEST_KEY:
        return told
    return f"{plain[:120]}~{digest(told)}"


def digest(*parts: str) -> str:
    """SHA-256 in hex of some texts."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def as_json(part: Any) -> str:
    """A part of a delivery as it is kept: the same text for the same part."""
    return json.dumps(part, sort_keys=True)
