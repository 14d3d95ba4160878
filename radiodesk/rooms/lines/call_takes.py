"""Which call a take of a line belongs to: noted when the line tells of it, used while the take grows and afterwards."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.lines.models import CallTake


def bind_take(session: Session, call: Call, take: str) -> None:
    """Note that a take is of a call; saying it twice changes nothing."""
    session.merge(CallTake(take=take, call_id=call.id))
    session.flush()


def calls_of_takes(session: Session, takes: Iterable[str]) -> dict[str, Call]:
    """The call of each take; takes that no call is known of are left out."""
    query = select(CallTake.take, Call).join(Call, Call.id == CallTake.call_id).where(CallTake.take.in_(list(takes)))
    return {row.take: row.Call for row in session.execute(query)}
