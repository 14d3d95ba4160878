"""Amounts of money: "Rp2.500,50" → "dua ribu lima ratus rupiah lima puluh sen"."""

import re

from radiodesk.language.spoken.numerals import NUMBER, RANGE, cardinal, number
from radiodesk.language.spoken.rule import Rule, rule

_SCALES = {
    "rb": "ribu", "ribu": "ribu", "k": "ribu", "jt": "juta", "juta": "juta", "m": "miliar", "miliar": "miliar",
    "milyar": "miliar", "t": "triliun", "triliun": "triliun", "trilyun": "triliun",
}  # fmt: skip
_CURRENCIES = {
    "rp": "rupiah",
    "idr": "rupiah",
    "us$": "dolar Amerika Serikat",
    "usd": "dolar Amerika Serikat",
    "$": "dolar",
}
_LONG_SCALE = r"ribu|rb|juta|jt|miliar|milyar|triliun|trilyun"
_SEN = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})*|\d+),(?P<sen>\d\d)\Z")


def _plain(written: str) -> str:
    """A sum without a scale word: ungrouped digits are a sum too, however many."""
    return cardinal(int(written)) if written.isdigit() else number(written)


def _scale(written: str | None) -> str:
    return f" {_SCALES[written.lower()]}" if written else ""


def _sum(match: "re.Match[str]") -> str:
    currency = _CURRENCIES[match["currency"].lower()]
    amount, scale = match["amount"], match["scale"]
    cents = None if scale or match["until"] else _SEN.match(amount)
    if cents:
        said = f"{cardinal(int(cents['whole'].replace('.', '')))} {currency}"
        return said if cents["sen"] == "00" else f"{said} {cardinal(int(cents['sen']))} sen"
    said = _plain(amount)
    if match["until"]:
        own_scale = match["first_scale"]
        said += f"{_scale(own_scale) if own_scale != scale else ''} sampai {_plain(match['until'])}"
    return f"{said}{_scale(scale)} {currency}"


def _scaled(match: "re.Match[str]") -> str:
    said = _plain(match["amount"])
    if match["until"]:
        said += f" sampai {_plain(match['until'])}"
    return said + _scale(match["scale"])


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?<!\w)(?P<currency>Rp|IDR|US\$|USD|\$)\.?\s*(?P<amount>{NUMBER})"
        rf"(?:\s*(?P<first_scale>{_LONG_SCALE})?{RANGE}(?:Rp\.?\s*)?(?P<until>{NUMBER}))?"
        rf"(?:\s*(?P<scale>{_LONG_SCALE}|[MTk])\b)?(?:,-+|\.-|,=)?(?:\s*rupiah\b)?",
        _sum,
    ),
    rule(
        rf"(?<![\w.,/-])(?P<amount>{NUMBER})(?:{RANGE}(?P<until>{NUMBER}))?\s*(?P<scale>rb|ribu|jt|juta|milyar|trilyun|k)\b"
        r"(?!/)",
        _scaled,
    ),
)
