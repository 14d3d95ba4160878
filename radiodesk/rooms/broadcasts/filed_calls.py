"""Which calls belong to which broadcast: those that were on air in it, and those that ended since the one before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, literal, select, union
from sqlalchemy.orm import Session

from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, FiledCall
from radiodesk.rooms.calls.models import Call


def calls_of(session: Session, broadcast: Broadcast) -> list[Call]:
    """The calls of a broadcast as they came in."""
    filed = select(Call).join(FiledCall, FiledCall.call_id == Call.id)
    return list(session.scalars(filed.where(FiledCall.broadcast_id == broadcast.id).order_by(Call.received_at)))


def other_shows(session: Session, calls: Sequence[Call]) -> dict[int, str]:
    """Titles of the broadcasts, now over, for which these open calls came in: their callers wait on for this one."""
    waiting = [call for call in calls if call.is_open]
    if not waiting:
        return {}
    oldest = min(call.received_at for call in waiting)
    over = session.scalars(select(Broadcast).where(Broadcast.ended_at >= oldest).order_by(Broadcast.ended_at)).all()
    found: dict[int, str] = {}
    for call in waiting:
        # Who called in the minutes before a show called for that show too, so only its end counts.
        show = next((one for one in over if one.ended_at is not None and call.received_at <= one.ended_at), None)
        if show is not None:
            found[call.id] = show.title
    return found


def callers_of(session: Session, broadcast: Broadcast) -> list[Call]:
    """The calls of a broadcast and those that were on air in it but belong to a later one, as they came in."""
    heard = select(AsRun.subject).where(AsRun.broadcast_id == broadcast.id, AsRun.kind == AsRunKind.CALL_ON)
    filed = select(FiledCall.call_id).where(FiledCall.broadcast_id == broadcast.id)
    # Each by its index: what is either the one or the other is looked for through the whole table.
    keys = union(filed, select(Call.id).where(Call.public_id.in_(heard)))
    wanted = select(Call).where(Call.id.in_(keys))
    return list(session.scalars(wanted.order_by(Call.received_at, Call.id)))


def file_call(session: Session, broadcast: Broadcast, call: Call) -> None:
    """File a call under a broadcast; of two, the later one has it."""
    session.merge(FiledCall(call_id=call.id, broadcast_id=broadcast.id))
    session.flush()


def file_ended(session: Session, broadcast: Broadcast, *, at: datetime) -> int:
    """File the calls that came to their end and belong to no broadcast yet; returns how many."""
    ended = select(Call.id, literal(broadcast.id)).where(
        Call.state.in_(Call.ended_states), Call.received_at <= at, Call.id.not_in(select(FiledCall.call_id))
    )
    filed = insert(FiledCall).from_select(["call_id", "broadcast_id"], ended).returning(FiledCall.call_id)
    return len(session.scalars(filed).all())
