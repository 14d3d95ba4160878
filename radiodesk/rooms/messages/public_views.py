"""Where people write to the show: the listeners' web form, and the Pos Jago form of officers in the villages.

Both work by plain POST; the Pos Jago page keeps reports on the phone while there is no network. A form that is not set
up does not exist.
"""

import json
from dataclasses import replace

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core.addresses import network
from radiodesk.core.database_kinds import PROMPT
from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.http.request import asked, back, field, now, of_field, station
from radiodesk.http.tracking_cookie import code_given, give_code
from radiodesk.language import phones
from radiodesk.rooms.calls.place_field import complete
from radiodesk.rooms.messages.arrivals import arrival_reader
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.messages.arrivals.web_form import FormFields
from radiodesk.rooms.messages.channels import partner
from radiodesk.rooms.messages.channels.bearer_tokens import fits
from radiodesk.rooms.messages.channels.report_channels import PosJagoChannel
from radiodesk.rooms.messages.ports import NotSigned, TrackingCode, tracking_codes
from radiodesk.sound.audio_facts import AudioUnreadable

blueprint = Blueprint("intake", __name__)


@blueprint.get("/kirim")
def form() -> str:
    _only_if(station().settings.web_form)
    return render_template("public/report.html")


def _whole_number(typed: str) -> str:
    """What was typed as a telephone number; raises ``PhoneUnreadable`` where digits are missing."""
    if typed:
        try:
            phones.complete(typed)
        except phones.PhoneUnreadable as refusal:
            raise refusal.of("telepon") from None
    return typed


@blueprint.post("/kirim")
def send() -> BaseResponse:
    """A listener writes, or speaks into the phone's recorder and sends the file."""
    settings = station().settings
    _only_if(settings.web_form)
    if field("situs", 200):
        # A field that no person sees: who fills it is a machine, and is told what machines like to hear.
        return back("intake.thanks")
    text, file = field("pesan", 8000), request.files.get("suara")
    sound = (file.filename, file.stream) if file is not None and file.filename else None
    if not text and sound is None:
        raise Unreadable("Please write something, or add a sound file.").of("pesan")
    if field("setuju", 3) != "yes":
        raise Unreadable("Please agree that the station keeps your message and may use it on air.").of("setuju")
    fields = FormFields(
        text,
        _whole_number(field("telepon", 40)),
        field("nama", 120),
        field("tempat", 120),
        field("boleh_nama", 3) == "yes",
        field("boleh_telepon", 3) == "yes",
        network(request.remote_addr or ""),
    )
    taker = Taker(settings, station().database)
    taker.require_few(fields.address, at=now())
    codes = tracking_codes(station().database)
    code = codes.draw(station().database, at=now().astimezone(settings.zone)) if codes is not None else None
    if code is not None:
        fields = replace(fields, number=code.number, pin_hash=code.pin_hash)
    with of_field("suara"):
        arrival = taker.store.put(arrival_reader.WEB, fields.as_body(), at=now(), sound=sound)
    taken = taker.at_once(arrival, patience=PROMPT)
    if taken is not None and taken.sound_problem:
        if not text:
            raise AudioUnreadable(taken.sound_problem).of("suara")
        # The words are in the queue: who is refused would send them a second time.
        return _with_code(back("intake.thanks", tanpa="suara"), code)
    return _with_code(back("intake.thanks"), code)


def _with_code(answer: BaseResponse, code: TrackingCode | None) -> BaseResponse:
    """The way to the page of thanks, which shows the code to this browser, for a while and to nobody else."""
    return answer if code is None else give_code(answer, code.number, code.pin, url_for("intake.thanks"))


@blueprint.get("/kirim/terima-kasih")
def thanks() -> str:
    _only_if(station().settings.web_form)
    return render_template("public/report_thanks.html", without_sound="tanpa" in request.args, code=code_given())


@blueprint.get("/pos-jago")
def pos_jago() -> str:
    _only_if(station().settings.pos_jago_token)
    return render_template("public/pos_jago.html", sent="terkirim" in request.args)


@blueprint.post("/pos-jago")
def pos_jago_report() -> BaseResponse:
    """One report as a plain form, where scripts do not run."""
    secret = station().settings.pos_jago_token
    _only_if(secret)
    if not fits(field("kode", 200), secret):
        raise NotSigned("The code does not fit. Ask the station for the Pos Jago code.").of("kode")
    given = {name: value for name, value in request.form.items() if value and name != "kode" and name[0] != "_"}
    body = given | {"id": public_id(now())}
    raw = json.dumps(body).encode()
    partner.read_report(body)
    taker = Taker(station().settings, station().database)
    taker.at_once(taker.store.put(PosJagoChannel.name, raw, at=now()), patience=PROMPT)
    return back("intake.pos_jago", terkirim=1)


@blueprint.get("/pos-jago/sw.js")
def pos_jago_worker() -> Response:
    """The service worker that keeps the form at hand without a network; its address decides what it may serve."""
    _only_if(station().settings.pos_jago_token)
    response = current_app.send_static_file("js/pos_jago_worker.js")
    response.headers["Service-Worker-Allowed"] = "/pos-jago"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/pos-jago/tempat.json")
def pos_jago_places() -> Response:
    _only_if(station().settings.pos_jago_token)
    found = complete(station().settings, asked("q", 60))
    return jsonify([{"name": place.name, "where": place.where} for place in found])


def _only_if(configured: object) -> None:
    """Raise ``NotFound`` for an address that the settings do not open."""
    if not configured:
        raise NotFound("There is nothing at this address.")
