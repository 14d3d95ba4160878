"""Transcripts: what was said in a recording, in versions that are never overwritten."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.rooms.recordings.models import Recording


class Kind(StrEnum):
    """Where a version comes from."""

    MACHINE = "machine"
    CORRECTED = "corrected"
    PUBLISHED = "published"


class TranscriptState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ListenedPhrase(Base):
    """A word or name that recognisers listen for.

    ``source`` is ``corrected`` (put in place of a misheard word ``times`` times), ``added`` (by a person) or
    ``expected`` (a name of a rundown); after ``until`` it goes.
    """

    __tablename__ = "listened_phrase"
    __table_args__ = (UniqueConstraint("phrase_hash", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    phrase: Mapped[str] = mapped_column(Private)
    phrase_hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(12))
    times: Mapped[int]
    until: Mapped[datetime | None]
    by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]


class Transcript(Base):
    """One version of the words of one recording; version 1 is what the machine heard.

    ``words`` is a list of ``{start, end, word, confidence}``, ``segments`` of ``{start, end, text, speaker}`` (times in
    seconds from the start of the recording); ``phrases`` were given to the recogniser as hints. ``seconds`` is the time
    that the work took, ``progress`` the share of it that is done. What was heard up to ``heard_until`` is there already
    while the state is running: pages show it, and after a kill the next worker goes on from it.
    """

    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("recording_id", "version"),)
    open_states = frozenset({TranscriptState.WAITING, TranscriptState.RUNNING})

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"), index=True)
    version: Mapped[int]
    kind: Mapped[Kind] = mapped_column(spelled(Kind))
    state: Mapped[TranscriptState] = mapped_column(spelled(TranscriptState), index=True)
    engine: Mapped[str] = mapped_column(String(40), default="")
    model: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(12), default="")
    text: Mapped[str] = mapped_column(Private, default="")
    words: Mapped[list[Any]] = mapped_column(PrivateJson(rows=True), default=list)
    segments: Mapped[list[Any]] = mapped_column(PrivateJson(rows=True), default=list)
    phrases: Mapped[list[str]] = mapped_column(PrivateJson(rows=True), default=list)
    duration: Mapped[float] = mapped_column(default=0.0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    progress: Mapped[float] = mapped_column(default=0.0)
    heard_until: Mapped[float] = mapped_column(default=0.0)
    by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Private)

    recording: Mapped[Recording] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether its words are still to come."""
        return self.state in self.open_states
