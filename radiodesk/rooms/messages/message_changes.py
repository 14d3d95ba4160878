"""What comes after a message: its sender changes or withdraws it, the channel tells what became of a reply."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from radiodesk.core.text import mended
from radiodesk.rooms.calls.acts import acting
from radiodesk.rooms.calls.merged_calls import held_by, standing
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.messages.models import ChannelMessage, EarlyWithdrawal, OutgoingMessage, TransferState
from radiodesk.rooms.messages.ports import Incoming, IncomingKind


def change(session: Session, message: ChannelMessage, incoming: Incoming, *, at: datetime) -> Call | None:
    """The sender changed or withdrew a message: the earlier words are kept, and the screener sees a mark.

    An edit that is not newer than the last one was seen before.
    """
    deleted, when = incoming.kind is IncomingKind.DELETE, incoming.written_at or at
    seen = message.edited_at is not None and when <= message.edited_at
    if message.deleted_at is not None or (not deleted and (seen or incoming.text == message.text)):
        return None
    call = standing(session, session.get_one(Call, message.call_id))
    with acting(session, call, "withdrawn" if deleted else "edited", by="desk", at=at):
        if deleted:
            message.deleted_at = at
        else:
            call.message = instead(call.message, message.text, incoming.text)
            message.before = "\n\n".join(filter(None, (message.before, message.text)))
            message.text, message.edited_at, message.raw = incoming.text, when, None
    return call


def withdrawn_early(session: Session, incoming: Incoming, *, at: datetime) -> None:
    """Remember the withdrawal of a message that has not come."""
    about = incoming.about or ""
    if about and withdrawal_of(session, incoming.channel, about) is None:
        session.add(EarlyWithdrawal(channel=incoming.channel, external_id=about, received_at=at))
        session.flush()


def withdrawal_of(session: Session, channel: Channel, external_id: str) -> datetime | None:
    """When a message was withdrawn before it came."""
    return session.scalar(
        select(EarlyWithdrawal.received_at).where(
            EarlyWithdrawal.channel == channel, EarlyWithdrawal.external_id == external_id
        )
    )


def withdrawn_calls(session: Session, calls: Collection[Call]) -> set[int]:
    """Which of these calls hold a message that its sender withdrew, by their keys."""
    return calls_with(session, calls, ChannelMessage.deleted_at.is_not(None))


def calls_with(session: Session, calls: Collection[Call], such: ColumnElement[bool]) -> set[int]:
    """Which of these calls hold such a message, their own or one of a call that was merged into them."""
    held = {key: {one.id for one in several} for key, several in held_by(session, calls).items()}
    query = select(ChannelMessage.call_id).where(ChannelMessage.call_id.in_(set().union(*held.values())), such)
    found = set(session.scalars(query))
    return {key for key, keys in held.items() if keys & found}


def instead(words: str, old: str, new: str) -> str:
    """The words of a call with new ones in the place of a message's old ones, or behind them where those are not there.

    A message is a whole part of a call's words; of several that are alike it is the last one.
    """
    found = list(re.finditer(rf"(?:\A|(?<=\n\n)){re.escape(old)}(?=\n\n|\Z)", words)) if old else []
    if not found:
        return "\n\n".join(filter(None, (words, new)))
    return words[: found[-1].start()] + new + words[found[-1].end() :]


def note_receipt(session: Session, incoming: Incoming) -> None:
    """What became of a reply."""
    sent = session.scalar(select(OutgoingMessage).where(OutgoingMessage.external_id == incoming.about))
    states = {"delivered": TransferState.DELIVERED, "read": TransferState.READ, "failed": TransferState.FAILED}
    state = states.get(incoming.receipt or "")
    if sent is None or state is None or sent.state is TransferState.READ:
        return
    sent.state = state
    sent.problem = mended(incoming.text) or None
