"""Makes a voice another one, by which it is hard to tell whose it was; what is said can be understood.

Whatever voice comes in is led to the same one: around every moment the average and the spread of its colours, and those
of its pitch, are replaced by fixed ones (mean and variance normalisation), and beside them by what was drawn for this
sound. So a shift back leads nowhere: what was there is not in the result, and what was drawn is never kept.

How a person speaks (dialect, words, haste, pauses) stays as it is. It hides a voice well short of chance: the figures
stand in ``docs/privacy.md``.
"""

import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiodesk.sound.voice_parts import RATE, STEP, Floats, Parts, as_loud, loudness, put_together, take_apart, warped

PITCHES = (110.0, 210.0)
"""Hertz between which the pitch of the voice is drawn: neither surely a man's nor surely a woman's."""
MELODY = 0.10
"""How far the pitch goes up and down, as the standard deviation of its logarithm: half of what is usual."""
WARPS = (0.88, 1.14)
"""By how much the resonances are raised."""
TINT = 0.6
"""How far each colour is shifted at most, in standard deviations of it."""
USUAL = np.array([23.1, -1.4, 4.0, -6.3, -1.9, 0.2, -3.5, 0.0, -0.3, -1.2, -1.0, -1.7, 1.3, -2.0, -0.2, -1.3, 0.3, -1.4,
                  0.4, -1.1, 0.4, -1.4, 0.6])  # fmt: skip
SPREAD = np.array([6.7, 5.2, 5.5, 3.0, 3.9, 3.0, 2.8, 2.4, 2.2, 1.7, 1.8, 1.5, 1.5, 1.4, 1.3, 1.3, 1.2, 1.3, 1.1, 1.1,
                   1.0, 1.0, 0.9])  # fmt: skip
"""Average and standard deviation of each colour but the first, which is loudness: those of ten voices of espeak-ng that
read three sentences, the deviations taken at 0.65, since a machine articulates more widely than people do."""
AROUND = 4.0
"""Seconds before and after a moment of which the voice is taken as one: host and caller take turns."""
_ALL = 0.15
"""How much the whole sound counts where little is said around a moment."""
_FURTHEST = 3.5
"""Standard deviations beyond which no colour of speech lies."""
_SILENT = np.log(10) * 3.0 * np.sqrt(60)
"""How far below the loudest, in natural logarithms of power, nobody speaks any more."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What a voice becomes: pitch in hertz, by how much its resonances are raised, and the shift of each colour."""

    pitch: float
    warp: float
    tint: tuple[float, ...]


def draw() -> Voice:
    """A voice from the system's random source; it is told to nobody."""
    source = secrets.SystemRandom()
    return Voice(
        pitch=float(np.exp(source.uniform(*np.log(PITCHES)))),
        warp=float(np.exp(source.uniform(*np.log(WARPS)))),
        tint=tuple(source.uniform(-TINT, TINT) for _ in range(len(USUAL))),
    )


def disguise(samples: NDArray[Any], voice: Voice) -> Floats:
    """Mono sound at ``RATE`` (some seconds) in another voice, as long as it was."""
    found = take_apart(samples)
    made = Parts(_pitch(found.pitch, voice), _colours(found.colours, voice))
    noise = np.random.default_rng(secrets.randbits(64))
    return put_together(made, len(samples), noise)


def _pitch(pitch: Floats, voice: Voice) -> Floats:
    voiced = pitch > 0
    told = np.log(np.where(voiced, pitch, 1.0))[:, None]
    middle, spread = _around(told, voiced)
    height = np.clip((told - middle) / np.maximum(spread, 0.05), -2.5, 2.5)[:, 0]
    return np.asarray(np.where(voiced, voice.pitch * np.exp(MELODY * height), 0.0), np.float64)


def _colours(colours: Floats, voice: Voice) -> Floats:
    there = warped(colours, voice.warp)
    loud, told = there[:, 0], there[:, 1:]
    middle, spread = _around(told, loud > np.percentile(loud, 95) - _SILENT)
    # What hardly changes is no speech, and is not made to.
    even = np.clip((told - middle) / np.maximum(spread, 0.5 * SPREAD), -_FURTHEST, _FURTHEST)
    made = np.column_stack([loud, (even + np.array(voice.tint)) * SPREAD + USUAL])
    return as_loud(made, loudness(colours))


def _around(values: Floats, counted: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Average and standard deviation of what is counted around each row."""
    weight = counted.astype(np.float64)[:, None]
    whole = max(weight.mean(), 1e-9)
    middle = (weight * values).mean(axis=0) / whole
    spread = np.sqrt((weight * (values - middle) ** 2).mean(axis=0) / whole)
    share = _averaged(weight)
    more = _ALL * max(float(share.max()), 1e-9)
    near = (_averaged(weight * values) + more * middle) / (share + more)
    wide = (_averaged(weight * (values - near) ** 2) + more * spread**2) / (share + more)
    return near, np.sqrt(wide)


def _averaged(rows: Floats) -> Floats:
    """The average of the seconds around each row, the near ones counted most: a box, twice."""
    half = max(1, round(AROUND / 2 * RATE / STEP))
    for _ in range(2):
        summed = np.cumsum(np.pad(rows, ((half + 1, half), (0, 0))), axis=0)
        rows = (summed[2 * half + 1 :] - summed[: -2 * half - 1]) / (2 * half + 1)
    return rows
