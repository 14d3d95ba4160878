"""Published broadcasts as files that other programs read: text, WebVTT, JSON, checksums, CSV. Feeds are beside it.

What grows with every broadcast is made row by row, so that it can be sent while it is read.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from radiodesk.core.csv_tables import Column, csv_rows
from radiodesk.core.i18n import N_
from radiodesk.core.text import clean, cleaned
from radiodesk.recognition import captions
from radiodesk.rooms.archive.ledger import Line, text_of
from radiodesk.rooms.record.chapters import with_ends
from radiodesk.rooms.record.models import PieceKind, PublishedBroadcast, PublishedPiece

OPUS = "audio/ogg"
"""The media type of Ogg Opus (RFC 7845)."""


@dataclass(frozen=True, slots=True)
class Links:
    """Gives absolute addresses: of the site, its picture, a page of a feed, a broadcast, a piece's sound as MP3 and as
    Opus, its words as captions (``vtt``, ``srt`` or ``json``), and its chapters.
    """

    site: str
    artwork: str
    feed: Callable[[int], str]
    broadcast: Callable[[PublishedBroadcast], str]
    sound: Callable[[PublishedBroadcast, PublishedPiece], str]
    opus: Callable[[PublishedBroadcast, PublishedPiece], str]
    captions: Callable[[PublishedBroadcast, PublishedPiece, str], str]
    chapters: Callable[[PublishedBroadcast, PublishedPiece], str]


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


def as_subrip(piece: PublishedPiece) -> str:
    """The words of one piece as SubRip subtitles."""
    return captions.subrip(piece.segments)


def as_json_transcript(piece: PublishedPiece) -> str:
    """The words of one piece as the podcast namespace has transcripts in JSON (1.0.0)."""
    segments = [
        {
            **({"speaker": one["speaker"]} if one.get("speaker") else {}),
            "startTime": one["start"],
            "endTime": one["end"],
            "body": one["text"],
        }
        for one in piece.segments
    ]
    return as_json({"version": "1.0.0", "segments": segments})


def as_chapters(piece: PublishedPiece) -> str:
    """The chapters of one piece as JSON chapters 1.2; an empty list where there are none."""
    broadcast = piece.broadcast
    told = with_ends(piece.details.get("chapters") or [], piece.duration)
    return as_json(
        {
            "version": "1.2.0",
            "title": broadcast.title,
            "podcastName": broadcast.programme,
            "chapters": [{"startTime": start, "endTime": end, "title": title} for start, end, title in told],
        }
    )


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
        "package_digest": broadcast.ledger_line.get("manifest"),
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
    small = None
    if piece.opus_key:
        small = {
            "url": links.opus(broadcast, piece),
            "type": OPUS,
            "bytes": piece.opus_bytes,
            "sha256": piece.opus_sha256,
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
        "audio_opus": small,
    }


def moment(at: datetime) -> str:
    """UTC, ISO 8601."""
    return at.isoformat(timespec="seconds")


def as_json(value: Any) -> str:
    """Readable JSON."""
    return json.dumps(cleaned(value), ensure_ascii=False, indent=1) + "\n"


def checksums(broadcast: PublishedBroadcast) -> str:
    """The public sound files in the form that ``sha256sum --check`` reads."""
    return "".join(
        f"{digest}  {piece.position:02}.{kind}\n"
        for piece in broadcast.pieces
        for kind, digest in (("mp3", piece.audio_sha256), ("opus", piece.opus_sha256))
        if digest
    )


def rows_as_json(rows: Iterable[Any]) -> Iterator[str]:
    """A JSON list, a row at a time."""
    yield "["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{json.dumps(cleaned(row), ensure_ascii=False)}"
    yield "\n]\n"


def ledger_lines(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Ledger lines as the ledger has them."""
    return (f"{text_of(Line(**line))}\n" for line in lines)


_ID = Column("id", N_("Public id of the broadcast"))
BROADCAST_COLUMNS = (
    _ID,
    Column("url", N_("Address of its page")),
    Column("programme", N_("Programme, the series")),
    Column("title", N_("Title")),
    Column("started_at", N_("When it began, UTC"), "datetime"),
    Column("seconds", N_("Length of the public copy, in seconds"), "integer"),
    Column("published_at", N_("When it was published first, UTC"), "datetime"),
    Column("revision", N_("How often its public copy was written"), "integer"),
    Column("package_digest", N_("SHA-256 of the sealed package, as in the ledger"), required=False),
    Column("tickets", N_("Numbers of the complaints that came of it, with blanks between"), required=False),
)
REMOVED_COLUMNS = (
    _ID,
    Column("kind", N_("Kind of what was taken out")),
    Column("count", N_("How many; of what stays closed always 1"), "integer"),
)


def broadcasts_csv(broadcasts: Iterable[PublishedBroadcast], links: Links) -> Iterator[str]:
    """A row a broadcast."""
    head = [column.name for column in BROADCAST_COLUMNS]
    rows = (summary(one, links) | {"tickets": " ".join(one.tickets)} for one in broadcasts)
    return csv_rows(head, ([row[name] for name in head] for row in rows))


def removed_csv(removed: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """The register of what was taken out, by broadcast: a row a broadcast and kind."""
    rows = ([public_id, kind, count] for public_id, counts in removed for kind, count in counts.items())
    return csv_rows([column.name for column in REMOVED_COLUMNS], rows)


def main_sound(broadcast: PublishedBroadcast) -> PublishedPiece | None:
    """The sound that stands for a broadcast: the programme's, else the first there is."""
    sounds = [piece for piece in broadcast.pieces if piece.audio_key]
    return next((piece for piece in sounds if piece.kind == PieceKind.PROGRAMME), sounds[0] if sounds else None)


def excerpt(broadcast: PublishedBroadcast) -> str:
    """A few words for lists and feeds: what was read, else what was said first."""
    scripts = [piece.text for piece in broadcast.pieces if piece.kind == PieceKind.SCRIPT]
    words = " ".join((scripts or [piece.text for piece in broadcast.pieces] or [""])[0].split())
    return words if len(words) <= 200 else f"{words[:199].rsplit(' ', 1)[0]} …"
