"""What comes after a message: its sender changes or withdraws it, the channel tells what became of a reply."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.i18n import gettext
from radiodesk.core.text import mended
from radiodesk.rooms.calls.acts import acting
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages.models import ChannelMessage, OutgoingMessage, TransferState
from radiodesk.rooms.messages.ports import Incoming, IncomingKind


def change(session: Session, message: ChannelMessage, incoming: Incoming, *, at: datetime) -> Call | None:
    """The sender changed or withdrew a message: the earlier words are kept, and the screener is told.

    An edit that is not newer than the last one was seen before.
    """
    deleted, when = incoming.kind is IncomingKind.DELETE, incoming.written_at or at
    seen = message.edited_at is not None and when <= message.edited_at
    if message.deleted_at is not None or (not deleted and (seen or incoming.text == message.text)):
        return None
    call = session.get_one(Call, message.call_id)
    with acting(session, call, "withdrawn" if deleted else "edited", by="desk", at=at):
        if deleted:
            message.deleted_at = at
            told = gettext("The sender withdrew a message. Do not read it on air.")
            call.notes = "\n".join(filter(None, (call.notes, told)))
        else:
            call.message = instead(call.message, message.text, incoming.text)
            message.before = "\n\n".join(filter(None, (message.before, message.text)))
            message.text, message.edited_at, message.raw = incoming.text, when, None
    return call


def instead(words: str, old: str, new: str) -> str:
    """The words of a call with new ones in the place of old ones, or behind them where the old ones are not found."""
    return words.replace(old, new, 1) if old and old in words else "\n\n".join(filter(None, (words, new)))


def note_receipt(session: Session, incoming: Incoming) -> None:
    """What became of a reply."""
    sent = session.scalar(select(OutgoingMessage).where(OutgoingMessage.external_id == incoming.about))
    states = {"delivered": TransferState.DELIVERED, "read": TransferState.READ, "failed": TransferState.FAILED}
    state = states.get(incoming.receipt or "")
    if sent is None or state is None or sent.state is TransferState.READ:
        return
    sent.state = state
    sent.problem = mended(incoming.text) or None
