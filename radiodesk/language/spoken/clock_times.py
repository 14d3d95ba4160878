"""Clock times: "06.45 WIB" → "pukul enam lewat empat puluh lima menit Waktu Indonesia Barat".

Stations that prefer it say the minutes bare, from ten on: "pukul enam empat puluh lima".
"""

import re

from radiodesk.language.spoken.numerals import RANGE, cardinal
from radiodesk.language.spoken.rule import Rule, after, before, rule

_ZONES = {"WIB": "Waktu Indonesia Barat", "WITA": "Waktu Indonesia Tengah", "WIT": "Waktu Indonesia Timur"}
_CUE = r"(?:(?P<cue>\b(?:pukul|pkl|jam))(?![^\W\d_])\.?\s*)?"
_TIME = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?:[.:][0-5]\d)?"
_ZONE = r"(?:\s*(?P<zone>WIB|WITA|WIT)\b)?"
_NO_CLOCK_BEFORE = re.compile(
    r"(?:\bKM|\bRp|\bM|\bSR|magnitudo|pasal|ayat|versi|nomor|no|rata-rata|\bx|[<>±+=])\.?\s*\Z", re.IGNORECASE
)
_NO_CLOCK_AFTER = re.compile(
    r"\s*(?:%|°|persen|ribu|rb|juta|jt|miliar|milyar|triliun|kilo|meter|derajat|poin|kali|k?m\b|[cm]m\b|kg\b|ton\b|"
    r"liter\b|l\b|ha\b|SR\b|hektar|kali\b|orang|unit|[+/x×]\s*\d)",
    re.IGNORECASE,
)


_SENTENCE = re.compile(r"\s[A-Z][a-z]")


BARE_FROM = 10
"""Fewer minutes are always said with "lewat": "pukul enam lima" could be anything."""


def _moment(written: str, *, bare: bool) -> str:
    hour, minute, *second = (int(part) for part in re.split(r"[.:]", written))
    said = cardinal(hour)
    if bare and minute >= BARE_FROM and not any(second):
        return f"{said} {cardinal(minute)}"
    if minute or any(second):
        said += f" lewat {cardinal(minute)} menit"
    if any(second):
        said += f" {cardinal(second[0])} detik"
    return said


def _cue(match: "re.Match[str]") -> str:
    written = (match["cue"] or "pukul").lower()
    return "jam" if written == "jam" else "pukul"


def _zone(match: "re.Match[str]") -> str:
    return f" {_ZONES[match['zone'].upper()]}" if match["zone"] else ""


def _bare_clock(match: "re.Match[str]") -> str | None:
    return _clock(match, bare=True)


def _clock(match: "re.Match[str]", *, bare: bool = False) -> str | None:
    sure = match["cue"] or match["zone"] or ":" in match["first"]
    if not sure and (_NO_CLOCK_BEFORE.search(before(match, 12)) or _NO_CLOCK_AFTER.match(after(match, 12))):
        return None
    cue = _cue(match)
    said = f"{cue} {_moment(match['first'], bare=bare)}"
    if match["last"]:
        said += f" sampai {cue} {_moment(match['last'], bare=bare)}"
    return said + _zone(match) + _pause(match)


def _pause(match: "re.Match[str]") -> str:
    """Posts open with the time and go on with a sentence: a reader pauses between the two."""
    opens = not match["cue"] and not before(match, 200).rpartition("\n")[2].strip()
    return "," if opens and _SENTENCE.match(after(match, 4)) else ""


def _full_hour(match: "re.Match[str]") -> str | None:
    if not match["cue"] and not match["zone"]:
        return None
    said = f"{_cue(match)} {cardinal(int(match['hour']))}"
    if match["until"]:
        said += f" sampai {_cue(match)} {cardinal(int(match['until']))}"
    return said + _zone(match)


RULES: tuple[Rule, ...] = (
    rule(
        rf"(?<![\d.,:+/-]){_CUE}(?P<first>{_TIME})(?![\d]|[.,]\d)"
        rf"(?:{RANGE}(?:(?:pukul|pkl|jam)\b\.?\s*)?(?P<last>{_TIME})(?!\d|[.,]\d))?{_ZONE}",
        _clock,
    ),
    rule(
        rf"(?<![\w.,:/-]){_CUE}(?P<hour>[01]?\d|2[0-4])(?![\d.,:]\d|\d)(?:{RANGE}(?P<until>[01]?\d|2[0-4])(?!\w|[.,:]\d))?"
        rf"{_ZONE}",
        _full_hour,
    ),
)

BARE_RULES: tuple[Rule, ...] = (Rule(RULES[0].pattern, _bare_clock), *RULES[1:])
