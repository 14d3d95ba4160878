"""From a caller's telephone to the queue and back: sipp, baresip, telephone, attendant and the desk's services."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls import queries
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.rooms.recordings.models import Direction
from tests.sound.telephone.callers import RATE, Caller, eventually, heard_of, speech
from tests.sound.telephone.conftest import House
from tests.sound.telephone.words import WORDS

pytestmark = pytest.mark.slow


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """The telephone with the attendant beside it."""
    made = House(settings.data)
    made.start()
    attendant = subprocess.Popen([sys.executable, "-m", "radiodesk", "attend"], env=made.environment)
    yield made
    attendant.terminate()
    attendant.wait(20)
    made.stop()


def at() -> datetime:
    return datetime.now(UTC)


def only(session: Session) -> Call | None:
    return session.scalar(select(Call))


def test_a_call_is_answered_at_the_desk_recorded_and_ended_there(
    house: House, database: Database, settings: Settings, tmp_path: Path
) -> None:
    words = speech(tmp_path, WORDS[0], 50)
    caller = Caller(tmp_path / "caller", house.port, "081230000001", words)

    def seen(what: CallState | Stage | int) -> bool:
        with database.reading() as session:
            call = only(session)
            stage = session.scalar(select(LineCall.stage))
            return call is not None and what in (call.state, stage, len(call.recordings))

    try:
        eventually(lambda: seen(CallState.RINGING), 30)
        with database.writing() as session:
            call = only(session)
            assert call is not None
            assert (call.channel, call.phone, call.withheld) == (Channel.SIP, "+6281230000001", False)
            calls.answer(session, call, by="penyaring", at=at())
        eventually(lambda: seen(Stage.OPEN))
        take = house.told("answered")[0].take
        eventually(lambda: house.take(take).seconds > len(words) / RATE + 1, 30)
        with database.writing() as session:
            calls.end(session, session.scalars(select(Call)).one(), by="penyaring", at=at())
        assert caller.done() == 0
        eventually(lambda: seen(2), 30)
    finally:
        caller.close()
    with database.reading() as session:
        call = session.scalars(select(Call)).one()
        assert call.state is CallState.DONE
        recording = next(one for one in call.recordings if one.direction is Direction.CALLER)
        samples, rate = soundfile.read(settings.audio / recording.key)
    assert rate == RATE
    assert heard_of(np.asarray(samples), words) >= 0.8
    eventually(lambda: not list(settings.spool.glob("*/about.json")))


def test_who_hung_up_before_the_answer_is_on_the_call_back_list(
    house: House, database: Database, tmp_path: Path
) -> None:
    caller = Caller(tmp_path / "caller", house.port, "081230000002", gives_up=0.5)
    assert caller.done() == 0

    def listed() -> list[str | None]:
        with database.reading() as session:
            return [call.phone for call in queries.call_back_list(session, at=at()).rows]

    assert eventually(listed, 30) == ["+6281230000002"]
