"""Posts as officers and listeners write them: when, where, how, why, and whether they report anything at all."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.pack import load_pack
from radiodesk.road.ports import FLOWS
from radiodesk.road.reading import Reading, read_report, to_report, to_reports

FIXTURES = Path(__file__).parent / "fixtures"
JAKARTA = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=JAKARTA)


@cache
def finder() -> PlaceFinder:
    return PlaceFinder(load_pack("bojonegoro"))


def read(text: str) -> Reading:
    return read_report(text, now=NOON, finder=finder())


@pytest.mark.parametrize(
    ("text", "time", "at", "toward", "flow", "obstacle", "kind"),
    [
        ("06.45 WIB lalin simp Gayamsari padat dr arah timur", "06:45", "simp Gayamsari", (), "padat", None, "flow"),
        ("mcet total jl veteran, truk mogok dpn ps kota", None, "jl veteran", (), "macet", "truk mogok", "breakdown"),
        ("07.10 Kalitidu arah Cepu padat merayap", "07:10", "Kalitidu", ("Cepu",), "padat merayap", None, "flow"),
        ("macet nang Balen lur, ono trek nggoling", None, "Balen", (), "macet", "trek nggoling", "accident"),
        ("Pohon tumbang menutup jalan di Temayang", None, "Temayang", (), None, "Pohon tumbang", "tree"),
        ("Banjir di Jl. Rajawali, motor tidak bisa lewat", None, "Jl. Rajawali", (), "ditutup", "Banjir", "flood"),
        ("Jembatan Malo ditutup, ada perbaikan", None, "Jembatan Malo", (), "ditutup", "perbaikan", "roadwork"),
        ("Jl. Pemuda tidak macet", None, "Jl. Pemuda", (), "lancar", None, "flow"),
        ("Baureno arah Surabaya antre 3 km", None, "Baureno", ("Surabaya",), "padat", None, "flow"),
        ("bangjo simpang Sumbang padam", None, "simpang Sumbang", (), None, "bangjo simpang Sumbang padam", "other"),
        ("08.00 arus dari Padangan menuju Cepu tersendat", "08:00", "Padangan", ("Cepu",), "tersendat", None, "flow"),
        ("karnaval di Jl. Mastrip, kendaraan dialihkan", None, "Jl. Mastrip", (), "dialihkan", "karnaval", "event"),
    ],
)  # fmt: skip
def test_what_a_post_says(
    text: str, time: str | None, at: str, toward: tuple[str, ...], flow: str | None, obstacle: str | None, kind: str
) -> None:
    reading = read(text)
    assert reading.is_traffic
    assert (reading.time, reading.at, reading.toward, reading.flow) == (time, at, toward, flow)
    assert (reading.obstacle, reading.kind) == (obstacle, kind)


@pytest.mark.parametrize(
    ("words", "flow"),
    [
        ("lancar jaya", "lancar"), ("lengang", "lancar"), ("rame lancar", "ramai lancar"), ("ramlan", "ramai lancar"),
        ("pdat", "padat"), ("cukup padat", "padat"), ("ramai cenderung padat", "padat"), ("pamer", "padat merayap"),
        ("merambat", "padat merayap"), ("trsendat", "tersendat"), ("melambat", "tersendat"), ("muacet", "macet"),
        ("macettt", "macet"), ("tidak bergerak", "macet"), ("gak iso mlaku", "macet"), ("lumpuh", "macet"),
        ("ditutup total", "ditutup"), ("ra iso diliwati", "ditutup"), ("dialihkan", "dialihkan"), ("lancra", "lancar"),
    ],
)  # fmt: skip
def test_flow_in_many_spellings(words: str, flow: str | None) -> None:
    reading = read(f"07.00 arus lalin simpang Jetak {words}")
    assert reading.flow == flow


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("06.45 WIB simpang Jetak lancar", "06:45"),
        ("9:05 simpang Jetak lancar", "09:05"),
        ("Rabu, 28-10-2015 Pk.08:20 WIB. Simp. POSIS RAMAI", "08:20"),
        ("Kamis.2/07/2015. pukul.16:11 WIB. Arus lalin simpang Tirto lancar", "16:11"),
        ("16.12.2015 07.33 WIB lalin simp Ponolawen lancar", "07:33"),
        ("simpang Jetak macet pukul 7 pagi", "07:00"),
        ("jam setengah delapan simpang Jetak macet", "07:30"),
        ("jam tujuh lewat sepuluh simpang Jetak macet", "07:10"),
        ("jam 5 sore simpang Jetak macet", "17:00"),
        ("10 menit yang lalu ada laka di Jetak", "11:50"),
        ("padat di tol KM 21.200 arah Ngawi", None),
        ("antrean 2.5 km di Baureno", None),
        ("lalin tol Dalam Kota KM 00+600 padat", None),
        ("simpang Jetak macet", None),
    ],
)
def test_the_time_stated(text: str, time: str | None) -> None:
    assert read(text).time == time


def talk() -> list[dict[str, object]]:
    return [json.loads(line) for line in (FIXTURES / "hard_talk.jsonl").read_text(encoding="utf-8").splitlines()]


def test_reports_are_told_from_other_talk() -> None:
    cases = talk()
    wrong = [case["text"] for case in cases if read(str(case["text"])).is_traffic != case["is_traffic"]]
    assert len(cases) >= 400
    assert len(wrong) <= len(cases) / 100, wrong


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("gimana lalin arah Cepu?", "question"),
        ("Jalan Veteran macet gak ya", "question"),
        ("Tahun lalu di Kalitidu macet parah", "history"),
        ("rezekiku lagi macet bulan ini", "figure"),
        ("Jika terjadi kecelakaan segera hubungi 110", "appeal"),
        ("Besok jalan Trunojoyo ditutup mulai jam 6 pagi", "announcement"),
    ],
)
def test_the_reason_is_given(text: str, reason: str) -> None:
    reading = read(text)
    assert (reading.is_traffic, reading.reason) == (False, reason)
    assert (reading.flow, reading.at, reading.obstacle) == (None, None, None)


def test_an_appeal_that_gives_its_reason_reports() -> None:
    reading = read("Hati-hati di tikungan Temayang, ada tumpahan solar")
    assert reading.is_traffic and reading.obstacle == "tumpahan solar"


@pytest.mark.parametrize(
    "text",
    [
        "Jalur Bojonegoro-Babat sudah lancar kembali",
        "Truk di Ngraho sudah dievakuasi, arus kembali lancar",
        "Kemarin macet, sekarang arah Padangan sudah lancar",
    ],
)
def test_a_jam_that_has_cleared_is_a_report(text: str) -> None:
    reading = read(text)
    assert (reading.is_traffic, reading.flow, reading.cleared) == (True, "lancar", True)


def test_the_object_of_the_pipe() -> None:
    data = read("07.10 kali tidu arah Cepu macet").as_json()
    assert list(data) == [
        "text", "is_traffic", "time", "places", "at", "toward", "flow", "obstacle", "kind", "confidence",
    ]  # fmt: skip
    assert [place["name"] for place in data["places"]] == ["Kalitidu", "Cepu"]
    assert json.loads(json.dumps(data)) == data


def test_a_reading_becomes_a_report_at_the_time_it_states() -> None:
    seen = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    report = to_report(read("07.10 kali tidu arah Cepu macet"), source="petugas", observed_at=seen)
    assert report.observed_at == datetime(2026, 11, 24, 0, 10, tzinfo=UTC)
    assert (report.place, report.place_ids, report.toward) == ("kali tidu", ("35.22.16",), ("Cepu",))
    assert report.latitude is not None


def test_a_post_of_before_midnight_read_after_it_is_yesterdays() -> None:
    seen = datetime(2026, 11, 24, 17, 10, tzinfo=UTC)
    report = to_report(read("23.50 simpang Jetak macet"), source="petugas", observed_at=seen)
    assert report.observed_at == datetime(2026, 11, 24, 16, 50, tzinfo=UTC)


def test_the_most_specific_place_comes_first() -> None:
    report = to_report(read("Jl. Veteran Bojonegoro macet"), source="x", observed_at=NOON)
    assert report.place_ids[0] == "road:veteran"


def test_a_narrower_place_beside_a_long_road_comes_first() -> None:
    text = "jalan raya bojonegoro cepu tepatnya di desa sumengko ada laka bus dan truk"
    report = to_report(read(text), source="x", observed_at=NOON)
    assert report.place_ids == ("35.22.16.2007", "corridor:bojonegoro-cepu")


def test_two_directions_of_one_post_are_two_reports() -> None:
    reading = read("08.30 Simpang Jetak arah Kalitidu cukup padat sedangkan arah Babat terpantau lancar")
    reports = to_reports(reading, source="x", observed_at=NOON)
    assert [(one.toward, one.flow) for one in reports] == [(("Kalitidu",), "padat"), (("Babat",), "lancar")]
    assert to_report(reading, source="x", observed_at=NOON) == reports[0]


def test_two_places_of_one_post_are_two_reports() -> None:
    text = "Pantauan jam 16.45 WIB Bundaran Adipura ramai lancar, Proliman Kapas arah Babat padat ada truk mogok"
    first, second = to_reports(read(text), source="x", observed_at=NOON + timedelta(hours=5))
    assert (first.place, first.flow, first.obstacle) == ("Bundaran Adipura", "ramai lancar", None)
    assert (second.place, second.toward, second.flow) == ("Proliman Kapas", ("Babat",), "padat")
    assert (second.kind, second.place_ids) == ("breakdown", ("junction:proliman-kapas",))
    assert first.observed_at == second.observed_at


def test_one_place_told_twice_is_one_report() -> None:
    assert len(to_reports(read("Jl. Veteran padat merayap, arus tersendat"), source="x", observed_at=NOON)) == 1


def test_directions_that_share_a_flow_stay_together() -> None:
    reading = read("08.30 Simpang Jetak arah Kalitidu maupun arah Babat ramai lancar")
    (one,) = to_reports(reading, source="x", observed_at=NOON)
    assert one.toward == ("Kalitidu", "Babat")


@pytest.mark.parametrize(
    "text",
    [
        "Pohon tumbang di Temayang sudah disingkirkan",
        "banjir di Jl. Rajawali sudah surut",
        "truk mogok di Balen sudah dievakuasi",
    ],
)
def test_an_obstacle_that_is_gone_is_cleared(text: str) -> None:
    reading = read(text)
    assert (reading.is_traffic, reading.cleared, reading.flow) == (True, True, None)


def test_a_detour_is_kept() -> None:
    report = to_report(
        read("Jembatan Glendeng ditutup, arus dialihkan lewat Jembatan Sosrodilogo"), source="x", observed_at=NOON
    )
    assert report.detour == "Jembatan Sosrodilogo"


@given(st.text(max_size=300))
def test_any_text_is_read_without_trouble(text: str) -> None:
    reading = read_report(text)
    assert reading.text == text
    assert reading.flow is None or reading.flow in FLOWS
    assert 0.0 <= reading.confidence <= 1.0
    if reading.at is not None:
        assert reading.at.strip()


SIGNS = [*"().,?!:-/&#…", "\n", "07.15", "RT", "@x"]
WORDS = ["macet", "padat", "di", "jalan", "arah", "km", "truk", "mogok", "lancar", "dari", "ke", "kota", *SIGNS]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_order_of_its_own_words_is_read_without_trouble(words: list[str]) -> None:
    reading = read_report(" ".join(words), now=NOON)
    assert to_report(reading, source="x", observed_at=NOON).observed_at is not None


def test_long_text_is_read_in_a_moment() -> None:
    reading = read_report("macet di jalan veteran " * 2000)
    assert reading.is_traffic


def test_time_never_lies_in_the_future() -> None:
    for hour in range(24):
        report = to_report(read(f"{hour:02d}.00 simpang Jetak macet"), source="x", observed_at=NOON)
        assert report.observed_at is not None
        assert timedelta(hours=-1) <= NOON - report.observed_at < timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("06.20 WIB arus lalin simpang empat Jetak terpantau ramai lancar", "simpang empat Jetak"),
        ("06.20 lalin pertigaan tiga Kapas macet", "pertigaan tiga Kapas"),
        ("di simpang tiga arah Cepu macet", "simpang tiga"),
    ],
)
def test_how_many_roads_meet_is_part_of_the_name(text: str, at: str) -> None:
    assert read_report(text).at == at


@pytest.mark.parametrize(
    ("text", "time", "until"),
    [
        ("truk mogok di Jl Veteran, jalan ditutup sampai pukul 16.00", None, "16:00"),
        ("07.15 jalan pemuda ditutup hingga pukul 17.00 WIB ada karnaval", "07:15", "17:00"),
        ("perbaikan jembatan Kaliketek s/d jam 4 sore, arus padat", None, "16:00"),
        ("Jl Pahlawan ditutup 07.00 - 10.00 karena CFD", "07:00", "10:00"),
        ("Hingga pukul 06.45 WIB arus lalin simpang Kapas terpantau lancar", "06:45", None),
        ("info lalin: sampai pukul 07.00 antrean di Kaliketek masih mengular", "07:00", None),
        ("macet sampai jam 7 tadi di Sumberrejo", "07:00", None),
        ("06.45 simpang Kapas lancar", "06:45", None),
    ],
)
def test_the_time_at_which_something_ends_is_not_when_it_was_seen(
    text: str, time: str | None, until: str | None
) -> None:
    reading = read_report(text)
    assert (reading.time, reading.until) == (time, until)


@pytest.mark.parametrize(
    ("text", "place", "obstacle"),
    [
        (
            "kecelakaan depan Pasar Balen, sepeda motor lawan mobil pikap, arus tersendat",
            "depan Pasar Balen",
            "kecelakaan antara sepeda motor dan mobil pikap",
        ),
        (
            "tabrakan motor vs truk dkt Jembatan Sosrodilogo",
            "dekat Jembatan Sosrodilogo",
            "tabrakan antara motor dan truk",
        ),
        ("kecelakaan motor dan pikap di Pasar Balen", "Pasar Balen", "kecelakaan antara motor dan pikap"),
        ("kecelakaan di Pasar Balen, motor dan mobil harap pelan", "Pasar Balen", "kecelakaan"),
        ("ada kecelakaan di depan toko Makmur Jaya, macet", "toko Makmur Jaya", "kecelakaan"),
        ("Simpang Kapas arah Babat macet, depan Pasar Balen lancar", "Simpang Kapas", None),
    ],
)
def test_a_report_keeps_who_met_and_how_it_lies_to_a_place_that_is_known(
    text: str, place: str, obstacle: str | None
) -> None:
    made = to_report(read(text), source="a", observed_at=NOON)
    assert (made.place, made.obstacle) == (place, obstacle)


def test_a_stated_end_holds_for_works_and_closures_and_not_for_jams() -> None:
    seen = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    reading = read_report("jalan pemuda ditutup hingga pukul 17.00 ada karnaval")
    closed = to_report(reading, source="a", observed_at=seen)
    assert closed.expires_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    night = to_report(read_report("perbaikan jembatan, jalan ditutup sampai pukul 02.00"), source="a", observed_at=seen)
    assert night.expires_at is None
    jam = to_report(read_report("macet di simpang Kapas sampai pukul 16.00"), source="a", observed_at=seen)
    assert jam.expires_at is None
