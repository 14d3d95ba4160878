"""Puts what the channels bring into the queue: once each, joined to its call, files fetched afterwards."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events, jobs
from radiodesk.core.database import keys_of
from radiodesk.core.errors import Conflict, Refusal
from radiodesk.core.i18n import gettext
from radiodesk.core.text import mended, tidy
from radiodesk.language import phones
from radiodesk.rooms.calls.acts import acting
from radiodesk.rooms.calls.merged_calls import keys_held_by, standing
from radiodesk.rooms.calls.models import Call, CallState, Channel, Urgency
from radiodesk.rooms.calls.reception import first_position, know, receive
from radiodesk.rooms.calls.transitions import lose
from radiodesk.rooms.messages.loose_values import digest, key
from radiodesk.rooms.messages.message_changes import change, instead, note_receipt, withdrawal_of, withdrawn_early
from radiodesk.rooms.messages.models import ChannelMessage, IncomingMedia, TransferState
from radiodesk.rooms.messages.ports import PART, Incoming, IncomingKind

FETCH_JOB = "calls.fetch"
JOINED_WITHIN = timedelta(minutes=15)
SAME_WITHIN = timedelta(minutes=10)
"""How long the same words of the same number are the same SMS, where no gateway tells when it was written."""
SAME_WRITTEN_WITHIN = timedelta(minutes=1)
BELIEVED_BACK = timedelta(days=30)
BELIEVED_AHEAD = timedelta(minutes=5)
"""Channels deliver for days, clocks differ by minutes; a time of writing beyond is none."""
LONGEST = 8000


class TooMany(Refusal):
    """One sender wrote too often."""

    status = 429


@dataclass(frozen=True, slots=True)
class _Writer:
    """The sender of a message: a number, when it has one, and the hash of whatever tells who it is."""

    number: str | None
    hash: str | None


def take_in(session: Session, incoming: Incoming, *, at: datetime) -> Call | None:
    """Bring one thing into the queue; ``None`` when it was there already or belongs to nothing that is known.

    ``at`` is when it arrived, also when it is taken in later: doing so again changes nothing. A second message of the
    same sender, within a quarter of an hour and before anybody opened the first, joins it.
    """
    if incoming.kind is IncomingKind.RECEIPT:
        note_receipt(session, incoming)
        return None
    incoming = _as_kept(incoming, at)
    if incoming.kind in (IncomingKind.EDIT, IncomingKind.DELETE):
        message = known(session, incoming.channel, incoming.about or "")
        if message is not None:
            return change(session, message, incoming, at=at)
        if incoming.kind is IncomingKind.DELETE:
            withdrawn_early(session, incoming, at=at)
            return None
        if not incoming.text:
            return None
        # The message itself has not come, or not yet; its newest words are here.
        incoming = replace(incoming, kind=IncomingKind.MESSAGE, external_id=incoming.about or incoming.external_id)
    message = _there(session, incoming, at=at)
    if message is not None:
        return read_at_last(session, message, incoming, at=at) if message.raw and not incoming.raw else None
    if incoming.external_id.startswith(PART) and known(session, incoming.channel, incoming.external_id) is not None:
        # The same bytes, but of another time: somebody asks again, and nobody has looked yet.
        incoming = replace(incoming, external_id=f"{incoming.external_id}@{at.isoformat()}")
    writer = _writer(session, incoming)
    twin = _twin(session, incoming, writer.hash, at=at)
    if twin is not None:
        _keep(session, incoming, twin.call_id, writer.hash, at=at)
        return None
    joined = None if incoming.urgent else _unopened(session, incoming, writer, at=at)
    if joined is None:
        call = receive(
            session,
            incoming.channel,
            phone=writer.number,
            address=incoming.address,
            name=incoming.name,
            place=incoming.place,
            message=incoming.text[:LONGEST],
            urgency=Urgency.DARURAT if incoming.urgent else Urgency.BIASA,
            latitude=incoming.latitude,
            longitude=incoming.longitude,
            line=incoming.line,
            written_at=incoming.written_at,
            at=at,
        )
    else:
        call = joined
        with acting(session, call, "wrote again", by="desk", at=at):
            call.message = "\n\n".join(filter(None, (call.message, incoming.text)))
            _place(call, incoming)
    _keep(session, incoming, call.id, writer.hash, at=at)
    if incoming.kind is IncomingKind.MISSED_CALL and joined is None and call.phone and call.state is CallState.RINGING:
        # Without a number nobody could be called back: then it waits for somebody who writes. What it joined is unread.
        lose(session, call, by="desk", at=at)
    _fetch(session, call, incoming, at=at)
    return call


def _as_kept(incoming: Incoming, at: datetime) -> Incoming:
    """Texts that can be stored, ids that can be told apart, and a time of writing only when it can be true."""
    written = incoming.written_at
    if written is not None:
        written = min(written, at) if at - BELIEVED_BACK <= written <= at + BELIEVED_AHEAD else None
    words = mended(incoming.text).strip()
    made = digest(incoming.channel, incoming.sender or "", words, at.isoformat())
    if incoming.kind is IncomingKind.MESSAGE and incoming.sender and _number(incoming.sender) is None:
        # Nobody could be called back there, but it is all that tells who wrote.
        words = "\n".join(filter(None, (words, mended(incoming.sender).strip())))
    return replace(
        incoming,
        external_id=key(incoming.external_id) or made,
        about=key(incoming.about) or None,
        text=words,
        written_at=written,
    )


def _writer(session: Session, incoming: Incoming) -> _Writer:
    number = _number(incoming.sender)
    identity = number or incoming.address or tidy(incoming.sender or "")
    return _Writer(number, keys_of(session).lookup(identity) if identity else None)


def _there(session: Session, incoming: Incoming, *, at: datetime) -> ChannelMessage | None:
    """The message, when it came before: by its id, or by the part of a delivery that could not be read then."""
    if incoming.raw and incoming.written_at is None and incoming.external_id.startswith(PART):
        # Nothing in it tells of one moment, so the same bytes may come again and mean it again.
        return card_there(session, incoming, at=at)
    if (found := known(session, incoming.channel, incoming.external_id)) is not None or not incoming.part:
        return found
    return card_there(session, incoming, at=at) or known(session, incoming.channel, PART + incoming.part)


def card_there(session: Session, incoming: Incoming, *, at: datetime) -> ChannelMessage | None:
    """The card of a part that could not be read and has no id of its own, where one was made about that time."""
    return session.scalar(
        select(ChannelMessage)
        .where(
            ChannelMessage.channel == incoming.channel,
            ChannelMessage.external_id.startswith(PART + incoming.part, autoescape=True),
            ChannelMessage.received_at.between(at - SAME_WITHIN, at + SAME_WITHIN),
        )
        .order_by(ChannelMessage.id.desc())
        .limit(1)
    )


def empty(session: Session, message: ChannelMessage, *, at: datetime) -> None:
    """What could not be read when it came can be read now, and nothing in it is for the desk."""
    call = standing(session, session.get_one(Call, message.call_id))
    told = gettext("(It can be read now: nothing in it is for the desk.)")
    with acting(session, call, "read at last", by="desk", at=at):
        call.message = instead(call.message, message.text, told)
        message.text, message.raw = told, None


def _twin(session: Session, incoming: Incoming, sender_hash: str | None, *, at: datetime) -> ChannelMessage | None:
    """The same words of the same sender a moment ago: gateways bring one SMS under two ids, or again under none.

    Words that the desk put there (of a picture) are the same for every picture, and tell nothing.
    """
    if incoming.channel is not Channel.SMS or sender_hash is None or incoming.worded:
        return None
    query = select(ChannelMessage).where(
        ChannelMessage.channel == incoming.channel,
        ChannelMessage.sender_hash == sender_hash,
        ChannelMessage.received_at.between(at - SAME_WITHIN, at + SAME_WITHIN),
    )
    return next((one for one in session.scalars(query) if _same(one, incoming)), None)


def _same(message: ChannelMessage, incoming: Incoming) -> bool:
    if message.text != incoming.text:
        return False
    if message.written_at is None or incoming.written_at is None:
        return True
    return abs(message.written_at - incoming.written_at) <= SAME_WRITTEN_WITHIN


def _keep(session: Session, incoming: Incoming, call_id: int, sender_hash: str | None, *, at: datetime) -> None:
    session.add(
        ChannelMessage(
            channel=incoming.channel,
            external_id=incoming.external_id,
            call_id=call_id,
            received_at=at,
            written_at=incoming.written_at,
            sender_hash=sender_hash,
            text=incoming.text,
            raw=incoming.raw,
            deleted_at=withdrawal_of(session, incoming.channel, incoming.external_id),
        )
    )
    session.flush()


def _fetch(session: Session, call: Call, incoming: Incoming, *, at: datetime) -> None:
    for reference in incoming.media:
        media = IncomingMedia(
            call_id=call.id,
            channel=incoming.channel,
            external_id=mended(reference.id)[:200],
            mime=mended(reference.mime)[:120],
            name=tidy(reference.name)[:200],
            created_at=at,
        )
        session.add(media)
        session.flush()
        jobs.enqueue(session, at, FETCH_JOB, media.id)


def _place(call: Call, incoming: Incoming) -> None:
    if incoming.latitude is not None and incoming.longitude is not None:
        call.latitude, call.longitude, call.place = incoming.latitude, incoming.longitude, tidy(incoming.place)[:120]


def read_at_last(session: Session, message: ChannelMessage, incoming: Incoming, *, at: datetime) -> Call:
    """What could not be read when it came can be read now: its words take the place of the card's.

    A call that somebody ended because there was nothing to read rings again, unless it was on air.
    """
    call = standing(session, session.get_one(Call, message.call_id))
    writer = _writer(session, incoming)
    with acting(session, call, "read at last", by="desk", at=at):
        call.message = instead(call.message, message.text, incoming.text)
        if call.phone is None and writer.number:
            know(session, call, phone=writer.number, name=call.name)
        if call.name is None and incoming.name:
            know(session, call, phone=call.phone, name=incoming.name)
        if call.address is None and incoming.address:
            call.address, call.address_hash = incoming.address, keys_of(session).lookup(incoming.address)
        if not call.place:
            call.place = tidy(incoming.place)[:120]
            _place(call, incoming)
        if incoming.urgent and call.urgency is not Urgency.DARURAT:
            call.urgency, call.position = Urgency.DARURAT, first_position(session)
        if not call.is_open and call.ended_why != "blocked" and call.on_air_at is None:
            call.state, call.ended_at, call.ended_why = CallState.RINGING, None, None
        message.external_id, message.text, message.raw = incoming.external_id, incoming.text, None
        message.sender_hash = writer.hash
    _fetch(session, call, incoming, at=at)
    return call


def known(session: Session, channel: Channel, external_id: str) -> ChannelMessage | None:
    """The message with the channel's own id."""
    return session.scalar(
        select(ChannelMessage).where(ChannelMessage.channel == channel, ChannelMessage.external_id == key(external_id))
    )


def count_sender(session: Session, channel: Channel, sender: str, most: int | None, *, at: datetime) -> str:
    """Refuse a sender (an address, as a hash) that sent ``most`` within the hour; returns the hash to keep."""
    hashed = keys_of(session).lookup(sender)
    query = select(func.count()).where(
        ChannelMessage.channel == channel,
        ChannelMessage.sender_hash == hashed,
        ChannelMessage.received_at > at - timedelta(hours=1),
    )
    if most is not None and (session.scalar(query) or 0) >= most:
        raise TooMany("You have sent many messages already. Please wait an hour, or call the station.")
    return hashed


def fetch_again(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Ask for the files of a call again that were given up; raises ``Conflict`` when there are none."""
    its = IncomingMedia.call_id.in_(keys_held_by(session, call))
    query = select(IncomingMedia).where(its, IncomingMedia.state == TransferState.FAILED)
    given_up = session.scalars(query).all()
    if not given_up:
        raise Conflict("No file of this call was given up.")
    for media in given_up:
        media.state, media.problem = TransferState.WAITING, None
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


def _unopened(session: Session, incoming: Incoming, writer: _Writer, *, at: datetime) -> Call | None:
    """The call that a message joins. What was written at another time stands alone: "now" is not the same in both."""
    keys = keys_of(session)
    known = [
        column == keys.lookup(value)
        for column, value in ((Call.phone_hash, writer.number), (Call.address_hash, incoming.address))
        if value
    ]
    if not known:
        return None
    query = select(Call).where(
        Call.channel == incoming.channel,
        Call.line.is_not_distinct_from(incoming.line),
        or_(*known),
        Call.state == CallState.RINGING,
        Call.received_at > at - JOINED_WITHIN,
    )
    call = session.scalar(query.order_by(Call.id.desc()).limit(1))
    if call is None or len(call.message) + len(incoming.text) >= LONGEST:
        return None
    return call if abs(call.told_at - (incoming.written_at or at)) < JOINED_WITHIN else None
