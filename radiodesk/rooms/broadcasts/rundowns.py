"""The rundown of a broadcast: its planned items in order. A sealed broadcast's takes no changes.

Each verb raises ``Conflict`` for a sealed broadcast, and for an item of another one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.text import shorten
from radiodesk.rooms.broadcasts import rundown_acts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.ports import outcomes
from radiodesk.rooms.broadcasts.rundown_acts import acting, items_of
from radiodesk.rooms.programme.models import Script
from radiodesk.rooms.transcripts import vocabulary

NAMES_HEARD = timedelta(days=1)
"""How long recognisers listen for the names of a rundown."""


def item_by_public_id(session: Session, public_id: str) -> RundownItem:
    """One rundown item; raises ``NotFound``."""
    found = session.scalar(select(RundownItem).where(RundownItem.public_id == public_id))
    if found is None:
        raise NotFound("This item is not in the rundown any more.")
    return found


def rundown(session: Session, broadcast_id: int) -> list[RundownItem]:
    """The items of a broadcast in order."""
    return items_of(session, broadcast_id)


@dataclass(frozen=True, slots=True)
class Timed:
    """An item with the time at which it is planned to begin."""

    item: RundownItem
    begins: datetime


def timed(items: list[RundownItem], start: datetime) -> list[Timed]:
    """Front-timing: each item begins when the planned lengths before it are over."""
    begins, result = start, []
    for item in items:
        result.append(Timed(item, begins))
        begins += timedelta(seconds=item.seconds)
    return result


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
    script: Script | None = None,
) -> RundownItem:
    """Append an item to a broadcast's rundown; a script gives its reading time when no length is set."""
    require_unsealed(session, broadcast)
    if not title.strip():
        raise Unreadable("Please give the item a title.").of("title")
    if not 0 <= seconds <= 6 * 3600:
        raise Unreadable("The length of an item must lie between 0 seconds and 6 hours.").of("minutes")
    last = session.scalar(select(func.max(RundownItem.position)).where(RundownItem.broadcast_id == broadcast.id))
    item = RundownItem(
        public_id=public_id(at),
        broadcast_id=broadcast.id,
        position=(last or 0) + 1,
        kind=kind,
        title=shorten(title.strip(), 160),
        seconds=seconds or (round(script.latest.seconds) if script else 0),
        reader=reader,
        script=script,
    )
    with acting(session, broadcast, rundown_acts.ADDED, item=item.public_id, by=by, at=at):
        session.add(item)
    listen_for_names(session, [item], by=by, at=at)
    return item


def listen_for_names(session: Session, items: Iterable[RundownItem], *, by: str, at: datetime) -> None:
    """Let recognisers listen for who and what stands on a rundown, for a day from now."""
    names = [name for item in items for name in (*vocabulary.names_in(item.title), item.reader)]
    vocabulary.expect(session, names, until=at + NAMES_HEARD, by=by, at=at)


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
        item.script, item.kind, item.seconds = script, ItemKind.SCRIPT, round(script.latest.seconds)


def remove_item(session: Session, broadcast: Broadcast, item: RundownItem, *, by: str, at: datetime) -> None:
    """Take an item out of the plan."""
    require_item(session, broadcast, item)
    with acting(session, broadcast, rundown_acts.REMOVED, item=item.public_id, by=by, at=at):
        session.delete(item)


def undo(session: Session, broadcast: Broadcast, *, by: str, at: datetime) -> None:
    """Take back a person's last change of a rundown; raises ``NothingToUndo``."""
    require_unsealed(session, broadcast)
    rundown_acts.undo_last(session, broadcast, by=by, at=at)
