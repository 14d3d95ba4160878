"""What a condition keeps in the clear, and what an officer's word does to it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.keys import KeyMissing
from radiodesk.core.schema import downgrade, upgrade
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.language.places.station_area import place_finder
from radiodesk.road.ports import Report
from radiodesk.road.posts import Posts
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.traffic import queries, services
from radiodesk.rooms.traffic.models import RoadCondition, RoadReport
from radiodesk.rooms.traffic.report_rows import report_of

SENDER, WORDS = "Warga Contohan", "macet parah di depan warung Mbok Misalan"
CHAT = f"[01/03/26, 08.00.00] {SENDER}: {WORDS}"


def paste(session: Session, text: str, at: datetime) -> list[RoadReport]:
    taken = services.take_posts(
        session, text, source="petugas", by="petugas", at=at, finder=place_finder("bojonegoro"), zone="Asia/Jakarta"
    )
    return list(taken.reports)


def clear(database: Database, table: str) -> str:
    """All that can be read of a table without a key."""
    with database.engine.connect() as connection:
        return str(connection.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - the test's own name


def test_who_wrote_and_what_stands_for_no_place_lie_encrypted(
    database: Database, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.writing() as tx:
        report = Report(WORDS, SENDER, now, flow="macet", kind="flow")
        first = services.keep_posts(tx, Posts((report,), (), "petugas"), by="petugas", at=now).reports
        again = services.keep_posts(tx, Posts((report,), (), "petugas"), by="petugas", at=now).reports
        assert first[0].spot == again[0].spot
        assert report_of(first[0]).source == SENDER
    with database.reading() as session:
        (condition,) = queries.live_conditions(session, now)
        assert (condition.place, condition.sources, len(condition.reports)) == ("", ["petugas"], 2)
    for table in ("road_report", "road_condition"):
        told = clear(database, table).lower()
        assert "contohan" not in told and "misalan" not in told
    officer = sign_in(Role.OFFICER)
    for page in ("/lalin", f"/lalin/kondisi/{condition.public_id}"):
        assert WORDS in officer.get(page).text
    assert officer.post(f"/lalin/kondisi/{condition.public_id}/benar").status_code == 303
    with database.reading() as session:
        (condition,) = queries.live_conditions(session, now)
        assert len(condition.reports) == 3


def test_who_wrote_a_pasted_post_stands_in_no_column_in_the_clear(session: Session, now: datetime) -> None:
    rows = paste(session, CHAT.replace(WORDS, "Simpang Kapas macet total"), now.replace(2026, 3, 1))
    assert {(row.source, report_of(row).source) for row in rows} == {("petugas", SENDER)}


def test_rows_of_the_release_before_lose_their_words_and_writers_in_the_clear(
    database: Database, now: datetime
) -> None:
    with database.writing() as tx:
        unplaced = Report(WORDS, SENDER, now, flow="macet", kind="flow")
        services.keep_posts(tx, Posts((unplaced,), (), "petugas"), by="petugas", at=now)
        services.quick_report(
            tx, "Simpang Kapas", "macet", "flow", by="petugas", at=now, finder=place_finder("bojonegoro")
        )
        kept = {row.id: row.spot for row in tx.scalars(select(RoadReport))}
    downgrade(database, "0009")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE road_report SET spot = :spot, source = :who WHERE id = 1"), {
            "spot": "macet parah depan warung mbok misalan", "who": SENDER,
        })  # fmt: skip
        connection.execute(text("UPDATE road_condition SET place = :words, sources = :who WHERE id = 1"), {
            "words": WORDS, "who": f'["{SENDER}"]',
        })  # fmt: skip
    upgrade(database)
    for table in ("road_report", "road_condition"):
        told = clear(database, table).lower()
        assert "contohan" not in told and "misalan" not in told
    with database.reading() as session:
        first, second = session.scalars(select(RoadCondition).order_by(RoadCondition.id))
        assert (first.called, second.called) == (WORDS, "Simpang Kapas")
        spots = {row.id: row.spot for row in session.scalars(select(RoadReport))}
        assert spots[2] == kept[2]
        assert len(spots[1]) == 64


def night_work(at: datetime) -> Report:
    """Roadworks on many nights, of which one is now."""
    nights = tuple((at + timedelta(days=n, hours=-1), at + timedelta(days=n, hours=5)) for n in range(62))
    return Report(
        "Perbaikan jembatan", "umpan contoh", at, place="Simpang Kapas", kind="roadwork", flow="padat", periods=nights
    )


@pytest.mark.parametrize("act", ["confirm", "correct"])
def test_an_officers_word_holds_for_this_night(
    session: Session, settings: Settings, clock: ManualClock, act: str
) -> None:
    at = clock.now()
    services.take_reports(session, [night_work(at)], by="desk", at=at)
    for _ in range(2):
        (row,) = queries.live_conditions(session, at)
        if act == "confirm":
            services.confirm(session, row, by="petugas", at=at)
        else:
            services.correct(session, row, "macet", settings=settings, by="petugas", at=at)
        said = session.scalars(select(RoadReport).order_by(RoadReport.id.desc())).first()
        assert said is not None
        assert said.expires_at == at + timedelta(hours=5)
        assert (report_of(said).periods, report_of(said).starts_at) == ((), None)


def test_works_of_a_month_that_an_officer_ended_do_not_come_back(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    at = clock.now()
    works = Report(
        "Perbaikan jembatan", "umpan contoh", at, place="Simpang Kapas", kind="roadwork", external_id="7",
        starts_at=at - timedelta(days=2), expires_at=at + timedelta(days=28),
    )  # fmt: skip
    services.take_reports(session, [works], by="desk", at=at)
    (row,) = queries.live_conditions(session, at)
    services.end(session, row, settings=settings, by="petugas", at=at)
    assert [one for one in queries.live_conditions(session, at) if one.kind == "roadwork"] == []
    for hours in (1, 7, 24 * 20):
        later = at + timedelta(hours=hours)
        services.take_reports(session, [works], by="desk", at=later)
        services.refresh(session, [session.scalars(select(RoadReport.spot)).first() or ""], at=later)
        services.let_begin(session, at=later)
        assert queries.live_conditions(session, later) == [], hours
        assert [one for one in queries.recent_conditions(session, later) if one.ended_at is None] == [], hours


def test_what_no_key_opens_is_refused_and_disturbs_no_feed(station: Station, clock: ManualClock) -> None:
    at = clock.now()
    report = Report("Perbaikan", "umpan contoh", at, place="Simpang Kapas", kind="roadwork", external_id="1")
    with station.database.writing() as tx:
        services.take_reports(tx, [report], by="desk", at=at)
    with station.database.engine.begin() as connection:
        connection.execute(text("UPDATE road_report SET content = :content"), {"content": b"\1\1"})
    with station.database.writing() as tx:
        (row,) = queries.live_conditions(tx, at)
        with pytest.raises(KeyMissing):
            services.confirm(tx, row, by="petugas", at=at)
        assert len(services.take_reports(tx, [report], by="desk", at=at)) == 1
