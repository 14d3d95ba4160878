"""The queue: whose it is, that each button says for whom, and numbers that are none."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.language import phones
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.programme import services as programme
from tests.factories import calls as make


@pytest.fixture
def screener(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.SCREENER, username="wati")


def fill(database: Database, clock: ManualClock) -> None:
    """Two callers in each state in which a line has a button."""
    with database.writing() as tx:
        for number, state in enumerate([CallState.RINGING, CallState.WAITING, CallState.READY] * 2):
            call = make.in_state(tx, state, clock.now(), phone=f"0812 0000 000{number}")
            call.name, call.place = (
                f"Penelepon {['Satu', 'Dua', 'Tiga', 'Empat', 'Lima', 'Enam'][number]}",
                "Jalan Veteran",
            )


def spoken(button: str) -> str:
    """What a screen reader says of a button."""
    label = re.search(r'aria-label="([^"]*)"', button)
    text = label[1] if label else re.sub(r"<kbd>.*?</kbd>|<[^>]*>", "", button.split(">", 1)[1])
    return " ".join(text.split())


def test_every_button_of_the_lines_names_whose_it_is(
    screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    fill(database, clock)
    page = screener.get("/antrean/daftar").get_data(as_text=True)
    names = [spoken(button) for button in re.findall(r"<button.*?</button>", page.split('class="zone"', 1)[1], re.S)]
    assert len(names) == 10
    assert len(set(names)) == len(names)
    assert "Angkat: Penelepon Satu, Jalan Veteran" in names
    assert "Naik: Penelepon Dua, Jalan Veteran" in names


def test_the_hosts_buttons_name_whose_they_are(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
        show = broadcasts.plan(tx, series, "", clock.now(), by="sari", at=clock.now())
        broadcasts.go_on_air(tx, show, by="sari", at=clock.now())
        for number, name in enumerate(("Satu", "Dua", "Tiga", "Empat", "Lima")):
            call = make.in_state(tx, CallState.READY, clock.now(), phone=f"0812 0000 000{number}")
            calls.screen(tx, call, make.card(name=f"Penelepon {name}", may_name=True), by="wati", at=clock.now())
        identity = show.public_id
    page = sign_in(Role.HOST, username="sari").get(f"/siaran/{identity}/penyiar/bagian").get_data(as_text=True)
    names = [spoken(button) for button in re.findall(r"<button.*?</button>", page, re.S)]
    assert len(set(names)) == len(names)
    assert "Angkat: Penelepon Lima" in names


def test_a_text_is_not_picked_up_but_read(
    sign_in: Callable[..., FlaskClient], screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
        show = broadcasts.plan(tx, series, "", clock.now(), by="sari", at=clock.now())
        broadcasts.go_on_air(tx, show, by="sari", at=clock.now())
        call = calls.receive(tx, Channel.WHATSAPP, at=clock.now(), phone="0812 0000 0001", message="Lampu padam")
        message, identity = call.public_id, show.public_id
    card = screener.get(f"/antrean/{message}").get_data(as_text=True)
    assert "Pesan baru" in card and "Abaikan" in card
    assert "Berdering" not in card and "Terputus" not in card
    with database.writing() as tx:
        call = tx.scalars(select(Call)).one()
        for step in (calls.answer, calls.consent, calls.queue, calls.make_ready):
            step(tx, call, by="wati", at=clock.now())
    page = sign_in(Role.HOST, username="sari").get(f"/siaran/{identity}/penyiar").get_data(as_text=True)
    assert "Bacakan<span" in page and "Angkat<span" not in page


def test_the_queue_belongs_to_a_named_broadcast_and_callers_of_another_are_told_apart(
    screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    assert "Belum ada siaran yang direncanakan" in screener.get("/antrean").get_data(as_text=True)
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
        first = broadcasts.plan(tx, series, "Halo Pagi", clock.now(), by="sari", at=clock.now())
        broadcasts.go_on_air(tx, first, by="sari", at=clock.now())
        make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Pagi")
        clock.advance(timedelta(hours=1))
        broadcasts.end(tx, first, by="sari", at=clock.now())
        clock.advance(timedelta(minutes=1))
        second = broadcasts.plan(tx, series, "Halo Sore", clock.now(), by="sari", at=clock.now())
        broadcasts.go_on_air(tx, second, by="sari", at=clock.now())
        make.in_state(tx, CallState.WAITING, clock.now(), name="Penelepon Sore", phone="0812 0000 0002")
    strip = screener.get("/bisik/siaran").get_data(as_text=True)
    assert "Halo Sore" in strip and "data-since" in strip and "data-until" in strip
    lines = screener.get("/antrean/daftar").get_data(as_text=True).split("<li ")
    tagged = {
        name: "Halo Pagi" in line for line in lines for name in ("Penelepon Pagi", "Penelepon Sore") if name in line
    }
    assert tagged == {"Penelepon Pagi": True, "Penelepon Sore": False}


@pytest.mark.parametrize("typed", ["08123", "12345", "0812 0000 0001 0002 0003", "110", "0000000"])
def test_a_number_that_is_none_is_said_so_and_kept_on_every_form(screener: FlaskClient, typed: str) -> None:
    forms = {
        "/antrean": {"channel": "phone", "phone": typed, "topic": "Lampu padam"},
        "/antrean/pesan": {"channel": "whatsapp", "phone": typed, "message": "Lampu padam"},
        "/antrean/blokir": {"phone": typed, "reason": "Berkata kasar"},
    }
    for address, data in forms.items():
        answer = screener.post(address, data=data)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, address
        assert f"{typed} " in page.split('role="alert"')[1].split("</p>")[0], address
        assert f'value="{typed}"' in page, address
        assert next(reversed(data.values())) in page, address


@pytest.mark.parametrize("typed", ["0812 0000 0001", "+62 812-0000-0001", "(0353) 881234", "881234", "+85291234567"])
def test_numbers_that_can_be_called_are_taken(typed: str) -> None:
    assert phones.complete(typed).startswith("+")


def test_a_short_number_that_came_by_itself_does_not_stop_the_card(
    screener: FlaskClient, database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        call = make.in_state(tx, CallState.SCREENING, clock.now(), by="wati", phone="2001")
        version, identity = call.version, call.public_id
    sent = {"version": str(version), "phone": "2001", "topic": "Lampu padam"}
    assert screener.post(f"/antrean/{identity}/kartu", data=sent).status_code == 303
    with database.reading() as look:
        assert look.scalars(select(Call)).one().topic == "Lampu padam"
