"""Reports become conditions: confirmed, updated, contradicted, cleared, expired."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.road.fusion import CLEARED, CONTRADICTED, EXPIRED, EXPIRY, fuse, kilometre_of
from radiodesk.road.ports import FLOWS, Report

NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def report(minutes_ago: float, flow: Any = "macet", place: str = "Simpang Jetak", **fields: Any) -> Report:
    fields = {"kind": "flow", "source": "petugas", "text": f"{place} {flow}"} | fields
    return Report(observed_at=NOW - timedelta(minutes=minutes_ago), flow=flow, place=place, **fields)


def test_two_sources_of_one_jam_confirm_each_other() -> None:
    (one,) = fuse([report(10, source="a", confidence=0.6), report(5, "padat", source="b", confidence=0.7)], NOW)
    assert one.sources == ("a", "b")
    assert one.confirmations == 1
    assert one.confidence == pytest.approx(0.88)
    assert one.flow == "padat"
    assert (one.first_at, one.last_at) == (NOW - timedelta(minutes=10), NOW - timedelta(minutes=5))


def test_one_source_twice_is_no_confirmation() -> None:
    (one,) = fuse([report(10, confidence=0.6), report(5, confidence=0.6)], NOW)
    assert (one.confirmations, one.confidence, len(one.reports)) == (0, 0.6, 2)


@pytest.mark.parametrize(("kind", "minutes"), [("flow", 30), ("accident", 90), ("breakdown", 60), ("roadwork", 720)])
def test_what_nobody_confirms_expires_by_its_kind(kind: Any, minutes: int) -> None:
    assert EXPIRY[kind] == timedelta(minutes=minutes)
    assert fuse([report(minutes - 1, kind=kind)], NOW)
    assert fuse([report(minutes, kind=kind)], NOW) == []
    (gone,) = fuse([report(minutes, kind=kind)], NOW, include_ended=True)
    assert (gone.ended_why, gone.ended_at) == (EXPIRED, NOW)


def test_a_stated_end_holds() -> None:
    works = report(600, "tersendat", kind="roadwork", expires_at=NOW + timedelta(hours=30))
    (one,) = fuse([works], NOW)
    assert one.expires_at == NOW + timedelta(hours=30)
    assert fuse([replace(works, expires_at=NOW)], NOW) == []


def test_what_has_not_begun_is_no_condition_yet() -> None:
    assert fuse([report(60, "ditutup", kind="closure", starts_at=NOW + timedelta(hours=2))], NOW) == []


def test_a_newer_report_that_contradicts_ends_the_earlier() -> None:
    free, jam = fuse([report(20), report(5, "lancar", source="b")], NOW, include_ended=True)
    assert (free.flow, free.ended_at) == ("lancar", None)
    assert (jam.flow, jam.ended_why, jam.ended_at) == ("macet", CONTRADICTED, NOW - timedelta(minutes=5))


def test_the_order_of_arrival_does_not_matter() -> None:
    reports = [report(20), report(5, "lancar", source="b"), report(3, "padat", place="Kapas")]
    assert fuse(reports, NOW) == fuse(list(reversed(reports)), NOW)


def test_an_accident_stands_while_traffic_flows_past_it() -> None:
    (one,) = fuse([report(30, "tersendat", kind="accident", obstacle="laka"), report(5, "lancar", source="b")], NOW)
    assert (one.kind, one.obstacle, one.flow) == ("accident", "laka", "lancar")


def test_cleared_ends_an_accident() -> None:
    laka = report(30, "tersendat", kind="accident", obstacle="laka")
    gone = report(5, "lancar", kind="accident", cleared=True, source="b")
    live = fuse([laka, gone], NOW)
    assert all(one.flow == "lancar" for one in live)
    ended = [one for one in fuse([laka, gone], NOW, include_ended=True) if one.ended_at]
    assert [one.ended_why for one in ended] == [CLEARED]


def test_that_a_cow_is_off_the_road_ends_no_accident() -> None:
    laka = report(30, "tersendat", kind="accident", obstacle="laka")
    gone = report(5, None, kind="other", obstacle="sapi di jalan", cleared=True, source="b")
    assert [one.kind for one in fuse([laka, gone], NOW)] == ["accident"]
    assert fuse([laka, report(5, None, kind="other", cleared=True, source="b")], NOW) == [], "it speaks of the road"


def test_what_says_only_that_it_is_over_stands_in_the_history_of_what_it_ended() -> None:
    laka = report(30, "tersendat", kind="accident", obstacle="laka")
    gone = report(5, None, kind="accident", cleared=True, source="b")
    assert fuse([laka, gone], NOW) == []
    (ended,) = fuse([laka, gone], NOW, include_ended=True)
    assert (ended.ended_why, ended.ended_at) == (CLEARED, gone.observed_at)
    assert ended.reports == (laka, gone)
    assert fuse([gone], NOW, include_ended=True) == []


def test_a_jam_and_its_cause_at_one_spot_are_one() -> None:
    (one,) = fuse([report(10), report(6, None, kind="breakdown", obstacle="truk mogok", source="b")], NOW)
    assert (one.kind, one.flow, one.obstacle, one.confirmations) == ("breakdown", "macet", "truk mogok", 1)


@pytest.mark.parametrize(
    "other",
    [
        {"place": "Simpang Kapas"},
        {"toward": ("Babat",)},
        {"place": "Simpang Jetak KM 14"},
    ],
)
def test_other_places_directions_and_kilometres_are_other_events(other: dict[str, Any]) -> None:
    first = report(10, toward=("Cepu",), place="Simpang Jetak KM 10")
    assert len(fuse([first, report(5, **({"place": first.place, "toward": first.toward} | other))], NOW)) == 2


def test_a_report_without_direction_speaks_of_all() -> None:
    assert fuse([report(10, toward=("Cepu",)), report(4, "lancar", source="b")], NOW)[0].flow == "lancar"
    assert len(fuse([report(10, toward=("Cepu",)), report(4, toward=("kedua arah",), source="b")], NOW)) == 1


def test_wordings_of_one_place_meet() -> None:
    assert len(fuse([report(10, place="simp. Gayamsari"), report(5, place="Simpang Gayamsari", source="b")], NOW)) == 1
    assert len(fuse([report(10, place="A", place_ids=("x",)), report(5, place="B", place_ids=("x",))], NOW)) == 1


def test_the_worst_comes_first() -> None:
    conditions = fuse([report(5, flow, place=f"Simpang {flow}") for flow in FLOWS], NOW)
    assert [one.flow for one in conditions] == list(reversed(FLOWS))


def test_reports_that_say_nothing_of_the_road_or_the_time_are_left_out() -> None:
    silent = report(5, None)
    undated = replace(report(5), observed_at=None)
    ahead = report(-5)
    assert fuse([silent, undated, ahead], NOW) == []


def test_a_detour_and_the_place_are_kept_from_the_newest_that_has_them() -> None:
    reports = [report(9, "ditutup", kind="closure", detour="Kanor"), report(3, "ditutup", kind="closure", source="b")]
    assert fuse(reports, NOW)[0].detour == "Kanor"


def test_kilometres_are_read() -> None:
    assert (kilometre_of("KM 12+400"), kilometre_of("km. 7"), kilometre_of("Kapas")) == (12.4, 7.0, None)


@given(
    st.lists(
        st.builds(
            report,
            st.integers(0, 200),
            st.sampled_from([*FLOWS, None]),
            st.sampled_from(["Simpang Jetak", "Kapas", "Jl. Veteran"]),
            kind=st.sampled_from(list(EXPIRY)),
            source=st.sampled_from("abc"),
            cleared=st.booleans(),
            toward=st.sampled_from([(), ("Cepu",), ("Babat",)]),
        ),
        max_size=25,
    )
)
def test_whatever_comes_in_each_report_is_told_once(reports: list[Report]) -> None:
    conditions = fuse(reports, NOW, include_ended=True)
    told = [id(one) for condition in conditions for one in condition.reports]
    assert len(told) == len(set(told)) <= len(reports)
    for condition in conditions:
        assert condition.first_at <= condition.last_at <= NOW
        assert 0 <= condition.confirmations < max(1, len(condition.reports))
        assert condition.ended_at is None or condition.ended_at >= condition.last_at
        assert (condition.ended_at is None) == (condition.expires_at > NOW and condition.ended_why is None)


def closure(minutes_ago: float, flow: Any = "ditutup", **fields: Any) -> Report:
    return report(minutes_ago, flow, place="Jembatan Glendeng", **{"kind": "closure"} | fields)


@pytest.mark.parametrize(
    ("newest", "whom", "extent"),
    [
        (closure(5, extent="total"), None, "total"),
        (closure(5), None, None),
        (closure(5, whom="bus"), "bus", None),
        (closure(5, "macet", kind="flow"), "truk", None),
        (closure(5, None, kind="other", obstacle="lubang"), "truk", None),
    ],
)
def test_whom_a_closure_concerns_is_what_the_newest_word_on_it_says(
    newest: Report, whom: str | None, extent: str | None
) -> None:
    found = [one for one in fuse([closure(10, whom="truk"), newest], NOW) if one.kind == "closure"]
    assert [(one.whom, one.extent) for one in found] == [(whom, extent)]


def test_a_road_that_is_closed_no_more_is_closed_to_nobody() -> None:
    tree = report(20, "ditutup", kind="tree", obstacle="pohon tumbang", whom="truk", extent="total")
    later = report(5, "padat", kind="tree", obstacle="pohon tumbang", extent="menutup separuh jalan")
    (one,) = fuse([tree, later], NOW)
    assert (one.flow, one.whom, one.extent) == ("padat", None, "menutup separuh jalan")


@pytest.mark.slow
def test_ten_thousand_reports_fuse_to_one_condition_for_each_place_kind_and_direction() -> None:
    chance = random.Random(4)  # noqa: S311 — a fixed sequence, not a secret
    reports = [
        report(
            chance.randrange(180),
            chance.choice(FLOWS),
            place=f"Simpang {chance.randrange(400)}",
            source=f"s{chance.randrange(60)}",
            kind=chance.choice(["flow", "flow", "flow", "accident", "roadwork"]),
            toward=chance.choice([(), ("Cepu",), ("Babat",)]),
        )
        for _ in range(10_000)
    ]
    live = fuse(reports, NOW)
    everything = fuse(reports, NOW, include_ended=True)
    assert sum(len(one.reports) for one in everything) == len(reports)
    assert live == everything[: len(live)]
    assert len({(one.place, one.kind, one.toward, one.flow) for one in live}) == len(live)
    assert {one.place for one in live} == {f"Simpang {number}" for number in range(400)}
