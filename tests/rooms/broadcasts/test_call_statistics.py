"""Figures of the calls, by month and by broadcast, for producers; guarded callers are counted and not described."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import call_statistics, services
from radiodesk.rooms.calls.models import Call, CallState, Channel, Protected
from radiodesk.rooms.programme import services as programme
from tests.factories.calls import ringing

BY = "sari"


def call(session: Session, clock: ManualClock, **facts: object) -> Call:
    made = ringing(session, clock.now())
    for name, value in facts.items():
        setattr(made, name, value)
    session.flush()
    return made


@pytest.fixture
def month(database: Database, clock: ManualClock) -> str:
    """A broadcast (its public id) and four calls: two on air, one of them protected, one lost, one open."""
    at = clock.now()
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo", by=BY, at=at)
        show = services.plan(tx, series, "Halo pagi", at, by=BY, at=at)
        services.go_on_air(tx, show, by=BY, at=at)
        aired = {"state": CallState.DONE, "screened_at": at, "ended_at": at}
        call(tx, clock, **aired, on_air_at=at + timedelta(seconds=60), category="kemacetan", place="Simpang Rahasia")
        call(
            tx, clock, **aired, on_air_at=at + timedelta(seconds=180), category="kdrt", place="Dusun Tertutup",
            protected=Protected.VICTIM,
        )  # fmt: skip
        call(tx, clock, state=CallState.LOST, ended_at=at)
        call(tx, clock, channel=Channel.SMS, screened_at=at, category="kemacetan", place="Simpang Rahasia")
        services.end(tx, show, by=BY, at=at + timedelta(minutes=30))
        return show.public_id


def test_what_became_of_the_calls_is_counted(month: str, database: Database, clock: ManualClock) -> None:
    with database.reading() as session:
        begin, end = call_statistics.month_of(clock.now().date(), ZoneInfo("Asia/Jakarta"))
        told = call_statistics.statistics_of(session, call_statistics.calls_between(session, begin, end))
        figures = told.all
        assert (figures.came, figures.taken, figures.on_air, figures.lost) == (4, 3, 2, 1)
        assert (figures.median_wait, figures.longest_wait) == (120, 180)
        assert [(share.name, share.count) for share in told.topics] == [("Kemacetan", 2)]
        assert [(share.name, share.count) for share in told.places] == [("Simpang Rahasia", 2)]
        assert told.unsaid == 1
        [one] = call_statistics.broadcasts_between(session, begin, end)
        # The call that is open still belongs to no broadcast.
        assert one.figures.came == 3


def test_producers_see_it_and_no_page_tells_of_a_guarded_caller(
    month: str, sign_in: Callable[..., FlaskClient]
) -> None:
    producer = sign_in(Role.PRODUCER)
    for address in ("/siaran/statistik?bulan=2026-11-05", f"/siaran/{month}/statistik"):
        page = producer.get(address)
        assert page.status_code == 200 and "Simpang Rahasia" in page.text
        assert "Dusun Tertutup" not in page.text and "Kekerasan dalam rumah" not in page.text
    rows = list(csv.reader(io.StringIO(producer.get("/siaran/statistik.csv?bulan=2026-11-01").text)))
    assert rows[0][:4] == ["on_air_at", "title", "came", "taken"]
    assert rows[1][1:] == ["Halo pagi", "3", "2", "2", "1", "120", "180"]


@pytest.mark.parametrize("month", ["", "x", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_any_month_can_be_asked_for(month: str, sign_in: Callable[..., FlaskClient]) -> None:
    producer = sign_in(Role.PRODUCER)
    for page in ("statistik", "statistik.csv"):
        assert producer.get(f"/siaran/{page}?bulan={month}").status_code == 200


def test_a_month_is_one_of_station_time(clock: ManualClock) -> None:
    begin, end = call_statistics.month_of(clock.now().date(), ZoneInfo("Asia/Jakarta"))
    assert (begin.isoformat(), end.isoformat()) == ("2026-10-31T17:00:00+00:00", "2026-11-30T17:00:00+00:00")
