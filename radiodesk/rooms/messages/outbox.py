"""Replies to listeners: written by a person, sent by the worker, tried again when the channel is away."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from radiodesk.core import audit, events, jobs
from radiodesk.core.database import Moment
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.core.ids import public_id
from radiodesk.core.pages import Page, page_of
from radiodesk.core.private_columns import NotReadable
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.merged_calls import keys_held_by
from radiodesk.rooms.calls.models import CHANNEL_NAMES, Call
from radiodesk.rooms.messages.channels import channel_of, kept_id
from radiodesk.rooms.messages.models import ChannelMessage, OutgoingMessage, TransferState
from radiodesk.rooms.messages.ports import NotSent, ReplyChannel

SEND_JOB = "calls.send"
SHOWN = timedelta(days=14)
UNSENT = frozenset({TransferState.WAITING, TransferState.FAILED})
LONGEST = 1000
WAITS = (10, 60, 300, 1800, 7200)
"""Seconds before each further attempt."""


class CannotReply(Conflict):
    """This listener cannot be written to, or not any more."""


def can_reply(settings: Settings, call: Call) -> bool:
    """Whether the channel of a call takes replies, and is set up for it."""
    address = _address(call)
    if address is None or isinstance(address, NotReadable):
        return False
    channel = channel_of(call)
    return isinstance(channel, ReplyChannel) and channel.can_send(settings)


def _address(call: Call) -> str | None:
    """Where a reply goes: to the number, or to the channel's own address of somebody who hides it."""
    return call.phone or call.address


def send(settings: Settings, call: Call, to: str, words: str) -> str:
    """Hand a reply to the channel of its call; returns the id by which news of it is known. Raises ``NotSent``."""
    channel = channel_of(call)
    if channel is None or not isinstance(channel, ReplyChannel):
        raise NotSent(gettext("The channel of this reply is not there any more."))
    return kept_id(channel, channel.send(settings, to, words))


def reply(session: Session, settings: Settings, call: Call, text: str, *, by: str, at: datetime) -> OutgoingMessage:
    """Write to the listener; raises ``CannotReply`` beyond the channel's time for it, or where it takes none."""
    told = text.strip()
    if not told or len(told) > LONGEST:
        raise Unreadable("A reply has 1 to %(most)s characters.", most=LONGEST).of("text")
    to = _address(call)
    if to is None or not can_reply(settings, call):
        raise CannotReply("This channel takes no replies here. Call the listener back.")
    _require_window(session, call, at)
    row = OutgoingMessage(
        public_id=public_id(at),
        call_id=call.id,
        channel=call.channel,
        to=to,
        text=told,
        by=by,
        created_at=at,
    )
    session.add(row)
    session.flush()
    jobs.enqueue(session, at, SEND_JOB, row.id)
    audit.record(session, at, by, "replied", f"call {call.public_id}", channel=call.channel)
    events.announce(session, at, "calls", "reply", call.public_id)
    return row


def unsent(session: Session, *, at: datetime, page: int = 1) -> Page[OutgoingMessage]:
    """Replies that have not gone out, those given up on top, and of the last two weeks alone; then oldest first."""
    query = select(OutgoingMessage).where(OutgoingMessage.state.in_(UNSENT), OutgoingMessage.created_at > at - SHOWN)
    given_up = case((OutgoingMessage.state == TransferState.FAILED, 0), else_=1)
    return page_of(
        session, query.options(joinedload(OutgoingMessage.call)).order_by(given_up, OutgoingMessage.id), page
    )


def tries(session: Session, rows: Sequence[OutgoingMessage]) -> dict[int, int]:
    """How often the worker has tried each of these replies, by its key."""
    found = jobs.of_subjects(session, SEND_JOB, [row.id for row in rows])
    return {subject: job.attempts for subject, job in found.items()}


def stuck_count(session: Session, *, at: datetime) -> int:
    """How many replies were refused at least once and are not out: what somebody should look at."""
    query = select(func.count()).select_from(OutgoingMessage)
    refused = OutgoingMessage.problem.is_not(None)
    stuck = OutgoingMessage.state.in_(UNSENT), refused, OutgoingMessage.created_at > at - SHOWN
    return session.scalar(query.where(*stuck)) or 0


def again(session: Session, row: OutgoingMessage, *, by: str, at: datetime) -> None:
    """Try a reply again that was given up; raises ``CannotReply`` where it cannot go out any more."""
    if row.state is not TransferState.FAILED:
        raise CannotReply("This reply is on its way already.")
    _require_window(session, row.call, at)
    # News of the first try must not be taken for news of this one.
    row.state, row.problem, row.external_id = TransferState.WAITING, None, None
    jobs.enqueue(session, at, SEND_JOB, row.id)
    audit.record(session, at, by, "reply tried again", f"call {row.call.public_id}", channel=row.channel)
    events.announce(session, at, "calls", "reply", row.call.public_id)


def reply_by_public_id(session: Session, public_id: str) -> OutgoingMessage:
    """One reply; raises ``NotFound``."""
    found = session.scalar(select(OutgoingMessage).where(OutgoingMessage.public_id == public_id))
    if found is None:
        raise NotFound("This reply is not known.")
    return found


def replies(session: Session, call: Call) -> list[OutgoingMessage]:
    """What was written to this listener, oldest first."""
    query = select(OutgoingMessage).where(OutgoingMessage.call_id.in_(keys_held_by(session, call)))
    return list(session.scalars(query.order_by(OutgoingMessage.id)))


def note_sent(session: Session, row: OutgoingMessage, external_id: str, *, at: datetime) -> None:
    """The channel took it."""
    row.state, row.external_id, row.sent_at, row.problem = TransferState.DONE, external_id or None, at, None
    events.announce(session, at, "calls", "reply", row.call.public_id)


def put_off(session: Session, row: OutgoingMessage, why: str, *, at: datetime) -> None:
    """The channel did not take it now; the worker tries again by itself."""
    row.problem = why
    events.announce(session, at, "calls", "reply", row.call.public_id)


def give_up(session: Session, row: OutgoingMessage, why: str, *, at: datetime) -> None:
    """The channel did not take it, and will not: a person decides what now."""
    row.state, row.problem = TransferState.FAILED, why
    events.announce(session, at, "calls", "reply", row.call.public_id)


def _require_window(session: Session, call: Call, at: datetime) -> None:
    """Some channels let a station write only for a time after the listener did; raises ``CannotReply`` beyond."""
    channel = channel_of(call)
    within = channel.replies_within if isinstance(channel, ReplyChannel) else None
    if within is not None and (_last_heard(session, call) or call.told_at) < at - within:
        raise CannotReply(
            "%(channel)s takes replies for %(hours)s hours after the last message. Call the listener back.",
            channel=call.line or gettext(CHANNEL_NAMES[call.channel]),
            hours=round(within / timedelta(hours=1)),
        )


def _last_heard(session: Session, call: Call) -> datetime | None:
    """When the listener wrote last: the window runs from the writing, however late it came here."""
    hashes = [one for one in (call.phone_hash, call.address_hash) if one]
    written = func.coalesce(ChannelMessage.written_at, ChannelMessage.received_at, type_=Moment())
    theirs = or_(ChannelMessage.call_id.in_(keys_held_by(session, call)), ChannelMessage.sender_hash.in_(hashes))
    # Plug-ins share a channel, and differ in the line of their calls.
    same = ChannelMessage.channel == call.channel, Call.line.is_not_distinct_from(call.line)
    query = select(func.max(written, type_=Moment())).join(Call, Call.id == ChannelMessage.call_id)
    return session.scalar(query.where(*same, theirs))
