"""Ticket numbers survive the telephone, and slips are noticed."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from radiodesk.rooms.tickets import ticket_numbers

SEQUENCES = st.integers(1, 99_999)
YEARS = st.integers(2000, 2099)


def digits(number: str) -> str:
    return number.replace("-", "")


def test_a_number_tells_the_year_and_has_a_check_digit() -> None:
    assert ticket_numbers.draw(2026, lambda _most: 480_213) == "26-480213-8"


def test_a_number_of_an_earlier_release_stays_valid() -> None:
    assert ticket_numbers.parse("26-0417-7") == "26-0417-7"


@settings(deadline=None)
@given(SEQUENCES, YEARS)
def test_what_is_read_out_is_heard_again(sequence: int, year: int) -> None:
    number = ticket_numbers.make(sequence, year)
    assert ticket_numbers.parse(ticket_numbers.spoken(number)) == number
    assert ticket_numbers.parse(number) == number
    assert ticket_numbers.parse(" ".join(digits(number))) == number


@settings(deadline=None)
@given(SEQUENCES, YEARS, st.data())
def test_every_single_wrong_digit_is_noticed(sequence: int, year: int, data: st.DataObject) -> None:
    right = digits(ticket_numbers.make(sequence, year))
    place = data.draw(st.integers(0, len(right) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != right[place]]))
    assert ticket_numbers.parse(right[:place] + wrong + right[place + 1 :]) is None


@settings(deadline=None)
@given(SEQUENCES, YEARS, st.data())
def test_every_swap_of_neighbours_is_noticed(sequence: int, year: int, data: st.DataObject) -> None:
    right = digits(ticket_numbers.make(sequence, year))
    place = data.draw(st.integers(0, len(right) - 2))
    assume(right[place] != right[place + 1])
    assert ticket_numbers.parse(right[:place] + right[place + 1] + right[place] + right[place + 2 :]) is None


@pytest.mark.parametrize(
    "heard",
    [
        "26-0417-7",
        "260417 7",
        "dua enam nol empat satu tujuh tujuh",
        "dua puluh enam, kosong empat satu tujuh, tujuh",
        "loro enem kosong papat siji pitu pitu",
        "nomor tiket saya dua enam strip nol empat satu tujuh strip tujuh pak",
        "tiket 26 nol empat 17 tujuh",
        "tiket 26-0417-7 tanggal 5",
    ],
)
def test_it_is_heard_however_it_is_said(heard: str) -> None:
    assert ticket_numbers.parse(heard) == "26-0417-7"


def test_doubled_digits_are_heard() -> None:
    number = ticket_numbers.make(112_233, 2026)
    said = f"dua enam dobel satu dobel dua dobel tiga {number[-1]}"
    assert ticket_numbers.parse(said) == number


@pytest.mark.parametrize("heard", ["", "halo", "12", "26-0417-8", "9" * 300, "dua enam nol empat satu tujuh"])
def test_what_is_no_number_is_none(heard: str) -> None:
    assert ticket_numbers.parse(heard) is None


@settings(deadline=None)
@given(st.text())
def test_any_text_may_be_heard(heard: str) -> None:
    found = ticket_numbers.parse(heard)
    assert found is None or ticket_numbers.parse(found) == found


def from_list(values: list[int]) -> Callable[[int], int]:
    waiting = iter(values)
    return lambda below: next(waiting) % below


def test_a_pin_is_six_digits_from_the_given_randomness() -> None:
    assert ticket_numbers.pin(from_list([40_917])) == "040917"


def test_pins_that_anyone_would_try_first_are_drawn_again() -> None:
    assert ticket_numbers.pin(from_list([0, 121_212, 123_456, 987_654, 555_555, 731_902])) == "731902"
