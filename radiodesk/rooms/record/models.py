"""What the public may see, as tables of its own: the public site reads these and nothing else."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.rooms.archive.models import Package
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.recordings.models import Recording


class PublishedTicket(Base):
    """The public face of a ticket, written by a job after every change, with private matter taken out.

    Of a confidential ticket it holds number, PIN, state and dates alone. ``listed`` says whether it also stands in the
    open list of requests; everything else is shown only to who has the PIN. ``entries`` is a list of
    ``{at, kind, text, unit}``, the oldest first, ``at`` as ISO 8601 in UTC.
    """

    __tablename__ = "published_ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_public_id: Mapped[str] = mapped_column(String(36), unique=True)
    ticket_version: Mapped[int]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12))
    confidential: Mapped[bool]
    listed: Mapped[bool] = mapped_column(index=True)
    joined: Mapped[bool]
    category: Mapped[str | None] = mapped_column(String(40), index=True)
    unit: Mapped[str | None] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]
    promised_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    promises: Mapped[list[Any] | None]
    """The time limits that were promised in public, ``[due, met]`` each, as ISO 8601 in UTC; ``met`` is null while it
    runs. ``None`` in a face that was written before they were kept.
    """


class TrackingAttempt(Base):
    """A look-up that has not been proven right: counted by number, by address and by the wider networks around it, all
    as keyed hashes."""

    __tablename__ = "tracking_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    number_hash: Mapped[str] = mapped_column(String(64), index=True)
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    site_hash: Mapped[str | None] = mapped_column(String(64))
    carrier_hash: Mapped[str | None] = mapped_column(String(64))


class TicketReply(Base):
    """What a complainant wrote on the public site, until a job has put it into the ticket's history."""

    __tablename__ = "ticket_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    published_id: Mapped[int] = mapped_column(ForeignKey("published_ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Private)
    at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    refused: Mapped[str | None] = mapped_column(String(300))

    published: Mapped[PublishedTicket] = relationship()


class PublicationState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


PUBLICATION_STATE_NAMES = {
    PublicationState.DRAFT: N_("Being looked through"),
    PublicationState.WAITING: N_("Being published"),
    PublicationState.PUBLISHED: N_("Published"),
    PublicationState.WITHDRAWN: N_("Withdrawn"),
    PublicationState.FAILED: N_("Could not be published"),
}


class PieceKind(StrEnum):
    PROGRAMME = "programme"
    CALL = "call"
    SCRIPT = "script"


PIECE_KIND_NAMES = {
    PieceKind.PROGRAMME: N_("Programme"),
    PieceKind.CALL: N_("Caller"),
    PieceKind.SCRIPT: N_("Script"),
}


class Publication(Base):
    """The desk's work on making a sealed broadcast public: what is to be shown and what taken out, decided by people.

    ``revision`` counts how often it was published; the public folder of a revision is never written into again.
    """

    __tablename__ = "publication"
    asked_states = frozenset({PublicationState.WAITING, PublicationState.FAILED})
    """A public copy was asked for and is not there."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), unique=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id"))
    state: Mapped[PublicationState] = mapped_column(spelled(PublicationState), default=PublicationState.DRAFT)
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str | None] = mapped_column(Text)
    closed_calls: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How far each closed call was closed when this was last looked at, by its public id (``protection.Standing``):
    who is closed further since then must leave the public copy."""
    disguised_calls: Mapped[list[str]] = mapped_column(default=list)
    """Public ids of the calls whose voice was to be disguised when this was last looked at."""
    closed_at: Mapped[datetime | None]
    """When the public copy was closed because of a caller who may not be in it any more; until a person publishes."""

    broadcast: Mapped[Broadcast] = relationship(lazy="joined")
    package: Mapped[Package] = relationship(lazy="joined")
    pieces: Mapped[list["Piece"]] = relationship(
        back_populates="publication", order_by="Piece.position", cascade="all, delete-orphan"
    )


class Piece(Base):
    """A part of a broadcast that may be shown: a recording with its words, or a script that was read.

    ``tokens`` are its words in order, ``{text, start, end, segment}``, times in seconds of the recording or null;
    ``text`` is these words with one blank between. ``segments`` are ``{start, end, speaker}``. ``withheld`` says why a
    piece may not be shown at all, ``doubt`` why it is left out unless a person says otherwise.
    """

    __tablename__ = "publication_piece"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), index=True)
    position: Mapped[int]
    kind: Mapped[PieceKind] = mapped_column(spelled(PieceKind))
    subject: Mapped[str] = mapped_column(String(36))
    title: Mapped[str] = mapped_column(Private, default="")
    text: Mapped[str] = mapped_column(Private, default="")
    tokens: Mapped[list[Any]] = mapped_column(PrivateJson(rows=True), default=list)
    segments: Mapped[list[Any]] = mapped_column(PrivateJson(rows=True), default=list)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))
    offset: Mapped[float | None]
    """Seconds from the start of the broadcast, where known."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shown: Mapped[bool] = mapped_column(default=True)
    withheld: Mapped[str | None] = mapped_column(String(160))
    doubt: Mapped[str | None] = mapped_column(String(160))

    publication: Mapped[Publication] = relationship(back_populates="pieces")
    recording: Mapped[Recording | None] = relationship()
    spans: Mapped[list["Span"]] = relationship(
        back_populates="piece", order_by="Span.start, Span.id", cascade="all, delete-orphan"
    )


class SpanState(StrEnum):
    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Span(Base):
    """Words of a piece (or, of a dump, seconds of it) that the public does not get, why, and who decided.

    What was only suggested is taken out as well: a person must say that something may be shown.
    """

    __tablename__ = "publication_span"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("publication_piece.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(200), default="")
    start: Mapped[int]
    end: Mapped[int]
    """Characters of the piece's text."""
    begins: Mapped[float | None]
    ends: Mapped[float | None]
    """Seconds of the recording, for a dump."""
    state: Mapped[SpanState] = mapped_column(spelled(SpanState), default=SpanState.SUGGESTED)
    by: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime | None]

    piece: Mapped[Piece] = relationship(back_populates="spans")

    @property
    def taken_out(self) -> bool:
        return self.state != SpanState.REJECTED


class PublishedBroadcast(Base):
    """What the public sees of one broadcast; after a withdrawal only that it was withdrawn, and why."""

    __tablename__ = "published_broadcast"
    # Whether anything changed is asked at every look at the feeds and the open data: the answer comes from this alone.
    __table_args__ = (Index(None, "changed_at", "revision", "withdrawn_at"), Index(None, "withdrawn_at", "started_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    withdrawn_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int]
    programme: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(index=True)
    seconds: Mapped[float]
    hosts: Mapped[list[str]]
    tickets: Mapped[list[Any]] = mapped_column(default=list)
    as_run: Mapped[list[Any]] = mapped_column(default=list)
    removed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many spans were taken out, by kind: the register of what is missing."""
    corrections: Mapped[list[Any]] = mapped_column(default=list)
    ledger_line: Mapped[dict[str, Any]] = mapped_column(default=dict)
    calls_taken: Mapped[int | None]
    """Calls that a person took for it, without those of which nothing may be told; ``None`` where nobody counted."""
    published_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]

    pieces: Mapped[list["PublishedPiece"]] = relationship(
        back_populates="broadcast", order_by="PublishedPiece.position", cascade="all, delete-orphan"
    )

    @property
    def open(self) -> bool:
        return self.withdrawn_at is None


class EditionMark(Base):
    """What is public of one broadcast (``subject`` is its public id), or of all of them (``""``), as a random mark.

    The database's own triggers write another one in the transaction of every change of a published row, so none is
    missed and none comes twice, not even after a backup was restored. Kept pages lie under it, encrypted with it.
    """

    __tablename__ = "edition_mark"
    # Not copied when a station moves: the other database draws marks of its own.
    __table_args__ = {"info": {"own": True}}  # noqa: RUF012

    subject: Mapped[str] = mapped_column(String(36), primary_key=True)
    mark: Mapped[str] = mapped_column(String(32))


class ClosedReport(Base):
    """The open-government report of a quarter or a year as it was closed: its figures are never counted again.

    ``figures`` is what ``open_report.as_figures`` gives; the log of the record holds its digest.
    """

    __tablename__ = "closed_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(10), unique=True)
    figures: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime]


class PublishedPiece(Base):
    """A recording with its words, or a script, as the public gets it; ``audio_key`` is below the public folder."""

    __tablename__ = "published_piece"

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("published_broadcast.id"), index=True)
    position: Mapped[int]
    kind: Mapped[PieceKind] = mapped_column(spelled(PieceKind))
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text)
    segments: Mapped[list[Any]] = mapped_column(default=list)
    """``{start, end, speaker, text, words: [{start, end, word}]}``, times of the public sound."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    offset: Mapped[float | None]
    audio_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    audio_bytes: Mapped[int] = mapped_column(default=0)
    audio_sha256: Mapped[str | None] = mapped_column(String(64))
    duration: Mapped[float] = mapped_column(default=0.0)
    opus_key: Mapped[str | None] = mapped_column(String(200))
    """The same sound as Ogg Opus; a copy of an earlier release has none until it is published again."""
    opus_bytes: Mapped[int | None]
    opus_sha256: Mapped[str | None] = mapped_column(String(64))

    broadcast: Mapped[PublishedBroadcast] = relationship(back_populates="pieces")
