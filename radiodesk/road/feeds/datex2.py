"""DATEX II situation publications, versions 2 and 3: the element names are the same, the namespaces are not.

One situation holds several records; a record without a place or words of its own tells more about the one before it
(the lanes closed by an accident, the speed limit at roadworks) and is merged into it.
"""

import re
from dataclasses import replace
from datetime import datetime
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from radiodesk.core.i18n import N_
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.feeds.feed_xml import child_text, descendants, local, opening, parse_xml, root_name, text_below
from radiodesk.road.feeds.loose_json import point_of
from radiodesk.road.feeds.periods import valid_periods
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.unreadable import FeedUnreadable
from radiodesk.road.ports import FLOWS, FeedResult, Flow, Kind, Report

TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

KINDS: dict[str, Kind] = {
    "Accident": "accident",
    "AbnormalTraffic": "flow",
    "ConstructionWorks": "roadwork",
    "MaintenanceWorks": "roadwork",
    "VehicleObstruction": "breakdown",
    "PublicEvent": "event",
    "DisturbanceActivity": "event",
    "WeatherRelatedRoadConditions": "weather",
    "PoorEnvironmentConditions": "weather",
}

FLOW_CODES: dict[str, Flow] = {
    "stationaryTraffic": "macet",
    "queuingTraffic": "padat merayap",
    "slowTraffic": "padat merayap",
    "heavyTraffic": "padat",
    "unspecifiedAbnormalTraffic": "tersendat",
    "roadClosed": "ditutup",
    "iceRoadClosed": "ditutup",
    "intermittentShortTermClosures": "tersendat",
    "carriagewayClosures": "ditutup",
    "laneClosures": "tersendat",
    "narrowLanes": "tersendat",
    "contraflow": "dialihkan",
    "singleAlternateLineTraffic": "tersendat",
    "rerouting": "dialihkan",
    "roadBlocked": "ditutup",
    "carriagewayBlocked": "ditutup",
    "carriagewayPartiallyObstructed": "tersendat",
    "lanesBlocked": "tersendat",
    "lanesPartiallyObstructed": "tersendat",
    "roadPartiallyObstructed": "tersendat",
}

OBSTACLE_CODES: dict[str, tuple[Kind | None, str]] = {
    "flooding": ("flood", "banjir"),
    "flashFloods": ("flood", "banjir"),
    "surfaceWater": ("flood", "genangan air"),
    "fallenTrees": ("tree", "pohon tumbang"),
    "landslips": ("other", "tanah longsor"),
    "rockfalls": ("other", "batu longsor"),
    "oilOnRoad": ("other", "tumpahan minyak"),
    "spillageOnTheRoad": ("other", "tumpahan muatan"),
    "looseChippings": ("other", "kerikil lepas"),
    "brokenDownVehicle": ("breakdown", "kendaraan mogok"),
    "brokenDownHeavyLorry": ("breakdown", "truk mogok"),
    "abandonedVehicle": ("breakdown", "kendaraan ditinggalkan"),
    "vehicleOnWrongCarriageway": ("other", "kendaraan melawan arus"),
    "unprotectedAccidentArea": ("accident", "kecelakaan"),
    "multivehicleAccident": ("accident", "kecelakaan beruntun"),
    "accidentInvolvingHeavyLorries": ("accident", "kecelakaan truk"),
    "ice": ("weather", "jalan licin"),
    "slipperyRoad": ("weather", "jalan licin"),
    "resurfacingWork": ("roadwork", "pengaspalan jalan"),
    "roadworks": ("roadwork", "pekerjaan jalan"),
    "bridgeMaintenance": ("roadwork", "perbaikan jembatan"),
    "demonstration": ("event", "unjuk rasa"),
    "fair": ("event", "pekan raya"),
    "procession": ("event", "arak-arakan"),
    "sportsMeeting": ("event", "kegiatan olahraga"),
    "blockade": ("event", "blokade jalan"),
}

DEFAULT_OBSTACLES: dict[Kind, str] = {
    "accident": "kecelakaan",
    "roadwork": "pekerjaan jalan",
    "breakdown": "kendaraan mogok",
    "event": "kegiatan masyarakat",
}

ROAD = re.compile(
    r"(?:Jalan|Jl\.?|Jln\.?|Ruas|Tol|Simpang|Perempatan|Pertigaan|Bundaran|Jembatan|Terminal|Pasar)(?:\s+[Rr]aya)?"
    r"(?:(?:\s+|(?<=\.))(?!(?:Ditutup|Dibuka|Dialihkan|Diperbaiki|Terendam|Tergenang|Terputus|Tertutup|Berlubang|Macet"
    r"|Padat|Lancar|Rusak|Licin|Banjir|Masih|Sudah|Ada|Sedang|Untuk)\b)(?:[A-Z]\.(?=\s*[A-Z])|[A-Z0-9][\w/-]*))+"
)
"""A road or a junction with its name, at the head of a public text."""


class Datex2Feed:
    """Reads ``SituationPublication``; other publications (measured data, parking) are refused in words."""

    name = "datex2"

    def sniff(self, data: bytes) -> bool:
        return root_name(data) in ("d2logicalmodel", "messagecontainer") or "datex2.eu/schema" in opening(data)

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        root = parse_xml(data, source=source)
        situations = list(descendants(root, "situation"))
        if not situations and not any(local(element) == "situationRecord" for element in root.iter()):
            kinds = {_type(element) for element in root.iter() if local(element) in ("payloadPublication", "payload")}
            if "SituationPublication" in kinds:
                return FeedResult(format=self.name)
            raise FeedUnreadable(
                "%(source)s is DATEX II but not about situations on the road (it is %(kind)s).",
                source=source,
                kind=", ".join(sorted(filter(None, kinds))) or "of an unknown kind",
            )
        reports: list[Report] = []
        problems: list[str] = []
        for situation in situations:
            told, said = _situation(situation, source, now)
            reports.extend(told)
            problems.extend(said)
        return FeedResult(format=self.name, reports=tuple(reports), problems=tuple(problems))


def _type(element: Element) -> str:
    return element.get(TYPE, "").rpartition(":")[2]


def _situation(situation: Element, source: str, now: datetime) -> tuple[list[Report], list[str]]:
    reports: list[Report] = []
    problem = _not_for_us(situation)
    problems: list[str] = [problem] if problem else []
    for record in descendants(situation, "situationRecord") if problem is None else ():
        identifier = record.get("id", "")
        if text_below(record, "validityStatus") == "suspended":
            problems.append(Problem("Record %(id)s was left out: it is suspended.", id=identifier))
            continue
        report = _record(record, source, now)
        if report is None:
            said = N_("Record %(id)s was left out: it holds neither now nor later.")
            problems.append(Problem(said, id=identifier))
        elif not (report.text or report.latitude is not None) and reports:
            parent = reports[-1]
            if report.periods in ((), parent.periods):
                reports[-1] = _merged(parent, report)
            else:  # It holds at hours of its own, so it is told by itself, where the one before it is.
                at = {"place": report.place or parent.place, "latitude": parent.latitude, "longitude": parent.longitude}
                reports.append(replace(report, **at))  # type: ignore[arg-type]
        elif report.text or report.place or report.latitude is not None:
            reports.append(report)
        else:
            problems.append(Problem("Record %(id)s was left out: it says neither where nor what.", id=identifier))
    return [replace(report, text=report.text or _in_short(report)) for report in reports], problems


def _not_for_us(situation: Element) -> Problem | None:
    """Why nothing of a situation may be told: it is meant for authorities alone, or is a test or an exercise."""
    identifier = situation.get("id", "")
    secrecy, status = text_below(situation, "confidentiality"), text_below(situation, "informationStatus")
    if secrecy and secrecy != "noRestriction" and "publishers" not in secrecy.lower():
        said = N_("Situation %(id)s was left out: its confidentiality is %(secrecy)s, so it is not for the public.")
        return Problem(said, id=identifier, secrecy=secrecy)
    if status and status != "real":
        said = N_("Situation %(id)s was left out: its status is %(status)s, not real.")
        return Problem(said, id=identifier, status=status)
    return None


def _in_short(report: Report) -> str:
    """Words for a record whose publisher gave codes alone."""
    return ", ".join(filter(None, (report.place, report.obstacle, report.flow)))


def _record(record: Element, source: str, now: datetime) -> Report | None:
    """One record; None when the periods for which it is valid are over."""
    specification = next(descendants(record, "validityTimeSpecification"), None)
    periods = valid_periods(specification, now) if specification is not None else None
    if periods is not None and all(end <= now for _start, end in periods):
        return None
    start, end = next((one for one in periods or () if one[1] > now), (None, None))
    comment = next(descendants(record, "generalPublicComment"), None)
    text = text_below(comment, "value") if comment is not None else ""
    flow, kind, obstacle = _meaning(record)
    latitude, longitude = point_of(text_below(record, "longitude"), text_below(record, "latitude"))
    ended = any(text_below(record, name).lower() == "true" for name in ("cancel", "end"))
    return Report(
        text=text,
        source=source,
        observed_at=parse_time(child_text(record, "situationRecordVersionTime"))
        or parse_time(child_text(record, "situationRecordCreationTime")),
        place=_place(record, text),
        flow=flow,
        obstacle=obstacle,
        kind=kind,
        confidence=0.9 if child_text(record, "probabilityOfOccurrence") == "certain" else 0.6,
        cleared=ended,
        external_id=record.get("id") or None,
        latitude=latitude,
        longitude=longitude,
        starts_at=start or parse_time(text_below(record, "overallStartTime")),
        expires_at=end or parse_time(text_below(record, "overallEndTime")),
        periods=tuple(one for one in periods or () if one[1] > now),
    )


def _place(record: Element, text: str) -> str | None:
    """The road by name or number, else the road with which the public text begins; other words name no place."""
    for name in ("roadName", "roadNumber", "alertCLocationName", "descriptor"):
        road = text_below(record, name)
        if road:
            return road
    named = ROAD.match(text)
    return named[0].rstrip(".,") if named else None


def _meaning(record: Element) -> tuple[Flow | None, Kind, str | None]:
    """Flow, kind and obstacle out of the record's type and of every code inside it."""
    codes = [" ".join((element.text or "").split()) for element in record.iter() if local(element).endswith("Type")]
    flows = [FLOW_CODES[code] for code in codes if code in FLOW_CODES]
    flow = max(flows, key=FLOWS.index, default=None)
    obstacles = [OBSTACLE_CODES[code] for code in codes if code in OBSTACLE_CODES]
    kind: Kind = KINDS.get(_type(record), "other")
    if obstacles:
        return flow, obstacles[0][0] or kind, obstacles[0][1]
    if kind == "other" and flow == "ditutup":
        kind = "closure"
    return flow, kind, DEFAULT_OBSTACLES.get(kind)


def _merged(report: Report, more: Report) -> Report:
    """The record before, with what the companion adds: a worse flow, a kind and an obstacle where it had none."""
    flows = [flow for flow in (report.flow, more.flow) if flow]
    vague = report.kind in ("other", "closure", "flow") and more.kind not in ("other", "flow")
    return replace(
        report,
        flow=max(flows, key=FLOWS.index, default=None),
        kind=more.kind if vague else report.kind,
        obstacle=report.obstacle or more.obstacle,
        cleared=report.cleared or more.cleared,
    )
