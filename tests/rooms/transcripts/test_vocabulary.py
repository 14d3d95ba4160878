"""What the recogniser listens for: corrections, words that people add, and the names of a rundown."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Unreadable
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.transcripts import jobs, queries, services, vocabulary
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import calls as make
from tests.rooms.transcripts.test_transcripts import ToldEngine, engine


def heard(text: str) -> Transcription:
    words = tuple(Word(at, at + 0.5, word, 0.4) for at, word in enumerate(text.split()))
    return Transcription("whisper", "base", "id", 9.0, 0.5, (Segment(0.0, 9.0, text, words),))


def correct(database: Database, settings: Settings, clock: ManualClock, was: str, now: str) -> None:
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now(), make.wav(9.0))
        transcript = services.request_transcript(tx, recording, by="wati", at=clock.now())
        services.keep_heard(tx, transcript, heard(was), at=clock.now())
        words = [{"start": at, "end": at + 0.5, "word": word, "confidence": 1.0} for at, word in enumerate(now.split())]
        segment = {"start": 0.0, "end": 9.0, "text": now, "speaker": None, "words": words}
        services.correct_transcript(tx, transcript, [segment], by="wati", at=clock.now())


def test_words_that_people_put_right_are_listened_for_the_commonest_first(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    correct(database, settings, clock, "dari gali tidur pak", "dari Kalitidu pak")
    correct(database, settings, clock, "di bada ngan", "di Padangan,")
    correct(database, settings, clock, "arah", "arah Padangan")
    with database.reading() as session:
        assert vocabulary.phrases_at(session, clock.now()) == ["Padangan", "Kalitidu"]


def test_an_older_text_that_is_wanted_back_teaches_nothing(
    sign_in: Callable[..., FlaskClient], database: Database, settings: Settings, clock: ManualClock
) -> None:
    correct(database, settings, clock, "di gumbadang", "di Padangan")
    with database.reading() as session:
        machine = session.scalars(select(Transcript).where(Transcript.version == 1)).one()
    assert sign_in(Role.SCREENER).post(f"/transkrip/{machine.public_id}/pulihkan").status_code == 303
    with database.reading() as session:
        assert vocabulary.phrases_at(session, clock.now()) == ["Padangan"]


def test_a_corrected_word_is_forgotten_when_nobody_corrects_it_again(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    correct(database, settings, clock, "saya bu kentur", "saya Kencur")
    clock.advance(vocabulary.KEPT - timedelta(days=1))
    correct(database, settings, clock, "di bada ngan", "di Padangan")
    clock.advance(timedelta(days=2))
    with database.reading() as session:
        assert vocabulary.phrases_at(session, clock.now()) == ["Padangan"]
    correct(database, settings, clock, "arah", "arah Padangan")
    with database.reading() as session:
        assert [one.phrase for one in vocabulary.listed(session, clock.now() - 2 * vocabulary.KEPT)] == ["Padangan"]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("lampu jala padam", "lampu jalan padam"),  # an everyday word
        ("nomor lima", "nomor delapan"),  # a number
        ("lampu padam", "lampu padam sejak kemarin"),  # nothing was misheard: it was left out
        ("Kalitidu ramai", "kalitidu, ramai"),  # only its looks
    ],
)
def test_other_changes_teach_nothing(
    database: Database, settings: Settings, clock: ManualClock, was: str, now: str
) -> None:
    correct(database, settings, clock, was, now)
    with database.reading() as session:
        assert vocabulary.phrases_at(session, clock.now()) == []


def test_of_a_protected_caller_nothing_is_learned_and_what_was_is_forgotten(
    sign_in: Callable[..., FlaskClient], database: Database, settings: Settings, clock: ManualClock
) -> None:
    client, at = sign_in(Role.SCREENER, username="wati"), clock.now()

    def put_right(transcript: Transcript, text: str) -> None:
        body = {"words": transcript.words, "segments": [{"text": text, "speaker": None}]}
        assert client.post(f"/transkrip/{transcript.public_id}", json=body).status_code == 200

    def learned() -> list[str]:
        with database.reading() as session:
            return vocabulary.phrases_at(session, at)

    with database.writing() as tx:
        child, other = (
            make.ringing(tx, at, name=name, recordings=[make.recording(tx, settings, at, make.wav(9.0 + number))])
            for number, name in enumerate(("Dik Kencurwati", "Pak Temulawak"))
        )
        of_child, of_other = (services.machine_version(tx, one.recordings[0]) for one in (child, other))
        assert of_child is not None and of_other is not None
        services.keep_heard(tx, of_child, heard("saya bu kentur wati dari gumbadang"), at=at)
        services.keep_heard(tx, of_other, heard("bu kentur wati di bada ngan"), at=at)
        child_id = child.public_id

    put_right(of_child, "saya Kencurwati dari Gumpadang")
    assert learned() == ["Gumpadang", "Kencurwati"]

    assert client.post(f"/antrean/{child_id}/lindungi", data={"protected": "child"}).status_code == 303
    assert learned() == []

    put_right(of_other, "Kencurwati di Padangan")
    assert learned() == ["Padangan"]

    with database.reading() as session:
        newest = queries.transcript_by_public_id(session, of_child.public_id)
        newest = queries.current(session, [newest.recording])[newest.recording_id]
    put_right(newest, "saya Kencurwati dari Gumpadangan")
    assert learned() == ["Padangan"]


def test_names_of_a_rundown_are_expected_for_their_time_and_come_first(session: Session, clock: ManualClock) -> None:
    at = clock.now()
    vocabulary.add(session, "Temayang", by="wati", at=at)
    vocabulary.expect(session, ["Ipda Contoh", "", "Ipda Contoh"], until=at + timedelta(days=1), by="wati", at=at)
    assert vocabulary.phrases_at(session, at) == ["Ipda Contoh", "Temayang"]
    later = at + timedelta(days=1)
    assert vocabulary.phrases_at(session, later) == ["Temayang"]
    vocabulary.expect(session, [], until=later, by="wati", at=later)
    assert [one.phrase for one in vocabulary.listed(session, at)] == ["Temayang"]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Dialog dengan Ipda Contoh Satu", ["Ipda Contoh Satu"]),
        ("Pembukaan", []),
        ("Lalu lintas pagi di Ngumpakdalem", ["Ngumpakdalem"]),
    ],
)
def test_names_are_what_is_written_with_capitals(title: str, names: list[str]) -> None:
    assert vocabulary.names_in(title) == names


def test_a_recording_is_heard_with_the_words_of_the_station(
    monkeypatch: pytest.MonkeyPatch, database: Database, settings: Settings, clock: ManualClock
) -> None:
    told = engine(monkeypatch, ToldEngine())
    with database.writing() as tx:
        vocabulary.add(tx, "Ipda Contoh", by="wati", at=clock.now())
        recording = make.recording(tx, settings, clock.now())
        services.request_transcript(tx, recording, phrases=["Kapas"], by="wati", at=clock.now())
    Runner(database, settings, clock, jobs.KINDS).run_all()
    assert told.hints == [("Ipda Contoh", "Kapas")]


def test_the_page_adds_shows_and_removes(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(Role.SCREENER, username="wati")
    client.post("/kata-didengarkan", data={"phrase": " Ngumpakdalem "})
    page = client.get("/kata-didengarkan").get_data(as_text=True)
    assert "Ngumpakdalem" in page
    address = page.split("/kata-didengarkan/")[1].split('"')[0]
    assert client.post(f"/kata-didengarkan/{address}").status_code == 303
    assert "Ngumpakdalem" not in client.get("/kata-didengarkan").get_data(as_text=True)
    assert client.post(f"/kata-didengarkan/{address}").status_code == 404
    assert sign_in(Role.OFFICER).get("/kata-didengarkan").status_code == 403


def test_a_phrase_without_letters_is_refused(session: Session, clock: ManualClock) -> None:
    with pytest.raises(Unreadable):
        vocabulary.add(session, " … ", by="wati", at=clock.now())
