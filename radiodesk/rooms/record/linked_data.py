"""Published broadcasts and the open data as search engines and archives read them: JSON-LD by schema.org."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from radiodesk.rooms.record.chapters import with_ends
from radiodesk.rooms.record.formats import OPUS, Links, excerpt, moment
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.podcast_tags import TRANSCRIPTS, Series

CONTEXT = "https://schema.org"
Thing = dict[str, Any]


def episode(broadcast: PublishedBroadcast, links: Links, series: Series) -> Thing:
    """A broadcast as a ``RadioEpisode`` with its sound (``AudioObject``) and the parts of it (``RadioClip``)."""
    address = links.broadcast(broadcast)
    number = broadcast.ledger_line.get("sequence")
    return {
        "@context": CONTEXT,
        "@type": "RadioEpisode",
        "@id": address,
        "identifier": f"urn:uuid:{broadcast.public_id}",
        "url": address,
        "name": broadcast.title,
        "description": excerpt(broadcast),
        "inLanguage": series.language,
        "datePublished": moment(broadcast.published_at),
        "dateModified": moment(broadcast.changed_at),
        "isAccessibleForFree": True,
        "image": links.artwork,
        **({"episodeNumber": number} if number else {}),
        "partOfSeries": {"@type": "RadioSeries", "name": broadcast.programme, "url": links.site},
        "publication": {
            "@type": "BroadcastEvent",
            "startDate": moment(broadcast.started_at),
            "publishedOn": {"@type": "BroadcastService", "name": series.title},
        },
        "publisher": _publisher(series),
        "contributor": [{"@type": "Person", "name": name} for name in broadcast.hosts],
        "audio": [_sound(broadcast, piece, links, series) for piece in broadcast.pieces if piece.audio_key],
    }


def _sound(broadcast: PublishedBroadcast, piece: PublishedPiece, links: Links, series: Series) -> Thing:
    chapters = with_ends(piece.details.get("chapters") or [], piece.duration)
    captions = [
        {"@type": "MediaObject", "contentUrl": links.captions(broadcast, piece, kind), "encodingFormat": media_type}
        for kind, media_type in TRANSCRIPTS.items()
        if piece.text
    ]
    return {
        "@type": "AudioObject",
        "name": piece.title or broadcast.title,
        "contentUrl": links.sound(broadcast, piece),
        "encodingFormat": "audio/mpeg",
        "contentSize": str(piece.audio_bytes),
        "duration": f"PT{round(piece.duration)}S",
        "inLanguage": series.language,
        **({"sha256": piece.audio_sha256} if piece.audio_sha256 else {}),
        **({"encoding": [_opus(broadcast, piece, links)]} if piece.opus_key else {}),
        **({"caption": captions} if captions else {}),
        **({"hasPart": [_clip(*one) for one in chapters]} if chapters else {}),
    }


def _opus(broadcast: PublishedBroadcast, piece: PublishedPiece, links: Links) -> Thing:
    return {
        "@type": "AudioObject",
        "contentUrl": links.opus(broadcast, piece),
        "encodingFormat": OPUS,
        "contentSize": str(piece.opus_bytes),
        **({"sha256": piece.opus_sha256} if piece.opus_sha256 else {}),
    }


def _clip(start: float, end: float, title: str) -> Thing:
    return {"@type": "RadioClip", "name": title, "startOffset": round(start), "endOffset": round(end)}


def dataset(
    name: str,
    description: str,
    address: str,
    files: Sequence[tuple[str, str]],
    series: Series,
    changed_at: datetime | None,
) -> Thing:
    """The open data as a ``Dataset``; ``files`` are addresses with their media types."""
    place: Thing = {"@type": "Place", "name": series.place}
    if series.point is not None:
        latitude, longitude = series.point
        place["geo"] = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": name,
        "description": description,
        "inLanguage": series.language,
        "isAccessibleForFree": True,
        "creator": _publisher(series),
        "spatialCoverage": place,
        **({"dateModified": moment(changed_at)} if changed_at else {}),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": file, "encodingFormat": media_type} for file, media_type in files
        ],
    }


def _publisher(series: Series) -> Thing:
    return {"@type": "Organization", "name": series.operator}
