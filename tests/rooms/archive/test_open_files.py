"""The page of a package: its files, the open ones to take along, and never the closed part."""

import io
from collections.abc import Callable
from datetime import datetime
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.archive.queries import packages_shelf
from tests.factories import shows

FILES = {
    "bagit.txt": b"BagIt",
    "data/as-run/as-run.csv": b"at,offset\n",
    "data/audio/programme/01.flac": b"f" * 300_000,
}
CLOSED = {"data/restricted/identities.json.age": b"rahasia sekali"}
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def package(database: Database, settings: Settings, now: datetime) -> str:
    with database.writing() as tx:
        broadcast = shows.ended(tx, settings, now, dump=False).broadcast
        tx.add(Package(public_id="paket-uji", broadcast=broadcast, state=PackageState.SEALED, requested_at=now,
                       requested_by="uji", sealed_at=now, files=3, bytes=3))  # fmt: skip
    shelf = packages_shelf(settings)
    for path, data in {**FILES, **CLOSED}.items():
        shelf.object(f"paket-uji/{path}").put(data)
    return "/arsip/paket-uji"


def test_the_page_lists_the_open_files_with_their_sizes_and_leads_to_the_show(package: str, sign_in: SignIn) -> None:
    page = sign_in(Role.ARCHIVIST).get(package).get_data(as_text=True)
    assert all(f'href="{package}/berkas/{path}"' in page for path in FILES)
    assert "300 kB" in page and "identities" not in page and "1 berkas tertutup" in page
    assert "Ke siaran" in page and 'href="/siaran/' in page


def test_the_open_part_is_taken_along_whole_and_nothing_else(package: str, sign_in: SignIn) -> None:
    answer = sign_in(Role.ARCHIVIST).get(f"{package}/terbuka.zip")
    assert answer.status_code == 200 and b"rahasia sekali" not in answer.data
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        found = {name.removeprefix("paket-uji-terbuka/"): archive.read(name) for name in archive.namelist()}
    assert found == FILES


@pytest.mark.parametrize(
    "path",
    [
        "data/restricted/identities.json.age",
        "data/./restricted/identities.json.age",
        "data/audio/../restricted/identities.json.age",
        "../ledger.jsonl",
        "data",
        "tidak-ada",
    ],
)
def test_no_closed_or_other_file_is_given(package: str, sign_in: SignIn, path: str) -> None:
    answer = sign_in(Role.ARCHIVIST).get(f"{package}/berkas/{path}")
    assert answer.status_code == 404 and b"rahasia" not in answer.data.replace(b"/rahasia", b"")


def test_one_file_is_taken_along(package: str, sign_in: SignIn) -> None:
    client = sign_in(Role.ARCHIVIST)
    with client.get(f"{package}/berkas/data/as-run/as-run.csv") as answer:
        data = answer.data
    assert data == FILES["data/as-run/as-run.csv"]
    assert "attachment" in answer.headers["Content-Disposition"]
