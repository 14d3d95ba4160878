"""Places in a row: "ke-3" → "ketiga", and Roman numerals where they are numbers."""

import re

from radiodesk.language.spoken.numerals import cardinal, ordinal, roman
from radiodesk.language.spoken.rule import Rule, before, rule

_ROMAN_CUE = re.compile(
    r"(?:ke-?|bab|pasal|tahap|triwulan|semester|gang|gg\.?|jalan [\w ]{1,24}|jl\.? [\w ]{1,24}|jilid|seri|kelas"
    r"|tingkat|golongan|gol\.?|wilayah|blok|zona|romawi|korwil|sektor|gelombang|angkatan|periode|babak|etape|juara|sdn?|smpn?|"
    r"edisi|sesi|putaran|pos|ring|km|rw|rt)\s*\Z",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"(?:\babad|perang dunia|buwono|buwana|paus|raja|ratu|sultan|mangkunegara|paku alam|\w{3,20}us)\s+\Z", re.IGNORECASE
)
"""Centuries, wars, popes and kings are counted by rank: Hamengkubuwono X is the tenth."""


def _ordinal(match: "re.Match[str]") -> str:
    return ordinal(int(match["value"]))


def _ordinal_roman(match: "re.Match[str]") -> str | None:
    value = roman(match["value"])
    return None if value is None else ordinal(value)


def _roman(match: "re.Match[str]") -> str | None:
    value = roman(match[0])
    front = before(match)
    if value is None:
        return None
    if _RANKED.search(front):
        return ordinal(value)
    if len(match[0]) == 1 and not _ROMAN_CUE.search(front):
        return None
    return cardinal(value)


RULES: tuple[Rule, ...] = (
    rule(r"(?<!\w)ke[-\s]?(?P<value>\d{1,6})(?![\d]|[.,]\d)", _ordinal),
    rule(r"(?<!\w)[Kk]e[-\s]?(?P<value>[IVX]+)(?!\w)", _ordinal_roman, 0),
    rule(r"(?<!\w)[IVX]+(?![\w'-])", _roman, 0),
)
