"""Programmes, the scripts that are read in them, and the rundown of each broadcast."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.language.market_days import DayPattern
from radiodesk.rooms.recordings.models import Recording


class Programme(Base):
    """A series with a fixed slot, such as a morning hour with the traffic police."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    title: Mapped[str] = mapped_column(String(120), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    starts: Mapped[str] = mapped_column(String(5), default="08:00")
    minutes: Mapped[int] = mapped_column(default=60)
    template: Mapped[list[Any]] = mapped_column(default=list)
    """Items that a new broadcast's rundown begins with: ``[{kind, title, seconds, reader, on}]``.

    With ``on`` an item recurs on some days alone: ``w4`` on Fridays, ``m0`` on the market day Legi.
    """
    active: Mapped[bool] = mapped_column(default=True)
    days_out: Mapped[list[Any]] = mapped_column(default=list)
    """Days on which the series does not come: ``[{first, last, why}]``, days as ISO 8601; the reason is public."""

    slots: Mapped[list["Slot"]] = relationship(back_populates="programme", order_by="Slot.id")


class Slot(Base):
    """On which days of the week and the market week a programme comes, at what time, from where and with whom.

    What is changed from a day on becomes another slot, and this one ends the day before: what was, stays.
    """

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    weekdays: Mapped[list[Any]] = mapped_column(default=list)
    """Days of the week, 0 is Monday; none leaves them open."""
    market_days: Mapped[list[Any]] = mapped_column(default=list)
    """Javanese market days, 0 is Legi; with weekdays: days on which both fall together."""
    starts: Mapped[str] = mapped_column(String(5))
    """Station time, such as ``08:00``."""
    minutes: Mapped[int]
    hosts: Mapped[list[str]] = mapped_column(default=list)
    units: Mapped[list[str]] = mapped_column(default=list)
    """Names of the units that answer in it."""
    place: Mapped[str] = mapped_column(String(160), default="")
    """Where it is made, when it is not the studio; public."""
    walk_in: Mapped[bool] = mapped_column(default=False)
    """Whether listeners may come there and speak."""
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    programme: Mapped[Programme] = relationship(back_populates="slots", lazy="joined")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def pattern(self) -> DayPattern:
        """Its days as arithmetic."""
        until = self.valid_until or date.max
        return DayPattern(frozenset(self.weekdays), frozenset(self.market_days), self.valid_from, until)


class ScriptKind(StrEnum):
    BULLETIN = "bulletin"
    APPEAL = "appeal"
    SITUATION = "situation"
    OPENING = "opening"
    CLOSING = "closing"
    FREE = "free"


SCRIPT_KIND_NAMES = {
    ScriptKind.BULLETIN: N_("Traffic bulletin"),
    ScriptKind.APPEAL: N_("Appeal"),
    ScriptKind.SITUATION: N_("Situation report"),
    ScriptKind.OPENING: N_("Opening"),
    ScriptKind.CLOSING: N_("Closing"),
    ScriptKind.FREE: N_("Free text"),
}


class ScriptState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


SCRIPT_STATE_NAMES = {
    ScriptState.DRAFT: N_("Waits for approval"),
    ScriptState.APPROVED: N_("Approved"),
    ScriptState.WITHDRAWN: N_("Withdrawn"),
}


class Script(Base):
    """Text to be read on air. Its words lie in versions; an approval holds for one version alone."""

    __tablename__ = "script"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[ScriptKind] = mapped_column(spelled(ScriptKind))
    title: Mapped[str] = mapped_column(Private)
    state: Mapped[ScriptState] = mapped_column(spelled(ScriptState), default=ScriptState.DRAFT)
    created_at: Mapped[datetime]
    approved_version: Mapped[int | None]
    approved_by: Mapped[str | None] = mapped_column(String(40))
    approved_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    """After this the text is not true any more (a bulletin's conditions expire)."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("script.id"))
    version: Mapped[int] = mapped_column(default=1)

    versions: Mapped[list["ScriptVersion"]] = relationship(
        order_by="ScriptVersion.number", back_populates="script", lazy="selectin"
    )

    corrects: Mapped["Script | None"] = relationship(remote_side="Script.id", back_populates="corrections")
    corrections: Mapped[list["Script"]] = relationship(back_populates="corrects", order_by="Script.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def latest(self) -> "ScriptVersion":
        return self.versions[-1]

    @property
    def approved(self) -> "ScriptVersion | None":
        """The version that may be read, or ``None``."""
        if self.state is not ScriptState.APPROVED or self.approved_version is None:
            return None
        return next(v for v in self.versions if v.number == self.approved_version)


class ScriptVersion(Base):
    """The words of a script as somebody left them; never overwritten."""

    __tablename__ = "script_version"
    __table_args__ = (UniqueConstraint("script_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    script_id: Mapped[int] = mapped_column(ForeignKey("script.id"), index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Private)
    seconds: Mapped[float]
    """Estimated reading time."""
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    items: Mapped[list[Any]] = mapped_column(PrivateJson(rows=True), default=list)
    """For machine-made text: each sentence with the sources behind it and why it is there."""
    left_out: Mapped[list[Any]] = mapped_column(PrivateJson(rows=True), default=list)

    script: Mapped[Script] = relationship(back_populates="versions")

    @property
    def digest(self) -> str:
        """SHA-256 of the text, to prove what was read against what was approved."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class ScriptComment(Base):
    """What somebody says about a script, beside its words; settled once it was dealt with."""

    __tablename__ = "script_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    script_id: Mapped[int] = mapped_column(ForeignKey("script.id"), index=True)
    number: Mapped[int]
    """The version that it was said about."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Private)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(40))


class ScriptLock(Base):
    """Who is changing a script now: others see it and wait, or take over."""

    __tablename__ = "script_lock"

    script_id: Mapped[int] = mapped_column(ForeignKey("script.id"), primary_key=True)
    by: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    since: Mapped[datetime]
    typed_at: Mapped[datetime]


class SpokenLine(Base):
    """A line of a script that somebody wants to hear, until it was spoken; ``said`` is its spoken form."""

    __tablename__ = "spoken_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    said: Mapped[str] = mapped_column(Private)
    at: Mapped[datetime]


class ReadingSpeed(Base):
    """How fast a reader really reads, learned from what went out: average words and seconds without pauses, summed."""

    __tablename__ = "reading_speed"

    id: Mapped[int] = mapped_column(primary_key=True)
    reader: Mapped[str] = mapped_column(String(80), unique=True)
    words: Mapped[int]
    seconds: Mapped[float]

    @property
    def words_per_minute(self) -> float:
        return self.words / self.seconds * 60


class ReserveVoice(Base):
    """A script's voice in reserve: one version spoken by the machine, to be played when no reader is there.

    ``sound`` is exactly what is played; ``text_sha256`` tells of which words. It may be played once it was checked: the
    recogniser heard the script in it again (``agreement`` in percent, ``heard`` what it heard), or a person listened.
    """

    __tablename__ = "reserve_voice"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("script_version.id"), unique=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    text_sha256: Mapped[str] = mapped_column(String(64))
    voice: Mapped[str] = mapped_column(String(40))
    lufs: Mapped[float | None]
    true_peak: Mapped[float]
    agreement: Mapped[int | None]
    """``None`` where there was no recogniser to ask."""
    heard: Mapped[str] = mapped_column(Private, default="")
    made_at: Mapped[datetime]
    by_ear: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str | None] = mapped_column(String(40))
    checked_name: Mapped[str] = mapped_column(String(80), default="")

    version: Mapped[ScriptVersion] = relationship()
    sound: Mapped[Recording] = relationship(lazy="joined")


class SoundKind(StrEnum):
    JINGLE = "jingle"
    SPOT = "spot"
    MUSIC = "music"
    EFFECT = "effect"


SOUND_KIND_NAMES = {
    SoundKind.JINGLE: N_("Jingle"),
    SoundKind.SPOT: N_("Spot"),
    SoundKind.MUSIC: N_("Music"),
    SoundKind.EFFECT: N_("Effect"),
}


class StationSound(Base):
    """A jingle or spot that the station plays again and again, from the soundboard or in a rundown.

    ``recording`` is the file as it was handed in; what is played is made from it, brought to the station's loudness
    (``ready_sha256``, empty until that is done; ``target`` in LUFS, ``lufs`` and ``true_peak`` as measured).
    """

    __tablename__ = "station_sound"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[SoundKind] = mapped_column(spelled(SoundKind))
    place: Mapped[int | None]
    """Its key on the soundboard, from 1 to 12; without one it is in the list alone."""
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    ready_sha256: Mapped[str] = mapped_column(String(64), default="")
    target: Mapped[float | None]
    lufs: Mapped[float | None]
    true_peak: Mapped[float | None]
    seconds: Mapped[float]
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)

    recording: Mapped[Recording] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Prompter(Base):
    """How the prompter of one script or one broadcast is driven: by the reader's own hand and from a second screen."""

    __tablename__ = "prompter"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(36), unique=True)
    """Public id of the script or broadcast."""
    rolling: Mapped[bool] = mapped_column(default=False)
    pace: Mapped[int] = mapped_column(default=100)
    """Percent of the reader's own pace."""
    jumps: Mapped[int] = mapped_column(default=0)
    line: Mapped[str] = mapped_column(String(60), default="")
    """Where the last jump went."""
    cues: Mapped[int] = mapped_column(default=0)
    cue: Mapped[str] = mapped_column(Private, default="")
    place: Mapped[str] = mapped_column(String(60), default="")
    """The line that the reader reads."""
