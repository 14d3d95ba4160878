"""The recorder as a process, with real sound from a sound server of the test's own: what comes out is what went in."""

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from radiodesk.sound.control_socket import PartSilent, ask
from radiodesk.sound.line_journal import read
from radiodesk.sound.line_setup import Line, LineKind, Lines, save_lines
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.takes import Spooled, open_take
from tests.factories.pulse import Pulse, sound_server, until
from tests.sound.recorder.rig import kinds, samples_of

pytestmark = pytest.mark.slow

RATE = 48_000
LINES = Lines(
    (
        Line("hibrida", "Telepon 1", "hybrid", 1, LineKind.TELEPHONE, studio="studio"),
        Line("studio", "Studio", "hybrid", 2, LineKind.STUDIO),
    ),
    RATE,
)


class Station:
    """A data folder with a recorder that can be started, asked and killed."""

    def __init__(self, folder: Path, pulse: Pulse) -> None:
        self.folder = folder
        self.pulse = pulse
        self._process: subprocess.Popen[bytes] | None = None
        save_lines(folder / "lines" / "lines.toml", LINES)

    def start(self, **settings: str) -> None:
        environment = self.pulse.environment | {"RADIODESK_DATA": str(self.folder)} | settings
        command = [sys.executable, "-m", "radiodesk", "record-lines"]
        self._process = subprocess.Popen(command, env=environment, cwd=self.folder)
        until(self._answers)

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)

    def ask(self, do: str, line: str = "hibrida") -> dict[str, Any]:
        return ask(self.folder / "lines" / "recorder.sock", {"do": do, "line": line})

    def line(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("state")["lines"][0]
        return found

    def until_heard(self) -> None:
        until(lambda: self.line()["heard"])

    def take(self, take_id: str) -> Spooled:
        return open_take(self.folder / "spool" / take_id)

    def events(self) -> list[str]:
        return [entry.event for entry, _ in read(self.folder / "lines" / "recorder.jsonl")]

    def _answers(self) -> bool:
        try:
            return bool(self.ask("state"))
        except PartSilent:
            return False


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with sound_server(tmp_path / "sound", {"hybrid": 2}) as pulse:
        made = Station(tmp_path / "data", pulse)
        made.start()
        made.until_heard()
        yield made
        made.stop()


def speech_like(seconds: float, seed: int) -> Pcm:
    """Noise with the spectrum's fall and the syllables' rise and fall of speech; no two stretches are alike."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    low = np.convolve(noise, np.exp(-np.arange(60) / 12.0), mode="same")
    syllables = 0.55 - 0.45 * np.cos(2 * np.pi * 3.7 * np.arange(len(low)) / RATE)
    samples: Pcm = (low / np.abs(low).max() * syllables * 24_000).astype(np.int16)
    return samples


def wav(folder: Path, caller: Pcm, studio: Pcm) -> Path:
    """A file to play, a second of silence first: the sound server may swallow the beginning of what it plays."""
    path = folder / "played.wav"
    both = np.stack([caller, studio], axis=1).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, RATE, RATE + len(caller), "NONE", ""))
        out.writeframes(bytes(4 * RATE) + both.tobytes())
    return path


def lag_of(played: Pcm, recorded: Pcm) -> int:
    """Where in the recording the played sound begins (cross-correlation by FFT)."""
    size = 1 << (len(played) + len(recorded)).bit_length()
    product: NDArray[np.complex128] = np.fft.rfft(recorded.astype(float), size) * np.conj(
        np.fft.rfft(played.astype(float), size)
    )
    return int(np.argmax(np.fft.irfft(product, size)[: len(recorded)]))


def decibels_of_noise(played: Pcm, recorded: Pcm, lag: int) -> float:
    """Signal to noise of the recording against what was played, in dB; infinite when every sample is the same.

    The first tenth of a second is left out: there the sound server itself is still beginning to play.
    """
    heard = recorded[lag : lag + len(played)].astype(float)[RATE // 10 :]
    signal_ = played[RATE // 10 :][: len(heard)].astype(float)
    noise = float(np.sum((heard - signal_) ** 2))
    return float("inf") if noise == 0 else float(10 * np.log10(np.sum(signal_**2) / noise))


def test_what_is_recorded_is_what_was_played_on_both_sides(station: Station, tmp_path: Path) -> None:
    caller, studio = speech_like(3.0, 1), speech_like(3.0, 2)
    began = time.monotonic()
    take = station.take(station.ask("open")["take"])
    station.pulse.play("hybrid", wav(tmp_path, caller, studio))
    until(lambda: take.seconds > 4.5)
    station.ask("close")
    lasted = time.monotonic() - began
    heard, answered = samples_of(take, "caller"), samples_of(take, "studio")
    assert len(heard) == len(answered)
    assert lasted - 1.0 < take.seconds <= lasted
    lag = lag_of(caller, heard)
    assert lag_of(studio, answered) == lag
    assert decibels_of_noise(caller, heard, lag) == float("inf")
    assert decibels_of_noise(studio, answered, lag) == float("inf")
    assert kinds(take) == ["closed"]
    assert station.ask("state")["devices"][0]["overflows"] == 0


def test_a_kill_during_a_call_costs_less_than_a_second_and_the_call_goes_on(station: Station, tmp_path: Path) -> None:
    caller = speech_like(9.0, 3)
    take = station.take(station.ask("open")["take"])
    player = station.pulse.start_playing("hybrid", wav(tmp_path, caller, caller))
    until(lambda: take.seconds > 3.5)
    at = time.monotonic()
    station.kill()
    before = take.frames("caller")
    assert at - take.about.monotonic - before / RATE < 1.0
    station.start()
    station.until_heard()
    until(lambda: take.seconds > before / RATE + 3.2)
    station.ask("close")
    player.wait()
    [gap] = [entry for entry in take.log() if entry["kind"] == "gap" and entry["direction"] == "caller"]
    assert (gap["frame"], gap["why"]) == (before, "the recorder was not running")
    heard = samples_of(take, "caller")
    resumed = before + round(gap["seconds"] * RATE)
    first = lag_of(caller, heard[:before])
    assert decibels_of_noise(caller[: before - first], heard[:before], first) > 60
    second = heard[resumed : resumed + 2 * RATE]
    # What follows the gap is as far into the sound as the gap says, to a tenth of a second.
    assert lag_of(second, caller) == pytest.approx(resumed - first, abs=RATE / 10)


def test_a_pulled_plug_is_told_marked_and_gone_on_from(station: Station, tmp_path: Path) -> None:
    caller = speech_like(2.5, 4)
    file = wav(tmp_path, caller, caller)
    take = station.take(station.ask("open")["take"])
    station.pulse.play("hybrid", file)
    pulled = time.monotonic()
    station.pulse.unplug("hybrid")
    until(lambda: not station.line()["heard"])
    assert "device_lost" in station.events()
    time_away = 2.0
    until(lambda: time.monotonic() - pulled > time_away)
    station.pulse.plug("hybrid", channels=2)
    station.until_heard()
    back = time.monotonic() - pulled
    begins = take.frames("caller")
    station.pulse.play("hybrid", file)
    station.ask("close")
    assert station.events()[-5:] == ["device_lost", "device_lost", "device_back", "device_back", "closed"]
    [gap] = [entry for entry in take.log() if entry["kind"] == "gap" and entry["direction"] == "caller"]
    assert gap["seconds"] == pytest.approx(back, abs=1.5)
    heard = samples_of(take, "caller")
    first, second = heard[: gap["frame"]], heard[begins:]
    assert decibels_of_noise(caller[: RATE * 2], first, lag_of(caller[: RATE * 2], first)) > 60
    assert decibels_of_noise(caller[: RATE * 2], second, lag_of(caller[: RATE * 2], second)) > 60


def test_a_changed_list_is_taken_over_without_a_restart(station: Station) -> None:
    save_lines(
        station.folder / "lines" / "lines.toml",
        Lines((*LINES.lines, Line("kedua", "Telepon 2", "hybrid", 3, LineKind.TELEPHONE)), RATE),
    )
    until(lambda: len(station.ask("state")["lines"]) == 3)
    station.until_heard()
    assert station.ask("state")["devices"][0]["channels"] == 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)], check=True)
    yield small
    subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_fills_up_stops_the_recording_whole_and_lets_it_go_on(small_disk: Path, tmp_path: Path) -> None:
    with sound_server(tmp_path / "sound", {"hybrid": 2}) as pulse:
        station = Station(small_disk / "data", pulse)
        station.start(RADIODESK_DISK_ALARM_GIGABYTES="0.008", RADIODESK_DISK_STOP_MEGABYTES="4")
        try:
            station.until_heard()
            take = station.take(station.ask("open")["take"])
            until(lambda: take.seconds > 1)
            (small_disk / "other").write_bytes(bytes(13_500_000))
            until(lambda: station.ask("state")["disk"]["stopped"])
            stopped = take.frames("caller")
            (small_disk / "other").unlink()
            until(lambda: take.frames("caller") > stopped + RATE)
            station.ask("close")
        finally:
            station.stop()
    assert [event for event in station.events() if event.startswith("disk")] == ["disk_full", "disk_free"]
    gaps = [entry for entry in take.log() if entry["kind"] == "gap"]
    assert {entry["direction"] for entry in gaps} == {"caller", "studio"}
    assert all(entry["why"] == "disk full" for entry in gaps)
    assert kinds(take)[0] == "disk_full"
    assert open_take(take.folder).about.line == "hibrida"
