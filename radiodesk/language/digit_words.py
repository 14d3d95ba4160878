"""Numbers as they were said: the digits that a recogniser writes become the words that a caller spoke.

A recogniser that heard "satu satu sembilan" may write 119, and 750 for "tujuh ratus lima puluh". Nobody can tell from
the digits alone, so every likely way to say them is given, and the language model chooses among them by what stands
around them. What reads a *written* text aloud is another matter (``radiodesk.language.spoken``).
"""

import re
from collections.abc import Iterator
from itertools import islice, product

DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
DIGIT_WORDS = frozenset((*DIGITS, "kosong"))
NUMBER_WORDS = DIGIT_WORDS | {
    "sepuluh", "sebelas", "belas", "puluh", "ratus", "seratus", "ribu", "seribu", "juta", "miliar", "triliun", "rupiah",
}  # fmt: skip
_POWERS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"))
_TOKEN = re.compile(r"rp\.?\s*\d[\d.,]*|\d+(?:[.,:/-]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)?", re.IGNORECASE)
_MOST = 48


def cardinal(number: int) -> str:
    """The number in words: 1750 is "seribu tujuh ratus lima puluh"."""
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return {10: "sepuluh", 11: "sebelas"}.get(number) or f"{DIGITS[number - 10]} belas"
    if number < 100:
        return _joined(f"{DIGITS[number // 10]} puluh", number % 10)
    if 100 <= number < 200:
        return _joined("seratus", number - 100)
    if 1000 <= number < 2000:
        return _joined("seribu", number - 1000)
    for power, name in _POWERS:
        if number >= power:
            return _joined(f"{cardinal(number // power)} {name}", number % power)
    raise ValueError(number)


def spell(digits: str, zero: str = "kosong") -> str:
    """Digit by digit: "0852" is "kosong delapan lima dua"."""
    return " ".join(zero if digit == "0" else DIGITS[int(digit)] for digit in digits)


def tokens(text: str) -> list[str]:
    """Words and numbers of a text as a recogniser wrote it, punctuation left out, in lower case."""
    return [found.lower() for found in _TOKEN.findall(text)]


def spoken_ways(token: str) -> tuple[str, ...]:
    """Every likely way in which the digits of ``token`` were said, the likeliest first; a word is its own only way."""
    if not any(character.isdigit() for character in token):
        return (token.replace("’", "'"),)
    money = token.startswith("rp")
    percent = token.endswith("%")
    bare = token.removeprefix("rp").lstrip(". ").rstrip("%.,")
    ways = _ways_of_parts(re.split(r"[.,:/-]", bare), bare)
    tail = " rupiah" if money else " persen" if percent else ""
    return tuple(dict.fromkeys(way + tail for way in ways))


def spoken_texts(text: str) -> list[str]:
    """What a caller may have said where the recogniser wrote ``text``: one line of words for each reading."""
    choices = [spoken_ways(token) for token in tokens(text)]
    return [" ".join(line) for line in islice(product(*choices), _MOST)]


def _ways_of_parts(parts: list[str], bare: str) -> Iterator[str]:
    digits = "".join(parts)
    grouped = len(parts) > 1 and all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        yield from _digit_by_digit(digits)  # "1,2,2,4,5" was dictated
        if len(parts) == 2 and "," in bare:
            yield f"{DIGITS[int(parts[0])]} koma {DIGITS[int(parts[1])]}"
        return
    if grouped or len(parts) == 1:
        if len(digits) <= 15 and (digits[0] != "0" or digits == "0"):
            yield cardinal(int(digits))
        yield from _digit_by_digit(digits)
    elif len(parts) == 2 and (":" in bare or len(parts[1]) == 2) and "," not in bare:
        yield " ".join(cardinal(int(part)) for part in parts)
        yield from _digit_by_digit(digits)
    elif "," in bare:
        yield f"{cardinal(int(parts[0]))} koma {spell(''.join(parts[1:]), zero='nol')}"
    else:
        yield from _digit_by_digit(digits)
    if len(parts) > 1 and not grouped:
        yield " ".join(cardinal(int(part)) if part[0] != "0" else spell(part) for part in parts)
    if 4 <= len(digits) <= 8 and len(digits) % 2 == 0 and len(parts) == 1:
        pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
        if all(pair[0] != "0" for pair in pairs):
            yield " ".join(cardinal(int(pair)) for pair in pairs)


def _digit_by_digit(digits: str) -> Iterator[str]:
    yield spell(digits)
    if "0" in digits:
        yield spell(digits, zero="nol")


def _joined(head: str, rest: int) -> str:
    return f"{head} {cardinal(rest)}" if rest else head
