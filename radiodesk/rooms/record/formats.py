"""Published broadcasts as files that other programs read: text, WebVTT, JSON, checksums, CSV. Feeds are beside it.

What grows with every broadcast is made row by row, so that it can be sent while it is read.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from radiodesk.core.csv_tables import csv_rows
from radiodesk.core.text import clean, cleaned
from radiodesk.recognition import captions
from radiodesk.rooms.archive.ledger import Line, text_of
from radiodesk.rooms.record.models import PieceKind, PublishedBroadcast, PublishedPiece


@dataclass(frozen=True, slots=True)
class Links:
    """Gives absolute addresses: of the site, of a page of a feed, of a broadcast, of a piece's sound."""

    site: str
    feed: Callable[[int], str]
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


def rows_as_json(rows: Iterable[Any]) -> Iterator[str]:
    """A JSON list, a row at a time."""
    yield "["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{json.dumps(cleaned(row), ensure_ascii=False)}"
    yield "\n]\n"


def ledger_lines(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Ledger lines as the ledger has them."""
    return (f"{text_of(Line(**line))}\n" for line in lines)


def broadcasts_csv(broadcasts: Iterable[PublishedBroadcast], links: Links) -> Iterator[str]:
    """A row a broadcast."""
    columns = ["id", "url", "programme", "title", "started_at", "seconds", "published_at", "revision", "package_digest"]
    rows = (summary(one, links) for one in broadcasts)
    return csv_rows(
        [*columns, "tickets"], ([*(row[name] for name in columns), " ".join(row["tickets"])] for row in rows)
    )


def removed_csv(removed: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """The register of what was taken out, by broadcast: a row a broadcast and kind."""
    rows = ([public_id, kind, count] for public_id, counts in removed for kind, count in counts.items())
    return csv_rows(["id", "kind", "count"], rows)


def main_sound(broadcast: PublishedBroadcast) -> PublishedPiece | None:
    """The sound that stands for a broadcast: the programme's, else the first there is."""
    sounds = [piece for piece in broadcast.pieces if piece.audio_key]
    return next((piece for piece in sounds if piece.kind == PieceKind.PROGRAMME), sounds[0] if sounds else None)


def excerpt(broadcast: PublishedBroadcast) -> str:
    """A few words for lists and feeds: what was read, else what was said first."""
    scripts = [piece.text for piece in broadcast.pieces if piece.kind == PieceKind.SCRIPT]
    words = " ".join((scripts or [piece.text for piece in broadcast.pieces] or [""])[0].split())
    return words if len(words) <= 200 else f"{words[:199].rsplit(' ', 1)[0]} …"
