"""Puts what the channels bring into the queue: once each, joined to its call, files fetched afterwards."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.calls import phones
from radiodesk.calls.acts import acting
from radiodesk.calls.channels.models import ChannelMessage, IncomingMedia, OutgoingMessage, TransferState
from radiodesk.calls.channels.ports import Incoming, IncomingKind
from radiodesk.calls.models import Call, CallState, Channel, Urgency
from radiodesk.calls.moving import lose
from radiodesk.calls.receiving import receive
from radiodesk.core import audit, events, jobs
from radiodesk.core.crypto import NotReadable
from radiodesk.core.db import keys_of
from radiodesk.core.errors import Conflict, Refusal
from radiodesk.core.i18n import gettext

FETCH_JOB = "calls.fetch"
JOINED_WITHIN = timedelta(minutes=15)
LONGEST = 8000


class TooMany(Refusal):
    """One sender wrote too often."""

    status = 429


def take_in(session: Session, incoming: Incoming, *, at: datetime) -> Call | None:
    """Bring one thing into the queue; ``None`` when it was there already or belongs to nothing that is known.

    A second message of the same sender, within a quarter of an hour and before anybody opened the first, joins it.
    """
    if incoming.kind is IncomingKind.RECEIPT:
        _note_receipt(session, incoming)
        return None
    if incoming.kind in (IncomingKind.EDIT, IncomingKind.DELETE):
        return _change(session, incoming, at=at)
    if known(session, incoming.channel, incoming.external_id) is not None:
        return None
    text = incoming.text.replace("\0", "").strip()[:LONGEST]
    sender = _number(incoming.sender)
    call = None if incoming.urgent else _unopened(session, incoming.channel, sender, at=at)
    if call is None:
        call = receive(
            session,
            incoming.channel,
            phone=sender,
            name=incoming.name,
            place=incoming.place,
            message=text,
            urgency=Urgency.DARURAT if incoming.urgent else Urgency.BIASA,
            latitude=incoming.latitude,
            longitude=incoming.longitude,
            at=at,
        )
    else:
        with acting(session, call, "wrote again", by="desk", at=at):
            call.message = "\n\n".join(filter(None, (call.message, text)))[:LONGEST]
            if incoming.latitude is not None:
                call.latitude, call.longitude, call.place = incoming.latitude, incoming.longitude, incoming.place
    session.add(
        ChannelMessage(
            channel=incoming.channel,
            external_id=incoming.external_id[:200],
            call_id=call.id,
            received_at=at,
            sender_hash=keys_of(session).lookup(sender) if sender else None,
            text=text,
        )
    )
    if incoming.kind is IncomingKind.MISSED_CALL and call.state is CallState.RINGING:
        lose(session, call, by="desk", at=at)
    for reference in incoming.media:
        media = IncomingMedia(
            call_id=call.id,
            channel=incoming.channel,
            external_id=reference.id[:200],
            mime=reference.mime[:120],
            name=reference.name[:200],
            created_at=at,
        )
        session.add(media)
        session.flush()
        jobs.enqueue(session, at, FETCH_JOB, media.id)
    session.flush()
    return call


def known(session: Session, channel: Channel, external_id: str) -> ChannelMessage | None:
    """The message with the channel's own id."""
    return session.scalar(
        select(ChannelMessage).where(ChannelMessage.channel == channel, ChannelMessage.external_id == external_id[:200])
    )


def count_sender(session: Session, channel: Channel, sender: str, most: int, *, at: datetime) -> str:
    """Refuse a sender (an address, as a hash) that sent ``most`` within the hour; returns the hash to keep."""
    hashed = keys_of(session).lookup(sender)
    query = select(func.count()).where(
        ChannelMessage.channel == channel,
        ChannelMessage.sender_hash == hashed,
        ChannelMessage.received_at > at - timedelta(hours=1),
    )
    if (session.scalar(query) or 0) >= most:
        raise TooMany("You have sent many messages already. Please wait an hour, or call the station.")
    return hashed


def fetch_again(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Ask for the files of a call again that were given up; raises ``Conflict`` when there are none."""
    query = select(IncomingMedia).where(IncomingMedia.call_id == call.id, IncomingMedia.state == TransferState.FAILED)
    given_up = session.scalars(query).all()
    if not given_up:
        raise Conflict("No file of this call was given up.")
    for media in given_up:
        media.state, media.attempts, media.problem = TransferState.WAITING, 0, None
        jobs.enqueue(session, at, FETCH_JOB, media.id)
    audit.record(session, at, by, "files fetched again", f"call {call.public_id}", files=len(given_up))
    events.announce(session, at, "calls", "attachment", call.public_id)


def _number(sender: str | None) -> str | None:
    if not sender:
        return None
    try:
        return phones.normalised(sender)
    except phones.PhoneUnreadable:
        # An alphanumeric sender id ("INFO") is nobody whom one could call back.
        return None


def _unopened(session: Session, channel: Channel, sender: str | None, *, at: datetime) -> Call | None:
    if sender is None:
        return None
    query = select(Call).where(
        Call.channel == channel,
        Call.phone_hash == keys_of(session).lookup(sender),
        Call.state == CallState.RINGING,
        Call.received_at > at - JOINED_WITHIN,
    )
    return session.scalar(query.order_by(Call.id.desc()).limit(1))


def _change(session: Session, incoming: Incoming, *, at: datetime) -> Call | None:
    """The sender changed or withdrew a message: the earlier words are kept, and the screener is told."""
    message = known(session, incoming.channel, incoming.about or "")
    if message is None or message.deleted_at is not None:
        return None
    call = session.get_one(Call, message.call_id)
    deleted = incoming.kind is IncomingKind.DELETE
    with acting(session, call, "withdrawn" if deleted else "edited", by="desk", at=at):
        if deleted:
            message.deleted_at = at
            told = gettext("The sender withdrew a message. Do not read it on air.")
            call.notes = "\n".join(filter(None, (call.notes, told)))
        elif incoming.text.strip() != message.text:
            text = incoming.text.replace("\0", "").strip()[:LONGEST]
            if message.text and message.text in call.message:
                call.message = call.message.replace(message.text, text, 1)
            else:
                call.message = "\n\n".join(filter(None, (call.message, text)))
            earlier = [words for words in (message.before, message.text) if words]
            closed = [words for words in earlier if isinstance(words, NotReadable)]
            message.before = closed[0] if closed else "\n\n".join(earlier)
            message.text, message.edited_at = text, at
    return call


def _note_receipt(session: Session, incoming: Incoming) -> None:
    sent = session.scalar(select(OutgoingMessage).where(OutgoingMessage.external_id == incoming.about))
    states = {"delivered": TransferState.DELIVERED, "read": TransferState.READ, "failed": TransferState.FAILED}
    state = states.get(incoming.receipt or "")
    if sent is None or state is None or sent.state is TransferState.READ:
        return
    sent.state = state
    sent.problem = incoming.text or None
