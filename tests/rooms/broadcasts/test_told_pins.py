"""A complaint made on air owes its caller number and PIN: told once, by who may know, and not for long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.tickets.care import PIN_WAITS
from radiodesk.rooms.tickets.models import EntryKind, Ticket
from radiodesk.rooms.tickets.pins import pin_fits
from tests.factories import calls as make


@pytest.fixture
def screener(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.SCREENER, username="wati")


@pytest.fixture
def call(sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock) -> str:
    """A caller of whom the host made a complaint while on air."""
    return complained(sign_in, database, clock)


def complained(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, protected: Protected | None = None
) -> str:
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
        show = broadcasts.plan(tx, series, "", clock.now(), by="sari", at=clock.now())
        broadcasts.go_on_air(tx, show, by="sari", at=clock.now())
        made = make.in_state(tx, CallState.READY, clock.now())
        calls.screen(tx, made, make.card(protected=protected), by="wati", at=clock.now())
        broadcasts.take(tx, show, made, by="sari", at=clock.now())
        identity, address = made.public_id, f"/siaran/{show.public_id}"
    host = sign_in(Role.HOST, username="sari")
    host.post(f"{address}/pengaduan", data={"call": identity})
    assert "PIN" not in host.get(f"{address}/penyiar").get_data(as_text=True)
    return identity


def ticket(database: Database) -> Ticket:
    with database.reading() as look:
        return look.scalars(select(Ticket)).one()


def test_number_and_pin_appear_on_the_card_and_are_shown_once(
    screener: FlaskClient, database: Database, call: str
) -> None:
    made = ticket(database)
    card = screener.get(f"/antrean/{call}").get_data(as_text=True)
    assert made.number in card and "Tampilkan nomor dan PIN" in card
    assert "Penelepon Satu" in screener.get("/pengaduan/pin-menunggu").get_data(as_text=True)
    address = f"/pengaduan/{made.public_id}/pin-penelepon"
    receipt = screener.post(address)
    page = receipt.get_data(as_text=True)
    digits = page.split('<dt>PIN</dt><dd class="big number">')[1].split("<")[0]
    assert (receipt.status_code, made.number in page) == (200, True)
    assert pin_fits(database.keys, made.number, digits, ticket(database).pin_hash)
    # A screener may not open the complaint, so no link leads there.
    assert f"/antrean/{call}" in page and f'href="/pengaduan/{made.public_id}"' not in page
    again = screener.post(address)
    assert (again.status_code, digits in again.get_data(as_text=True)) == (409, False)
    assert "Tampilkan nomor dan PIN" not in screener.get(f"/antrean/{call}").get_data(as_text=True)
    with database.reading() as look:
        entries = [entry for entry in look.scalars(select(Ticket)).one().entries if entry.kind is EntryKind.PIN]
        assert [(entry.by, entry.public, digits in entry.text) for entry in entries] == [("wati", False, False)]


def test_the_pin_waits_for_a_while_only(
    screener: FlaskClient, database: Database, clock: ManualClock, call: str
) -> None:
    clock.advance(PIN_WAITS + timedelta(seconds=1))
    assert "Tampilkan nomor dan PIN" not in screener.get(f"/antrean/{call}").get_data(as_text=True)
    assert screener.post(f"/pengaduan/{ticket(database).public_id}/pin-penelepon").status_code == 409


def test_only_who_has_the_caller_may_know(sign_in: Callable[..., FlaskClient], database: Database, call: str) -> None:
    address = f"/pengaduan/{ticket(database).public_id}/pin-penelepon"
    for role in (Role.HOST, Role.OFFICER, Role.TICKET_OFFICER, Role.ARCHIVIST):
        assert sign_in(role, username=role.value.replace(" ", "")).post(address).status_code == 403
    assert ticket(database).pin_waits_until is not None


def test_the_pin_of_a_confidential_complaint_is_the_offices_once_the_call_is_over(
    sign_in: Callable[..., FlaskClient], screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = complained(sign_in, database, clock, Protected.VICTIM)
    address = f"/pengaduan/{ticket(database).public_id}/pin-penelepon"
    screener.post(f"/antrean/{call}/selesai")
    assert screener.post(address).status_code == 404
    assert "Penelepon Satu" not in screener.get("/pengaduan/pin-menunggu").get_data(as_text=True)


def test_a_new_pin_of_the_office_takes_the_first_ones_place(
    sign_in: Callable[..., FlaskClient], screener: FlaskClient, database: Database, call: str
) -> None:
    made = ticket(database)
    office = sign_in(Role.TICKET_OFFICER, username="kantor")
    office.post(f"/pengaduan/{made.public_id}/pin", data={"text": "Dikenal suaranya", "version": str(made.version)})
    assert screener.post(f"/pengaduan/{made.public_id}/pin-penelepon").status_code == 409
