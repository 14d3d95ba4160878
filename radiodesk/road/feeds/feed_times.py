"""Times as feeds write them: ISO 8601, RFC 822, milliseconds, and Indonesian and BMKG wording.

A time without a zone is taken as Western Indonesian Time, because the sources that leave the zone out are local ones.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

ZONES = {
    name: timezone(timedelta(hours=hours))
    for names, hours in (
        ("WIB", 7), ("WITA", 8), ("WIT", 9), ("Z UT UTC GMT", 0), ("EST CDT", -5), ("EDT", -4), ("CST MDT", -6),
        ("MST PDT", -7), ("PST", -8), ("SGT MYT", 8), ("JST", 9), ("CET", 1), ("CEST", 2),
    )
    for name in names.split()
}  # fmt: skip
"""Hours east of Greenwich: Indonesia's zones, those of RFC 822, and some that feeds of the region carry."""
WIB = ZONES["WIB"]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january", "februari pebruari feb peb february", "maret mar march", "april apr", "mei may",
            "juni jun june", "juli jul july", "agustus agu agt ags aug august", "september sep sept",
            "oktober okt oct october", "november nopember nov nop", "desember des dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_CLOCK = r"\d{1,2}[.:]\d{2}(?:[.:]\d{2})?"
DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)T?",
        r"(?<!\d)(?P<day>\d{1,2})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?![\d:])T?",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})\s+(?P<clock>{_CLOCK})\s+(?:(?P<zone>[A-Z]+|[+-]\d{{4}})\s+)?(?P<year>\d{{4}})\b",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+(?P<year>\d{{4}}|\d{{2}})(?![\d:])",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)",
    )
)
"""Dates in the order in which they are tried: figures with the year first, the day first, Unix, worded, American."""

CLOCK = re.compile(
    r"(?<![\d+-])(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?:[.:](?P<second>\d{2})(?:[.,]\d{1,9})?)?(?!\d)"
    r"\s*(?P<half>[AaPp]\.?[Mm]\b)?"
)
OFFSET = re.compile(r"(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)")
ABBREVIATION = re.compile(r"\b[A-Z]{1,5}\b")
"""What looks like the name of a zone."""
BESIDE = re.compile(
    r"\b(?:T|[AP]M|AT|ON|JAM|PUKUL|PKL|TGL|HARI|SUN|MON|TUES?|WED|THU|THURS?|FRI|SAT|SEN|SENIN|SEL|RABU?|KAM|KAMIS|JUM"
    r"|JUMAT|SAB|SABTU|MIN|AHAD)\b"
)
"""Short words in capitals beside a date that name no zone."""

ISO = re.compile(
    r"\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?", re.ASCII
)

UNIX = re.compile(r"1\d{9}(?:\d{3})?", re.ASCII)
LONGEST = 200
"""No time is written in so many characters."""

WORDED = re.compile(
    r"(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]+)\.?[\s-]+(?P<year>\d{4})"
    r"(?:\s*,?\s*(?:[Pp]ukul|[Pp]kl\.?|[Jj]am)?\s*(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?:[.:](?P<second>\d{2}))?"
    r"\s*(?P<zone>WITA|WIT|WIB)?)?"
)


def utc(moment: datetime) -> datetime:
    """An aware time in UTC; a naive one is taken as WIB."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=WIB)).astimezone(UTC)


def parse_time(text: str) -> datetime | None:
    """The time that ``text`` gives, in UTC; None when it gives none that exists, or more than can be understood.

    Read are ISO 8601, RFC 822, the order of Unix ("Tue Nov 24 11:05:00 +0000 2026"), Unix times, and dates in figures,
    with the year first or the day first. A zone that is not known makes the whole unreadable: a time that is hours off
    is worse than none.
    """
    text = " ".join(text[:LONGEST].split())
    if not text or len(text) == LONGEST:
        return None
    if UNIX.fullmatch(text):
        return from_milliseconds(float(text) * (1000 if len(text) == len("1795518000") else 1))
    try:
        return utc(datetime.fromisoformat(text)) if ISO.fullmatch(text) else _in_any_order(text)
    except (ValueError, OverflowError):
        return None


def _in_any_order(text: str) -> datetime | None:
    """A date, a clock time and a zone, wherever each of them stands in the text."""
    for pattern in DATES:
        dated = pattern.search(text)
        day = _day(dated) if dated else None
        if dated is None or day is None:
            continue
        clock, rest = dated.groupdict().get("clock") or "", f"{text[: dated.start()]} {text[dated.end() :]}"
        timed = CLOCK.search(clock or rest)
        if timed and not clock:
            rest = f"{rest[: timed.start()]} {rest[timed.end() :]}"
        zone = _zone(f"{dated.groupdict().get('zone') or ''} {rest}")
        try:
            return datetime.combine(day, _clock(timed), tzinfo=zone).astimezone(UTC) if zone else None
        except (ValueError, OverflowError):
            return None
    return None


def _day(found: re.Match[str]) -> date | None:
    """The date of a match; a day and a month in figures may stand in either order where only one of them can be."""
    named = MONTHS.get(found["month"].lower())
    month, day, year = (
        named or int(found["month"]) if named or found["month"].isdigit() else 0,
        found["day"],
        found["year"],
    )
    for one, other in ((month, int(day)), (int(day), month)):
        try:
            return date(int(year) + (2000 if len(year) == 2 else 0), one, other)
        except ValueError:
            if named:
                return None
    return None


def _clock(found: re.Match[str] | None) -> time:
    if found is None:
        return time()
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("an hour of half a day that is none")
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    return time(hour, int(found["minute"]), int(found["second"] or 0))


def _zone(rest: str) -> timezone | None:
    """The zone that stands in what is left of the text; WIB when none does, None when something else stands there."""
    offset = OFFSET.search(rest)
    named = [ZONES[name] for name in re.findall(r"[A-Z]+", rest.upper()) if name in ZONES]
    left = BESIDE.sub(" ", OFFSET.sub(" ", rest))
    if re.search(r"\d", left) or not ZONES.keys() >= set(ABBREVIATION.findall(left)):
        return None
    if offset is None:
        return named[0] if named else WIB
    minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
    if minutes > 14 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if offset["sign"] in "-\u2212" else minutes))


def parse_worded(text: str) -> datetime | None:
    """A date in words, Indonesian or English ("16 February 2026, 22:00 WIB", "05 Agustus 2019"), in UTC."""
    for match in WORDED.finditer(text):
        month = MONTHS.get(match["month"].lower())
        if month is None:
            continue
        try:
            moment = datetime.combine(
                date(int(match["year"]), month, int(match["day"])),
                datetime.min.time().replace(
                    hour=int(match["hour"] or 0), minute=int(match["minute"] or 0), second=int(match["second"] or 0)
                ),
                tzinfo=ZONES.get(match["zone"] or "WIB", WIB),
            )
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def from_milliseconds(value: float | None) -> datetime | None:
    """A Unix time in milliseconds, in UTC; None when missing or impossible."""
    if value is None:
        return None
    try:
        return datetime.fromtimestamp(value / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
