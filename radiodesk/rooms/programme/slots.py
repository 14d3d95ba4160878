"""When a programme comes: its slots, the days on which it does not come, and the items that each edition begins with.

What is decided here holds for editions that are still to be made; ``broadcasts.editions`` takes care of those that are
there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.text import shorten
from radiodesk.language.market_days import DayPattern, market_day
from radiodesk.rooms.programme.models import Programme, Slot
from radiodesk.rooms.programme.services import TOPIC

SHORTEST, LONGEST = 5, 360
"""Minutes of an edition."""
MOST_NAMES = 12
MOST_ITEMS = 60
MOST_DAYS_OUT = 200
LONGEST_DAYS_OUT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a slot says of each edition."""

    starts: str
    minutes: int
    hosts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    place: str = ""
    walk_in: bool = False


def names(text: str) -> tuple[str, ...]:
    """Names that are separated by commas or line ends, each once."""
    found = (shorten(one.strip(), 80) for one in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(one for one in found if one))[:MOST_NAMES]


def checked(plan: Plan) -> Plan:
    """The same with its time written as ``08:00``; raises ``Unreadable`` at the field that is to be mended."""
    try:
        starts = time.fromisoformat(plan.starts.strip())
    except ValueError:
        given = shorten(plan.starts, 40)
        raise Unreadable("“%(given)s” is not a time of day such as 08:00.", given=given).of("starts") from None
    if not SHORTEST <= plan.minutes <= LONGEST:
        raise Unreadable("An edition takes %(least)s to %(most)s minutes.", least=SHORTEST, most=LONGEST).of("minutes")
    return replace(plan, starts=starts.strftime("%H:%M"), place=shorten(plan.place.strip(), 160))


def plan_of(slot: Slot) -> Plan:
    """What a slot says of each edition."""
    return Plan(slot.starts, slot.minutes, tuple(slot.hosts), tuple(slot.units), slot.place, slot.walk_in)


def slot_by_public_id(session: Session, public_id: str) -> Slot:
    """One slot; raises ``NotFound``."""
    found = session.scalar(select(Slot).where(Slot.public_id == public_id))
    if found is None:
        raise NotFound("This slot is not there.")
    return found


def add_slot(session: Session, programme: Programme, pattern: DayPattern, plan: Plan, *, by: str, at: datetime) -> Slot:
    """Let a programme come on the days of a pattern; its bounds are those of the slot."""
    plan = checked(plan)
    if not pattern.weekdays and not pattern.market_days:
        raise Unreadable("Please choose a day of the week, a market day, or both.").of("weekdays")
    if pattern.until < pattern.since:
        raise Unreadable("The last day lies before the first one.").of("until")
    slot = Slot(
        public_id=public_id(at),
        programme=programme,
        weekdays=sorted(pattern.weekdays),
        market_days=sorted(pattern.market_days),
        valid_from=pattern.since,
        valid_until=None if pattern.until == date.max else pattern.until,
    )
    _write(slot, plan)
    session.add(slot)
    session.flush()
    audit.record(session, at, by, "slot added", f"slot {slot.public_id}", starts=slot.starts)
    announce(session, at, TOPIC, "slot", programme.public_id)
    return slot


def _write(slot: Slot, plan: Plan) -> None:
    slot.starts, slot.minutes, slot.place, slot.walk_in = plan.starts, plan.minutes, plan.place, plan.walk_in
    slot.hosts, slot.units = list(plan.hosts), list(plan.units)


def end_slot(session: Session, slot: Slot, last: date, *, by: str, at: datetime) -> None:
    """Let a slot end with a day; one that has not begun by then never comes."""
    slot.valid_until = last
    session.flush()
    audit.record(session, at, by, "slot ended", f"slot {slot.public_id}", last=last.isoformat())
    announce(session, at, TOPIC, "slot", slot.programme.public_id)


def set_template(
    session: Session, programme: Programme, items: Sequence[dict[str, Any]], *, by: str, at: datetime
) -> None:
    """The items with which each new edition begins; ``on`` lets one recur on some days alone."""
    if len(items) > MOST_ITEMS:
        raise Unreadable("A rundown begins with at most %(most)s items.", most=MOST_ITEMS)
    programme.template = [dict(one) for one in items]
    session.flush()
    audit.record(session, at, by, "template changed", f"programme {programme.public_id}", items=len(items))
    announce(session, at, TOPIC, "template", programme.public_id)


def recurs(item: dict[str, Any], day: date | None) -> bool:
    """Whether an item of a template belongs to the edition of a day; one that is for some days needs to know it."""
    on = str(item.get("on") or "")
    if not on:
        return True
    return day is not None and on in (f"w{day.weekday()}", f"m{market_day(day).value}")


def leave_out(
    session: Session, programme: Programme, first: date, last: date, why: str, *, by: str, at: datetime
) -> None:
    """Let a programme not come on some days; the reason is told to the public."""
    why = shorten(why.strip(), 200)
    if not why:
        raise Unreadable("Please say why; the public site tells it.").of("why")
    if last < first:
        raise Unreadable("The last day lies before the first one.").of("until")
    if last - first > LONGEST_DAYS_OUT:
        raise Unreadable("At most 400 days can be left out at once; end the slot instead.").of("until")
    if len(programme.days_out) >= MOST_DAYS_OUT:
        raise Conflict("This programme has too many exceptions. Remove old ones first.")
    told = {"first": first.isoformat(), "last": last.isoformat()}
    programme.days_out = sorted([*programme.days_out, {**told, "why": why}], key=lambda one: str(one["first"]))
    session.flush()
    audit.record(session, at, by, "days left out", f"programme {programme.public_id}", **told)
    announce(session, at, TOPIC, "slot", programme.public_id)


def take_in_again(session: Session, programme: Programme, first: date, last: date, *, by: str, at: datetime) -> None:
    """Let a programme come again on days that were left out."""
    told = {"first": first.isoformat(), "last": last.isoformat()}
    kept = [one for one in programme.days_out if {**one, "why": ""} != {**told, "why": ""}]
    if len(kept) == len(programme.days_out):
        raise NotFound("This exception is not there any more.")
    programme.days_out = kept
    session.flush()
    audit.record(session, at, by, "days taken in again", f"programme {programme.public_id}", **told)
    announce(session, at, TOPIC, "slot", programme.public_id)


def reason_out(programme: Programme, day: date) -> str | None:
    """Why a programme does not come on a day; ``None`` where it does."""
    written = day.isoformat()
    return next((str(one["why"]) for one in programme.days_out if one["first"] <= written <= one["last"]), None)
