"""BMKG's open data: the forecast for a village in JSON, and earthquakes in JSON and XML.

Attribution to BMKG is a condition of use; every alert and report from here carries it.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from radiodesk.core.i18n import N_
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.feeds.feed_xml import child_text, descendants, local, opening, parse_xml, root_name, text_below
from radiodesk.road.feeds.loose_json import as_dict, as_list, as_number, as_text, point_of, read_json
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.unreadable import FeedUnreadable
from radiodesk.road.ports import Alert, FeedResult, Report

ATTRIBUTION = "Badan Meteorologi, Klimatologi, dan Geofisika"
HOURS_A_STEP = 3
AGREE = timedelta(minutes=2)
"""How far two times of one thing may be apart by rounding."""
JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Between the words of "TimurLaut", as BMKG writes directions."""

WEATHER = {
    0: "cerah", 1: "cerah berawan", 2: "cerah berawan", 3: "berawan", 4: "berawan tebal", 5: "udara kabur", 10: "asap",
    45: "kabut", 60: "hujan ringan", 61: "hujan sedang", 63: "hujan lebat", 80: "hujan lokal", 95: "hujan petir",
    97: "hujan petir",
}  # fmt: skip
"""BMKG's weather codes in its own words."""

HINDERS_TRAFFIC = frozenset({10, 45, 60, 61, 63, 80, 95, 97})


class BmkgForecastFeed:
    """The forecast of one or more villages: each three-hour step that hinders traffic becomes a weather report."""

    name = "bmkg-forecast"

    def sniff(self, data: bytes) -> bool:
        return opening(data).lstrip().startswith("{") and b'"cuaca"' in data and b'"lokasi"' in data

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        document = as_dict(read_json(data, source=source))
        blocks = [as_dict(block) for block in as_list(document.get("data"))]
        if not blocks:
            raise FeedUnreadable("%(source)s holds no forecast; check the village code in its address.", source=source)
        reports: list[Report] = []
        problems: list[str] = []
        for block in blocks:
            place = as_dict(block.get("lokasi") or document.get("lokasi"))
            steps = [as_dict(step) for day in as_list(block.get("cuaca")) for step in as_list(day)]
            if not steps:
                problems.append(Problem("%(place)s has no forecast.", place=_village(place)))
            for step in steps:
                report = _forecast(step, place, source, document)
                if report is None:
                    problems.append(Problem("A forecast step without a readable time or weather code was left out."))
                elif step_hinders(step):
                    reports.append(report)
        return FeedResult(format=self.name, reports=tuple(reports), problems=tuple(dict.fromkeys(problems)))


def _village(place: dict[str, Any]) -> str:
    return as_text(place.get("desa") or place.get("deskel")) or as_text(place.get("adm4"))


def step_hinders(step: dict[str, Any]) -> bool:
    """Whether this weather is worth a driver's attention."""
    return as_number(step.get("weather")) in HINDERS_TRAFFIC


def _forecast(step: dict[str, Any], place: dict[str, Any], source: str, document: dict[str, Any]) -> Report | None:
    starts = parse_time(f"{as_text(step.get('utc_datetime'))}+00:00") or parse_time(as_text(step.get("local_datetime")))
    code = as_number(step.get("weather"))
    if starts is not None and not _agrees(starts, as_text(step.get("local_datetime"))):
        return None
    if starts is None or code is None or (int(code) not in WEATHER and not as_text(step.get("weather_desc"))):
        return None
    words = WEATHER.get(int(code)) or as_text(step.get("weather_desc")).lower()
    district = as_text(place.get("kecamatan"))
    latitude, longitude = point_of(place.get("lon"), place.get("lat"))
    analysed = parse_time(f"{as_text(step.get('analysis_date'))}+00:00")
    return Report(
        text=f"Prakiraan {words} di Kecamatan {district}, {as_text(place.get('kotkab') or place.get('kabkota'))}",
        source=source,
        observed_at=analysed,
        place=f"Kecamatan {district}" if district else None,
        obstacle=words,
        kind="weather",
        confidence=0.6,
        external_id=f"{as_text(place.get('adm4'))} {starts.isoformat()}",
        latitude=latitude,
        longitude=longitude,
        starts_at=starts,
        expires_at=datetime.fromtimestamp(starts.timestamp() + HOURS_A_STEP * 3600, tz=UTC),
        attribution=ATTRIBUTION,
    )


def _agrees(starts: datetime, local_time: str) -> bool:
    """Whether the local time of a step, where it is given, is its time in one of Indonesia's three zones."""
    local_as_west = parse_time(local_time)
    if local_as_west is None:
        return not local_time
    hours, rest = divmod(local_as_west - starts, timedelta(hours=1))
    return hours in (0, 1, 2) and not rest


class BmkgQuakeFeed:
    """Earthquakes (autogempa, gempaterkini, gempadirasakan) as alerts."""

    name = "bmkg-quake"

    def sniff(self, data: bytes) -> bool:
        return '"infogempa"' in opening(data) or root_name(data) == "infogempa"

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        if root_name(data) == "infogempa":
            root = parse_xml(data, source=source)
            quakes = [_from_xml(element) for element in descendants(root, "gempa")]
        else:
            held = as_dict(as_dict(read_json(data, source=source)).get("Infogempa")).get("gempa")
            quakes = [held] if isinstance(held, dict) else as_list(held)
        if not quakes:
            raise FeedUnreadable("%(source)s holds no earthquake.", source=source)
        read = [_quake(as_dict(quake)) for quake in quakes]
        kept = tuple(alert for alert in read if isinstance(alert, Alert))
        left_out = dict.fromkeys(problem for problem in read if isinstance(problem, Problem))
        return FeedResult(format=self.name, alerts=kept, problems=tuple(left_out))


def _from_xml(element: Element) -> dict[str, Any]:
    """A quake out of the XML edition, in the shape of the JSON one."""
    fields: dict[str, Any] = {local(child): child_text(element, local(child)) for child in element}
    return fields | {"Coordinates": text_below(element, "coordinates")}


def _moment(quake: dict[str, Any]) -> datetime | Problem:
    """When it shook: BMKG says it twice, and where the two differ by more than rounding neither can be trusted."""
    day, hour = as_text(quake.get("Tanggal")), as_text(quake.get("Jam"))
    stamped, worded = parse_time(as_text(quake.get("DateTime"))), parse_time(f"{day} {hour}")
    moment = stamped or worded
    if moment is None:
        return Problem("An earthquake without a readable time was left out.")
    close = AGREE if hour else timedelta(days=1)
    if day and stamped and (worded is None or abs(stamped - worded) > close):
        said = N_("An earthquake was left out: its two times, %(one)s and %(other)s, do not agree.")
        return Problem(said, one=as_text(quake.get("DateTime"))[:40], other=f"{day} {hour}".strip()[:40])
    return moment


def _quake(quake: dict[str, Any]) -> Alert | Problem:
    moment = _moment(quake)
    if isinstance(moment, Problem):
        return moment
    magnitude, where = as_text(quake.get("Magnitude")), JOINED.sub(" ", as_text(quake.get("Wilayah")))
    felt, potential = as_text(quake.get("Dirasakan")), as_text(quake.get("Potensi"))
    latitude, longitude = point_of(*reversed([*as_text(quake.get("Coordinates")).split(","), "", ""][:2]))
    return Alert(
        identifier=f"bmkg-gempa-{moment:%Y%m%dT%H%M%S}",
        sender="bmkg.go.id",
        event="Gempa bumi",
        headline=f"Gempa bumi magnitudo {magnitude.replace('.', ',')}, {where}",
        description=". ".join(filter(None, (f"Kedalaman {as_text(quake.get('Kedalaman'))}", potential, felt))),
        severity=_severity(as_number(quake.get("Magnitude"))),
        urgency="Past",
        certainty="Observed",
        onset=moment,
        areas=tuple(filter(None, (where,))),
        polygons=(((latitude, longitude),),) if latitude is not None and longitude is not None else (),
        attribution=ATTRIBUTION,
        sent=moment,
    )


def _severity(magnitude: float | None) -> str:
    if magnitude is None:
        return "Unknown"
    return "Minor" if magnitude < 5 else "Moderate" if magnitude < 6 else "Severe" if magnitude < 7 else "Extreme"
