"""Objects and files over HTTP, whole or in part: a player asks for parts in the way of RFC 9110, section 14.

A ``Range`` of an unknown unit, one that is malformed and one that asks for several parts at once are ignored, as the
standard allows: the answer is the whole file, as it is for the last bytes of a file that has fewer. One that lies
behind the end is refused with 416.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import IO, Any, BinaryIO, cast
from zlib import adler32

from flask import current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.utils import send_file
from werkzeug.wrappers import Response

from radiodesk.core.errors import NotFound
from radiodesk.core.stores.ports import Stat
from radiodesk.core.stores.shelves import StoreObject

_BLOCK = 1 << 16
"""Bytes that are sent at once."""

_LEFT_OUT = ("HTTP_RANGE", "wsgi.file_wrapper")
"""Of the request, for the whole file; and the server's way to send a file, which wants to look for its end."""


def asked_part() -> tuple[int, int | None] | None:
    """First byte (negative: counted from the end) and the byte behind the last that are asked for; None for all."""
    asked = request.range
    if asked is None or asked.units.lower() != "bytes" or len(asked.ranges) != 1:
        return None
    first, behind = asked.ranges[0]
    return first, behind


def send(found: StoreObject, *, mimetype: str, **given: Any) -> Response:
    """An object of the store, or the part that was asked for, of which alone the store is asked.

    ``given`` as for Flask's ``send_file``. Raises ``NoSuchObject`` and ``StoreUnavailable``, before anything is sent.
    """
    return _send(found.stat(), found.open, mimetype=mimetype, **given)


def send_local(path: Path, *, mimetype: str, **given: Any) -> Response:
    """A file of this machine that is no object, such as a take that is being recorded; raises ``NotFound``."""

    def opened(first: int, _length: int | None) -> BinaryIO:
        file = path.open("rb")
        file.seek(first)
        return file

    try:
        told = path.stat()
        stat = Stat(path.name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))
        return _send(stat, opened, mimetype=mimetype, **given)
    except FileNotFoundError:
        raise NotFound("This file is missing on the disk: %(name)s.", name=path.name) from None


def _send(
    stat: Stat, open_: Callable[[int, int | None], BinaryIO], *, mimetype: str, etag: str = "", **given: Any
) -> Response:
    body = _Body(open_)
    given = {"download_name": PurePath(stat.key).name, "max_age": current_app.get_send_file_max_age, **given}
    response = send_file(
        cast(IO[bytes], body),
        {name: value for name, value in request.environ.items() if name not in _LEFT_OUT},
        mimetype=mimetype,
        conditional=False,
        etag=etag or stat.sha256 or f"{stat.modified.timestamp()}-{stat.size}-{adler32(stat.key.encode())}",
        last_modified=stat.modified,
        response_class=current_app.response_class,
        **given,
    )
    response.content_length = stat.size
    environ = request.environ
    part = asked_part()
    if part is None or -part[0] >= stat.size:
        environ = {name: value for name, value in environ.items() if name != "HTTP_RANGE"}
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=stat.size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    if response.status_code == 206:
        sent = response.content_range
        body.begin(sent.start or 0, (sent.stop or stat.size) - (sent.start or 0))
    elif response.status_code == 200:
        body.begin(0, None)
    return response


class _Body:
    """What is read while it is sent. It is opened once it is known which bytes are wanted, and before any is sent."""

    def __init__(self, open_: Callable[[int, int | None], BinaryIO]) -> None:
        self._open = open_
        self._file: BinaryIO | None = None
        self._first = 0

    def begin(self, first: int, length: int | None) -> None:
        if request.method != "HEAD":
            self._first, self._file = first, self._open(first, length)

    def read(self, _size: int) -> bytes:
        return self._file.read(_BLOCK) if self._file is not None else b""

    def seekable(self) -> bool:
        return True

    def seek(self, _offset: int) -> None:
        """Werkzeug goes to the first byte that is wanted; there it is."""

    def tell(self) -> int:
        return self._first

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
