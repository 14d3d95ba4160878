"""RSS, RDF, Atom and GeoRSS through feedparser; weather warnings in them become alerts.

feedparser tolerates ill-formed documents, as real news feeds need. Entities and truncated documents are refused
before it is called.
"""

import io
import logging
import re
from datetime import datetime
from html import unescape
from html.entities import html5
from typing import Any

import feedparser

from radiodesk.core.i18n import N_
from radiodesk.core.text import shorten
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.feeds.feed_xml import decode_xml, parse_text, root_name
from radiodesk.road.feeds.loose_json import point_of
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.unreadable import FeedUnreadable
from radiodesk.road.feeds.warning_text import language_of, read_references, read_warning_text
from radiodesk.road.ports import Alert, FeedResult, Report

log = logging.getLogger(__name__)

TAG = re.compile(r"<[^>]{0,2000}>")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30};)")
NEWS_CONFIDENCE = 0.5


class RssFeed:
    """Reads news feeds: each entry becomes a report whose text is yet to be read, or an alert when it is a warning."""

    name = "rss"

    def sniff(self, data: bytes) -> bool:
        return root_name(data) in ("rss", "feed", "rdf")

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        text = NAMED.sub(_character, decode_xml(data, source=source))
        problems = _soundness(text, source)
        body = DECLARATION.sub("", text).encode()
        # A file object, since feedparser takes a string for a URL or a path; the header settles the encoding.
        try:
            feed = feedparser.parse(
                io.BytesIO(b'<?xml version="1.0" encoding="utf-8"?>' + body),
                response_headers={"content-type": "application/xml; charset=utf-8"},
            )
        except Exception as error:  # it raises whatever its many helpers do, such as UnicodeEncodeError for &#xD800;
            log.warning("feedparser could not read %s: %r", source, error)
            raise FeedUnreadable(
                "%(source)s looks like a news feed but holds none that can be read.", source=source
            ) from error
        if not feed.version and not feed.entries:
            raise FeedUnreadable("%(source)s looks like a news feed but holds none that can be read.", source=source)
        nowcast = "bmkg" in _channel(feed) and "peringatan dini" in _channel(feed)
        reports: list[Report] = []
        alerts: list[Alert] = []
        links: list[str] = []
        for number, entry in enumerate(feed.entries, start=1):
            problem = _why_not(entry, number)
            if problem is not None:
                problems.append(problem)
            elif nowcast or entry.get("cap_event"):
                alerts.append(_alert(entry, feed))
                links.extend(link for link in [_link(entry)] if link)
            else:
                reports.append(_report(entry, source, feed))
        return FeedResult(
            format="atom" if feed.version.startswith("atom") else self.name,
            reports=tuple(reports),
            alerts=tuple(alerts),
            problems=tuple(problems),
            links=tuple(links),
        )


def _why_not(entry: Any, number: int) -> Problem | None:
    """Why an entry is left out; its own words are not repeated, since they may not be for everybody."""
    status, scope, dates = entry.get("cap_status") or "Actual", entry.get("cap_scope") or "Public", _dates(entry)
    if status.lower() != "actual":
        said = N_("Entry %(number)d was left out: its status is %(status)s, not Actual.")
        return Problem(said, number=number, status=status)
    if scope.lower() != "public":
        said = N_("Entry %(number)d was left out: its scope is %(scope)s, so it is not for the public.")
        return Problem(said, number=number, scope=scope)
    if dates and _moment(entry) is None and not parse_time(entry.get("cap_expires") or ""):
        said = N_("Entry %(number)d was left out: its date, %(date)s, cannot be read.")
        return Problem(said, number=number, date=shorten(dates[0], 60))
    if not _text(entry):
        return Problem(N_("Entry %(number)d was left out: it has no words."), number=number)
    return None


def _character(match: re.Match[str]) -> str:
    """An entity of HTML (&nbsp;), which XML does not know but news feeds use, as its character."""
    return html5.get(match[1], match[0])


def _soundness(text: str, source: str) -> list[str]:
    """Refuse what breaks off; tell of what is merely ill-formed."""
    try:
        parse_text(text, source=source)
    except FeedUnreadable as error:
        if "breaks off" in error.message or not re.search(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*$", text, re.IGNORECASE):
            raise
        return [Problem("The feed is not well-formed XML; what could be read of it was kept.")]
    return []


def _channel(feed: Any) -> str:
    return f"{feed.feed.get('title', '')} {feed.feed.get('link', '')}".lower()


def _plain(markup: str) -> str:
    return " ".join(unescape(TAG.sub(" ", markup)).split())


def _text(entry: Any) -> str:
    """Title and body as one text; the title is dropped where the body begins with it."""
    title = _plain(entry.get("title", ""))
    contents = entry.get("content") or [{}]
    body = _plain(entry.get("summary", "") or contents[0].get("value", ""))
    if not body or body == title:
        return title
    if not title or body.lower().startswith(title.rstrip(".… ").lower()):
        return body
    return f"{title.rstrip('. ')}. {body}"


def _link(entry: Any) -> str | None:
    link = str(entry.get("link") or "")
    return link if link.startswith(("http://", "https://")) else None


def _dates(entry: Any) -> list[str]:
    """The dates of an entry as they are written, the one that counts first."""
    # dict.get, since feedparser's own falls back from one date to another and warns about it.
    written = (dict.get(entry, key) for key in ("updated", "published", "created"))
    return [text for text in written if isinstance(text, str) and text.strip()]


def _moment(entry: Any) -> datetime | None:
    # Not feedparser's own reading: it makes the first of November of 2026/11/24.
    return next(filter(None, map(parse_time, _dates(entry))), None)


def _point(entry: Any) -> tuple[float | None, float | None]:
    """(latitude, longitude) out of GeoRSS or W3C geo; for lines and polygons their first position."""
    coordinates = (entry.get("where") or {}).get("coordinates")
    while coordinates and isinstance(coordinates[0], list | tuple):
        coordinates = coordinates[0]
    if coordinates and len(coordinates) >= 2:
        return point_of(coordinates[0], coordinates[1])
    return point_of(entry.get("geo_long"), entry.get("geo_lat"))


def _report(entry: Any, source: str, feed: Any) -> Report:
    latitude, longitude = _point(entry)
    return Report(
        text=_text(entry),
        source=source,
        observed_at=_moment(entry),
        confidence=NEWS_CONFIDENCE,
        external_id=entry.get("id") or _link(entry),
        latitude=latitude,
        longitude=longitude,
        url=_link(entry),
        attribution=entry.get("author") or feed.feed.get("title") or None,
    )


def _alert(entry: Any, feed: Any) -> Alert:
    description = _plain(entry.get("summary", ""))
    said = read_warning_text(description)
    headline = _plain(entry.get("title", ""))
    in_province = re.search(r"\bdi\s+(?P<province>[A-Z].*)$", headline)
    areas = entry.get("cap_areadesc") or (in_province["province"] if in_province else "")
    return Alert(
        identifier=entry.get("id") or _link(entry) or headline,
        sender=entry.get("author_detail", {}).get("email") or entry.get("author") or feed.feed.get("title", ""),
        event=entry.get("cap_event") or (headline[: in_province.start()].strip() if in_province else headline),
        headline=headline,
        description=description,
        message_type=entry.get("cap_msgtype") or entry.get("cap_message_type") or "Alert",
        response_types=tuple((entry.get("cap_responsetype") or "").split()),
        categories=tuple((entry.get("cap_category") or "").split()),
        references=tuple(read_references(entry.get("cap_references") or "")),
        severity=entry.get("cap_severity") or "Unknown",
        urgency=entry.get("cap_urgency") or "Unknown",
        certainty=entry.get("cap_certainty") or "Unknown",
        onset=parse_time(entry.get("cap_effective") or "") or said.onset,
        expires=parse_time(entry.get("cap_expires") or "") or said.expires,
        areas=tuple(part.strip() for part in areas.split(";") if part.strip()),
        language=language_of(feed.feed.get("language") or "", f"{headline} {description}"),
        url=_link(entry),
        attribution=_attribution(feed),
        sent=_moment(entry),
        places=said.places,
        spreading=said.spreading,
    )


def _attribution(feed: Any) -> str:
    if "bmkg" in _channel(feed):
        return "Badan Meteorologi, Klimatologi, dan Geofisika"
    return str(feed.feed.get("title") or "")
