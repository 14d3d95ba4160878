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
        ("Simpang Empat Proliman padat, mohon hindari lewat Jl. Teuku Umar", None),
        ("Jl. Veteran macet, hindari jalur via Kapas", None),
        ("Banjir di Kapas, sebaiknya jangan melalui Jl. Raya Kapas", None),
        ("Banjir di Kapas, sebaiknya tidak lewat Jl. Raya Kapas", None),
        ("Jl. Veteran macet, arus dialihkan, jangan lewat Kapas", None),
        ("Jl. Veteran macet, hindari Jl. Pemuda, lewat Jl. Kartini", "Jl. Kartini"),
        ("Jl. Veteran macet, hindari lewat Jl. Pemuda, silakan lewat Jl. Kartini", "Jl. Kartini"),
        ("Macet di Sumberrejo, lewat Balen juga macet", None),
        ("Macet di Sumberrejo, lewat Balen saja juga padat", None),
        ("Macet di Sumberrejo, lewat Balen tidak macet", "Balen"),
        ("Jl. Veteran ditutup, lewat jalan alternatif saja", None),
        ("Jl. Veteran ditutup, dialihkan lewat jalan lain", None),
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
        ("Jembatan Malo tidak bisa dilewati truk", "truk", ""),
        ("Jl. Ahmad Yani dibuka kembali setelah ditutup total bagi truk", "", ""),
        ("Jl. Veteran tidak lagi ditutup total untuk truk", "", ""),
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


@pytest.mark.parametrize(
    ("text", "flow", "kind"),
    [
        ("Jl. Veteran tidak ditutup, arus padat", "padat", "flow"),
        ("Truk terguling di Kalitidu, jalan tidak ditutup total", None, "accident"),
        ("Truk terguling di Kalitidu, jalan belum ditutup", None, "accident"),
        ("Jl. Dr. Cipto tidak lagi ditutup untuk truk", "lancar", "flow"),
        ("Jl. Dr. Cipto sudah tidak ditutup", "lancar", "flow"),
        ("Jl. Ahmad Yani dibuka kembali setelah ditutup total sejak subuh", "lancar", "flow"),
        ("Setelah ditutup sejak subuh, Jl. Ahmad Yani dibuka kembali", "lancar", "flow"),
        ("Jalan Raya Dander tidak ditutup, hanya dialihkan untuk truk lewat Temayang", "dialihkan", "closure"),
        ("Jl. Ahmad Yani tidak ada penutupan, arus lancar", "lancar", "flow"),
        ("Jl. Dr. Cipto lagi ditutup", "ditutup", "closure"),
    ],
)
def test_a_road_that_is_not_closed_is_not_told_as_closed(text: str, flow: str | None, kind: str) -> None:
    reading = read(text)
    assert (reading.flow, reading.kind) == (flow, kind)


def test_what_says_only_that_a_road_is_not_closed_reports_nothing() -> None:
    assert not read("Jl. Veteran belum ditutup total").is_traffic
    assert live("Jl. Dr. Cipto ditutup bagi truk", "Jl. Dr. Cipto tidak lagi ditutup bagi truk")[0].flow == "lancar"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Kecelakaan di Jl. Veteran, korban sudah dievakuasi", False),
        ("Kecelakaan di Jl. Veteran, korban sudah dievakuasi, arus lancar", False),
        ("Kecelakaan di Jl. Veteran, korban luka, sudah dievakuasi", False),
        ("Truk terguling di Balen, sudah dievakuasi ke RSUD", False),
        ("Kecelakaan di Jl. Veteran, pengemudi mobil sudah dievakuasi, mobil masih melintang di jalan", False),
        ("Laka lantas di Balen, polisi sudah evakuasi korban", False),
        ("Truk mogok di Simpang Jetak, sudah ada petugas evakuasi", False),
        ("Pohon tumbang di Dander sudah dipotong sebagian", False),
        ("Pohon tumbang di Dander sebagian sudah dipotong", False),
        ("Laka di Jl. Veteran, korban dan truk sudah dievakuasi", True),
        ("Truk terguling di Balen sudah dievakuasi", True),
        ("Truk mogok di Balen, polisi sudah evakuasi truk", True),
        ("Pohon tumbang di Dander sudah dipotong, arus lancar", True),
    ],
)
def test_people_who_were_helped_leave_the_road_as_it_is(text: str, gone: bool) -> None:
    assert read(text).cleared is gone


def test_what_is_there_no_more_only_in_part_stays_on_the_board() -> None:
    (one,) = live(
        "Truk mogok di Simpang Jetak, padat", "Truk mogok di Simpang Jetak, sudah ada petugas evakuasi, macet"
    )
    assert (one.kind, one.flow) == ("breakdown", "macet")


@pytest.mark.parametrize("variation", [0, 1])
def test_who_was_hit_by_a_train_met_with_an_accident(variation: int) -> None:
    text = said("Pengendara motor tertabrak kereta di perlintasan Kapas", variation=variation)
    assert "kecelakaan kereta di perlintasan Kapas" in text and "tertabrak" not in text


@pytest.mark.parametrize("words", ["Tidak ada kecelakaan", "Tidak ada laporan kecelakaan", "Tidak terjadi kecelakaan"])
def test_an_accident_that_is_denied_is_none(words: str) -> None:
    reading = read(f"{words} di Ngraho, arus lancar")
    assert (reading.kind, reading.flow, reading.obstacle) == ("flow", "lancar", None)
