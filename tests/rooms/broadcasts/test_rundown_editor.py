"""The rundown at the desk: items of many kinds, put anywhere, changed in place, copied, timed from both ends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme import services as programmes

BY = "produser"
ZONE = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def shows(database: Database, now: datetime) -> tuple[str, str]:
    """An edition with three items of ten minutes each, and an empty one of the next day."""
    with database.writing() as session:
        series = programmes.add_programme(session, "Dialog Jumat", by=BY, at=now)
        full, bare = (services.plan(session, series, "", now + timedelta(days=n), by=BY, at=now) for n in (0, 1))
        for title in ("Salam", "Dialog", "Penutup"):
            rundowns.add_item(session, full, ItemKind.TALK, title, 600, by=BY, at=now)
        return full.public_id, bare.public_id


@pytest.fixture
def producer(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.PRODUCER, username=BY)


def items(database: Database, show: str) -> list[RundownItem]:
    with database.reading() as session:
        return rundown(session, _show(session, show).id)


def _show(session: Session, show: str) -> Broadcast:
    return session.scalars(select(Broadcast).where(Broadcast.public_id == show)).one()


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind is not ItemKind.SCRIPT])
def test_an_item_of_each_kind_goes_where_it_is_wanted(
    producer: FlaskClient, shows: tuple[str, str], database: Database, kind: ItemKind
) -> None:
    sent = {"title": "Baru", "kind": kind.value, "minutes": "5", "reader": "", "hard_at": "", "to": "2"}
    assert producer.post(f"/siaran/{shows[0]}/acara", data=sent).status_code == 303
    found = items(database, shows[0])
    assert [item.title for item in found] == ["Salam", "Baru", "Dialog", "Penutup"]
    assert [item.position for item in found] == [1, 2, 3, 4]
    assert found[1].kind is kind
    page = producer.get(f"/siaran/{shows[0]}").get_data(as_text=True)
    assert f"kind-{kind.value}" in page
    producer.post(f"/siaran/{shows[0]}/acara/urung")
    assert [item.title for item in items(database, shows[0])] == ["Salam", "Dialog", "Penutup"]


def test_an_item_is_changed_in_place_and_back_again(
    producer: FlaskClient, shows: tuple[str, str], database: Database
) -> None:
    one = items(database, shows[0])[1]
    sent = {"title": "Jawaban", "kind": "answered", "minutes": "7", "seconds": "30", "reader": "Petugas Contoh"}
    address = f"/siaran/{shows[0]}/acara/{one.public_id}/ubah"
    assert producer.post(address, data={**sent, "hard_at": "19:00", "version": one.version}).status_code == 303
    found = items(database, shows[0])[1]
    assert (found.title, found.kind, found.seconds, found.hard_at) == ("Jawaban", ItemKind.ANSWERED, 450, "19:00")
    late = producer.post(address, data={**sent, "title": "Terlambat", "hard_at": "", "version": one.version})
    assert late.status_code == 409
    assert "Terlambat" in late.get_data(as_text=True)
    producer.post(f"/siaran/{shows[0]}/acara/urung")
    found = items(database, shows[0])[1]
    assert (found.title, found.kind, found.seconds, found.hard_at) == ("Dialog", ItemKind.TALK, 600, "")


@pytest.mark.parametrize("wrong", [{"title": ""}, {"minutes": "400"}, {"hard_at": "25:00"}, {"kind": "x"}])
def test_what_cannot_be_comes_back(
    producer: FlaskClient, shows: tuple[str, str], database: Database, wrong: dict[str, str]
) -> None:
    one = items(database, shows[0])[1]
    sent = {"title": "Jawaban", "kind": "talk", "minutes": "7", "seconds": "0", "reader": "", "version": one.version}
    answer = producer.post(f"/siaran/{shows[0]}/acara/{one.public_id}/ubah", data={**sent, "hard_at": "", **wrong})
    assert answer.status_code == 422
    assert items(database, shows[0])[1].title == "Dialog"


def test_the_rundown_of_another_edition_is_copied_and_taken_back(
    producer: FlaskClient, shows: tuple[str, str], database: Database
) -> None:
    producer.post(f"/siaran/{shows[1]}/acara/salin", data={"source": shows[0]})
    assert [item.title for item in items(database, shows[1])] == ["Salam", "Dialog", "Penutup"]
    assert all(item.script_id is None for item in items(database, shows[1]))
    producer.post(f"/siaran/{shows[1]}/acara/urung")
    assert items(database, shows[1]) == []
    assert producer.post(f"/siaran/{shows[0]}/acara/salin", data={"source": shows[1]}).status_code == 409


def test_times_are_counted_from_both_ends(session: Session, shows: tuple[str, str]) -> None:
    show = _show(session, shows[0])
    found = rundown(session, show.id)
    found[1].hard_at = (show.planned_start + timedelta(minutes=8)).astimezone(ZONE).strftime("%H:%M")
    slots = rundowns.timed(found, show.planned_start, show.planned_end, ZONE)
    assert [(slot.begins - show.planned_start).seconds // 60 for slot in slots] == [0, 10, 20]
    # The show takes an hour, its items half of it: each may begin half an hour later than planned.
    assert [(slot.latest - slot.begins).seconds // 60 for slot in slots] == [30, 30, 30]
    assert [slot.off for slot in slots] == [None, 120.0, None]
    assert rundowns.timed([], show.planned_start, show.planned_end, ZONE) == []


def test_a_hard_time_after_midnight_is_the_nearest_one(session: Session, shows: tuple[str, str]) -> None:
    show = _show(session, shows[0])
    found = rundown(session, show.id)
    begins = datetime(2026, 11, 24, 23, 50, tzinfo=ZONE)
    found[0].hard_at, found[1].hard_at, found[2].hard_at = "23:50", "00:05", "00:00"
    assert [slot.off for slot in rundowns.timed(found, begins, None, ZONE)] == [0.0, -300.0, 600.0]


def test_what_is_too_long_or_still_free_is_told(
    producer: FlaskClient, shows: tuple[str, str], database: Database
) -> None:
    assert "30:00 masih kosong" in producer.get(f"/siaran/{shows[0]}").get_data(as_text=True)
    for _ in range(4):
        producer.post(f"/siaran/{shows[0]}/acara", data={"title": "Lagu", "kind": "music", "minutes": "10"})
    assert "10:00 terlalu panjang" in producer.get(f"/siaran/{shows[0]}").get_data(as_text=True)


def test_nothing_is_copied_from_itself(session: Session, shows: tuple[str, str], now: datetime) -> None:
    show = _show(session, shows[0])
    with pytest.raises(Conflict):
        rundowns.copy_rundown(session, show, show, by=BY, at=now)
