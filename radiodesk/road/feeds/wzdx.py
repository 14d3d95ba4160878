"""WZDx work zone feeds, version 4 (and 3 and 2, which keep the same facts one level higher)."""

from datetime import datetime
from typing import Any

from radiodesk.road.feeds.directions import stretch, toward
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.feeds.feed_xml import opening
from radiodesk.road.feeds.loose_json import as_dict, as_list, as_text, first_point, read_json
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.unreadable import FeedUnreadable
from radiodesk.road.ports import FeedResult, Flow, Report

IMPACTS: dict[str, Flow] = {"all-lanes-closed": "ditutup", "alternating-one-way": "tersendat"}
"""Other impacts say how many lanes are left, not how traffic flows."""


class WzdxFeed:
    """Work zones become reports; detours are told in the report of the work zone that they belong to."""

    name = "wzdx"

    def sniff(self, data: bytes) -> bool:
        return (
            opening(data).lstrip().startswith("{")
            and b'"FeatureCollection"' in data
            and any(mark in data for mark in (b'"feed_info"', b'"road_event_feed_info"', b'"core_details"'))
        )

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        document = as_dict(read_json(data, source=source))
        features = document.get("features")
        if not isinstance(features, list):
            raise FeedUnreadable("%(source)s has no list of work zones.", source=source)
        events = [_Event(as_dict(feature)) for feature in features]
        detours: dict[str, list[str]] = {}
        for event in events:
            for zone in event.related("related-work-zone") if event.type == "detour" else ():
                detours.setdefault(zone, []).extend(filter(None, [event.road]))
        info = as_dict(document.get("feed_info") or document.get("road_event_feed_info"))
        reports: list[Report] = []
        problems: list[str] = []
        for number, event in enumerate(events, start=1):
            if event.type == "detour":
                continue
            if event.type not in ("work-zone", "restriction", "incident"):
                problems.append(
                    Problem(
                        "Feature %(number)d was left out: its type, %(type)s, is not about the road.",
                        number=number,
                        type=event.type or "(none)",
                    )
                )
            else:
                reports.append(event.report(source, as_text(info.get("publisher")), detours))
        return FeedResult(format=self.name, reports=tuple(reports), problems=tuple(problems))


class _Event:
    """One feature, whichever version it follows."""

    def __init__(self, feature: dict[str, Any]) -> None:
        self.properties = as_dict(feature.get("properties"))
        self.core = as_dict(self.properties.get("core_details")) or self.properties
        self.geometry = feature.get("geometry")
        self.id = as_text(feature.get("id") or self.properties.get("road_event_id"))
        stated = as_text(self.core.get("event_type") or self.properties.get("event_type")).lower()
        # Version 2 knew work zones alone and did not say so.
        self.type = stated or ("work-zone" if self.properties.get("vehicle_impact") else "")

    @property
    def road(self) -> str:
        roads = [as_text(name) for name in as_list(self.core.get("road_names"))]
        return roads[0] if roads else as_text(self.core.get("road_name"))

    @property
    def place(self) -> str | None:
        ends = (as_text(self.properties.get(f"{end}_cross_street")) for end in ("beginning", "ending"))
        return stretch(self.road, *ends)

    def related(self, kind: str) -> list[str]:
        events = [as_dict(event) for event in as_list(self.core.get("related_road_events"))]
        return [as_text(event.get("id")) for event in events if as_text(event.get("type")) == kind]

    def report(self, source: str, publisher: str, detours: dict[str, list[str]]) -> Report:
        description = as_text(self.core.get("description"))
        impact = as_text(self.properties.get("vehicle_impact"))
        works = [as_text(as_dict(work).get("type_name")) for work in as_list(self.properties.get("types_of_work"))]
        latitude, longitude = first_point(self.geometry)
        return Report(
            text=description or ", ".join(filter(None, (as_text(self.core.get("name")), self.place, *works))),
            source=source,
            observed_at=parse_time(as_text(self.core.get("update_date")))
            or parse_time(as_text(self.core.get("creation_date"))),
            place=self.place,
            toward=toward(as_text(self.core.get("direction"))),
            flow=IMPACTS.get(impact),
            obstacle="pekerjaan jalan" if self.type == "work-zone" else None,
            kind="closure" if impact == "all-lanes-closed" else "accident" if self.type == "incident" else "roadwork",
            confidence=0.8,
            cleared=as_text(self.properties.get("event_status")) in ("completed", "cancelled"),
            detour=", lalu ".join(detours.get(self.id, [])) or None,
            external_id=self.id or None,
            latitude=latitude,
            longitude=longitude,
            starts_at=parse_time(as_text(self.properties.get("start_date"))),
            expires_at=parse_time(as_text(self.properties.get("end_date"))),
            attribution=publisher or None,
        )
