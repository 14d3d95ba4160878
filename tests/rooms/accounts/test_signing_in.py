"""Signing in, being throttled, being invited, and what roles allow."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.rooms.accounts import services
from radiodesk.rooms.accounts.models import Person, Role

GOOD = "sepuluh-huruf"


def add(session: Session, clock: ManualClock, *roles: Role, username: str = "wati") -> Person:
    return services.add_person(session, username, "Wati", roles, GOOD, by="test", at=clock.now())


def test_a_stranger_is_sent_to_the_sign_in_page(desk: Flask) -> None:
    response = desk.test_client().get("/petugas")
    assert response.status_code == 302
    assert "/masuk" in response.headers["Location"]


def test_the_right_password_opens_the_desk(desk: Flask, database: Database, clock: ManualClock) -> None:
    with database.writing() as session:
        add(session, clock, Role.SCREENER)
    client = desk.test_client()
    answer = client.post("/masuk", data={"username": "WATI ", "password": GOOD})
    assert answer.status_code == 303
    assert client.get("/").status_code == 200


def test_a_sign_in_never_leads_to_another_site(desk: Flask, database: Database, clock: ManualClock) -> None:
    with database.writing() as session:
        add(session, clock, Role.SCREENER)
    for target in ("https://example.org/", "//example.org", "/\\example.org"):
        answer = desk.test_client().post("/masuk", data={"username": "wati", "password": GOOD, "next": target})
        assert answer.headers["Location"] == "/"


def test_too_many_wrong_passwords_pause_the_name_and_say_so(
    desk: Flask, database: Database, clock: ManualClock
) -> None:
    with database.writing() as session:
        add(session, clock, Role.SCREENER)
    client = desk.test_client()
    for _ in range(8):
        assert client.post("/masuk", data={"username": "wati", "password": "salah"}).status_code == 401
    answer = client.post("/masuk", data={"username": "wati", "password": GOOD})
    assert answer.status_code == 429
    assert "lima belas menit" in answer.get_data(as_text=True)
    clock.advance(timedelta(minutes=16))
    assert client.post("/masuk", data={"username": "wati", "password": GOOD}).status_code == 303


def test_signing_out_revokes_the_session_on_the_server(sign_in: Callable[..., FlaskClient], desk: Flask) -> None:
    client = sign_in(Role.HOST)
    cookie = client.get_cookie("radiodesk_sign_in")
    assert cookie is not None
    client.post("/keluar")
    thief = desk.test_client()
    thief.set_cookie("radiodesk_sign_in", cookie.value)
    assert thief.get("/").status_code == 302


def test_a_sign_in_ends_by_itself(sign_in: Callable[..., FlaskClient], clock: ManualClock) -> None:
    client = sign_in(Role.HOST)
    assert client.get("/").status_code == 200
    clock.advance(timedelta(hours=13))
    assert client.get("/").status_code == 302


def test_only_administrators_see_the_people(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(Role.PRODUCER).get("/petugas").status_code == 403
    assert sign_in(Role.ADMINISTRATOR, username="kepala").get("/petugas").status_code == 200


def test_an_invitation_works_once(session: Session, clock: ManualClock) -> None:
    token = services.invite(session, [Role.ADMINISTRATOR], by="desk", at=clock.now())
    session.commit()
    person = services.accept(session, token, "kepala", "Kepala", GOOD, at=clock.now())
    session.commit()
    assert person.may(Role.ARCHIVIST)
    with pytest.raises(NotFound):
        services.accept(session, token, "lain", "Lain", GOOD, at=clock.now())


def test_an_old_invitation_is_refused(session: Session, clock: ManualClock) -> None:
    token = services.invite(session, [Role.HOST], by="desk", at=clock.now())
    with pytest.raises(NotFound):
        services.open_invitation(session, token, at=clock.now() + timedelta(days=4))


def test_the_last_administrator_stays(session: Session, clock: ManualClock) -> None:
    only = add(session, clock, Role.ADMINISTRATOR)
    with pytest.raises(Conflict):
        services.change_person(session, only, roles=[Role.HOST], active=True, by="wati", at=clock.now())


@pytest.mark.parametrize("username", ["", "W", "1abc", "ada spasi", "a" * 41, "x;drop"])
def test_a_bad_user_name_is_refused_with_a_sentence(session: Session, clock: ManualClock, username: str) -> None:
    with pytest.raises(Unreadable):
        add(session, clock, Role.HOST, username=username)


def test_secrets_do_not_lie_open_in_the_database(session: Session, clock: ManualClock) -> None:
    person = add(session, clock, Role.HOST)
    person.totp_secret = "RAHASIA234567"
    session.commit()
    raw = session.connection().exec_driver_sql("SELECT totp_secret, password_hash FROM person").one()
    assert b"RAHASIA" not in raw[0]
    assert raw[1].startswith("$argon2id$")
    assert session.scalar(select(Person.totp_secret)) == "RAHASIA234567"
