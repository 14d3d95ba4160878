"""Digits that somebody dictates: what sounds like one counts as one, and several readings vote."""

import pytest

from radiodesk.recognition.dictation import Reading, as_digits, is_dictated, nearest_digit, voted
from radiodesk.recognition.rescoring import Guess


def readings(*guesses: list[Guess]) -> list[Reading]:
    return [Reading(tuple(some)) for some in guesses]


@pytest.mark.parametrize(
    ("heard", "digit"),
    [
        ("nam", "enam"),
        ("no", "nol"),
        ("pat", "empat"),
        ("dapan", "delapan"),
        ("tuju", "tujuh"),
        ("kosong", "kosong"),
        ("puluh", None),
        ("ratus", None),
        ("selamat", None),
        ("nomor", None),
        ("telepon", None),
    ],
)
def test_what_sounds_like_a_digit_is_one(heard: str, digit: str | None) -> None:
    assert nearest_digit(heard) == digit


def test_written_digits_are_said_one_by_one() -> None:
    assert as_digits("0852-37, nam nam") == ("nol", "delapan", "lima", "dua", "tiga", "tujuh", "enam", "enam")


def test_guesses_that_are_spelled_differently_vote_together() -> None:
    choice = voted(
        readings(
            [Guess("Empat, nol, lima", -3.0), Guess("empat no nam", -3.2)],
            [Guess("4-0-6", -4.0)],
            [Guess("empat nol enam.", -2.0), Guess("empat nol", -2.1)],
        ),
        3.0,
    )
    assert choice is not None
    assert choice.words == choice.written == ("empat", "nol", "enam")
    assert choice.guess.text == "empat nol enam."
    assert all(0 < confidence <= 1 for confidence in choice.confidence)
    assert choice.confidence[0] == pytest.approx(1.0)
    assert choice.confidence[2] < 1


def test_a_digit_that_one_reading_left_out_is_not_lost() -> None:
    choice = voted(
        readings(
            [Guess("satu nol nol dua", -3.0), Guess("satu nol dua", -2.9)],
            [Guess("satu nol dua", -1.0), Guess("satu nol nol dua", -1.3)],
            [Guess("satu nol nol dua", -2.0)],
        ),
        3.0,
    )
    assert choice is not None
    assert choice.words == ("satu", "nol", "nol", "dua")


def test_no_guess_gives_no_line() -> None:
    assert voted(readings([], [Guess(" … ", -1.0)]), 3.0) is None


def test_a_recited_prompt_and_an_endless_row_have_no_vote() -> None:
    prompt = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh")
    endless = Guess(" ".join(["nol lima"] * 40), -1.0)
    choice = voted(
        [
            Reading((Guess("satu dua tiga empat lima enam", -0.1), Guess("dua tiga", -9.0)), prompt),
            Reading((endless, Guess("dua tiga", -9.0))),
        ],
        3.0,
    )
    assert choice is not None
    assert choice.words == ("dua", "tiga")


@pytest.mark.parametrize(
    ("line", "dictated"),
    [
        ("kosong delapan lima dua", True),
        ("nomor kosong delapan lima dua", True),
        ("pat no satu enam nam", True),
        ("satu satu sembilan selamat malam", False),
        ("nomor telepon saya delapan dua", False),
        ("no nam pat", False),
        ("dua", False),
        ("dua puluh lima orang", False),
    ],
)
def test_dictation_is_mostly_digits(line: str, dictated: bool) -> None:
    assert is_dictated(line.split()) is dictated
