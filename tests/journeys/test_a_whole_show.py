"""One show in real browsers, a window for each person: from the first call to the page that listeners open."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from radiodesk.http.request import Station
from radiodesk.operations.wiring import runner
from radiodesk.rooms.accounts.models import Role
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium


@pytest.fixture
def window(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> Callable[..., Page]:
    """A browser window of the desk in which someone with the given role is signed in."""
    address = serve(desk)

    def opened(role: Role) -> Page:
        return page_of(browser, address, sign_in(role, username=role.value.replace(" ", "-")))

    return opened


def test_a_show_from_the_first_call_to_the_public_page(
    window: Callable[..., Page],
    browser: Browser,
    public: Flask,
    serve: Callable[[Flask], str],
    station: Station,
) -> None:
    producer = window(Role.PRODUCER)
    producer.goto("/program")
    producer.fill("[name=title]", "Halo Uji")
    producer.get_by_role("button", name="Tambah").click()
    producer.goto("/siaran")
    producer.get_by_role("button", name="Rencanakan").click()
    producer.wait_for_url("**/siaran/0*")
    show = producer.url.rsplit("/", 1)[1]

    officer = window(Role.OFFICER)
    officer.goto("/lalin")
    officer.fill("textarea[name=text]", "18.20 WIB lalin di depan Pasar Kalitidu macet ada truk mogok")
    officer.get_by_role("button", name="Periksa kiriman").click()
    officer.locator("form[action$='/tempel/simpan'] button.primary").click()
    officer.get_by_role("link", name="Ke papan lalu lintas").click()
    officer.get_by_role("button", name="Susun").click()
    officer.wait_for_url("**/naskah/0*")
    assert "Kalitidu" in officer.input_value("textarea[name=text]")
    script = officer.url.rsplit("/", 1)[1]
    officer.keyboard.press("a")
    officer.get_by_text("Disetujui officer").wait_for()

    producer.goto(f"/siaran/{show}")
    producer.select_option(".adder select[name=script]", script)
    producer.get_by_role("button", name="Tambah acara").click()
    producer.locator(".rundown").get_by_text("Disetujui").first.wait_for()

    screener = window(Role.SCREENER)
    screener.goto("/antrean")
    card = screener.locator("form", has=screener.locator("[name=point]")).first
    card.locator("[name=phone]").fill("0812 0000 0001")
    card.locator("[name=name]").fill("Penelepon Uji")
    card.locator("[name=topic]").fill("Lampu jalan padam")
    card.locator("[name=point]").fill("Lampu jalan padam sudah seminggu.")
    card.locator("[name=may_name]").check()
    card.get_by_label("Persetujuan dibacakan: setuju").check()
    screener.get_by_role("button", name="Langsung siap").click()
    screener.locator("#queue .who").get_by_text("Penelepon Uji").wait_for()

    host = window(Role.HOST)
    host.goto(f"/siaran/{show}/penyiar")
    host.get_by_role("button", name="Mulai siaran").click()
    host.wait_for_load_state()
    if host.get_by_role("button", name="Tetap mulai siaran").count():
        host.get_by_role("button", name="Tetap mulai siaran").click()
        host.goto(f"/siaran/{show}/penyiar")
    host.get_by_text("MENGUDARA").wait_for()
    host.keyboard.press("g")
    host.get_by_text("Sedang dibaca").wait_for()
    host.keyboard.press("f")
    host.keyboard.press("n")
    host.locator(".caller.air .name").get_by_text("Penelepon Uji").wait_for()
    screener.locator("#queue").get_by_text("Mengudara").first.wait_for()
    host.keyboard.press("e")
    host.locator(".caller.air").wait_for(state="detached")
    host.on("dialog", lambda dialog: dialog.accept())
    host.get_by_role("button", name="Akhiri siaran").click()
    host.get_by_text("Berakhir").first.wait_for()

    archivist = window(Role.ARCHIVIST)
    archivist.goto(f"/siaran/{show}")
    archivist.get_by_role("link", name="Segel").click()
    archivist.fill("[name=note]", "Siaran uji tanpa rekaman.")
    archivist.get_by_role("button", name="Tetap segel").click()
    jobs = runner(station.settings, station.database, station.clock)
    jobs.run_all()
    archivist.goto(f"/siaran/{show}/terbit")
    archivist.on("dialog", lambda dialog: dialog.accept())
    archivist.locator("form[action$='/siapkan'] button.primary").click()
    archivist.locator("form[data-confirm][action$='/terbit'] button").click()
    archivist.get_by_text("Salinan publik sedang ditulis").or_(
        archivist.get_by_text("Terbit", exact=True)
    ).first.wait_for()
    jobs.run_all()

    listener = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()
    address = serve(public)
    listener.goto(f"{address}/siaran/{show}")
    page = listener.inner_text("main")
    assert "Kalitidu" in page
    assert "0812" not in page
    for path in (f"/siaran/{show}/penyiar", "/antrean", f"/naskah/{script}", "/petugas"):
        answer = listener.goto(f"{address}{path}")
        assert answer is not None
        assert answer.status == 404, path
