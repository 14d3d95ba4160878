"""Which calls belong to a confidential complaint, for the rule of ``recordings.access``."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from radiodesk.rooms.tickets.models import Ticket


def secret_calls(session: Session, call_ids: Collection[int]) -> set[int]:
    """A ``calls.ports.Secrets``: calls of a confidential complaint, or of one that was joined with one."""
    joined = aliased(Ticket)
    query = select(Ticket.call_id).outerjoin(joined, joined.id == Ticket.merged_into_id)
    query = query.where(Ticket.call_id.in_(call_ids), Ticket.confidential | joined.confidential)
    return {call_id for call_id in session.scalars(query) if call_id is not None}
