"""Where machines write to the show: WhatsApp, SMS gateways, partner apps, and the Pos Jago form when it syncs.

Who may write is checked first; then what came is on disk, as it came, before anything reads it, and is answered. An
address that is not set up does not exist; a refusal is one sentence as JSON.
"""

from flask import Blueprint, Response, jsonify, make_response, request

from radiodesk.core.database import PROMPT
from radiodesk.core.errors import Forbidden, NotFound, TooLarge, Unreadable
from radiodesk.http.request import now, station
from radiodesk.rooms.messages import partner, whatsapp
from radiodesk.rooms.messages.arrivals import arrival_reader
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker

blueprint = Blueprint("webhooks", __name__, url_prefix="/masuk")

LARGEST_BODY = 1_000_000


class NotSigned(Forbidden):
    """The sender could not prove who it is."""


@blueprint.get("/whatsapp")
def whatsapp_challenge() -> Response:
    """WhatsApp asks once whether this address is really ours."""
    settings = station().settings
    only_if(settings.whatsapp_verify_token and settings.whatsapp_app_secret)
    token = request.args.get("hub.verify_token", "")
    if request.args.get("hub.mode") != "subscribe" or not partner.fits(token, settings.whatsapp_verify_token):
        raise NotSigned("The token does not fit.")
    return Response(request.args.get("hub.challenge", "")[:200], mimetype="text/plain")


@blueprint.post("/whatsapp")
def whatsapp_webhook() -> Response:
    settings = station().settings
    only_if(settings.whatsapp_verify_token and settings.whatsapp_app_secret)
    body, signature = _body(), request.headers.get("X-Hub-Signature-256", "")
    secret = settings.whatsapp_app_secret
    if secret is None or not whatsapp.signed(secret.get_secret_value(), body, signature):
        raise NotSigned("The signature does not fit.")
    answer = _taken_in(arrival_reader.WHATSAPP, body)
    # WhatsApp knows one good answer.
    answer.status_code = 200 if answer.status_code == 201 else answer.status_code
    return answer


@blueprint.post("/sms")
def sms_webhook() -> Response:
    secret = station().settings.sms_token
    only_if(secret)
    body, content_type = _body(), request.headers.get("Content-Type", "")
    token = _token()
    if not partner.fits(token or _token_within(body, content_type), secret):
        raise NotSigned("The token does not fit.")
    if not token:
        body = arrival_reader.without_token(body, content_type)
    return _taken_in(arrival_reader.SMS, body, type=content_type)


@blueprint.post("/mitra")
def partner_report() -> Response:
    """A partner app sends a report, or its panic button was pressed."""
    tokens = station().settings.partner_tokens
    only_if(tokens)
    name = partner.partner_of(_token(), tokens)
    if name is None:
        raise NotSigned("The token does not fit.")
    return _taken_in(arrival_reader.PARTNER, _body(), partner=name)


@blueprint.post("/pos-jago")
def pos_jago_report() -> Response:
    """A report that an officer wrote, maybe hours ago without a network."""
    secret = station().settings.pos_jago_token
    only_if(secret)
    if not partner.fits(_token(), secret):
        raise NotSigned("The code does not fit. Ask the station for the Pos Jago code.")
    return _taken_in(arrival_reader.POS_JAGO, _body())


def only_if(configured: object) -> None:
    """Raise ``NotFound`` for an address that the settings do not open."""
    if not configured:
        raise NotFound("There is nothing at this address.")


def _taken_in(source: str, body: bytes, **facts: str) -> Response:
    """Make it safe and tell a machine so: 201 when something new is in the queue, 200 when all was there already or
    waits for the database, 422 when it was not understood. Safe it is in every case.
    """
    taker = Taker(station().settings, station().database)
    arrival = taker.store.put(source, body, at=now(), facts=facts)
    taken = taker.at_once(arrival, patience=PROMPT)
    if taken is None:
        return jsonify(id=arrival.id, taken=False, safe=True)
    if taken.problem is not None:
        return make_response(jsonify(id=arrival.id, taken=False, safe=True, error=taken.problem), Unreadable.status)
    return make_response(jsonify(id=", ".join(taken.ids), taken=True), 201 if taken.new else 200)


def _token() -> str:
    return partner.bearer(request.headers.get("Authorization", ""))


def _token_within(body: bytes, content_type: str) -> str:
    """The token of a gateway that can send no header; a body that cannot be read has none."""
    try:
        fields = arrival_reader.fields_of(body, content_type)
        return next((str(fields[name]) for name in arrival_reader.TOKENS if fields.get(name)), "")
    except Unreadable:
        return ""


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST_BODY:
        raise TooLarge("The message is too large.")
    return request.get_data(cache=True, parse_form_data=False)


def told(sentence: str, status: int) -> Response:
    """Whatever goes wrong below ``/masuk``, as machines read it."""
    return make_response(jsonify(error=sentence), status)
