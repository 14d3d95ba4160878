"""What of a feed is kept for the station, and where it is said to be."""

from datetime import UTC, datetime, timedelta

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.pack import load_pack
from radiodesk.road.fusion import fuse
from radiodesk.road.ports import Flow, Kind, Report
from radiodesk.road.report_intake import place

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def seen(kind: Kind, flow: Flow, latitude: float, minutes: int) -> Report:
    """A report of a feed that knows a position and no name."""
    at = AT - timedelta(minutes=minutes)
    return Report("", "umpan contoh", at, flow=flow, kind=kind, latitude=latitude, longitude=112.0, confidence=0.9)


def test_what_flows_elsewhere_in_a_district_ends_no_closure() -> None:
    finder = PlaceFinder(load_pack("bojonegoro"))
    reports = [
        seen("closure", "ditutup", -7.190, 20),
        seen("flow", "lancar", -7.150, 10),
        seen("closure", "ditutup", -7.191, 5),
    ]
    kept = place(reports, at=AT, finder=finder, zone="Asia/Jakarta").reports
    assert {one.place for one in kept} == {"Kecamatan Sumberrejo"}
    conditions = fuse(kept, AT, include_ended=True)
    assert sorted((one.flow or "", one.confirmations, one.ended_why or "") for one in conditions) == [
        ("ditutup", 0, ""),
        ("lancar", 0, ""),
    ]
    (closed,) = [one for one in conditions if one.flow == "ditutup"]
    assert len(closed.reports) == 2
