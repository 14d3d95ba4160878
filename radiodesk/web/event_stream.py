"""The stream that open screens follow (server-sent events; id = event row = Last-Event-ID): what changed, and the HTML
of the regions that many screens show (``web.press``).

It goes by the rule of ``recordings.access``: of what a person may not read no id is sent. Where their screens show
something all the same (that a protected caller waits, that a complaint is there) they are told that something changed,
not what.
"""

import json
import time
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context

from radiodesk.core.errors import Unreadable
from radiodesk.core.inputs import number
from radiodesk.http.request import UNSENT, station
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.web.metrics import open_screen
from radiodesk.web.press import STILL_HERE, Screen, press_of

blueprint = Blueprint("live", __name__)

HEARTBEAT = 15.0
"""Seconds without a change after which an open stream looks whether its person is still signed in."""
MOST_UNSENT = 256 * 1024
"""Bytes on their way to a screen above which it gets nothing more; afterwards it gets the newest alone."""
LAG_LOOK = 0.1
LONGEST_LAG = 60.0
"""Seconds after which a screen that takes nothing is let go; it comes back when it can."""


@blueprint.get("/langsung")
def stream() -> Response:
    """Changes of the topics asked for (``topik``), from the row after the last one that the screen saw, and prints of
    the regions at the addresses asked for (``cetak``).
    """
    topics = set(filter(None, request.args.get("topik", "").split(",")))
    addresses, token = request.args.getlist("cetak"), request.cookies.get(COOKIE, "")
    unsent: Callable[[], int] = request.environ.get(UNSENT, lambda: 0)
    try:
        last = number(request.headers.get("Last-Event-ID") or request.args.get("sejak", ""))
    except Unreadable:
        last = None
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    press = press_of(app, station())

    def lines() -> Iterator[bytes]:
        yield b"retry: 1500\n\n"
        with open_screen(app), press.open(token, topics, addresses) as screen:
            if screen is None:
                return
            printed = json.dumps([region.address for region in screen.regions])
            if missed := press.missed(screen, last):
                yield missed
            yield f"event: prints\ndata: {printed}\n\n".encode()
            while (late := _room(screen, unsent)) is not None:
                # What waited long, or is the first after a silence, was perhaps for somebody who has left.
                if late and not press.still_here(screen):
                    return
                told = screen.take(HEARTBEAT)
                if told is None or (not told and not press.still_here(screen)):
                    return
                yield told or STILL_HERE

    return Response(
        stream_with_context(lines()),
        content_type="text/event-stream; charset=utf-8",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


def _room(screen: Screen, unsent: Callable[[], int]) -> bool | None:
    """Wait until the screen has taken most of what was sent: whether it lagged, ``None`` when it takes nothing."""
    began, late = time.monotonic(), False
    while unsent() > MOST_UNSENT:
        late = True
        if time.monotonic() - began > LONGEST_LAG:
            return None
        time.sleep(LAG_LOOK)
    return late


@blueprint.get("/alarm")
def alarms() -> str:
    """What is wrong with the station now, as every page shows it."""
    return render_template("web/_alarms.html")
