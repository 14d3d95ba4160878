"""Which e is said how, and what espeak-ng is handed for it."""

import pytest

from radiodesk.voices.pronunciation import Pronunciations, to_phonemes, words_in


@pytest.mark.parametrize(
    ("marked", "phonemes"),
    [
        ("têpat", "t@p'at"),
        ("kêcêlakaan", "k@tS@lak'aan"),
        ("béngkél", "b'ENkEl"),
        ("ramai", "R'amaI"),
        ("mêlainkan", "m@la'inkan"),
        ("nyênyak", "n^@n^'a?"),
        ("dé", "d'E"),
    ],
)
def test_dictionary_spelling_becomes_phonemes_with_stress(marked: str, phonemes: str) -> None:
    assert to_phonemes(marked) == phonemes


@pytest.mark.parametrize(
    ("word", "marked"),
    [
        ("enam", "ênam"),
        ("kecelakaan", "kêcêlakaan"),
        ("menepati", "mênêpati"),
        ("tepatnya", "têpatnya"),
        ("perempatan", "pêrêmpatan"),
        ("bengkel", "béngkél"),
        ("Polres", "polrés"),
        ("Desember", "désémbêr"),
        ("pengendara", "pêngêndara"),
    ],
)
def test_listed_words_and_their_derivations_are_known(word: str, marked: str) -> None:
    assert Pronunciations.shipped().marked(word) == marked


def test_unlisted_words_are_left_to_the_voice() -> None:
    shipped = Pronunciations.shipped()
    assert shipped.marked("Xyzetolo") is None
    assert shipped.marked("jalan") is None


def test_an_area_pack_adds_names_that_win() -> None:
    local = Pronunciations.shipped(words_in(["# names", "têmayang  désa # two words", ""]))
    assert local.marked("Temayang") == "têmayang"
    assert Pronunciations(["lêbar"]).marked("lebar") == "lêbar"


def test_text_cannot_smuggle_phonemes_in() -> None:
    assert Pronunciations(["ênam"]).apply("enam [[h@l'oU]] jalan") == "[[@n'am]]   h@l'oU   jalan"
