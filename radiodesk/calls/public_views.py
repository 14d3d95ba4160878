"""Where people write to the show: the listeners' web form, and the Pos Jago form of officers in the villages.

Both work by plain POST; the Pos Jago page keeps reports on the phone while there is no network. A form that is not set
up does not exist.
"""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.audio.services import require_sound, store_upload
from radiodesk.calls.channels import partner
from radiodesk.calls.channels.intake import count_sender, take_in
from radiodesk.calls.channels.models import ChannelMessage
from radiodesk.calls.models import Channel
from radiodesk.calls.moving import drop
from radiodesk.calls.places import complete, hint_phrases
from radiodesk.calls.receiving import attach, receive
from radiodesk.calls.webhooks import NotSigned, only_if
from radiodesk.core import i18n
from radiodesk.core.addresses import network
from radiodesk.core.config import Settings
from radiodesk.core.errors import TooLarge, Unreadable
from radiodesk.core.http import back, field, now, session, station
from radiodesk.core.ids import public_id

blueprint = Blueprint("intake", __name__)


@blueprint.get("/kirim")
def form() -> str:
    only_if(station().settings.web_form)
    return render_template("public/report.html", typed={}, problem=None)


@blueprint.post("/kirim")
def send() -> BaseResponse:
    """A listener writes, or speaks into the phone's recorder and sends the file."""
    settings = station().settings
    only_if(settings.web_form)
    try:
        return _taken(settings)
    except (Unreadable, TooLarge) as refusal:
        session().rollback()
        page = render_template("public/report.html", typed=request.form, problem=i18n.say(refusal))
        return make_response(page, refusal.status)


def _taken(settings: Settings) -> BaseResponse:
    if field("situs", 200):
        # A field that no person sees: who fills it is a machine, and is told what machines like to hear.
        return back("intake.thanks")
    text, file = field("pesan", 8000), request.files.get("suara")
    if not text and not (file and file.filename):
        raise Unreadable("Please write something, or add a sound file.")
    if field("setuju", 3) != "yes":
        raise Unreadable("Please agree that the station keeps your message and may use it on air.")
    sender = count_sender(
        session(), Channel.WEB, network(request.remote_addr or ""), settings.intake_per_hour, at=now()
    )
    call = receive(
        session(),
        Channel.WEB,
        phone=field("telepon", 40) or None,
        name=field("nama", 120),
        place=field("tempat", 120),
        message=text,
        at=now(),
    )
    call.may_name, call.may_call_back = field("boleh_nama", 3) == "yes", field("boleh_telepon", 3) == "yes"
    call.consent_at, call.consent_by = now(), "web"
    session().add(
        ChannelMessage(
            channel=Channel.WEB,
            external_id=public_id(now()),
            call_id=call.id,
            received_at=now(),
            sender_hash=sender,
            text=text,
        )
    )
    if file and file.filename:
        if text:
            session().commit()
        recording = store_upload(session(), settings, file.stream, file.filename, at=now())
        phrases = hint_phrases(settings, call.place)
        attach(session(), call, recording, phrases=phrases, by="web", at=now())
        if recording.problem and not text:
            drop(session(), call, by="web", at=now(), why="unreadable")
        session().commit()
        require_sound(recording)
    return back("intake.thanks")


@blueprint.get("/kirim/terima-kasih")
def thanks() -> str:
    only_if(station().settings.web_form)
    return render_template("public/report_thanks.html")


@blueprint.get("/pos-jago")
def pos_jago() -> str:
    only_if(station().settings.pos_jago_token)
    return render_template("public/pos_jago.html", sent="terkirim" in request.args)


@blueprint.post("/pos-jago")
def pos_jago_report() -> BaseResponse:
    """One report as a plain form, where scripts do not run."""
    secret = station().settings.pos_jago_token
    only_if(secret)
    if not partner.fits(field("kode", 200), secret):
        raise NotSigned("The code does not fit. Ask the station for the Pos Jago code.")
    body: dict[str, Any] = {name: value for name, value in request.form.items() if value}
    body["id"] = public_id(now())
    take_in(session(), partner.incoming(partner.read_report(body), Channel.POS_JAGO, "Pos Jago"), at=now())
    return back("intake.pos_jago", terkirim=1)


@blueprint.get("/pos-jago/sw.js")
def pos_jago_worker() -> Response:
    """The service worker that keeps the form at hand without a network; its address decides what it may serve."""
    only_if(station().settings.pos_jago_token)
    response = current_app.send_static_file("js/pos_jago_worker.js")
    response.headers["Service-Worker-Allowed"] = "/pos-jago"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/pos-jago/tempat.json")
def pos_jago_places() -> Response:
    only_if(station().settings.pos_jago_token)
    found = complete(station().settings, request.args.get("q", "")[:60])
    return jsonify([{"name": place.name, "where": place.where} for place in found])
