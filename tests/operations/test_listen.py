"""The listener as a station runs it: whose take it is comes from the calls, and words reach the screens' table."""

import itertools
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.settings import Settings
from radiodesk.operations.listener_process import claims_of, follow, listener_for
from radiodesk.recognition.ports import Partial, StreamingSession, Word
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.lines.call_takes import bind_take
from radiodesk.rooms.transcripts.live.listener import Claim, Rank
from radiodesk.rooms.transcripts.live.models import Hearing, LiveWords
from radiodesk.sound.takes import Take
from tests.factories import calls as factory

RATE = 8000


class Whisperer:
    """A session that hears one more word with every bit of sound."""

    def __init__(self) -> None:
        self._words: list[Word] = []

    def feed(self, pcm: bytes) -> Partial | None:
        self._words.append(Word(len(self._words), len(self._words) + 1.0, f"kata{len(self._words)}", 0.9))
        return Partial(tuple(self._words[:-1]), tuple(self._words[-1:]), 0.0)

    def close(self) -> Partial:
        return Partial(tuple(self._words), (), 0.0)


@pytest.fixture
def take(settings: Settings, clock: ManualClock) -> Take:
    return Take.create(
        settings.spool,
        line="satu",
        kind="sip",
        sample_rate=RATE,
        directions=["caller", "studio"],
        started_at=clock.now(),
    )


def speak(take: Take) -> None:
    take.write("caller", np.full(RATE, 3000, np.int16))


def stored(database: Database) -> list[LiveWords]:
    with database.reading() as session:
        return list(session.scalars(select(LiveWords)))


@pytest.mark.parametrize(
    ("state", "rank"),
    [
        (CallState.SCREENING, Rank.SCREENING),
        (CallState.WAITING, Rank.WAITING),
        (CallState.READY, Rank.WAITING),
        (CallState.ON_AIR, Rank.ON_AIR),
        (CallState.HELD, Rank.WAITING),
    ],
)
def test_a_take_presses_as_its_call_stands(
    database: Database, clock: ManualClock, take: Take, state: CallState, rank: Rank
) -> None:
    assert claims_of(database)([take]) == {}

    with database.writing() as tx:
        call = factory.in_state(tx, state, clock.now())
        bind_take(tx, call, take.id)

    assert claims_of(database)([take]) == {take.id: Claim(call.public_id, rank)}


def test_words_of_a_line_are_stored_with_its_call(
    settings: Settings, database: Database, clock: ManualClock, take: Take
) -> None:
    with database.writing() as tx:
        call = factory.in_state(tx, CallState.SCREENING, clock.now())
        bind_take(tx, call, take.id)
    seconds = itertools.count()
    listener = listener_for(settings, database, clock, Whisperer, monotonic=lambda: float(next(seconds)))

    listener.look()
    speak(take)
    listener.look()
    listener.turn()
    take.close()
    listener.look()

    (words,) = stored(database)
    assert (words.take, words.about, words.state) == (take.id, call.public_id, Hearing.ENDED)
    assert words.settled == "kata0"


def test_a_station_without_lines_listens_to_nothing(settings: Settings, database: Database, clock: ManualClock) -> None:
    listener = listener_for(settings, database, clock, Whisperer)

    listener.look()

    assert not listener.turn()
    assert not settings.spool.exists()
    assert stored(database) == []


@pytest.fixture
def stops_after_waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[threading.Event, list[float]]]:
    """An event that stops the process when it waited so many times; and how long it wanted to wait."""

    def made(times: int) -> tuple[threading.Event, list[float]]:
        stop, waits = threading.Event(), list[float]()

        def wait(seconds: float) -> bool:
            waits.append(seconds)
            if len(waits) >= times:
                stop.set()
            return stop.is_set()

        monkeypatch.setattr(stop, "wait", wait)
        return stop, waits

    return made


def test_a_missing_model_is_said_and_looked_for_again(
    settings: Settings,
    database: Database,
    clock: ManualClock,
    take: Take,
    stops_after_waiting: Callable[[int], tuple[threading.Event, list[float]]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def none() -> StreamingSession:
        raise Refusal("There is no model folder at %(path)s. Check the setting of the speech model.", path="hilang")

    listener = listener_for(settings, database, clock, none)
    listener.look()
    speak(take)
    # A minute each, in which it goes on telling that it is at work.
    stop, waits = stops_after_waiting(24)

    with caplog.at_level(logging.ERROR):
        follow(listener, stop, "id")

    assert waits == [5.0] * 24
    assert "Tidak ada folder model di hilang" in caplog.text


def test_a_spool_that_cannot_be_read_is_tried_again(
    settings: Settings,
    database: Database,
    clock: ManualClock,
    take: Take,
    stops_after_waiting: Callable[[int], tuple[threading.Event, list[float]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listener = listener_for(settings, database, clock, Whisperer)
    stop, waits = stops_after_waiting(2)

    def broken(_folder: Path) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("radiodesk.rooms.transcripts.live.listener.takes", broken)

    follow(listener, stop, "id")

    assert waits == [5.0, 5.0]
