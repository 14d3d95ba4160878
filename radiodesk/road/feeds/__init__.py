"""Feeds: bytes of a known format in, road reports and alerts out, or one clear sentence why not.

Built-in formats and plug-ins are found in the same way, through the entry-point group ``radiodesk.feeds``; the names
below are tried as well, so that a checkout that was updated without being installed again still knows its own formats.
They are tried in this order: what is more than a news feed comes before the news feeds.
"""

import importlib
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points

from radiodesk.core.i18n import N_
from radiodesk.road.feeds.feed_xml import opening
from radiodesk.road.feeds.unreadable import MAX_BYTES, FeedUnreadable
from radiodesk.road.ports import Feed, FeedResult

__all__ = ["BUILT_IN", "GROUP", "MAX_BYTES", "FeedUnreadable", "read_feed", "registered_feeds"]

GROUP = "radiodesk.feeds"

BUILT_IN = {
    "waze": "radiodesk.road.feeds.waze:WazeFeed",
    "cap": "radiodesk.road.feeds.cap:CapFeed",
    "datex2": "radiodesk.road.feeds.datex2:Datex2Feed",
    "open511": "radiodesk.road.feeds.open511:Open511Feed",
    "bmkg-forecast": "radiodesk.road.feeds.bmkg:BmkgForecastFeed",
    "bmkg-quake": "radiodesk.road.feeds.bmkg:BmkgQuakeFeed",
    "wzdx": "radiodesk.road.feeds.wzdx:WzdxFeed",
    "rss": "radiodesk.road.feeds.rss:RssFeed",
}

log = logging.getLogger(__name__)


@cache
def registered_feeds() -> Mapping[str, Feed]:
    """Every known feed by name; a plug-in of the same name replaces the built-in one.

    A plug-in that can't be imported is logged and left out: it must not take the others with it.
    """
    targets = BUILT_IN | {point.name: point.value for point in entry_points(group=GROUP)}
    feeds: dict[str, Feed] = {}
    for name, target in targets.items():
        module, _, attribute = target.partition(":")
        try:
            feeds[name] = getattr(importlib.import_module(module), attribute)()
        except (ImportError, AttributeError) as error:
            log.error("The feed %r (%s) can't be loaded and is left out: %s", name, target, error)
    return feeds


def read_feed(data: bytes, *, source: str, now: datetime, limit: int = MAX_BYTES) -> FeedResult:
    """Read a document of any registered format, found by sniffing.

    ``source`` names it in reports and sentences; ``now`` is an aware time. Raises ``FeedUnreadable`` with one sentence
    when it is empty, larger than ``limit`` bytes, broken, dangerous, or no feed at all. What is odd about single items
    is told in ``problems`` of the result, and the others are kept.
    """
    if len(data) > limit:
        raise FeedUnreadable(
            "%(source)s is larger than %(limit)d MB; ask the publisher for a smaller area.",
            source=source,
            limit=max(limit // 1_000_000, 1),
        )
    if not data.strip():
        raise FeedUnreadable("%(source)s is empty; check its address.", source=source)
    for feed in registered_feeds().values():
        if not _knows(feed, data, source):
            continue
        try:
            return feed.read(data, source=source, now=now)
        except FeedUnreadable:
            raise
        except Exception as error:  # the edge to readers, some of which are other people's: one must not stop the rest
            log.exception("The feed reader %r failed on %s.", feed.name, source)
            raise FeedUnreadable(
                "%(source)s could not be read as %(format)s; send it to who looks after radiodesk.",
                source=source,
                format=feed.name,
            ) from error
    raise FeedUnreadable(_what_it_is(data), source=source)


def _knows(feed: Feed, data: bytes, source: str) -> bool:
    """Whether a reader takes a document for its own; one that trips over it does not, and stops no other."""
    try:
        return feed.sniff(data)
    except Exception:  # the edge to readers, some of which are other people's
        log.exception("The feed reader %r failed at sniffing %s.", feed.name, source)
        return False


def _what_it_is(data: bytes) -> str:
    """The sentence for a document that no feed knows."""
    head = opening(data).lstrip()
    if data.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return N_("%(source)s is a compressed file; unpack it first.")
    if head.startswith("<!doctype html") or "<html" in head[:1000]:
        return N_("%(source)s is a web page, not a feed; look for the address of its RSS or data feed.")
    if b"\x00" in data[:4096]:
        return N_("%(source)s holds NUL bytes, so it is not a readable feed.")
    if head.startswith("<"):
        return N_("%(source)s is XML, but none of the known feed formats.")
    if head.startswith(("{", "[")):
        return N_("%(source)s is JSON, but none of the known feed formats.")
    return N_("%(source)s is not a feed; known are RSS, Atom, GeoRSS, CAP, BMKG, Waze, DATEX II, Open511 and WZDx.")
