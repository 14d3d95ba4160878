"""Cuts a text into posts: a post a line, with who wrote it and when where the text says so.

Understood are the way in which WhatsApp copies and exports messages, and tables of time, source and text parted by
tabs. What a person put on several lines is a list of posts, unless none of its lines tells anything by itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from radiodesk.core.text import shorten, tidy

_DATE = r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{2,4})"
_CLOCK = r"(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?:[.:]\d{2})?\s?(?P<half>[AaPp][Mm])?"
_SPELLED_TWICE = (
    rf"\[\s*{_CLOCK}\s*,\s*{_DATE}\s*\]\s*",  # copied out of a chat: [06.45, 24/11/2026] Name: text
    rf"\[\s*{_DATE}\s*,?\s+{_CLOCK}\s*\]\s*",  # exported by a phone: [24/11/26 06.45.10] Name: text
    rf"{_DATE},?\s+{_CLOCK}\s+-\s+",  # exported by another: 24/11/26 06.45 - Name: text
)
_HEADS = tuple(re.compile(rf"^\u200e?{head}(?P<who>[^:\n]{{1,60}}):\s?(?P<text>.*)$") for head in _SPELLED_TWICE)
_ROW = re.compile(r"^\s*(?P<hour>\d{1,2})[.:](?P<minute>\d{2})\t(?P<who>[^\t]{1,80})\t(?P<text>.+)$")
_MARKS = str.maketrans("", "", "*_~`")
"""Signs with which WhatsApp makes words bold, slanted or struck through."""

AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One post: its words on one line, who wrote it, and when it was written (aware)."""

    text: str
    source: str
    at: datetime


def posts_in(
    text: str, *, source: str, at: datetime, zone: str, tells: Callable[[str], bool] = lambda _line: True
) -> list[Line]:
    """The posts of a text in its order; ``source`` and ``at`` hold where it does not say otherwise.

    ``tells`` says whether a line by itself tells anything; a message none of whose lines does is taken as one post.
    """
    found: list[Line] = []
    for who, moment, lines in _messages(text.replace("\r\n", "\n"), at, ZoneInfo(zone)):
        words = [tidy(line.translate(_MARKS)) for line in lines]
        words = [line for line in words if line and not line.startswith("#")]
        if who is not None and len(words) > 1 and not any(tells(line) for line in words):
            words = [" ".join(words)]
        found += [Line(line, shorten(who or source, 80), moment) for line in words]
    return found


def _messages(text: str, at: datetime, zone: ZoneInfo) -> Iterator[tuple[str | None, datetime, list[str]]]:
    who: str | None = None
    moment, lines = at, list[str]()
    for line in text.split("\n"):
        head = next((match for match in (pattern.match(line) for pattern in _HEADS) if match), None)
        row = None if head else _ROW.match(line)
        begins = head or row
        if begins is None:
            lines.append(line)
            continue
        yield who, moment, lines
        who, moment, lines = begins["who"].strip(), _moment(begins, at, zone, dated=head is not None), [begins["text"]]
    yield who, moment, lines


def _moment(found: re.Match[str], at: datetime, zone: ZoneInfo, *, dated: bool) -> datetime:
    """When it was written; the moment of reading where it says nothing that can be, or lies ahead."""
    hour = int(found["hour"])
    if dated and found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    local = at.astimezone(zone)
    try:
        day = local.date()
        if dated:
            year = int(found["year"])
            day = date(year + 2000 if year < 100 else year, int(found["month"]), int(found["day"]))
        moment = datetime(day.year, day.month, day.day, hour, int(found["minute"]), tzinfo=zone)
    except ValueError:
        return at
    return at if moment > local + AHEAD else min(moment, local).astimezone(UTC)
