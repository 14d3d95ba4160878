"""What the forms of slots and editions hold."""

from datetime import date, datetime
from typing import Any

from flask import request

from radiodesk.core import inputs
from radiodesk.core.errors import Unreadable
from radiodesk.core.text import shorten, tidy
from radiodesk.http.request import field, number, of_field, station
from radiodesk.language.market_days import DayPattern, MarketDay
from radiodesk.rooms.broadcasts.editions import station_day
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.programme import slots
from radiodesk.rooms.programme.slots import Plan

MOST_ROWS = 100
ON_DAYS = tuple(f"w{day}" for day in range(7)) + tuple(f"m{day.value}" for day in MarketDay)
"""What an item of a template may recur on: a day of the week or of the market week."""


def plan() -> Plan:
    """Time, length, people and place of an edition or of a slot's editions."""
    return Plan(
        starts=field("starts", 8),
        minutes=number("minutes"),
        hosts=slots.names(field("hosts", 1000)),
        units=slots.names(field("units", 1000)),
        place=field("place", 160),
        walk_in=field("walk_in", 3) == "yes",
    )


def pattern(at: datetime) -> DayPattern:
    """The days of a slot: from today and without end where the form says nothing."""
    since = day("since") or station_day(at, station().settings.zone)
    return DayPattern(_ticked("weekday", 7), _ticked("market", 5), since, day("until") or date.max)


def day(name: str) -> date | None:
    """A day of the form; ``None`` where it is empty."""
    text = field(name, 10)
    with of_field(name):
        return inputs.day(text) if text else None


def required_day(name: str) -> date:
    """A day of the form; raises ``Unreadable``."""
    found = day(name)
    if found is None:
        raise Unreadable("Please choose a day.").of(name)
    return found


def reason() -> str:
    """Why something does not take place; the public reads it."""
    return field("why", 200)


def _ticked(name: str, count: int) -> frozenset[int]:
    with of_field(name):
        found = frozenset(inputs.number(one) for one in request.form.getlist(name)[:count])
    if found and not 0 <= min(found) <= max(found) < count:
        raise Unreadable("This day is not there.").of(name)
    return found


def template() -> list[dict[str, Any]]:
    """The rows of a template; those without a title are left out."""
    columns = [request.form.getlist(name)[:MOST_ROWS] for name in ("title", "kind", "minutes", "reader", "on")]
    if len({len(column) for column in columns}) != 1:
        raise Unreadable("The form did not come as a whole. Please send it again.")
    return [_row(*row) for row in zip(*columns, strict=True) if row[0].strip()]


def _row(title: str, kind: str, minutes: str, reader: str, on: str) -> dict[str, Any]:
    with of_field("minutes"):
        seconds = inputs.number(minutes or "0") * 60
    if not 0 <= seconds <= 6 * 3600:
        raise Unreadable("The length of an item must lie between 0 seconds and 6 hours.").of("minutes")
    if kind not in set(ItemKind) or (on and on not in ON_DAYS):
        raise Unreadable("This kind of item is not there.").of("kind")
    told = {"title": shorten(tidy(title), 160), "reader": shorten(tidy(reader), 80)}
    return {"kind": kind, "seconds": seconds, **told, **({"on": on} if on else {})}
