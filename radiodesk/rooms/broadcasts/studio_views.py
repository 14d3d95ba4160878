"""What host, screener and producer do around the show: talkback, complaints of calls, questions from earlier shows."""

from datetime import datetime

from flask import Blueprint, render_template
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from radiodesk.core.errors import Conflict
from radiodesk.http.regions import region
from radiodesk.http.request import back, field, now, part, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import call_tickets, queries, services
from radiodesk.rooms.broadcasts.unanswered import answered_on_air
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.forms import choice
from radiodesk.rooms.calls.models import Protected
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.tickets.services import draw
from radiodesk.rooms.tickets.station_rules import load_rules

blueprint = Blueprint("studio", __name__)

SHOW = (Role.PRODUCER, Role.HOST, Role.SCREENER, Role.OFFICER)
CREW = (Role.PRODUCER, Role.HOST)


@blueprint.get("/penyiar")
@allowed(*SHOW)
def host() -> Response:
    """The host's screen of the broadcast that is on air or comes next."""
    found = queries.at_hand(session(), now())
    return back("broadcasts.host", public_id=found.public_id) if found else back("broadcasts.broadcasts")


@blueprint.get("/bisik")
@allowed(*SHOW)
@region("talkback")
def talk() -> str:
    return render_template("broadcasts/_talk.html", talk=services.recent_talk(session(), now()))


@blueprint.post("/siaran/<public_id>/pengaduan")
@allowed(*CREW)
def make_ticket(public_id: str) -> Response:
    rules = load_rules(station().settings)
    drawn = draw(station().database.keys, rules, now())
    broadcast = queries.broadcast_by_public_id(session(), public_id)
    call = call_by_public_id(session(), field("call", 36))
    if call.state not in call.live_states | call.waiting_states:
        raise Conflict("This caller is not in the studio any more. The screener can make the complaint.")
    call_tickets.make_ticket(session(), rules, broadcast, call, drawn=drawn, by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/lindungi")
@allowed(*CREW)
def protect(public_id: str) -> Response:
    """Protect a caller from the host's screen, at once and whatever the card says."""
    call = call_by_public_id(session(), field("call", 36))
    kind = choice("protected", Protected) or Protected.VICTIM
    calls.protect(session(), call, kind, hides=True, by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


@blueprint.get("/bisik/siaran")
@allowed(*SHOW)
@region("broadcasts")
def show_strip() -> str:
    """The broadcast that the queue belongs to, as a part of the screener's screen."""
    return show_head(session(), now())


@blueprint.post("/siaran/<public_id>/terjawab")
@allowed(*CREW)
def answered(public_id: str) -> Response:
    broadcast = queries.broadcast_by_public_id(session(), public_id)
    rules = load_rules(station().settings)
    answered_on_air(session(), rules, broadcast, field("question", 36), by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


def show_head(session: Session, at: datetime) -> Markup:
    """Title and clock of the broadcast whose queue this is."""
    return part("broadcasts/_show_strip.html", broadcast=queries.at_hand(session, at), now=at)


def talkback_panel(session: Session, at: datetime) -> Markup:
    """The talkback as a part of the screener's screen."""
    return part("broadcasts/_talkback.html", talk=services.recent_talk(session, at))
