"""Another regency makes its own pack by the steps of docs/area-packs.md, and speaks of its roads at once."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.pack import BUILT_IN, check_pack, load_pack
from radiodesk.road.bulletin import compose
from radiodesk.road.feed_files import read_posts
from radiodesk.road.fusion import fuse
from scripts.build_area_pack import build

REGISTERS = Path(__file__).parent / "fixtures" / "contohan"
AT = datetime(2026, 11, 23, 23, 50, tzinfo=UTC)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The registers through the script, the heading changed, three files written by hand."""
    folder = tmp_path / "pack"
    build(REGISTERS, "contohan", folder)
    heading = (BUILT_IN / "bojonegoro" / "pack.toml").read_text(encoding="utf-8")
    for ours, theirs in (
        ('"bojonegoro"', '"contohan"'),
        ('"Bojonegoro"', '"Contohan"'),
        ('"35.22"', '"99.01"'),
        ('"35.22.15"', '"99.01.01"'),
    ):
        heading = heading.replace(ours, theirs)
    (folder / "pack.toml").write_text(heading, encoding="utf-8")
    for name in ("corridors.toml", "landmarks.tsv", "units.toml"):
        shutil.copy(REGISTERS / name, folder / name)
    return folder


def test_a_pack_made_by_the_steps_of_the_docs_is_good(pack: Path) -> None:
    assert check_pack(str(pack)) == []
    assert [road.name for road in load_pack(str(pack)).roads][2] == "Jalan Kartini"


def test_its_bulletin_names_its_own_roads_in_its_own_order(pack: Path) -> None:
    area = load_pack(str(pack))
    posts = "06.45 pertigaan tambakwatu padat\n06.40 simpang rejosari arah Girimulyo macet ada truk mogok"
    reports = read_posts(posts, source="petugas", now=AT, finder=PlaceFinder(area), zone=area.time_zone)
    text = compose(fuse(reports, AT), at=AT, seconds=60, pack=area).text
    assert "wilayah Contohan" in text
    assert "jalur Rejosari–Girimulyo" in text
    assert text.index("Simpang Rejosari arah Girimulyo") < text.index("Pertigaan Tambakwatu")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data["features"].pop(), "3 roads are listed and 2 are drawn"),
        (lambda data: data["features"][1].update(geometry=None), "Road 2 of the road map is no line"),
    ],
)
def test_what_does_not_fit_together_stops_with_a_sentence(tmp_path: Path, change: object, sentence: str) -> None:
    shutil.copytree(REGISTERS, tmp_path / "registers")
    path = tmp_path / "registers" / "roads_contohan.geojson"
    data = json.loads(path.read_text())
    assert callable(change)
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(SystemExit, match=sentence):
        build(tmp_path / "registers", "contohan", tmp_path / "pack")


def test_slips_of_a_register_are_put_right(tmp_path: Path) -> None:
    (tmp_path / "corrections.tsv").write_text("written\tright\nSimpang Rejosari\tSimpang Empat Rejosari\n")
    build(REGISTERS, "contohan", tmp_path)
    assert "Simpang Empat Rejosari" in (tmp_path / "junctions.tsv").read_text()
