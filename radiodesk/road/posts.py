"""Pasted or watched text becomes road reports before any database is asked, since thousands of lines take a while."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.road.ports import Report
from radiodesk.road.post_lines import posts_in
from radiodesk.road.reading import read_report, to_reports
from radiodesk.road.reading.road_words import Dictionaries


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no road report, and why; who wrote it, and when (aware)."""

    text: str
    why: str
    source: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Posts:
    """What a text tells of the road, and its lines that tell nothing."""

    reports: tuple[Report, ...]
    refused: tuple[Refused, ...] = ()
    source: str = ""
    """Where the text came from, whoever wrote the posts."""
    seen: tuple[datetime, ...] = ()
    """When the post of each report was written."""


def sort_posts(
    text: str, *, source: str, at: datetime, finder: PlaceFinder, zone: str, known: Dictionaries | None = None
) -> Posts:
    """Part a text, a post a line, into reports and lines that are none.

    Where it says who wrote a post and when, as WhatsApp's copies do, that holds instead of ``source`` and ``at``.
    """
    reports: list[Report] = []
    seen: list[datetime] = []
    refused: list[Refused] = []
    local = ZoneInfo(zone)
    for line in posts_in(
        text, source=source, at=at, zone=zone, tells=lambda words: read_report(words, known=known).is_traffic
    ):
        reading = read_report(line.text, now=line.at.astimezone(local), finder=finder, known=known)
        if reading.is_traffic:
            said = to_reports(reading, source=line.source, observed_at=line.at, zone=zone)
            reports += said
            seen += [line.at] * len(said)
        else:
            refused.append(Refused(line.text, reading.reason or "no traffic", line.source, line.at))
    return Posts(tuple(reports), tuple(refused), source, tuple(seen))
