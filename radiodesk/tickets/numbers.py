"""Ticket numbers that can be spoken and heard right: two digits of the year, a sequence, and a check digit.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): it finds every single wrong digit
and every swap of neighbours, which are the slips of somebody who repeats a number over the telephone.
"""

import re
import secrets

WORDS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")

_HEARD = {word: str(digit) for digit, word in enumerate(WORDS)} | {
    "kosong": "0", "nul": "0", "siji": "1", "loro": "2", "telu": "3", "papat": "4", "limo": "5", "nem": "6",
    "pitu": "7", "wolu": "8", "songo": "9", "sanga": "9", "lapan": "8",
}  # fmt: skip

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip

_FILLING = re.compile(r"[\s.,;:/\-–—_]+|\b(?:strip|garis|dari|nomor|nomer|pengaduan|tiket)\b")


def make(sequence: int, year: int) -> str:
    """The number of the n-th ticket of a year, such as ``26-0417-3``."""
    body = f"{year % 100:02}{sequence:04}"
    return f"{body[:2]}-{body[2:]}-{_check(body)}"


def parse(heard: str) -> str | None:
    """The number as it is stored, from what was typed or said; ``None`` when its digits do not fit together."""
    said = heard.casefold()[:200]
    for word, digit in _HEARD.items():
        said = re.sub(rf"\b{word}\b", digit, said)
    digits = _FILLING.sub("", said)
    if not re.fullmatch(r"[0-9]{7,11}", digits) or _check(digits) != "0":
        return None
    return f"{digits[:2]}-{digits[2:-1]}-{digits[-1]}"


def spoken(text: str) -> str:
    """The digits of a number or a PIN as they are read out, in groups of two or three with a pause between."""
    return ", ".join(" ".join(WORDS[int(digit)] for digit in group) for group in _groups(text))


def pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**6):06}"


def _groups(text: str) -> list[str]:
    found = []
    for run in re.findall(r"[0-9]+", text):
        size = 3 if len(run) % 3 == 0 else 2
        found += [run[start : start + size] for start in range(0, len(run), size)]
    return found


def _check(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)
