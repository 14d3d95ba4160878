"""Dates: "17/8/2025", "2025-08-17", "16 February 2026", "Senin (24/11)" as they are read out."""

import re

from radiodesk.language.spoken.numerals import RANGE, cardinal
from radiodesk.language.spoken.rule import Rule, before, rule

_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_SPELLINGS = {
    "jan": 1, "january": 1, "feb": 2, "peb": 2, "february": 2, "pebruari": 2, "mar": 3, "mrt": 3, "march": 3,
    "apr": 4, "may": 5, "jun": 6, "june": 6, "jul": 7, "july": 7, "ags": 8, "agt": 8, "agu": 8, "agst": 8, "aug": 8,
    "august": 8, "agustus": 8, "sep": 9, "sept": 9, "okt": 10, "oct": 10, "october": 10, "nov": 11, "nop": 11,
    "nopember": 11, "des": 12, "dec": 12, "december": 12,
    **{name.lower(): index for index, name in enumerate(_MONTHS, start=1)},
}  # fmt: skip
_MONTH = r"(?:" + "|".join(sorted(_SPELLINGS, key=len, reverse=True)) + r")"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DAY_CUE = re.compile(
    r"\b(?:tanggal|tgl|senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)\.?,?\s*\(?\Z", re.IGNORECASE
)
_SHORT_YEAR_BASE = 2000


def _month(written: str) -> str:
    return _MONTHS[_SPELLINGS[written.lower()] - 1]


def _year(written: str) -> str:
    value = int(written)
    return cardinal(value if len(written) == 4 else _SHORT_YEAR_BASE + value)


def _named(match: "re.Match[str]") -> str:
    said = cardinal(int(match["day"]))
    if match["until"]:
        said += f" sampai {cardinal(int(match['until']))}"
    said += f" {_month(match['month'])}"
    return f"{said} {_year(match['year'])}" if match["year"] else said


def _numeric(match: "re.Match[str]") -> str | None:
    month = int(match["month"])
    if not 1 <= month <= 12:
        return None
    return f"{cardinal(int(match['day']))} {_MONTHS[month - 1]} {_year(match['year'])}"


def _day_and_month(match: "re.Match[str]") -> str | None:
    month = int(match["month"])
    if not 1 <= month <= 12 or not (match["open"] or _DAY_CUE.search(before(match, 12))):
        return None
    return f"{cardinal(int(match['day']))} {_MONTHS[month - 1]}"


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?<![\w.,/-])(?P<day>{_DAY})(?:{RANGE}(?P<until>{_DAY}))?[\s-]+(?P<month>{_MONTH})\b\.?"
        rf"(?:[\s-]*(?P<year>\d{{4}})(?!\d))?",
        _named,
    ),
    rule(r"(?<![\w/.-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>0[1-9]|[12]\d|3[01])(?!\d|-)", _numeric),
    rule(
        rf"(?<![\w/.-])(?P<day>{_DAY})\s?(?P<sep>[/.-])\s?(?P<month>\d{{1,2}})\s?(?P=sep)\s?(?P<year>\d{{4}}|\d\d)(?![\w/]|[.,-]\d)",
        _numeric,
    ),
    rule(
        rf"(?P<open>\((?=\d+/\d+\)))?(?<![\d/.,-])(?P<day>{_DAY})/(?P<month>\d{{1,2}})(?![\w/]|[.,]\d)\)?",
        _day_and_month,
    ),
)
