"""Names of places come out right, ordinary words stay as they are."""

import pytest

from radiodesk.recognition.name_repair import repair
from radiodesk.recognition.ports import Word

NAMES = ["Kalitidu", "Ngumpakdalem", "Padangan", "Kapas", "Balen", "Sukorejo", "Jalan Untung Suropati", "Sumberrejo"]
ORDINARY = {"saya", "dari", "kapas", "harga", "sumber", "jalan", "di", "naik", "ada", "padang", "balok", "dalam"}


def _words(text: str) -> list[Word]:
    return [Word(float(at), at + 1.0, word, 0.5) for at, word in enumerate(text.split())]


def _mended(text: str) -> str:
    return " ".join(word.word for word in repair(_words(text), NAMES, ordinary=ORDINARY.__contains__).words)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("saya dari kali tidu pak", "saya dari Kalitidu pak"),
        ("macet di ngumpak dalam", "macet di Ngumpakdalem"),
        ("arah padang an, ramai", "arah Padangan, ramai"),
        ("desa suka rejo", "desa Sukorejo"),
        ("di jalan untung surapati macet", "di Jalan Untung Suropati macet"),
        ("warga balan", "warga Balen"),
        ("di kapas", "di Kapas"),
    ],
)
def test_misheard_names_are_mended(heard: str, meant: str) -> None:
    assert _mended(heard) == meant


@pytest.mark.parametrize("heard", ["harga kapas naik", "balok itu", "ada satu dua tiga", "kali. tidur", "", "saya"])
def test_ordinary_speech_is_left_alone(heard: str) -> None:
    assert _mended(heard) == heard


def test_both_spellings_and_the_times_are_kept() -> None:
    repaired = repair(_words("dari kali tidu pak"), NAMES)

    (change,) = repaired.changes
    assert (change.heard, change.meant, change.first, change.after) == ("kali tidu", "Kalitidu", 1, 3)
    assert repaired.words[1] == Word(1.0, 3.0, "Kalitidu", 0.5)
    assert [word.start for word in repaired.words] == [0.0, 1.0, 3.0]


def test_a_name_between_two_others_is_not_guessed() -> None:
    assert not repair(_words("di banjaran"), ["Banjaren", "Banjarin"]).changes
