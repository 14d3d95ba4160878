"""What crosses the feeds port, and what the traffic room computes with before anything is a table row.

A feed turns bytes into reports and alerts. Reading text (`road.reading`), fusing (`road.fusion`) and composing
(`road.bulletin`) are functions over these values, so that the same code serves the desk, the pipes and the benchmarks.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

Flow = Literal["lancar", "ramai lancar", "padat", "padat merayap", "macet", "tersendat", "ditutup", "dialihkan"]
FLOWS: tuple[Flow, ...] = (
    "lancar", "ramai lancar", "padat", "padat merayap", "tersendat", "macet", "dialihkan", "ditutup",
)  # fmt: skip
"""From best to worst."""

CLOCKS_DIFFER = timedelta(hours=1)
"""How far ahead of now what a publisher dates may lie and still be taken as said."""

Kind = Literal["flow", "accident", "breakdown", "roadwork", "closure", "event", "flood", "tree", "weather", "other"]


@dataclass(frozen=True, slots=True)
class Report:
    """One statement about one place at one time.

    All times are aware and in UTC. ``place`` is the wording to be said; ``place_ids`` are ids of the area pack, the
    most specific first, empty when the place is not in the pack. ``confidence`` is 0 to 1.
    """

    text: str
    source: str
    observed_at: datetime | None
    place: str | None = None
    place_ids: tuple[str, ...] = ()
    toward: tuple[str, ...] = ()
    flow: Flow | None = None
    obstacle: str | None = None
    kind: Kind = "other"
    confidence: float = 0.5
    cleared: bool = False
    detour: str | None = None
    external_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    url: str | None = None
    attribution: str | None = None
    periods: tuple[tuple[datetime, datetime], ...] = ()
    """When it holds, in order, where that is not all the time from ``starts_at`` to ``expires_at`` (night work)."""
    unnamed: bool = False
    """Whether only its position is known, and ``place`` is no more than the district in which that lies."""
    whom: str | None = None
    """Whom a closure or diversion concerns, where not everybody ("kendaraan besar")."""
    extent: str | None = None
    """How much of the road is taken: "total" of a closure, "menutup separuh jalan" of what lies on it."""

    def spell(self, at: datetime) -> tuple[datetime | None, datetime | None]:
        """From when to when it holds at the moment ``at``; else the next time that it does, else the last."""
        if not self.periods:
            return self.starts_at, self.expires_at
        return next((period for period in self.periods if period[1] > at), self.periods[-1])

    def has_begun(self, at: datetime) -> bool:
        """Whether the time for which it holds has begun."""
        start = self.spell(at)[0]
        return start is None or start <= at

    @property
    def last_until(self) -> datetime | None:
        """After which it can no longer hold."""
        return self.periods[-1][1] if self.periods else self.expires_at


@dataclass(frozen=True, slots=True)
class Alert:
    """An official warning (CAP 1.2 or what can be mapped to it), cut to what a station needs.

    ``areas`` are the publisher's own area names, often a whole province; ``places`` are the districts (kecamatan) that
    the text names inside them, as "Balen" or "Balen, Bojonegoro"; ``spreading`` those that it may reach later.
    """

    identifier: str
    sender: str
    event: str
    headline: str
    description: str = ""
    instruction: str = ""
    message_type: str = "Alert"
    severity: str = "Unknown"
    urgency: str = "Unknown"
    certainty: str = "Unknown"
    onset: datetime | None = None
    expires: datetime | None = None
    areas: tuple[str, ...] = ()
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    references: tuple[str, ...] = ()
    language: str = "id"
    url: str | None = None
    attribution: str | None = None
    sent: datetime | None = None
    places: tuple[str, ...] = ()
    spreading: tuple[str, ...] = ()
    response_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def is_said_by(self, at: datetime) -> bool:
        """Whether it was sent; the publisher's clock may be ahead of ours."""
        return self.sent is None or self.sent <= at + CLOCKS_DIFFER

    @property
    def quake(self) -> bool:
        """Whether it tells of an earthquake, which is always past when it is told."""
        return re.search(r"gempa|earthquake", self.event, re.IGNORECASE) is not None

    @property
    def weather(self) -> bool:
        """Whether it warns of the weather: what says nothing of its category does, Geo and the like do not."""
        return not self.quake and (not self.categories or "met" in (name.lower() for name in self.categories))

    @property
    def ends(self) -> bool:
        """Whether it says that there is no danger (any more): it warns of nothing and ends what it refers to."""
        if self.message_type.lower() == "cancel" or "allclear" in (name.lower() for name in self.response_types):
            return True
        return not self.quake and (self.urgency.lower() == "past" or self.certainty.lower() == "unlikely")

    @property
    def replaces(self) -> bool:
        """Whether what it refers to no longer holds as it was said."""
        return self.ends or self.message_type.lower() == "update"


@dataclass(frozen=True, slots=True)
class FeedResult:
    """All that one document held; ``problems`` names each item that was left out, in words for a person."""

    format: str
    reports: tuple[Report, ...] = ()
    alerts: tuple[Alert, ...] = ()
    problems: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


class Feed(Protocol):
    """Reads one format. ``sniff`` is cheap and never raises; ``read`` raises ``FeedUnreadable`` with one sentence."""

    name: str

    def sniff(self, data: bytes) -> bool: ...

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """What is believed about one place now: several reports of the same event, fused.

    ``reports`` are in order of observation; ``expires_at`` follows from the kind and the last confirmation.
    """

    place: str
    place_ids: tuple[str, ...]
    toward: tuple[str, ...]
    flow: Flow | None
    obstacle: str | None
    kind: Kind
    first_at: datetime
    last_at: datetime
    expires_at: datetime
    confidence: float
    sources: tuple[str, ...]
    confirmations: int
    reports: tuple[Report, ...] = field(default=(), repr=False)
    detour: str | None = None
    ended_at: datetime | None = None
    ended_why: str | None = None
    whom: str | None = None
    extent: str | None = None
