"""The public record: broadcasts to read, hear, search, download and verify. Reads the published tables alone.

Sound is opened by the key that stands in the published row; no address is ever turned into a path.
"""

from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.broadcasts.models import AS_RUN_KIND_NAMES
from radiodesk.core.errors import NotFound
from radiodesk.core.http import session, station
from radiodesk.core.sending import send
from radiodesk.record import formats, queries, search
from radiodesk.record.formats import Links
from radiodesk.record.masks import kind_name
from radiodesk.record.models import PIECE_KIND_NAMES, PublishedBroadcast, PublishedPiece
from radiodesk.record.publishing import public_folder

blueprint = Blueprint("site", __name__)

FEED_LENGTH = 50
MOST_PAGES = 100_000
PART_CHARACTERS = 4_000
PAGE_CHARACTERS = 24_000
"""What a page holds of the words, so that it stays light on slow lines; the rest has pages of its own."""


def home() -> str:
    """The list of broadcasts, or what was found."""
    words = request.args.get("cari", "").replace("\0", "")[:200].strip()
    page = min(max(1, request.args.get("hal", 1, type=int)), MOST_PAGES)
    day = _day(request.args.get("tanggal", ""))
    hits = search.find(session(), words) if words else []
    if day is not None:
        shown, total = queries.published_on(session(), day, station().settings.zone), 0
    else:
        shown, total = queries.published(session(), page)
    return render_template(
        "public/broadcasts.html",
        words=words,
        day=day,
        hits=hits,
        broadcasts=shown,
        page=page,
        more=page * queries.PAGE < total,
        excerpt=formats.excerpt,
        main_sound=formats.main_sound,
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year < date.max.year else None


@blueprint.get("/siaran/<public_id>")
def broadcast(public_id: str) -> Response:
    shown = queries.published_by_id(session(), public_id)
    if not shown.open:
        return Response(render_template("public/withdrawn.html", broadcast=shown), 410)
    left = PAGE_CHARACTERS
    parts = []
    for piece in shown.pieces:
        segments = _beginning(piece.segments, min(PART_CHARACTERS, left))
        left -= sum(len(one["text"]) for one in segments)
        parts.append((piece, segments, len(segments) < len(piece.segments)))
    return Response(render_template("public/broadcast.html", broadcast=shown, parts=parts, **_names()))


def _names() -> dict[str, Any]:
    return {"kinds": PIECE_KIND_NAMES, "acts": AS_RUN_KIND_NAMES, "kind_name": kind_name}


def _beginning(segments: list[Any], characters: int) -> list[Any]:
    """The first segments, up to about so many characters of words."""
    kept = []
    for segment in segments:
        if characters <= 0:
            break
        kept.append(segment)
        characters -= len(segment["text"])
    return kept


@blueprint.get("/siaran/<public_id>/bagian/<int:position>")
def part(public_id: str, position: int) -> str:
    """The words of one piece, some thousand of them a page."""
    shown, piece = _piece(public_id, position)
    first = max(0, request.args.get("dari", 0, type=int))
    rest = piece.segments[first:]
    segments = _beginning(rest, PAGE_CHARACTERS)
    following = first + len(segments) if len(segments) < len(rest) else None
    return render_template(
        "public/part.html",
        broadcast=shown,
        piece=piece,
        segments=segments,
        first=first,
        following=following,
        kinds=PIECE_KIND_NAMES,
    )


def _piece(public_id: str, position: int) -> tuple[PublishedBroadcast, PublishedPiece]:
    shown = queries.open_by_id(session(), public_id)
    piece = next((one for one in shown.pieces if one.position == position), None)
    if piece is None:
        raise NotFound("There is nothing at this address.")
    return shown, piece


@blueprint.get("/siaran/<public_id>/suara/<int:position>.mp3")
def sound(public_id: str, position: int) -> BaseResponse:
    piece = queries.sound_of(session(), public_id, position)
    path = safe_join(str(public_folder(station().settings).resolve()), piece.audio_key or "")
    if path is None:
        raise NotFound("There is nothing at this address.")
    response = send(Path(path), mimetype="audio/mpeg", etag=(piece.audio_sha256 or "")[:32])
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/siaran/<public_id>/bagian/<int:position>.vtt")
def captions(public_id: str, position: int) -> Response:
    _, piece = _piece(public_id, position)
    return _file(formats.as_webvtt(piece), "text/vtt")


@blueprint.get("/siaran/<public_id>/siaran.txt")
def as_text(public_id: str) -> Response:
    return _file(formats.as_text(queries.open_by_id(session(), public_id)), "text/plain")


@blueprint.get("/siaran/<public_id>/siaran.json")
def as_json(public_id: str) -> Response:
    shown = queries.open_by_id(session(), public_id)
    return _file(formats.as_json(formats.as_object(shown, _links())), "application/json")


@blueprint.get("/siaran/<public_id>/manifes.txt")
def checksums(public_id: str) -> Response:
    return _file(formats.checksums(queries.open_by_id(session(), public_id)), "text/plain")


@blueprint.get("/data")
def data() -> str:
    shown = queries.all_published(session())
    return render_template("public/data.html", broadcasts=shown, total=len(shown))


@blueprint.get("/data/siaran.json")
def data_json() -> Response:
    rows = [formats.summary(one, _links()) for one in queries.all_published(session())]
    return _file(formats.as_json(rows), "application/json")


@blueprint.get("/data/siaran.csv")
def data_csv() -> Response:
    return _file(formats.broadcasts_csv(queries.all_published(session()), _links()), "text/csv")


@blueprint.get("/data/dikecualikan.csv")
def removed_csv() -> Response:
    return _file(formats.removed_csv(queries.all_published(session())), "text/csv")


@blueprint.get("/data/buku-besar.jsonl")
def ledger_lines() -> Response:
    return _file(formats.ledger_lines(queries.all_published(session())), "application/x-ndjson")


@blueprint.get("/umpan.rss")
def rss() -> Response:
    settings = station().settings
    links = _links("site.rss")
    text = formats.rss(_newest(), links, settings.station, settings.operator, settings.language)
    return _file(text, "application/rss+xml")


@blueprint.get("/umpan.atom")
def atom() -> Response:
    settings = station().settings
    return _file(
        formats.atom(_newest(), _links("site.atom"), settings.station, settings.operator), "application/atom+xml"
    )


@blueprint.get("/umpan.json")
def json_feed() -> Response:
    settings = station().settings
    text = formats.json_feed(_newest(), _links("site.json_feed"), settings.station, settings.operator)
    return _file(text, "application/feed+json")


def _newest() -> list[PublishedBroadcast]:
    return list(queries.all_published(session())[:FEED_LENGTH])


def _links(feed: str = "home") -> Links:
    base = station().settings.public_address
    return Links(
        site=base + url_for("home"),
        feed=base + url_for(feed),
        broadcast=lambda one: base + url_for("site.broadcast", public_id=one.public_id),
        sound=lambda one, piece: base + url_for("site.sound", public_id=one.public_id, position=piece.position),
    )


def _file(text: str | bytes, kind: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    # Open data is for other sites' programs too; a withdrawal must be seen at the next look.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response
