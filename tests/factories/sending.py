"""Sends words to the station by every channel, as listeners, machines and screeners do."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from pydantic import SecretStr

from radiodesk.http.request import Station
from tests.rooms.messages import channels as bodies

SETTINGS: dict[str, Any] = {
    "whatsapp_verify_token": SecretStr("kata"),
    "whatsapp_app_secret": SecretStr("rahasia"),
    "sms_token": SecretStr("sandi"),
    "partner_tokens": {"Alarm": SecretStr("kunci")},
    "pos_jago_token": SecretStr("pos"),
    "intake_per_hour": 10_000,
}
"""Settings of a station to which every channel is open."""

Sender = Callable[[FlaskClient, str, str], int]
"""Sends words, under an identity of their own, through a browser; gives the status of the answer."""


def site_of(station: Station) -> FlaskClient:
    """A browser at the public site of a station to which every channel is open."""
    from radiodesk.web.public_site import create_public

    given = station.settings.model_copy(update=SETTINGS)
    app = create_public(Station(given, station.database, station.clock, station.notifier))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app.test_client()


def web_form(client: FlaskClient, words: str, _identity: str) -> int:
    data = {"pesan": words, "nama": words[:120], "tempat": words[:120], "setuju": "yes", "boleh_nama": "yes"}
    return client.post("/kirim", data=data).status_code


def whatsapp(client: FlaskClient, words: str, identity: str) -> int:
    body = bodies.whatsapp(bodies.text(words, identity, sender="62812" + identity.zfill(8)[-8:]), name=words[:120])
    raw, headers = bodies.signed("rahasia", body)
    return client.post("/masuk/whatsapp", data=raw, headers=headers).status_code


def sms(client: FlaskClient, words: str, identity: str) -> int:
    sent = {"id": identity, "from": "+62813" + identity.zfill(8)[-8:], "text": words, "token": "sandi"}
    return client.post("/masuk/sms", json=sent).status_code


def partner(client: FlaskClient, words: str, identity: str) -> int:
    sent = {"id": identity, "text": words, "name": words[:100], "place": words[:100]}
    return client.post("/masuk/mitra", json=sent, headers={"Authorization": "Bearer kunci"}).status_code


def pos_jago(client: FlaskClient, words: str, identity: str) -> int:
    sent = {"id": identity, "text": words, "place": words[:100], "officer": words[:100]}
    return client.post("/masuk/pos-jago", json=sent, headers={"Authorization": "Bearer pos"}).status_code


CHANNELS: dict[str, Sender] = {
    "web form": web_form,
    "WhatsApp": whatsapp,
    "SMS": sms,
    "partner": partner,
    "Pos Jago": pos_jago,
}


def screener(client: FlaskClient, words: str, _identity: str) -> int:
    """The screener's own form, at the desk."""
    return client.post(
        "/antrean",
        data={
            "channel": "walk_in",
            "name": words[:120],
            "place": words[:120],
            "topic": words[:120],
            "point": words[:200],
            "notes": words[:4000],
            "may_name": "yes",
            "consent": "yes",
            "then": "siap",
        },
    ).status_code
