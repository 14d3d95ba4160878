"""The sets by which the public record is harvested: a programme, and a month of station time.

They stand side by side. Of a withdrawn broadcast they tell what the page at its address tells still, so that who
harvests one programme learns of the withdrawal.
"""

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from radiodesk.core import inputs
from radiodesk.rooms.record.models import PublishedBroadcast

_PROGRAMME, _MONTH = "program-", "bulan-"
_MONTH_SHAPE = re.compile(rf"{_MONTH}([0-9]{{4}})-(0[1-9]|1[0-2])")


def programme_set(title: str) -> str:
    """The set of a programme: its name in plain letters, with some signs that tell it from others written likewise."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
    return f"{_PROGRAMME}{slug or 'x'}-{hashlib.sha256(title.encode()).hexdigest()[:6]}"


def month_set(at: datetime, zone: ZoneInfo) -> str:
    """The set of the month of station time in which a broadcast began."""
    return f"{_MONTH}{at.astimezone(zone):%Y-%m}"


def sets(session: Session, zone: ZoneInfo) -> dict[str, str]:
    """All sets with their names: programmes, then the months from the first broadcast to the last."""
    found = {programme_set(title): title for title in sorted(_programmes(session))}
    begun = PublishedBroadcast.started_at
    first, last = session.execute(select(func.min(begun), func.max(begun))).one()
    if first is not None:
        begins, ends = first.astimezone(zone), last.astimezone(zone)
        numbers = range(begins.year * 12 + begins.month - 1, ends.year * 12 + ends.month)
        months = (f"{number // 12}-{number % 12 + 1:02}" for number in numbers)
        found |= {f"{_MONTH}{month}": month for month in months}
    return found


def belongs_to(session: Session, wanted: str, zone: ZoneInfo) -> ColumnElement[bool] | None:
    """The condition under which a broadcast is in a set; ``None`` where there is no such set."""
    if (month := _MONTH_SHAPE.fullmatch(wanted)) is not None:
        year, number = int(month[1]), int(month[2])
        if not inputs.FIRST_YEAR <= year <= inputs.LAST_YEAR:
            return None
        begins = datetime(year, number, 1, tzinfo=zone)
        ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
        begun = PublishedBroadcast.started_at
        return (begun >= begins.astimezone(UTC)) & (begun < ends.astimezone(UTC))
    titles = [title for title in _programmes(session) if programme_set(title) == wanted]
    return PublishedBroadcast.programme.in_(titles) if titles else None


def _programmes(session: Session) -> list[str]:
    return list(session.scalars(select(PublishedBroadcast.programme).distinct()))
