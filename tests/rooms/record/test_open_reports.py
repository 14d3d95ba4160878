"""Open-government reports: what they count, what they keep silent about, and that closed ones stay as they are."""

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import NotFound
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive.models import LogEntry, LogKind
from radiodesk.rooms.record.closed_reports import close_due, periods
from radiodesk.rooms.record.models import ClosedReport, PublishedBroadcast, PublishedTicket
from radiodesk.rooms.record.report_periods import Period, period_of
from radiodesk.rooms.record.small_groups import LEAST, told_groups
from tests.factories.filled import published, published_ticket

QUARTER = "2026-t4"


def a_ticket(number: int, at: datetime, *, answered: float | None = None, **values: Any) -> PublishedTicket:
    """A complaint of the open list that came at a moment, answered so many hours later."""
    ticket = published_ticket(at)
    ticket.ticket_public_id, ticket.number = f"t-{number}", f"BJN-{number}"
    ticket.created_at = at
    ticket.answered_at = None if answered is None else at + timedelta(hours=answered)
    for name, value in values.items():
        setattr(ticket, name, value)
    return ticket


@pytest.fixture
def record(database: Database, now: datetime) -> list[str]:
    """Two broadcasts and nine questions of this quarter, of which seven are of one topic and place."""
    with database.writing() as tx:
        shows = [published(1, now), published(2, now)]
        shows[0].as_run = [{"kind": "call_on", "offset": 1.0, "title": ""}] * 3
        shows[0].calls_taken, shows[0].removed = 8, {"phone": 2, "name": 1, "closed": 1}
        shows[0].tickets = ["BJN-1", "BJN-2", "BJN-8"]
        shows[1].tickets, shows[1].removed = [], {"dump": 1}
        tx.add_all(shows)
        due, late = now - timedelta(days=2), now - timedelta(days=1)
        for number in range(1, 8):
            promises = [[due.isoformat(), (due if number < 5 else late).isoformat()]]
            asked = now - timedelta(days=10)
            tx.add(a_ticket(number, asked, answered=number * 10.0 if number < 7 else None, promises=promises))
        tx.add(a_ticket(8, now - timedelta(days=3), category="jalan_rusak", place="Sumberrejo"))
        tx.add(a_ticket(9, now - timedelta(days=3), category="jalan_rusak", place=None))
        secret = a_ticket(10, now - timedelta(days=3), category="pungli", place="Balen")
        secret.listed, secret.confidential = False, True
        tx.add(secret)
        tx.flush()
        return [show.public_id for show in shows]


@pytest.fixture
def site(public: Flask) -> FlaskClient:
    return public.test_client()


def figures(site: FlaskClient, address: str = f"/laporan/{QUARTER}") -> dict[str, Any]:
    answer = site.get(f"{address}.json")
    assert answer.status_code == 200
    told: dict[str, Any] = json.loads(answer.get_data())["figures"]
    return told


def test_a_quarter_counts_what_anybody_can_read(site: FlaskClient, record: list[str]) -> None:
    told = figures(site)
    assert (told["broadcasts"], told["callers_on_air"], told["calls_taken"]) == (2, 3, 8)
    assert (told["questions"], told["answered"], told["median_hours"]) == (9, 6, 35.0)
    assert (told["promises_due"], told["promises_kept"]) == (7, 4)
    assert told["removals"] == [
        {"ground": "personal", "things": 3, "broadcasts": 1},
        {"ground": "closed", "things": None, "broadcasts": 1},
        {"ground": "dump", "things": 1, "broadcasts": 1},
    ]


def test_small_groups_and_secrets_are_in_no_report(site: FlaskClient, record: list[str]) -> None:
    told = figures(site)
    assert told["topics"] == {"named": [{"id": "penerangan_jalan", "count": 7}], "others": None}
    assert told["places"] == {"named": [{"id": "Pasar Uji", "count": 7}], "others": None}
    assert figures(site, f"/siaran/{record[0]}/laporan")["topics"] == {"named": [], "others": None}
    for address in (f"/laporan/{QUARTER}", "/laporan/2026", f"/siaran/{record[0]}/laporan"):
        for form in ("", ".json", ".csv"):
            page = site.get(address + form).get_data(as_text=True)
            assert "pungli" not in page.lower() and "Balen" not in page and "BJN-10" not in page, address + form
            assert "Sumberrejo" not in page and "rusak" not in page.lower(), address + form
    assert "BJN-10" not in site.get(f"/laporan/{QUARTER}/pengaduan").get_data(as_text=True)


def test_each_figure_leads_to_what_it_counts(site: FlaskClient, record: list[str]) -> None:
    for address in ("/laporan/", f"/laporan/{QUARTER}", "/laporan/2026", f"/siaran/{record[0]}/laporan"):
        page = site.get(address).get_data(as_text=True)
        assert len(page.encode()) < 100_000
        main = page[page.index("<main") : page.index("</main>")]
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', main)}
        assert len(links) > 3
        for link in links:
            answer = site.get(link.partition("#")[0])
            assert answer.status_code == 200, (address, link)
            if anchor := link.partition("#")[2]:
                assert f'id="{anchor}"' in answer.get_data(as_text=True), link
            answer.close()
    listed = site.get(f"/laporan/{QUARTER}/pengaduan?yang=dijawab").get_data(as_text=True)
    assert set(re.findall(r">(BJN-\d+)<", listed)) == {f"BJN-{number}" for number in range(1, 7)}
    assert f"/laporan/{QUARTER}" in site.get("/sitemap.xml").get_data(as_text=True)
    for page in ("/", "/data"):
        assert 'href="/laporan/"' in site.get(page).get_data(as_text=True)


def test_the_files_say_the_same(site: FlaskClient, record: list[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get(f"/laporan/{QUARTER}.csv").get_data(as_text=True))))
    values = {(row["measure"], row["group"]): row["value"] for row in rows}
    told = figures(site)
    assert values["questions", ""] == str(told["questions"])
    assert values["removed_things", "personal"] == "3" and values["removed_things", "closed"] == ""
    assert values["part_questions", record[0]] == "3"
    with site.get(f"/laporan/{QUARTER}.pdf") as answer:
        assert answer.mimetype == "application/pdf" and answer.get_data().startswith(b"%PDF")


def test_there_is_no_report_of_a_time_without_anything(site: FlaskClient, record: list[str]) -> None:
    for key in ("2026-t1", "2019", "2026-t5", "0000", "9999", "kemarin"):
        assert site.get(f"/laporan/{key}").status_code == 404, key
        assert site.get(f"/laporan/{key}.pdf").status_code == 404, key
    assert site.get("/siaran/tidak-ada/laporan").status_code == 404


def test_a_closed_report_stays_and_its_digest_is_in_the_log(
    site: FlaskClient, settings: Settings, database: Database, clock: ManualClock, record: list[str]
) -> None:
    assert close_due(settings, database, datetime(2027, 1, 14, 16, 59, tzinfo=UTC)) == 0
    closing = datetime(2027, 1, 14, 17, 0, tzinfo=UTC)
    assert close_due(settings, database, closing) == 2
    assert close_due(settings, database, closing) == 0
    clock.set(closing)
    before = {form: site.get(f"/laporan/{QUARTER}{form}").get_data() for form in ("", ".pdf", ".json", ".csv")}
    told = json.loads(before[".json"])
    with database.reading() as session:
        entries = list(session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.REPORTED)))
        assert [json.loads(one.body)["period"] for one in entries] == [QUARTER, "2026"]
        assert json.loads(entries[0].body)["figures"] == told["digest"]
    with database.writing() as tx:
        ticket = tx.scalars(select(PublishedTicket).where(PublishedTicket.number == "BJN-7")).one()
        ticket.listed, ticket.confidential, ticket.ticket_version = False, True, 2
        tx.add(a_ticket(20, closing - timedelta(days=20)))
        broadcast = tx.scalars(select(PublishedBroadcast).where(PublishedBroadcast.public_id == record[1])).one()
        broadcast.calls_taken = 4
    clock.set(closing + timedelta(days=30))
    for form, page in before.items():
        assert site.get(f"/laporan/{QUARTER}{form}").get_data() == page, form


def test_a_withdrawn_broadcast_has_no_title_in_a_closed_report(
    site: FlaskClient, settings: Settings, database: Database, clock: ManualClock, record: list[str]
) -> None:
    closing = datetime(2027, 1, 15, tzinfo=UTC)
    close_due(settings, database, closing)
    clock.set(closing)
    assert "Siaran 2" in site.get(f"/laporan/{QUARTER}").get_data(as_text=True)
    with database.writing() as tx:
        broadcast = tx.scalars(select(PublishedBroadcast).where(PublishedBroadcast.public_id == record[1])).one()
        broadcast.withdrawn_at, broadcast.reason = closing, "Diminta korban."
    page = site.get(f"/laporan/{QUARTER}").get_data(as_text=True)
    assert "Siaran 2" not in page and "Siaran yang ditarik kembali" in page


def test_a_kept_page_of_a_running_quarter_goes_with_a_question(
    site: FlaskClient, database: Database, now: datetime, record: list[str]
) -> None:
    assert figures(site)["questions"] == 9
    with database.writing() as tx:
        tx.add(a_ticket(30, now - timedelta(hours=1)))
    assert figures(site)["questions"] == 10


def test_periods_follow_station_time(settings: Settings, database: Database, record: list[str], now: datetime) -> None:
    begin, end = Period(2026, 4).bounds(settings.zone)
    assert (begin, end) == (datetime(2026, 9, 30, 17, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC))
    assert Period(2026).bounds(settings.zone)[1] == end
    with database.reading() as session:
        assert [one.key for one in periods(session, settings.zone, now)] == [QUARTER, "2026"]
        following = [one.key for one in periods(session, settings.zone, now + timedelta(days=90))]
        assert following == [QUARTER, "2026", "2027-t1", "2027"]
    with pytest.raises(NotFound):
        period_of("2026-t")


counted = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12), st.integers(0, 12)), max_size=6)


@given(counted)
def test_no_difference_tells_a_small_group(drawn: list[tuple[str, int, int]]) -> None:
    """What is told of a whole, less what is told of its parts, is nothing or many."""
    first, second = Counter[str](), Counter[str]()
    for name, one, other in drawn:
        first[name] += one
        second[name] += other
    parts = [dict(told_groups(one).named) for one in (first, second)]
    told = told_groups(first + second, parts)
    for name, count in told.named:
        rest = count - sum(one.get(name, 0) for one in parts)
        assert count >= LEAST and (rest == 0 or rest >= LEAST)
    assert told.others is None or told.others == 0 or told.others >= LEAST
    if told.others is not None:
        assert sum(count for _, count in told.named) + told.others == (first + second).total()


def test_a_station_that_published_nothing_closes_nothing(database: Database, settings: Settings) -> None:
    assert close_due(settings, database, datetime(2030, 1, 1, tzinfo=UTC)) == 0
    with database.reading() as session:
        assert session.scalars(select(ClosedReport)).all() == []
