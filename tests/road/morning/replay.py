"""Replays the morning of ``posts.txt`` in fast motion, with a bulletin each half hour.

``python -m tests.road.morning.replay > tests/road/morning/bulletins.txt`` writes the golden file anew; read it
aloud and check each sentence against its sources before it is committed.
"""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.pack import load_pack
from radiodesk.road.appeals import load_appeals, pick_appeal, weather_words
from radiodesk.road.bulletin import Composition, Identity, compose
from radiodesk.road.feeds import read_feed
from radiodesk.road.fusion import fuse
from radiodesk.road.ports import Report
from radiodesk.road.reading import read_report, to_report

FOLDER = Path(__file__).parent
WIB = ZoneInfo("Asia/Jakarta")
DAY = datetime(2026, 11, 24, tzinfo=WIB)
FIRST, LAST, EVERY = timedelta(hours=6, minutes=30), timedelta(hours=9), timedelta(minutes=30)
STATION = Identity(station="Radio Lalu Lintas", unit="Satuan Lalu Lintas")


@dataclass(frozen=True)
class Post:
    """One message as it came: when, from whom, what."""

    at: datetime
    source: str
    text: str


def posts() -> list[Post]:
    found = []
    for line in (FOLDER / "posts.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            time, source, text = (part.strip() for part in line.split("|", 2))
            hour, minute = map(int, time.split(":"))
            found.append(Post(DAY + timedelta(hours=hour, minutes=minute), source, text))
    return found


def read_all(messages: list[Post]) -> list[tuple[Post, Report]]:
    """The messages that are reports, as the desk reads them when they come in."""
    finder = PlaceFinder(load_pack("bojonegoro"))
    readings = [(post, read_report(post.text, now=post.at, finder=finder)) for post in messages]
    return [
        (post, to_report(reading, source=post.source, observed_at=post.at))
        for post, reading in readings
        if reading.is_traffic
    ]


def replay() -> list[Composition]:
    """A bulletin of 90 seconds each half hour, each knowing the one before."""
    pack, library, came = load_pack("bojonegoro"), load_appeals(), read_all(posts())
    warnings = read_feed((FOLDER / "warning.xml").read_bytes(), source="bmkg", now=DAY).alerts
    bulletins: list[Composition] = []
    used: list[str] = []
    after = FIRST
    while after <= LAST:
        at = DAY + after
        conditions = fuse([report for post, report in came if post.at <= at], at, include_ended=True)
        alerts = [alert for alert in warnings if alert.sent and alert.sent <= at]
        appeal = pick_appeal(library, at=at, weather=weather_words(alerts, conditions), used_recently=used)
        used.insert(0, appeal.id)
        bulletins.append(
            compose(
                conditions,
                at=at,
                seconds=90,
                pack=pack,
                alerts=alerts,
                appeal=appeal,
                variation=len(bulletins),
                station=STATION,
                previous=bulletins[-1] if bulletins else None,
            )
        )
        after += EVERY
    return bulletins


def as_text(bulletins: list[Composition]) -> str:
    """The bulletins with the sources of each sentence, as the golden file holds them."""
    lines: list[str] = []
    for bulletin in bulletins:
        lines.append(f"== {bulletin.at:%H.%M}, {bulletin.seconds:.0f} detik")
        for item in bulletin.items:
            lines.append(f"{item.kind}: {item.sentence}")
            lines += [f"    {report.observed_at:%H:%M}Z {report.source}: {report.text}" for report in item.reports]
            lines += [f"    {alert.identifier} {alert.sender}: {alert.headline}" for alert in item.alerts]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(as_text(replay()))
