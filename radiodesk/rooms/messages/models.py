"""What came and went over the written channels: messages by their own ids, files to fetch, replies to send."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private
from radiodesk.rooms.calls.models import Call, Channel


class TransferState(StrEnum):
    """Where a file to fetch or a reply to send is on its way."""

    WAITING = "waiting"
    DONE = "done"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


TRANSFER_NAMES = {
    TransferState.WAITING: N_("On its way"),
    TransferState.DONE: N_("Sent"),
    TransferState.DELIVERED: N_("Delivered"),
    TransferState.READ: N_("Read"),
    TransferState.FAILED: N_("Not sent"),
}


class ChannelMessage(Base):
    """A message as a channel brought it; ``before`` is its text before the sender changed it.

    ``raw`` is the part of the delivery, as JSON, where it could not be read; it waits there for a release that can.
    """

    __tablename__ = "channel_message"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(spelled(Channel))
    external_id: Mapped[str] = mapped_column(String(200))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    written_at: Mapped[datetime | None]
    sender_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(Private)
    before: Mapped[str | None] = mapped_column(Private)
    raw: Mapped[str | None] = mapped_column(Private)
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class EarlyWithdrawal(Base):
    """The withdrawal of a message that has not come yet; the message is marked by it when it does."""

    __tablename__ = "early_withdrawal"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(spelled(Channel))
    external_id: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime]


class IncomingMedia(Base):
    """A file of a message that is fetched from the channel's server after the call is safe."""

    __tablename__ = "incoming_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    channel: Mapped[Channel] = mapped_column(spelled(Channel))
    external_id: Mapped[str] = mapped_column(String(200))
    mime: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(Private)
    state: Mapped[TransferState] = mapped_column(spelled(TransferState), default=TransferState.WAITING)
    created_at: Mapped[datetime]
    problem: Mapped[str | None] = mapped_column(Private)


class Attachment(Base):
    """A picture or document that belongs to a call; ``key`` is its path below the attachments folder."""

    __tablename__ = "call_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(Private)
    mime: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class OutgoingMessage(Base):
    """A reply to a listener, kept until the channel took it."""

    __tablename__ = "outgoing_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    channel: Mapped[Channel] = mapped_column(spelled(Channel))
    to: Mapped[str] = mapped_column(Private)
    text: Mapped[str] = mapped_column(Private)
    state: Mapped[TransferState] = mapped_column(spelled(TransferState), default=TransferState.WAITING)
    external_id: Mapped[str | None] = mapped_column(String(200), index=True)
    by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Private)

    call: Mapped[Call] = relationship()
