"""Nobody is led away from the station's own pages, and a visitor's address is nobody else's to choose."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from radiodesk.accounts.models import Role
from radiodesk.core.http import Station, own_page
from radiodesk.web.proxies import Proxies

ELSEWHERE = [
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d%0aSet-Cookie:x=1",
    "/%5cevil.example",
    "/%2f/evil.example",
    "/%2Fevil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "evil.example",
    " /evil.example",
    "/antrean\x00",
    "/antrean\u2028x",
    "/\u3000/evil.example",
    "/ant rean",
    "/antrean\ud83d",
]
OURS = ["/", "/antrean", "/antrean/0199?x=1&y=%20a", "/siaran?q=Kapas%2C%20Dander", "/program?halaman=2"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_leads_elsewhere_leads_to_the_first_page(desk: Flask, target: str) -> None:
    with desk.test_request_context("/"):
        assert own_page(target) == "/"


@pytest.mark.parametrize("target", OURS)
def test_a_page_of_ours_is_led_back_to(desk: Flask, target: str) -> None:
    with desk.test_request_context("/"):
        assert own_page(target) == target


@pytest.mark.parametrize("target", [one for one in ELSEWHERE if one.isascii()])
def test_signing_in_and_switching_the_language_lead_nowhere_else(
    desk: Flask, public: Flask, sign_in: Callable[..., FlaskClient], target: str
) -> None:
    sign_in(Role.SCREENER, username="wati")
    form = {"username": "wati", "password": "sepuluh-huruf", "next": target}
    signed_in = desk.test_client().post("/masuk", data=form)
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/")
    switched = public.test_client().get("/bahasa/en", query_string={"ke": target})
    assert (switched.status_code, switched.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("::ffff:127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("127.0.0.1", "203.0.113.9:555", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, garbage", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("10.1.2.3", "10.9.9.9", "10.9.9.9"),
        # A stranger who writes the headers himself.
        ("203.0.113.50", "127.0.0.1", "203.0.113.50"),
    ],
)
def test_only_the_stations_own_proxies_are_believed(peer: str, forwarded: str, seen: str) -> None:
    app = Flask("seen")
    app.add_url_rule("/", view_func=lambda: f"{request.remote_addr} {request.scheme} {request.host}", endpoint="seen")
    trusted = [ip_network("127.0.0.0/8"), ip_network("10.1.0.0/16"), ip_network("10.9.0.0/16")]
    app.wsgi_app = Proxies(app.wsgi_app, trusted)  # type: ignore[method-assign]
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "siaran.example"}
    environ: Any = {"REMOTE_ADDR": peer}
    told = app.test_client().get("/", headers=headers, environ_base=environ).get_data(as_text=True)
    stranger = peer == "203.0.113.50"
    assert told == f"{seen} http localhost" if stranger else f"{seen} https siaran.example"


def test_limits_count_the_visitor_and_not_the_proxy(station: Station) -> None:
    from radiodesk.web.public import create_public

    given = station.settings.model_copy(update={"trusted_proxies": [ip_network("127.0.0.1/32")], "intake_per_hour": 1})
    app = create_public(Station(given, station.database, station.clock, station.notifier))

    def send(visitor: str) -> int:
        form = {"pesan": "Lampu padam", "setuju": "yes"}
        return app.test_client().post("/kirim", data=form, headers={"X-Forwarded-For": visitor}).status_code

    assert [send("203.0.113.1"), send("203.0.113.1"), send("203.0.113.2")] == [303, 429, 303]
