"""A producer lets a programme come every Friday, and changes editions, at the desk."""

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState
from radiodesk.rooms.programme import services as programmes
from radiodesk.rooms.programme.models import Programme

ZONE = ZoneInfo("Asia/Jakarta")
SLOT = {
    "weekday": ["4"],
    "since": "2026-11-24",
    "until": "",
    "starts": "09:00",
    "minutes": "90",
    "hosts": "Host Contoh, Petugas Contoh",
    "units": "Satlantas",
    "place": "Pendopo Contoh",
    "walk_in": "yes",
}


@pytest.fixture
def series(database: Database, now: datetime) -> str:
    with database.writing() as session:
        return programmes.add_programme(session, "Dialog Jumat", by="produser", at=now).public_id


@pytest.fixture
def producer(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.PRODUCER)


def editions(database: Database) -> list[Broadcast]:
    with database.reading() as session:
        return list(session.scalars(select(Broadcast).order_by(Broadcast.planned_start)))


def version(client: FlaskClient, one: Broadcast) -> str:
    page = client.get(f"/siaran/{one.public_id}/ubah").get_data(as_text=True)
    return str(re.search(r'name="version" value="(\d+)"', page)[1])  # type: ignore[index]


def as_form(one: Broadcast, **changed: str) -> dict[str, str]:
    at = one.planned_start.astimezone(ZONE)
    return {
        "title": one.title,
        "date": at.date().isoformat(),
        "starts": at.strftime("%H:%M"),
        "minutes": str(one.planned_seconds // 60),
        "hosts": ", ".join(one.hosts),
        "units": ", ".join(one.units),
        "place": one.place,
        **({"walk_in": "yes"} if one.walk_in else {}),
        **changed,
    }


def test_a_slot_is_told_and_its_editions_stand_there_at_once(
    producer: FlaskClient, series: str, database: Database
) -> None:
    answer = producer.post(f"/program/{series}/jadwal", data=SLOT, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "Setiap Jumat, 09.00" in page
    assert "Pendopo Contoh" in page
    assert "Jumat Pon, 27 November 2026" in re.sub(r"\s+", " ", page) or "27 November 2026" in page
    assert len(editions(database)) == 6
    listed = producer.get("/program").get_data(as_text=True)
    assert "Setiap Jumat" in listed


def test_friday_kliwon_is_told_by_both_its_names(producer: FlaskClient, series: str, database: Database) -> None:
    page = producer.post(f"/program/{series}/jadwal", data={**SLOT, "market": ["4"]}, follow_redirects=True).get_data(
        as_text=True
    )
    assert "Setiap Jumat Kliwon" in page
    assert len(editions(database)) in (1, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekday": []},
        {"weekday": ["7"]},
        {"market": ["-1"]},
        {"weekday": ["x"]},
        {"starts": "25:00"},
        {"minutes": "1"},
        {"minutes": ""},
        {"since": "2026-13-01"},
        {"since": "2026-12-01", "until": "2026-11-30"},
    ],
)
def test_a_slot_that_cannot_be_comes_back_with_what_was_typed(
    producer: FlaskClient, series: str, database: Database, wrong: dict[str, object]
) -> None:
    answer = producer.post(f"/program/{series}/jadwal", data={**SLOT, **wrong})
    assert 400 <= answer.status_code < 500
    assert "Pendopo Contoh" in answer.get_data(as_text=True)
    assert editions(database) == []


def test_one_edition_is_changed_alone(producer: FlaskClient, series: str, database: Database) -> None:
    producer.post(f"/program/{series}/jadwal", data=SLOT)
    one = editions(database)[1]
    sent = as_form(one, title="Edisi khusus", starts="10:30", version=version(producer, one))
    assert producer.post(f"/siaran/{one.public_id}/ubah", data=sent).status_code == 303
    found = editions(database)
    assert [at.planned_start.astimezone(ZONE).hour for at in found] == [9, 10, 9, 9, 9, 9]
    page = producer.get(f"/program/{series}").get_data(as_text=True)
    assert "dipindah dari 4 Desember 2026 09.00 WIB" in page
    assert producer.post(f"/siaran/{one.public_id}/kembali").status_code == 303
    assert [at.planned_start.astimezone(ZONE).hour for at in editions(database)] == [9] * 6


def test_one_edition_and_all_later_ones_are_changed(producer: FlaskClient, series: str, database: Database) -> None:
    producer.post(f"/program/{series}/jadwal", data=SLOT)
    one = editions(database)[1]
    sent = as_form(one, starts="15:00", place="Alun-alun Contoh", version=version(producer, one))
    assert producer.post(f"/siaran/{one.public_id}/ubah/seterusnya", data=sent).status_code == 303
    found = editions(database)
    assert [at.planned_start.astimezone(ZONE).hour for at in found] == [9, 15, 15, 15, 15, 15]
    assert [at.place for at in found] == ["Pendopo Contoh"] + ["Alun-alun Contoh"] * 5


def test_who_sends_an_old_form_is_told(producer: FlaskClient, series: str, database: Database) -> None:
    producer.post(f"/program/{series}/jadwal", data=SLOT)
    one = editions(database)[1]
    old = version(producer, one)
    producer.post(f"/siaran/{one.public_id}/ubah", data=as_form(one, minutes="60", version=old))
    answer = producer.post(f"/siaran/{one.public_id}/ubah", data=as_form(one, place="Balai Contoh", version=old))
    assert answer.status_code == 409
    assert "Balai Contoh" in answer.get_data(as_text=True)


def test_an_edition_is_cancelled_and_reinstated(producer: FlaskClient, series: str, database: Database) -> None:
    producer.post(f"/program/{series}/jadwal", data=SLOT)
    one = editions(database)[0]
    assert producer.post(f"/siaran/{one.public_id}/batal", data={"why": " "}).status_code == 422
    producer.post(f"/siaran/{one.public_id}/batal", data={"why": "Pendopo dipakai"})
    assert editions(database)[0].state is BroadcastState.CANCELLED
    page = producer.get(f"/siaran/{one.public_id}").get_data(as_text=True)
    assert "Dibatalkan: Pendopo dipakai" in page
    # Nothing that goes on air is offered for it, and none can be forced.
    assert "/mulai" not in page
    assert producer.post(f"/siaran/{one.public_id}/mulai", data={"sure": "yes"}).status_code == 409
    producer.post(f"/siaran/{one.public_id}/pulihkan")
    assert editions(database)[0].state is BroadcastState.PLANNED


def test_an_edition_planned_by_hand_takes_its_day(producer: FlaskClient, series: str, database: Database) -> None:
    with database.writing() as session:
        _set_days(session, series)
    producer.post("/siaran", data={"programme": series, "title": "", "date": "2026-12-04", "time": "13:00"})
    producer.post(f"/program/{series}/susunan", data={})
    producer.post(f"/program/{series}/libur", data={"first": "2027-01-10", "until": "", "why": "Uji"})
    producer.post(f"/program/{series}/libur/hapus", data={"first": "2027-01-10", "last": "2027-01-10"})
    days = [one.planned_start.astimezone(ZONE).date() for one in editions(database)]
    assert days.count(date(2026, 12, 4)) == 1
    assert len(days) == 6


def _set_days(session: Session, series: str) -> None:
    from radiodesk.language.market_days import DayPattern
    from radiodesk.rooms.programme import slots
    from radiodesk.rooms.programme.slots import Plan

    programme = session.scalar(select(Programme).where(Programme.public_id == series))
    assert programme is not None
    pattern = DayPattern(frozenset({4}), frozenset(), date(2026, 11, 24))
    slots.add_slot(session, programme, pattern, Plan("09:00", 60), by="produser", at=datetime.now(ZONE))


def test_days_are_left_out_and_taken_in_again(producer: FlaskClient, series: str, database: Database) -> None:
    producer.post(f"/program/{series}/jadwal", data=SLOT)
    refused = producer.post(f"/program/{series}/libur", data={"first": "2026-12-01", "until": "", "why": ""})
    assert refused.status_code == 422
    sent = {"first": "2026-12-01", "until": "2026-12-12", "why": "Studio diperbaiki"}
    page = producer.post(f"/program/{series}/libur", data=sent, follow_redirects=True).get_data(as_text=True)
    assert page.count("Studio diperbaiki") >= 3
    states = [one.state for one in editions(database)]
    assert states.count(BroadcastState.CANCELLED) == 2


def test_a_template_is_kept_row_by_row(producer: FlaskClient, series: str, database: Database) -> None:
    rows = {
        "title": ["Salam", "Kabar pasar", ""],
        "kind": ["talk", "spot", "talk"],
        "minutes": ["2", "5", "0"],
        "reader": ["Host Contoh", "", ""],
        "on": ["", "m0", ""],
    }
    page = producer.post(f"/program/{series}/susunan", data=rows, follow_redirects=True).get_data(as_text=True)
    assert 'value="Kabar pasar"' in page
    with database.reading() as session:
        found = session.scalar(select(Programme.template))
    assert found == [
        {"kind": "talk", "seconds": 120, "title": "Salam", "reader": "Host Contoh"},
        {"kind": "spot", "seconds": 300, "title": "Kabar pasar", "reader": "", "on": "m0"},
    ]
    for wrong in ({"kind": ["talk", "x", "talk"]}, {"minutes": ["2", "999", "0"]}, {"on": ["", "m9", ""]}):
        assert producer.post(f"/program/{series}/susunan", data={**rows, **wrong}).status_code == 422
    assert producer.post(f"/program/{series}/susunan", data={**rows, "on": [""]}).status_code == 422
