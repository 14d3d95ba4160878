"""One-time links: invitations, and new passwords that an administrator or the command line lets somebody choose."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts import services
from radiodesk.rooms.accounts.cli import user
from radiodesk.rooms.accounts.models import ROLE_NAMES, ROLE_TASKS, Invitation, Person, Role
from tests.conftest import PASSWORD

NEW = "kuda lumping hijau muda"
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def head(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.ADMINISTRATOR, username="kepala")


@pytest.fixture
def host(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.HOST, username="penyiar")


def person(database: Database, username: str) -> Person:
    with database.reading() as session:
        return session.scalars(select(Person).where(Person.username == username)).one()


def link_of(page: str) -> str:
    found = re.search(r'<code class="key">http://localhost(/[^<]+)</code>', page)
    assert found is not None
    return unescape(found[1])


def reset(head: FlaskClient, database: Database, username: str = "penyiar") -> str:
    answer = head.post(f"/petugas/{person(database, username).public_id}/sandi/atur-ulang")
    assert answer.status_code == 200
    return link_of(answer.get_data(as_text=True))


def choose(desk: Flask, link: str, password: str = NEW) -> int:
    return desk.test_client().post(link, data={"password": password, "again": password}).status_code


def enter(desk: Flask, password: str, username: str = "penyiar") -> int:
    return desk.test_client().post("/masuk", data={"username": username, "password": password}).status_code


def test_a_new_password_is_chosen_by_the_link_of_an_administrator(
    head: FlaskClient, host: FlaskClient, desk: Flask, database: Database
) -> None:
    link = reset(head, database)
    # Until it is used, nothing changes for somebody who is at work.
    assert (enter(desk, PASSWORD), host.get("/").status_code) == (303, 200)
    assert "penyiar" in desk.test_client().get(link).get_data(as_text=True)
    assert choose(desk, link) == 303
    assert host.get("/").status_code == 302
    assert (enter(desk, PASSWORD), enter(desk, NEW)) == (401, 303)
    assert (choose(desk, link), desk.test_client().get(link).status_code) == (404, 404)


def test_an_older_link_dies_with_a_newer_one_and_with_time(
    head: FlaskClient, host: FlaskClient, desk: Flask, database: Database, clock: ManualClock
) -> None:
    older, newer = reset(head, database), reset(head, database)
    assert desk.test_client().get(older).status_code == 404
    fresh = reset(head, database)
    clock.advance(services.RESET_FOR - timedelta(seconds=1))
    assert desk.test_client().get(fresh).status_code == 200
    clock.advance(timedelta(seconds=2))
    assert [desk.test_client().get(link).status_code for link in (newer, fresh)] == [404, 404]


def test_a_link_for_somebody_who_may_not_sign_in_is_dead(
    head: FlaskClient, host: FlaskClient, desk: Flask, database: Database, clock: ManualClock
) -> None:
    fresh = reset(head, database)
    with database.writing() as tx:
        gone = tx.get_one(Person, person(database, "penyiar").id)
        services.change_person(tx, gone, roles=[Role.HOST], active=False, by="kepala", at=clock.now())
    assert desk.test_client().get(fresh).status_code == 404


def test_a_password_that_was_changed_meanwhile_ends_the_link(
    head: FlaskClient, host: FlaskClient, desk: Flask, database: Database
) -> None:
    link = reset(head, database)
    changed = host.post("/saya/sandi", data={"present": PASSWORD, "password": NEW, "again": NEW})
    assert (changed.status_code, desk.test_client().get(link).status_code) == (303, 404)


def test_a_bad_password_leaves_the_link_as_it_was(
    head: FlaskClient, host: FlaskClient, desk: Flask, database: Database
) -> None:
    link = reset(head, database)
    assert choose(desk, link, "pendek") == 422
    assert choose(desk, link) == 303


def test_a_reset_link_makes_no_account_and_an_invitation_sets_no_password(
    head: FlaskClient, host: FlaskClient, desk: Flask, database: Database
) -> None:
    link = reset(head, database)
    client = desk.test_client()
    assert client.get(link.replace("/sandi-baru/", "/undangan/")).status_code == 404
    invited = link_of(head.post("/petugas/undang", data={"roles": ["host"]}).get_data(as_text=True))
    assert client.get(invited).status_code == 200
    assert client.get(invited.replace("/undangan/", "/sandi-baru/")).status_code == 404


def test_somebody_is_invited_from_the_people_page(head: FlaskClient, desk: Flask, database: Database) -> None:
    assert head.post("/petugas/undang", data={}).status_code == 422
    link = link_of(head.post("/petugas/undang", data={"roles": ["screener", "host"]}).get_data(as_text=True))
    assert "1 undangan" in head.get("/petugas").get_data(as_text=True)
    client = desk.test_client()
    given = {"username": "baru", "name": "Petugas Baru", "password": NEW, "again": NEW}
    assert client.post(link, data=given).status_code == 303
    assert person(database, "baru").roles == {Role.SCREENER, Role.HOST}
    assert client.get(link).status_code == 404


def test_open_invitations_are_withdrawn(head: FlaskClient, desk: Flask) -> None:
    link = link_of(head.post("/petugas/undang", data={"roles": ["host"]}).get_data(as_text=True))
    assert head.post("/petugas/undang/batal").status_code == 303
    assert desk.test_client().get(link).status_code == 404


def test_the_command_line_prints_a_link(host: FlaskClient, desk: Flask, settings: Settings) -> None:
    ran = CliRunner(env={"RADIODESK_DATA": str(settings.data)}).invoke(user, ["reset", "penyiar"])
    assert ran.exit_code == 0 and ran.output.startswith(f"{settings.desk_address}/sandi-baru/")
    link = ran.output.strip().removeprefix(settings.desk_address)
    # The command goes by the real clock, which is not the one of the test.
    with desk.extensions["radiodesk"].database.writing() as tx:
        row = tx.scalars(select(Invitation)).one()
        row.expires_at = desk.extensions["radiodesk"].clock.now() + timedelta(hours=1)
    assert choose(desk, link) == 303 and enter(desk, NEW) == 303


def test_links_and_what_came_of_them_are_in_the_trail(
    head: FlaskClient, host: FlaskClient, desk: Flask, database: Database
) -> None:
    link = reset(head, database)
    choose(desk, link)
    head.post("/petugas/undang", data={"roles": ["host"]})
    with database.reading() as session:
        found = {(entry.action, entry.actor) for entry in session.scalars(select(AuditEntry))}
    assert {("password reset asked", "kepala"), ("password changed", "penyiar"), ("person invited", "kepala")} <= found


def test_each_role_says_what_it_is_there_for(head: FlaskClient) -> None:
    assert set(ROLE_TASKS) == set(ROLE_NAMES) == set(Role)
    page = unescape(head.get("/petugas").get_data(as_text=True))
    assert "Menyegel siaran" in page and page.count("Menyegel siaran") == 3
