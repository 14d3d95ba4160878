"""The public record: broadcasts to read, hear, search, download and verify. Reads the published tables alone, and of
what is on air, comes next or is cancelled what ``broadcasts.public_schedule`` tells.

Sound is opened by the key that stands in the published row; no address is ever turned into a path.
"""

import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from typing import Any, cast

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from sqlalchemy.orm import Session
from werkzeug.http import is_resource_modified
from werkzeug.wrappers import Response as BaseResponse

from radiodesk import __version__ as VERSION
from radiodesk.core import i18n, inputs
from radiodesk.core.errors import Unreadable
from radiodesk.http.file_response import send
from radiodesk.http.request import asked, asked_number, asked_page, now, session, station
from radiodesk.rooms.broadcasts import public_schedule
from radiodesk.rooms.broadcasts.models import AS_RUN_KIND_NAMES
from radiodesk.rooms.record import formats, record_feeds, search
from radiodesk.rooms.record import public_queries as queries
from radiodesk.rooms.record.formats import Links
from radiodesk.rooms.record.masks import kind_name
from radiodesk.rooms.record.models import PIECE_KIND_NAMES, PublishedBroadcast
from radiodesk.rooms.record.public_queries import Edition
from radiodesk.rooms.record.publication import public_copies
from radiodesk.rooms.record.record_feeds import FeedPage

blueprint = Blueprint("site", __name__)

FEED_LENGTH = 50
LINES_A_WRITE = 100
PART_CHARACTERS = 4_000
PAGE_CHARACTERS = 24_000
"""What a page holds of the words, so that it stays light on slow lines; the rest has pages of its own."""


def home() -> str:
    """The list of broadcasts, or what was found."""
    words, page = asked("cari"), asked_page()
    day = _day(asked("tanggal"))
    found = search.Found([], 0)
    shown: list[PublishedBroadcast] = []
    if words:
        found = search.find(session(), words, page)
        total = found.total
    elif day is not None:
        shown, total = queries.published_on(session(), day, station().settings.zone), 0
    else:
        shown, total = queries.published(session(), page)
    return render_template(
        "public/broadcasts.html",
        words=words,
        day=day,
        found=found,
        total=total,
        broadcasts=shown,
        page=page,
        more=page * queries.PAGE < total,
        excerpt=formats.excerpt,
        main_sound=formats.main_sound,
        on_now=public_schedule.on_now(session(), now()),
    )


def _day(text: str) -> date | None:
    try:
        return inputs.day(text)
    except Unreadable:
        return None


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
    piece = queries.piece_of(session(), public_id, position)
    first = asked_number("dari", 0)
    rest = piece.segments[first:]
    segments = _beginning(rest, PAGE_CHARACTERS)
    following = first + len(segments) if len(segments) < len(rest) else None
    return render_template(
        "public/part.html",
        broadcast=piece.broadcast,
        piece=piece,
        segments=segments,
        first=first,
        following=following,
        kinds=PIECE_KIND_NAMES,
    )


@blueprint.get("/siaran/<public_id>/suara/<int:position>.mp3")
def sound(public_id: str, position: int) -> BaseResponse:
    piece = queries.sound_of(session(), public_id, position)
    found = public_copies(station().settings).object(piece.audio_key or "")
    response = send(found, mimetype="audio/mpeg", etag=(piece.audio_sha256 or "")[:32])
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/siaran/<public_id>/bagian/<int:position>.vtt")
def captions(public_id: str, position: int) -> Response:
    edition = queries.edition_of(session(), public_id)
    return _kept("text/vtt", edition, lambda: formats.as_webvtt(queries.piece_of(session(), public_id, position)))


@blueprint.get("/siaran/<public_id>/siaran.txt")
def as_text(public_id: str) -> Response:
    return _of_broadcast(public_id, "text/plain", formats.as_text)


@blueprint.get("/siaran/<public_id>/siaran.json")
def as_json(public_id: str) -> Response:
    links = _links()
    return _of_broadcast(public_id, "application/json", lambda one: formats.as_json(formats.as_object(one, links)))


@blueprint.get("/siaran/<public_id>/manifes.txt")
def checksums(public_id: str) -> Response:
    return _of_broadcast(public_id, "text/plain", formats.checksums)


def _of_broadcast(public_id: str, kind: str, make: Callable[[PublishedBroadcast], str]) -> Response:
    edition = queries.edition_of(session(), public_id)
    return _kept(kind, edition, lambda: make(queries.open_by_id(session(), public_id)))


@blueprint.get("/data")
def data() -> str:
    return render_template("public/data.html", total=queries.count(session()))


@blueprint.get("/data/siaran.json")
def data_json() -> Response:
    links = _links()
    return _of_all(
        "application/json", lambda tx: formats.rows_as_json(formats.summary(one, links) for one in queries.rows(tx))
    )


@blueprint.get("/data/siaran.csv")
def data_csv() -> Response:
    links = _links()
    return _of_all("text/csv", lambda tx: formats.broadcasts_csv(queries.rows(tx), links))


@blueprint.get("/data/dikecualikan.csv")
def removed_csv() -> Response:
    return _of_all("text/csv", lambda tx: formats.removed_csv(queries.removed(tx)))


@blueprint.get("/data/buku-besar.jsonl")
def ledger_lines() -> Response:
    return _of_all("application/x-ndjson", lambda tx: formats.ledger_lines(queries.ledger_lines(tx)))


def _of_all(kind: str, make: Callable[[Session], Iterator[str]]) -> Response:
    return _kept(kind, queries.edition(session()), lambda: stream_with_context(_sent(make)))


def _sent(make: Callable[[Session], Iterator[str]]) -> Iterator[str]:
    """Lines as they are read, some at a time.

    The session is the stream's own: the request's is closed before the first line is sent. It ends with the last line,
    or when the server closes the stream because the asker is gone.
    """
    with station().database.reading() as tx, closing(cast(Generator[str], make(tx))) as lines:
        while bite := "".join(islice(lines, LINES_A_WRITE)):
            yield bite


@blueprint.get("/umpan.rss")
def rss() -> Response:
    own = station().settings
    links = _links("site.rss")
    return _feed(
        "application/rss+xml", lambda page: record_feeds.rss(page, links, own.station, own.operator, own.language)
    )


@blueprint.get("/umpan.atom")
def atom() -> Response:
    own = station().settings
    links = _links("site.atom")
    return _feed("application/atom+xml", lambda page: record_feeds.atom(page, links, own.station, own.operator))


@blueprint.get("/umpan.json")
def json_feed() -> Response:
    own = station().settings
    links = _links("site.json_feed")
    return _feed("application/feed+json", lambda page: record_feeds.json_feed(page, links, own.station, own.operator))


def _feed(kind: str, make: Callable[[FeedPage], str | bytes]) -> Response:
    number = asked_page()

    def made() -> str | bytes:
        shown, total = queries.published(session(), number, FEED_LENGTH)
        return make(FeedPage(shown, number, max(1, -(-total // FEED_LENGTH))))

    return _kept(kind, queries.edition(session()), made)


def _links(feed: str = "home") -> Links:
    base = station().settings.public_address
    return Links(
        site=base + url_for("home"),
        feed=lambda page: base + url_for(feed, hal=page if page > 1 else None),
        broadcast=lambda one: base + url_for("site.broadcast", public_id=one.public_id),
        sound=lambda one, piece: base + url_for("site.sound", public_id=one.public_id, position=piece.position),
    )


def _kept(kind: str, edition: Edition, make: Callable[[], str | bytes | Iterator[str]]) -> Response:
    """A file for programs, made only where the asker does not hold this edition of it already (304)."""
    own = station().settings
    told = repr(
        (edition.tag, own.station, own.operator, own.public_address, own.language, i18n.language.get(), VERSION)
    )
    tag = hashlib.sha256(told.encode()).hexdigest()[:32]
    # Its hours have whole seconds: a second change in the same one would pass unseen.
    settled = edition.changed_at is not None and now() - edition.changed_at > timedelta(seconds=1)
    changed_at = edition.changed_at if settled else None
    if is_resource_modified(request.environ, etag=tag, last_modified=changed_at):
        response = Response(make(), content_type=f"{kind}; charset=utf-8")
    else:
        response = Response(status=304)
    response.set_etag(tag)
    response.last_modified = changed_at
    # Open data is for other sites' programs too; a withdrawal must be seen at the next look.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response
