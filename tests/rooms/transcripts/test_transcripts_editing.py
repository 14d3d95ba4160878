"""Edited words get their times back, and the editor's addresses keep versions, drafts and exports straight."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.transcripts import services
from radiodesk.rooms.transcripts.edited_times import Paragraph, realign
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from tests.factories import calls as make
from tests.factories.trail import trail


def timed(text: str, each: float = 0.5, gap: float = 0.1) -> list[dict[str, Any]]:
    """Words one after the other."""
    return [
        {
            "start": round(at * (each + gap), 3),
            "end": round(at * (each + gap) + each, 3),
            "word": word,
            "confidence": 0.9,
        }
        for at, word in enumerate(text.split())
    ]


def words_of(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [word for segment in segments for word in segment["words"]]


def test_words_that_stay_keep_their_times_and_confidence() -> None:
    old = timed("lampu jalan padam sejak kemarin")
    [segment] = realign(old, [Paragraph("Lampu jalan padam, sejak kemarin.")], 10.0)
    assert [(word["start"], word["end"], word["confidence"]) for word in segment["words"]] == [
        (word["start"], word["end"], 0.9) for word in old
    ]
    assert segment["text"] == "Lampu jalan padam, sejak kemarin."


def test_what_is_retyped_shorter_has_all_of_the_time_of_what_it_replaces() -> None:
    old = timed("nama bu di an to sekali", each=0.8)
    [segment] = realign(old, [Paragraph("nama Budi sekali")], 10.0)
    # The tone over a name must end where the name ends.
    assert (segment["words"][1]["start"], segment["words"][1]["end"]) == (old[1]["start"], old[4]["end"])


def test_an_added_word_has_the_pause_that_it_was_said_in() -> None:
    old = [{**timed("selamat")[0], "start": 0.0, "end": 0.5}, {**timed("siang")[0], "start": 3.5, "end": 4.0}]
    [segment] = realign(old, [Paragraph("selamat Budi siang")], 10.0)
    assert (segment["words"][1]["start"], segment["words"][1]["end"]) == (0.5, 3.5)


def test_a_replaced_word_takes_the_place_of_the_old_one() -> None:
    old = timed("lampu jala padam")
    [segment] = realign(old, [Paragraph("lampu jalan besar padam")], 10.0)
    start, end = old[1]["start"], old[1]["end"]
    new = segment["words"][1:3]
    assert [word["word"] for word in new] == ["jalan", "besar"]
    assert (new[0]["start"], new[1]["end"]) == (start, end)
    assert [word["confidence"] for word in new] == [1.0, 1.0]
    assert segment["words"][3]["start"] == old[2]["start"]


def test_an_added_word_fits_into_the_pause() -> None:
    old = timed("lampu padam")
    [segment] = realign(old, [Paragraph("lampu sudah padam")], 10.0)
    added = segment["words"][1]
    assert old[0]["end"] <= added["start"] <= added["end"] <= old[1]["start"]


def test_a_paragraph_can_be_split_and_joined_without_moving_a_word() -> None:
    old = timed("selamat malam pak saya dari kapas")
    halves = realign(old, [Paragraph("selamat malam pak", "Penyiar"), Paragraph("saya dari kapas", "Penelepon")], 10.0)
    assert [(half["start"], half["speaker"]) for half in halves] == [(0.0, "Penyiar"), (1.8, "Penelepon")]
    assert words_of(realign(words_of(halves), [Paragraph("selamat malam pak saya dari kapas")], 10.0)) == old


def test_deleted_words_and_empty_paragraphs_go() -> None:
    assert realign(timed("satu dua"), [Paragraph("  "), Paragraph("dua")], 5.0)[0]["words"][0]["start"] == 0.6
    assert realign(timed("satu dua"), [Paragraph("")], 5.0) == []


WORDS = ["lampu", "jalan", "padam", "di", "kapas,", "12", "–", "ya"]
sentence = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@given(old=sentence, new=st.lists(sentence, max_size=4))
def test_whatever_is_typed_the_times_run_forward_and_no_word_is_lost(old: str, new: list[str]) -> None:
    words = timed(old)
    duration = words[-1]["end"] + 1.0 if words else 1.0
    segments = realign(words, [Paragraph(text) for text in new], duration)
    found = words_of(segments)
    assert [word["word"] for word in found] == " ".join(new).split()
    starts = [word["start"] for word in found]
    assert starts == sorted(starts)
    assert all(0 <= word["start"] <= word["end"] <= duration + 0.05 for word in found)
    assert all(segment["start"] <= segment["end"] for segment in segments)


@pytest.fixture
def heard(database: Database, settings: Settings, clock: ManualClock) -> Transcript:
    words = tuple(Word(word["start"], word["end"], word["word"], 0.4) for word in timed("lampu jalan padam"))
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now(), make.wav(4.0))
        transcript = services.request_transcript(tx, recording, by="wati", at=clock.now())
        segment = Segment(0.0, 1.7, "lampu jalan padam", words)
        heard = Transcription("whisper", "base", "id", 4.0, 0.5, (segment,))
        services.keep_heard(tx, transcript, heard, at=clock.now())
    return transcript


@pytest.fixture
def client(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.SCREENER, username="wati")


def edit(transcript: Transcript, *texts: str) -> dict[str, Any]:
    return {"words": transcript.words, "segments": [{"text": text, "speaker": None} for text in texts]}


def test_the_editor_opens_with_player_words_and_a_note_in_the_trail(
    client: FlaskClient, heard: Transcript, database: Database, settings: Settings
) -> None:
    answer = client.get(f"/transkrip/{heard.public_id}")
    page = answer.get_data(as_text=True)
    assert "lampu jalan padam" in page
    assert f"/rekaman/{heard.recording.public_id}/suara.mp3" in page
    assert "'nonce-" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert trail(database, settings, "transcript opened")


def test_times_are_given_while_typing_and_nothing_is_stored(
    client: FlaskClient, heard: Transcript, database: Database
) -> None:
    answer = client.post(f"/transkrip/{heard.public_id}/selaras", json=edit(heard, "lampu besar", "padam"))
    assert [segment["text"] for segment in answer.get_json()["segments"]] == ["lampu besar", "padam"]
    with database.reading() as session:
        assert len(session.scalars(select(Transcript)).all()) == 1


@pytest.mark.parametrize("speaker", [{"nama": "wati"}, ["wati"], 7])
def test_a_speaker_that_is_no_name_is_refused(client: FlaskClient, heard: Transcript, speaker: object) -> None:
    sent = {"words": heard.words, "segments": [{"text": "lampu", "speaker": speaker}]}
    for address in (f"/transkrip/{heard.public_id}", f"/transkrip/{heard.public_id}/selaras"):
        assert client.post(address, json=sent).status_code == 422


def test_saving_makes_a_version_and_the_second_to_save_is_told(client: FlaskClient, heard: Transcript) -> None:
    address = f"/transkrip/{heard.public_id}"
    saved = client.post(address, json=edit(heard, "Lampu jalan padam."))
    assert saved.get_json()["version"] == 2
    assert "Lampu jalan padam." in client.get(f"/transkrip/{saved.get_json()['public_id']}").get_data(as_text=True)
    late = client.post(address, json=edit(heard, "Lain"), headers={"HX-Request": "true"})
    assert late.status_code == 409
    assert "wati" in late.get_data(as_text=True)


def test_an_older_version_can_be_made_the_newest_again(
    client: FlaskClient, heard: Transcript, database: Database
) -> None:
    client.post(f"/transkrip/{heard.public_id}", json=edit(heard, "Salah ketik"))
    assert client.post(f"/transkrip/{heard.public_id}/pulihkan").status_code == 303
    with database.reading() as session:
        newest = session.scalars(select(Transcript).order_by(Transcript.version.desc())).first()
    assert newest is not None
    assert (newest.version, newest.text) == (3, "lampu jalan padam")
    assert newest.words == heard.words


def test_what_the_public_reads_is_shown_among_the_versions_and_not_edited(
    client: FlaskClient, heard: Transcript, database: Database, clock: ManualClock
) -> None:
    masked = [{"start": 0.0, "end": 1.7, "text": "lampu [nama] padam", "speaker": None, "words": []}]
    with database.writing() as tx:
        recording = tx.merge(heard.recording)
        public = services.keep_published(tx, recording, masked, by="arsiparis", at=clock.now())
    assert public is not None
    page = client.get(f"/transkrip/{public.public_id}").get_data(as_text=True)
    assert "lampu [nama] padam" in page
    assert "diterbitkan oleh arsiparis" in page
    assert 'data-editable=""' in page
    assert client.post(f"/transkrip/{public.public_id}", json=edit(heard, "Lain")).status_code == 409
    assert client.post(f"/transkrip/{public.public_id}/pulihkan").status_code == 409
    assert client.post(f"/transkrip/{heard.public_id}", json=edit(heard, "Lampu padam.")).get_json()["version"] == 3


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"words": [], "segments": ["x"]},
        {"words": [{"start": "x"}], "segments": []},
        {"words": [{"start": "nan", "end": 1, "word": "x", "confidence": 1}], "segments": []},
    ],
)
def test_a_body_that_is_no_transcript_is_refused(client: FlaskClient, heard: Transcript, body: Any) -> None:
    for address in (f"/transkrip/{heard.public_id}", f"/transkrip/{heard.public_id}/selaras"):
        assert client.post(address, data=json.dumps(body)).status_code == 422
    assert client.post(f"/transkrip/{heard.public_id}", data=b"[" * 50_000).status_code == 422


def test_a_transcript_is_taken_along_in_every_form(client: FlaskClient, heard: Transcript) -> None:
    def taken(kind: str) -> bytes:
        answer = client.get(f"/transkrip/{heard.public_id}/unduh.{kind}")
        assert answer.status_code == 200
        assert f".{kind}" in answer.headers["Content-Disposition"]
        return bytes(answer.data)

    assert taken("txt") == b"[00:00:00] lampu jalan padam\n"
    assert taken("vtt").startswith(b"WEBVTT")
    assert b"00:00:00,000 --> 00:00:01,700" in taken("srt")
    data = json.loads(taken("json"))
    assert [word["word"] for word in data["segments"][0]["words"]] == ["lampu", "jalan", "padam"]
    document = Document(io.BytesIO(taken("docx")))
    assert document.paragraphs[-1].text == "[00:00:00] lampu jalan padam"
    assert client.get(f"/transkrip/{heard.public_id}/unduh.exe").status_code == 404


def test_the_page_shows_words_while_the_machine_listens_and_can_cancel(
    client: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now())
        asked = services.request_transcript(tx, recording, by="wati", at=clock.now())
        services.keep_piece(tx, asked, 0.5, [Segment(0, 0.4, "lampu", (Word(0, 0.4, "lampu", 1.0),))], at=clock.now())
    part = client.get(f"/transkrip/{asked.public_id}/keadaan").get_data(as_text=True)
    assert "lampu" in part
    assert "<progress" in part
    assert client.get(f"/transkrip/{asked.public_id}").status_code == 200
    client.post(f"/transkrip/{asked.public_id}/batal")
    with database.reading() as session:
        assert session.get_one(Transcript, asked.id).state is TranscriptState.CANCELLED
    client.post(f"/transkrip/{asked.public_id}/lagi")
    with database.reading() as session:
        assert session.get_one(Transcript, asked.id).state is TranscriptState.WAITING


def test_who_may_not_listen_may_not_read(sign_in: Callable[..., FlaskClient], heard: Transcript) -> None:
    assert sign_in(Role.OFFICER).get(f"/transkrip/{heard.public_id}").status_code == 403
