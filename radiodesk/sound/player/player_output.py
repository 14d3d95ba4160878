"""Where sound goes out: a device of the sound card, a file, or nowhere. Each takes the player's frames in real time."""

import logging
import threading
import time
import wave
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from radiodesk.sound.player.output_devices import find_output
from radiodesk.sound.player.player_engine import Player
from radiodesk.sound.player.ready_files import INTO_FILES, NOWHERE, RATE
from radiodesk.sound.recorder.input_devices import DeviceAbsent
from radiodesk.sound.recorder.portaudio import begin_again

log = logging.getLogger(__name__)

BLOCK = RATE // 50
SILENT_AFTER = 2.0
"""Seconds without a request for sound after which a device counts as gone; some hang instead of failing."""
FIRST_AFTER = 8.0
"""The same before the first request: sound servers take their time."""
KEPT_FILES = 50
_WAITS = (0.5, 1.0, 2.0)


class Output(Protocol):
    """Takes frames from a player until it is closed."""

    def close(self) -> None: ...


def output_named(name: str, player: Player, folder: Path) -> Output:
    """The output that the setting names; ``folder`` is for files."""
    if name in (NOWHERE, INTO_FILES):
        return Paced(player, folder if name == INTO_FILES else None)
    return Device(player, name)


class Paced:
    """Without a sound card: takes frames as fast as they would be heard, and keeps each piece in a WAV file."""

    def __init__(self, player: Player, folder: Path | None) -> None:
        self._player, self._folder = player, folder
        self._stop = threading.Event()
        self._file: wave.Wave_write | None = None
        self._key = ""
        player.find_output()
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)
        self._end_file()

    def _run(self) -> None:
        began, blocks = time.monotonic(), 0
        while not self._stop.wait(max(0.0, began + blocks * BLOCK / RATE - time.monotonic())):
            blocks += 1
            with self._player.lock:
                piece = self._player.current
                frames = self._player.fill(BLOCK)
            if self._folder is not None:
                self._write(self._folder, piece.key if piece else "", frames.tobytes())

    def _write(self, folder: Path, key: str, frames: bytes) -> None:
        try:
            if key != self._key:
                self._end_file()
                self._key = key
                if key:
                    self._file = _wave_file(folder, key)
            if self._file is not None:
                self._file.writeframes(frames)
        except OSError as trouble:
            # What plays goes on; the next piece is tried again.
            log.warning("The file of what plays cannot be written: %s", trouble.strerror)
            self._end_file()

    def _end_file(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None


def _wave_file(folder: Path, key: str) -> wave.Wave_write:
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob("*.wav"), key=lambda one: one.stat().st_mtime)[:-KEPT_FILES]:
        old.unlink(missing_ok=True)
    opened = wave.open(str(folder / f"{key}.wav"), "wb")  # noqa: SIM115 - it stays open while the piece plays
    opened.setparams((1, 2, RATE, 0, "NONE", ""))
    return opened


class Device:
    """A device of the sound card; opened again and again while it is not there."""

    def __init__(
        self,
        player: Player,
        name: str,
        *,
        sound: Any = None,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._player, self._name, self._sound = player, name, sound
        self._stop = threading.Event()
        self._wait = wait or self._stop.wait
        self._last = 0.0
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            sound = self._sound or _portaudio()
        except OSError:
            self._player.lose_output("PortAudio is missing")
            return
        failed, again = 0, False
        while not self._stop.is_set():
            try:
                if again:
                    # Only a PortAudio that begins anew sees a device that was plugged in again.
                    begin_again(sound)
                self._once(sound)
                failed = 0
            except (sound.PortAudioError, DeviceAbsent, ValueError) as error:
                self._player.lose_output("absent" if isinstance(error, DeviceAbsent) else str(error))
                failed += 1
            except Exception:  # if this thread ended, nothing would be heard any more
                log.exception("The output %s could not be played to.", self._name)
                self._player.lose_output("absent")
                failed += 1
            if self._stop.is_set():
                return
            again = True
            self._wait(_WAITS[min(failed, len(_WAITS) - 1)])

    def _once(self, sound: Any) -> None:
        """Play to the device until it is lost; raises ``DeviceAbsent`` or what PortAudio raises."""
        device, most = find_output(sound.query_devices(), self._name)
        channels = min(2, most)
        self._last, began = 0.0, time.monotonic()

        def wanted(out: Any, frames: int, _time: Any, _status: Any) -> None:
            self._last = time.monotonic()
            out[:] = np.repeat(self._player.fill(frames), channels).tobytes()

        stream = sound.RawOutputStream(
            samplerate=RATE, device=device, channels=channels, dtype="int16", blocksize=BLOCK, callback=wanted
        )
        try:
            stream.start()
            self._player.find_output()
            while not self._stop.is_set():
                self._wait(0.1)
                patience = SILENT_AFTER if self._last else FIRST_AFTER
                if not stream.active or time.monotonic() - (self._last or began) > patience:
                    break
            if not self._stop.is_set():
                self._player.lose_output("absent")
        finally:
            stream.close()


def _portaudio() -> Any:
    import sounddevice

    return sounddevice
