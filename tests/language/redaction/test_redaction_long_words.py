"""One message cannot hold up the redactor: whatever is sent is looked through in a moment."""

import time

import pytest

from radiodesk.language.redaction import find_private


@pytest.mark.parametrize(
    "text",
    [
        *(
            "A" * 7_900,
            "a." * 4_000,
            "a1_" * 2_600,
            "satu " * 1_600,
            "@" * 8_000,
            "0" * 8_000,
            "a b " * 2_000,
            "é" * 8_000,
        ),
        *("hubungi nama" + "_a" * 40 + " saja! at rumah.com", "_" * 40 + "! @contoh.com", "a@" + "-" * 200),
        *("lihat foto @" + "_" * 90, "jalan " + "_" * 900, "ig" + " " * 8_000),
    ],
)
def test_a_long_word_is_looked_through_in_a_moment(text: str) -> None:
    find_private("siap")
    begun = time.process_time()
    find_private(text)
    assert time.process_time() - begun < 5


def test_an_address_that_is_said_is_still_found() -> None:
    for text in (
        "kirim ke budi santoso at gmail dot com",
        "budi titik santoso keong yahoo titik com ya",
        "tulis budi _ santoso @ toko-buku_kita.co.id",
        "budi__dua_ at toko - buku dot com",
    ):
        assert any(one.kind == "email" for one in find_private(text))


def test_a_house_number_after_a_street_with_dots_or_hyphens_is_still_found() -> None:
    for text in ("Jl. Kapas.No.5", "jalan S.M.P. Lama no 12", "gang mawar-no 3"):
        assert any(one.kind == "address" for one in find_private(text)), text
