"""Level of a line, and whether it clips or is silent; in dBFS (0 is full scale of 16 bit, a sine then has -3 RMS)."""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from radiodesk.sound.line_setup import FLOOR, QUIET
from radiodesk.sound.pcm import Pcm

WINDOW = 0.4
CLIPPED = 32_700
CLIP_RUN = 3
"""Samples in a row at full scale that make a clip: one alone may be a peak that was mastered to the top."""

CLIP_SHOWN = 3.0


@dataclass(frozen=True, slots=True)
class Level:
    """Peak and RMS of the last ``WINDOW`` seconds in dBFS, clips so far, and seconds without sound."""

    peak: float
    rms: float
    clips: int
    clipping: bool
    quiet_seconds: float


class Meter:
    """Follows one line, block by block; time is counted in samples."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._blocks: deque[tuple[int, float, int]] = deque()
        self._frames = 0
        self._quiet_since: int | None = None
        self._clipped_at: int | None = None
        self._clips = 0

    def feed(self, block: Pcm) -> bool:
        """Take a block in; returns whether a clip began in it."""
        if not len(block):
            return False
        wide = block.astype(np.float64)
        power = float(np.dot(wide, wide))
        self._blocks.append((len(block), power, int(np.abs(wide).max())))
        self._frames += len(block)
        while len(self._blocks) > 1 and sum(count for count, _, _ in self._blocks) > WINDOW * self._rate:
            self._blocks.popleft()
        if decibels(math.sqrt(power / len(block))) > QUIET:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = self._frames - len(block)
        return self._clip(block)

    def reset(self) -> None:
        """The device is gone: there is no level."""
        self._blocks.clear()
        self._quiet_since = self._clipped_at = None

    @property
    def level(self) -> Level:
        """As of the last block."""
        count = sum(frames for frames, _, _ in self._blocks)
        power = sum(power for _, power, _ in self._blocks)
        return Level(
            peak=decibels(max((peak for _, _, peak in self._blocks), default=0)),
            rms=decibels(math.sqrt(power / count)) if count else FLOOR,
            clips=self._clips,
            clipping=self._clipped_at is not None and self._frames - self._clipped_at < CLIP_SHOWN * self._rate,
            quiet_seconds=0.0 if self._quiet_since is None else (self._frames - self._quiet_since) / self._rate,
        )

    def _clip(self, block: Pcm) -> bool:
        full = np.abs(block.astype(np.int32)) >= CLIPPED
        if np.count_nonzero(full) < CLIP_RUN:
            return False
        run = full[: -(CLIP_RUN - 1)].copy()
        for shift in range(1, CLIP_RUN):
            run &= full[shift : len(full) - CLIP_RUN + 1 + shift]
        if not run.any():
            return False
        begins = self._clipped_at is None or self._frames - self._clipped_at > CLIP_SHOWN * self._rate
        self._clipped_at = self._frames
        self._clips += begins
        return begins


def decibels(amplitude: float) -> float:
    """An amplitude of 16 bit samples in dBFS, one decimal, never below ``FLOOR``."""
    return round(max(FLOOR, 20 * math.log10(amplitude / 32768)), 1) if amplitude > 0 else FLOOR
