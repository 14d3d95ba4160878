"""How loud a recording is, as ITU-R BS.1770-4 and EBU R 128 count it, for files of any length.

pyloudnorm measures each minute; its block loudnesses are gated over the whole file here, as the standard says, so that
six hours need no more memory than one minute.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from radiodesk.sound.decoder import decode

_RATE = 48_000
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_MINUTE = 60
_MOST_GAIN = 20.0


def loudness(path: Path) -> float | None:
    """Integrated loudness in LUFS of the mono mix, or None when there is nothing to measure.

    That is: silence, or less than the 0.4 s of one measuring block. Raises ``AudioUnreadable``.
    """
    blocks = np.array([value for minute in _minutes(path) for value in _blocks(minute)])
    loud = blocks[blocks >= _ABSOLUTE_GATE]
    if not len(loud):
        return None
    loud = loud[loud > _mean(loud) + _RELATIVE_GATE]
    return round(_mean(loud), 2)


def gain_to(lufs: float, path: Path) -> float:
    """Decibels that bring a recording to ``lufs``; 0 for silence. Raises ``AudioUnreadable``.

    No more than 20 dB up: beyond that it is the room that gets loud. Peaks are for the limiter.
    """
    measured = loudness(path)
    return 0.0 if measured is None else max(-40.0, min(_MOST_GAIN, lufs - measured))


def _minutes(path: Path) -> Iterator[NDArray[np.float32]]:
    held: list[NDArray[np.float32]] = []
    for block in decode(path, _RATE):
        held.append(block)
        if len(held) == _MINUTE:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)


def _blocks(samples: NDArray[np.float32]) -> list[float]:
    meter = pyloudnorm.Meter(_RATE)
    if len(samples) < meter.block_size * _RATE:
        return []
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean over no block, where a whole minute is silent
        meter.integrated_loudness(samples)
    return [float(value) for value in meter.blockwise_loudness]


def _mean(blocks: NDArray[np.float64]) -> float:
    """The loudness of the mean energy, not the mean of the loudnesses."""
    return float(10 * np.log10(np.mean(10 ** (blocks / 10))))
