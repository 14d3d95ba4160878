"""From what a feed says to what the station keeps: texts are read, places are found, what lies elsewhere is left.

A feed covers a province or a country; the board is that of one district. A report is kept when a place of the area
pack can be found for it, or its position lies within the area.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from radiodesk.language.places.finder import FoundPlace, PlaceFinder
from radiodesk.road.bulletin.selection import near_area
from radiodesk.road.ports import CLOCKS_DIFFER, Report
from radiodesk.road.reading import read_report, to_reports
from radiodesk.road.reading.road_words import Dictionaries

OLD = timedelta(hours=24)
"""News that is older tells nothing of the road now, unless it says until when it holds."""

Left = Literal["elsewhere", "old", "ahead", "no report"]


@dataclass(frozen=True, slots=True)
class Placed:
    """What of a document is for this station, and how much was left and why."""

    reports: tuple[Report, ...]
    left: Counter[Left]


def place(
    reports: Iterable[Report], *, at: datetime, finder: PlaceFinder, zone: str, known: Dictionaries | None = None
) -> Placed:
    """Read and place the reports of a feed at the moment ``at`` (aware); ``zone`` is that of times in texts."""
    kept: list[Report] = []
    left: Counter[Left] = Counter()
    for report in reports:
        if _is_old(report, at):
            left["old"] += 1
            continue
        if report.observed_at is not None and report.observed_at > at + CLOCKS_DIFFER:
            left["ahead"] += 1
            continue
        read = list(_read(report, at, finder, zone, known))
        here = [one for one in (_found(one, finder) for one in read) if _is_here(one, finder)]
        kept += here
        if not here:
            left["elsewhere" if read else "no report"] += 1
    return Placed(tuple(kept), left)


def _is_old(report: Report, at: datetime) -> bool:
    if report.last_until is not None:
        return report.last_until <= at
    return report.observed_at is not None and report.observed_at < at - OLD


def _read(report: Report, at: datetime, finder: PlaceFinder, zone: str, known: Dictionaries | None) -> Iterator[Report]:
    """The report itself, or what its text says when it is nothing but a text (news)."""
    if report.flow is not None or report.obstacle is not None or report.kind != "other" or report.cleared:
        yield report
        return
    reading = read_report(
        report.text, now=(report.observed_at or at).astimezone(ZoneInfo(zone)), finder=finder, known=known
    )
    if not reading.is_traffic:
        return
    said = to_reports(reading, source=report.source, observed_at=report.observed_at or at, zone=zone)
    for number, one in enumerate(said):
        yield replace(
            one,
            confidence=min(one.confidence, report.confidence),
            external_id=f"{report.external_id}#{number}" if report.external_id and number else report.external_id,
            latitude=one.latitude or report.latitude,
            longitude=one.longitude or report.longitude,
            expires_at=one.expires_at or report.expires_at,
            url=report.url,
            attribution=report.attribution,
        )


def _found(report: Report, finder: PlaceFinder) -> Report:
    """With the ids of the places that its wording names, the first stated first."""
    if report.place_ids:
        return report
    found = finder.find(report.place or report.text)
    ids = tuple(dict.fromkeys(one.place.id for one in found))
    place = report.place or _named(report, finder, found)
    if place or report.latitude is None or report.longitude is None:
        return replace(report, place_ids=ids, place=place)
    return replace(report, place_ids=ids, place=_district(report.latitude, report.longitude, finder), unnamed=True)


def _named(report: Report, finder: PlaceFinder, found: Sequence[FoundPlace]) -> str | None:
    """What the text of a report calls the place for which the report has no name."""
    return read_report(report.text, finder=finder).at or next((one.place.name for one in found), None)


def _district(north: float, east: float, finder: PlaceFinder) -> str | None:
    """The district whose middle is nearest: what to say of a place that nobody named."""
    stretch = math.cos(math.radians(north))
    districts = [place for place in finder.pack.places if place.kind == "kecamatan" and place.point]
    away = {
        place.name: math.dist((north, east * stretch), (y, x * stretch))
        for place in districts
        for y, x in [place.point or (0.0, 0.0)]
    }
    return f"Kecamatan {min(away, key=away.__getitem__)}" if away else None


def _is_here(report: Report, finder: PlaceFinder) -> bool:
    """By its position where it has one, since places of different districts share names; else by its names."""
    if report.latitude is not None and report.longitude is not None:
        return near_area(report.latitude, report.longitude, finder.pack)
    return bool(report.place_ids)
