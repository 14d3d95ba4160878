"""Who writes by the public form gets number and PIN at once, and both stay good when a complaint is made of it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import call_tickets
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.calls.transitions import drop
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.programme import services as programmes
from radiodesk.rooms.tickets.models import TrackingCode
from radiodesk.rooms.tickets.station_rules import load_rules
from tests.factories import page_forms
from tests.factories import tickets as ticket_factory
from tests.factories.writers import held

SENT = {"pesan": "Jalan di depan pasar berlubang", "setuju": "yes"}


@pytest.fixture
def listener(public: Flask) -> FlaskClient:
    return public.test_client()


def write(listener: FlaskClient) -> tuple[str, str]:
    """Number and PIN as the page of thanks shows them."""
    answer = listener.post("/kirim", data=SENT, follow_redirects=True)
    assert answer.status_code == 200
    number, pin = re.findall(r'<dd class="number">([0-9-]+)</dd>', answer.get_data(as_text=True))
    return number, pin


def look(listener: FlaskClient, number: str, pin: str) -> TestResponse:
    return listener.post("/pengaduan", data={"nomor": number, "pin": pin})


def words(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_number_and_pin_of_a_message_show_how_far_it_has_come(
    listener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    number, pin = write(listener)
    assert "belum dibaca" in words(look(listener, number, pin))
    with database.writing() as tx:
        call = tx.scalars(select(Call)).one()
        assert call.state is CallState.RINGING
        drop(tx, call, by="penyaring", at=clock.now(), why="spam")
    page = words(look(listener, number, pin))
    assert "tidak ditindaklanjuti" in page
    assert SENT["pesan"] not in page
    wrong = f"{(int(pin) + 1) % 10**6:06}"
    assert look(listener, number, wrong).status_code == 403


def test_the_pin_is_shown_to_the_browser_that_sent_and_to_no_other_and_not_for_long(
    listener: FlaskClient, public: Flask, clock: ManualClock
) -> None:
    _number, pin = write(listener)
    assert pin in listener.get("/kirim/terima-kasih").get_data(as_text=True)
    assert pin not in public.test_client().get("/kirim/terima-kasih").get_data(as_text=True)
    clock.advance(timedelta(minutes=11))
    assert pin not in listener.get("/kirim/terima-kasih").get_data(as_text=True)


@pytest.mark.parametrize("cookie", ["x", "====", "AAAA", "\u00e9", "AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_cookie_that_is_none_of_ours_shows_the_page_without_a_code(public: Flask, cookie: str) -> None:
    answer = public.test_client().get("/kirim/terima-kasih", headers={"Cookie": f"tracking-code={cookie}"})
    assert answer.status_code == 200


def test_the_first_complaint_of_a_message_takes_its_number_and_pin_over(
    listener: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    number, pin = write(listener)
    with database.writing() as tx:
        call = tx.scalars(select(Call)).one()
        first = ticket_factory.opened(tx, settings, clock.now(), call=call)
        second = ticket_factory.opened(tx, settings, clock.now(), call=call)
        assert (first.ticket.number, first.pin) == (number, "")
        assert second.ticket.number != number and second.pin
    assert "sudah dicatat sebagai pengaduan" in words(look(listener, number, pin))
    Runner(database, settings, clock, kinds()).run_all()
    page = words(look(listener, number, pin))
    assert "Pengaduan" in page and "Lampu jalan di depan pasar padam." in page


def test_a_complaint_made_on_air_of_a_message_owes_its_sender_no_pin(
    listener: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    number, _pin = write(listener)
    with database.writing() as tx:
        series = programmes.add_programme(tx, "Uji", by="uji", at=clock.now())
        show = broadcasts.plan(tx, series, "", clock.now(), by="uji", at=clock.now())
        broadcasts.go_on_air(tx, show, by="penyiar", at=clock.now())
        call = tx.scalars(select(Call)).one()
        made = call_tickets.make_ticket(tx, load_rules(settings), show, call, by="penyiar", at=clock.now())
        assert (made.number, made.pin_waits_until) == (number, None)


def test_a_message_that_must_wait_for_the_database_has_its_code_already(
    listener: FlaskClient, database: Database, settings: Settings
) -> None:
    with held(settings):
        number, pin = write(listener)
    Taker(settings, database).turn()
    assert "belum dibaca" in words(look(listener, number, pin))


def test_a_number_that_was_taken_meanwhile_costs_the_message_nothing(
    listener: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with held(settings):
        number, _pin = write(listener)
    with database.writing() as tx:
        taken = ticket_factory.opened(tx, settings, clock.now()).ticket
        taken.number = number
    assert Taker(settings, database).turn() == 1
    with database.reading() as session:
        assert session.scalars(select(Call.message)).all() == [SENT["pesan"]]
        assert session.scalars(select(TrackingCode)).all() == []


def test_the_receipt_at_the_desk_says_that_the_sender_has_the_pin(
    listener: FlaskClient, database: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    number, pin = write(listener)
    with database.reading() as session:
        call = session.scalars(select(Call)).one().public_id
    desk = sign_in(Role.TICKET_OFFICER)
    address = f"/pengaduan/baru?call={call}"
    forms = page_forms.read(address, desk.get(address).get_data(as_text=True)).forms
    form = next(one.values() for one in forms if one.action == "/pengaduan/baru")
    given = {"text": "Jalan berlubang", "category": "jalan_rusak", "unit": "dishub", "urgency": "biasa"}
    page = words(desk.post("/pengaduan/baru", data={**form, **given}))
    assert number in page and pin not in page
    assert "Pengirim sudah memegang nomor dan PIN" in page
