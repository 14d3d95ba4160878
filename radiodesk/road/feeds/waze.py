"""Waze for Cities (CCP) in JSON and as GeoRSS: alerts, jams and irregularities.

A jam's ``delay`` is in seconds, and -1 means that the road is blocked, not that there is no delay. Some captures wrap
the cells of a grid in ``celdas[].data``. Where officers stand is left out whatever shape it comes in.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from radiodesk.core.i18n import N_
from radiodesk.road.feeds.feed_times import from_milliseconds
from radiodesk.road.feeds.feed_xml import opening, parse_xml, root_name
from radiodesk.road.feeds.loose_json import as_dict, as_list, as_number, as_text, point_of, read_json
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.unreadable import FeedUnreadable
from radiodesk.road.feeds.waze_xml import as_bytes, from_xml
from radiodesk.road.ports import FeedResult, Flow, Kind, Report

LISTS = ("alerts", "jams", "irregularities")
WINDOW = (b'"startTimeMillis"', b'"endTimeMillis"')
BLOCKED_LEVEL = 5
LEVELS: dict[int, Flow] = {0: "lancar", 1: "ramai lancar", 2: "padat", 3: "padat merayap", 4: "macet", 5: "ditutup"}

TYPES: dict[str, tuple[Kind, Flow | None, str | None]] = {
    "ACCIDENT": ("accident", None, "kecelakaan"),
    "JAM": ("flow", "padat", None),
    "ROAD_CLOSED": ("closure", "ditutup", None),
    "CONSTRUCTION": ("roadwork", None, "pekerjaan jalan"),
    "HAZARD": ("other", None, "hambatan di jalan"),
    "WEATHERHAZARD": ("weather", None, "cuaca buruk"),
}

SUBTYPES: dict[str, tuple[Kind, Flow | None, str | None]] = {
    "ACCIDENT_MAJOR": ("accident", None, "kecelakaan berat"),
    "ACCIDENT_MINOR": ("accident", None, "kecelakaan ringan"),
    "JAM_LIGHT_TRAFFIC": ("flow", "ramai lancar", None),
    "JAM_MODERATE_TRAFFIC": ("flow", "padat", None),
    "JAM_HEAVY_TRAFFIC": ("flow", "padat merayap", None),
    "JAM_STAND_STILL_TRAFFIC": ("flow", "macet", None),
    "HAZARD_ON_ROAD_CONSTRUCTION": ("roadwork", None, "pekerjaan jalan"),
    "HAZARD_ON_ROAD_CAR_STOPPED": ("breakdown", None, "kendaraan berhenti"),
    "HAZARD_ON_SHOULDER_CAR_STOPPED": ("breakdown", None, "kendaraan berhenti di bahu jalan"),
    "HAZARD_ON_ROAD_POT_HOLE": ("other", None, "jalan berlubang"),
    "HAZARD_ON_ROAD_OBJECT": ("other", None, "benda di badan jalan"),
    "HAZARD_ON_ROAD_OIL": ("other", None, "tumpahan minyak"),
    "HAZARD_ON_ROAD_ROAD_KILL": ("other", None, "bangkai hewan di badan jalan"),
    "HAZARD_ON_ROAD_LANE_CLOSED": ("closure", "dialihkan", "lajur ditutup"),
    "HAZARD_ON_ROAD_TRAFFIC_LIGHT_FAULT": ("other", None, "lampu lalu lintas padam"),
    "HAZARD_ON_SHOULDER_ANIMALS": ("other", None, "hewan di tepi jalan"),
    "HAZARD_WEATHER_FLOOD": ("flood", None, "genangan air"),
    "HAZARD_WEATHER_FOG": ("weather", None, "kabut"),
    "HAZARD_WEATHER_HEAVY_RAIN": ("weather", None, "hujan lebat"),
    "HAZARD_WEATHER_MONSOON": ("weather", None, "hujan lebat"),
    "ROAD_CLOSED_CONSTRUCTION": ("closure", "ditutup", "pekerjaan jalan"),
    "ROAD_CLOSED_EVENT": ("event", "ditutup", "kegiatan masyarakat"),
    "ROAD_CLOSED_HAZARD": ("closure", "ditutup", "hambatan di jalan"),
}

NOT_FOR_AIR = {
    "POLICE": N_("Waze alerts of type POLICE were left out: where officers stand is not read on air."),
    "CHIT_CHAT": N_("Waze alerts of type CHIT_CHAT were left out: they are conversations."),
}


OFFICERS = re.compile(r"\b(?:polisi|polantas|polsek|police|cops?|razia|rajia|tilang\w*|operasi zebra)\b", re.IGNORECASE)
"""What a driver's remark under any other alert may give away: that officers stand there."""

OF_WAZE = re.compile(
    rb"linqmap|<(?:[\w.-]+:)?(?:type|subtype)>\s*(?:POLICE|ACCIDENT|HAZARD|WEATHERHAZARD|JAM|ROAD_CLOSED|CHIT_CHAT)",
    re.IGNORECASE,
)
"""What a GeoRSS document of Waze holds: its namespace, or its fields under another one."""


class WazeFeed:
    """Reads the feed that a city gets as a partner."""

    name = "waze"

    def sniff(self, data: bytes) -> bool:
        if root_name(data) in ("rss", "feed", "rdf"):
            return OF_WAZE.search(as_bytes(data)) is not None
        if not opening(data).lstrip().startswith(("{", "[")):
            return False
        # In a quiet minute the window of time is all that the feed holds.
        return (
            b'"celdas"' in data
            or all(mark in data for mark in WINDOW)
            or (
                any(f'"{name}"'.encode() in data for name in LISTS)
                and any(mark in data for mark in (*WINDOW, b'"pubMillis"'))
            )
        )

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        xml = opening(data).lstrip().startswith("<")
        document = from_xml(parse_xml(data, source=source)) if xml else read_json(data, source=source)
        cells = list(_cells(document))
        if not cells and "endTimeMillis" not in as_dict(document):
            raise FeedUnreadable("%(source)s holds neither alerts nor jams of Waze.", source=source)
        reports: dict[str, Report] = {}
        problems: list[str] = []
        readers: dict[str, Callable[[dict[str, Any], str], Report | Problem]] = {
            "alerts": _alert,
            "jams": _jam,
            "irregularities": _irregularity,
        }
        for cell in cells:
            for name in LISTS:
                for item in as_list(cell.get(name)):
                    read = readers[name](as_dict(item), source)
                    if isinstance(read, Problem):
                        problems.append(read)
                    else:
                        reports.setdefault(read.external_id or f"{len(reports)}", read)
        return FeedResult(format=self.name, reports=tuple(reports.values()), problems=tuple(dict.fromkeys(problems)))


def _cells(document: Any) -> Iterator[dict[str, Any]]:
    """Every object that holds one of the lists, through whatever wraps it."""
    if isinstance(document, list):
        for part in document:
            yield from _cells(part)
    elif isinstance(document, dict):
        if any(isinstance(document.get(name), list) for name in LISTS):
            yield document
        for wrapper in ("celdas", "data"):
            if isinstance(document.get(wrapper), list | dict):
                yield from _cells(document[wrapper])


def _place(item: dict[str, Any]) -> str | None:
    street, city = as_text(item.get("street")), as_text(item.get("city"))
    return ", ".join(filter(None, (street, city))) or None


def _alert(item: dict[str, Any], source: str) -> Report | Problem:
    kind_name, subtype = as_text(item.get("type")).upper(), as_text(item.get("subtype")).upper()
    for name, why in NOT_FOR_AIR.items():
        if name in (kind_name, subtype) or subtype.startswith(f"{name}_") or kind_name.startswith(f"{name}_"):
            return Problem(why)
    meaning = SUBTYPES.get(subtype) or TYPES.get(kind_name)
    if meaning is None:
        return Problem("Waze alerts of the unknown type %(type)s were left out.", type=kind_name or "(none)")
    kind, flow, obstacle = meaning
    location = as_dict(item.get("location"))
    latitude, longitude = point_of(location.get("x"), location.get("y"))
    reliability = as_number(item.get("reliability"))
    place = _place(item)
    said = as_text(item.get("reportDescription"))
    if OFFICERS.search(said):
        said = ""
    return Report(
        text=said or " ".join(filter(None, (obstacle or flow, f"di {place}" if place else None))),
        source=source,
        observed_at=from_milliseconds(as_number(item.get("pubMillis"))),
        place=place,
        flow=flow,
        obstacle=obstacle,
        kind=kind,
        confidence=min(max((reliability if reliability is not None else 5) / 10, 0.0), 1.0),
        external_id=as_text(item.get("uuid")) or None,
        latitude=latitude,
        longitude=longitude,
        attribution="Waze",
    )


def _jam(item: dict[str, Any], source: str) -> Report | Problem:
    level, delay = as_number(item.get("level")), as_number(item.get("delay"))
    blocked = delay == -1 or level == BLOCKED_LEVEL
    if level is None and not blocked:
        return Problem("Waze jams without a level were left out.")
    flow = "ditutup" if blocked else LEVELS.get(int(level or 0))
    return _stretch(item, source, flow, "closure" if blocked else "flow", f"waze-jam-{as_text(item.get('uuid'))}")


def _irregularity(item: dict[str, Any], source: str) -> Report | Problem:
    severity = as_number(item.get("jamLevel") if item.get("jamLevel") is not None else item.get("severity"))
    if severity is None:
        return Problem("Waze irregularities without a jam level were left out.")
    flow = LEVELS.get(int(severity))
    identifier = f"waze-irregularity-{as_text(item.get('id'))}"
    return _stretch(item, source, flow, "closure" if flow == "ditutup" else "flow", identifier)


def _stretch(item: dict[str, Any], source: str, flow: Flow | None, kind: Kind, identifier: str) -> Report:
    line = as_list(item.get("line"))
    start = as_dict(line[0]) if line else {}
    latitude, longitude = point_of(start.get("x"), start.get("y"))
    place, toward = _place(item), as_text(item.get("endNode"))
    moment = as_number(item.get("pubMillis") or item.get("updateDateMillis") or item.get("detectionDateMillis"))
    return Report(
        text=" ".join(filter(None, (flow, f"di {place}" if place else None, f"arah {toward}" if toward else None))),
        source=source,
        observed_at=from_milliseconds(moment),
        place=place,
        toward=(toward,) if toward else (),
        flow=flow,
        kind=kind,
        confidence=0.7,
        external_id=identifier if not identifier.endswith("-") else None,
        latitude=latitude,
        longitude=longitude,
        attribution="Waze",
    )
