"""The schedule on the public site: what is on, what comes, what was cancelled; and nothing that is private."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.ids import public_id
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import editions, rundowns, services
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState, ItemKind
from radiodesk.rooms.broadcasts.public_schedule import Showing, on_now
from radiodesk.rooms.broadcasts.schedule_file import Sender, as_calendar
from radiodesk.rooms.programme import services as programmes

BY = "produser"
PRIVATE = ("Judul edisi rahasia", "Karsinem", "Host Contoh", "Wawancara korban", "Pembaca Contoh")


@pytest.fixture
def planned(database: Database, now: datetime) -> str:
    """A dialogue on Friday with all that an edition may hold."""
    with database.writing() as session:
        series = programmes.add_programme(session, "Dialog Jumat", by=BY, at=now)
        start = datetime(2026, 11, 27, 2, tzinfo=UTC)
        one = services.plan(session, series, PRIVATE[0], start, seconds=5400, hosts=[PRIVATE[2]], by=BY, at=now)
        title = f"{PRIVATE[3]} {PRIVATE[1]}"
        rundowns.add_item(session, one, ItemKind.TALK, title, 60, reader=PRIVATE[4], by=BY, at=now)
        one.place, one.walk_in = "Pendopo Contoh, Jalan Contoh 1; lantai 2", True
        return one.public_id


@pytest.fixture
def visitor(public: Flask) -> FlaskClient:
    return public.test_client()


def events(text: str) -> list[vobject.base.Component]:
    """The events as another implementation reads them; anything that it holds to be wrong fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (calendar,) = vobject.readComponents(text)
        calendar.validate(raiseException=True)
    return list(calendar.contents.get("vevent", []))


def test_a_calendar_follows_the_schedule(visitor: FlaskClient, planned: str) -> None:
    answer = visitor.get("/jadwal.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    body = answer.get_data()
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    (one,) = events(body.decode())
    assert one.summary.value == "Dialog Jumat"
    assert one.dtstart.value == datetime(2026, 11, 27, 2, tzinfo=UTC)
    assert one.dtend.value - one.dtstart.value == timedelta(minutes=90)
    assert one.location.value == "Pendopo Contoh, Jalan Contoh 1; lantai 2"
    assert one.status.value == "CONFIRMED"
    assert planned not in one.uid.value and "@" in one.uid.value


def test_nothing_private_stands_in_the_schedule(visitor: FlaskClient, planned: str) -> None:
    for address in ("/jadwal.ics", "/jadwal", "/"):
        text = visitor.get(address).get_data(as_text=True).replace("\r\n ", "")
        assert "Dialog Jumat" in text
        for word in PRIVATE:
            assert word not in text, address


def test_who_has_it_already_gets_no_bytes_until_something_changes(
    visitor: FlaskClient, planned: str, database: Database, now: datetime
) -> None:
    first = visitor.get("/jadwal.ics")
    tag = first.headers["ETag"]
    again = visitor.get("/jadwal.ics", headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert visitor.get("/jadwal.ics").get_data() == first.get_data()
    with database.writing() as session:
        one = session.scalars(select(Broadcast)).one()
        editions.move(session, one, one.planned_start + timedelta(hours=1), by=BY, at=now)
    after = visitor.get("/jadwal.ics", headers={"If-None-Match": tag})
    assert after.status_code == 200
    before, moved = events(first.get_data(as_text=True))[0], events(after.get_data(as_text=True))[0]
    assert moved.uid.value == before.uid.value
    assert int(moved.sequence.value) > int(before.sequence.value)
    assert moved.dtstart.value - before.dtstart.value == timedelta(hours=1)


def test_a_cancelled_edition_is_told_with_its_reason(
    visitor: FlaskClient, planned: str, database: Database, now: datetime
) -> None:
    with database.writing() as session:
        editions.cancel(session, session.scalars(select(Broadcast)).one(), "Pendopo dipakai", by=BY, at=now)
    (one,) = events(visitor.get("/jadwal.ics").get_data(as_text=True))
    assert (one.status.value, one.description.value) == ("CANCELLED", "Pendopo dipakai")
    assert one.summary.value == "Dibatalkan: Dialog Jumat"
    for address in ("/", "/jadwal"):
        text = visitor.get(address).get_data(as_text=True)
        assert "Dibatalkan" in text
        assert "Pendopo dipakai" in text


def test_the_first_page_tells_what_is_on_and_what_is_next(
    visitor: FlaskClient, planned: str, database: Database, clock: ManualClock
) -> None:
    assert "Berikutnya" in visitor.get("/").get_data(as_text=True)
    with database.writing() as session:
        series = programmes.add_programme(session, "Halo Lalu Lintas", by=BY, at=clock.now())
        one = services.plan(session, series, "", clock.now(), by=BY, at=clock.now())
        services.go_on_air(session, one, by=BY, at=clock.now())
    text = visitor.get("/").get_data(as_text=True)
    assert text.index("Sedang mengudara") < text.index("Halo Lalu Lintas") < text.index("Berikutnya")
    assert text.index("Berikutnya") < text.index("Dialog Jumat")
    assert "Jumat Pon, 27 November 2026" in text
    assert "Pendopo Contoh" in text


def test_what_nobody_put_on_air_is_not_next_for_ever(planned: str, database: Database) -> None:
    start = datetime(2026, 11, 27, 2, tzinfo=UTC)
    with database.reading() as session:
        during, after = start + timedelta(minutes=80), start + timedelta(minutes=91)
        assert on_now(session, during).upcoming is not None
        assert on_now(session, after).upcoming is None


def test_the_desk_begins_with_what_is_next_and_what_comes_then(
    sign_in: Callable[..., FlaskClient], planned: str, database: Database, now: datetime
) -> None:
    with database.writing() as session:
        series = programmes.add_programme(session, "Halo Lalu Lintas", by=BY, at=now)
        services.plan(session, series, "", now + timedelta(hours=1), by=BY, at=now)
    text = sign_in(Role.HOST).get("/").get_data(as_text=True)
    assert text.index("Halo Lalu Lintas") < text.index("Judul edisi rahasia")


def test_a_station_without_plans_has_an_empty_schedule(visitor: FlaskClient) -> None:
    assert events(visitor.get("/jadwal.ics").get_data(as_text=True)) == []
    assert visitor.get("/jadwal").status_code == 200


TEXTS = st.text(max_size=200)


@bounds(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(title=TEXTS, place=TEXTS, why=TEXTS, state=st.sampled_from(BroadcastState), phone=TEXTS)
def test_whatever_people_wrote_stays_one_event(
    title: str, place: str, why: str, state: BroadcastState, phone: str
) -> None:
    at = datetime(2026, 11, 27, 2, tzinfo=UTC)
    one = Showing(public_id(at), 3, state, title, at, at + timedelta(hours=1), place, True, why)
    body = as_calendar([one], Sender("Radio Contoh", "https://radio.example/jadwal", phone))
    (found,) = events(body.decode())
    assert found.dtstart.value == at
    for hostile in ("BEGIN:VALARM", "ATTACH"):
        assert not any(line.startswith(hostile) for line in body.decode().split("\r\n"))
