"""Voices in reserve and a running player, for tests that play."""

import os
import signal
import subprocess
import sys
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.recognition import loader
from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import Script, ScriptKind
from radiodesk.rooms.programme.player_line import player_state
from radiodesk.voices import voice_loader
from tests.factories.pulse import until

RATE = 22_050


class Beeper:
    """A voice that sounds for a tenth of a second a letter."""

    name = "beeper"

    def speak(self, text: str, target: Path, *, words_per_minute: int = 140) -> float:
        samples = (9000 * np.sin(np.arange(len(text) * RATE // 10) / 8)).astype("<i2")
        with wave.open(str(target), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        return len(samples) / RATE


@dataclass
class Listener:
    """A recogniser that hears what it is told to."""

    words: str

    def transcribe(self, _path: Path) -> Transcription:
        heard = tuple(Word(at, at + 0.5, word, 1.0) for at, word in enumerate(self.words.split()))
        return Transcription("uji", "uji", "id", 60.0, 0.0, (Segment(0.0, 60.0, self.words, heard),))


def speaks(monkeypatch: pytest.MonkeyPatch, heard: str) -> None:
    """Scripts are spoken by the beeper, and heard again as these words."""
    monkeypatch.setattr(voice_loader, "load_voice", lambda _settings: Beeper())
    monkeypatch.setattr(loader, "load_for_station", lambda _settings: Listener(heard))


def approved(session: Session, at: datetime, text: str = "Pakai helm selalu.", title: str = "Imbauan") -> Script:
    """A script that may be read."""
    made = programme.write_script(session, ScriptKind.FREE, title, programme.Draft(text), by="sari", at=at, speed=140)
    programme.approve(session, made, number=1, by="budi", at=at)
    return made


@dataclass
class RunningPlayer:
    """``radiodesk play-out`` as a process of a station."""

    settings: Settings
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "radiodesk", "play-out"], env=self.environment)
        until(self.there)

    def there(self) -> bool:
        state = player_state(self.settings)
        return state is not None and bool(state["there"])

    def playing(self) -> dict[str, Any] | None:
        return (player_state(self.settings) or {}).get("playing")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(15)


@contextmanager
def player_of(settings: Settings, output: str, environment: Mapping[str, str] = os.environ) -> Iterator[RunningPlayer]:
    """Run the player of a station; gives it once it takes sound."""
    own = {"RADIODESK_DATA": str(settings.data), "RADIODESK_PLAY_OUTPUT": output}
    running = RunningPlayer(settings, {**environment, **own, "PYTHONPATH": str(Path(__file__).parents[2])})
    running.start()
    try:
        yield running
    finally:
        running.stop()
