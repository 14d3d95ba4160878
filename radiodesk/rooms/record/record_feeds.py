"""The newest published broadcasts as feeds: RSS 2.0 (a podcast), Atom 1.0, JSON Feed 1.1.

A feed has pages (RFC 5005, section 3): the first holds the newest, and each names the others.
"""

from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from radiodesk.core.xml_text import document
from radiodesk.rooms.record import podcast_tags
from radiodesk.rooms.record.formats import OPUS, Links, as_json, excerpt, main_sound, moment
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.record.podcast_tags import Series

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some broadcasts, the newest first, as the page ``number`` of ``last``."""

    broadcasts: list[PublishedBroadcast]
    number: int
    last: int

    def others(self) -> dict[str, int]:
        """The pages that this one names, by what they are to it."""
        near = {"previous": self.number - 1, "next": self.number + 1}
        there = {name: number for name, number in near.items() if 1 <= number <= self.last}
        return {"first": 1, "last": self.last, **there}


def rss(page: FeedPage, links: Links, series: Series) -> bytes:
    """RSS 2.0 with the sound as enclosure, and with what podcast programs and directories ask for."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _say(channel, "title", series.title)
    _say(channel, "link", links.site)
    _say(channel, "description", series.operator)
    _say(channel, "language", series.language)
    _name_pages(channel, page, links, "application/rss+xml")
    podcast_tags.describe_series(channel, series, links)
    for broadcast in page.broadcasts:
        item = ElementTree.SubElement(channel, "item")
        _say(item, "title", broadcast.title)
        _say(item, "link", links.broadcast(broadcast))
        _say(item, "description", excerpt(broadcast))
        _say(item, "pubDate", format_datetime(broadcast.published_at))
        ElementTree.SubElement(item, "guid", isPermaLink="false").text = f"urn:uuid:{broadcast.public_id}"
        sound = main_sound(broadcast)
        if sound is not None:
            ElementTree.SubElement(
                item,
                "enclosure",
                url=links.sound(broadcast, sound),
                length=str(sound.audio_bytes),
                type="audio/mpeg",
            )
        podcast_tags.describe_episode(item, broadcast, sound, series, links)
    return document(root, {"atom": ATOM, **podcast_tags.PREFIXES})


def atom(page: FeedPage, links: Links, title: str, operator: str) -> bytes:
    """An Atom 1.0 feed."""
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _say(root, f"{{{ATOM}}}title", title)
    _say(root, f"{{{ATOM}}}id", links.site)
    changed = max((one.changed_at for one in page.broadcasts), default=None)
    _say(root, f"{{{ATOM}}}updated", moment(changed) if changed else "1970-01-01T00:00:00+00:00")
    _say(ElementTree.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", operator)
    _name_pages(root, page, links, "application/atom+xml")
    for broadcast in page.broadcasts:
        entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
        _say(entry, f"{{{ATOM}}}title", broadcast.title)
        _say(entry, f"{{{ATOM}}}id", f"urn:uuid:{broadcast.public_id}")
        _say(entry, f"{{{ATOM}}}published", moment(broadcast.published_at))
        _say(entry, f"{{{ATOM}}}updated", moment(broadcast.changed_at))
        _say(entry, f"{{{ATOM}}}summary", excerpt(broadcast))
        ElementTree.SubElement(entry, f"{{{ATOM}}}link", href=links.broadcast(broadcast), rel="alternate")
        sound = main_sound(broadcast)
        if sound is not None:
            ElementTree.SubElement(
                entry,
                f"{{{ATOM}}}link",
                href=links.sound(broadcast, sound),
                rel="enclosure",
                type="audio/mpeg",
                length=str(sound.audio_bytes),
            )
    return document(root, {"": ATOM})


def json_feed(page: FeedPage, links: Links, title: str, operator: str) -> str:
    """A JSON Feed 1.1."""
    items = []
    for broadcast in page.broadcasts:
        item: dict[str, Any] = {
            "id": f"urn:uuid:{broadcast.public_id}",
            "url": links.broadcast(broadcast),
            "title": broadcast.title,
            "content_text": excerpt(broadcast),
            "date_published": moment(broadcast.published_at),
            "date_modified": moment(broadcast.changed_at),
        }
        sound = main_sound(broadcast)
        if sound is not None:
            item["attachments"] = [
                {
                    "url": links.sound(broadcast, sound),
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": sound.audio_bytes,
                    "duration_in_seconds": round(sound.duration),
                }
            ]
            # Attachments without titles are the same thing in other forms.
            if sound.opus_key:
                small = {"url": links.opus(broadcast, sound), "mime_type": OPUS, "size_in_bytes": sound.opus_bytes}
                item["attachments"].append(small | {"duration_in_seconds": round(sound.duration)})
        items.append(item)
    following = page.others().get("next")
    return as_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": links.site,
            "feed_url": links.feed(page.number),
            **({"next_url": links.feed(following)} if following else {}),
            "authors": [{"name": operator}],
            "items": items,
        }
    )


def _name_pages(parent: ElementTree.Element, page: FeedPage, links: Links, kind: str) -> None:
    for name, number in {"self": page.number, **page.others()}.items():
        ElementTree.SubElement(parent, f"{{{ATOM}}}link", href=links.feed(number), rel=name, type=kind)


def _say(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text
