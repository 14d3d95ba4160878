"""The second factor: made and kept by the server, proven by password and code, and never used twice."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.keys import load_keys
from radiodesk.core.settings import Settings
from radiodesk.core.unavailable import DatabaseBusy
from radiodesk.http.request import Station
from radiodesk.rooms.accounts.cli import user
from radiodesk.rooms.accounts.models import FailedSignIn, Person, RecoveryCode, Role
from radiodesk.web.desk import create_desk
from tests.conftest import PASSWORD
from tests.factories.writers import held


class Phone:
    """Somebody's browser and telephone."""

    def __init__(self, browser: FlaskClient, desk: Flask, database: Database, clock: ManualClock) -> None:
        self.browser, self.desk, self.database, self.clock = browser, desk, database, clock
        self.codes: list[str] = []

    @property
    def person(self) -> Person:
        with self.database.reading() as session:
            return session.scalars(select(Person).where(Person.username == "petugas")).one()

    def code(self) -> str:
        return pyotp.TOTP(self.person.totp_secret or self.person.totp_pending or "").at(self.clock.now())

    def later(self) -> str:
        self.clock.advance(timedelta(minutes=2))
        return self.code()

    def set_up(self) -> str:
        assert self.browser.post("/saya/kode/mulai").status_code == 303
        answer = self.browser.post("/saya/kode", data={"code": self.code(), "present": PASSWORD})
        assert answer.status_code == 200
        self.codes = re.findall(r"<code class=\"key\">([^<]+)</code>", answer.get_data(as_text=True))
        return answer.get_data(as_text=True)

    def sign_in(self, code: str = "") -> int:
        data = {"username": "petugas", "password": PASSWORD, "code": code}
        return self.desk.test_client().post("/masuk", data=data).status_code

    def trail(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.fixture
def phone(sign_in: Callable[..., FlaskClient], desk: Flask, database: Database, clock: ManualClock) -> Iterator[Phone]:
    yield Phone(sign_in(Role.ADMINISTRATOR), desk, database, clock)


def test_a_key_from_the_browser_counts_for_nothing(phone: Phone) -> None:
    strangers = pyotp.random_base32()
    data = {"secret": strangers, "code": pyotp.TOTP(strangers).at(phone.clock.now()), "present": PASSWORD}
    assert phone.browser.post("/saya/kode", data=data).status_code == 409
    phone.browser.post("/saya/kode/mulai")
    assert phone.browser.post("/saya/kode", data=data).status_code == 401
    assert phone.person.totp_secret is None


def test_the_page_shows_the_key_as_a_picture_and_in_letters(phone: Phone) -> None:
    phone.browser.post("/saya/kode/mulai")
    page = phone.browser.get("/saya/kode").get_data(as_text=True)
    assert 'src="data:image/svg+xml' in page and (phone.person.totp_pending or "") in page
    assert 'name="secret"' not in page


def test_it_is_on_once_password_and_code_were_right(phone: Phone) -> None:
    phone.browser.post("/saya/kode/mulai")
    for data in ({"code": phone.code()}, {"code": phone.code(), "present": "salah"}, {"present": PASSWORD}):
        assert phone.browser.post("/saya/kode", data=data).status_code == 401
    assert phone.sign_in() == 303
    phone.set_up()
    assert phone.sign_in() == 401
    assert phone.sign_in(phone.later()) == 303


def test_an_empty_code_or_no_password_switches_nothing_off(phone: Phone) -> None:
    phone.set_up()
    code = phone.later()
    for data in ({}, {"code": ""}, {"code": code}, {"present": PASSWORD}, {"present": PASSWORD, "code": "000000"}):
        for page in ("/saya/kode", "/saya/kode/matikan", "/saya/kode/cadangan"):
            assert phone.browser.post(page, data=data).status_code in (401, 409, 429)
    assert phone.person.totp_secret is not None
    phone.clock.advance(timedelta(minutes=16))
    off = {"present": PASSWORD, "code": phone.later()}
    assert phone.browser.post("/saya/kode/matikan", data=off).status_code == 303
    assert phone.person.totp_secret is None and phone.sign_in() == 303
    assert "second factor switched off" in phone.trail()


def test_a_code_works_once(phone: Phone) -> None:
    phone.set_up()
    code = phone.later()
    assert [phone.sign_in(code), phone.sign_in(code)] == [303, 401]
    off = {"present": PASSWORD, "code": code}
    assert phone.browser.post("/saya/kode/matikan", data=off).status_code == 401


def test_the_code_that_confirmed_the_key_does_not_sign_in(phone: Phone) -> None:
    phone.set_up()
    assert phone.sign_in(phone.code()) == 401


def test_an_older_code_does_not_work_after_a_newer_one(phone: Phone) -> None:
    phone.set_up()
    older = phone.later()
    phone.clock.advance(timedelta(seconds=30))
    assert [phone.sign_in(phone.code()), phone.sign_in(older)] == [303, 401]


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "000000 ", "½½½½½½", "-" * 30])
def test_what_is_no_code_is_refused_with_a_sentence(phone: Phone, code: str) -> None:
    phone.set_up()
    phone.later()
    assert phone.sign_in(code) == 401


def test_ten_recovery_codes_are_shown_once_and_each_works_once(phone: Phone) -> None:
    phone.set_up()
    assert len(set(phone.codes)) == 10
    for page in ("/saya", "/saya/kode"):
        assert phone.codes[0] not in phone.browser.get(page).get_data(as_text=True)
    with phone.database.reading() as session:
        kept = str(session.connection().exec_driver_sql("SELECT * FROM recovery_code").all())
    assert all(code not in kept and code.replace("-", "") not in kept for code in phone.codes)
    first, second = phone.codes[:2]
    assert [phone.sign_in(first), phone.sign_in(first)] == [303, 401]
    assert phone.sign_in(second.upper().replace("-", " ")) == 303
    assert phone.trail().count("recovery code used") == 2
    assert "Sisa 8" in phone.browser.get("/saya").get_data(as_text=True)


def test_new_recovery_codes_put_the_old_ones_out_of_use(phone: Phone) -> None:
    phone.set_up()
    old, given = phone.codes[0], {"present": PASSWORD, "code": phone.later()}
    page = phone.browser.post("/saya/kode/cadangan", data=given).get_data(as_text=True)
    new = re.findall(r"<code class=\"key\">([^<]+)</code>", page)
    assert len(new) == 10 and [phone.sign_in(old), phone.sign_in(new[0])] == [401, 303]


def test_a_change_of_the_second_factor_ends_the_other_sessions(phone: Phone, desk: Flask) -> None:
    other = desk.test_client()
    other.post("/masuk", data={"username": "petugas", "password": PASSWORD})
    phone.set_up()
    assert phone.browser.get("/").status_code == 200 and other.get("/").status_code == 302


def test_an_administrator_resets_the_second_factor_of_another(
    phone: Phone, sign_in: Callable[..., FlaskClient]
) -> None:
    phone.set_up()
    address = f"/petugas/{phone.person.public_id}/kode/atur-ulang"
    assert sign_in(Role.PRODUCER, username="produser").post(address).status_code == 403
    head = sign_in(Role.ADMINISTRATOR, username="kepala")
    assert "Atur ulang kode enam angka" in head.get("/petugas").get_data(as_text=True)
    assert head.post(address).status_code == 303
    assert phone.browser.get("/").status_code == 302
    assert phone.sign_in() == 303 and "second factor reset" in phone.trail()
    with phone.database.reading() as session:
        assert session.scalars(select(RecoveryCode)).all() == []


def test_the_command_line_resets_it_too(phone: Phone, settings: Settings) -> None:
    phone.set_up()
    done = CliRunner(env={"RADIODESK_DATA": str(settings.data)}).invoke(user, ["reset-code", "petugas"])
    assert done.exit_code == 0 and phone.person.totp_secret is None


def test_every_act_is_in_the_trail(phone: Phone) -> None:
    phone.set_up()
    assert {"second factor begun", "second factor switched on"} <= set(phone.trail())


def test_a_key_that_cannot_be_read_lets_nobody_in_and_says_whom_to_ask(phone: Phone, settings: Settings) -> None:
    phone.set_up()
    stranger = load_keys(settings.data / "stranger.json")
    with phone.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE person SET totp_secret = :secret"), {"secret": stranger.encrypt("JBSWY3DPEHPK3PXP")}
        )
    data = {"username": "petugas", "password": PASSWORD, "code": "123456"}
    answer = phone.desk.test_client().post("/masuk", data=data)
    assert answer.status_code == 401 and "administrator" in answer.get_data(as_text=True)
    for page in ("/saya", "/saya/kode", "/petugas"):
        assert phone.browser.get(page).status_code == 200


@pytest.fixture
def strict(station: Station) -> Flask:
    """A desk whose administrators and hosts need a second factor."""
    settings = station.settings.model_copy(update={"second_factor_roles": ["administrator", "host"]})
    app = create_desk(Station(settings, station.database, station.clock, station.notifier))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


def test_who_must_have_one_can_do_nothing_else_until_it_is_there(
    strict: Flask, sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    sign_in(Role.ADMINISTRATOR)
    client = strict.test_client()
    assert client.post("/masuk", data={"username": "petugas", "password": PASSWORD}).status_code == 303
    for page in ("/", "/petugas", "/saya", "/antrean", "/arsip"):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/saya/kode"), page
    assert client.get("/langsung").status_code == 403
    assert client.get("/antrean", headers={"HX-Request": "true"}).status_code == 403
    assert client.post("/petugas", data={"username": "budi"}).headers["Location"] == "/saya/kode"
    page = client.get("/saya/kode").get_data(as_text=True)
    assert "Peran Anda memerlukan" in page and "/antrean" not in page
    Phone(client, strict, database, clock).set_up()
    assert client.get("/petugas").status_code == 200


def test_other_roles_are_not_asked_for_it(strict: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    sign_in(Role.SCREENER)
    client = strict.test_client()
    client.post("/masuk", data={"username": "petugas", "password": PASSWORD})
    assert client.get("/antrean").status_code == 200


def test_the_setting_names_the_roles_that_there_are() -> None:
    everyone = [role.value for role in Role]
    assert Settings(second_factor_roles=everyone).second_factor_roles == everyone


def test_recovery_codes_are_shown_though_another_program_writes_from_then_on(phone: Phone, settings: Settings) -> None:
    phone.set_up()
    with ExitStack() as others:

        def take_over(_session: Session) -> None:
            if "recovery codes renewed" in phone.trail():
                others.enter_context(held(settings))

        event.listen(Session, "after_commit", take_over)
        try:
            answer = phone.browser.post("/saya/kode/cadangan", data={"code": phone.later(), "present": PASSWORD})
        except DatabaseBusy:
            pytest.fail("something was written after the codes were made")
        finally:
            event.remove(Session, "after_commit", take_over)
    assert answer.status_code == 200
    codes = re.findall(r"<code class=\"key\">([^<]+)</code>", answer.get_data(as_text=True))
    assert len(codes) == 10 and phone.sign_in(codes[0]) == 303
    assert counted(phone) == 0


def counted(phone: Phone) -> int:
    with phone.database.reading() as session:
        return session.scalar(select(func.count()).select_from(FailedSignIn)) or 0


def test_a_right_password_counts_for_nothing_whatever_else_is_refused(phone: Phone, settings: Settings) -> None:
    for _ in range(settings.login_attempts + 1):
        # There is no key to confirm; and a code that is too long.
        assert phone.browser.post("/saya/kode", data={"code": "123456", "present": PASSWORD}).status_code == 409
        assert phone.browser.post("/saya/kode", data={"code": "1" * 99, "present": PASSWORD}).status_code == 422
    assert counted(phone) == 0
    assert phone.browser.post("/saya/kode", data={"code": "123456", "present": "salah"}).status_code == 401
    assert counted(phone) == 1


def test_the_key_stays_until_it_is_confirmed_unless_another_is_asked_for(phone: Phone) -> None:
    phone.browser.post("/saya/kode/mulai")
    first = phone.person.totp_pending
    phone.browser.post("/saya/kode", data={"code": "000000", "present": PASSWORD})
    phone.browser.post("/saya/kode/mulai")
    assert first and first in phone.browser.get("/saya/kode").get_data(as_text=True)
    phone.browser.post("/saya/kode/mulai", data={"another": "yes"})
    assert phone.person.totp_pending not in (None, first)
