"""Quantities with units, ranges, fractions, and every number that no other rule knew."""

import re
import tomllib
from importlib import resources

from radiodesk.language.spoken.numerals import NUMBER, RANGE, cardinal, digits, letters, number
from radiodesk.language.spoken.rule import Rule, before, rule

_UNITS: dict[str, str] = tomllib.loads(resources.files(__package__).joinpath("units.toml").read_text(encoding="utf-8"))
_UNIT = "(?:" + "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True)) + r")(?![\w/]|\.?\d)"
_COMPARISONS = {
    "<": "kurang dari ", ">": "lebih dari ", "±": "kurang lebih ", "+/-": "kurang lebih ", "≤": "paling banyak ",
    "≥": "paling sedikit ", "≈": "sekitar ", "~": "sekitar ", "=": "sama dengan ", "+": "plus ",
}  # fmt: skip
_FRACTIONS = {("1", "2"): "setengah", ("1", "4"): "seperempat", ("3", "4"): "tiga perempat", ("1", "3"): "sepertiga",
              ("2", "3"): "dua pertiga"}  # fmt: skip


def _comparison(match: "re.Match[str]") -> str:
    return _COMPARISONS.get((match["comparison"] or "").strip(), "")


def _quantity(match: "re.Match[str]") -> str:
    said = number(match["first"])
    if match["last"]:
        said += f" sampai {number(match['last'])}"
    minus = "minus " if match["minus"] else ""
    return f"{_comparison(match)}{minus}{said} {_UNITS[match['unit'].lower()]}"


def _magnitude(match: "re.Match[str]") -> str:
    return f"magnitudo {number(match['size'])}"


def _product(match: "re.Match[str]") -> str:
    return f"{number(match['first'])} kali {number(match['last'])}"


def _times(match: "re.Match[str]") -> str:
    return f"{number(match['first'])} kali"


def _range(match: "re.Match[str]") -> str | None:
    if re.search(r"skor|kedudukan|menang|kalah|imbang|unggul", before(match, 24), re.IGNORECASE) and "-" in match[0]:
        return f"{number(match['first'])} {number(match['last'])}"
    return f"{_comparison(match)}{number(match['first'])} sampai {number(match['last'])}"


def _fraction(match: "re.Match[str]") -> str | None:
    upper, lower = match["upper"], match["lower"]
    if (upper, lower) in _FRACTIONS:
        return _FRACTIONS[upper, lower]
    if len(upper) == len(lower) == 4:
        return f"{cardinal(int(upper))} {cardinal(int(lower))}"
    return f"{number(upper)} per {number(lower)}" if len(upper) < 4 and len(lower) < 4 else None


def _decade(match: "re.Match[str]") -> str:
    return f"{cardinal(int(match['value']))}an"


def _again(match: "re.Match[str]") -> str:
    """Reduplication as typed on phones: "hati2" → "hati-hati", "anak2nya" → "anak-anaknya"."""
    return f"{match['word']}-{match['word'].lower()}{match['ending'] or ''}"


def _doubled(match: "re.Match[str]") -> str | None:
    """The habit of reports to write a number twice, "3 (tiga) orang", is said once."""
    said = cardinal(int(match["value"]))
    return said if said == match["words"].lower() else None


def _paragraph(match: "re.Match[str]") -> str:
    return f"{match['ayat']} {cardinal(int(match['value']))}"


def _minus(match: "re.Match[str]") -> str:
    return f"minus {number(match['value'])}"


def _number(match: "re.Match[str]") -> str:
    return f"{_comparison(match)}{number(match['value'])}"


def _mixed(match: "re.Match[str]") -> str:
    """Letters and digits in one token ("57A", "G20", "MH370"): each part by itself."""
    parts = re.findall(r"\d+|[^\W\d_]+", match[0])
    return " ".join(_part(part) for part in parts)


def _part(part: str) -> str:
    if part.isdigit():
        return digits(part) if part.startswith("0") else number(part)
    return letters(part) if len(part) <= 3 and part.isascii() and (part.isupper() or len(part) == 1) else part


_COMPARE = r"(?P<comparison>(?:\+/-|[<>±≤≥≈~=+])\s?)?"
RULES: tuple[Rule, ...] = (
    rule(r"(?<![\w.,/-])(?P<value>\d{1,6})\s?\(\s?(?P<words>[a-z]+(?: [a-z]+){0,8})\s?\)", _doubled),
    rule(r"(?<!\w)(?P<ayat>ayat)\s?\(?(?P<value>\d{1,2})\)?(?!\w)", _paragraph),
    rule(
        rf"(?<![\w.,/]){_COMPARE}(?P<minus>(?<![\w\s])-|(?<=\s)-|\A-)?(?P<first>{NUMBER})(?:{RANGE}(?P<last>{NUMBER}))?\s?"
        rf"(?P<unit>{_UNIT})",
        _quantity,
    ),
    rule(r"(?<!\w)(?:M|Mag|Magnitudo)[\s:=]{0,3}(?P<size>\d[.,]\d)(?!\d)", _magnitude, 0),
    rule(rf"(?<![\w.,/-])(?P<first>{NUMBER})\s?[x×]\s?(?P<last>{NUMBER})(?!\w)", _product),
    rule(rf"(?<![\w.,/-])(?P<first>{NUMBER})\s?[x×](?!\w)", _times),
    rule(r"(?<![\w.,/-])(?P<value>\d{1,6})\s?-?an(?!\w)", _decade),
    rule(rf"(?<![\w.,/-]){_COMPARE}(?P<first>{NUMBER}){RANGE}(?P<last>{NUMBER})(?![\w/-])", _range),
    rule(r"(?<![\w.,/-])(?P<upper>\d{1,4})\s?/\s?(?P<lower>\d{1,4})(?![\w/-]|[.,]\d)", _fraction),
    rule(r"(?<!\w)(?P<word>[^\W\d_]{3,})2(?P<ending>nya|an|lah|kan|mu|ku|ne|i)?(?!\w)", _again),
    rule(rf"(?<![\w.,/)-])-(?P<value>{NUMBER})(?!\w)", _minus),
    rule(rf"(?<!\w){_COMPARE}(?P<value>{NUMBER})(?![\w])", _number),
    rule(r"(?<![^\W_])(?:\d+[^\W\d_]+|[^\W\d_]+\d+)(?:[^\W_])*", _mixed),
)
