"""The ticket pages of the desk, as a table of addresses. Keys and live updates are in the templates."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from radiodesk.core.errors import Unreadable
from radiodesk.http.request import asked, back, field, now, number, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.place_field import place_id
from radiodesk.rooms.calls.visible import opened
from radiodesk.rooms.tickets import answers, care, pins, queries, services
from radiodesk.rooms.tickets.forms import LONGEST, decision, list_filter, new_ticket
from radiodesk.rooms.tickets.hooks import pins_head
from radiodesk.rooms.tickets.ticket_pages import (
    call_of_form,
    clocks_page,
    list_page,
    may_open_ticket,
    new_page,
    receipt_page,
    reveal_page,
    rules,
    seen,
    suggestion_for,
    suggestion_part,
    tells_of_change,
    ticket_page,
    wanted,
)

blueprint = Blueprint("tickets", __name__)

READERS = (Role.TICKET_OFFICER, Role.OFFICER, Role.PRODUCER)
OPENERS = (*READERS, Role.SCREENER)
KEEPERS = (Role.TICKET_OFFICER,)
TELLERS = (Role.SCREENER, Role.PRODUCER)
"""Who has the caller of a complaint made on air."""


@blueprint.get("/pengaduan")
@allowed(*READERS)
def tickets() -> str | Response:
    words = asked("cari")
    found = queries.ticket_by_number(session(), words) if words else None
    if found is not None and may_open_ticket(found):
        return redirect(url_for("tickets.ticket", public_id=found.public_id))
    return list_page(list_filter())


@blueprint.get("/pengaduan/tenggat")
@allowed(*READERS)
def overdue() -> str:
    return clocks_page()


@blueprint.get("/pengaduan/baru")
@allowed(*OPENERS)
def new() -> str:
    return new_page(call_of_form(asked("call", 36)))


@blueprint.post("/pengaduan/saran")
@allowed(*OPENERS)
def suggest() -> str:
    call = call_of_form(field("call", 36))
    if request.headers.get("HX-Request"):
        return suggestion_part(call, field("text", LONGEST), field("place", 200))
    return new_page(call, typed=request.form)


@blueprint.post("/pengaduan/baru")
@allowed(*OPENERS)
@tells_of_change
def open_ticket() -> str | Response:
    drawn = services.draw(station().database.keys, rules(), now())
    call = call_of_form(field("call", 36))
    form = new_ticket(call)
    known = queries.find_by_public_id(session(), form.identity)
    if known is not None:
        # The page was reloaded or sent twice: the ticket is there, its PIN was shown.
        return redirect(url_for("tickets.ticket", public_id=known.public_id), code=303)
    made = services.open_ticket(
        session(),
        rules(),
        text=form.text,
        suggestion=suggestion_for(session(), form.text),
        decision=form.decision,
        call=call,
        summary=form.summary,
        place=form.place,
        place_id=place_id(station().settings, form.place),
        phone=form.phone,
        confidential=form.confidential,
        identity=form.identity,
        drawn=drawn,
        by=me().username,
        at=now(),
    )
    return receipt_page(made.ticket, made.pin)


@blueprint.get("/pengaduan/pin-menunggu")
@allowed(*TELLERS)
def waiting_pins() -> str:
    """The callers who must still be told number and PIN, as a part of the screener's screen."""
    return pins_head(session(), now())


@blueprint.post("/pengaduan/<public_id>/pin-penelepon")
@allowed(*TELLERS)
def tell_pin(public_id: str) -> str:
    """Number and PIN of a complaint made on air, for the caller; once, to whoever may open the call."""
    with station().database.reading() as looking:
        pin = pins.fresh_pin(station().database.keys, queries.ticket_by_public_id(looking, public_id).number)
    found = queries.ticket_by_public_id(session(), public_id)
    if found.call is None:
        raise Unreadable("There is no call of this complaint.")
    call = opened(found.call.public_id)
    digits = care.first_pin(session(), found, pin, by=me().username, at=now())
    return receipt_page(found, digits, call=call)


@blueprint.get("/pengaduan/jawaban")
@allowed(*KEEPERS)
def answer_texts() -> str:
    return render_template("tickets/answers.html", texts=answers.texts(session()))


@blueprint.post("/pengaduan/jawaban")
@allowed(*KEEPERS)
def add_answer_text() -> Response:
    answers.add(session(), field("title", 120), field("text", LONGEST), by=me().username, at=now())
    return back("tickets.answer_texts")


@blueprint.post("/pengaduan/jawaban/<public_id>/hapus")
@allowed(*KEEPERS)
def remove_answer_text(public_id: str) -> Response:
    answers.remove(session(), public_id, by=me().username, at=now())
    return back("tickets.answer_texts")


@blueprint.get("/pengaduan/<public_id>")
@allowed(*READERS)
def ticket(public_id: str) -> str:
    return ticket_page(public_id)


@blueprint.post("/pengaduan/<public_id>/nomor")
@allowed(*KEEPERS)
def phone(public_id: str) -> str:
    return reveal_page(public_id)


@blueprint.post("/pengaduan/<public_id>/putusan")
@allowed(*KEEPERS)
@tells_of_change
def decide(public_id: str) -> Response:
    services.decide(session(), rules(), wanted(public_id), decision(), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/setuju")
@allowed(*KEEPERS)
@tells_of_change
def accept(public_id: str) -> Response:
    services.accept(session(), rules(), wanted(public_id), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/teruskan")
@allowed(*KEEPERS)
@tells_of_change
def forward(public_id: str) -> Response:
    unit, text = field("unit", 60), field("text", LONGEST)
    services.forward(session(), rules(), wanted(public_id), unit, text=text, by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/kerjakan")
@allowed(*KEEPERS)
@tells_of_change
def take_up(public_id: str) -> Response:
    services.take_up(session(), rules(), wanted(public_id), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/kembalikan")
@allowed(*KEEPERS)
@tells_of_change
def give_back(public_id: str) -> Response:
    services.give_back(session(), wanted(public_id), field("text", LONGEST), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/jawab")
@allowed(*KEEPERS)
@tells_of_change
def answer(public_id: str) -> Response:
    services.answer(session(), rules(), wanted(public_id), field("text", LONGEST), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/tutup")
@allowed(*KEEPERS)
@tells_of_change
def close(public_id: str) -> Response:
    services.close(session(), rules(), wanted(public_id), field("text", LONGEST), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/tolak")
@allowed(*KEEPERS)
@tells_of_change
def reject(public_id: str) -> Response:
    services.reject(session(), rules(), wanted(public_id), field("text", LONGEST), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/buka")
@allowed(*KEEPERS)
@tells_of_change
def reopen(public_id: str) -> Response:
    services.reopen(session(), rules(), wanted(public_id), field("text", LONGEST), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/gabung")
@allowed(*KEEPERS)
@tells_of_change
def merge(public_id: str) -> Response:
    duplicate = wanted(public_id)
    into = queries.ticket_by_number(session(), field("into", 200))
    if into is None:
        raise Unreadable("There is no complaint with this number. Please look at it again.").of("into")
    services.merge(session(), rules(), duplicate, into, by=me().username, at=now())
    return back("tickets.ticket", public_id=into.public_id)


@blueprint.post("/pengaduan/<public_id>/catatan")
@allowed(*READERS)
@tells_of_change
def note(public_id: str) -> Response:
    found, public = seen(public_id), field("public", 3) == "yes" and me().may(*KEEPERS)
    care.add_note(session(), rules(), found, field("text", LONGEST), public=public, by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/ringkasan")
@allowed(*KEEPERS)
@tells_of_change
def summary(public_id: str) -> Response:
    words, place = field("summary", 400), field("place", 200)
    where = place_id(station().settings, place)
    care.set_summary(session(), wanted(public_id), words, place, where, by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/rahasia")
@allowed(*KEEPERS)
@tells_of_change
def confidential(public_id: str) -> Response:
    hidden = field("confidential", 3) == "yes"
    care.set_confidential(session(), wanted(public_id), hidden, field("text", LONGEST), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/perpanjang")
@allowed(*KEEPERS)
@tells_of_change
def extend(public_id: str) -> Response:
    found = wanted(public_id)
    clock = care.running_clock(found, number("deadline"))
    care.extend(session(), rules(), found, clock, field("text", LONGEST), by=me().username, at=now())
    return back("tickets.ticket", public_id=public_id)


@blueprint.post("/pengaduan/<public_id>/pin")
@allowed(*KEEPERS)
@tells_of_change
def new_pin(public_id: str) -> str:
    with station().database.reading() as looking:
        pin = pins.fresh_pin(station().database.keys, queries.ticket_by_public_id(looking, public_id).number)
    found = wanted(public_id)
    digits = care.new_pin(session(), found, pin, field("text", LONGEST), by=me().username, at=now())
    return receipt_page(found, digits)
