"""When the items of a rundown began and how long they really took, out of the as-run; when the others are expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, RundownItem
from radiodesk.rooms.broadcasts.rundowns import hard_moment


@dataclass(frozen=True, slots=True)
class ItemRun:
    """An item that went out: when it began, how many seconds it took, and how many more than planned."""

    began: datetime
    seconds: float | None
    """``None`` while it runs."""
    over: float | None


def item_of(entry: AsRun) -> str:
    """The public id of the item that an entry "item" or "script read" is of."""
    return str(entry.details.get("item") or entry.subject)


def begun_items(log: Iterable[AsRun]) -> list[str]:
    """The items that began, by public id, in their order; one that was begun twice stands there twice."""
    return [item_of(entry) for entry in _begins(log)]


def _begins(log: Iterable[AsRun]) -> list[AsRun]:
    return [entry for entry in log if entry.kind in (AsRunKind.ITEM, AsRunKind.SCRIPT)]


def item_runs(items: Sequence[RundownItem], log: Sequence[AsRun]) -> dict[str, ItemRun]:
    """How each item that began went, by its public id; of one that was begun twice, both times together.

    An item lasts until the next one begins, or the broadcast ends.
    """
    begins = _begins(log)
    ends = next((entry.at for entry in reversed(log) if entry.kind is AsRunKind.END), None)
    until = [*(entry.at for entry in begins[1:]), ends][: len(begins)]
    planned = {item.public_id: item.seconds for item in items}
    found: dict[str, ItemRun] = {}
    for entry, end in zip(begins, until, strict=True):
        name = item_of(entry)
        if name not in planned:
            continue
        before = found.get(name)
        took = None if end is None else (end - entry.at).total_seconds() + ((before and before.seconds) or 0.0)
        found[name] = ItemRun(
            began=before.began if before else entry.at,
            seconds=took,
            over=None if took is None else took - planned[name],
        )
    return found


def expected(
    items: Sequence[RundownItem],
    broadcast: Broadcast,
    log: Sequence[AsRun],
    zone: ZoneInfo,
    *,
    runs_until: datetime | None = None,
) -> list[tuple[RundownItem, datetime]]:
    """The items still to come with the times at which they are to be expected, by what really ran so far.

    Before the broadcast that is the plan; on air it goes on from the item that began last, which is taken to last at
    least until ``runs_until``. What must begin at a time of its own begins then, and what follows goes on from there.
    An item that was skipped is none of them.
    """
    begun = begun_items(log)
    last = max((place for place, item in enumerate(items) if item.public_id in begun), default=-1)
    moment = broadcast.on_air_at or broadcast.planned_start
    if last >= 0:
        began = max(entry.at for entry in _begins(log) if item_of(entry) == items[last].public_id)
        moment = began + timedelta(seconds=items[last].seconds)
        moment = max(moment, runs_until or moment)
    found = []
    for item in items[last + 1 :]:
        if item.hard_at:
            moment = hard_moment(item.hard_at, moment, zone)
        found.append((item, moment))
        moment += timedelta(seconds=item.seconds)
    return found
