"""What stands on roads and vehicles: kilometre posts, number plates, kinds of vehicle by wheels."""

import re

from radiodesk.language.spoken.numerals import PLATE_AREAS, cardinal, digits, letters, number
from radiodesk.language.spoken.rule import Rule, before, rule

_AREA = "(?:" + "|".join(sorted((area.upper() for area in PLATE_AREAS), key=len, reverse=True)) + ")"
_PLATE_CUE = re.compile(r"(?:nopol|no\.? ?pol|nomor polisi|plat(?: nomor)?|bernopol|berplat)\.?:?\s*\Z", re.IGNORECASE)


def _post(match: "re.Match[str]") -> str:
    kilometre, metre, suffix = match["kilometre"], match["metre"], match["suffix"]
    said = f"kilometer {cardinal(int(kilometre))}"
    if metre:
        said += f" plus {cardinal(int(metre))}"
    if suffix:
        said += f" {letters(suffix)}"
    return said


def _post_decimal(match: "re.Match[str]") -> str:
    return f"kilometer {number(match['kilometre'])}"


def _plate(match: "re.Match[str]") -> str | None:
    if not match["series"] and not _PLATE_CUE.search(before(match, 20)):
        return None
    parts = [letters(match["area"]), digits(match["digits"]), letters(match["series"] or "")]
    return " ".join(part for part in parts if part)


def _wheels(match: "re.Match[str]") -> str:
    said = f"roda {cardinal(int(match['wheels']))}"
    return f"{said} dan {said[:4]} {cardinal(int(match['more']))}" if match["more"] else said


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?<!\w)(?P<area>{_AREA})[\s-]?(?P<digits>\d{{1,4}})(?:[\s-]?(?P<series>[A-Z]{{1,3}}))?(?!\w|[.,+]\d)",
        _plate,
        0,
    ),
    rule(r"(?<!\w)KM\.?\s?(?P<kilometre>\d{1,3})(?:\s?[+.]\s?(?P<metre>\d{3}))?(?P<suffix>[AB])?(?!\w|[.,]\d)", _post),
    rule(r"(?<!\w)KM\.?\s?(?P<kilometre>\d{1,3}[.,]\d{1,2})(?!\w)", _post_decimal),
    rule(
        r"(?<!\w)R\.?\s?-?(?P<wheels>2|3|4|6|8|10|12)(?:\s?(?:/|&|dan|-)\s?R?\.?\s?(?P<more>2|3|4|6|8|10|12))?(?!\w|[.,]\d)",
        _wheels,
        0,
    ),
)
