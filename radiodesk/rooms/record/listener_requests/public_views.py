"""What a listener can ask about a public broadcast: forms that work by plain POST, without JavaScript.

The forms tell no more than the page of the broadcast does. What is sent in is answered at the desk, and followed with
number and PIN where complaints are (``record.tracking_views``).
"""

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from radiodesk.core import inputs
from radiodesk.core.addresses import network
from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.http.request import asked_number, back, field, now, session, stands_on, station
from radiodesk.http.tracking_cookie import code_given, give_code
from radiodesk.rooms.broadcasts.queries import broadcast_by_public_id
from radiodesk.rooms.record import public_queries
from radiodesk.rooms.record.listener_requests import services
from radiodesk.rooms.record.listener_requests.models import PROBLEMS, REMOVAL_GROUNDS, RequestKind
from radiodesk.rooms.record.listener_requests.public_lines import masks_in
from radiodesk.rooms.record.models import PIECE_KIND_NAMES, PublishedBroadcast, PublishedPiece

blueprint = Blueprint("listener_forms", __name__)

WHOLE = "semua"
"""What stands in the form for the whole broadcast."""


@blueprint.get("/siaran/<public_id>/bagian/<int:position>/perbaikan")
def correction(public_id: str, position: int) -> str:
    return _correction(public_id, position, asked_number("baris", 0))


def _correction(public_id: str, position: int, line: int) -> str:
    """The form for one line, with its public words in it."""
    piece = _line(session(), public_id, position, line)
    return render_template(
        "public/line_correction.html",
        broadcast=piece.broadcast,
        piece=piece,
        line=line,
        segment=piece.segments[line],
        before=piece.segments[line - 1] if line else None,
        after=piece.segments[line + 1] if line + 1 < len(piece.segments) else None,
        version=services.fingerprint(piece.segments[line]["text"]),
        masked=bool(masks_in(piece.segments[line]["text"])),
    )


@blueprint.post("/siaran/<public_id>/bagian/<int:position>/perbaikan")
def correct(public_id: str, position: int) -> Response:
    line = inputs.number(field("baris", 12))
    with station().database.reading() as looking:
        _line(looking, public_id, position, line)
    stands_on(lambda: _correction(public_id, position, line))
    asked = services.Asked(
        RequestKind.CORRECTION,
        field("usul", services.LONGEST_LINE),
        position=position,
        line=line,
        seen=field("version", 16),
        note=field("catatan", services.LONGEST_NOTE),
        name=field("nama", services.LONGEST_CONTACT),
        contact=field("kontak", services.LONGEST_CONTACT),
    )
    return _taken(public_id, asked)


@blueprint.get("/siaran/<public_id>/penghapusan")
def removal(public_id: str) -> str:
    return _about(public_id, "public/removal_form.html")


@blueprint.post("/siaran/<public_id>/penghapusan")
def remove(public_id: str) -> Response:
    return _taken_about(public_id, RequestKind.REMOVAL, "public/removal_form.html")


@blueprint.get("/siaran/<public_id>/masalah")
def problem(public_id: str) -> str:
    return _about(public_id, "public/problem_form.html")


@blueprint.post("/siaran/<public_id>/masalah")
def tell(public_id: str) -> Response:
    return _taken_about(public_id, RequestKind.PROBLEM, "public/problem_form.html")


def _about(public_id: str, template: str) -> str:
    """A form about a broadcast, or about a line of it where its address names one."""
    shown = public_queries.open_by_id(session(), public_id)
    chosen, segment = asked_number("bagian", 0), None
    if chosen and "baris" in request.args:
        piece, line = _piece(shown, chosen), asked_number("baris", 0)
        segment = piece.segments[line] if line < len(piece.segments) else None
    return render_template(
        template,
        broadcast=shown,
        grounds=REMOVAL_GROUNDS,
        problems=PROBLEMS,
        kinds=PIECE_KIND_NAMES,
        chosen=chosen,
        segment=segment,
        line=asked_number("baris", 0) if segment else "",
        whole=WHOLE,
    )


def _taken_about(public_id: str, kind: RequestKind, template: str) -> Response:
    """Take in a form about a broadcast; refused, it comes back in its ``template``."""
    with station().database.reading() as looking:
        # Before the form's page is said to be there; nobody waits for the turn to write meanwhile.
        public_queries.open_by_id(looking, public_id)
    stands_on(lambda: _about(public_id, template))
    return _taken(public_id, _asked(kind))


def _asked(kind: RequestKind) -> services.Asked:
    part, line = field("bagian", 12), field("baris", 12)
    if part not in ("", WHOLE) and not part.isdecimal():
        raise Unreadable("Please choose which part it is about.").of("bagian")
    position = inputs.number(part) if part.isdecimal() else None
    return services.Asked(
        kind,
        field("kata", services.LONGEST_WORDS),
        field("alasan", 20),
        position,
        inputs.number(line) if line and position is not None else None,
        name=field("nama", services.LONGEST_CONTACT),
        contact=field("kontak", services.LONGEST_CONTACT),
    )


def _taken(public_id: str, asked: services.Asked) -> Response:
    if field("situs", 200):
        # A field that no person sees: who fills it is a machine, and is told what machines like to hear.
        return back("listener_forms.thanks")
    settings, database = station().settings, station().database
    with database.reading() as looking:
        drawn = services.draw(looking, now().astimezone(settings.zone))
    shown = public_queries.open_by_id(session(), public_id)
    services.send(
        session(),
        shown,
        broadcast_by_public_id(session(), public_id),
        asked,
        drawn,
        network=network(request.remote_addr or ""),
        most=settings.intake_per_hour,
        at=now(),
    )
    page = url_for("listener_forms.thanks")
    return give_code(back("listener_forms.thanks"), drawn.number, drawn.pin.digits, page)


def _line(looking: Session, public_id: str, position: int, line: int) -> PublishedPiece:
    """The piece that a line is in; raises ``NotFound`` where there is none."""
    piece = _piece(public_queries.open_by_id(looking, public_id), position)
    if not 0 <= line < len(piece.segments):
        raise NotFound("There is nothing at this address.")
    return piece


def _piece(shown: PublishedBroadcast, position: int) -> PublishedPiece:
    found = next((one for one in shown.pieces if one.position == position), None)
    if found is None:
        raise NotFound("There is nothing at this address.")
    return found


@blueprint.get("/masukan/terima-kasih")
def thanks() -> str:
    return render_template("public/listener_thanks.html", code=code_given())
