"""Nothing that happens while a page is on its way to the browser is missed."""

import json
import re
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.events import announce
from radiodesk.rooms.accounts.models import Person, Role
from radiodesk.rooms.calls.models import Protected
from tests.factories import calls as make


def test_the_stream_of_a_page_begins_with_what_its_page_did_not_hold(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    client = sign_in(Role.SCREENER)
    with database.writing() as tx:
        make.ringing(tx, clock.now())
    page = client.get("/antrean").get_data(as_text=True)
    seen = re.search(r'data-seen="(\d+)"', page)
    assert seen is not None
    with database.writing() as tx:
        announce(tx, clock.now(), "calls", "received", "yang terlewat")
    with client.get(f"/langsung?topik=calls&sejak={seen[1]}", buffered=False) as stream:
        lines = cast("Iterator[bytes]", stream.response)
        first = next(line for line in lines if b"data:" in line)
    assert json.loads(first.split(b"data: ")[1])["subject"] == "yang terlewat"


def end_by_signing_out(client: FlaskClient, database: Database) -> None:
    assert client.post("/keluar").status_code == 303


def end_by_deactivation(client: FlaskClient, database: Database) -> None:
    with database.writing() as tx:
        tx.scalars(select(Person)).one().active = False


@pytest.mark.parametrize("end", [end_by_signing_out, end_by_deactivation])
def test_an_open_stream_ends_with_the_sign_in(
    sign_in: Callable[..., FlaskClient],
    database: Database,
    clock: ManualClock,
    end: Callable[[FlaskClient, Database], None],
) -> None:
    client = sign_in(Role.SCREENER)
    with client.get("/langsung?topik=calls&sejak=0", buffered=False) as stream:
        lines = cast("Iterator[bytes]", stream.response)
        announced(database, clock, "sebelum")
        assert any("sebelum" in line.decode() for line in lines if b"data:" in line)
        end(client, database)
        announced(database, clock, "sesudah")
        assert not any("sesudah" in line.decode() for line in lines)


def test_an_open_stream_goes_by_the_roles_of_the_moment(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    with database.writing() as tx:
        call = make.ringing(tx, clock.now())
        call.protected = Protected.CHILD
        identity = call.public_id
    client = sign_in(Role.SCREENER)
    with client.get("/langsung?topik=calls", buffered=False) as stream:
        lines = cast("Iterator[bytes]", stream.response)
        assert b"retry" in next(lines)
        assert b"event: prints" in next(lines)
        announced(database, clock, identity)
        assert identity.encode() in next(lines)
        with database.writing() as tx:
            tx.scalars(select(Person)).one().role_names = [Role.HOST]
        announced(database, clock, identity)
        # It ends; the next one is of the new roles.
        assert list(lines) == []
    with client.get("/langsung?topik=calls&sejak=0", buffered=False) as stream:
        lines = cast("Iterator[bytes]", stream.response)
        assert b"retry" in next(lines)
        assert identity.encode() not in next(lines)


def announced(database: Database, clock: ManualClock, subject: str) -> None:
    with database.writing() as tx:
        announce(tx, clock.now(), "calls", "received", subject)
