"""A published broadcast as files that other programs read: text, WebVTT, JSON, checksums, CSV, RSS, Atom, JSON Feed."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from radiodesk.archive.ledger import Line, text_of
from radiodesk.core.tables import csv_text
from radiodesk.core.text import clean, cleaned
from radiodesk.core.xml import document
from radiodesk.record.models import PieceKind, PublishedBroadcast, PublishedPiece
from radiodesk.speech import captions

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Links:
    """Gives absolute addresses: of the site, of a broadcast, of a piece's sound."""

    site: str
    feed: str
    broadcast: Callable[[PublishedBroadcast], str]
    sound: Callable[[PublishedBroadcast, PublishedPiece], str]


def as_text(broadcast: PublishedBroadcast) -> str:
    """The whole broadcast as plain text."""
    parts = [f"{broadcast.programme}\n{broadcast.title}\n{moment(broadcast.started_at)}\n"]
    for piece in broadcast.pieces:
        body = captions.plain(piece.segments) if piece.segments else f"{piece.text}\n"
        parts.append(f"\n== {piece.title or piece.kind}\n{body}")
    return clean("".join(parts))


def as_webvtt(piece: PublishedPiece) -> str:
    """The words of one piece as captions."""
    return captions.webvtt(piece.segments)


def as_object(broadcast: PublishedBroadcast, links: Links) -> dict[str, Any]:
    """Everything that is public about a broadcast."""
    return {
        **summary(broadcast, links),
        "description": broadcast.description,
        "hosts": broadcast.hosts,
        "pieces": [_piece(broadcast, piece, links) for piece in broadcast.pieces],
        "as_run": broadcast.as_run,
        "corrections": broadcast.corrections,
        "package": broadcast.ledger_line,
    }


def summary(broadcast: PublishedBroadcast, links: Links) -> dict[str, Any]:
    """A broadcast as a row of the open data."""
    return {
        "id": broadcast.public_id,
        "url": links.broadcast(broadcast),
        "programme": broadcast.programme,
        "title": broadcast.title,
        "started_at": moment(broadcast.started_at),
        "seconds": round(broadcast.seconds),
        "published_at": moment(broadcast.published_at),
        "changed_at": moment(broadcast.changed_at),
        "revision": broadcast.revision,
        "tickets": broadcast.tickets,
        "removed": broadcast.removed,
        "package_digest": broadcast.ledger_line["manifest"],
    }


def _piece(broadcast: PublishedBroadcast, piece: PublishedPiece, links: Links) -> dict[str, Any]:
    sound = None
    if piece.audio_key:
        sound = {
            "url": links.sound(broadcast, piece),
            "type": "audio/mpeg",
            "bytes": piece.audio_bytes,
            "sha256": piece.audio_sha256,
            "seconds": round(piece.duration, 2),
        }
    return {
        "position": piece.position,
        "kind": str(piece.kind),
        "title": piece.title,
        "offset": piece.offset,
        "text": piece.text,
        "segments": piece.segments,
        "details": piece.details,
        "audio": sound,
    }


def moment(at: datetime) -> str:
    """UTC, ISO 8601."""
    return at.isoformat(timespec="seconds")


def as_json(value: Any) -> str:
    """Readable JSON."""
    return json.dumps(cleaned(value), ensure_ascii=False, indent=1) + "\n"


def checksums(broadcast: PublishedBroadcast) -> str:
    """The public sound files in the form that ``sha256sum --check`` reads."""
    return "".join(f"{piece.audio_sha256}  {file_name(piece)}\n" for piece in broadcast.pieces if piece.audio_sha256)


def file_name(piece: PublishedPiece) -> str:
    """The name under which a piece's sound is downloaded."""
    return f"{piece.position:02}.mp3"


def ledger_lines(broadcasts: Sequence[PublishedBroadcast]) -> str:
    """The ledger lines of published broadcasts, in the order of the ledger."""
    lines = sorted((Line(**one.ledger_line) for one in broadcasts), key=lambda line: line.sequence)
    return "".join(f"{text_of(line)}\n" for line in lines)


def broadcasts_csv(broadcasts: Sequence[PublishedBroadcast], links: Links) -> str:
    """A row a broadcast."""
    columns = ["id", "url", "programme", "title", "started_at", "seconds", "published_at", "revision", "package_digest"]
    rows = (summary(one, links) for one in broadcasts)
    return csv_text(
        [*columns, "tickets"], ([*(row[name] for name in columns), " ".join(row["tickets"])] for row in rows)
    )


def removed_csv(broadcasts: Sequence[PublishedBroadcast]) -> str:
    """The register of what was taken out: a row a broadcast and kind."""
    rows = ([one.public_id, kind, count] for one in broadcasts for kind, count in one.removed.items())
    return csv_text(["id", "kind", "count"], rows)


def main_sound(broadcast: PublishedBroadcast) -> PublishedPiece | None:
    """The sound that stands for a broadcast: the programme's, else the first there is."""
    sounds = [piece for piece in broadcast.pieces if piece.audio_key]
    return next((piece for piece in sounds if piece.kind == PieceKind.PROGRAMME), sounds[0] if sounds else None)


def rss(broadcasts: Sequence[PublishedBroadcast], links: Links, title: str, operator: str, language: str) -> bytes:
    """RSS 2.0 with the sound as enclosure, so that podcast programs can follow."""
    ElementTree.register_namespace("atom", ATOM)
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _say(channel, "title", title)
    _say(channel, "link", links.site)
    _say(channel, "description", operator)
    _say(channel, "language", language)
    ElementTree.SubElement(channel, f"{{{ATOM}}}link", href=links.feed, rel="self", type="application/rss+xml")
    for broadcast in broadcasts:
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
    return document(root)


def atom(broadcasts: Sequence[PublishedBroadcast], links: Links, title: str, operator: str) -> bytes:
    """An Atom 1.0 feed."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _say(root, f"{{{ATOM}}}title", title)
    _say(root, f"{{{ATOM}}}id", links.site)
    changed = max((one.changed_at for one in broadcasts), default=None)
    _say(root, f"{{{ATOM}}}updated", moment(changed) if changed else "1970-01-01T00:00:00+00:00")
    _say(ElementTree.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", operator)
    ElementTree.SubElement(root, f"{{{ATOM}}}link", href=links.feed, rel="self")
    for broadcast in broadcasts:
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
    return document(root)


def json_feed(broadcasts: Sequence[PublishedBroadcast], links: Links, title: str, operator: str) -> str:
    """A JSON Feed 1.1."""
    items = []
    for broadcast in broadcasts:
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
        items.append(item)
    return as_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": links.site,
            "feed_url": links.feed,
            "authors": [{"name": operator}],
            "items": items,
        }
    )


def excerpt(broadcast: PublishedBroadcast) -> str:
    """A few words for lists and feeds: what was read, else what was said first."""
    scripts = [piece.text for piece in broadcast.pieces if piece.kind == PieceKind.SCRIPT]
    words = " ".join((scripts or [piece.text for piece in broadcast.pieces] or [""])[0].split())
    return words if len(words) <= 200 else f"{words[:199].rsplit(' ', 1)[0]} …"


def _say(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text
