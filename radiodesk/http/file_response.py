"""Files over HTTP, whole or in part: a player asks for parts in the way of RFC 9110, section 14.

A ``Range`` of an unknown unit, one that is malformed and one that asks for several parts at once are ignored, as the
standard allows: the answer is the whole file, as it is for the last bytes of a file that has fewer. One that lies
behind the end is refused with 416.
"""

from pathlib import Path
from typing import Any

from flask import request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response

from radiodesk.core.errors import NotFound


def asked_part() -> tuple[int, int | None] | None:
    """First byte (negative: counted from the end) and the byte behind the last that are asked for; None for all."""
    asked = request.range
    if asked is None or asked.units.lower() != "bytes" or len(asked.ranges) != 1:
        return None
    first, behind = asked.ranges[0]
    return first, behind


def send(path: Path, *, mimetype: str, **given: Any) -> Response:
    """A file of this machine, or the part that was asked for; ``given`` as for Flask's ``send_file``.

    Raises ``NotFound`` when it is gone from the disk.
    """
    try:
        response = send_file(path.resolve(), mimetype=mimetype, conditional=False, **given)
        length = path.stat().st_size
    except FileNotFoundError:
        raise NotFound("This file is missing on the disk: %(name)s.", name=path.name) from None
    environ = request.environ
    part = asked_part()
    if part is None or -part[0] >= length:
        environ = {name: value for name, value in environ.items() if name != "HTTP_RANGE"}
    try:
        return response.make_conditional(environ, accept_ranges=True, complete_length=length)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
