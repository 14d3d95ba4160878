"""Which passwords are taken, and that hashing them never holds up anyone who writes."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Unreadable
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts import passwords, services
from radiodesk.rooms.accounts.cli import user
from radiodesk.rooms.accounts.models import Person, Role
from tests.conftest import PASSWORD
from tests.factories.writers import is_free

ABOUT = ("wati", "Wati Contoh", "Radio Polres", "Polres Bojonegoro")
NEW = "kuda-lumping-hijau"


@pytest.mark.parametrize(
    "password",
    [
        "1234567890", "0987654321", "aaaaaaaaaa", "abababababab", "bojonegoro123", "Bojonegoro2026", "polisi12345",
        "polisi-presisi", "rahasia123", "r4h4514123", "P@ssw0rd123", "qwertyuiop", "1q2w3e4r5t", "abc123abc123",
        "17081945 1945", "wati123456", "watiContoh99", "radiopolres", "polres bojonegoro", "bismillah 123",
        "kata sandi 1", "sayangku123", "Password2026!", "short", "",
    ],
)  # fmt: skip
def test_what_anyone_would_try_is_refused_with_a_sentence(password: str) -> None:
    with pytest.raises(Unreadable):
        passwords.hashed(password, ABOUT)


@pytest.mark.parametrize(
    "password", ["sepuluh-huruf", NEW, "sepeda mogok di simpang", "X7#kfPq29vLm", "tiga gajah naik becak"]
)
def test_a_few_words_of_ones_own_are_taken(password: str) -> None:
    assert passwords.fits(passwords.hashed(password, ABOUT), password)


@pytest.mark.parametrize("password", ["", "1234567890", "kepala2026", "radio-polres"])
def test_nobody_is_made_without_a_good_password(
    sign_in: Callable[..., FlaskClient], database: Database, password: str
) -> None:
    head = sign_in(Role.ADMINISTRATOR)
    data = {"name": "Kepala", "username": "kepala", "roles": "host", "password": password}
    assert head.post("/petugas", data=data).status_code == 422
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_password_change_asks_for_the_present_one_and_ends_the_other_sessions(
    sign_in: Callable[..., FlaskClient], desk: Flask, database: Database
) -> None:
    here, there = sign_in(Role.HOST), desk.test_client()
    assert there.post("/masuk", data={"username": "petugas", "password": PASSWORD}).status_code == 303
    change = {"password": NEW, "again": NEW}
    assert here.post("/saya/sandi", data=change).status_code == 401
    assert here.post("/saya/sandi", data={**change, "present": "salah-sekali"}).status_code == 401
    assert there.get("/").status_code == 200
    assert here.post("/saya/sandi", data={**change, "present": PASSWORD}).status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    with database.reading() as session:
        actions = list(session.scalars(select(AuditEntry.action)))
    assert actions.count("sign-in refused") == 2 and actions.count("password changed") == 1


def test_guessing_the_present_password_at_a_borrowed_screen_is_paused(sign_in: Callable[..., FlaskClient]) -> None:
    here = sign_in(Role.HOST)
    data = {"present": "salah-sekali", "password": NEW, "again": NEW}
    answers = [here.post("/saya/sandi", data=data).status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]


def test_a_refused_form_never_shows_a_password_again(sign_in: Callable[..., FlaskClient]) -> None:
    long = "kata sandi yang panjang sekali"
    data = {"present": long, "password": NEW, "again": NEW}
    assert long not in sign_in(Role.HOST).post("/saya/sandi", data=data).get_data(as_text=True)


def test_the_command_line_gives_a_new_password(database: Database, settings: Settings, clock: ManualClock) -> None:
    with database.writing() as session:
        services.add_person(session, "wati", "Wati", [Role.HOST], PASSWORD, by="test", at=clock.now())
    run = CliRunner(env={"RADIODESK_DATA": str(settings.data)})
    assert run.invoke(user, ["password", "wati", "--password", NEW]).exit_code == 0
    assert isinstance(run.invoke(user, ["password", "wati", "--password", "wati123456"]).exception, Unreadable)
    with database.reading() as session:
        assert passwords.fits(session.scalars(select(Person.password_hash)).one(), NEW)


def test_nobody_waits_for_a_password_to_be_hashed(
    desk: Flask, database: Database, settings: Settings, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a hash is computed or checked, another program can write."""
    hasher, seen = passwords._hasher, []

    def free() -> None:
        seen.append(is_free(settings))

    class Watched:
        def hash(self, password: str) -> str:
            free()
            return hasher.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            free()
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with database.writing() as session:
        services.add_person(session, "kepala", "Kepala", [Role.ADMINISTRATOR], PASSWORD, by="test", at=clock.now())
    with database.writing() as session:
        token = services.invite(session, [Role.HOST], by="kepala", at=clock.now())
    client, guest = desk.test_client(), desk.test_client()
    assert client.post("/masuk", data={"username": "kepala", "password": PASSWORD}).status_code == 303
    new = {"password": NEW, "again": NEW}
    assert client.post("/saya/sandi", data={**new, "present": PASSWORD}).status_code == 303
    assert client.post("/saya/kode/mulai").status_code == 303
    assert client.post("/saya/kode", data={"present": NEW, "code": "000000"}).status_code == 401
    added = {"name": "Budi", "username": "budi", "roles": "host", "password": NEW}
    assert client.post("/petugas", data=added).status_code == 303
    assert guest.post(f"/undangan/{token}", data={**new, "name": "Tamu", "username": "tamu"}).status_code == 303
    run = CliRunner(env={"RADIODESK_DATA": str(settings.data)})
    assert run.invoke(user, ["add", "wati", "--role", "host", "--password", NEW]).exit_code == 0
    assert seen == [True] * 8
