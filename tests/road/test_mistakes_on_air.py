"""Mistakes that were heard on air, each as a kind: how a post is read, and what the bulletin makes of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from radiodesk.language.places.station_area import area_pack, place_finder
from radiodesk.road.bulletin import compose
from radiodesk.road.fusion import fuse
from radiodesk.road.ports import Condition, Report
from radiodesk.road.posts import sort_posts
from radiodesk.road.reading import Reading, read_report

AREA = "bojonegoro"
NOW = datetime(2026, 11, 30, 7, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


def read(text: str) -> Reading:
    return read_report(text, now=NOW, finder=place_finder(AREA))


def reports(*lines: str) -> Iterator[Report]:
    for number, line in enumerate(lines):
        at = NOW - timedelta(minutes=10 - number)
        yield from sort_posts(line, source="uji", at=at, finder=place_finder(AREA), zone="Asia/Jakarta").reports


def live(*lines: str) -> list[Condition]:
    return fuse(reports(*lines), NOW)


def said(*lines: str, variation: int = 0) -> str:
    conditions = fuse(reports(*lines), NOW, include_ended=True)
    return compose(conditions, at=NOW, seconds=300, pack=area_pack(AREA), variation=variation).text


@pytest.mark.parametrize(
    ("text", "toward", "cause"),
    [
        ("Kalitidu macet arah Babat, dampak pasar malam", ("Babat",), "pasar malam"),
        ("Jl. Veteran padat arah Babat, efek truk mogok", ("Babat",), "truk mogok"),
        ("Jl. Veteran padat arah Babat, lantaran perbaikan jalan", ("Babat",), "perbaikan jalan"),
        ("Simpang Jetak padat arah Cepu, jalanan licin", ("Cepu",), None),
        ("Simpang Jetak padat arah Babat, Lamongan", ("Babat", "Lamongan"), None),
    ],
)
def test_what_follows_a_direction_is_a_direction_only_when_written_like_one(
    text: str, toward: tuple[str, ...], cause: str | None
) -> None:
    reading = read(text)
    assert reading.toward == toward
    assert reading.obstacle == cause


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Pohon tumbang di Jalan Veteran menutup separuh jalan", "Jalan Veteran"),
        ("pohon tumbang di jl. panglima sudirman nutup jalan", "jl. panglima sudirman"),
        ("Truk terguling di Jalan Raya Baureno menutupi satu lajur", "Jalan Raya Baureno"),
        ("Simpang 4 Sumbang monitor ramai lancar", "Simpang 4 Sumbang"),
        ("Simpang Sumbang dilaporkan padat", "Simpang Sumbang"),
        ("Banjir di Kanor setinggi lutut", "Kanor"),
        ("Truk mogok di Jalan Veteran menyulitkan pengguna jalan", "Jalan Veteran"),
        ("Jl. Merdeka macet", "Jl. Merdeka"),
        ("Jalan Diponegoro padat", "Jalan Diponegoro"),
    ],
)
def test_a_name_ends_where_the_telling_goes_on(text: str, at: str) -> None:
    assert read(text).at == at


@pytest.mark.parametrize(
    ("text", "detour"),
    [
        ("Pasar Sumberrejo terpantau macet, via Balen", "Balen"),
        ("Jalan Bojonegoro-Babat di Kapas macet, lewat Kepohbaru saja", "Kepohbaru"),
        ("Jalan ditutup di Kapas, dialihkan lewat Sumberrejo", "Sumberrejo"),
        ("Jalan Pemuda ditutup, silakan lewat Jalan Diponegoro", "Jalan Diponegoro"),
        ("Macet di Baureno, cari jalan lain lewat Kepohbaru atau Sugihwaras", "Kepohbaru atau Sugihwaras"),
        ("Jembatan Malo ditutup, alternatif via Padangan", "Padangan"),
        ("Jembatan Malo ditutup total, kendaraan besar dialihkan lewat Padangan", "Padangan, khusus kendaraan besar"),
        ("Jalan Veteran ditutup, kendaraan kecil bisa lewat Sumbang", "Sumbang, khusus kendaraan kecil"),
        ("pukul tujuh lewat sepuluh Simpang Jetak macet", None),
        ("Simpang Jetak macet, truk tidak bisa lewat", None),
        ("Macet lewat Kapas", None),
    ],
)
def test_a_way_round_is_kept(text: str, detour: str | None) -> None:
    assert read(text).detour == detour


@pytest.mark.parametrize(
    ("text", "whom", "extent"),
    [
        ("Jembatan Malo ditutup total untuk kendaraan besar", "kendaraan besar", "total"),
        ("Jembatan Kaliketek ditutup bagi truk", "truk", ""),
        ("Jembatan Malo ditutup total, kendaraan besar dialihkan lewat Padangan", "", "total"),
        ("Banjir di Kanor, motor tidak bisa lewat", "motor", ""),
        ("Pohon tumbang di Jalan Veteran menutup separuh jalan", "", "menutup separuh jalan"),
        ("Jalan Pemuda ditutup", "", ""),
    ],
)
def test_whom_a_closure_concerns_and_how_much_is_closed(text: str, whom: str, extent: str) -> None:
    reading = read(text)
    assert (reading.whom, reading.extent) == (whom, extent)


def test_the_bulletin_says_whom_how_much_and_which_way() -> None:
    text = said("Jembatan Malo ditutup total untuk kendaraan besar, alternatif via Padangan")
    assert "ditutup total bagi kendaraan besar di Jembatan Malo" in text
    assert "melalui Padangan" in text
    assert (
        "pohon tumbang yang menutup separuh jalan"
        in said("Pohon tumbang di Jalan Veteran menutup separuh jalan").lower()
    )


@pytest.mark.parametrize("variation", [0, 1])
def test_no_sentence_gives_itself_as_its_reason_or_says_a_place_twice(variation: int) -> None:
    closed = said("Jalan ditutup di Kapas, dialihkan lewat Sumberrejo", variation=variation).lower()
    assert "karena jalan ditutup" not in closed and "akibat jalan ditutup" not in closed
    light = said("traffic light Simpang Kapas mati, hati-hati", variation=variation)
    assert light.count("Simpang Kapas") == 1
    assert "tergenang banjir" not in said("Jalan Veteran tergenang banjir", variation=variation).lower()
    assert "genangan banjir di Jalan Veteran" in said("Jalan Veteran tergenang banjir", variation=variation)
    assert "erjadi truk terguling" not in said("Truk terguling di Kapas", variation=variation)


def test_what_was_taken_away_is_not_told_as_still_there() -> None:
    (jam,) = live("Truk mogok di Simpang Jetak, macet", "Truk mogok di Simpang Jetak sudah dievakuasi, masih padat")
    assert (jam.kind, jam.flow, jam.obstacle) == ("flow", "padat", None)
    (free,) = live("Truk mogok di Simpang Jetak", "Truk mogok di Simpang Jetak sudah dievakuasi, arus lancar")
    assert (free.kind, free.flow, free.obstacle) == ("flow", "lancar", None)
    assert live("Truk mogok di Simpang Jetak", "Truk di Simpang Jetak sudah dievakuasi") == []
    assert [one.kind for one in live("Truk mogok di Simpang Jetak", "Truk di Simpang Jetak belum dievakuasi")] == [
        "breakdown"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "traffic light Simpang Kapas mati, hati-hati",
        "Lampu merah Sumbang mati, hati-hati",
        "Lampu merah simpang Proliman error, harap hati-hati",
        "Jalan Veteran macet, hati hati di jalan",
    ],
)
def test_take_care_is_no_matter_of_the_heart(text: str) -> None:
    assert read(text).is_traffic


def test_a_heart_is_still_none() -> None:
    assert not read("hatiku macet di Simpang Kapas").is_traffic
