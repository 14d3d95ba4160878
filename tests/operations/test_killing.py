"""Every process of a running desk is killed in turn during a call: the call goes on, and its sound is whole."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Call
from radiodesk.sound.control_socket import PartSilent, ask
from radiodesk.sound.line_setup import save_lines
from radiodesk.sound.takes import takes
from tests.factories.ports import free_port
from tests.factories.pulse import Pulse, sound_server, until
from tests.sound.recorder.test_real_sound import LINES, RATE, lag_of, speech_like, wav

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")]

SECONDS = 30.0
PARTS = ("desk", "public", "work", "listen", "attend")


class Running:
    """``radiodesk desk`` with all its parts, over the data folder of a test."""

    def __init__(self, settings: Settings, pulse: Pulse) -> None:
        self.folder = settings.data
        self.port = free_port()
        self.environment = pulse.environment | {
            "RADIODESK_DATA": str(settings.data),
            "RADIODESK_DESK_PORT": str(self.port),
            "RADIODESK_PUBLIC_PORT": str(free_port()),
        }
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "radiodesk", "desk"], env=self.environment, stdout=subprocess.DEVNULL
        )

    def of(self, part: str) -> int | None:
        """The process that runs a part, of this data folder alone."""
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
                mine = f"RADIODESK_DATA={self.folder}".encode() in (entry / "environ").read_bytes() if words else False
            except OSError:
                continue
            asked = [b"radiodesk", part.encode()] + ([b"--only-web"] if part == "desk" else [])
            named = words[words.index(b"radiodesk") :] if b"radiodesk" in words else []
            if mine and named[: len(asked)] == asked:
                return int(entry.name)
        return None

    def kill(self, part: str) -> None:
        """Kill a part and wait until it runs anew."""
        before = self.of(part)
        assert before is not None, part
        os.kill(before, signal.SIGKILL)
        until(lambda: self.of(part) not in (None, before), within=60)

    def recorder(self, do: str) -> object:
        return ask(self.folder / "lines" / "recorder.sock", {"do": do, "line": "hibrida"})

    def hears(self) -> bool:
        try:
            state = self.recorder("state")
        except PartSilent:
            return False
        return bool(isinstance(state, dict) and state["lines"] and state["lines"][0]["heard"])

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/masuk", timeout=2).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


def taken_in(settings: Settings, database: Database) -> tuple[Call, dict[str, Path]]:
    """The one call and the files of its two sides, as soon as the attendant has taken them in and ended the call."""

    def both() -> bool:
        with database.reading() as session:
            calls = session.scalars(select(Call)).all()
            return any(len(call.recordings) == 2 and call.state in Call.ended_states for call in calls)

    until(both, within=90)
    with database.reading() as session:
        [call] = session.scalars(select(Call)).all()
        return call, {one.direction.value: settings.audio / one.key for one in call.recordings}


@pytest.fixture
def running(settings: Settings, tmp_path: Path) -> Iterator[tuple[Running, Pulse]]:
    save_lines(settings.lines / "lines.toml", LINES)
    with sound_server(tmp_path / "sound", {"hybrid": 2}) as pulse:
        desk = Running(settings, pulse)
        try:
            until(lambda: desk.answers() and desk.hears() and all(desk.of(part) for part in PARTS), within=90)
            yield desk, pulse
        finally:
            desk.stop()
            until(lambda: desk.of("record-lines") is None)


def test_a_call_outlives_every_process(
    running: tuple[Running, Pulse], settings: Settings, database: Database, tmp_path: Path
) -> None:
    desk, pulse = running
    caller, studio = speech_like(SECONDS, 7), speech_like(SECONDS, 8)
    desk.recorder("open")
    sounding = pulse.start_playing("hybrid", wav(tmp_path, caller, studio))
    for part in PARTS:
        desk.kill(part)
    # The supervisor itself: its parts end, but for the recorder, which a new supervisor finds at work.
    recorder = desk.of("record-lines")
    desk.process.kill()
    desk.process.wait(30)
    until(lambda: not any(desk.of(part) for part in PARTS))
    desk.start()
    until(lambda: desk.answers() and desk.of("attend"), within=90)
    assert desk.of("record-lines") == recorder
    assert sounding.wait(120) == 0
    desk.recorder("close")
    _, sides = taken_in(settings, database)
    heard, rate = soundfile.read(sides["caller"], dtype="int16")
    assert rate == RATE
    begins = lag_of(caller, heard)
    until_close = len(caller) - RATE  # the line was closed as the last of it sounded
    assert np.array_equal(heard[begins + RATE : begins + until_close], caller[RATE:until_close])
    assert lag_of(studio, soundfile.read(sides["studio"], dtype="int16")[0]) == begins


def test_a_recorder_that_is_killed_costs_a_moment_of_sound(
    running: tuple[Running, Pulse], settings: Settings, database: Database, tmp_path: Path
) -> None:
    desk, pulse = running
    caller, studio = speech_like(12.0, 9), speech_like(12.0, 10)
    desk.recorder("open")
    sounding = pulse.start_playing("hybrid", wav(tmp_path, caller, studio))
    [take] = takes(settings.spool)
    until(lambda: take.seconds > 4)
    desk.kill("record-lines")
    until(desk.hears)
    assert sounding.wait(60) == 0
    desk.recorder("close")
    call, sides = taken_in(settings, database)
    log = json.loads((sides["caller"].parent / "log.json").read_text(encoding="utf-8"))
    [gap] = [entry for entry in log if entry["kind"] == "gap" and entry["direction"] == "caller"]
    assert gap["why"] == "the recorder was not running"
    assert gap["seconds"] < 5.0
    assert f"Rekaman terputus {gap['seconds']:.1f} detik" in call.notes
    heard, _rate = soundfile.read(sides["caller"], dtype="int16")
    # What was heard before the kill and after it is there, each sample in its place.
    begins = lag_of(caller[: 2 * RATE], heard)
    assert np.array_equal(heard[begins + RATE : begins + 2 * RATE], caller[RATE : 2 * RATE])
    assert lag_of(caller[-2 * RATE :], heard) - begins == pytest.approx(10 * RATE, abs=RATE / 2)
