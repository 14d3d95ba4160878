"""Putting right when something in the as-run was: a key is pressed late, a caller is off air before the key is.

Only after the broadcast and before it is sealed. What the clock said stays beside it (``AsRun.was``) and in the audit
trail. What keeps something out of the public copy can only be made longer: the time on air of a caller of whom nothing
is told, or who did not agree.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.rooms.broadcasts import readings
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, BroadcastState, Reading
from radiodesk.rooms.broadcasts.ports import outcomes
from radiodesk.rooms.broadcasts.queries import as_run, guarded
from radiodesk.rooms.broadcasts.rundowns import require_unsealed
from radiodesk.rooms.broadcasts.services import TOPIC
from radiodesk.rooms.calls.models import Call

MOVABLE = frozenset(
    {AsRunKind.ITEM, AsRunKind.SCRIPT, AsRunKind.SCRIPT_END, AsRunKind.CALL_ON, AsRunKind.CALL_OFF, AsRunKind.MARK}
)
_PAIRS = {AsRunKind.SCRIPT_END: AsRunKind.SCRIPT, AsRunKind.CALL_OFF: AsRunKind.CALL_ON}


def is_open(session: Session, broadcast: Broadcast) -> bool:
    """Whether boundaries of a broadcast may be moved now."""
    return broadcast.state is BroadcastState.ENDED and not outcomes(session, [broadcast])


def move_boundary(
    session: Session, broadcast: Broadcast, entry_id: int, offset: float, *, by: str, at: datetime
) -> AsRun:
    """Say at which second of the broadcast an entry really was; raises ``Conflict`` where that cannot be."""
    require_unsealed(session, broadcast)
    if broadcast.state is not BroadcastState.ENDED or broadcast.on_air_at is None:
        raise Conflict("%(title)s is not over yet. Boundaries are moved after it.", title=broadcast.title)
    log = as_run(session, broadcast)
    entry = next((one for one in log if one.id == entry_id), None)
    if entry is None or entry.kind not in MOVABLE:
        raise NotFound("This boundary is not there.")
    offset = round(offset, 1)
    least, most = bounds(log, entry)
    if not least <= offset <= most:
        raise Unreadable("It must lie between %(least)s and %(most)s.", least=_clock(least), most=_clock(most)).of(
            "offset"
        )
    if offset == round(entry.offset, 1):
        return entry
    if _is_closed(session, entry) and (offset > entry.offset) is (entry.kind is AsRunKind.CALL_ON):
        raise Conflict("The time on air of this caller stays out of the public copy; it can only be made longer.")
    before = entry.offset
    if entry.was is None:
        entry.was = before
    entry.offset, entry.at = offset, broadcast.on_air_at + timedelta(seconds=offset)
    # What was compared with other seconds is compared anew.
    session.execute(delete(Reading).where(Reading.broadcast_id == broadcast.id))
    session.flush()
    told = {"entry": entry.id, "kind": str(entry.kind), "from": round(before, 1), "to": offset}
    audit.record(session, at, by, "boundary moved", f"broadcast {broadcast.public_id}", **told)
    announce(session, at, TOPIC, "boundary", broadcast.public_id)
    readings.ask(session, broadcast, at=at)
    return entry


def bounds(log: Sequence[AsRun], entry: AsRun) -> tuple[float, float]:
    """The first and last second to which an entry may be moved: an end stays behind its beginning."""
    least, most = 0.0, max((one.offset for one in log if one.kind is AsRunKind.END), default=log[-1].offset)
    for other in log:
        if other.id == entry.id or other.subject != entry.subject:
            continue
        if other.kind is _PAIRS.get(entry.kind) and other.id < entry.id:
            least = max(least, other.offset)
        if _PAIRS.get(other.kind) is entry.kind and other.id > entry.id:
            most = min(most, other.offset)
        # A caller who comes back on air after a hold comes back after it.
        if entry.kind is AsRunKind.CALL_ON and other.kind is AsRunKind.CALL_OFF and other.id < entry.id:
            least = max(least, other.offset)
        if entry.kind is AsRunKind.CALL_OFF and other.kind is AsRunKind.CALL_ON and other.id > entry.id:
            most = min(most, other.offset)
    return least, most


def _is_closed(session: Session, entry: AsRun) -> bool:
    if entry.kind not in (AsRunKind.CALL_ON, AsRunKind.CALL_OFF):
        return False
    call = session.scalar(select(Call).where(Call.public_id == entry.subject))
    return call is None or not call.may_air or bool(guarded(session, [call]))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
