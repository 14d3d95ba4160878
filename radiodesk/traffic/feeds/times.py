"""Times as feeds write them: ISO 8601, RFC 822, milliseconds, and Indonesian and BMKG wording.

A time without a zone is taken as Western Indonesian Time, because the sources that leave the zone out are local ones.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

ZONES = {"WIB": timezone(timedelta(hours=7)), "WITA": timezone(timedelta(hours=8)), "WIT": timezone(timedelta(hours=9))}
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

WORDED = re.compile(
    r"(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]+)\.?[\s-]+(?P<year>\d{4})"
    r"(?:\s*,?\s*(?:[Pp]ukul|[Pp]kl\.?|[Jj]am)?\s*(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?:[.:](?P<second>\d{2}))?"
    r"\s*(?P<zone>WITA|WIT|WIB)?)?"
)


def utc(moment: datetime) -> datetime:
    """An aware time in UTC; a naive one is taken as WIB."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=WIB)).astimezone(UTC)


def parse_time(text: str) -> datetime | None:
    """The first time that ``text`` gives, in UTC; None when it gives none that exists."""
    text = text.strip()
    if not text:
        return None
    try:
        return utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    worded = parse_worded(text)
    if worded and not re.search(r"(GMT|UTC?|[A-Z][SD]T|[+-]\d{4})\s*$", text):
        return worded
    try:
        return utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return worded


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
