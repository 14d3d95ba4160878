"""What people do with one edition: change it alone or from here on, move it, cancel it, and take both back."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from radiodesk.core.errors import Conflict
from radiodesk.core.inputs import station_time
from radiodesk.http.request import back, field, now, number, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import editions, forms, queries
from radiodesk.rooms.broadcasts.models import BROADCAST_STATE_NAMES, Broadcast
from radiodesk.rooms.broadcasts.ports import OUTCOME_NAMES, outcomes
from radiodesk.rooms.tickets.station_rules import load_rules

blueprint = Blueprint("editions", __name__)

CREW = (Role.PRODUCER, Role.HOST)


def _edition(public_id: str) -> Broadcast:
    return queries.broadcast_by_public_id(session(), public_id)


def _as_seen(public_id: str) -> Broadcast:
    """The edition, if it still is what the form was made of."""
    found = _edition(public_id)
    if number("version") != found.version:
        raise Conflict("Somebody changed this edition meanwhile. Look at what it is now, and send the form again.")
    return found


@blueprint.get("/siaran/<public_id>/ubah")
@allowed(*CREW)
def edition(public_id: str) -> str:
    found = _edition(public_id)
    zone = station().settings.zone
    return render_template(
        "broadcasts/edition.html",
        broadcast=found,
        day=editions.station_day(found.planned_start, zone),
        starts=found.planned_start.astimezone(zone).strftime("%H:%M"),
        clashes=editions.clashes(queries.planned_around(session(), found)).get(found.id, []),
        outcomes=outcomes(session(), [found]),
        units=load_rules(station().settings).units,
        states=BROADCAST_STATE_NAMES,
        outcome_names=OUTCOME_NAMES,
    )


@blueprint.post("/siaran/<public_id>/ubah")
@allowed(*CREW)
def change(public_id: str) -> Response:
    found, zone = _as_seen(public_id), station().settings.zone
    title, day = field("title", 160), forms.required_day("date")
    editions.change(session(), found, title, day, forms.plan(), zone, by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/ubah/seterusnya")
@allowed(Role.PRODUCER)
def change_from_here_on(public_id: str) -> Response:
    found, own = _as_seen(public_id), station().settings
    title, day = field("title", 160), forms.required_day("date")
    editions.change_from_here_on(session(), found, title, day, forms.plan(), own.zone, by=me().username, at=now())
    editions.make_editions(session(), own.zone, own.plan_weeks, at=now())
    return back("slots.programme", public_id=found.programme.public_id)


@blueprint.post("/siaran/<public_id>/pindah")
@allowed(*CREW)
def move(public_id: str) -> Response:
    """Plan an edition for another time, from the calendar; its page there says so and offers to take it back."""
    day, clock = field("date", 10), field("time", 8)
    start = station_time(day, clock, station().settings.zone)
    editions.move(session(), _edition(public_id), start, by=me().username, at=now())
    return back(_calendar(), hari=day, pindah=public_id)


@blueprint.post("/siaran/<public_id>/kembali")
@allowed(*CREW)
def move_back(public_id: str) -> Response:
    found = _edition(public_id)
    editions.move_back(session(), found, by=me().username, at=now())
    if not field("view", 10):
        return back("broadcasts.broadcast", public_id=public_id)
    return back(_calendar(), hari=editions.station_day(found.planned_start, station().settings.zone).isoformat())


def _calendar() -> str:
    return "calendar.month" if field("view", 10) == "month" else "calendar.week"


@blueprint.post("/siaran/<public_id>/batal")
@allowed(*CREW)
def cancel(public_id: str) -> Response:
    editions.cancel(session(), _edition(public_id), forms.reason(), by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/pulihkan")
@allowed(*CREW)
def reinstate(public_id: str) -> Response:
    editions.reinstate(session(), _edition(public_id), by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)
