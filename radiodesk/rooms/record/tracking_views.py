"""The public pages on which a complainant follows a ticket with number and PIN. They work without JavaScript."""

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, render_template, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from radiodesk.http.request import asked, back, field, now, session, stands_on, station
from radiodesk.rooms.record import tracking
from radiodesk.rooms.record.listener_requests import following
from radiodesk.rooms.record.listener_requests.models import ListenerRequest
from radiodesk.rooms.record.models import PublishedTicket
from radiodesk.rooms.tickets.care import Reply
from radiodesk.rooms.tickets.models import ENTRY_NAMES, STATE_NAMES, EntryKind, TicketState, TrackingCode

blueprint = Blueprint("tracking", __name__)

SLIP_SECONDS = 30 * 60
STEPS = (TicketState.NEW, TicketState.FORWARDED, TicketState.IN_PROGRESS, TicketState.ANSWERED, TicketState.CLOSED)


class SlipTooOld(tracking.NotOpened):
    """The page from which a reply was sent has stood open for too long."""


@blueprint.get("/pengaduan")
def form() -> str:
    return render_template("public/ticket_form.html", number=asked("nomor", 80))


@blueprint.post("/pengaduan")
def follow() -> str:
    heard, pin = field("nomor", 200), field("pin", 80)
    found = tracking.look_up(station().database, heard, pin, address=request.remote_addr or "", at=now())
    if isinstance(found, TrackingCode):
        code = session().get_one(TrackingCode, found.call_id)
        return render_template("public/message.html", code=code, told=tracking.told_of(session(), code))
    if isinstance(found, ListenerRequest):
        request_row = session().get_one(ListenerRequest, found.id)
        return render_template("public/listener_request.html", **following.face_of(session(), request_row))
    return _page(found)


@blueprint.post("/pengaduan/tanggapan")
def reply() -> Response:
    number = _number_of(field("token", 300))
    # The page with this form is an answer to number and PIN, which nobody types twice for a slip of the pen.
    stands_on(lambda: _page(tracking.published(session(), number)))
    tracking.take_reply(session(), number, field("jenis", 10), field("tanggapan"), at=now())
    return back("tracking.thanks")


@blueprint.get("/pengaduan/terima-kasih")
def thanks() -> str:
    return render_template("public/ticket_thanks.html")


def face_of(found: PublishedTicket) -> dict[str, Any]:
    """What the templates of a ticket's public face need."""
    return {
        "ticket": found,
        "state_name": STATE_NAMES[TicketState(found.state)],
        "steps": [(STATE_NAMES[step], _has_passed(found, step)) for step in STEPS],
        "entries": [
            {**entry, "name": ENTRY_NAMES[EntryKind(entry["kind"])], "at": datetime.fromisoformat(entry["at"])}
            for entry in found.entries
        ],
    }


def _page(found: PublishedTicket) -> str:
    return render_template(
        "public/ticket.html",
        **face_of(found),
        slip=_slips().dumps([found.number, now().timestamp()]),
        may_reply=found.state != TicketState.REJECTED,
        Reply=Reply,
    )


def _has_passed(found: PublishedTicket, step: TicketState) -> bool:
    return found.state in STEPS and STEPS.index(step) <= STEPS.index(TicketState(found.state))


def _slips() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="ticket reply")


def _number_of(slip: str) -> str:
    """The number whose PIN was right when the page was made; no cookie and no second PIN are needed."""
    try:
        number, made = _slips().loads(slip)
    except (BadData, ValueError, TypeError):
        made = 0
    if now().timestamp() - made > SLIP_SECONDS:
        raise SlipTooOld("This page is too old. Please type number and PIN again; your words are below.")
    return str(number)
