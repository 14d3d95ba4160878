"""What the board and the map show: live conditions by corridor in driving order, warnings for the station's area."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_, gettext
from radiodesk.language.places.pack import AreaPack
from radiodesk.road.bulletin.official_warnings import for_station
from radiodesk.road.ports import Alert
from radiodesk.rooms.traffic.models import FLOW_NAMES, KIND_NAMES, RoadCondition, SituationReport
from radiodesk.rooms.traffic.queries import live_warnings


@dataclass(frozen=True, slots=True)
class CorridorBoard:
    """One corridor with what is known about it now; ``name`` is ``None`` for places on no corridor."""

    name: str | None
    rows: tuple[RoadCondition, ...]


def by_corridor(rows: list[RoadCondition], pack: AreaPack) -> list[CorridorBoard]:
    """Every corridor of the pack in its order, rows in the order a driver meets them, then everything else."""
    placed = [(row, pack.corridor_position(tuple(row.place_ids))) for row in rows]
    boards = []
    for corridor in pack.corridors:
        here = [(found[1], row) for row, found in placed if found is not None and found[0].id == corridor.id]
        boards.append(CorridorBoard(corridor.name, tuple(row for _, row in sorted(here, key=lambda pair: pair[0]))))
    rest = tuple(row for row, found in placed if found is None)
    return [*boards, CorridorBoard(None, rest)] if rest else boards


@dataclass(frozen=True, slots=True)
class Buttons:
    """The places of a corridor as buttons of the quick form, in the order a driver meets them."""

    name: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuickForm:
    """What the quick form offers: a corridor's places, and where its roads lead."""

    corridors: tuple[Buttons, ...]
    ends: tuple[str, ...]


NAMED = frozenset({"desa", "kabupaten", "kecamatan", "corridor", "road"})
"""Kinds that are no spot: a button stands for a junction, a market, a bridge."""


def quick_form(pack: AreaPack) -> QuickForm:
    """The buttons for the station's corridors."""
    corridors = []
    ends: dict[str, None] = {}
    for corridor in pack.corridors:
        places = (pack.place_by_id[place_id] for place_id in corridor.places)
        spots = tuple(dict.fromkeys(place.name for place in places if place.kind not in NAMED))
        corridors.append(Buttons(corridor.name, spots))
        ends |= dict.fromkeys(end.strip() for end in corridor.name.split("–"))
    return QuickForm(tuple(corridors), tuple(ends))


def warnings(session: Session, at: datetime, pack: AreaPack) -> list[Alert]:
    """Official warnings that hold now and concern the station's area."""
    warned, _left_out = for_station(live_warnings(session, at), at, pack)
    return [one.alert for one in warned]


def _point(row: RoadCondition, pack: AreaPack) -> tuple[float, float] | None:
    for report in row.reports:
        content = report.content or {}
        if content.get("latitude") is not None:
            return content["latitude"], content["longitude"]
    places = [pack.place_by_id[place_id] for place_id in row.place_ids if place_id in pack.place_by_id]
    known = next((place.point for place in places if place.point), None)
    return known or _along(tuple(row.place_ids), pack)


def _along(place_ids: tuple[str, ...], pack: AreaPack) -> tuple[float, float] | None:
    """About where a place without a position lies: between its neighbours on the road, which have one."""
    found = pack.corridor_position(place_ids)
    if found is None:
        return None
    corridor, position = found
    points = [pack.place_by_id[place_id].point for place_id in corridor.places]
    before = next(((index, points[index]) for index in range(position, -1, -1) if points[index]), None)
    after = next(((index, points[index]) for index in range(position, len(points)) if points[index]), None)
    if before is None or after is None or before[1] is None or after[1] is None:
        return None
    share = (position - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
    (north, east), (far_north, far_east) = before[1], after[1]
    return north + share * (far_north - north), east + share * (far_east - east)


def as_geojson(rows: list[RoadCondition], pack: AreaPack) -> dict[str, Any]:
    """Live conditions as points; those without a position are left out of the map (they stand on the board)."""
    features = []
    for row in rows:
        point = _point(row, pack)
        if point is not None:
            said = gettext(FLOW_NAMES[row.flow] if row.flow else KIND_NAMES[row.kind])
            properties = {"place": row.called, "flow": row.flow, "said": said, "id": row.public_id}
            geometry = {"type": "Point", "coordinates": [point[1], point[0]]}
            features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def roads_geojson(pack: AreaPack) -> dict[str, Any]:
    """The pack's roads as lines: the map's ground, since there are no tiles."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": road.name, "class": road.road_class},
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [[[longitude, latitude] for latitude, longitude in line] for line in road.lines],
            },
        }
        for road in pack.roads
        if road.lines
    ]
    features += [
        {
            "type": "Feature",
            "properties": {"name": corridor.name, "class": "corridor"},
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [[[longitude, latitude] for latitude, longitude in corridor.line]],
            },
        }
        for corridor in pack.corridors
        if corridor.line
    ]
    return {"type": "FeatureCollection", "features": features}


def earlier_lapsits(session: Session, row: SituationReport) -> list[tuple[str, SituationReport]]:
    """The same unit's reports of the day before, a week and a year earlier, where they were filed."""
    found = []
    for title, days in ((N_("Day before"), 1), (N_("Week before"), 7), (N_("Year before"), 364)):
        day = row.day - timedelta(days=days)
        same = select(SituationReport).where(SituationReport.day == day, SituationReport.unit == row.unit)
        earlier = session.scalar(same.order_by(SituationReport.id.desc()).limit(1))
        if earlier is not None:
            found.append((title, earlier))
    return found
