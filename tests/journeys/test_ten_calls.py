"""A programme of ten calls in two browsers at once: the screener's and the host's, each by the keyboard.

Among the ten: one hangs up, two are about one event, one is a panic button, one is a child who is never named, two are
of one person, one only writes, and one is not reached before the end.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Request as Asked
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.tickets.models import Ticket
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium

CHILD = "Karsinem"
COUNT_TONES = """() => { window.tones = 0; const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); }; }"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"partner_tokens": {"Alarm Desa": SecretStr("rahasia")}, "sms_token": SecretStr("sms")}
    )


@pytest.fixture
def show(database: Database, clock: ManualClock) -> str:
    with database.writing() as tx:
        series = programme.add_programme(tx, "Halo Uji", by="produser", at=clock.now())
        return broadcasts.plan(tx, series, "", clock.now(), by="produser", at=clock.now()).public_id


@dataclass
class Studio:
    """The two at work, the world outside, and everything that the host's window was ever sent."""

    screener: Page
    host: Page
    public: str
    database: Database
    clock: ManualClock
    sent_to_host: list[str] = field(default_factory=list)

    def hears(self, finished: Asked) -> None:
        """Keep what the desk answered the host's window."""
        answer = finished.response()
        if answer is not None and answer.status == 200:
            self.sent_to_host.append(answer.text())

    def rings(self, name: str = "", phone: str | None = "0812 0000 0001") -> None:
        """A telephone line rings."""
        with self.database.writing() as tx:
            calls.receive(tx, Channel.PHONE, phone=phone, name=name, line="Saluran 1", at=self.clock.now())

    def writes(self, path: str, token: str, body: dict[str, object]) -> None:
        """A machine outside posts to the public site."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(f"{self.public}{path}", json.dumps(body).encode(), headers)  # noqa: S310 - our own server
        with urlopen(request) as answer:  # noqa: S310
            assert answer.status == 201

    def answers(self) -> None:
        """One key takes the line that rings."""
        expect(self.screener.locator("#queue button[data-key=a]")).to_be_visible()
        self.screener.keyboard.press("Escape")
        self.screener.keyboard.press("a")
        self.screener.locator("#head").wait_for()

    def types(self, **fields: str) -> None:
        """Each field by its key: I name, V place, T topic, O the line for the host."""
        for name, words in fields.items():
            self.screener.keyboard.press({"name": "i", "place": "v", "topic": "t", "point": "o"}[name])
            self.screener.keyboard.type(words)
            self.screener.keyboard.press("Escape")

    def agrees(self) -> None:
        """The caller hears what is done with the call, and agrees."""
        self.screener.keyboard.press("c")
        expect(self.screener.locator("#consent")).to_have_count(0)

    def queues(self, *, ready: bool = True) -> None:
        """Into the queue, and next where the caller is told so, who was asked before."""
        if ready:
            self.agrees()
        with self.screener.expect_navigation():
            self.screener.keyboard.press("r" if ready else "q")

    def next_on_air(self, shown: str) -> None:
        expect(self.host.locator(".caller.next").first).to_contain_text(shown)
        self.host.keyboard.press("n")
        expect(self.host.locator(".caller.air")).to_contain_text(shown)

    def ends(self) -> None:
        self.host.keyboard.press("e")
        expect(self.host.locator(".caller.air")).to_have_count(0)

    def calls(self) -> list[Call]:
        with self.database.reading() as session:
            return list(session.scalars(select(Call).order_by(Call.id)))


@pytest.fixture
def studio(
    browser: Browser,
    desk: Flask,
    public: Flask,
    serve: Callable[[Flask], str],
    sign_in: Callable[..., FlaskClient],
    database: Database,
    clock: ManualClock,
    show: str,
) -> Iterator[Studio]:
    address = serve(desk)
    screener = page_of(browser, address, sign_in(Role.SCREENER, username="wati"))
    host = page_of(browser, address, sign_in(Role.HOST, username="sari"))
    screener.add_init_script(f"({COUNT_TONES})()")
    made = Studio(screener, host, serve(public), database, clock)
    host.on("requestfinished", made.hears)
    host.on("dialog", lambda dialog: dialog.accept())
    screener.goto("/antrean")
    host.goto(f"/siaran/{show}/penyiar")
    host.get_by_role("button", name="Mulai siaran").click()
    host.get_by_role("button", name="Tetap mulai siaran").click()
    host.goto(f"/siaran/{show}/penyiar")
    host.locator(".lamp.on").wait_for()
    yield made
    screener.context.close()
    host.context.close()


def test_ten_calls_with_a_hang_up_a_duplicate_a_panic_button_and_a_child(studio: Studio) -> None:
    screener, host = studio.screener, studio.host

    # 1: an ordinary caller, on air with a complaint made by the host.
    studio.rings()
    studio.answers()
    studio.types(name="Penelepon Satu", place="Kapas", topic="Lampu jalan padam", point="Lampu padam sudah seminggu")
    screener.keyboard.press("c")
    expect(screener.locator("#head")).to_contain_text("Persetujuan")
    studio.queues()
    studio.next_on_air("Lampu padam sudah seminggu")
    host.keyboard.press("t")
    expect(host.locator(".caller.air .tag.good")).to_contain_text("Pengaduan")
    host.keyboard.press("m")
    host.keyboard.press("Enter")
    expect(host.locator(".plan .log li")).to_have_count(2)
    studio.ends()

    # 2: a second call by the same number is known by its name; the host asks, the screener sees it.
    studio.rings()
    expect(screener.locator("#queue .who").first).to_have_text("Penelepon Satu?")
    studio.answers()
    expect(screener.locator("#known")).to_contain_text("1 pengaduan masih terbuka")
    screener.keyboard.press("f")
    assert (screener.input_value("#name"), screener.input_value("#place")) == ("Penelepon Satu", "Kapas")
    host.keyboard.press("2")
    expect(screener.locator("#talk")).to_contain_text("Tolong pastikan namanya.")

    # 3: the same person rings again on another line meanwhile: the two become one.
    studio.rings()
    expect(screener.locator("#caller button[data-key=m]")).to_be_visible()
    screener.keyboard.press("m")
    expect(screener.locator("#queue .line.ringing")).to_have_count(0)
    studio.types(topic="Lampu masih padam", point="Menambahkan letak lampunya")
    studio.queues(ready=False)

    # 4: hangs up before being heard; the number stays on the call-back list.
    studio.rings(phone="0812 0000 0004")
    studio.answers()
    with screener.expect_navigation():
        screener.keyboard.press("x")
    expect(screener.locator("#queue .lists")).to_contain_text("(1)")

    # 5 and 6: two about one fire, one by SMS and one by telephone.
    studio.writes(
        "/masuk/sms", "sms", {"from": "081200000005", "text": "Ada kebakaran di Pasar Kota, mohon dibantu", "id": "s1"}
    )
    studio.answers()
    studio.types(name="Penelepon Lima", topic="Kebakaran di Pasar Kota", point="Api terlihat dari jalan raya")
    studio.queues(ready=False)
    studio.rings(phone="0812 0000 0006")
    studio.answers()
    studio.types(name="Penelepon Enam", topic="Kebakaran Pasar Kota", point="Jalan di depan pasar macet")
    with screener.expect_navigation():
        screener.keyboard.press("s")
    screener.locator("#caller button[data-key=g]").wait_for()
    screener.keyboard.press("g")
    expect(screener.locator("#head")).to_contain_text("Ke-2 dari 2 tentang ini")
    studio.queues()
    studio.next_on_air("Jalan di depan pasar macet")
    expect(host.locator(".caller.air")).to_contain_text("2 telepon tentang ini")

    # 7: a panic button, while a caller is on air: heard, on top, handed over with one key.
    studio.writes("/masuk/mitra", "rahasia", {"id": "p1", "panic": True, "name": "Warga Tujuh", "place": "Dander"})
    expect(screener.locator("#queue .line:not(.on_air)").first).to_contain_text("Warga Tujuh")
    expect(screener.locator("#toast")).to_contain_text("Darurat")
    screener.wait_for_function("window.tones === 3")
    expect(host.locator(".emergency")).to_be_visible()
    studio.answers()
    expect(screener.locator("#head .emergency")).to_contain_text("112")
    screener.keyboard.press("1")
    expect(screener.locator("#head .emergency .tag")).to_contain_text("110")
    expect(host.locator(".emergency")).to_have_count(0)
    with screener.expect_navigation():
        screener.keyboard.press("e")
    studio.ends()

    # 8: a child: never named for the host, though the name was allowed.
    studio.rings(phone=None)
    studio.answers()
    screener.select_option("#card [name=protected]", "child")
    screener.check("[name=may_name]")
    screener.locator("body").press("Escape")
    studio.types(name=CHILD, place="Ngasem", topic="Dirundung di sekolah", point=f"{CHILD} minta sekolahnya didatangi")
    screener.keyboard.press("q")
    expect(screener.locator("#card [role=alert]")).to_contain_text("dilindungi")
    screener.fill("[name=point]", "Minta sekolahnya didatangi")
    screener.keyboard.press("Escape")
    studio.queues()
    studio.next_on_air("Minta sekolahnya didatangi")
    expect(host.locator(".caller.air")).to_contain_text("Penelepon dilindungi")
    host.keyboard.press("h")
    expect(host.locator(".caller", has_text="Ditahan")).to_contain_text("Penelepon dilindungi")
    host.keyboard.press("h")
    host.locator(".caller.air").wait_for()
    studio.ends()

    # 9: stands in front of the desk, typed by hand; made ready and undone.
    screener.keyboard.press("Escape")
    screener.locator("input[name=channel][value=walk_in]").check()
    screener.keyboard.press("Escape")
    studio.types(name="Penelepon Sembilan", topic="Jalan berlubang", point="Minta jalan ditambal")
    studio.queues()
    expect(host.locator(".caller.next")).to_contain_text("Minta jalan ditambal")
    screener.keyboard.press("Escape")
    screener.keyboard.press("z")
    expect(screener.locator("#head .tag").first).to_have_text("Menunggu")
    expect(host.locator(".caller.next")).to_have_count(0)
    screener.keyboard.press("r")
    studio.next_on_air("Minta jalan ditambal")

    # 10: a listener's form, not opened before the end; the show ends with a caller still on air.
    listener = host.context.browser.new_page()  # type: ignore[union-attr]
    listener.goto(f"{studio.public}/kirim")
    listener.fill("[name=pesan]", "Kapan SIM keliling ke Kapas?")
    listener.check("[name=setuju]")
    listener.locator("main button").last.click()
    listener.wait_for_url("**/terima-kasih")
    listener.close()
    expect(screener.locator("#queue")).to_contain_text("SIM keliling")
    host.get_by_role("button", name="Akhiri siaran").click()
    host.wait_for_url("**/siaran/0*")
    host.get_by_text("Berakhir").first.wait_for()

    states = [(call.state, call.ended_why) for call in studio.calls()]
    assert states == [
        (CallState.DONE, None),
        (CallState.WAITING, None),
        (CallState.DROPPED, "merged"),
        (CallState.LOST, "hung_up"),
        (CallState.WAITING, None),
        (CallState.DONE, None),
        (CallState.DONE, None),
        (CallState.DONE, None),
        (CallState.DONE, None),
        (CallState.RINGING, None),
    ]
    assert len(studio.sent_to_host) > 30
    assert not [text for text in studio.sent_to_host if CHILD in text or "Ngasem" in text]
    with studio.database.reading() as session:
        aired = session.scalars(select(AsRun).where(AsRun.kind == AsRunKind.CALL_ON)).all()
        assert [entry.subject for entry in aired] == [studio.calls()[key].public_id for key in (0, 5, 7, 7, 8)]
        assert session.scalars(select(Ticket)).one().call_id == studio.calls()[0].id
