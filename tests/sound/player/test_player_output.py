"""Where the player's sound goes out: an output that fails is tried again, and no failure ends the thread that tries."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sounddevice import PortAudioError

from radiodesk.sound.line_journal import Journal, read
from radiodesk.sound.player.piece import Piece
from radiodesk.sound.player.player_engine import Player
from radiodesk.sound.player.player_output import Device, Paced
from radiodesk.sound.player.ready_files import RATE

NAME = "USB Kartu"


@pytest.fixture
def player(tmp_path: Path) -> Player:
    journal = Journal(tmp_path / "player.jsonl")
    return Player(journal, tmp_path / "playing.json", lambda: datetime.now(UTC), time.monotonic)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits for something that another thread does."""

    def waited(true: Callable[[], object]) -> None:
        end = time.monotonic() + 20
        while not true():
            assert time.monotonic() < end
            time.sleep(0.01)

    return waited


class Sound:
    """PortAudio that cannot begin anew for some times."""

    PortAudioError = PortAudioError

    def __init__(self, failures: int) -> None:
        self.failures, self.begun, self.plugged = failures, True, False

    def query_devices(self) -> list[dict[str, Any]]:
        assert self.begun
        there = {"name": NAME, "max_output_channels": 2, "default_samplerate": 48000.0}
        return [there] if self.plugged else []

    def _terminate(self) -> None:
        if not self.begun:
            raise PortAudioError("PortAudio not initialized")
        self.begun = False

    def _initialize(self) -> None:
        self.failures -= 1
        if self.failures >= 0:
            raise PortAudioError("Unanticipated host error")
        self.begun = self.plugged = True

    def RawOutputStream(self, **_given: Any) -> Any:
        return SimpleNamespace(active=True, start=lambda: None, close=lambda: None)


@pytest.fixture
def device(player: Player) -> Iterator[Callable[[Sound], Device]]:
    """Gives the output to a device, which ends with the test."""
    made: list[Device] = []

    def begun(sound: Sound) -> Device:
        made.append(Device(player, NAME, sound=sound, wait=lambda _seconds: time.sleep(0.01)))
        return made[-1]

    yield begun
    for one in made:
        one.close()


def test_an_output_comes_back_after_portaudio_could_not_begin_anew(
    player: Player, device: Callable[[Sound], Device], until: Callable[..., None]
) -> None:
    device(Sound(failures=3))
    until(lambda: player.there)


def test_a_piece_is_played_though_its_file_cannot_be_written(
    player: Player, tmp_path: Path, until: Callable[..., None]
) -> None:
    folder = tmp_path / "diputar"
    folder.write_text("no folder")
    output = Paced(player, folder)
    try:
        for key in ("satu", "dua"):
            player.play(Piece(key, np.full(RATE // 10, 1000, np.int16), {}, False))
            until(lambda: player.current is None)
            if folder.is_file():
                folder.unlink()
    finally:
        output.close()
    player.tick()
    assert [entry.facts["why"] for entry, _ in read(tmp_path / "player.jsonl") if entry.event == "ended"] == ["end"] * 2
    assert [path.name for path in folder.iterdir()] == ["dua.wav"]
