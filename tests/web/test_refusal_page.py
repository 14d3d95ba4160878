"""A form that is refused comes back whole, on its page, with the reason at its field: every form of both sites."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import open_database
from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.keys import load_keys
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station, stands_on
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.web.desk import create_desk
from radiodesk.web.form_markup import SECRETS
from radiodesk.web.public_site import create_public
from tests.factories.filled import fill
from tests.factories.forms import FormClient
from tests.factories.page_forms import PageForm, forms_of, read, rule_of

START = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
PASSWORD = "sepuluh-huruf"
CODE = "kata-rahasia-uji"
TYPED = "kata-yang-diketik & <lainnya>"
PHONE = "0812 0000 0009"
"""Numbers are checked before names, so this one is right."""
LONG = "panjang " * 1200
LONGER = "panjang " * 30_000

UNREAD = {
    "/draf": "sent by a script alone",
    "/draf/buang": "sent by a script alone",
    "/transkrip/<public_id>": "the editor sends JSON and keeps its words",
    "/transkrip/<public_id>/selaras": "the editor sends JSON and keeps its words",
}
"""Addresses that take no form."""

LONG_TEXTS = {"/naskah", "/naskah/<public_id>", "/lalin/tempel", "/lalin/lapsit"}
"""Forms of which the field ``text`` takes pages."""


ALONE = {"/antrean/blokir"}
"""Forms beside buttons that are for other numbers."""


@pytest.fixture(scope="module")
def filled(template_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station with at least one of everything."""
    folder = tmp_path_factory.mktemp("refused") / "data"
    shutil.copytree(template_data, folder)
    own = Settings(data=folder, pos_jago_token=SecretStr(CODE), intake_per_hour=1_000_000)
    database = open_database(own.database, load_keys(folder / "keys.json"))
    with database.writing() as tx:
        fill(tx, own, START)
    notifier = Notifier(database)
    yield Station(own, database, ManualClock(START), notifier)
    notifier.close()
    database.engine.dispose()


@pytest.fixture(scope="module")
def full_desk(filled: Station) -> FormClient:
    """The desk of that station, with somebody signed in who may do everything."""
    app = create_desk(filled)
    app.test_client_class = FormClient
    with filled.database.writing() as tx:
        accounts.add_person(tx, "semua", "Petugas Uji", list(Role), PASSWORD, by="test", at=START)
    with filled.database.writing() as tx:
        token = accounts.sign_in(tx, "semua", PASSWORD, None, address="::1", browser="test", hours=12, at=START)
    client = app.test_client()
    assert isinstance(client, FormClient)
    client.set_cookie(COOKIE, token)
    return client


@pytest.fixture(scope="module")
def full_site(filled: Station) -> FlaskClient:
    return create_public(filled).test_client()


@pytest.fixture(scope="module")
def desk_forms(full_desk: FormClient) -> dict[str, PageForm]:
    """Of each form of the desk the one with the most to fill in, by the rule that it is sent to."""
    return _by_rule(full_desk.application, full_desk)


def _by_rule(app: Flask, client: FlaskClient) -> dict[str, PageForm]:
    found: dict[str, PageForm] = {}
    for form in forms_of(app, client):
        rule = rule_of(app, form.action)
        if rule not in found or len(form.controls) > len(found[rule].controls):
            found[rule] = form
    return found


def changing(app: Flask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}


def send(client: FlaskClient, form: PageForm, values: dict[str, list[str]], **more: str) -> tuple[int, str]:
    answer = client.post(
        form.action,
        data=values | more,
        headers={"Referer": f"http://localhost{form.page}"},
        content_type="multipart/form-data" if form.upload else "application/x-www-form-urlencoded",
    )
    return answer.status_code, answer.get_data(as_text=True)


def words_in(form: PageForm) -> list[str]:
    """Names of the fields for words that a page may give back."""
    names = [one.name for one in form.controls if one.takes_words() and one.name not in {"", "situs"} | SECRETS]
    return list(dict.fromkeys(name for name in names if names.count(name) == 1))


def is_whole(page: str) -> bool:
    """Whether it is a page of its own, not the one that holds a sentence and the way home."""
    bare = ('<section class="card narrow" role="alert">', '<section class="sheet" role="alert">')
    return page.count('id="refusal"') == 1 and not any(one in page for one in bare)


def form_again(page: str, form: PageForm) -> PageForm:
    """The refused form in the page that came back."""
    back = [one for one in read(form.page, page).forms if "data-refused" in one.attributes]
    assert len(back) == 1
    return back[0]


def test_every_form_of_the_desk_comes_back_whole_on_its_page(
    full_desk: FormClient, desk_forms: dict[str, PageForm]
) -> None:
    assert len(desk_forms) > 60
    full_desk.sends_token = False
    try:
        for rule, form in desk_forms.items():
            names = words_in(form)
            values = form.values() | {name: [f"{TYPED} {name}"] for name in names} | {"csrf_token": ["terlalu lama"]}
            status, page = send(full_desk, form, values)
            assert status == 400, rule
            assert is_whole(page), rule
            again = form_again(page, form)
            assert again.action == form.action, rule
            given = again.values()
            assert [given[name] for name in names] == [[f"{TYPED} {name}"] for name in names], rule
            for one in form.controls:
                if one.tag == "select" and one.name and one.chosen:
                    assert given[one.name] == form.values()[one.name], rule
    finally:
        full_desk.sends_token = True


def test_no_address_of_the_desk_answers_a_form_with_a_bare_page(full_desk: FormClient) -> None:
    full_desk.sends_token = False
    try:
        for rule in sorted(changing(full_desk.application) - UNREAD.keys() - {"/keluar"}):
            address = re.sub(r"<any\(([^)]*)\):\w+>", lambda one: one[1].split(",")[0].strip(" '\""), rule)
            address = re.sub(r"<int:\w+>", "1", re.sub(r"<\w+>", "x", address))
            answer = full_desk.post(address, data={"csrf_token": "terlalu lama", "ketikan": TYPED})
            page = answer.get_data(as_text=True)
            assert answer.status_code == 400, rule
            assert is_whole(page), rule
            assert TYPED in unescape(page), rule
    finally:
        full_desk.sends_token = True


def typed_into(name: str) -> str:
    return PHONE if name == "phone" else f"{TYPED} {name}"


def test_what_is_too_long_is_told_at_its_field_and_everything_else_stays(
    full_desk: FormClient, desk_forms: dict[str, PageForm]
) -> None:
    tried = 0
    for rule, form in desk_forms.items():
        for name in words_in(form):
            long = LONGER if rule in LONG_TEXTS and name == "text" else LONG
            others = {other: [typed_into(other)] for other in words_in(form) if other != name}
            status, page = send(full_desk, form, form.values() | others | {name: [long]})
            assert status == 422, (rule, name)
            assert is_whole(page), (rule, name)
            again = form_again(page, form)
            wrong = [one.name for one in again.controls if one.attributes.get("aria-invalid")]
            # A correction asks for its sentence before it looks at the reader.
            assert wrong == [name] or rule.endswith("/ralat"), (rule, name)
            given = again.values()
            assert given[name] == [long], (rule, name)
            assert {other: given[other] for other in others} == others, (rule, name)
            tried += 1
    assert tried > 50


def test_every_form_of_the_public_site_comes_back_whole(full_site: FlaskClient) -> None:
    forms = _by_rule(full_site.application, full_site)
    about = {"/siaran/<public_id>/penghapusan", "/siaran/<public_id>/masalah"}
    assert forms.keys() == {"/kirim", "/pos-jago", "/pengaduan", *about}
    for rule, form in forms.items():
        for name in words_in(form):
            others = {other: [typed_into(other)] for other in words_in(form) if other != name}
            status, page = send(full_site, form, form.values() | others | {name: [LONG], "kode": [CODE]})
            assert status == 422, (rule, name)
            assert is_whole(page), (rule, name)
            assert CODE not in page
            given = form_again(page, form).values()
            assert {other: given[other] for other in others} == others, (rule, name)
            assert given[name] == [LONG], (rule, name)


def test_a_secret_does_not_come_back(full_desk: FormClient, full_site: FlaskClient) -> None:
    data = {"present": "sandi-lama-rahasia", "password": "sandi-baru-rahasia", "again": "lain-lagi-rahasia"}
    answer = full_desk.post("/saya/sandi", data=data)
    assert answer.status_code == 422
    assert "rahasia" not in answer.get_data(as_text=True)
    answer = full_site.post("/pos-jago", data={"kode": "salah-rahasia", "officer": "Petugas Uji", "text": TYPED})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "salah-rahasia" not in page
    assert TYPED in unescape(page)


def test_a_file_must_be_chosen_again_and_the_page_says_so(full_desk: FormClient) -> None:
    file = (io.BytesIO(b"bunyi"), "suara.wav")
    data = {"channel": "walk_in", "phone": "bukan nomor", "message": TYPED, "files": file}
    page = full_desk.post("/antrean/pesan", data=data).get_data(as_text=True)
    assert TYPED in unescape(page)
    assert "Pilih lagi berkasnya." in page


def test_a_page_of_somebody_else_is_not_filled(full_desk: FormClient) -> None:
    data = {"title": LONG, "_page": "//lain.example/siaran"}
    headers = {"Referer": "http://lain.example/siaran", "Sec-Fetch-Site": "cross-site"}
    answer = full_desk.post("/siaran", data=data, headers=headers)
    assert answer.status_code in (404, 422)
    assert "data-refused" not in answer.get_data(as_text=True)


def test_who_may_not_see_the_page_is_not_shown_it(full_desk: FormClient, sign_in: Callable[..., FlaskClient]) -> None:
    host = sign_in(Role.HOST)
    answer = host.post("/pengaduan/jawaban", data={"text": TYPED, "_page": "/petugas"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "/petugas" not in page.replace('value="/petugas"', "")
    assert TYPED in unescape(page)


def test_a_form_whose_page_is_gone_meanwhile_is_answered_as_any_other(filled: Station) -> None:
    def gone() -> str:
        raise NotFound("There is nothing at this address.")

    def view() -> str:
        stands_on(gone)
        raise Unreadable("Please write what you want to say.")

    app = create_public(filled)
    app.add_url_rule("/hilang", "gone", view, methods=["POST"])
    answer = app.test_client().post("/hilang", data={"kata": TYPED})
    assert answer.status_code == 422
    assert TYPED in unescape(answer.get_data(as_text=True))


def test_a_form_that_the_page_has_no_more_gives_its_words_back(full_desk: FormClient) -> None:
    data = {"title": TYPED, "minutes": "1", "kind": "talk"}
    answer = full_desk.post("/siaran/tidak-ada/acara", data=data, headers={"Referer": "http://localhost/siaran"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert is_whole(page)
    assert TYPED in unescape(page)


def test_without_leaving_the_page_the_field_is_named(full_desk: FormClient) -> None:
    answer = full_desk.post("/siaran", data={"programme": "x" * 100}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.headers["X-Refused-Field"] == "programme"
    assert answer.mimetype == "text/plain"


def test_no_other_button_throws_away_what_was_typed(full_desk: FormClient) -> None:
    """Pages of complaints, messages and broadcasts: whatever else is pressed there, typed words are kept."""
    pages: dict[str, list[PageForm]] = {}
    for form in forms_of(full_desk.application, full_desk):
        if form.page.startswith(("/pengaduan", "/siaran/", "/antrean/")) and not form.page.endswith("/penyiar"):
            pages.setdefault(form.page, []).append(form)
    tried = 0
    for page, forms in pages.items():
        others = [form for form in forms if form.action != "/keluar"]
        for form in others if len(others) > 1 else []:
            if words_in(form) and form.attributes.get("id") != "card" and form.action not in ALONE:
                assert form.drafted, (page, form.action)
                tried += 1
    assert tried > 40
