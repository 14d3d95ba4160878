"""As-read: what of an approved script was said on air, from the as-run to the pages of the desk."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context, Job
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import jobs, readings
from radiodesk.rooms.broadcasts.models import Broadcast, Reading
from radiodesk.rooms.broadcasts.programme_sound import tell_start
from radiodesk.rooms.calls.models import Protected
from radiodesk.rooms.transcripts import services as speech
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import shows

SAID = "Selamat malam Bojonegoro imbauan hari ini ya begitu pakai helm laporan ke nomor 081298765432"
BY = "produser"


@pytest.fixture
def context(database: Database, settings: Settings, clock: ManualClock) -> Context:
    return Context(database, settings, clock, lambda _share: None)


def with_words(session: Session, show: shows.Show, text: str = SAID) -> None:
    """The recording's words: the script from second 2 to 11, then the caller, who is on air from second 14 on."""
    found = session.scalars(select(Transcript).where(Transcript.recording_id == show.programme.id)).one()
    read = [{**one, "start": one["start"] + 2, "end": one["end"] + 2} for one in shows.words(text, 9)]
    later = [
        {**one, "start": one["start"] + 13.5, "end": one["end"] + 13.5} for one in shows.words(shows.COMPLAINT, 18)
    ]
    found.words = [*read, *later]
    session.flush()


def read_show(context: Context, at: datetime, text: str = SAID, *, protected: bool = False) -> str:
    """An ended show whose recording begins with it, compared; gives its public id."""
    with context.database.writing() as tx:
        show = shows.ended(tx, context.settings, at)
        if protected:
            show.caller.protected = Protected.VICTIM
        with_words(tx, show, text)
        tell_start(tx, show.broadcast, show.programme, at, by=BY, at=at)
        key, public_id = show.broadcast.id, show.broadcast.public_id
    jobs.prove_reading(context, key)
    return public_id


def asked(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Job).where(Job.kind == readings.JOB)) or 0


def test_what_was_changed_and_added_is_kept_with_its_seconds(context: Context, now: datetime) -> None:
    read_show(context, now)
    with context.database.reading() as session:
        reading = session.scalars(select(Reading)).one()
        assert (reading.percent, reading.words, reading.kept, reading.added) == (91, 12, 11, 2)
        told = [(one["kind"], one["written"], one["heard"]) for one in reading.parts]
        assert told == [("changed", "pagi,", "malam"), ("added", "", "ya begitu")]
        assert reading.parts[0]["begins"] == pytest.approx(2 + 9 / 15, abs=0.05)
        assert (reading.offset, reading.reader, reading.title) == (2.0, "Aipda Uji", "Buletin")


def test_no_word_of_a_caller_is_ever_compared(context: Context, now: datetime) -> None:
    read_show(context, now, "Selamat pagi Bojonegoro")
    with context.database.reading() as session:
        reading = session.scalars(select(Reading)).one()
        heard = " ".join(one["heard"] for one in reading.parts)
        assert not set(heard.split()) & set(shows.COMPLAINT.split())
        assert reading.percent < 50


def test_without_a_known_start_nothing_is_compared_and_the_page_says_so(
    context: Context, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    with context.database.writing() as tx:
        show = shows.ended(tx, context.settings, now)
        key, public_id = show.broadcast.id, show.broadcast.public_id
        assert asked(tx) == 0
    jobs.prove_reading(context, key)
    with context.database.reading() as session:
        assert session.scalars(select(Reading)).all() == []
    page = sign_in(Role.PRODUCER).get(f"/siaran/{public_id}/naskah-dibaca").text
    assert "Belum diketahui kapan rekaman dimulai" in page


def test_words_that_are_put_right_are_compared_again(context: Context, now: datetime) -> None:
    public_id = read_show(context, now)
    with context.database.writing() as tx:
        found = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        base = tx.scalars(select(Transcript).where(Transcript.recording_id == found.recordings[0].id)).one()
        before = asked(tx)
        right = [{**word, "word": "pagi" if word["word"] == "malam" else word["word"]} for word in base.words]
        segment = {"start": 0.0, "end": 50.0, "text": " ".join(word["word"] for word in right), "speaker": None}
        speech.correct_transcript(tx, base, [{**segment, "words": right}], by=BY, at=now)
        assert asked(tx) == before + 1
        key = found.id
    jobs.prove_reading(context, key)
    with context.database.reading() as session:
        reading = session.scalars(select(Reading)).one()
        assert (reading.percent, [one["kind"] for one in reading.parts]) == (100, ["added"])


def test_what_was_compared_with_these_words_is_not_compared_again(
    context: Context, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = read_show(context, now)
    monkeypatch.setattr(readings, "compare", lambda *_given: pytest.fail("compared again"))
    with context.database.reading() as session:
        key = session.scalars(select(Broadcast.id).where(Broadcast.public_id == public_id)).one()
    jobs.prove_reading(context, key)


def test_the_producer_sees_the_differences_and_where_they_are_heard(
    context: Context, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    public_id = read_show(context, now)
    producer = sign_in(Role.PRODUCER)
    assert "91 % sesuai" in producer.get(f"/siaran/{public_id}").text
    page = producer.get(f"/siaran/{public_id}/naskah-dibaca").text
    assert "<del>pagi,</del>" in page and "<ins>malam</ins>" in page and "<ins>ya begitu</ins>" in page
    assert "suara.mp3#t=1.6" in page


def test_what_a_reader_tells_of_a_protected_caller_is_covered(
    context: Context, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    told = SAID.replace("ya begitu", "tadi ada Karsinem menelepon")
    public_id = read_show(context, now, told, protected=True)
    page = sign_in(Role.PRODUCER).get(f"/siaran/{public_id}/naskah-dibaca").text
    assert "menelepon" in page
    assert "Karsinem" not in page
