"""Brings a sound to one loudness and under a true peak (EBU R 128), as what goes on air beside speech must be.

A limiter takes some loudness away where peaks are high, so what came out is measured and made up for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from radiodesk.core.atomic_files import replacing
from radiodesk.sound.decoder import decode
from radiodesk.sound.encoder import CEILING, frames_of, levelled
from radiodesk.sound.loudness import gain_to, loudness
from radiodesk.sound.player.ready_files import RATE

TRUE_PEAK = -1.0
"""dBTP that nothing reaches beyond."""
_CLOSE_ENOUGH = 0.1
_ATTEMPTS = 4
_OVERSAMPLED = 4
_STEEPEST = 6.0
"""Decibels by which one more attempt may change the gain."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What came out: integrated loudness in LUFS (``None`` for silence), true peak in dBTP, length in seconds."""

    lufs: float | None
    true_peak: float
    seconds: float


def match_level(source: Path, target: Path, lufs: float) -> Matched:
    """Write ``source`` as mono FLAC of 48 kHz with that loudness; raises ``AudioUnreadable``.

    What is so full of peaks that it cannot be that loud comes out as loud as it can be; see ``Matched``.
    """
    gain, ceiling = gain_to(lufs, source), CEILING
    with replacing(target) as draft:
        for _ in range(_ATTEMPTS):
            with soundfile.SoundFile(draft, "w", RATE, 1, "PCM_16", format="FLAC") as out:
                for frame in levelled(frames_of(source, RATE), RATE, gain, ceiling=ceiling, always=True):
                    out.write(frame.to_ndarray().reshape(-1))
            matched = measured(draft)
            off = 0.0 if matched.lufs is None else lufs - matched.lufs
            above = matched.true_peak - TRUE_PEAK
            if abs(off) <= _CLOSE_ENOUGH and above <= 0:
                break
            gain += max(-_STEEPEST, min(_STEEPEST, off))
            ceiling -= max(0.0, above)
    return matched


def measured(path: Path) -> Matched:
    """How loud a file is, by its mono mix."""
    seconds, peak = 0.0, 0.0
    for block in _oversampled(path):
        seconds += len(block) / RATE / _OVERSAMPLED
        peak = max(peak, float(np.abs(block).max(initial=0.0)))
    return Matched(loudness(path), round(20 * float(np.log10(max(peak, 1e-6))), 2), round(seconds, 3))


def _oversampled(path: Path) -> Iterator[NDArray[np.float32]]:
    """ITU-R BS.1770-4, annex 2: between two samples the sound may reach higher than either."""
    up = soxr.ResampleStream(RATE, RATE * _OVERSAMPLED, 1, dtype="float32")
    for block in decode(path, RATE):
        yield up.resample_chunk(block)
    yield up.resample_chunk(np.zeros(0, np.float32), last=True)
