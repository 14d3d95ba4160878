"""The place finder on clean and on misheard text, and on words that only look like places."""

import json
from functools import cache
from pathlib import Path

import pytest

from radiodesk.language.places.finder import FoundPlace, PlaceFinder
from radiodesk.language.places.pack import load_pack
from radiodesk.language.places.sound_keys import sound_key

FIXTURE = Path(__file__).parent / "fixtures/heard.tsv"
POSTS = Path(__file__).parents[4] / "shared/data/reports/traffic_or_not.tsv"


@cache
def finder() -> PlaceFinder:
    return PlaceFinder(load_pack("bojonegoro"))


def find(text: str) -> list[FoundPlace]:
    return finder().find(text)


def names(text: str) -> list[str]:
    return [place.name for place in find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jl. Diponegoro macet total", ["Jalan Diponegoro"]),
        ("mcet total jl veteran ada truk mogok dpn ps kota", ["Jalan Veteran", "Pasar Kota Bojonegoro"]),
        ("jl raya gajah mada depan rs aisyiyah padat", ["Jalan Gajah Mada", "RS Aisyiyah Bojonegoro"]),
        ("perempatan kapas padat merayap", ["Simpang Kapas"]),
        ("proliman kapas padat", ["Proliman Kapas"]),
        ("pertigaan pacul ada truk terguling", ["Pertigaan Pacul"]),
        ("di perempatan jetak arah alun-alun", ["Bundaran Jetak", "Alun-Alun Bojonegoro"]),
        ("Jalan Dander - Ngasem rusak parah", ["Jalan Dander - Ngasem"]),
        ("dari ngasem ke dander lancar, ngambon banjir", ["Ngasem", "Dander", "Ngambon"]),
        ("macet arah Cepu", ["Cepu"]),
        ("Kapas macet", ["Kapas"]),
        ("jembatan kali ketek ditutup", ["Jembatan Kaliketek"]),
        ("jalan Sutomo padat", ["Jalan Dr. Soetomo"]),
        ("simpang empat Jetak lancar", ["Bundaran Jetak"]),
        ("simpang empat veteran lancar", ["Perempatan Veteran"]),
    ],
)
def test_clean_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def heard() -> list[tuple[str, str]]:
    lines = FIXTURE.read_text(encoding="utf-8").splitlines()
    return [(said, name) for said, name in (line.split("\t") for line in lines if not line.startswith("#"))]


@pytest.mark.parametrize("pattern", ["ada kecelakaan di {} pak", "macet arah {} lur", "{} macet total"])
def test_nineteen_of_twenty_misheard_names_are_found(pattern: str) -> None:
    cases = heard()
    missed = [said for said, name in cases if name not in names(pattern.format(said))]
    assert len(missed) <= len(cases) / 20, missed


@pytest.mark.parametrize(
    "text",
    [
        "saya sudah bareng teman di pojok",
        "beli kapas di toko",
        "bu sekar ingin bertanya",
        "pak tejo sudah datang",
        "nama saya hartono",
        "saya ke dewan rakyat",
        "pandangan mata kosong",
        "jari tangan saya luka",
        "lagi nonton film panjang banget",
        "Bundaran HI macet arah Semanggi",
        "tidak ada kebaikan yang sia sia",
    ],
)
def test_everyday_words_and_people_are_no_places(text: str) -> None:
    assert names(text) == []


def test_a_doubtful_word_is_believed_beside_its_kecamatan() -> None:
    assert names("desa sudah kecamatan malo banjir") == ["Sudah", "Malo"]
    assert names("arah sukorejo malo") == ["Sukorejo", "Malo"]
    assert names("sudah banjir") == []


def test_a_person_and_a_place_in_one_sentence() -> None:
    assert names("pak tejo dari kanor melapor jalan rusak") == ["Kanor"]


def test_the_nearer_of_two_places_of_one_name() -> None:
    (malo, _), (seat,) = find("arah sukorejo malo"), find("di sukorejo macet")
    assert (malo.code, seat.code) == ("35.22.17.2015", "35.22.15.2003")


def test_the_word_before_tells_village_from_kecamatan() -> None:
    place, kecamatan = find("banjir di desa ngraho kecamatan gayam")
    assert (place.kind, place.code) == ("desa", "35.22.28.2009")
    assert (kecamatan.kind, kecamatan.code) == ("kecamatan", "35.22.28")


def test_of_two_crossings_in_one_town_the_one_that_is_written_so_is_meant() -> None:
    assert names("genangan air di Simpang Purwosari") == ["Simpang Purwosari"]
    assert names("macet di pertigaan Purwosari") == ["Pertigaan Purwosari"]


def test_the_longer_name_wins() -> None:
    assert names("di pasar sumberrejo") == ["Pasar Sumberrejo"]
    assert names("dari padang an menuju kota") == ["Padangan"]


def test_kilometres_belong_to_the_road() -> None:
    (place,) = find("jalur bojonegoro babat km 12 macet")
    assert (place.name, place.kilometre) == ("Bojonegoro–Babat", 12.0)


def test_offsets_cut_the_wording_out_of_the_text() -> None:
    text = "Lapor, di kali tidu arah Cepu macet"
    assert [text[place.start : place.end] for place in find(text)] == ["kali tidu", "Cepu"]


def test_what_is_printed_has_the_fields_of_the_pipe() -> None:
    (place,) = find("Kecamatan Balen")
    data = place.as_json()
    assert list(data) == ["name", "kind", "code", "start", "end", "score"]
    assert json.loads(json.dumps(data))["code"] == "35.22.13"


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "🚗🚗🚗", "a" * 5000, "di " * 3000, "\u0000\ud800".replace("\ud800", "")]
)
def test_odd_text_is_no_trouble(text: str) -> None:
    assert find(text) == []


def test_sounds_fold_what_the_ear_confuses() -> None:
    for one, other in [
        ("ngumpakdalam", "ngumpakdalem"),
        ("bojonagara", "bojonegoro"),
        ("djetak", "jetak"),
        ("kapoh", "kapo"),
    ]:
        assert sound_key(one) == sound_key(other)
    assert sound_key("kapas") != sound_key("balen")


@pytest.mark.skipif(not POSTS.is_file(), reason="needs ../shared/data/reports")
def test_posts_on_no_subject_hold_hardly_a_place() -> None:
    rows = [line.split("\t") for line in POSTS.read_text(encoding="utf-8").splitlines()[1:]]
    texts = [text for text, label, _ in rows if label == "other"]
    with_places = [text for text in texts if find(text)]
    assert len(with_places) <= len(texts) / 400, with_places
