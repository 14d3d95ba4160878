"""Broadcasts and what really went out in them."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.rooms.programme.models import Programme, Script, Slot, StationSound
from radiodesk.rooms.recordings.models import Recording

broadcast_recording = Table(
    "broadcast_recording",
    Base.metadata,
    Column("broadcast_id", ForeignKey("broadcast.id"), primary_key=True),
    Column("recording_id", ForeignKey("recording.id"), primary_key=True),
)


class BroadcastState(StrEnum):
    PLANNED = "planned"
    ON_AIR = "on_air"
    ENDED = "ended"
    CANCELLED = "cancelled"


BROADCAST_STATE_NAMES = {
    BroadcastState.PLANNED: N_("Planned"),
    BroadcastState.ON_AIR: N_("On air"),
    BroadcastState.ENDED: N_("Ended"),
    BroadcastState.CANCELLED: N_("Cancelled"),
}


class Broadcast(Base):
    """One edition of a programme."""

    __tablename__ = "broadcast"
    # The key of the foreign table comes first: what has no slot is held to nothing.
    __table_args__ = (UniqueConstraint("slot_id", "planned_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    planned_start: Mapped[datetime] = mapped_column(index=True)
    planned_seconds: Mapped[int]
    state: Mapped[BroadcastState] = mapped_column(spelled(BroadcastState), default=BroadcastState.PLANNED, index=True)
    on_air_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    hosts: Mapped[list[str]] = mapped_column(default=list)
    """Who is heard in their role: names of hosts and officers, for the record."""
    problem: Mapped[str | None] = mapped_column(Text)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    planned_day: Mapped[date | None]
    """The day of its slot for which it is the edition, wherever it was moved to: for that day no other one is made."""
    by_hand: Mapped[bool] = mapped_column(default=False)
    """Whether a person made, moved or changed this edition: then what changes in the slot does not change it."""
    moved_from: Mapped[datetime | None]
    """When it was planned before it was moved, so that the move can be taken back."""
    units: Mapped[list[str]] = mapped_column(default=list)
    place: Mapped[str] = mapped_column(String(160), default="")
    walk_in: Mapped[bool] = mapped_column(default=False)
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(String(200), default="")
    """Told on the public site."""
    version: Mapped[int] = mapped_column(default=1)

    slot: Mapped[Slot | None] = relationship()
    programme: Mapped[Programme] = relationship(lazy="joined")
    recordings: Mapped[list[Recording]] = relationship(secondary=broadcast_recording)
    """The programme as it went out: one recording or several pieces, in order of their start."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def planned_end(self) -> datetime:
        return self.planned_start + timedelta(seconds=self.planned_seconds)


class AsRunKind(StrEnum):
    START = "start"
    ITEM = "item"
    SCRIPT = "script"
    SCRIPT_END = "script_end"
    CALL_ON = "call_on"
    CALL_OFF = "call_off"
    MARK = "mark"
    DUMP = "dump"
    SOUND = "sound"
    SOUND_END = "sound_end"
    LOUDNESS = "loudness"
    END = "end"


AS_RUN_KIND_NAMES = {
    AsRunKind.START: N_("Broadcast begins"),
    AsRunKind.ITEM: N_("Item begins"),
    AsRunKind.SCRIPT: N_("Script read"),
    AsRunKind.SCRIPT_END: N_("Script over"),
    AsRunKind.CALL_ON: N_("Caller on air"),
    AsRunKind.CALL_OFF: N_("Caller off air"),
    AsRunKind.MARK: N_("Mark"),
    AsRunKind.DUMP: N_("Cut from the public copy"),
    AsRunKind.SOUND: N_("Jingle or spot"),
    AsRunKind.SOUND_END: N_("Jingle or spot over"),
    AsRunKind.LOUDNESS: N_("Loudness of the broadcast"),
    AsRunKind.END: N_("Broadcast ends"),
}


class ItemKind(StrEnum):
    OPENING = "opening"
    BULLETIN = "bulletin"
    APPEAL = "appeal"
    SITUATION = "situation"
    SCRIPT = "script"
    TALK = "talk"
    CALLS = "calls"
    ANSWERED = "answered"
    MUSIC = "music"
    SPOT = "spot"
    CLOSING = "closing"
    OTHER = "other"


ITEM_KIND_NAMES = {
    ItemKind.OPENING: N_("Opening"),
    ItemKind.BULLETIN: N_("Traffic bulletin"),
    ItemKind.APPEAL: N_("Appeal"),
    ItemKind.SITUATION: N_("Situation report"),
    ItemKind.SCRIPT: N_("Script"),
    ItemKind.TALK: N_("Talk"),
    ItemKind.CALLS: N_("Calls"),
    ItemKind.ANSWERED: N_("Answered complaint"),
    ItemKind.MUSIC: N_("Music"),
    ItemKind.SPOT: N_("Spot"),
    ItemKind.CLOSING: N_("Closing"),
    ItemKind.OTHER: N_("Other"),
}
ITEM_KIND_SIGNS = {
    ItemKind.OPENING: "▶",
    ItemKind.BULLETIN: "≡",
    ItemKind.APPEAL: "!",
    ItemKind.SITUATION: "▤",
    ItemKind.SCRIPT: "¶",
    ItemKind.TALK: "“",
    ItemKind.CALLS: "☎",
    ItemKind.ANSWERED: "✓",
    ItemKind.MUSIC: "♪",
    ItemKind.SPOT: "★",
    ItemKind.CLOSING: "■",
    ItemKind.OTHER: "•",
}
"""A sign for each kind that every font has, beside its colour and its name."""


class RundownItem(Base):
    """One planned item of a broadcast, in order."""

    __tablename__ = "rundown_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ItemKind] = mapped_column(spelled(ItemKind))
    title: Mapped[str] = mapped_column(Private)
    seconds: Mapped[int]
    reader: Mapped[str] = mapped_column(String(80), default="")
    hard_at: Mapped[str] = mapped_column(String(5), default="")
    """Station time, such as ``08:30``, at which it must begin; empty for most."""
    guests: Mapped[str | None] = mapped_column(Private)
    """Who is talked with, names with what they are, separated by commas."""
    script_id: Mapped[int | None] = mapped_column(ForeignKey("script.id"))
    compiled_at: Mapped[datetime | None]
    """When a bulletin was compiled for it by itself, which happens once: a person may have taken it out since."""
    sound_id: Mapped[int | None] = mapped_column(ForeignKey("station_sound.id"))
    """The jingle or spot that is played when it begins."""
    reserve_since: Mapped[datetime | None]
    """Since when its script's voice in reserve may begin by itself, when no reader is there; most never."""
    version: Mapped[int] = mapped_column(default=1)

    script: Mapped[Script | None] = relationship(lazy="joined")
    sound: Mapped[StationSound | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RundownAct(Base):
    """What someone did to a rundown, and what it was before: undo goes by it.

    ``before`` is JSON of all items in their order; it is encrypted, since titles may hold names.
    """

    __tablename__ = "rundown_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(30))
    before: Mapped[str] = mapped_column(Private)
    undone_at: Mapped[datetime | None]


class FiledCall(Base):
    """That a call belongs to a broadcast, which the call itself does not know."""

    __tablename__ = "filed_call"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)


class AsRun(Base):
    """One thing that really went out, when it did; only followed by another entry, never changed on air.

    After the broadcast a person may put right when it was (``broadcasts.boundaries``).
    """

    __tablename__ = "as_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)
    at: Mapped[datetime]
    offset: Mapped[float]
    """Seconds from the start of the broadcast."""
    was: Mapped[float | None]
    """The same as the clock said it, where a person put it right since."""
    kind: Mapped[AsRunKind] = mapped_column(spelled(AsRunKind))
    subject: Mapped[str | None] = mapped_column(String(36))
    """Public id of the call, script or rundown item."""
    title: Mapped[str] = mapped_column(Private, default="")
    by: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


READING_PART_NAMES = {
    "changed": N_("Read differently"),
    "left_out": N_("Not read"),
    "added": N_("Added"),
}


class Reading(Base):
    """How a script was read: what was said as approved, changed, left out or added, out of the programme's own words.

    ``as_run_id`` is the entry "script read", ``script`` and ``number`` the version that was read, ``transcript`` the
    public id of the words that it was compared with. ``percent`` is the share of the script's ``words`` that were said
    as approved (``kept``), ``unsure`` of them probably misheard. ``added`` counts words that are not of the script.
    ``parts`` are the differences, ``{kind, word, word_end, written, heard, begins, ends, unsure, again}``, in seconds
    of the recording, which begins at second ``recording_offset`` of the broadcast.
    """

    __tablename__ = "reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), index=True)
    as_run_id: Mapped[int] = mapped_column(ForeignKey("as_run.id"), unique=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    transcript: Mapped[str] = mapped_column(String(36))
    script: Mapped[str] = mapped_column(String(36))
    number: Mapped[int]
    reader: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(Private, default="")
    offset: Mapped[float]
    recording_offset: Mapped[float]
    percent: Mapped[int]
    words: Mapped[int]
    kept: Mapped[int]
    unsure: Mapped[int]
    added: Mapped[int]
    parts: Mapped[list[Any]] = mapped_column(PrivateJson(rows=True), default=list)
    at: Mapped[datetime]

    recording: Mapped[Recording] = relationship()


class ReaderPosition(Base):
    """Where the reader of a script is now: ``word`` is the number of the written word said last, -1 before the first.

    One row a broadcast. ``as_run_id`` is the entry "script read" that it is of, ``line`` the line of the text, without
    empty ones; ``sure`` is false while what is heard is not of the text.
    """

    __tablename__ = "reader_position"

    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), primary_key=True)
    as_run_id: Mapped[int] = mapped_column(ForeignKey("as_run.id"))
    word: Mapped[int]
    line: Mapped[int]
    said_at: Mapped[datetime | None]
    sure: Mapped[bool]
    at: Mapped[datetime]


class TalkbackMessage(Base):
    """A line between host, screener and producer during a broadcast; not part of the record."""

    __tablename__ = "talkback_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Private)
