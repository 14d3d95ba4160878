"""Tickets, their history and their clocks.

A ticket (*pengaduan*) is what a listener asks to be acted on. It has a number that can be spoken and a PIN; the machine
suggests who acts on it and a person decides; its history says who did what, and which words the listener may read.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, index_of_few, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.rooms.calls.models import Call, Urgency


class TicketState(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    FORWARDED = "forwarded"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    CLOSED = "closed"
    REJECTED = "rejected"


OPEN_STATES = frozenset({TicketState.NEW, TicketState.FORWARDED, TicketState.IN_PROGRESS})
"""Somebody at the station or in a unit still has to act."""

ENDED_STATES = frozenset({TicketState.CLOSED, TicketState.REJECTED})

STATE_NAMES = {
    TicketState.NEW: N_("Received"),
    TicketState.FORWARDED: N_("Forwarded to the unit"),
    TicketState.IN_PROGRESS: N_("Being worked on"),
    TicketState.ANSWERED: N_("Answer given"),
    TicketState.CLOSED: N_("Closed"),
    TicketState.REJECTED: N_("Not accepted"),
}


class EntryKind(StrEnum):
    """What an entry of the history tells."""

    OPENED = "opened"
    DECIDED = "decided"
    FORWARDED = "forwarded"
    TAKEN_UP = "taken up"
    RETURNED = "returned"
    ANSWERED = "answered"
    CLOSED = "closed"
    REJECTED = "rejected"
    REOPENED = "reopened"
    MERGED = "merged"
    NOTED = "noted"
    CONFIDENTIAL = "confidential"
    SUMMARY = "summary"
    EXTENDED = "extended"
    PIN = "pin"
    HEARD = "heard"


ENTRY_NAMES = {
    EntryKind.OPENED: N_("Complaint received"),
    EntryKind.DECIDED: N_("Category and unit decided"),
    EntryKind.FORWARDED: N_("Forwarded to the unit"),
    EntryKind.TAKEN_UP: N_("Work has begun"),
    EntryKind.RETURNED: N_("Returned by the unit"),
    EntryKind.ANSWERED: N_("Answer to the complainant"),
    EntryKind.CLOSED: N_("Closed"),
    EntryKind.REJECTED: N_("Not accepted"),
    EntryKind.REOPENED: N_("Opened again"),
    EntryKind.MERGED: N_("Joined with another complaint"),
    EntryKind.NOTED: N_("Note"),
    EntryKind.CONFIDENTIAL: N_("Confidentiality changed"),
    EntryKind.SUMMARY: N_("Public summary changed"),
    EntryKind.EXTENDED: N_("Time extended"),
    EntryKind.PIN: N_("New PIN given"),
    EntryKind.HEARD: N_("Word from the complainant"),
}


class Ticket(Base):
    """One complaint, request or question that somebody has to act on."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_state_due_at", "state", "due_at"),
        Index(None, "corrected", "decided_at"),
        index_of_few("merged_into_id"),
        index_of_few("pin_waits_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(160))
    pin_waits_until: Mapped[datetime | None]
    """Until when whoever has the caller may draw the first PIN; none where it was told, or is the office's to give."""
    state: Mapped[TicketState] = mapped_column(spelled(TicketState), default=TicketState.NEW)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(40), index=True)
    unit_id: Mapped[str | None] = mapped_column(String(60), index=True)
    urgency: Mapped[Urgency] = mapped_column(spelled(Urgency), default=Urgency.BIASA)
    suggestion: Mapped[dict[str, Any] | None] = mapped_column(PrivateJson)
    """What the machine suggested (category, unit, urgency, confidence, why); never changed afterwards."""
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    corrected: Mapped[bool] = mapped_column(default=False)
    """Whether the person decided otherwise than the machine suggested."""
    summary: Mapped[str] = mapped_column(Private, default="")
    """The matter in words that anyone may read."""
    text: Mapped[str] = mapped_column(Private)
    """The matter as it was told; may name people, so it stays behind roles."""
    place: Mapped[str | None] = mapped_column(Private)
    place_id: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(Private)
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    confidential: Mapped[bool] = mapped_column(default=False)
    policies: Mapped[list[str]]
    opened_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    removed_at: Mapped[datetime | None]
    """When its words were deleted; number, state and times stay, for what is counted."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    call: Mapped[Call | None] = relationship()
    entries: Mapped[list["TicketEntry"]] = relationship(back_populates="ticket", order_by="TicketEntry.id")
    deadlines: Mapped[list["TicketDeadline"]] = relationship(back_populates="ticket", order_by="TicketDeadline.id")
    merged_into: Mapped["Ticket | None"] = relationship(remote_side="Ticket.id", back_populates="duplicates")
    duplicates: Mapped[list["Ticket"]] = relationship(back_populates="merged_into", order_by="Ticket.id")

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN_STATES

    @property
    def undecided(self) -> bool:
        """Whether category and unit are still the machine's suggestion, if anything."""
        return self.decided_at is None


class TrackingCode(Base):
    """Number and PIN that somebody got who wrote by the public form; the first complaint of the message takes them."""

    __tablename__ = "tracking_code"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(160))
    given_at: Mapped[datetime]

    call: Mapped[Call] = relationship()


class TicketEntry(Base):
    """One line of a ticket's history; ``public`` ones are shown to the complainant after redaction."""

    __tablename__ = "ticket_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(spelled(EntryKind))
    public: Mapped[bool]
    text: Mapped[str] = mapped_column(Private, default="")
    unit_id: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))

    ticket: Mapped[Ticket] = relationship(back_populates="entries")


class TicketDeadline(Base):
    """One running, met or cancelled clock: a step of a policy, counted for one ticket."""

    __tablename__ = "ticket_deadline"
    __table_args__ = (Index("ix_ticket_deadline_open", "due_at", "met_at", "cancelled_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    policy: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    met_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship(back_populates="deadlines")

    @property
    def running(self) -> bool:
        return self.met_at is None and self.cancelled_at is None

    def overdue(self, now: datetime) -> bool:
        """Whether it runs and its time is over."""
        return self.running and now > self.due_at


class AnswerText(Base):
    """Words of an answer that the station uses again and again."""

    __tablename__ = "answer_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
