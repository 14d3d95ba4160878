"""Lists that grow have pages, and a long queue costs no more questions to the database than a short one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from radiodesk.core.database import Database
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.pages import SIZE
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.calls.queries import LINES
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind
from tests.factories import calls as make
from tests.factories import tickets

LONG = 2000


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent to a database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def queue_of(database: Database, count: int, at: datetime, state: CallState = CallState.WAITING) -> list[str]:
    """So many calls that wait; gives their public ids in the order of the queue."""
    rows = [
        {
            "public_id": public_id(at + timedelta(seconds=n)),
            "channel": Channel.WHATSAPP,
            "state": state,
            "received_at": at - timedelta(seconds=count - n),
            "queued_at": at,
            "phone": f"+62812{n:08}",
            "phone_hash": f"{n:064}",
            "name": f"Penelepon {n}",
            "topic": f"Perkara nomor {n}",
            "position": float(n),
        }
        for n in range(1, count + 1)
    ]
    with database.writing() as tx:
        tx.execute(insert(Call), rows)
        announce(tx, at, "calls", "received", str(rows[0]["public_id"]))
    return [str(row["public_id"]) for row in rows]


def picks(page: str) -> list[str]:
    return re.findall(r'data-pick="([^"]+)"', page)


def text(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("opened", [False, True])
def test_a_queue_of_two_thousand_asks_the_database_no_more_than_a_short_one(
    sign_in: Callable[..., FlaskClient], database: Database, now: datetime, opened: bool
) -> None:
    browser = sign_in(Role.SCREENER)
    ids = queue_of(database, 3, now)
    path = f"/antrean/{ids[1]}" if opened else "/antrean"
    with counted(database) as few:
        text(browser, path)
    with database.writing() as tx:
        tx.execute(Call.__table__.delete())  # type: ignore[attr-defined]
    ids = queue_of(database, LONG, now)
    path = f"/antrean/{ids[1]}" if opened else "/antrean"
    with counted(database) as many:
        page = text(browser, path)
    assert len(many) <= len(few)
    assert len(picks(page)) == LINES
    assert f"<small>{LONG}</small>" in page


def test_every_waiting_call_stands_on_one_page_of_the_queue_in_its_turn(
    sign_in: Callable[..., FlaskClient], database: Database, now: datetime
) -> None:
    browser = sign_in(Role.SCREENER)
    ids = queue_of(database, 2 * LINES + 7, now)
    seen: list[str] = []
    path: str | None = "/antrean"
    while path:
        page = text(browser, path)
        seen += picks(page)
        following = re.search(r'rel="next" data-key="\." href="([^"]+)"', page)
        path = following and following[1]
    assert seen == ids
    assert f'<span class="turn">{2 * LINES + 1}</span>' in page


def test_the_queue_opens_on_the_page_of_the_call_and_stays_on_it_when_something_changes(
    sign_in: Callable[..., FlaskClient], database: Database, now: datetime
) -> None:
    browser = sign_in(Role.SCREENER)
    ids = queue_of(database, 2 * LINES, now)
    page = text(browser, f"/antrean/{ids[-1]}")
    assert f'data-pick="{ids[-1]}" aria-current="true"' in page
    source = re.search(r'id="queue" data-live="calls speech"\s+data-src="([^"]+)"', page)
    assert source is not None
    region = text(browser, source[1].replace("&amp;", "&"))
    assert picks(region) == ids[LINES:]
    assert f'data-pick="{ids[-1]}" aria-current="true"' in region


@pytest.mark.parametrize("page", ["2", "99999999999999999999", "-1", "x", "1e9"])
def test_a_page_that_is_not_there_is_answered(
    sign_in: Callable[..., FlaskClient], database: Database, now: datetime, page: str
) -> None:
    browser = sign_in(*Role)
    make_one(database, now)
    for path in ("/antrean", "/antrean/daftar", "/siaran", "/naskah", "/pengaduan", "/pengaduan/tenggat", "/arsip"):
        text(browser, f"{path}?hal={page}")
    for path in ("/petugas", "/lalin/lapsit", "/antrean/panggil-balik", "/antrean/kiriman", "/antrean/blokir"):
        text(browser, f"{path}?hal={page}")


def make_one(database: Database, at: datetime) -> None:
    with database.writing() as tx:
        make.in_state(tx, CallState.WAITING, at)


def walked(browser: FlaskClient, path: str, link: str) -> list[str]:
    """The things that the pages of a list link to, by following the links from page to page."""
    found: list[str] = []
    following: str | None = path
    while following:
        page = text(browser, following)
        found += re.findall(link, page)
        again = re.search(r'rel="next" data-key="\." href="([^"]+)"', page)
        following = again and again[1].replace("&amp;", "&")
        if following:
            assert urlsplit(following).path == path.partition("?")[0]
    return found


def test_long_lists_are_complete_over_their_pages(
    sign_in: Callable[..., FlaskClient], database: Database, settings: Settings, now: datetime
) -> None:
    browser = sign_in(*Role)
    many = SIZE + 5
    with database.writing() as tx:
        series = programme.add_programme(tx, "Program Uji", by="produser", at=now)
        for n in range(many):
            draft = programme.Draft(f"Naskah {n}")
            programme.write_script(tx, ScriptKind.FREE, f"Naskah {n}", draft, by="uji", at=now, speed=140)
            tx.add(
                Broadcast(
                    public_id=public_id(now),
                    programme=series,
                    title=f"Siaran {n}",
                    planned_start=now + timedelta(days=n),
                    planned_seconds=3600,
                    hosts=[],
                )
            )
            tickets.opened(tx, settings, now)
            make.in_state(tx, CallState.LOST, now, phone=f"0812 0000 1{n:03}")
    for path, link in (
        ("/naskah", r'href="/naskah/([0-9a-f-]{36})"'),
        ("/siaran", r'href="/siaran/([0-9a-f-]{36})"'),
        ("/pengaduan?keadaan=new", r'href="/pengaduan/([0-9a-f-]{36})"'),
        ("/antrean/panggil-balik", r'href="/antrean/([0-9a-f-]{36})"'),
    ):
        found = walked(browser, path, link)
        assert (path, len(found), len(set(found))) == (path, many, many)
