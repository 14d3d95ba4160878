"""Which official warnings concern the station, and which of its districts."""

from datetime import UTC, datetime

import pytest

from radiodesk.language.places.nouns import AreaPack
from radiodesk.language.places.pack import load_pack
from radiodesk.road.bulletin.official_warnings import Warned, cut_to_area
from radiodesk.road.ports import Alert


@pytest.fixture(scope="module")
def pack() -> AreaPack:
    return load_pack("bojonegoro")


def warned(pack: AreaPack, headline: str, description: str = "") -> Warned | None:
    sent = datetime(2026, 3, 1, 8, tzinfo=UTC)
    return cut_to_area(Alert("1", "badan contoh", "Hujan Lebat", headline, description, sent=sent), pack)


@pytest.mark.parametrize(
    ("headline", "districts"),
    [
        ("Hujan lebat di Kecamatan Dander", {"Dander"}),
        ("Hujan lebat di Kecamatan Dander dan Kecamatan Kapas", {"Dander", "Kapas"}),
        ("Hujan lebat di Kec. Dander dan Kec. Kapas", {"Dander", "Kapas"}),
        ("Hujan lebat di Kec.Dander, Kec.Kapas", {"Dander", "Kapas"}),
        ("Hujan lebat di Kecamatan Dander, Balen dan Kapas hari ini", {"Dander", "Balen", "Kapas"}),
        ("HUJAN LEBAT DI KECAMATAN DANDER SERTA KAPAS, KABUPATEN BOJONEGORO", {"Dander", "Kapas"}),
        ("Hujan lebat di Kecamatan Dander dan Kecamatan Bojonegoro", {"Dander", "Bojonegoro"}),
        ("Hujan lebat di Kecamatan Sumber Rejo malam ini", {"Sumberrejo"}),
    ],
)
def test_districts_of_a_headline_are_all_told(pack: AreaPack, headline: str, districts: set[str]) -> None:
    found = warned(pack, headline, "Waspada di wilayah Bojonegoro.")
    assert found is not None
    assert set(found.districts) == districts
    assert not found.whole_area


@pytest.mark.parametrize(
    ("headline", "description"),
    [
        ("Hujan lebat di Bojonegoro", ""),
        ("Hujan lebat di sejumlah kecamatan di Bojonegoro", ""),
        ("Hujan lebat di Bojonegoro dan Tuban", ""),
        ("Peringatan dini cuaca", "Hujan lebat di Bojonegoro dan sekitarnya."),
        ("Peringatan dini cuaca Jawa Timur", "Hujan lebat di Bojonegoro dan sekitarnya."),
    ],
)
def test_a_warning_of_the_area_is_told_for_the_whole_of_it(pack: AreaPack, headline: str, description: str) -> None:
    found = warned(pack, headline, description)
    assert found is not None
    assert found.whole_area


@pytest.mark.parametrize(
    "headline",
    [
        "Banjir di Tuban",
        "Banjir di Kabupaten Tuban",
        "Banjir di Kecamatan Contohan dan Kecamatan Misalan",
        "Banjir di Kecamatan Contohan, Bojonegoro",
        "Banjir di Kecamatan Kapas, Tuban",
        "Cuaca buruk di Jawa Barat",
        "Banjir di Kota Contoh",
    ],
)
def test_a_warning_of_elsewhere_is_not_told_because_its_text_names_the_area(pack: AreaPack, headline: str) -> None:
    assert warned(pack, headline, "Air Bengawan Solo dari arah Bojonegoro naik.") is None
