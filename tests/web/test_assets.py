"""Static files have addresses that change with them."""

import re
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from radiodesk.rooms.accounts.models import Role
from radiodesk.web.assets import digest


def test_a_page_names_files_that_browsers_may_keep_for_good(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(Role.HOST)
    page = client.get("/").get_data(as_text=True)
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) > 3
    for address in addresses:
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
    names = {address.split("/")[2] for address in addresses}
    assert len(names) == 1


def test_a_page_of_an_earlier_release_gets_the_file_and_keeps_it_not(sign_in: Callable[..., FlaskClient]) -> None:
    with sign_in(Role.HOST).get("/static/0123456789ab/js/desk.js") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_any_change_of_a_name_or_a_byte_changes_the_address(tmp_path: Path) -> None:
    file = tmp_path / "a" / "desk.js"
    file.parent.mkdir()
    file.write_text("1")
    before = digest(tmp_path)
    assert digest(tmp_path) == before
    file.write_text("2")
    changed = digest(tmp_path)
    file.rename(tmp_path / "a" / "other.js")
    assert len({before, changed, digest(tmp_path)}) == 3
