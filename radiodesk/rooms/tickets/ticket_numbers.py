"""Ticket numbers that can be spoken and heard right: two digits of the year, six drawn ones, and a check digit.

They are drawn, not counted: a number must not tell how many complaints there are, nor which came before which.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): it finds every single wrong digit
and every swap of neighbours, which are the slips of somebody who repeats a number over the telephone.
"""

import re
import secrets
from collections.abc import Callable, Iterator

from stdnum import damm

from radiodesk.language.spoken.heard_digits import heard_digits
from radiodesk.language.spoken.numerals import DIGITS

_NUMBER = re.compile(r"[0-9]{7,11}")
_MOST_SIGNS = 200
_DRAWN_DIGITS = 6
_PIN_DIGITS = 6
_FEWEST_DIFFERENT = 3


def draw(year: int, random_below: Callable[[int], int] = secrets.randbelow) -> str:
    """A number of a year that may be taken already, such as ``26-480213-8``.

    ``random_below(n)`` gives a number from 0 to n - 1.
    """
    return make(random_below(10**_DRAWN_DIGITS), year)


def make(drawn: int, year: int) -> str:
    """The number with these drawn digits."""
    body = f"{year % 100:02}{drawn:0{_DRAWN_DIGITS}}"
    return f"{body[:2]}-{body[2:]}-{damm.calc_check_digit(body)}"


def parse(heard: str) -> str | None:
    """The number as it is stored, from what was typed or said; ``None`` when its digits do not fit together.

    Numbers of earlier releases, which counted (``26-0417-7``), stay valid.

    Digits may be written or said in Indonesian or Javanese ("lapan", "dobel dua", "dua puluh enam"), in any grouping,
    with other words around them.
    """
    for digits in _candidates(heard[:_MOST_SIGNS]):
        if _NUMBER.fullmatch(digits) and damm.is_valid(digits):
            return f"{digits[:2]}-{digits[2:-1]}-{digits[-1]}"
    return None


def _candidates(heard: str) -> Iterator[str]:
    """Each unbroken run of digits, as a date may stand beside the number, then all of them together."""
    runs = [run.digits for run in heard_digits(heard)]
    yield from runs
    yield "".join(runs)


def spoken(text: str) -> str:
    """The digits of a number or a PIN as they are read out, in groups of two or three with a pause between."""
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in group) for group in _groups(text))


def pin(random_below: Callable[[int], int] = secrets.randbelow) -> str:
    """Six random digits of which at least three differ, as "000000" and "121212" are tried first.

    ``random_below(n)`` gives a number from 0 to n - 1.
    """
    while True:
        digits = f"{random_below(10**_PIN_DIGITS):0{_PIN_DIGITS}}"
        if len(set(digits)) >= _FEWEST_DIFFERENT and not _counts(digits):
            return digits


def _counts(digits: str) -> bool:
    """Whether each digit follows the one before, upwards or downwards."""
    return digits in "0123456789" or digits in "9876543210"


def _groups(text: str) -> list[str]:
    found = []
    for run in re.findall(r"[0-9]+", text):
        size = 3 if len(run) % 3 == 0 else 2
        found += [run[start : start + size] for start in range(0, len(run), size)]
    return found
