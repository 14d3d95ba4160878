"""Numbers that are dialled: telephone numbers digit by digit, emergency and call-centre numbers too."""

import re

from .numerals import digits
from .rule import Rule, before, rule

_SEPARATOR = r"[\s.-]?"
_DIAL_CUE = re.compile(
    r"(?:hubungi|telepon|telpon|telp|tlp|call ?cent(?:er|re)|hotline|darurat|layanan(?: polisi)?"
    r"|lapor(?:kan)? (?:ke|lewat|melalui)|nomor(?: telepon| darurat)?|kontak|contact|sms(?: ke)?|wa(?: ke)?|whatsapp"
    r"|bebas pulsa|pusat panggilan|polisi)"
    r"(?:\s*(?:ke|di|kami|polisi|polri|nomor|no\.?|center|centre|atau|dan|lewat))*\s*[:(]?\s*\Z",
    re.IGNORECASE,
)
_DIAL_PAIR = re.compile(r"(?:1\d\d)\s*(?:atau|dan|/|,)\s*\Z")
_COUNTED = re.compile(
    r"\s*(?:orang|unit|kendaraan|personel|kasus|kejadian|meter|kilo|km|kg|hari|jam|menit|ribu|juta|desa|titik|kali|warga|"
    r"pelanggar|korban|lembar|buah|persen|%)",
    re.IGNORECASE,
)


def _groups(written: str) -> str:
    """Digits in the groups that were written, or else in fours, with a pause between them."""
    plus = "plus " if written.startswith("+") else ""
    parts = [part for part in re.split(r"\D+", written) if part]
    if len(parts) == 1 and len(parts[0]) > 6:
        parts = [parts[0][start : start + 4] for start in range(0, len(parts[0]), 4)]
        if len(parts[-1]) == 1:
            parts[-2:] = [parts[-2] + parts[-1]]
    return plus + ", ".join(digits(part) for part in parts)


def _telephone(match: "re.Match[str]") -> str | None:
    count = sum(sign.isdigit() for sign in match[0])
    return _groups(match[0]) if 8 <= count <= 15 else None


def _short(match: "re.Match[str]") -> str | None:
    front = before(match)
    if not (_DIAL_CUE.search(front) or _DIAL_PAIR.search(front)) or _COUNTED.match(match.string[match.end() :][:12]):
        return None
    return digits(match[0])


RULES: tuple[Rule, ...] = (
    rule(rf"(?<![\w+])\+\d{{1,3}}(?:{_SEPARATOR}\(?\d{{2,5}}\)?){{1,5}}(?!\d)", _telephone),
    rule(
        rf"(?<![\w.,/+-])\(0\d{{2,3}}\){_SEPARATOR}\d{{3,4}}{_SEPARATOR}\d{{2,5}}(?:{_SEPARATOR}\d{{2,4}})?(?!\d)",
        _telephone,
    ),
    rule(rf"(?<![\w.,/+-])(?:62|0)\d{{2,4}}(?:{_SEPARATOR}\d{{2,5}}){{1,4}}(?![\d/]|,\d)", _telephone),
    rule(r"(?<![\w.,/+-])1\d{2}(?![\w/]|[.,:+-]\d)", _short),
    rule(r"(?<![\w.,/+-])1(?:\d{4,5}|500[\s-]?\d{3})(?![\w/]|[.,:+-]\d)", _short),
)
