"""Numbers, single digits and letters as Indonesian words: used by all rules of the spoken form.

Cardinals come from num2words, whose Indonesian cardinals are right; its clock times and currency are not, and are
not used.
"""

import re
from functools import lru_cache

NUMBER = r"(?:[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
"""A number as written in Indonesian text: ``1.250``, ``1.250,75``, ``3,5``, and the English ``3.5``."""

RANGE = r"\s*(?:-|–|s\.?\s?d\.?|s/d|sampai dengan|sampai|hingga)\s*"
"""What stands between the two ends of a range."""

DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")

_PLATE_AREA_LINE = (
    "a aa ab ad ae ag b ba bb bd be bg bh bk bl bm bn bp d da db dc dd de dg dh dk dl dm dn dp dr ds dt dw e ea eb ed"
    " f g h k kb kh kt ku l m n p pa pb pg ps pt r s t w z"
)
PLATE_AREAS = tuple(_PLATE_AREA_LINE.split())
"""Letters with which an Indonesian number plate begins, in lower case."""

LETTER_NAMES = {
    "a": "a", "b": "be", "c": "ce", "d": "de", "e": "e", "f": "ef", "g": "ge", "h": "ha", "i": "i", "j": "je",
    "k": "ka", "l": "el", "m": "em", "n": "en", "o": "o", "p": "pe", "q": "ki", "r": "er", "s": "es", "t": "te",
    "u": "u", "v": "ve", "w": "we", "x": "eks", "y": "ye", "z": "zet",
}  # fmt: skip
"""The Indonesian name of each letter."""

_LARGEST_SAID = 10**15
_ROMAN = re.compile(r"(X{0,3})(IX|IV|V?I{0,3})\Z")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


@lru_cache(maxsize=4096)
def cardinal(value: int) -> str:
    """``1250`` → "seribu dua ratus lima puluh"; above a quadrillion digit by digit, as nobody counts that far."""
    if value < 0:
        return f"minus {cardinal(-value)}"
    if value >= _LARGEST_SAID:
        return digits(str(value))
    # Late: it brings the numbers of sixty languages.
    from num2words import num2words

    return str(num2words(value, lang="id"))


def digits(written: str) -> str:
    """Every digit by its own name; anything that is no digit is left out: "0812" → "nol delapan satu dua"."""
    return " ".join(DIGITS[int(sign)] for sign in written if sign in "0123456789")


def letters(written: str) -> str:
    """Every letter by its Indonesian name, digits too: "STNK" → "es te en ka"."""
    names = (LETTER_NAMES.get(sign.lower()) or (DIGITS[int(sign)] if sign in "0123456789" else "") for sign in written)
    return " ".join(name for name in names if name)


def ordinal(value: int) -> str:
    """1 → "pertama", 3 → "ketiga", 78 → "ketujuh puluh delapan"."""
    return "pertama" if value == 1 else f"ke{cardinal(value)}"


def whole(written: str) -> str:
    """A string of digits as a cardinal, or digit by digit where a cardinal would lose something.

    A leading zero and seven or more ungrouped digits mark a code (a phone, a case number), not an amount.
    """
    if (len(written) > 1 and written.startswith("0")) or len(written) > 6:
        return digits(written)
    return cardinal(int(written))


def number(written: str) -> str:
    """A number with Indonesian grouping (``.``) and decimals (``,``), or an English decimal point, in words."""
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", written):
        integer, _, fraction = written.replace(".", "").partition(",")
        said = cardinal(int(integer))
    else:
        integer, _, fraction = written.replace(".", ",").partition(",")
        said = whole(integer)
    return f"{said} koma {digits(fraction)}" if fraction else said


def roman(written: str) -> int | None:
    """The value of an upper-case Roman numeral from I to XXXIX, else None: larger ones are abbreviations."""
    if not written or not _ROMAN.match(written):
        return None
    values = [_ROMAN_VALUES[sign] for sign in written]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
