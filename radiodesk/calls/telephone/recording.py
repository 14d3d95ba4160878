"""One call's sound on its way from baresip's dumps into a take, with both directions on one clock.

baresip writes what the caller says when it arrives, and nothing when nothing arrives (a lost network, a caller on
hold, a telephone that sends no silence). What is missing is kept as silence and logged as a gap, so that the two
directions stay side by side.
"""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from radiodesk.audio.spool import Spooled, Take, boot_id
from radiodesk.calls.telephone.dumps import Dump, dumps_in

SAMPLE_RATE = 8000
DIRECTIONS = ("caller", "studio")
LATE = 0.8
"""Seconds behind the clock from which a direction counts as interrupted; jitter and buffers take up to 0.3."""
_ALLOWED = 0.2
_STEP = 0.02
_FLOOR = -96.0


class CallRecording:
    """Carries dumps into a take. Each ``pump`` takes over what is new."""

    def __init__(self, take: Take, folder: Path, monotonic: Callable[[], float]) -> None:
        self.take = take
        self.levels: dict[str, dict[str, float]] = {}
        self._folder = folder
        self._monotonic = monotonic
        self._copied = {name: _copied(take, name) for name in DIRECTIONS}
        self._dumps: dict[str, Dump] = {}
        self._held: dict[str, bytes] = {}
        about = take.about
        self._began = about.monotonic if about.boot == boot_id() else None

    def pump(self, *, live: bool = True) -> None:
        """Copy what came since the last time; raises ``SpoolFull``, and then goes on from there the next time.

        ``live`` says that the call goes on, so that what is missing by now is a gap.
        """
        for direction in DIRECTIONS:
            block = self._next(direction)
            if block:
                self.levels[direction] = _level(block)
            while block:
                # Kept until it is written, for a full disk takes nothing.
                self._held[direction] = block
                self.take.write(direction, block)
                self._held[direction] = b""
                block = self._next(direction)
            if live:
                self._fill(direction, self.behind(direction))

    def dump(self, direction: str) -> Path | None:
        """The dump of a direction, once it is there."""
        return self._dumps[direction].path if direction in self._dumps else None

    def behind(self, direction: str) -> float:
        """Seconds of a direction that are not there yet, or never will be."""
        elapsed = self._monotonic() - self._began if self._began is not None else 0.0
        return elapsed - self.take.frames(direction) / SAMPLE_RATE

    def close(self, why: str) -> None:
        """Copy the rest and close the take."""
        self.pump(live=False)
        for dump in self._dumps.values():
            dump.close()
        self.take.close(why)

    def _next(self, direction: str) -> bytes:
        if held := self._held.get(direction):
            return held
        if direction not in self._dumps:
            paths = dumps_in(self._folder)[direction]
            if not paths:
                return b""
            self._dumps[direction] = Dump(paths[0], self._copied[direction])
        return self._dumps[direction].read()

    def _fill(self, direction: str, behind: float) -> None:
        if behind > LATE:
            # Whole steps of 20 ms, so that the length in the log is exact and can be taken off again.
            steps = math.floor((behind - _ALLOWED) / _STEP)
            self.take.gap(direction, steps * _STEP, "nothing arrived")


def _copied(take: Spooled, direction: str) -> int:
    """Samples of a direction that came from dumps: all but the silence of its gaps, as far as that was written."""
    frames = take.frames(direction)
    silent = 0
    for entry in take.log():
        if entry["kind"] == "gap" and entry.get("direction") == direction:
            length = round(float(entry["seconds"]) * take.about.sample_rate)
            silent += length if int(entry["frame"]) + length <= frames else 0
    return frames - silent


def _level(block: bytes) -> dict[str, float]:
    samples = np.frombuffer(block, "<i2").astype(np.float64) / 32768.0
    peak, rms = float(np.abs(samples).max()), float(np.sqrt(np.mean(samples**2)))
    return {"peak": _decibels(peak), "rms": _decibels(rms)}


def _decibels(value: float) -> float:
    return round(max(_FLOOR, 20 * math.log10(value)) if value > 0 else _FLOOR, 1)
