"""The rundown of a broadcast: its planned items in order. A sealed broadcast's takes no changes.

Each verb raises ``Conflict`` for a sealed broadcast, and for an item of another one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.private_columns import NotReadable
from radiodesk.core.text import shorten
from radiodesk.rooms.broadcasts import rundown_acts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.ports import outcomes
from radiodesk.rooms.broadcasts.rundown_acts import acting
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme.models import Script, StationSound
from radiodesk.rooms.programme.services import TOPIC
from radiodesk.rooms.programme.slots import names
from radiodesk.rooms.transcripts import vocabulary

NAMES_HEARD = timedelta(days=1)
"""How long recognisers listen for the names of a rundown."""
UNREAD_KINDS = frozenset({ItemKind.CALLS, ItemKind.TALK, ItemKind.MUSIC, ItemKind.SPOT, ItemKind.OTHER})
"""Kinds in which nothing is read: with a script such an item becomes one that is."""


def item_by_public_id(session: Session, public_id: str) -> RundownItem:
    """One rundown item; raises ``NotFound``."""
    found = session.scalar(select(RundownItem).where(RundownItem.public_id == public_id))
    if found is None:
        raise NotFound("This item is not in the rundown any more.")
    return found


@dataclass(frozen=True, slots=True)
class Timed:
    """An item with the time at which it is planned to begin, and the latest at which all after it still fits."""

    item: RundownItem
    begins: datetime
    latest: datetime
    off: float | None = None
    """Where it must begin at a time of its own: seconds by which it would be late (positive) or early."""


def timed(
    items: list[RundownItem], start: datetime, end: datetime | None = None, zone: ZoneInfo | None = None
) -> list[Timed]:
    """Front-timing: each item begins when the planned lengths before it are over. Back-timing: from ``end`` on (without
    it, from where the items end) the lengths are counted backwards. Hard times need the ``zone`` of the station.
    """
    total = timedelta(seconds=sum(item.seconds for item in items))
    begins, result = start, []
    spare = end - (start + total) if end is not None else timedelta()
    for item in items:
        result.append(Timed(item, begins, begins + spare, _off(item, begins, zone)))
        begins += timedelta(seconds=item.seconds)
    return result


def _off(item: RundownItem, begins: datetime, zone: ZoneInfo | None) -> float | None:
    if not item.hard_at or zone is None:
        return None
    return (begins - hard_moment(item.hard_at, begins, zone)).total_seconds()


def hard_moment(clock: str, near: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a time of day at the station that is nearest to another: a show may go on past midnight."""
    local = near.astimezone(zone)
    hard = datetime.combine(local.date(), time.fromisoformat(clock), zone)
    return (hard + timedelta(days=round((local - hard) / timedelta(days=1)))).astimezone(near.tzinfo)


def require_unsealed(session: Session, broadcast: Broadcast) -> None:
    """Raise ``Conflict`` for a broadcast that is sealed, published or not: what is archived stays what it was."""
    if outcomes(session, [broadcast]):
        raise Conflict("%(title)s is sealed. Nothing in it can be changed any more.", title=broadcast.title)


def require_item(session: Session, broadcast: Broadcast, item: RundownItem) -> None:
    """Raise ``Conflict`` for an item of another broadcast, and for a sealed broadcast."""
    require_unsealed(session, broadcast)
    if item.broadcast_id != broadcast.id:
        raise Conflict("This item belongs to another broadcast.")


def add_item(
    session: Session,
    broadcast: Broadcast,
    kind: ItemKind,
    title: str,
    seconds: int,
    *,
    by: str,
    at: datetime,
    reader: str = "",
    guests: str = "",
    script: Script | None = None,
    hard_at: str = "",
    to: int = 0,
) -> RundownItem:
    """Add an item to a broadcast's rundown, at a place counted from 1 or at its end; a script gives its reading time
    when no length is set.
    """
    require_unsealed(session, broadcast)
    title, hard_at = _checked(title, seconds, hard_at)
    items = rundown(session, broadcast.id)
    item = RundownItem(
        public_id=public_id(at),
        broadcast_id=broadcast.id,
        position=(items[-1].position if items else 0) + 1,
        kind=kind,
        title=title,
        seconds=seconds or (round(script.latest.seconds) if script else 0),
        reader=reader,
        guests=guests or None,
        hard_at=hard_at,
        script=script,
    )
    with acting(session, broadcast, rundown_acts.ADDED, item=item.public_id, by=by, at=at):
        session.add(item)
        if 0 < to <= len(items):
            items.insert(to - 1, item)
            for position, one in enumerate(items, start=1):
                one.position = position
    listen_for_names(session, [item], by=by, at=at)
    return item


def _checked(title: str, seconds: int, hard_at: str) -> tuple[str, str]:
    """Title and hard time as they are kept; raises ``Unreadable`` at the field that is to be mended."""
    if not title.strip():
        raise Unreadable("Please give the item a title.").of("title")
    if not 0 <= seconds <= 6 * 3600:
        raise Unreadable("The length of an item must lie between 0 seconds and 6 hours.").of("minutes")
    if hard_at:
        try:
            hard_at = time.fromisoformat(hard_at).strftime("%H:%M")
        except ValueError:
            given = shorten(hard_at, 40)
            raise Unreadable("“%(given)s” is not a time of day such as 08:00.", given=given).of("hard_at") from None
    return shorten(title.strip(), 160), hard_at


def change_item(
    session: Session,
    broadcast: Broadcast,
    item: RundownItem,
    kind: ItemKind,
    title: str,
    seconds: int,
    *,
    by: str,
    at: datetime,
    reader: str = "",
    guests: str = "",
    hard_at: str = "",
) -> None:
    """Change what an item is, how long it takes, who reads it and who is talked with; place and script stay."""
    require_item(session, broadcast, item)
    title, hard_at = _checked(title, seconds, hard_at)
    with acting(session, broadcast, rundown_acts.CHANGED, item=item.public_id, by=by, at=at):
        item.kind, item.title, item.seconds, item.reader, item.hard_at = kind, title, seconds, reader, hard_at
        item.guests = guests or None
    listen_for_names(session, [item], by=by, at=at)


def copy_rundown(session: Session, broadcast: Broadcast, source: Broadcast, *, by: str, at: datetime) -> int:
    """Append the items of another edition, without its scripts and guests: they were of that day. Returns how many."""
    require_unsealed(session, broadcast)
    there = rundown(session, broadcast.id)
    begins = there[-1].position if there else 0
    # A title that cannot be read is not copied: it would be written anew as something else.
    copied = [one for one in rundown(session, source.id) if not isinstance(one.title, NotReadable)]
    if not copied or source.id == broadcast.id:
        raise Conflict("%(title)s has no items to copy.", title=source.title)
    told = {"source": source.public_id, "items": len(copied)}
    with acting(session, broadcast, rundown_acts.COPIED, item=broadcast.public_id, by=by, at=at, **told):
        for position, one in enumerate(copied, start=begins + 1):
            session.add(
                RundownItem(
                    public_id=public_id(at),
                    broadcast_id=broadcast.id,
                    position=position,
                    kind=one.kind,
                    title=one.title,
                    seconds=one.seconds,
                    reader=one.reader,
                    hard_at=one.hard_at,
                    sound_id=one.sound_id,
                )
            )
    return len(copied)


def listen_for_names(session: Session, items: Iterable[RundownItem], *, by: str, at: datetime) -> None:
    """Let recognisers listen for who and what stands on a rundown, for a day from now."""
    heard = [name for item in items for name in (*vocabulary.names_in(item.title), item.reader, *_guests(item))]
    vocabulary.expect(session, heard, until=at + NAMES_HEARD, by=by, at=at)


def _guests(item: RundownItem) -> tuple[str, ...]:
    return () if isinstance(item.guests, NotReadable) else names(item.guests or "")


def move_item(session: Session, broadcast: Broadcast, item: RundownItem, to: int, *, by: str, at: datetime) -> None:
    """Put an item at a place of its rundown, counted from 1."""
    require_item(session, broadcast, item)
    with acting(session, broadcast, rundown_acts.MOVED, item=item.public_id, to=to, by=by, at=at):
        items = rundown(session, broadcast.id)
        items.remove(item)
        items.insert(max(0, min(len(items), to - 1)), item)
        for position, one in enumerate(items, start=1):
            one.position = position


def put_script(
    session: Session, broadcast: Broadcast, item: RundownItem, script: Script, *, by: str, at: datetime
) -> None:
    """Give an item the script that is to be read there."""
    require_item(session, broadcast, item)
    told = {"item": item.public_id, "script": script.public_id}
    with acting(session, broadcast, rundown_acts.PLACED, by=by, at=at, **told):
        item.script, item.seconds = script, round(script.latest.seconds)
        item.kind = ItemKind.SCRIPT if item.kind in UNREAD_KINDS else item.kind


def put_sound(
    session: Session, broadcast: Broadcast, item: RundownItem, sound: StationSound | None, *, by: str, at: datetime
) -> None:
    """Give an item the jingle or spot that is played when it begins, or none."""
    require_item(session, broadcast, item)
    chosen = sound.public_id if sound else None
    with acting(session, broadcast, rundown_acts.SOUND_PLACED, item=item.public_id, sound=chosen, by=by, at=at):
        item.sound = sound
        if sound is not None and not item.seconds:
            item.seconds = round(sound.seconds)


def let_reserve_begin(
    session: Session, broadcast: Broadcast, item: RundownItem, *, alone: bool, by: str, at: datetime
) -> None:
    """Whether an item's voice in reserve may begin by itself at the item's time, when nobody begins the item."""
    require_item(session, broadcast, item)
    if alone and item.script is None:
        raise Conflict("This item has no script.")
    item.reserve_since = (item.reserve_since or at) if alone else None
    session.flush()
    act = "reserve begins by itself" if alone else "reserve waits for a key"
    audit.record(session, at, by, act, f"item {item.public_id}")
    announce(session, at, TOPIC, "rundown", item.public_id)


def remove_item(session: Session, broadcast: Broadcast, item: RundownItem, *, by: str, at: datetime) -> None:
    """Take an item out of the plan."""
    require_item(session, broadcast, item)
    with acting(session, broadcast, rundown_acts.REMOVED, item=item.public_id, by=by, at=at):
        session.delete(item)


def undo(session: Session, broadcast: Broadcast, *, by: str, at: datetime) -> None:
    """Take back a person's last change of a rundown; raises ``NothingToUndo``."""
    require_unsealed(session, broadcast)
    rundown_acts.undo_last(session, broadcast, by=by, at=at)
