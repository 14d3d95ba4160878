"""Open511 events: JSON and XML of version 1, and the older dumps of ``open511.roadevent`` rows with XML inside."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from radiodesk.road.feeds.directions import stretch, toward
from radiodesk.road.feeds.feed_times import WIB, parse_time
from radiodesk.road.feeds.feed_xml import child_text, children, descendants, opening, parse_xml, root_name
from radiodesk.road.feeds.loose_json import as_dict, as_list, as_number, as_text, first_point, point_of, read_json
from radiodesk.road.feeds.periods import (
    AHEAD,
    BEHIND,
    WEEKDAYS,
    WHOLE_DAY,
    Period,
    Recurring,
    joined,
    repeated,
    span_of,
)
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.unreadable import FeedUnreadable
from radiodesk.road.ports import FeedResult, Flow, Kind, Report

KINDS: dict[str, Kind] = {
    "CONSTRUCTION": "roadwork",
    "SPECIAL_EVENT": "event",
    "INCIDENT": "accident",
    "WEATHER_CONDITION": "weather",
    "ROAD_CONDITION": "other",
}

SUBTYPES: dict[str, tuple[Kind, str]] = {
    "ACCIDENT": ("accident", "kecelakaan"),
    "SPILL": ("other", "tumpahan muatan"),
    "OBSTRUCTION": ("other", "hambatan di jalan"),
    "HAZARD": ("other", "bahaya di jalan"),
    "ROAD_MAINTENANCE": ("roadwork", "perbaikan jalan"),
    "ROAD_CONSTRUCTION": ("roadwork", "pembangunan jalan"),
    "EMERGENCY_MAINTENANCE": ("roadwork", "perbaikan darurat"),
    "PLANNED_EVENT": ("event", "kegiatan masyarakat"),
    "CROWD": ("event", "kerumunan"),
    "HAIL": ("weather", "hujan es"),
    "THUNDERSTORM": ("weather", "hujan petir"),
    "HEAVY_DOWNPOUR": ("weather", "hujan lebat"),
    "STRONG_WINDS": ("weather", "angin kencang"),
    "LOW_VISIBILITY": ("weather", "jarak pandang pendek"),
    "FOG": ("weather", "kabut"),
    "SMOKE": ("weather", "asap"),
    "FLOODING": ("flood", "banjir"),
    "WET": ("weather", "jalan basah"),
}

STATES: dict[str, Flow] = {
    "CLOSED": "ditutup",
    "SOME_LANES_CLOSED": "tersendat",
    "SINGLE_LANE_ALTERNATING": "tersendat",
}
RECURRING = ("start_date", "end_date", "start_time", "end_time", "daily_start_time", "daily_end_time")
WKT_POINT = re.compile(r"[A-Z]+\s*\(+\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)")


class Open511Feed:
    """Reads road events of Open511 in any of the shapes that agencies publish."""

    name = "open511"

    def sniff(self, data: bytes) -> bool:
        if root_name(data) == "open511":
            return True
        if not opening(data).lstrip().startswith(("{", "[")):
            return False
        return b"open511.roadevent" in data or (
            b'"events"' in data and (b'"event_type"' in data or b'"jurisdiction_url"' in data or b'"meta"' in data)
        )

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        reports: list[Report] = []
        problems: list[str] = []
        for number, event in enumerate(_events(data, source), start=1):
            report = _report(event, source, now)
            if report is None:
                problems.append(
                    Problem("Event %(number)d was left out: it names neither a road nor what happens.", number=number)
                )
            else:
                reports.append(report)
        return FeedResult(format=self.name, reports=tuple(reports), problems=tuple(problems))


def _events(data: bytes, source: str) -> Iterator[dict[str, Any]]:
    if root_name(data) == "open511":
        yield from (_from_xml(element) for element in descendants(parse_xml(data, source=source), "event"))
        return
    document = read_json(data, source=source)
    if isinstance(document, list):
        for row in document:
            fields = as_dict(as_dict(row).get("fields"))
            if fields:
                yield _from_dump(fields, source)
        return
    events = as_dict(document).get("events")
    if not isinstance(events, list):
        raise FeedUnreadable("%(source)s has no list of Open511 events.", source=source)
    yield from (as_dict(event) for event in events)


def _from_xml(element: Element) -> dict[str, Any]:
    """A v1 ``event`` element in the shape of its JSON."""
    names = ("id", "status", "headline", "description", "event_type", "severity", "created", "updated", "detour")
    event: dict[str, Any] = {name: child_text(element, name) for name in names}
    event["event_subtypes"] = [
        " ".join((sub.text or "").split()) for sub in descendants(element, "event_subtype") if sub.text
    ]
    event["roads"] = [
        {name: child_text(road, name) for name in ("name", "from", "to", "direction", "state")}
        for road in descendants(element, "road")
    ]
    event["schedule"] = {
        "intervals": [" ".join((one.text or "").split()) for one in descendants(element, "interval")],
        "recurring_schedules": [
            {name: child_text(one, name) for name in RECURRING}
            | {"days": [(day.text or "").strip() for day in descendants(one, "day")]}
            for one in descendants(element, "schedule", "recurring_schedule")
            if child_text(one, "start_date")
        ],
    }
    position = next(descendants(element, "pos", "posList"), None)
    if position is not None and len((position.text or "").split()) >= 2:
        latitude, longitude = (position.text or "").split()[:2]
        event["geography"] = {"type": "Point", "coordinates": [longitude, latitude]}
    return event


def _from_dump(fields: dict[str, Any], source: str) -> dict[str, Any]:
    """A row of the early open511 server in the shape of v1 JSON."""
    element = parse_xml(as_text(fields.get("xml_data")).encode(), source=source)
    title = next((found for found in children(element, "Title")), None)
    point = WKT_POINT.match(as_text(fields.get("geom")))
    return {
        "id": as_text(fields.get("id")),
        "event_type": "CONSTRUCTION",
        "headline": " ".join((title.text or "").split()) if title is not None else "",
        "description": child_text(element, "Description"),
        "detour": child_text(element, "Detour"),
        "roads": [{"name": child_text(element, "AffectedRoads")}],
        "schedule": {"intervals": [f"{child_text(element, 'StartDate')}/{child_text(element, 'EndDate')}"]},
        "url": child_text(element, "ExternalURL"),
        "geography": {"type": "Point", "coordinates": [float(point[1]), float(point[2])]} if point else None,
    }


def _report(event: dict[str, Any], source: str, now: datetime) -> Report | None:
    roads = [as_dict(road) for road in as_list(event.get("roads"))]
    place = _place(roads)
    headline, description = as_text(event.get("headline")), as_text(event.get("description"))
    if not (place or headline or description):
        return None
    kind, obstacle = _kind(event)
    states = [STATES[state] for state in (as_text(road.get("state")).upper() for road in roads) if state in STATES]
    starts, ends = _schedule(event)
    periods = tuple(one for one in _recurring(event, now) if one[1] > now)
    holds = periods[0] if periods else (starts, ends)
    latitude, longitude = first_point(event.get("geography"))
    if latitude is None:
        latitude, longitude = point_of(None, None)
    return Report(
        text=". ".join(filter(None, (headline, description))),
        source=source,
        observed_at=parse_time(as_text(event.get("updated"))) or parse_time(as_text(event.get("created"))) or starts,
        place=place,
        toward=tuple(dict.fromkeys(word for road in roads for word in toward(as_text(road.get("direction"))))),
        flow="ditutup" if "ditutup" in states else states[0] if states else None,
        obstacle=obstacle,
        kind="closure" if "ditutup" in states and kind == "other" else kind,
        confidence=0.8,
        cleared=as_text(event.get("status")).upper() == "ARCHIVED",
        detour=_detour(event, roads),
        external_id=as_text(event.get("id")) or None,
        latitude=latitude,
        longitude=longitude,
        starts_at=holds[0],
        expires_at=holds[1],
        periods=periods,
        url=as_text(event.get("url")) or None,
    )


def _detour(event: dict[str, Any], roads: list[dict[str, Any]]) -> str | None:
    said = [as_text(event.get("detour")), *(as_text(road.get("detour")) for road in roads)]
    return next(filter(None, said), None)


def _place(roads: list[dict[str, Any]]) -> str | None:
    for road in roads:
        place = stretch(as_text(road.get("name")), as_text(road.get("from")), as_text(road.get("to")))
        if place:
            return place
    return None


def _kind(event: dict[str, Any]) -> tuple[Kind, str | None]:
    for subtype in as_list(event.get("event_subtypes")):
        if as_text(subtype).upper() in SUBTYPES:
            return SUBTYPES[as_text(subtype).upper()]
    return KINDS.get(as_text(event.get("event_type")).upper(), "other"), None


def _schedule(event: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """First start and last end; a date without a time ends with that day."""
    starts: list[datetime] = []
    ends: list[datetime | None] = []
    schedule = event.get("schedule")
    for interval in as_list(as_dict(schedule).get("intervals")):
        start, _, end = as_text(interval).partition("/")
        starts.extend(filter(None, [parse_time(start)]))
        ends.append(_end(end))
    for part in [*as_list(schedule), *as_list(as_dict(schedule).get("recurring_schedules"))]:
        starts.extend(filter(None, [parse_time(as_text(as_dict(part).get("start_date")))]))
        ends.append(_end(as_text(as_dict(part).get("end_date"))))
    known = [end for end in ends if end]
    return min(starts, default=None), max(known) if known and len(known) == len(ends) else None


def _recurring(event: dict[str, Any], now: datetime) -> list[Period]:
    """The periods of a schedule with hours of the day or days of the week (1 is Monday); none when it has neither."""
    schedule = event.get("schedule")
    found: list[Period] = []
    for part in map(as_dict, [*as_list(schedule), *as_list(as_dict(schedule).get("recurring_schedules"))]):
        hours = [as_text(part.get(f"daily_{name}_time") or part.get(f"{name}_time")) for name in ("start", "end")]
        span = span_of(*hours)
        days = [int(day) for day in map(as_number, as_list(part.get("days"))) if day is not None and 1 <= day <= 7]
        if span is None and not days:
            continue
        on = Recurring(frozenset(WEEKDAYS[day - 1] for day in days))
        start, end = parse_time(as_text(part.get("start_date"))), _end(as_text(part.get("end_date")))
        whole = (start or now - BEHIND, end or now + AHEAD)
        found += repeated(whole, [span or WHOLE_DAY], [on], now=now, zone=WIB)
    return joined(found)


def _end(text: str) -> datetime | None:
    moment = parse_time(text)
    if moment and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        return (moment + timedelta(days=1)).astimezone(UTC)
    return moment
