"""The transcript editor in a real browser: hear, follow, type, split, undo after a reload, save."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.transcripts import services
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import calls as make
from tests.factories.browsers import needs_chromium, page_of, served

pytestmark = needs_chromium

SENTENCES = ["selamat malam saya dari kapas", "lampu di pasar padam", "mohon diperbaiki"]


def spoken() -> tuple[Segment, ...]:
    """The sentences, a word every 0.6 s; each third word is doubtful."""
    segments, at, count = [], 0.5, 0
    for sentence in SENTENCES:
        words = []
        for word in sentence.split():
            count += 1
            words.append(Word(at, at + 0.5, word, 0.3 if count % 3 == 0 else 0.9))
            at += 0.6
        segments.append(Segment(words[0].start, words[-1].end, sentence, tuple(words)))
        at += 1.0
    return tuple(segments)


@pytest.fixture
def transcript(database: Database, settings: Settings, clock: ManualClock) -> Transcript:
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now(), make.wav(12.0))
        asked = services.request_transcript(tx, recording, by="wati", at=clock.now())
        heard = Transcription("whisper", "base", "id", 12.0, 1.0, spoken())
        services.keep_heard(tx, asked, heard, at=clock.now())
    return asked


@pytest.fixture
def page(desk: Flask, browser: Browser, sign_in: Callable[..., FlaskClient], transcript: Transcript) -> Iterator[Page]:
    desk.config["WTF_CSRF_ENABLED"] = True
    with served(desk) as address:
        opened = page_of(browser, address, sign_in(Role.SCREENER, username="wati"))
        opened.on("dialog", lambda dialog: dialog.accept())
        opened.goto(f"/transkrip/{transcript.public_id}")
        yield opened
        opened.context.close()


def texts(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".segment p").all_inner_texts()]


def word(page: Page, segment: int, number: int) -> None:
    page.click(f".segment:nth-child({segment}) p span:nth-child({number})")


def paused(page: Page) -> bool:
    return bool(page.evaluate("document.getElementById('player').paused"))


def test_a_word_is_heard_by_clicking_it_and_the_voice_is_followed(page: Page) -> None:
    word(page, 2, 2)
    page.wait_for_function("document.getElementById('player').currentTime > 4.7")
    expect(page.locator(".now")).to_have_count(1)
    page.keyboard.press("F4")
    assert paused(page)


def test_the_voice_is_slowed_down_and_sped_up_by_keys(page: Page) -> None:
    def rate() -> float:
        return float(page.evaluate("document.getElementById('player').playbackRate"))

    page.keyboard.press("F8")
    assert rate() == 0.75
    expect(page.locator("#speed")).to_have_value("0.75")
    page.keyboard.press("F9")
    page.keyboard.press("F9")
    assert rate() == 1.25


def test_typing_pauses_and_the_words_get_their_times_back(page: Page) -> None:
    word(page, 2, 3)
    page.keyboard.press("End")
    page.keyboard.type(" lagi")
    assert paused(page)
    expect(page.locator(".segment:nth-child(2) p span")).to_have_text(["lampu", "di", "pasar", "padam", "lagi"])
    page.wait_for_function("!document.getElementById('player').paused")


def test_changes_survive_a_reload_can_be_undone_and_are_saved_as_a_version(
    page: Page, database: Database, transcript: Transcript
) -> None:
    word(page, 1, 3)
    page.keyboard.press("F4")
    page.keyboard.press("Home")
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".segment")).to_have_count(4)
    page.keyboard.press("Control+h")
    page.fill("#find [name=find]", "pasar")
    page.fill("#find [name=replace]", "Pasar Kota")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("1")
    changed = ["selamat malam", "saya dari kapas", "lampu di Pasar Kota padam", "mohon diperbaiki"]
    assert texts(page) == changed
    page.reload()
    expect(page.locator(".segment")).to_have_count(4)
    assert texts(page) == changed
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(".segment")).to_have_count(3)
    assert texts(page) == SENTENCES
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    expect(page.locator(".segment")).to_have_count(4)
    page.locator(".segment:nth-child(1) input").fill("Penelepon")
    page.keyboard.press("Control+s")
    page.wait_for_url(lambda url: transcript.public_id not in url)
    assert page.evaluate("sessionStorage.length") == 0
    with database.reading() as session:
        saved = session.scalars(select(Transcript).where(Transcript.version == 2)).one()
    assert [segment["text"] for segment in saved.segments] == changed
    assert saved.segments[0]["speaker"] == "Penelepon"
    assert saved.words[0] == {"start": 0.5, "end": 1.0, "word": "selamat", "confidence": 0.9}


def test_changes_that_were_not_saved_come_back_in_another_window(page: Page, transcript: Transcript) -> None:
    word(page, 2, 4)
    page.keyboard.press("End")
    with page.expect_response(lambda answer: answer.url.endswith("/draf") and answer.request.method == "POST"):
        page.keyboard.type(" lagi")
    window = page.context.new_page()
    window.goto(f"/transkrip/{transcript.public_id}")
    expect(window.locator(".segment:nth-child(2) p span")).to_have_text(["lampu", "di", "pasar", "padam", "lagi"])
    with window.expect_response(lambda answer: answer.url.endswith("/draf/buang")):
        window.keyboard.press("Control+s")


def test_doubtful_words_are_visited_and_accepted_one_after_the_other(page: Page) -> None:
    before = int(page.inner_text("#doubts"))
    page.keyboard.press("F2")
    assert page.evaluate("getSelection().toString()") == "saya"
    page.keyboard.press("Shift+F2")
    expect(page.locator("#doubts")).to_have_text(str(before - 1))
    assert page.evaluate("getSelection().toString()") == "lampu"


def test_the_outline_is_drawn_under_the_desks_strict_policy(page: Page) -> None:
    expect(page.locator("#wave > div")).to_be_visible()
    height = page.evaluate("document.querySelector('#wave > div').getBoundingClientRect().height")
    assert height == pytest.approx(64, abs=2)


def test_on_a_phone_the_keys_stay_in_sight_while_the_words_scroll(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 420})
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("window.scrollY > 300")

    box = page.locator(".tools").bounding_box()

    assert box is not None
    assert 0 <= box["y"] < 10
    assert box["height"] < 80
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
