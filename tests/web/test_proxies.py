"""Behind trusted proxies the request is the visitor's; what anybody else writes into the headers counts for nothing."""

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, jsonify, request, url_for
from sqlalchemy import select

from radiodesk.core.addresses import client_of, network
from radiodesk.http.request import Station
from radiodesk.rooms.accounts import services
from radiodesk.rooms.accounts.models import Role, SignIn
from radiodesk.web.desk import create_desk
from radiodesk.web.proxies import BehindProxies
from radiodesk.web.public_site import create_public
from tests.conftest import PASSWORD

TRUSTED = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "127.0.0.1, 10.1.2.3", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("127.0.0.1", '"[2001:db8::7]"', "2001:db8::7"),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, <script>, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "6.6.6.6,,", "127.0.0.1"),
        ("127.0.0.1", "fe80::1%eth0" + "x" * 500, "fe80::1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_no_proxy(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, TRUSTED) == client


def test_without_trusted_proxies_headers_count_for_nothing() -> None:
    assert client_of("127.0.0.1", "198.51.100.1", []) == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"), ("::ffff:198.51.100.1", "198.51.100.1"), ("", "unknown"), ("x", "unknown"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
    ],
)  # fmt: skip
def test_a_household_counts_as_one(address: str, counted: str) -> None:
    assert network(address) == counted


def seen(trusted: list[Any], peer: str, **headers: str) -> dict[str, Any]:
    app = Flask("seen")
    app.add_url_rule("/", "seen", lambda: jsonify(
        address=request.remote_addr, secure=request.is_secure, url=url_for("seen", _external=True),
        left=[name for name, _ in request.headers if name.startswith("X-Forwarded")],
    ))  # fmt: skip
    app.wsgi_app = BehindProxies(app.wsgi_app, trusted)  # type: ignore[method-assign]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = app.test_client().get("/", headers=given, environ_overrides={"REMOTE_ADDR": peer})
    found: dict[str, Any] = answer.get_json()
    return found


def test_scheme_and_host_come_from_the_proxy_too() -> None:
    found = seen(TRUSTED, "127.0.0.1", X_Forwarded_For="198.51.100.1", X_Forwarded_Proto="http, https",
                 X_Forwarded_Host="evil.example, siaran.contoh.id")  # fmt: skip
    assert found == {"address": "198.51.100.1", "secure": True, "url": "https://siaran.contoh.id/", "left": []}


@pytest.mark.parametrize("trusted", [[], TRUSTED])
def test_a_stranger_who_writes_them_is_not_believed(trusted: list[Any]) -> None:
    found = seen(trusted, "203.0.113.9", X_Forwarded_For="127.0.0.1", X_Forwarded_Proto="https",
                 X_Forwarded_Host="evil.example")  # fmt: skip
    assert found == {"address": "203.0.113.9", "secure": False, "url": "http://localhost/", "left": []}


@pytest.mark.parametrize("host", ["evil.example/x", "a b", "evil\\.example", "[::1", "é.example", ""])
def test_a_host_that_is_none_is_left_out(host: str) -> None:
    assert seen(TRUSTED, "127.0.0.1", X_Forwarded_Host=host)["url"] == "http://localhost/"


@pytest.fixture
def behind(station: Station) -> Iterator[Callable[[Callable[[Station], Flask]], Flask]]:
    """Makes an application that trusts the proxy 10.1.0.1."""
    settings = station.settings.model_copy(update={"trusted_proxies": TRUSTED})
    given = Station(settings, station.database, station.clock, station.notifier)

    def make(create: Callable[[Station], Flask]) -> Flask:
        app = create(given)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
        return app

    yield make


def by(client: str) -> dict[str, Any]:
    return {"headers": {"X-Forwarded-For": client}, "environ_overrides": {"REMOTE_ADDR": "10.1.0.1"}}


def test_wrong_passwords_of_one_visitor_do_not_pause_another(behind: Any, station: Station) -> None:
    desk = behind(create_desk)
    with station.database.writing() as tx:
        services.add_person(tx, "wati", "Wati", [Role.HOST], PASSWORD, by="test", at=station.clock.now())
    for n in range(8):
        wrong = {"username": f"nama{n}", "password": "salah"}
        assert desk.test_client().post("/masuk", data=wrong, **by("198.51.100.1")).status_code == 401
    right = {"username": "wati", "password": PASSWORD}
    assert desk.test_client().post("/masuk", data=right, **by("198.51.100.1")).status_code == 429
    assert desk.test_client().post("/masuk", data=right, **by("198.51.100.2")).status_code == 303
    with station.database.reading() as session:
        assert session.scalars(select(SignIn.address)).one() == "198.51.100.2"


def test_the_limit_of_the_web_form_is_each_visitors_own(behind: Any, station: Station) -> None:
    public = behind(create_public)

    def send(client: str) -> int:
        data = {"pesan": "Lampu merah padam.", "setuju": "yes"}
        return int(public.test_client().post("/kirim", data=data, **by(client)).status_code)

    assert [send("198.51.100.1") for _ in range(13)] == [303] * 12 + [429]
    assert send("6.6.6.6, 198.51.100.1") == 429
    assert send("198.51.100.2") == 303


def test_cookies_that_came_over_https_stay_there(behind: Any, station: Station) -> None:
    desk = behind(create_desk)
    with station.database.writing() as tx:
        services.add_person(tx, "wati", "Wati", [Role.HOST], PASSWORD, by="test", at=station.clock.now())
    right = {"username": "wati", "password": PASSWORD}
    for scheme, secure in (("https", True), ("http", False)):
        headers = {"X-Forwarded-For": "198.51.100.2", "X-Forwarded-Proto": scheme}
        given: dict[str, Any] = {"headers": headers, "environ_overrides": {"REMOTE_ADDR": "10.1.0.1"}}
        page = desk.test_client().get("/masuk", **given)
        answer = desk.test_client().post("/masuk", data=right, **given)
        cookies = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
        assert cookies and all(("Secure" in cookie) is secure for cookie in cookies)
