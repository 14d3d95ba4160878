"""Feed files and files of posts, as the commands and the drill read them."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from radiodesk.core.i18n import why
from radiodesk.language.places.finder import PlaceFinder
from radiodesk.road.feeds import MAX_BYTES, FeedUnreadable, read_feed
from radiodesk.road.ports import Alert, FeedResult, Report
from radiodesk.road.posts import sort_posts
from radiodesk.road.report_intake import place

FEED_SUFFIXES = frozenset({".xml", ".json", ".geojson", ".rss", ".atom", ".cap"})


@dataclass
class Gathered:
    """What several files held together."""

    reports: list[Report] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class NotOpened(FeedUnreadable):
    """A file cannot be opened, whatever it holds."""


def read_bytes(path: Path, most: int) -> bytes:
    """What a file holds, one byte more than ``most`` at the most; raises ``NotOpened``."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise NotOpened("%(source)s cannot be opened: %(why)s.", source=path.name, why=why(error)) from None


def read_feed_file(path: Path, *, now: datetime) -> FeedResult:
    """One feed document; raises ``FeedUnreadable`` with one sentence."""
    return read_feed(read_bytes(path, MAX_BYTES), source=path.name, now=now)


def read_posts(text: str, *, source: str, now: datetime, finder: PlaceFinder, zone: str) -> list[Report]:
    """The lines of a text that are road reports."""
    return list(sort_posts(text, source=source, at=now, finder=finder, zone=zone).reports)


def gather(paths: list[Path], *, now: datetime, finder: PlaceFinder, zone: str) -> Gathered:
    """What several files hold for this station; what cannot be read is named in ``problems``, the rest is kept."""
    gathered = Gathered()
    for path in paths:
        try:
            if path.suffix.lower() in FEED_SUFFIXES:
                result = read_feed_file(path, now=now)
                gathered.reports += place(result.reports, at=now, finder=finder, zone=zone).reports
                gathered.alerts += result.alerts
                gathered.problems += [f"{path.name}: {problem}" for problem in result.problems]
            else:
                text = path.read_bytes().decode("utf-8", "replace").replace("\0", "")
                gathered.reports += read_posts(text, source=path.stem, now=now, finder=finder, zone=zone)
        except FeedUnreadable as refusal:
            gathered.problems.append(str(refusal))
        except OSError as error:
            gathered.problems.append(f"{path.name}: {why(error)}")
    return gathered
