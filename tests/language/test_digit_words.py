"""Digits come back as the words that were said."""

import pytest

from radiodesk.language.digit_words import cardinal, spell, spoken_texts, spoken_ways, tokens


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (17, "tujuh belas"),
        (100, "seratus"),
        (119, "seratus sembilan belas"),
        (1_000, "seribu"),
        (1_750_000, "satu juta tujuh ratus lima puluh ribu"),
        (100_000, "seratus ribu"),
        (2_000_000_001, "dua miliar satu"),
        (3 * 10**12, "tiga triliun"),
    ],
)
def test_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


def test_digits_are_spelled_with_either_zero() -> None:
    assert spell("0852") == "kosong delapan lima dua"
    assert spell("0852", zero="nol") == "nol delapan lima dua"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("119", "satu satu sembilan"),
        ("119", "seratus sembilan belas"),
        ("Rp50.000", "lima puluh ribu rupiah"),
        ("Rp 50.000", "lima puluh ribu rupiah"),
        ("50,000", "lima puluh ribu"),
        ("1,2,2,4,5", "satu dua dua empat lima"),
        ("4.6.3", "empat enam tiga"),
        ("07.30", "tujuh tiga puluh"),
        ("20%", "dua puluh persen"),
        ("2,5", "dua koma lima"),
        ("0852", "nol delapan lima dua"),
        ("110", "satu satu kosong"),
        ("2015", "dua ribu lima belas"),
        ("0", "nol"),
    ],
)
def test_the_way_that_was_said_is_among_the_readings(written: str, said: str) -> None:
    assert said in spoken_ways(tokens(written)[0]) or said in spoken_texts(written)


@pytest.mark.parametrize("written", ["", "...", "2024-05-06", "1.2.3.4", "0000", "9" * 40, "1/2", "12:30:45", "a1b2"])
def test_no_writing_of_digits_breaks_it(written: str) -> None:
    for text in spoken_texts(written):
        assert not any(character.isdigit() for character in text)


def test_many_numbers_in_one_text_stay_few_readings() -> None:
    assert len(spoken_texts(" ".join(["119"] * 40))) <= 48


def test_hyphens_and_signs_part_words() -> None:
    assert tokens("Dua-dua, empat; lima!") == ["dua", "dua", "empat", "lima"]
