"""One call's sound on its way from baresip's dumps into a take, with both directions on one clock.

baresip writes what the caller says when it arrives, and nothing when nothing arrives (a lost network, a caller on
hold, a telephone that sends no silence). What is missing is kept as silence and logged as a gap, so that the two
directions stay side by side.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from radiodesk.sound.line_setup import FLOOR
from radiodesk.sound.recorder.levels import decibels
from radiodesk.sound.takes import SAMPLE, Spooled, Take, boot_id
from radiodesk.sound.telephone.dumps import ASIDE, KINDS, Dump, dumps_in

SAMPLE_RATE = 8000
DIRECTIONS = ("caller", "studio")
LATE = 0.5
"""Seconds behind the clock from which a direction counts as interrupted; jitter alone takes up to 0.2."""
_AT_FIRST = 0.06
"""The same before a direction's first sample: how long its device or network took to begin is no jitter."""
_STEP = 0.02
QUIET = {"peak": FLOOR, "rms": FLOOR}


class CallRecording:
    """Carries dumps into a take. Each ``pump`` takes over what is new."""

    def __init__(
        self, take: Take, folder: Path, monotonic: Callable[[], float], wall: Callable[[], float] = time.time
    ) -> None:
        self.take = take
        self.levels: dict[str, dict[str, float]] = {}
        self._folder = folder
        self._monotonic = monotonic
        self._wall = wall
        self._copied = {name: _copied(take, name) for name in DIRECTIONS}
        self._dumps: dict[str, Dump] = {}
        self._later: dict[str, list[Path]] = {}
        self._held: dict[str, bytes] = {}
        # Of what came while nobody looked it is not known when; it is set right behind it.
        self._unseen = {name for name in DIRECTIONS if take.frames(name)}
        about = take.about
        self._began = about.monotonic if about.boot == boot_id() else None

    def pump(self, *, last: bool = False) -> None:
        """Copy what came since the last time; raises ``SpoolFull``, and then goes on from there the next time.

        ``last`` says that nothing follows, so that what is missing at the end is a gap, too.
        """
        for direction in DIRECTIONS:
            self._align(direction)
            block = self._next(direction)
            self.levels[direction] = _level(block) if block else QUIET
            while block:
                # Kept until it is written, for a full disk takes nothing.
                self._held[direction] = block
                self.take.write(direction, block)
                self._held[direction] = b""
                block = self._next(direction)
        if last:
            for direction in DIRECTIONS:
                self._align(direction, last=True)

    def _align(self, direction: str, *, last: bool = False) -> None:
        """Keep as silence what did not come in time, before what came after it is written."""
        dump = self._open(direction)
        waiting = (dump.waiting if dump else 0) + len(self._held.get(direction, b"")) // SAMPLE
        if self._began is None or not (waiting or last):
            return
        if waiting and direction in self._unseen:
            self._unseen.remove(direction)
            return
        # By the clock of the newest sample, not of now: the call may have ended long before we look.
        newest = [self._elapsed(one) for one in (self._dumps.values() if last else [dump]) if one is not None]
        here = self.take.frames(direction)
        behind = max(newest, default=0.0) - (here + waiting) / SAMPLE_RATE
        if behind > (LATE if here else _AT_FIRST):
            # Whole steps of 20 ms, so that the length in the log is exact and can be taken off again.
            self.take.gap(direction, math.floor(behind / _STEP) * _STEP, "nothing arrived")

    def _elapsed(self, dump: Dump) -> float:
        """Seconds from the start of the take to the newest sample of a dump."""
        age = max(0.0, self._wall() - dump.written_at)
        return self._monotonic() - (self._began or 0.0) - age

    def dump(self, direction: str) -> Path | None:
        """The dump of a direction, once it is there."""
        return self._dumps[direction].path if direction in self._dumps else None

    def close(self, why: str) -> None:
        """Copy the rest and close the take."""
        self.pump(last=True)
        for dump in self._dumps.values():
            dump.close()
        self.take.close(why)

    def _next(self, direction: str) -> bytes:
        dump = self._open(direction)
        return self._held.get(direction) or (dump.read() if dump else b"")

    def another_dump(self, direction: str) -> Path:
        """Where what comes after baresip's dump is to be written; it is read once that one is read to its end."""
        # It begins now, and somebody looks.
        self._unseen.discard(direction)
        paths = self._later.setdefault(direction, [])
        there = len(dumps_in(self._folder)[direction]) + len([path for path in paths if not path.exists()])
        paths.append(self._folder / ASIDE.format(number=there, kind=KINDS[direction]))
        return paths[-1]

    def _open(self, direction: str) -> Dump | None:
        if direction not in self._dumps and (paths := dumps_in(self._folder)[direction]):
            self._dumps[direction] = Dump(paths[0], self._copied[direction])
            self._later[direction] = paths[1:] + [one for one in self._later.get(direction, []) if one not in paths]
        dump = self._dumps.get(direction)
        while dump is not None and (later := self._later.get(direction)) and later[0].exists():
            if dump.waiting or self._held.get(direction):
                break
            # Of what an earlier telephone took over, some may be of the next one.
            self._copied[direction] = max(0, self._copied[direction] - dump.samples)
            dump.close()
            dump = self._dumps[direction] = Dump(later.pop(0), self._copied[direction])
        return dump


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
    samples = np.frombuffer(block, "<i2").astype(np.float64)
    peak, rms = float(np.abs(samples).max()), float(np.sqrt(np.mean(samples**2)))
    return {"peak": decibels(peak), "rms": decibels(rms)}
