"""A broadcast recorded for real: the recorder as a process, the attendant's work around it, and the same samples."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy.orm import Session

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.operations.attendant.journal_intake import read_on
from radiodesk.operations.attendant.line_steering import Steering
from radiodesk.operations.attendant.take_adoption import adopt_finished
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.programme import services as programme
from radiodesk.sound.takes import takes
from tests.factories.pulse import sound_server, until
from tests.sound.recorder.test_real_sound import RATE, Station, decibels_of_noise, lag_of, speech_like, wav

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio is of Linux")]


def test_a_broadcast_and_its_caller_are_recorded_from_on_air_to_the_end(
    settings: Settings, database: Database, session: Session, tmp_path: Path
) -> None:
    caller, studio = speech_like(4.0, 5), speech_like(4.0, 6)
    with sound_server(tmp_path / "sound", {"hybrid": 2}) as pulse:
        station = Station(settings.data, pulse)
        station.start()
        station.until_heard()
        steering = Steering(settings, database, SystemClock())
        begun = datetime.now(UTC)
        with database.writing() as tx:
            series = programme.add_programme(tx, "Halo Polisi", by="produser", at=begun, minutes=60)
            planned = broadcasts.plan(tx, series, "Halo Polisi", begun, by="produser", at=begun)
            broadcasts.go_on_air(tx, planned, by="penyiar", at=begun)
        steering.turn()
        station.ask("open")
        pulse.play("hybrid", wav(tmp_path, caller, studio))
        # A call in the middle of which the recorder is killed is taken in like any other.
        station.kill()
        station.start()
        station.until_heard()
        until(lambda: all(take.seconds > 5 for take in takes(settings.spool)))
        station.ask("close")
        with database.writing() as tx:
            broadcasts.end(tx, tx.get_one(Broadcast, planned.id), by="penyiar", at=datetime.now(UTC))
        steering.turn()
        read_on(settings, database)
        assert len(adopt_finished(settings, database, SystemClock())) == 2
        station.stop()
    [recording] = session.get_one(Broadcast, planned.id).recordings
    assert recording.started_at == begun
    heard, rate = soundfile.read(settings.audio / recording.key, dtype="int16")
    assert rate == RATE
    assert decibels_of_noise(studio[: 3 * RATE], heard, lag_of(studio[: 3 * RATE], heard)) == float("inf")
    call = session.query(Call).one()
    assert call.state is CallState.LOST
    sides = {one.direction.value: soundfile.read(settings.audio / one.key, dtype="int16")[0] for one in call.recordings}
    assert len(sides["caller"]) == len(sides["studio"])
    at = lag_of(caller[: 3 * RATE], sides["caller"])
    assert lag_of(studio[: 3 * RATE], sides["studio"]) == at
    assert np.array_equal(sides["caller"][at + RATE : at + 2 * RATE], caller[RATE : 2 * RATE])
    # Both count from their start, so the call lies in the programme where the clocks say.
    apart = (call.recordings[0].started_at - begun).total_seconds()  # type: ignore[operator]
    in_programme = lag_of(studio[: 3 * RATE], heard)
    assert in_programme / RATE - apart == pytest.approx(at / RATE, abs=0.3)
