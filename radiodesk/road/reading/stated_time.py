"""The time that a post states, as the station's clock would show it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

_STATED = re.compile(
    r"(?<!\d)(?<!\d[.,:/-])(?P<hour>[01]?\d|2[0-4])\s?[.:;]\s?(?P<minute>[0-5]\d)(?![\d/-]|[.:,]\d{3,4}|\s*(?:km|meter|m|cm|rb|ribu|juta|ton|persen|%)\b)"
    r"(?P<wib>\s*\)?\s*wib)?",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(r"(?:\bkm\b\.?\s*|\brp\.?\s*|\bno\.?\s*|\+\s*|\bsim\s*|\bvs\s*)$", re.IGNORECASE)
_DATE_AROUND = re.compile(r"[.:/-]\s?\d{2,4}\b")
_SPOKEN = re.compile(
    r"\b(?:pukul|jam|pkl|pk|jm)\.?\s+(?P<half>setengah\s+|stengah\s+)?(?P<hour>\d{1,2}|[a-z]+(?:\s+belas)?)\b"
    r"(?!\s*(?:[.:]?\d|jam|menit|km|orang|hari))(?:\s+(?P<sign>lewat|lebih|kurang|punjul)?\s*"
    r"(?P<minute>seperempat|(?:\d{1,2}|[a-z]+(?:\s+(?:belas|puluh)(?:\s+[a-z]+)?)?)(?=\s*(?:menit|wib|pagi|siang|sore|malam|$|[,.]|\s)))?)?"
    r"(?P<rest>[^.,;]{0,14})",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b(?P<count>\d{1,3}|setengah|satu)\s*(?P<unit>menit|mnt|jam)\s+(?:yang\s+|yg\s+)?(?:lalu|kepungkur)\b", re.I
)

_UNTIL = re.compile(
    r"(?:\b(?:sampai|sampe|smp|hingga|hingg|ngantos|tekan|s\s?/\s?d|s\.\s?d\.?|sd)|\d{1,2}[.:]\d{2}\s*(?:wib)?\s*[-–])"
    r"\W*(?:dengan\W+)?(?:(?:nanti|pukul|pkl|jam|pk|jm)\W*)*$",
    re.IGNORECASE,
)
"""What stands before a time at which something ends."""

_MAY_END = re.compile(r"samp[ae]|\bsmp\b|hingg|ngantos|tekan|s\s?/\s?d|s\.\s?d|\bsd\b|[-–]\s*\d", re.IGNORECASE)
"""Texts without any of these say of nothing until when it lasts; most posts."""

_SO_FAR = re.compile(
    r"\W*(?:wib\b)?\W*(?:ini|tadi|arus|lalu|lalin|situasi|kondisi|terpantau|masih|belum|volume|tetap|kendaraan|pantauan|antrean|antrian)\b",
    re.IGNORECASE,
)
"""What stands behind a time up to which something was seen: "hingga pukul 07.00 WIB arus terpantau lancar"."""

_UNITS = {
    "satu": 1, "siji": 1, "dua": 2, "loro": 2, "tiga": 3, "telu": 3, "empat": 4, "papat": 4, "lima": 5, "limo": 5,
    "enam": 6, "enem": 6, "tujuh": 7, "pitu": 7, "delapan": 8, "wolu": 8, "sembilan": 9, "songo": 9, "sanga": 9,
    "sepuluh": 10, "sebelas": 11, "sewelas": 11, "rolas": 12, "nol": 0,
}  # fmt: skip


def read_time(text: str, now: datetime | None = None) -> str | None:
    """The time as "HH:MM", or None. ``now`` (station time) serves "ten minutes ago" only."""
    best: tuple[int, str] | None = None
    for match in _stated(text):
        if _ends(text, match):
            continue
        named = re.search(r"(?:pukul|pkl|jam|pk)\W{0,3}$", text[max(0, match.start() - 8) : match.start()], re.I)
        rank = 0 if match["wib"] or named else 1
        if best is None or rank < best[0]:
            best = rank, f"{int(match['hour']) % 24:02d}:{match['minute']}"
    if best is not None:
        return best[1]
    return _spoken(text) or _ago(text, now)


def read_until(text: str) -> str | None:
    """The time at which the post says that something ends ("ditutup sampai pukul 16.00"), as "HH:MM", or None."""
    if _MAY_END.search(text) is None:
        return None
    for match in _stated(text):
        if _ends(text, match):
            return f"{int(match['hour']) % 24:02d}:{match['minute']}"
    for match in _SPOKEN.finditer(text):
        if _ends(text, match) and (time := _said(match)):
            return time
    return None


def _stated(text: str) -> Iterator[re.Match[str]]:
    """Times in figures, without kilometres, prices and dates."""
    for match in _STATED.finditer(text):
        before = text[max(0, match.start() - 6) : match.start()]
        if not _NOT_BEFORE.search(before) and (match["wib"] or not _DATE_AROUND.match(text, match.end())):
            yield match


def _ends(text: str, time: re.Match[str]) -> bool:
    """Whether something ends at a time, as against being seen up to it."""
    before = _UNTIL.search(text[max(0, time.start() - 28) : time.start()])
    if before is None:
        return False
    ranged = before.group()[0].isdigit()
    opens = not any(sign.isalpha() for sign in text[: max(0, time.start() - 28) + before.start()])
    return ranged or not (opens or _SO_FAR.match(text, time.end("hour" if "rest" in time.groupdict() else 0)))


def _number(words: str) -> int | None:
    """A number of at most two digits, in figures or in words."""
    words = words.lower().strip()
    if words.isdigit():
        return int(words)
    if words == "seperempat":
        return 15
    parts = words.split()
    if not parts or parts[0] not in _UNITS:
        return None
    value = _UNITS[parts[0]]
    if len(parts) > 1 and parts[1] == "belas":
        return value + 10
    if len(parts) > 1 and parts[1] == "puluh":
        return value * 10 + (_UNITS.get(parts[2], 0) if len(parts) > 2 else 0)
    return value


def _spoken(text: str) -> str | None:
    said = (_said(match) for match in _SPOKEN.finditer(text) if not _ends(text, match))
    return next(filter(None, said), None)


def _said(match: re.Match[str]) -> str | None:
    """The time of one match, in the half of the day that it names."""
    hour = _number(match["hour"])
    if hour is None or hour > 24:
        return None
    minute = (_number(match["minute"]) if match["minute"] else None) or 0
    total = hour * 60 + (-minute if match["sign"] == "kurang" else minute) - (30 if match["half"] else 0)
    part = re.search(r"\b(pagi|siang|sore|malam|bengi|subuh)\b", match.group())
    if (
        part
        and part.group(1) in ("siang", "sore", "malam", "bengi")
        and 60 <= total < (6 * 60 if part.group(1) == "siang" else 12 * 60)
    ):
        total += 12 * 60
    return f"{total // 60 % 24:02d}:{total % 60:02d}"


def _ago(text: str, now: datetime | None) -> str | None:
    match = _AGO.search(text)
    if match is None or now is None:
        return None
    count = {"setengah": 0.5, "satu": 1.0}.get(match["count"].lower()) or float(match["count"])
    minutes = count * 60 if match["unit"].lower() == "jam" else count
    return (now - timedelta(minutes=minutes)).strftime("%H:%M")
