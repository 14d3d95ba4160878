"""Numbers that are kept from the queue for a time. What they send is kept; it only does not ring."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.database import keys_of
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.text import tidy
from radiodesk.language import phones
from radiodesk.rooms.calls.models import BlockedNumber


def block(
    session: Session, phone: str, reason: str, *, known: bool = False, until: datetime | None, by: str, at: datetime
) -> BlockedNumber:
    """Block a number until a moment (``None``: until it is lifted); a reason is needed.

    ``known`` numbers are those of calls, which may be shorter than what a person may type.
    """
    told = tidy(reason)[:300]
    if not told:
        raise Unreadable("Please give the reason for the block.").of("reason")
    if until is not None and until <= at:
        raise Unreadable("The block would end before it begins. Please give a later day.").of("until")
    number = phones.normalised(phone) if known else phones.complete(phone, may_be_empty=False)
    row = BlockedNumber(
        public_id=public_id(at),
        phone=number,
        phone_hash=keys_of(session).lookup(number),
        reason=told,
        until=until,
        by=by,
        created_at=at,
    )
    session.add(row)
    _log(session, row, "number blocked", by=by, at=at)
    return row


def lift(session: Session, row: BlockedNumber, *, by: str, at: datetime) -> None:
    """End a block before its time."""
    if row.lifted_at is not None:
        raise Conflict("This block was lifted already.")
    row.lifted_at = at
    _log(session, row, "number unblocked", by=by, at=at)


def _log(session: Session, row: BlockedNumber, action: str, *, by: str, at: datetime) -> None:
    audit.record(session, at, by, action, f"block {row.public_id}")
    events.announce(session, at, "calls", "block", row.public_id)


def block_by_public_id(session: Session, public_id: str) -> BlockedNumber:
    """One block; raises ``NotFound``."""
    found = session.scalar(select(BlockedNumber).where(BlockedNumber.public_id == public_id))
    if found is None:
        raise NotFound("This block is not known.")
    return found
