"""Live words lie encrypted, are told of sparingly, and are gone when the transcript is there."""

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.events import Event
from radiodesk.core.settings import Settings
from radiodesk.recognition.ports import Segment, Transcription
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import services as speech
from radiodesk.rooms.transcripts.live import services
from radiodesk.rooms.transcripts.live.listener import Before
from radiodesk.rooms.transcripts.live.models import Hearing, LiveWords
from radiodesk.rooms.transcripts.live.queries import live_words
from radiodesk.rooms.transcripts.live.services import Shown
from radiodesk.rooms.transcripts.live.word_store import DatabaseKeeper
from tests.factories import calls as factory

CALL = "0193-panggilan"


def shown(
    take: str = "T1",
    about: str | None = CALL,
    settled: str = "lampu jalan padam",
    state: Hearing = Hearing.FOLLOWED,
) -> Shown:
    return Shown(take, about, state, settled, "di depan", heard_until=4.0, reached=3.8, lag=0.2)


def begun(session: Session, at: datetime, take: str = "T1", about: str | None = CALL) -> LiveWords:
    words = services.begin(session, take, about, at=at)
    services.show(session, [shown(take, about)], at=at)
    return words


def recording(session: Session, settings: Settings, at: datetime) -> Recording:
    made = factory.recording(session, settings, at)
    services.bind_recording(session, "T1", made)
    return made


def transcribed(session: Session, made: Recording, at: datetime) -> None:
    asked = speech.request_transcript(session, made, by="test", at=at)
    segment = Segment(0.0, 1.0, "lampu jalan padam")
    heard = Transcription("whisper", "base", "id", duration=1.0, seconds=0.1, segments=(segment,))
    speech.keep_heard(session, asked, heard, at=at)


def test_words_are_found_by_their_call(session: Session, now: datetime) -> None:
    begun(session, now)

    (words,) = live_words(session, [CALL, "another"])[CALL]

    assert (words.settled, words.tentative, words.lag) == ("lampu jalan padam", "di depan", 0.2)
    assert words.text == "lampu jalan padam di depan"


def test_words_lie_encrypted(session: Session, now: datetime) -> None:
    begun(session, now)
    session.flush()

    row = session.execute(text("SELECT * FROM live_words")).one()

    assert not any("lampu" in str(value) for value in row)


def test_each_showing_is_one_event_without_words(session: Session, now: datetime) -> None:
    begun(session, now)
    session.flush()

    events = list(session.scalars(select(Event).where(Event.topic == services.TOPIC)))

    assert [(event.kind, event.subject, event.details) for event in events] == [("followed", CALL, {})] * 2


def test_a_take_whose_call_is_not_known_yet_rings_on_no_calls_screen(session: Session, now: datetime) -> None:
    services.begin(session, "T1", None, at=now)

    session.flush()
    assert session.scalars(select(Event.subject)).all() == ["T1"]


def test_the_transcript_takes_the_place_of_the_words(session: Session, settings: Settings, now: datetime) -> None:
    begun(session, now)
    begun(session, now, take="T2", about="another")
    made = recording(session, settings, now)
    assert live_words(session, [CALL])

    transcribed(session, made, now)

    session.flush()
    assert not live_words(session, [CALL])
    assert live_words(session, ["another"])
    assert ("words", "forgotten", CALL) in session.execute(select(Event.topic, Event.kind, Event.subject)).all()


def test_a_listener_that_comes_late_does_not_bring_them_back(database: Database, clock: ManualClock) -> None:
    keeper = DatabaseKeeper(database, clock)
    keeper.begin("T1", CALL)
    keeper.begin("T2", CALL)
    with database.writing() as tx:
        tx.delete(tx.scalars(select(LiveWords).where(LiveWords.take == "T1")).one())

    gone = keeper.show([shown("T1"), shown("T2")])

    assert gone == {"T1"}
    with database.reading() as tx:
        assert tx.scalars(select(LiveWords.take)).all() == ["T2"]


def test_a_listener_that_was_started_again_finds_the_words_before(database: Database, clock: ManualClock) -> None:
    keeper = DatabaseKeeper(database, clock)
    assert keeper.begin("T1", CALL) == Before("", 0.0)
    keeper.show([shown(state=Hearing.PUT_OFF)])

    assert keeper.begin("T1", CALL) == Before("lampu jalan padam di depan", 4.0)

    with database.reading() as tx:
        assert tx.scalars(select(LiveWords.state)).all() == [Hearing.FOLLOWED]


def test_words_that_no_transcript_replaces_are_forgotten_after_a_time(session: Session, now: datetime) -> None:
    begun(session, now)
    begun(session, now + timedelta(minutes=90), take="T2")

    count = services.forget(session, timedelta(hours=2), at=now + timedelta(minutes=125))

    assert count == 1
    assert [words.take for words in live_words(session, [CALL])[CALL]] == ["T2"]


def test_only_the_newest_of_very_many_words_are_kept(session: Session, now: datetime) -> None:
    services.begin(session, "T1", CALL, at=now)

    services.show(session, [shown(settled="kata " * 10_000 + "akhir")], at=now)

    (words,) = live_words(session, [CALL])[CALL]
    assert len(words.settled) <= services.MOST_KEPT
    assert words.settled.endswith("akhir")
