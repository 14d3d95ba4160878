"""Feeds and open data of a long record: complete over their pages, sent as they are read, and not made twice."""

import csv
import io
import json
from datetime import datetime
from typing import cast
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.pool import QueuePool

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.record.record_feeds import ATOM
from tests.factories.filled import published
from tests.web.test_pages import counted

MANY = 430
FILES = ("siaran.json", "siaran.csv", "dikecualikan.csv", "buku-besar.jsonl")


@pytest.fixture
def browser(public: Flask, database: Database, clock: ManualClock) -> FlaskClient:
    with database.writing() as tx:
        tx.add_all(published(number, clock.now(), words=10) for number in range(1, MANY + 1))
    return public.test_client()


def test_open_data_is_complete(browser: FlaskClient) -> None:
    rows = json.loads(browser.get("/data/siaran.json").data)
    assert [row["title"] for row in rows] == [f"Siaran {number}" for number in range(1, MANY + 1)]
    for name in ("siaran.csv", "dikecualikan.csv"):
        assert len(list(csv.DictReader(io.StringIO(browser.get(f"/data/{name}").get_data(as_text=True))))) == MANY
    lines = [json.loads(line) for line in browser.get("/data/buku-besar.jsonl").data.splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, MANY + 1))


def test_a_feed_leads_from_page_to_page_through_all_broadcasts(browser: FlaskClient) -> None:
    titles: list[str] = []
    path: str | None = "/umpan.atom"
    while path:
        feed = ElementTree.fromstring(browser.get(path).data)  # noqa: S314 - our own text
        titles += [str(entry.findtext(f"{{{ATOM}}}title")) for entry in feed.iter(f"{{{ATOM}}}entry")]
        links = {one.get("rel"): str(one.get("href")) for one in feed.findall(f"{{{ATOM}}}link")}
        path = "/" + links["next"].split("/", 3)[3] if "next" in links else None
    assert titles == [f"Siaran {number}" for number in range(1, MANY + 1)]
    assert json.loads(browser.get("/umpan.json").data)["next_url"].endswith("/umpan.json?hal=2")


@pytest.mark.parametrize("path", [*(f"/data/{name}" for name in FILES), "/umpan.rss", "/umpan.atom", "/umpan.json"])
def test_who_holds_this_edition_is_told_so_and_nothing_is_loaded(
    browser: FlaskClient, database: Database, now: datetime, path: str
) -> None:
    first = browser.get(path, buffered=True)
    with counted(database) as sent:
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    # One look at the edition; of what is kept as it was rendered, none but the short question for its mark.
    assert len([one for one in sent if one.startswith("SELECT")]) == (1 if path.startswith("/data") else 0)
    with database.writing() as tx:
        row = tx.scalars(select(PublishedBroadcast).limit(1)).one()
        row.withdrawn_at = row.changed_at = now
    changed = browser.get(path, headers={"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_list_asks_no_more_of_the_database_for_more_broadcasts(browser: FlaskClient, database: Database) -> None:
    for path in ("/", "/umpan.rss", "/data", "/data/siaran.json"):
        with counted(database) as sent:
            browser.get(path).get_data()
        assert len(sent) <= 9, path


def test_who_goes_away_in_the_middle_leaves_no_connection_behind(browser: FlaskClient, database: Database) -> None:
    pool = cast(QueuePool, database.engine.pool)
    for name in FILES:
        answer = browser.get(f"/data/{name}", buffered=False)
        assert next(iter(answer.iter_encoded()))
        assert pool.checkedout() == 1
        answer.close()
        assert pool.checkedout() == 0
