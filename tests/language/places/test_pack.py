"""Area packs: the one that ships is whole, and what is wrong with another is said in a sentence."""

import json
import runpy
import shutil
from pathlib import Path

import pytest

from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.language.places.pack import BUILT_IN, built_in_packs, check_pack, load_pack

SCRIPT = runpy.run_path(str(Path(__file__).parents[3] / "scripts/build_area_pack.py"))
GAZETTEER = Path(__file__).parents[4] / "shared/data/gazetteer"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    shutil.copytree(BUILT_IN / "bojonegoro", folder)
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_pack_that_ships_is_good() -> None:
    assert "bojonegoro" in built_in_packs()
    assert check_pack("bojonegoro") == []


def test_it_holds_the_whole_district() -> None:
    pack = load_pack("bojonegoro")
    kinds = [place.kind for place in pack.places]
    assert (kinds.count("kecamatan"), kinds.count("desa"), len(pack.roads)) == (28, 430, 242)
    assert sum(road.length for road in pack.roads) > 800_000
    assert all(road.lines for road in pack.roads)
    assert all(place.point for place in pack.places if place.kind == "kecamatan")


def test_main_roads_are_in_driving_order() -> None:
    pack = load_pack("bojonegoro")
    corridor = pack.corridor_by_id["corridor:bojonegoro-babat"]
    order = [pack.place_by_id[identity].name for identity in corridor.places]
    assert order.index("Kapas") < order.index("Balen") < order.index("Sumberrejo") < order.index("Baureno")
    found = pack.corridor_position(("35.22.12",))
    assert found is not None and found[0] is corridor


def test_each_kecamatan_has_its_polsek() -> None:
    pack = load_pack("bojonegoro")
    for place in pack.places:
        if place.kind == "kecamatan":
            assert pack.units_for(place.id)[0].name == f"Kepolisian Sektor {place.name}"
    assert "satlantas" in {unit.id for unit in pack.units_for("35.22.12.2001")}


def test_a_village_lies_in_its_kecamatan_and_the_area() -> None:
    pack = load_pack("bojonegoro")
    assert pack.ancestors("35.22.06.2013") == ("35.22.06.2013", "35.22.06", "35.22")


def test_an_unknown_pack_names_those_there_are() -> None:
    with pytest.raises(NotFound, match="bojonegoro"):
        load_pack("atlantis")


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("pack.toml", 'time_zone = "Asia/Jakarta"', 'time_zone = "Asia/Bojonegoro"', "is not a time zone"),
        ("pack.toml", 'police = "110"', 'police = "satu"', "emergency number «police»"),
        ("pack.toml", 'seat = "35.22.15"', 'seat = "35.22.99"', "seat 35.22.99 is not a place"),
        ("pack.toml", 'code = "35.22"', "", "lacks code"),
        ("pack.toml", "[emergency]", "[emergency", "cannot be read as TOML"),
        ("landmarks.tsv", "\tsquare\t", "\tplaza\t", "unknown kind «plaza»"),
        ("landmarks.tsv", "\t-7.1508\t111.8815", "\t111.8815\t-7.1508", "swapped"),
        ("landmarks.tsv", "\t-7.1508\t", "\tselatan\t", "not a number of degrees"),
        ("places.tsv", "\t\t35.22.01\t", "\t\t35.22.77\t", "lies in 35.22.77"),
        ("roads.tsv", "\t7240\t", "\t7,2 km\t", "not whole metres"),
        ("roads.geojson", '"id":"road:mayangkoro"', '"id":"road:lost"', "road:mayangkoro has no line"),
        ("corridors.toml", '"junction:proliman-kapas"', '"junction:lost"', "meets junction:lost"),
        ("units.toml", 'id = "satlantas"', 'id = "satreskrim"', "used 2 times"),
        ("aliases.tsv", "35.22.28\t", "35.22.29\t", "aliases.tsv names 35.22.29"),
    ],
)
def test_what_is_wrong_is_said(copy: Path, file: str, old: str, new: str, sentence: str) -> None:
    change(copy / file, old, new)
    problems = check_pack(copy)
    assert any(sentence in problem for problem in problems), problems
    with pytest.raises(Unreadable):
        load_pack(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "units.toml").unlink()
    assert check_pack(copy) == ["units.toml is missing; every pack needs it."]


def test_the_boundary_is_one_closed_ring_around_the_seat() -> None:
    pack = load_pack("bojonegoro")
    shape = json.loads((pack.folder / "boundary.geojson").read_text(encoding="utf-8"))["features"][0]["geometry"]
    ring = shape["coordinates"][0][0]
    assert ring[0] == ring[-1]
    longitudes = [longitude for longitude, _ in ring]
    assert min(longitudes) < 111.88 < max(longitudes)


def test_simplifying_keeps_bends_and_drops_the_rest() -> None:
    straight = [(111.0, -7.0), (111.001, -7.0), (111.002, -7.0)]
    bent = [(111.0, -7.0), (111.001, -7.01), (111.002, -7.0)]
    assert SCRIPT["simplify"](straight, 10) == [straight[0], straight[2]]
    assert SCRIPT["simplify"](bent, 10) == bent
    assert 110 < SCRIPT["metres"]((111.0, -7.0), (111.001, -7.0)) < 111


def test_road_and_end_names_are_as_people_say_them() -> None:
    assert SCRIPT["road_name"]("Jalan Talun- Sumberwangi") == "Jalan Talun - Sumberwangi"
    assert SCRIPT["road_name"]("Jalan Ruas Jalan Wotan - Kayulemah") == "Jalan Wotan - Kayulemah"
    assert SCRIPT["end_name"]("JN. KM. 0.0 Sumberrejo") == "Simpang Sumberrejo"
    assert SCRIPT["end_name"]("Pertigaan Pasar Kedungadem") == "Pertigaan Pasar Kedungadem"
    assert SCRIPT["end_name"]("Jl. Teuku Umar") is None


@pytest.mark.skipif(not GAZETTEER.is_dir(), reason="needs ../shared/data/gazetteer")
def test_the_generated_files_are_what_the_script_makes(tmp_path: Path) -> None:
    shutil.copy(BUILT_IN / "bojonegoro" / "corrections.tsv", tmp_path)
    SCRIPT["build"](GAZETTEER, "bojonegoro", tmp_path)
    for name in ("places.tsv", "roads.tsv", "roads.geojson", "junctions.tsv", "boundary.geojson"):
        assert (tmp_path / name).read_bytes() == (BUILT_IN / "bojonegoro" / name).read_bytes(), name
