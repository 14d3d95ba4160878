"""The short path of the public site: answers for what did not change, before the application is asked.

Each request asks the database for the mark of the edition that it is about; the print that lies under it is the page.
Where there is none the application makes the page, as it would without this module, and it is kept. Everything that
depends on anything but the published rows, the settings, the program, the language and the address goes the long way.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header, parse_cookie, parse_date, parse_etags
from werkzeug.test import EnvironBuilder, run_wsgi_app

from radiodesk import __version__ as VERSION
from radiodesk.core import i18n
from radiodesk.core.unavailable import unavailable
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.broadcasts import public_schedule
from radiodesk.rooms.record import closed_reports
from radiodesk.rooms.record.models import EditionMark
from radiodesk.web.metrics import KEPT
from radiodesk.web.prints import WHOLE, Place, Print, PrintFolder, makers_digest, printed

if TYPE_CHECKING:
    from pathlib import Path

    from radiodesk.http.request import Station

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two looks at what was published and what is to be swept."""
MOST_AT_ONCE = 20
"""Broadcasts that are rendered by one look after they were published; the rest when they are asked for."""
LONGEST_QUERY = 400

_OF_BROADCAST = re.compile(
    r"/siaran/([0-9A-Za-z-]{1,36})"
    r"(?:/(?:(bagian/\d{1,9})|bagian/\d{1,9}(?:\.vtt|\.srt|\.json|/bab\.json)|siaran\.(?:txt|json|jsonld)|manifes\.txt"
    r"|laporan(?:\.pdf|\.json|\.csv)?))?"
)
_REPORT = re.compile(
    r"/laporan/(\d{4}(?:-t[1-4])?)?(?:\.pdf|\.json|\.csv)?|/siaran/[^/]+/laporan(?:\.pdf|\.json|\.csv)?"
)
"""Pages of reports; beyond what their subject's mark tells they change as ``closed_reports.edition`` says."""
_FEEDS = frozenset({"/umpan.rss", "/umpan.atom", "/umpan.json"})
_WORD = re.compile(r"[A-Za-z0-9]")
_STATUSES = ("200 ", "410 ")
_OWN_HEADERS = frozenset({"content-length", "etag", "vary", "cache-control", "content-encoding"})
_NOT_FOR_MAKING = ("HTTP_IF_", "HTTP_RANGE", "HTTP_ACCEPT_ENCODING", "CONTENT_")
_MARK = "SELECT mark FROM edition_mark WHERE subject = ?"


@dataclass(frozen=True, slots=True)
class _Unkept:
    """An answer of the application that is not to be kept: a refusal, or something about the visitor."""

    status: str
    headers: list[tuple[str, str]]
    parts: list[bytes]


class ShortPath:
    """The public site's application behind its prints."""

    def __init__(
        self,
        app: WSGIApplication,
        station: "Station",
        language_cookie: str,
        program: Callable[[], "list[Path]"],
        count: Callable[[str, str, int, float], None],
    ) -> None:
        self._app, self._station, self._cookie, self._program = app, station, language_cookie, program
        self._count = count
        self._marks = station.database.question(_MARK)
        self._seen: dict[str, str] | None = None
        self._turning = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """See ``wsgiref.types.WSGIApplication``."""
        began, method = time.perf_counter(), str(environ["REQUEST_METHOD"])
        place = self._place(environ) if method in ("GET", "HEAD") else None
        if place is None:
            return self._app(environ, start_response)
        found = self._folder.find(place)
        if found is None:
            made = self._made(environ, place)
            if isinstance(made, Print):
                return _send(made, environ, start_response)
            start_response(made.status, made.headers)
            return [] if method == "HEAD" else made.parts

        def answer(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            self._count(method, KEPT, int(status[:3]), time.perf_counter() - began)
            return start_response(status, headers)

        return _send(found, environ, answer)

    def _place(self, environ: WSGIEnvironment) -> Place | None:
        """Where a page's print lies; ``None`` for what is never kept, what is not public, or without a database."""
        subject = _subject(environ)
        if subject is None:
            return None
        try:
            mark = self._marks.ask(subject)
            return None if mark is None else Place(subject, mark, self._about(environ))
        except Exception as error:  # the edge: the application asks the database, too, and says what is wrong with it
            if unavailable(error) is None:
                log.exception("Which edition is public could not be asked.")
            return None

    def _made(self, environ: WSGIEnvironment, place: Place) -> "Print | _Unkept":
        """Have a page made and keep it, if it is of the edition asked for; what is no page is answered as it is."""
        plain = {name: value for name, value in environ.items() if not name.startswith(_NOT_FOR_MAKING)}
        parts, status, headers = run_wsgi_app(self._app, plain | {"REQUEST_METHOD": "GET"}, buffered=True)
        if not status.startswith(_STATUSES) or not _says_nothing_of_the_visitor(headers):
            return _Unkept(status, list(headers), list(parts))
        kept = [(name, value) for name, value in headers if name.lower() not in _OWN_HEADERS]
        made = printed(status, kept, b"".join(parts))
        if self._place(environ) == place:
            self._folder.keep(place, made)
        return made

    def _about(self, environ: WSGIEnvironment) -> str:
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        cookies = environ.get("HTTP_COOKIE", "")
        chosen = parse_cookie(cookies).get(self._cookie) if self._cookie in cookies else None
        language = chosen if chosen in i18n.LANGUAGES else self._station.settings.language
        return repr((path, query, language, self._besides(path, query)))

    def _besides(self, path: str, query: str) -> object:
        """By what else a page changes than by the published rows."""
        if path == "/":
            return None if _searches(query) else self._on_now()
        if (report := _REPORT.fullmatch(path)) is None:
            return None
        key = (report[1] or "") if path.startswith("/laporan/") else None
        with self._station.database.reading() as session:
            return closed_reports.edition(session, key, self._station.settings.zone, self._station.clock.now())

    def _on_now(self) -> object:
        """What the first page says of the programme besides the record."""
        with self._station.database.reading() as session:
            return public_schedule.on_now(session, self._station.clock.now())

    @cached_property
    def _folder(self) -> PrintFolder:
        settings = self._station.settings
        area = area_pack(settings.area)
        told = (area.emergency, area.name, area.place_by_id.get(area.seat))
        maker = repr((VERSION, makers_digest(*self._program()), settings, told))
        return PrintFolder(settings.prints, maker)

    # ---- What the process does by itself

    def turn(self) -> None:
        """Sweep the folder, and render what was published since the last turn in both languages."""
        with self._turning:
            before = self._seen
            if before is not None and not self._folder.unswept and before.get(WHOLE) == self._marks.ask(WHOLE):
                return
            with self._station.database.reading() as session:
                marks = {row.subject: row.mark for row in session.scalars(select(EditionMark))}
            self._folder.sweep(marks)
            self._seen = marks
        fresh = [subject for subject, mark in marks.items() if before is not None and before.get(subject) != mark]
        for subject in fresh[:MOST_AT_ONCE]:
            self._render(f"/siaran/{subject}" if subject != WHOLE else "/")

    def _render(self, path: str) -> None:
        for language in i18n.LANGUAGES:
            asked = EnvironBuilder(path, headers=[("Cookie", f"{self._cookie}={language}")])
            environ = asked.get_environ()
            place = self._place(environ)
            if place is not None and self._folder.find(place) is None:
                self._made(environ, place)


def _subject(environ: WSGIEnvironment) -> str | None:
    """What a kept page is about: a broadcast, or the whole record; ``None`` for all other addresses."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if environ.get("SCRIPT_NAME") or len(query) > LONGEST_QUERY:
        return None
    if (found := _OF_BROADCAST.fullmatch(path)) is not None:
        return found[1] if _asks_only(query, {"dari"} if found[2] else set()) else None
    if path == "/":
        return WHOLE if _asks_only(query, {"cari", "hal", "tanggal"}) else None
    if path in _FEEDS:
        return WHOLE if _asks_only(query, {"hal"}) else None
    if path == "/sitemap.xml" or (path.startswith("/laporan/") and _REPORT.fullmatch(path)):
        return WHOLE if _asks_only(query, set()) else None
    return None


def _asks_only(query: str, known: set[str]) -> bool:
    """Whether nothing is asked that the page does not know: such addresses are without number."""
    names = [name for name, _ in parse_qsl(query, keep_blank_values=True)] if query else []
    return known.issuperset(names) and len(names) == len(set(names))


def _searches(query: str) -> bool:
    """Whether the page shows for certain what was found, and not what is on air."""
    return any(name == "cari" and _WORD.search(value[:200]) for name, value in parse_qsl(query))


def _says_nothing_of_the_visitor(headers: Headers) -> bool:
    return "Set-Cookie" not in headers and "'nonce-" not in headers.get("Content-Security-Policy", "")


def _send(found: Print, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    packed = _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f"{found.tag}-gzip" if packed else found.tag
    # To be kept and asked for again: a withdrawal must be seen at the next look.
    own = [("ETag", f'"{tag}"'), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding, Cookie")]
    if _is_held(found, tag, environ):
        told = [(name, value) for name, value in found.headers if name.lower() != "content-type"]
        start_response("304 NOT MODIFIED", told + own)
        return []
    length = len(found.packed) if packed else found.length
    own += [("Content-Length", str(length)), *([("Content-Encoding", "gzip")] if packed else [])]
    start_response(found.status, found.headers + own)
    if environ["REQUEST_METHOD"] == "HEAD":
        return []
    return [found.packed if packed else found.body]


@lru_cache(maxsize=256)
def _takes_gzip(header: str) -> bool:
    accepted = parse_accept_header(header)
    return bool(header) and accepted["gzip"] > 0


def _is_held(found: Print, tag: str, environ: WSGIEnvironment) -> bool:
    """Whether the asker has these very bytes."""
    if not found.status.startswith("200"):
        return False
    if (held := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        return bool(parse_etags(held).contains_weak(tag))
    if (since := environ.get("HTTP_IF_MODIFIED_SINCE")) is None:
        return False
    changed = parse_date(Headers(found.headers).get("Last-Modified"))
    asked = parse_date(since)
    return changed is not None and asked is not None and changed <= asked
