"""The exported record in a browser, from a disk and from a plain web server: it plays, and it is searched."""

import threading
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.static_export.record_export import export
from radiodesk.rooms.record.public_sound import public_copies
from radiodesk.sound.encoder import derive_mp3
from tests.factories import shows
from tests.factories.browsers import complaints_of, needs_chromium
from tests.factories.filled import published

pytestmark = needs_chromium


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def exported(station: Station, settings: Settings, now: datetime, tmp_path: Path) -> Path:
    (tmp_path / "nada.flac").write_bytes(shows.sound(4).getvalue())
    derive_mp3(tmp_path / "nada.flac", tmp_path / "nada.mp3")
    with station.database.writing() as tx:
        for number in (1, 2, 3):
            row = published(number, now)
            row.pieces[0].text = f"Gorong-gorong nomor {number} di Sumberagung mampet"
            row.pieces[0].segments = [
                {"start": 1.0, "end": 2.0, "speaker": None, "text": row.pieces[0].text, "words": []}
            ]
            for piece in row.pieces:
                public_copies(settings).object(piece.audio_key or "").put_through((tmp_path / "nada.mp3").read_bytes())
            tx.add(row)
    export(station, tmp_path / "salinan kota")
    return tmp_path / "salinan kota"


@pytest.fixture(params=["file", "http"])
def address(request: pytest.FixtureRequest, exported: Path) -> Iterator[str]:
    if request.param == "file":
        yield exported.as_uri()
        return
    # Not at the top of its host.
    handler = partial(_Quiet, directory=str(exported.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/salinan%20kota"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("width", [1440, 360])
def test_it_is_searched_read_and_heard(browser: Browser, address: str, width: int, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints = complaints_of(page)
    page.goto(f"{address}/index.html")
    page.get_by_role("searchbox").fill("gorong sumberagung")
    page.keyboard.press("Enter")
    expect(page.locator("#found li")).to_have_count(3)
    expect(page.locator("#found mark").first).to_be_visible()
    page.screenshot(path=tmp_path / "cari.png")
    page.get_by_role("searchbox").fill("zzzzqq")
    page.keyboard.press("Enter")
    expect(page.locator("#found .note")).to_be_visible()
    page.get_by_role("searchbox").fill("gorong")
    page.keyboard.press("Enter")
    page.locator("#found li a").first.click()
    expect(page.locator("#bagian-1")).to_be_visible()
    assert "/index.html#bagian-1" in page.url
    page.locator(".words a").first.click()
    page.wait_for_function("document.querySelector('audio').currentTime >= 1")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="What was taken out")).to_be_visible()
    page.get_by_role("link", name="Broadcasts").first.click()
    page.get_by_role("searchbox").fill("gorong")
    page.keyboard.press("Enter")
    page.locator("#found li a").first.click()
    assert "/en/siaran/" in page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
    page.close()
