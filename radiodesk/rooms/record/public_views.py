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

from flask import Blueprint, Response, render_template, request, stream_with_context
from sqlalchemy.orm import Session
from werkzeug.http import is_resource_modified
from werkzeug.wrappers import Response as BaseResponse

from radiodesk import __version__ as VERSION
from radiodesk.core import i18n, inputs
from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import N_
from radiodesk.http.file_response import send
from radiodesk.http.request import asked, asked_number, asked_page, now, session, station
from radiodesk.rooms.broadcasts import public_schedule
from radiodesk.rooms.broadcasts.models import AS_RUN_KIND_NAMES
from radiodesk.rooms.record import closed_reports, formats, linked_data, podcast_tags, record_feeds, search, sitemap
from radiodesk.rooms.record import public_addresses as addresses
from radiodesk.rooms.record import public_queries as queries
from radiodesk.rooms.record.masks import kind_name
from radiodesk.rooms.record.models import PIECE_KIND_NAMES, PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.public_queries import Edition
from radiodesk.rooms.record.public_sound import public_copies
from radiodesk.rooms.record.record_feeds import FeedPage
from radiodesk.rooms.record.removal_register import ground_of, register_as_csv, register_of

blueprint = Blueprint("site", __name__)

FEED_LENGTH = 50
LINES_A_WRITE = 100
DATA_FILES = {
    "site.data_json": "application/json",
    "site.data_csv": "text/csv",
    "site.removed_csv": "text/csv",
    "site.ledger_lines": "application/x-ndjson",
}
DATA_DESCRIPTION = N_(
    "Every published broadcast of %(station)s by %(operator)s: when it was, how long, what was taken out of it and "
    "how it is proven, as JSON and CSV."
)
NOT_FOR_CRAWLERS = ("/bahasa/", "/?cari=")
"""Paths that choose a language, or search: there are no pages behind them that are not told otherwise."""
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
    told = {"excerpt": formats.excerpt(shown), "main_sound": formats.main_sound(shown)}
    return Response(render_template("public/broadcast.html", broadcast=shown, parts=parts, **told, **_names()))


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


@blueprint.get("/siaran/<public_id>/dikecualikan")
def register(public_id: str) -> str:
    """What was taken out of a broadcast, where, and on which ground."""
    shown = queries.open_by_id(session(), public_id)
    removed = register_of(shown, station().settings.language)
    return render_template("public/register.html", broadcast=shown, removed=removed, ground_of=ground_of, **_names())


@blueprint.get("/siaran/<public_id>/dikecualikan.csv")
def register_csv(public_id: str) -> Response:
    language = station().settings.language
    return _of_broadcast(public_id, "text/csv", lambda one: register_as_csv(one, language))


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
    piece = queries.sound_of(session(), public_id, position, PublishedPiece.audio_key)
    return _sound_file(piece.audio_key, piece.audio_sha256, "audio/mpeg")


@blueprint.get("/siaran/<public_id>/suara/<int:position>.opus")
def opus(public_id: str, position: int) -> BaseResponse:
    """The same sound in fewer bytes."""
    piece = queries.sound_of(session(), public_id, position, PublishedPiece.opus_key)
    return _sound_file(piece.opus_key, piece.opus_sha256, formats.OPUS)


def _sound_file(key: str | None, digest: str | None, kind: str) -> BaseResponse:
    found = public_copies(station().settings).object(key or "")
    response = send(found, mimetype=kind, etag=(digest or "")[:32])
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/siaran/<public_id>/bagian/<int:position>.vtt")
def captions(public_id: str, position: int) -> Response:
    return _of_piece(public_id, position, "text/vtt", formats.as_webvtt)


@blueprint.get("/siaran/<public_id>/bagian/<int:position>.srt")
def subtitles(public_id: str, position: int) -> Response:
    return _of_piece(public_id, position, "application/x-subrip", formats.as_subrip)


@blueprint.get("/siaran/<public_id>/bagian/<int:position>.json")
def transcript(public_id: str, position: int) -> Response:
    return _of_piece(public_id, position, "application/json", formats.as_json_transcript)


@blueprint.get("/siaran/<public_id>/bagian/<int:position>/bab.json")
def chapters(public_id: str, position: int) -> Response:
    return _of_piece(public_id, position, podcast_tags.CHAPTERS, formats.as_chapters)


def _of_piece(public_id: str, position: int, kind: str, make: Callable[[PublishedPiece], str]) -> Response:
    edition = queries.edition_of(session(), public_id)
    return _kept(kind, edition, lambda: make(queries.piece_of(session(), public_id, position)))


@blueprint.get("/siaran/<public_id>/siaran.txt")
def as_text(public_id: str) -> Response:
    return _of_broadcast(public_id, "text/plain", formats.as_text)


@blueprint.get("/siaran/<public_id>/siaran.json")
def as_json(public_id: str) -> Response:
    links = addresses.links()
    return _of_broadcast(public_id, "application/json", lambda one: formats.as_json(formats.as_object(one, links)))


@blueprint.get("/siaran/<public_id>/siaran.jsonld")
def as_linked_data(public_id: str) -> Response:
    links, series = addresses.links(), addresses.series()
    return _of_broadcast(
        public_id, "application/ld+json", lambda one: formats.as_json(linked_data.episode(one, links, series))
    )


@blueprint.get("/siaran/<public_id>/manifes.txt")
def checksums(public_id: str) -> Response:
    return _of_broadcast(public_id, "text/plain", formats.checksums)


def _of_broadcast(public_id: str, kind: str, make: Callable[[PublishedBroadcast], str]) -> Response:
    edition = queries.edition_of(session(), public_id)
    return _kept(kind, edition, lambda: make(queries.open_by_id(session(), public_id)))


@blueprint.get("/data")
def data() -> str:
    description = i18n.gettext(
        DATA_DESCRIPTION, station=station().settings.station, operator=station().settings.operator
    )
    dataset = linked_data.dataset(
        name=f"{i18n.gettext('Open data')} · {station().settings.station}",
        description=description,
        address=addresses.address_of("site.data"),
        files=[(addresses.address_of(endpoint), kind) for endpoint, kind in DATA_FILES.items()],
        series=addresses.series(),
        changed_at=queries.edition(session()).changed_at,
    )
    return render_template("public/data.html", total=queries.count(session()), description=description, dataset=dataset)


@blueprint.get("/data/siaran.json")
def data_json() -> Response:
    links = addresses.links()
    return _of_all(
        "application/json", lambda tx: formats.rows_as_json(formats.summary(one, links) for one in queries.rows(tx))
    )


@blueprint.get("/data/siaran.csv")
def data_csv() -> Response:
    links = addresses.links()
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


@blueprint.get("/sitemap.xml")
def site_map() -> Response:
    always = ("home", "site.data", "schedule.page", "log.page", "reports.page")
    fixed = [addresses.address_of(endpoint) for endpoint in always]
    over = closed_reports.periods(session(), station().settings.zone, now())
    fixed += [addresses.address_of("reports.period", key=period.key) for period in over]
    # The stream is read when there is no request any more that addresses could be made for.
    page = addresses.address_of("site.broadcast", public_id="")
    return _of_all(
        "application/xml",
        lambda tx: sitemap.as_sitemap(fixed, ((page + one, at) for one, at in queries.open_pages(tx))),
    )


@blueprint.get("/robots.txt")
def robots() -> Response:
    text = sitemap.as_robots(addresses.address_of("site.site_map"), NOT_FOR_CRAWLERS)
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/umpan.rss")
def rss() -> Response:
    links = addresses.links("site.rss")
    return _feed("application/rss+xml", lambda page: record_feeds.rss(page, links, addresses.series()))


@blueprint.get("/umpan.atom")
def atom() -> Response:
    own = station().settings
    links = addresses.links("site.atom")
    return _feed("application/atom+xml", lambda page: record_feeds.atom(page, links, own.station, own.operator))


@blueprint.get("/umpan.json")
def json_feed() -> Response:
    own = station().settings
    links = addresses.links("site.json_feed")
    return _feed("application/feed+json", lambda page: record_feeds.json_feed(page, links, own.station, own.operator))


def _feed(kind: str, make: Callable[[FeedPage], str | bytes]) -> Response:
    number = asked_page()

    def made() -> str | bytes:
        shown, total = queries.published(session(), number, FEED_LENGTH, queries.in_feeds)
        return make(FeedPage(shown, number, max(1, -(-total // FEED_LENGTH))))

    return _kept(kind, queries.edition(session()), made)


def _kept(kind: str, edition: Edition, make: Callable[[], str | bytes | Iterator[str]]) -> Response:
    """A file for programs, made only where the asker does not hold this edition of it already (304)."""
    own = station().settings
    told = repr(
        (
            edition.tag,
            own.station,
            own.operator,
            own.public_address,
            own.contact_email,
            own.language,
            own.area,
            i18n.language.get(),
            VERSION,
        )
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
