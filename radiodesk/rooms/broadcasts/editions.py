"""Editions that slots make weeks ahead, and what people do with them: move, cancel, change alone or from here on.

An edition is that of one day of its slot (``planned_day``), wherever it was moved to, so that the day is never filled
twice: not after a move or a cancellation, not by two machines at once. What a person did with an edition stays when
the slot changes; an edition that says what its slot says follows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.inputs import station_time
from radiodesk.core.text import shorten
from radiodesk.language.market_days import DayPattern
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState, RundownAct, RundownItem
from radiodesk.rooms.broadcasts.rundown_acts import DESK
from radiodesk.rooms.broadcasts.services import TOPIC, plan
from radiodesk.rooms.programme import slots
from radiodesk.rooms.programme.models import Programme, Slot
from radiodesk.rooms.programme.slots import Plan


class NotPlanned(Conflict):
    """The edition was on air, or was cancelled."""


@dataclass(slots=True)
class Followed:
    """What became of editions when their slot changed; ``kept`` were changed by people and stay as they are."""

    changed: list[Broadcast] = field(default_factory=list)
    taken_back: int = 0
    kept: list[Broadcast] = field(default_factory=list)


def station_day(at: datetime, zone: ZoneInfo) -> date:
    """The day of the station on which a moment lies."""
    return at.astimezone(zone).date()


# ---- Made by slots


def make_editions(session: Session, zone: ZoneInfo, weeks: int, *, at: datetime) -> list[Broadcast]:
    """Make the editions of all slots for so many weeks from today that are not there; returns those.

    It may be called at any time, and by several machines: writers take turns, and who comes second finds the rows.
    """
    today = station_day(at, zone)
    last = today + timedelta(weeks=weeks)
    wanted = select(Slot).join(Programme).where(Programme.active, Slot.valid_from <= last)
    made = []
    for slot in session.scalars(wanted.order_by(Slot.id)):
        taken = _taken_days(session, slot, zone, today, last)
        for day in slot.pattern.days(today, last):
            start = station_time(day.isoformat(), slot.starts, zone)
            if day not in taken and start >= at and slots.reason_out(slot.programme, day) is None:
                made.append(_make(session, slot, day, start, at=at))
    return made


def _taken_days(session: Session, slot: Slot, zone: ZoneInfo, first: date, last: date) -> set[date]:
    """Days that have their edition, one that a person planned beside the slot included."""
    keys = select(Broadcast.planned_day).where(Broadcast.slot_id == slot.id, Broadcast.planned_day >= first)
    begins = station_time(first.isoformat(), "00:00", zone)
    ends = station_time((last + timedelta(days=1)).isoformat(), "00:00", zone)
    by_hand = select(Broadcast.planned_start).where(
        Broadcast.programme_id == slot.programme_id,
        Broadcast.slot_id.is_(None),
        Broadcast.planned_start >= begins,
        Broadcast.planned_start < ends,
    )
    taken = {day for day in session.scalars(keys) if day is not None}
    return taken | {station_day(start, zone) for start in session.scalars(by_hand)}


def _make(session: Session, slot: Slot, day: date, start: datetime, *, at: datetime) -> Broadcast:
    made = plan(
        session, slot.programme, "", start, seconds=slot.minutes * 60, hosts=slot.hosts, day=day, by=DESK, at=at
    )
    made.slot_id, made.planned_day, made.by_hand = slot.id, day, False
    made.units, made.place, made.walk_in = list(slot.units), slot.place, slot.walk_in
    session.flush()
    return made


def claim_day(session: Session, broadcast: Broadcast, zone: ZoneInfo) -> None:
    """Let an edition that a person planned be that of its day, where a slot of the programme has one to give."""
    day = station_day(broadcast.planned_start, zone)
    for slot in broadcast.programme.slots:
        taken = session.scalar(
            select(Broadcast.id).where(Broadcast.slot_id == slot.id, Broadcast.planned_day == day).limit(1)
        )
        if taken is None and slot.pattern.fits(day):
            broadcast.slot_id, broadcast.planned_day = slot.id, day
            session.flush()
            return


# ---- What a person does with one edition


def move(session: Session, broadcast: Broadcast, start: datetime, *, by: str, at: datetime) -> None:
    """Plan an edition for another time; where it was before is kept, so that the move can be taken back."""
    _require_planned(broadcast)
    if start == broadcast.planned_start:
        return
    original = broadcast.moved_from or broadcast.planned_start
    broadcast.moved_from = None if start == original else original
    broadcast.planned_start = start
    _tell(session, broadcast, "edition moved", by=by, at=at, to=start.isoformat())


def move_back(session: Session, broadcast: Broadcast, *, by: str, at: datetime) -> None:
    """Plan an edition for the time from which it was moved."""
    if broadcast.moved_from is None:
        raise Conflict("%(title)s was not moved.", title=broadcast.title)
    move(session, broadcast, broadcast.moved_from, by=by, at=at)


def cancel(session: Session, broadcast: Broadcast, why: str, *, by: str, at: datetime) -> None:
    """Let an edition not take place; the public site says so, with the reason."""
    _require_planned(broadcast)
    why = shorten(why.strip(), 200)
    if not why:
        raise Unreadable("Please say why; the public site tells it.").of("why")
    broadcast.state, broadcast.cancelled_at, broadcast.cancelled_why = BroadcastState.CANCELLED, at, why
    _tell(session, broadcast, "edition cancelled", by=by, at=at)


def reinstate(session: Session, broadcast: Broadcast, *, by: str, at: datetime) -> None:
    """Let a cancelled edition take place after all."""
    if broadcast.state is not BroadcastState.CANCELLED:
        raise Conflict("%(title)s was not cancelled.", title=broadcast.title)
    broadcast.state, broadcast.cancelled_at, broadcast.cancelled_why = BroadcastState.PLANNED, None, ""
    _tell(session, broadcast, "edition reinstated", by=by, at=at)


def change(
    session: Session, broadcast: Broadcast, title: str, day: date, plan: Plan, zone: ZoneInfo, *, by: str, at: datetime
) -> None:
    """Change one edition alone."""
    _require_planned(broadcast)
    plan = slots.checked(plan)
    broadcast.title = shorten(title.strip() or broadcast.programme.title, 160)
    _apply(broadcast, plan)
    _tell(session, broadcast, "edition changed", by=by, at=at)
    move(session, broadcast, station_time(day.isoformat(), plan.starts, zone), by=by, at=at)


def change_from_here_on(
    session: Session, broadcast: Broadcast, title: str, day: date, plan: Plan, zone: ZoneInfo, *, by: str, at: datetime
) -> Followed:
    """Change an edition and all later ones of its slot that say what the slot says.

    The slot ends the day before, and another one goes on with what is new. With another day the whole pattern moves by
    as many days: from Fridays to Saturdays, from Legi to Pahing.
    """
    _require_planned(broadcast)
    plan = slots.checked(plan)
    old, key = broadcast.slot, broadcast.planned_day
    if old is None or key is None:
        raise Conflict("%(title)s belongs to no slot. It can be changed alone.", title=broadcast.title)
    shift = (day - key).days
    if any(True for _ in old.pattern.days(day, key - timedelta(days=1))):
        raise Conflict("There are editions of this slot between the two days. Move this one alone.")
    moved = old.pattern.shifted(shift)
    until = old.valid_until + timedelta(days=shift) if old.valid_until else date.max
    new = slots.add_slot(
        session,
        old.programme,
        DayPattern(moved.weekdays, moved.market_days, day, max(day, until)),
        plan,
        by=by,
        at=at,
    )
    broadcast.title = shorten(title.strip() or broadcast.programme.title, 160)
    found = Followed()
    for one in _from(session, old, key):
        follows = one.id == broadcast.id or (one.state is BroadcastState.PLANNED and is_as_slot_says(one, zone))
        one.slot, one.planned_day = new, (one.planned_day or key) + timedelta(days=shift)
        _follow(session, one, plan, zone, found, follows=follows)
    slots.end_slot(session, old, key - timedelta(days=1), by=by, at=at)
    _tell(session, broadcast, "edition changed from here on", by=by, at=at, changed=len(found.changed))
    return found


# ---- When a slot changes


def change_slot(
    session: Session, old: Slot, pattern: DayPattern, plan: Plan, zone: ZoneInfo, *, by: str, at: datetime
) -> Followed:
    """Let another pattern and plan hold from ``pattern.since`` on; editions on days that are no more are taken back."""
    _require_to_come(pattern.since, zone, at, "since")
    new = slots.add_slot(session, old.programme, pattern, plan, by=by, at=at)
    plan, found = slots.plan_of(new), Followed()
    for one in _from(session, old, pattern.since):
        day = one.planned_day
        follows = one.state is BroadcastState.PLANNED and is_as_slot_says(one, zone)
        if day is not None and new.pattern.fits(day):
            one.slot = new
            _follow(session, one, plan, zone, found, follows=follows)
        else:
            _take_back(session, one, found, untouched=follows and _is_untouched(session, one))
    slots.end_slot(session, old, pattern.since - timedelta(days=1), by=by, at=at)
    return found


def end_slot(session: Session, slot: Slot, last: date, zone: ZoneInfo, *, by: str, at: datetime) -> Followed:
    """Let a slot end; later editions that nobody touched are taken back."""
    _require_to_come(last + timedelta(days=1), zone, at, "last")
    found = Followed()
    for one in _from(session, slot, last + timedelta(days=1)):
        follows = one.state is BroadcastState.PLANNED and is_as_slot_says(one, zone)
        _take_back(session, one, found, untouched=follows and _is_untouched(session, one))
    slots.end_slot(session, slot, last, by=by, at=at)
    return found


def leave_out(
    session: Session, programme: Programme, first: date, last: date, why: str, zone: ZoneInfo, *, by: str, at: datetime
) -> list[Broadcast]:
    """Let a programme not come on some days: editions that were planned for them are cancelled with the reason."""
    slots.leave_out(session, programme, first, last, why, by=by, at=at)
    wanted = select(Broadcast).where(
        Broadcast.programme_id == programme.id, Broadcast.state == BroadcastState.PLANNED, Broadcast.planned_start >= at
    )
    found = [one for one in session.scalars(wanted) if first <= station_day(one.planned_start, zone) <= last]
    for one in found:
        cancel(session, one, why, by=by, at=at)
    return found


def _require_to_come(day: date, zone: ZoneInfo, at: datetime, name: str) -> None:
    if day < station_day(at, zone):
        raise Unreadable("What was cannot be changed. Please choose a day that is still to come.").of(name)


def is_as_slot_says(broadcast: Broadcast, zone: ZoneInfo) -> bool:
    """Whether an edition is what its slot says: nobody moved it, gave it other hosts, another place or length."""
    slot, day = broadcast.slot, broadcast.planned_day
    if slot is None or day is None:
        return False
    here = (broadcast.planned_seconds, tuple(broadcast.hosts), tuple(broadcast.units), broadcast.place)
    there = (slot.minutes * 60, tuple(slot.hosts), tuple(slot.units), slot.place)
    starts = station_time(day.isoformat(), slot.starts, zone)
    return here == there and broadcast.walk_in == slot.walk_in and broadcast.planned_start == starts


def _from(session: Session, slot: Slot, day: date) -> list[Broadcast]:
    wanted = select(Broadcast).where(Broadcast.slot_id == slot.id, Broadcast.planned_day >= day)
    return list(session.scalars(wanted.order_by(Broadcast.planned_day)))


def _follow(
    session: Session, broadcast: Broadcast, plan: Plan, zone: ZoneInfo, found: Followed, *, follows: bool
) -> None:
    if follows and broadcast.planned_day is not None:
        _apply(broadcast, plan)
        broadcast.planned_start = station_time(broadcast.planned_day.isoformat(), plan.starts, zone)
        broadcast.moved_from = None
        found.changed.append(broadcast)
    elif broadcast.state is BroadcastState.PLANNED:
        found.kept.append(broadcast)
    session.flush()


def _take_back(session: Session, broadcast: Broadcast, found: Followed, *, untouched: bool) -> None:
    if untouched:
        # Only what this program wrote goes: nobody's words are in it.
        for table in (RundownItem, RundownAct):
            session.execute(delete(table).where(table.broadcast_id == broadcast.id))
        session.delete(broadcast)
        session.flush()
        found.taken_back += 1
    elif broadcast.state is BroadcastState.PLANNED:
        found.kept.append(broadcast)


def _is_untouched(session: Session, broadcast: Broadcast) -> bool:
    others = select(RundownAct.id).where(RundownAct.broadcast_id == broadcast.id, RundownAct.by != DESK).limit(1)
    own_title = broadcast.title == shorten(broadcast.programme.title, 160)
    return not broadcast.by_hand and own_title and session.scalar(others) is None


def _apply(broadcast: Broadcast, plan: Plan) -> None:
    broadcast.planned_seconds, broadcast.place, broadcast.walk_in = plan.minutes * 60, plan.place, plan.walk_in
    broadcast.hosts, broadcast.units = list(plan.hosts), list(plan.units)


def _require_planned(broadcast: Broadcast) -> None:
    if broadcast.state is BroadcastState.CANCELLED:
        raise NotPlanned("%(title)s was cancelled. Reinstate it first.", title=broadcast.title)
    if broadcast.state is not BroadcastState.PLANNED:
        raise NotPlanned("%(title)s was on air already.", title=broadcast.title)


def _tell(session: Session, broadcast: Broadcast, act: str, *, by: str, at: datetime, **details: object) -> None:
    session.flush()
    audit.record(session, at, by, act, f"broadcast {broadcast.public_id}", **details)
    announce(session, at, TOPIC, act, broadcast.public_id)


# ---- What lies at the same time


def clashes(broadcasts: Iterable[Broadcast]) -> dict[int, list[Broadcast]]:
    """Which editions overlap which others, by key: one studio, one broadcast at a time. Cancelled ones take no time."""
    ordered = sorted(
        (one for one in broadcasts if one.state in (BroadcastState.PLANNED, BroadcastState.ON_AIR)),
        key=lambda one: (one.planned_start, one.id),
    )
    found: dict[int, list[Broadcast]] = {}
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.planned_start >= one.planned_end:
                break
            found.setdefault(one.id, []).append(other)
            found.setdefault(other.id, []).append(one)
    return found
