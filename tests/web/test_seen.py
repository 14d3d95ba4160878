"""Nothing that happens while a page is on its way to the browser is missed."""

import json
import re
from collections.abc import Callable, Iterator
from typing import cast

from flask.testing import FlaskClient

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.events import announce
from radiodesk.rooms.accounts.models import Role
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
