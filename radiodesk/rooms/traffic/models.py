"""What the traffic room keeps: its sources, reports as they came, the conditions they add up to, warnings, Lapsit."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base, spelled
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.core.text import shorten
from radiodesk.road.ports import Flow, Kind

FLOW_NAMES: dict[Flow, str] = {
    "lancar": N_("Clear"),
    "ramai lancar": N_("Busy but moving"),
    "padat": N_("Dense"),
    "padat merayap": N_("Dense, crawling"),
    "tersendat": N_("Stop and go"),
    "macet": N_("Jammed"),
    "dialihkan": N_("Diverted"),
    "ditutup": N_("Road closed"),
}
KIND_NAMES: dict[Kind, str] = {
    "flow": N_("Traffic flow"),
    "accident": N_("Accident"),
    "breakdown": N_("Breakdown"),
    "roadwork": N_("Roadworks"),
    "closure": N_("Closure"),
    "event": N_("Crowd or event"),
    "flood": N_("Flood"),
    "tree": N_("Fallen tree"),
    "weather": N_("Weather"),
    "other": N_("Other"),
}

ENDED_NAMES = {
    "expired": N_("nobody confirmed it in time"),
    "cleared": N_("it was seen to be over"),
    "contradicted": N_("a newer report says otherwise"),
    "corrected": N_("it was put right"),
}
REFUSAL_NAMES = {
    "question": N_("It asks."),
    "history": N_("It tells of something past."),
    "appeal": N_("It is an appeal."),
    "announcement": N_("It tells of something to come."),
    "chat": N_("It is talk among people."),
    "figure": N_("It is a figure of speech."),
    "no traffic": N_("It tells nothing of a road now."),
}
"""Why a text is no road report."""


class Source(Base):
    """Where reports come from by themselves: a feed's address, fetched on a schedule."""

    __tablename__ = "traffic_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    """An address, or "folder:NAME" for a folder of that name in the station's inbox, which is watched."""
    minutes: Mapped[int] = mapped_column(default=10)
    active: Mapped[bool] = mapped_column(default=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What conditional fetching remembers (etag, last good)."""
    last_success_at: Mapped[datetime | None]
    last_items: Mapped[int] = mapped_column(default=0)
    last_kept: Mapped[int] = mapped_column(default=0)
    """How many of these were for this station: in its area, about the road, and new enough."""
    own_network: Mapped[bool] = mapped_column(default=False)
    """Whether it may be fetched from a private address, which an administrator decides."""
    problem: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[list[str]] = mapped_column(default=list)
    """What was odd about single items of the last document, in words."""


class RoadReport(Base):
    """One statement about one place at one time, as it was read; never changed afterwards.

    What was read wrongly is put right by another report that takes its place (``replaced_by_id``).
    """

    __tablename__ = "road_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    observed_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(String(80))
    """The feed, or how it came to the desk; who wrote a pasted post stands in ``content``."""
    by: Mapped[str] = mapped_column(String(40))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    external_id: Mapped[str | None] = mapped_column(String(200), index=True)
    text: Mapped[str] = mapped_column(Private)
    spot: Mapped[str] = mapped_column(String(200), index=True)
    """Key of the place: reports of one spot are fused together, apart from all others. What somebody said is hashed."""
    content: Mapped[dict[str, Any]] = mapped_column(PrivateJson)
    """The report's remaining fields as ``report_rows.to_json`` writes them."""
    expires_at: Mapped[datetime | None]
    condition_id: Mapped[int | None] = mapped_column(ForeignKey("road_condition.id"), index=True)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("road_report.id"))
    """The report as somebody put it right; this one counts no more."""


class RoadCondition(Base):
    """What is believed about one place: the fused reports. Computed again whenever a report comes."""

    __tablename__ = "road_condition"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    place: Mapped[str] = mapped_column(String(200))
    """Empty where no place was read in any of its reports."""
    place_ids: Mapped[list[str]]
    toward: Mapped[list[str]]
    flow: Mapped[Flow | None] = mapped_column(String(16))
    obstacle: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[Kind] = mapped_column(String(10))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    confidence: Mapped[float]
    sources: Mapped[list[str]]
    confirmations: Mapped[int]
    detour: Mapped[str | None] = mapped_column(String(300))
    whom: Mapped[str | None] = mapped_column(String(80))
    extent: Mapped[str | None] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_why: Mapped[str | None] = mapped_column(String(120))
    corrected_at: Mapped[datetime | None]
    """When somebody last put right what was read; what told of it before told the old."""

    reports: Mapped[list[RoadReport]] = relationship(
        primaryjoin=lambda: (RoadReport.condition_id == RoadCondition.id) & RoadReport.replaced_by_id.is_(None),
        order_by=RoadReport.observed_at,
        viewonly=True,
    )
    replaced: Mapped[list[RoadReport]] = relationship(
        primaryjoin=lambda: (RoadReport.condition_id == RoadCondition.id) & RoadReport.replaced_by_id.is_not(None),
        order_by=RoadReport.observed_at,
        viewonly=True,
    )

    @property
    def called(self) -> str:
        """What to call it on screen: its place, else the words of its last report."""
        return self.place or (shorten(self.reports[-1].text, 80) if self.reports else "")


class Warned(Base):
    """An official warning (CAP) as it was received."""

    __tablename__ = "warning"

    id: Mapped[int] = mapped_column(primary_key=True)
    identifier: Mapped[str] = mapped_column(String(300), unique=True)
    received_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    content: Mapped[dict[str, Any]]


class AppealUse(Base):
    """That an appeal was put into a script, so that it is not picked again too soon."""

    __tablename__ = "appeal_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class SpokenWording(Base):
    """A phrase of the bulletins or situation reports in the station's own words, in place of the one that ships."""

    __tablename__ = "spoken_wording"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class LearnedSense(StrEnum):
    """What a word was learned as."""

    PLACE = "place"
    FLOW = "flow"
    CAUSE = "cause"
    END = "end"


LEARNED_SENSE_NAMES = {
    LearnedSense.PLACE: N_("Another name of a place"),
    LearnedSense.FLOW: N_("Tells how traffic flows"),
    LearnedSense.CAUSE: N_("Tells of a cause"),
    LearnedSense.END: N_("No part of a place name"),
}


class LearnedWord(Base):
    """Words that were read wrongly once, and what they mean here; never out of what a caller said."""

    __tablename__ = "learned_word"
    __table_args__ = (UniqueConstraint("words", "sense"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    words: Mapped[str] = mapped_column(String(120))
    """In small letters, as they stood in a post."""
    sense: Mapped[LearnedSense] = mapped_column(spelled(LearnedSense, 10))
    meaning: Mapped[str] = mapped_column(String(200))
    """The id of a place, a flow or a kind of cause; empty for what ends a name."""
    example: Mapped[str] = mapped_column(Private)
    """The post in which they stood."""
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)


class SituationReport(Base):
    """A day's Lapsit as a unit sent it, with what was understood of it."""

    __tablename__ = "situation_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    day: Mapped[Any] = mapped_column(Date, index=True)
    unit: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Private)
    received_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    corrections: Mapped[Any] = mapped_column(PrivateJson, nullable=True)
    """Numbers as somebody put them right, by "head/key"; the text stays as it was sent."""


class SourceState(StrEnum):
    """How a source is doing, for the health page."""

    FRESH = "fresh"
    STALE = "stale"
    FAILING = "failing"
    NEVER = "never"
    OFF = "off"
