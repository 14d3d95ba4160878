"""Where machines write to the show: WhatsApp, SMS gateways, partner apps, and the Pos Jago form when it syncs.

What comes in is committed before anything slow is done with it. An address that is not set up does not exist; a refusal
is one sentence as JSON.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from radiodesk.calls.channels import partner, sms, whatsapp
from radiodesk.calls.channels.intake import known, take_in
from radiodesk.calls.channels.ports import Incoming
from radiodesk.calls.models import Channel
from radiodesk.core import given, i18n
from radiodesk.core.errors import Forbidden, NotFound, TooLarge, Unreadable
from radiodesk.core.http import now, session, station

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
    with i18n.speaking(settings.language):
        for incoming in whatsapp.parse(_json(body)):
            take_in(session(), incoming, at=now())
    return jsonify(ok=True)


@blueprint.post("/sms")
def sms_webhook() -> Response:
    secret = station().settings.sms_token
    only_if(secret)
    fields: Any = _json(_body()) if request.is_json else request.form
    if not isinstance(fields, dict):
        raise Unreadable("An SMS needs a sender (from) and words (text).")
    if not partner.fits(_token() or str(fields.get("token", "")), secret):
        raise NotSigned("The token does not fit.")
    return _answer(sms.from_gateway(fields))


@blueprint.post("/mitra")
def partner_report() -> Response:
    """A partner app sends a report, or its panic button was pressed."""
    tokens = station().settings.partner_tokens
    only_if(tokens)
    name = partner.partner_of(_token(), tokens)
    if name is None:
        raise NotSigned("The token does not fit.")
    return _answer(partner.incoming(partner.read_report(_json(_body())), Channel.PARTNER, name))


@blueprint.post("/pos-jago")
def pos_jago_report() -> Response:
    """A report that an officer wrote, maybe hours ago without a network."""
    secret = station().settings.pos_jago_token
    only_if(secret)
    if not partner.fits(_token(), secret):
        raise NotSigned("The code does not fit. Ask the station for the Pos Jago code.")
    return _answer(partner.incoming(partner.read_report(_json(_body())), Channel.POS_JAGO, "Pos Jago"))


def only_if(configured: object) -> None:
    """Raise ``NotFound`` for an address that the settings do not open."""
    if not configured:
        raise NotFound("There is nothing at this address.")


def _answer(incoming: Incoming) -> Response:
    """Take it in and tell a machine so: 201 when it is new, 200 when it was there already."""
    with i18n.speaking(station().settings.language):
        call = take_in(session(), incoming, at=now())
    there = call is not None or known(session(), incoming.channel, incoming.external_id) is not None
    return make_response(jsonify(id=incoming.external_id, taken=there), 200 if call is None else 201)


def _token() -> str:
    return partner.bearer(request.headers.get("Authorization", ""))


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST_BODY:
        raise TooLarge("The message is too large.")
    return request.get_data(cache=True)


def _json(body: bytes) -> Any:
    return given.json_value(body)


def told(sentence: str, status: int) -> Response:
    """Whatever goes wrong below ``/masuk``, as machines read it."""
    return make_response(jsonify(error=sentence), status)
