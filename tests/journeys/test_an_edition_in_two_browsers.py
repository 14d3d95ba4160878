"""A whole edition in two browsers, from the template of a programme to the sealed package.

A producer plans, an officer approves, reads and hosts; both see what the other does without touching their pages. With
``RADIODESK_PICTURES`` naming a folder, pictures of the way are left there.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import jobs as archive_jobs
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.archive.verification import verify
from radiodesk.rooms.broadcasts.due_bulletins import compile_due
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from tests.factories import calls as make
from tests.factories import shows
from tests.factories.browsers import needs_chromium, page_of

pytestmark = needs_chromium

ITEMS = (("Pembuka", "opening", 1), ("Lalu lintas", "bulletin", 1), ("Telepon", "calls", 5), ("Penutup", "closing", 1))
OPENING = "Selamat pagi, pendengar. Anda bersama Halo Uji."


@pytest.fixture
def clock() -> ManualClock:
    """The browser's clock runs by itself, so the desk's begins with it."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def window(
    browser: Browser, desk: Flask, serve: Callable[[Flask], str], sign_in: Callable[..., FlaskClient]
) -> Iterator[Callable[..., Page]]:
    address, opened = serve(desk), []

    def open_one(username: str, *roles: Role) -> Page:
        page = page_of(browser, address, sign_in(*roles, username=username))
        page.on("dialog", lambda dialog: dialog.accept())
        opened.append(page)
        return page

    yield open_one
    for page in opened:
        page.context.close()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("RADIODESK_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def plan(producer: Page, clock: ManualClock, settings: Settings) -> None:
    """A programme, what each edition begins with, and a slot that has its edition in ten minutes."""
    starts = (clock.now() + timedelta(minutes=10)).astimezone(settings.zone)
    producer.goto("/program")
    producer.locator("form.card input[name=title]").fill("Halo Uji")
    producer.get_by_role("button", name="Tambah").click()
    producer.get_by_role("link", name="Halo Uji").click()
    rows = producer.locator(".template-row")
    for number, (title, kind, minutes) in enumerate(ITEMS):
        row = rows.nth(number)
        row.locator("input[name=title]").fill(title)
        row.locator("select[name=kind]").select_option(kind)
        row.locator("input[name=minutes]").fill(str(minutes))
        # The page has three empty rows at a time.
        if number in (2, len(ITEMS) - 1):
            producer.get_by_role("button", name="Simpan").click()
            expect(rows).to_have_count(number + 4)
    slot = producer.locator("aside form").first
    slot.locator(f"input[name=weekday][value='{starts.weekday()}']").check()
    slot.locator("input[name=starts]").fill(f"{starts:%H:%M}")
    slot.locator("input[name=minutes]").fill("8")
    slot.get_by_role("button", name="Tambah").click()
    expect(producer.locator(".editions li").first).to_be_visible()
    picture(producer, "1-program")


def write_opening(producer: Page, officer: Page) -> None:
    """The producer writes, the officer approves what stands there."""
    producer.goto("/naskah")
    producer.locator("input[name=title]").fill("Salam pembuka")
    producer.locator("textarea[name=text]").fill(OPENING)
    producer.get_by_role("button", name="Simpan").click()
    expect(producer.get_by_role("heading", name="Salam pembuka")).to_be_visible()
    officer.goto(producer.url)
    officer.keyboard.press("a")
    expect(officer.locator(".tag.good").first).to_have_text("Disetujui")
    expect(officer.locator(".note.good")).to_contain_text("petugas")


def test_a_whole_edition(
    window: Callable[..., Page], database: Database, settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    producer = window("produser", Role.PRODUCER)
    officer = window("petugas", Role.OFFICER, Role.HOST)
    plan(producer, clock, settings)
    write_opening(producer, officer)
    with database.reading() as session:
        edition = session.scalars(select(Broadcast).order_by(Broadcast.planned_start)).first()
        assert edition is not None
        show, first = f"/siaran/{edition.public_id}", edition.id

    # The rundown that came from the template: a script placed, guests told, the other window sees both by itself.
    officer.goto(show)
    producer.goto(show)
    rundown = producer.locator("ol.rundown > li")
    expect(rundown).to_have_count(4)
    rundown.nth(0).locator("summary").click()
    rundown.nth(0).get_by_role("button", name="Pasang naskah").click()
    rundown.nth(2).locator("summary").click()
    rundown.nth(2).locator("input[name=guests]").fill("AKP Contoh Umpama, Kasatlantas")
    rundown.nth(2).get_by_role("button", name="Simpan").click()
    expect(officer.locator("ol.rundown > li").nth(2)).to_contain_text("AKP Contoh Umpama")
    expect(officer.locator("ol.rundown > li").nth(0)).to_contain_text("Salam pembuka")

    # The bulletin compiles itself ten minutes before; the officer approves it.
    assert compile_due(settings, database, clock.now() + timedelta(minutes=1)) == 1
    bulletin = officer.locator("ol.rundown > li").nth(1)
    expect(bulletin).to_contain_text("Menunggu persetujuan")
    picture(officer, "2-susunan")
    bulletin.get_by_role("link", name="Buletin lalu lintas").click()
    expect(officer.get_by_role("heading", name="Buletin lalu lintas")).to_be_visible()
    officer.wait_for_load_state()
    officer.keyboard.press("a")
    expect(officer.locator(".tag.good").first).to_have_text("Disetujui")

    # On air: items by G, a caller by N, a complaint by T, a mark by M.
    officer.goto(f"{show}/penyiar")
    officer.get_by_role("button", name="Mulai siaran").click()
    # It is early: that is asked about.
    officer.locator("main form button.air").click()
    expect(officer.locator(".lamp.on")).to_be_visible()
    with database.writing() as tx:
        call = make.in_state(tx, CallState.READY, clock.now())
        calls.screen(tx, call, make.card(name="Penelepon Satu", may_name=True), by="wati", at=clock.now())
    clock.advance(timedelta(seconds=2))
    officer.keyboard.press("g")
    expect(officer.locator(".note.good")).to_contain_text("Pembuka")
    expect(producer.locator("ol.rundown > li").nth(0)).to_contain_text("berjalan")
    clock.advance(timedelta(seconds=70))
    for title in ("Lalu lintas", "Telepon"):
        officer.keyboard.press("g")
        expect(officer.locator(".rundown .now")).to_contain_text(title)
        clock.advance(timedelta(seconds=30))
    expect(producer.locator("ol.rundown > li").nth(0)).to_contain_text("lebih")
    officer.keyboard.press("n")
    expect(officer.locator(".caller.air")).to_contain_text("Penelepon Satu")
    clock.advance(timedelta(seconds=40))
    officer.keyboard.press("t")
    expect(officer.locator(".caller.air .tag.good")).to_contain_text("Pengaduan")
    picture(officer, "3-mengudara")
    picture(producer, "3-susunan")
    officer.keyboard.press("e")
    expect(officer.locator(".caller.air")).to_have_count(0)
    clock.advance(timedelta(seconds=20))
    officer.get_by_role("button", name="Akhiri siaran").click()
    expect(officer.get_by_role("heading", name="Catatan siar")).to_be_visible()

    # After it: a recording is handed in, its start told, a boundary put right by a word, and it is sealed.
    sound = tmp_path / "siaran.flac"
    sound.write_bytes(shows.sound(200).getvalue())
    expect(producer.locator("#programme-recording input[type=file]")).to_be_visible()
    producer.locator("#programme-recording input[type=file]").set_input_files(sound)
    producer.get_by_role("button", name="Lampirkan").click()
    expect(producer.locator("#programme-recording article")).to_have_count(1)
    producer.goto(f"{show}/linimasa")
    expect(producer.locator("#hindering .tag.warn")).to_be_visible()
    with database.writing() as tx:
        broadcast = tx.get_one(Broadcast, first)
        recording = tx.scalars(select(Recording).where(Recording.id == broadcast.recordings[0].id)).one()
        shows.tell_start(recording, broadcast.on_air_at)
        # As if the worker's recogniser had heard it.
        heard = tx.scalars(select(Transcript).where(Transcript.recording_id == recording.id)).one()
        heard.state, heard.text = TranscriptState.DONE, " ".join(["kata"] * 200)
        heard.words, heard.finished_at = shows.words(heard.text, 200), clock.now()
    producer.reload()
    expect(producer.locator("#hindering .tag.good")).to_be_visible()
    began = producer.locator(".boundaries li").first
    began.locator("button.word").last.click()
    expect(producer.locator(".boundaries li").first).to_contain_text("dibetulkan")
    picture(producer, "4-linimasa")
    producer.locator("#hindering a.button").click()
    producer.get_by_role("button", name="Segel").click()
    expect(producer).to_have_url(re.compile("/arsip/"))
    Runner(database, settings, clock, archive_jobs.KINDS).run_all()
    expect(producer.locator("main")).to_contain_text("Disegel")
    picture(producer, "5-paket")
    assert verify(settings.archive).ok
    with database.reading() as session:
        assert session.scalars(select(Package)).one().state is PackageState.SEALED
        kinds = list(session.scalars(select(AsRun.kind).where(AsRun.broadcast_id == first).order_by(AsRun.id)))
    told = [AsRunKind.START, AsRunKind.SCRIPT, AsRunKind.SCRIPT, AsRunKind.ITEM, AsRunKind.CALL_ON, AsRunKind.MARK]
    assert kinds[:5] == told[:5] and kinds[-1] is AsRunKind.END
