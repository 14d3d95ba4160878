"""Words that were typed and not sent: kept for who typed them, gone when they were taken."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Unreadable
from radiodesk.rooms.accounts import drafts, services
from radiodesk.rooms.accounts.models import Draft, Role

PASSWORD = "sepuluh-huruf"
TYPED = [[["text", ""]], [["text", "Lampu jalan padam di depan pasar."]]]


@pytest.fixture
def clients(desk: Flask, database: Database, clock: ManualClock) -> list[FlaskClient]:
    found = []
    for username in ("tiket", "lain"):
        with database.writing() as tx:
            services.add_person(tx, username, "Uji", [Role.TICKET_OFFICER], PASSWORD, by="test", at=clock.now())
        client = desk.test_client()
        client.post("/masuk", data={"username": username, "password": PASSWORD})
        found.append(client)
    return found


def kept(client: FlaskClient, place: str = "/pengaduan/baru") -> object:
    return client.get("/draf", query_string={"untuk": place}).get_json()


def keep(client: FlaskClient, place: str = "/pengaduan/baru", typed: object = TYPED) -> int:
    return client.post("/draf", data={"untuk": place, "isian": json.dumps(typed)}).status_code


def test_a_draft_comes_back_to_who_typed_it_and_to_nobody_else(clients: list[FlaskClient]) -> None:
    mine, other = clients
    assert keep(mine) == 204
    assert kept(mine) == {"/pengaduan/baru": TYPED}
    assert kept(other) == {}


def test_a_draft_lies_encrypted(clients: list[FlaskClient], database: Database) -> None:
    keep(clients[0])
    with database.reading() as tx:
        raw = tx.connection().exec_driver_sql("SELECT fields FROM draft").scalar_one()
    assert b"Lampu jalan" not in raw


def test_a_form_that_was_taken_leaves_no_draft_and_a_refused_one_keeps_it(clients: list[FlaskClient]) -> None:
    client = clients[0]
    keep(client, "/saya/bahasa")
    assert client.post("/saya/bahasa", data={"language": "xx", "_draft": "/saya/bahasa"}).status_code == 422
    assert kept(client, "/saya/bahasa")
    assert client.post("/saya/bahasa", data={"language": "en", "_draft": "/saya/bahasa"}).status_code < 400
    assert kept(client, "/saya/bahasa") == {}


def test_a_draft_can_be_thrown_away(clients: list[FlaskClient]) -> None:
    keep(clients[0])
    assert clients[0].post("/draf/buang", data={"untuk": "/pengaduan/baru"}).status_code == 204
    assert kept(clients[0]) == {}


@pytest.mark.parametrize("typed", ["{", "[" * 50_000, "1", '"x"', "", '["' + "a" * 200_001 + '"]'])
def test_what_is_no_draft_is_refused_and_the_old_one_stays(clients: list[FlaskClient], typed: str) -> None:
    keep(clients[0])
    answer = clients[0].post("/draf", data={"untuk": "/pengaduan/baru", "isian": typed})
    assert answer.status_code == 422
    assert kept(clients[0]) == {"/pengaduan/baru": TYPED}


def test_drafts_are_kept_two_weeks_and_a_hundred_at_most(database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        person = services.add_person(tx, "tiket", "Uji", [Role.HOST], PASSWORD, by="test", at=clock.now())
        for number in range(drafts.MOST + 5):
            drafts.keep(tx, person, f"/{number}", TYPED, at=clock.now() + timedelta(seconds=number))
        assert tx.scalar(select(func.count()).select_from(Draft)) == drafts.MOST
        assert drafts.find(tx, person, ["/0", "/104"], at=clock.now()) == {"/104": TYPED}
        assert drafts.find(tx, person, ["/104"], at=clock.now() + timedelta(days=15)) == {}
        drafts.keep(tx, person, "/new", TYPED, at=clock.now() + timedelta(days=15))
        assert tx.scalar(select(func.count()).select_from(Draft)) == 1
        with pytest.raises(Unreadable):
            drafts.keep(tx, person, "", TYPED, at=clock.now())
