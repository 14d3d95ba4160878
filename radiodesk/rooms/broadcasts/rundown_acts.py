"""What every act on a rundown writes: the items and their order before it (for undo), the audit entry, the event."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict
from radiodesk.core.events import announce
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import NotReadable
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownAct, RundownItem
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme.services import TOPIC

UNDO_WITHIN = timedelta(minutes=10)
DESK = "desk"
"""Who does what is done without a person: editions of slots, bulletins that compile themselves. Anyone may undo it."""

ADDED, MOVED, PLACED, REMOVED = "rundown item added", "rundown item moved", "script placed", "rundown item removed"
CHANGED, COPIED = "rundown item changed", "rundown copied"
SOUND_PLACED = "sound placed"
ACT_NAMES = {
    ADDED: N_("Item added"),
    MOVED: N_("Item moved"),
    PLACED: N_("Script placed"),
    REMOVED: N_("Item removed"),
    CHANGED: N_("Item changed"),
    COPIED: N_("Rundown copied"),
    SOUND_PLACED: N_("Sound placed"),
}

_PLAIN = ("position", "title", "seconds", "reader", "hard_at", "guests", "script_id", "sound_id")


class NothingToUndo(Conflict):
    """The last act is too old, or somebody changed the rundown since."""


@contextmanager
def acting(
    session: Session, broadcast: Broadcast, kind: str, *, item: str, by: str, at: datetime, **details: Any
) -> Iterator[None]:
    """Change the rundown inside the block; what it was before is kept, logged and announced when it ends.

    ``item`` is the public id of the item that is changed; ``details`` go into the audit trail.
    """
    before = [_kept(one) for one in rundown(session, broadcast.id)]
    yield
    session.flush()
    session.add(RundownAct(broadcast_id=broadcast.id, at=at, by=by, kind=kind, before=json.dumps(before)))
    session.flush()
    audit.record(session, at, by, kind, f"item {item}", **details)
    announce(session, at, TOPIC, "rundown", item)


def undoable(session: Session, broadcast: Broadcast, *, by: str, at: datetime) -> RundownAct | None:
    """The last act on a rundown, if it is this person's and may still be undone."""
    act = _last(session, broadcast)
    return None if act is None or _hindrance(act, by, at) else act


def undo_last(session: Session, broadcast: Broadcast, *, by: str, at: datetime) -> None:
    """Make the rundown what it was before a person's last act on it; raises ``NothingToUndo``."""
    act = _last(session, broadcast)
    if act is None:
        raise NothingToUndo("There is nothing of yours to undo.")
    if hindrance := _hindrance(act, by, at):
        raise hindrance
    _restore(session, broadcast, json.loads(act.before))
    act.undone_at = at
    session.flush()
    audit.record(session, at, by, "rundown act undone", f"broadcast {broadcast.public_id}", undone=act.kind)
    announce(session, at, TOPIC, "rundown", broadcast.public_id)


def _last(session: Session, broadcast: Broadcast) -> RundownAct | None:
    wanted = select(RundownAct).where(RundownAct.broadcast_id == broadcast.id, RundownAct.undone_at.is_(None))
    return session.scalar(wanted.order_by(RundownAct.id.desc()).limit(1))


def _hindrance(act: RundownAct, by: str, at: datetime) -> NothingToUndo | None:
    if act.by not in (by, DESK):
        return NothingToUndo("%(who)s changed this rundown last, so only they can undo it.", who=act.by)
    if at - act.at > UNDO_WITHIN:
        return NothingToUndo("Your last change of this rundown is too long ago to undo. Change it by hand.")
    if isinstance(act.before, NotReadable):
        return NothingToUndo("What this rundown was before cannot be read, so it cannot be undone.")
    return None


def _kept(item: RundownItem) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in _PLAIN}
    # What cannot be read is not written anew either: an undo leaves it as it lies.
    known = {name: told for name, told in plain.items() if not isinstance(told, NotReadable)}
    return {"public_id": item.public_id, "kind": item.kind.value, **known}


def _restore(session: Session, broadcast: Broadcast, before: list[dict[str, Any]]) -> None:
    there = {item.public_id: item for item in rundown(session, broadcast.id)}
    for kept in before:
        item = there.pop(kept["public_id"], None)
        if item is None:
            item = RundownItem(public_id=kept["public_id"], broadcast_id=broadcast.id, title=kept.get("title", ""))
            session.add(item)
        for name in _PLAIN:
            if name in kept and getattr(item, name) != kept[name]:
                setattr(item, name, kept[name])
        item.kind = ItemKind(kept["kind"])
    for added in there.values():
        session.delete(added)
    session.flush()
    session.expire_all()
