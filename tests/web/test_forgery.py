"""Nobody else's page makes a person's browser act: every address that changes something refuses without a token."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import func, select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.events import Event
from radiodesk.http.request import Station
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.messages.channels import registered_channels
from tests.factories.forms import UNSAFE, FormClient

MACHINES = {
    "/masuk/whatsapp": "X-Hub-Signature-256 over the body",
    "/masuk/sms": "the gateway's token",
    "/masuk/mitra": "the partner's token",
    "/masuk/pos-jago": "the code of Pos Jago",
    "/masuk/gammu": "none: Gammu's daemon hands over to a command, nothing is taken here",
    "/masuk/blackhole": "a token of the settings",
}
"""Webhooks, one a channel, and how each knows its sender."""

FORMS = {
    "/kirim": "anybody may write, and nobody is signed in",
    "/pos-jago": "the code of Pos Jago is a field of the form",
    "/pengaduan": "number and PIN are fields of the form",
    "/pengaduan/tanggapan": "a signed slip, made for the page after the right PIN, is a field of the form",
    "/siaran/x/bagian/1/perbaikan": "anybody may propose, and a person decides",
    "/siaran/x/penghapusan": "anybody may ask, and a person decides",
    "/siaran/x/masalah": "anybody may tell, and a person decides",
    "/oai": "it only asks: the protocol lets programs ask by POST",
}
"""Forms of listeners: what stands in the place of a token, since none of them acts for a session."""


def changing(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and an address for every rule of an application that changes something."""
    for rule in app.url_map.iter_rules():
        for method in sorted(UNSAFE & (rule.methods or set())):
            address = re.sub(r"<any\(([^)]*)\):\w+>", lambda one: one[1].split(",")[0].strip(" '\""), rule.rule)
            yield method, re.sub(r"<int:\w+>", "1", re.sub(r"<\w+>", "x", address))


def test_every_form_of_the_desk_refuses_without_its_token(
    desk: Flask, sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    assert isinstance(client, FormClient)
    client.sends_token = False
    before = _traces(database)
    asked = list(changing(desk))
    assert len(asked) > 100
    for method, address in asked:
        for headers in ({}, {"X-CSRFToken": "x"}, {"HX-Request": "true"}, {"Content-Type": "application/json"}):
            answer = client.open(address, method=method, headers=headers)
            assert answer.status_code == 400, (method, address, headers)
        answer = client.open(address, method=method, data={"csrf_token": "tebakan"})
        assert answer.status_code == 400, (method, address)
    assert _traces(database) == before


def test_the_token_of_another_session_does_not_fit(desk: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    mine, other = sign_in(Role.PRODUCER), desk.test_client()
    assert isinstance(mine, FormClient)
    mine.post("/bisik", data={"text": "Halo"})
    with other.session_transaction() as held:
        held["csrf_token"] = "lain" * 10
    assert isinstance(other, FormClient)
    stolen = other._token()
    mine.sends_token = False
    assert mine.post("/bisik", data={"text": "Halo", "csrf_token": stolen}).status_code == 400


def test_with_its_token_a_form_works(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(Role.PRODUCER)
    assert client.post("/bisik", data={"text": "Halo"}).status_code == 303


def _traces(database: Database) -> tuple[int | None, ...]:
    with database.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (AuditEntry, Event))


@pytest.fixture
def whole_site(station: Station) -> Flask:
    """The public site of a station to which every channel is open."""
    from radiodesk.web.public_site import create_public

    given = station.settings.model_copy(
        update={
            "whatsapp_verify_token": SecretStr("kata"),
            "whatsapp_app_secret": SecretStr("rahasia"),
            "sms_token": SecretStr("sandi"),
            "partner_tokens": {"Alarm": SecretStr("kunci")},
            "pos_jago_token": SecretStr("pos"),
        }
    )
    app = create_public(Station(given, station.database, station.clock, station.notifier))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app


def test_every_address_of_the_public_site_that_changes_something_is_accounted_for(whole_site: Flask) -> None:
    addresses = {address for _, address in changing(whole_site)}
    channels = {f"/masuk/{name}" for name in registered_channels()}
    assert addresses - {"/masuk/x"} | channels == set(MACHINES) | set(FORMS)


@pytest.mark.parametrize("address", [*MACHINES, "/pos-jago", "/pengaduan/tanggapan", "/pengaduan"])
def test_a_machine_or_a_form_without_its_proof_is_refused(address: str, whole_site: Flask, database: Database) -> None:
    client = whole_site.test_client()
    for body in ({"data": {"text": "x", "nomor": "1", "pin": "1"}}, {"json": {"id": "1", "text": "x"}}):
        answer = client.post(address, **body, headers={"Authorization": "Bearer tebakan"})
        assert 400 <= answer.status_code < 500
    assert _traces(database) == (0, 0)


def test_no_answer_of_the_public_site_sets_a_cookie_that_stands_for_a_person(whole_site: Flask) -> None:
    client = whole_site.test_client()
    client.post("/kirim", data={"pesan": "Halo", "setuju": "yes"})
    for address in ("/", "/kirim", "/pengaduan", "/pos-jago", "/bahasa/en"):
        client.get(address)
    assert [cookie.key for cookie in (client.get_cookie("language"), client.get_cookie("public_form")) if cookie] == [
        "language"
    ]
