"""The schedule on the public site: a page, and a file that calendars follow."""

import hashlib
from datetime import datetime, time, timedelta

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.http import is_resource_modified

from radiodesk import __version__ as VERSION
from radiodesk.core import i18n
from radiodesk.http.request import now, session, station
from radiodesk.rooms.broadcasts import public_schedule
from radiodesk.rooms.broadcasts.public_schedule import Showing
from radiodesk.rooms.broadcasts.schedule_file import Sender, as_calendar

blueprint = Blueprint("schedule", __name__)

BEFORE = timedelta(days=7)
"""What was lately stays in the file, so that it does not vanish from a calendar on the same day."""
AFTER = timedelta(weeks=27)


def _since(days_before: timedelta) -> datetime:
    """The beginning of a day: within it the answer stays the same while no edition changes."""
    zone = station().settings.zone
    today = now().astimezone(zone).date()
    return datetime.combine(today - days_before, time.min, zone)


def _shown(days_before: timedelta) -> list[Showing]:
    since = _since(days_before)
    return public_schedule.between(session(), since, since + AFTER)


@blueprint.get("/jadwal")
def page() -> str:
    return render_template("public/schedule.html", shown=_shown(timedelta(0)))


@blueprint.get("/jadwal.ics")
def calendar() -> Response:
    settings = station().settings
    sender = Sender(settings.station, settings.public_address + url_for("schedule.page"), settings.studio_phone or "")
    shown = _shown(BEFORE)
    tag = hashlib.sha256(repr((VERSION, sender, i18n.language.get(), shown)).encode()).hexdigest()[:32]
    if is_resource_modified(request.environ, etag=tag):
        response = Response(as_calendar(shown, sender), content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="jadwal.ics"'
    else:
        response = Response(status=304)
    response.set_etag(tag)
    # Read by programs of other sites too; a cancellation must be seen at the next look.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie"
    return response
