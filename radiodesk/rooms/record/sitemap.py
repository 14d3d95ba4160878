"""What search engines are told: which pages there are (sitemaps.org 0.9), and where not to go (RFC 9309)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from xml.sax.saxutils import escape

from radiodesk.rooms.record.formats import moment

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
"""Addresses that one file may hold by the protocol; the newest are told."""


def as_sitemap(fixed: Iterable[str], changing: Iterable[tuple[str, datetime]]) -> Iterator[str]:
    """Pages that are always there, then others with the time of their last change; a line each."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{NAMESPACE}">\n'
    always = [f"<url><loc>{escape(address)}</loc></url>\n" for address in fixed]
    yield from always
    for address, changed_at in islice(changing, MOST - len(always)):
        yield f"<url><loc>{escape(address)}</loc><lastmod>{moment(changed_at)}</lastmod></url>\n"
    yield "</urlset>\n"


def as_robots(sitemap: str, closed: Iterable[str]) -> str:
    """``robots.txt``: all may be read but what begins with the ``closed`` paths, which lead to nothing of their own."""
    return "\n".join(["User-agent: *", *(f"Disallow: {path}" for path in closed), "", f"Sitemap: {sitemap}", ""])
