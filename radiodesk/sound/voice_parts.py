"""Takes a voice apart into pitch and colour, and makes sound of such parts: a vocoder for one voice at 16 kHz.

Pitch is found by the autocorrelation of Boersma (1993), its window's own divided out. The colour of a moment is a mel
cepstrum of few coefficients of its power spectrum, which is smoothed over the pitch first, as CheapTrick does (Morise,
2015), so that the harmonics do not stand in it. The sound is pulses and noise through filters of least phase.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE = 16_000
"""Hertz at which a voice is taken apart: all of a telephone's band, and nearly all of a voice in a studio."""
STEP = 80
"""Samples from one look at the voice to the next: 5 ms."""
COLOURS = 24
"""Coefficients of the mel cepstrum. Of fewer a recogniser understands less; more tell more of who speaks."""

_SHORT_LOOK = 160
_LONG_LOOK = 800
_SIZE = 1024
_BANDS = 60
_LOWEST, _HIGHEST = 65.0, 420.0
_VOICED = 0.5
_HIGHER_IS_LIKELIER = 0.02
_QUIET = 1e-10
_AT_ONCE = 400
"""Looks that are worked on at a time, so that memory stays small."""


@dataclass(frozen=True)
class Parts:
    """A voice: pitch of each look in hertz (0: unvoiced), and its colours, shape ``(looks, COLOURS)``.

    The first colour tells how loud it is.
    """

    pitch: Floats
    colours: Floats


def take_apart(samples: NDArray[Any]) -> Parts:
    """The parts of mono sound at ``RATE``; look ``n`` is centred on sample ``n * STEP``."""
    count = len(samples) // STEP + 1
    padded = np.pad(samples.astype(np.float64), _LONG_LOOK)
    numbers = np.arange(count)
    pitch = np.concatenate([_pitch(_looks(padded, numbers[some], _LONG_LOOK)) for some in _batches(count)])
    pitch = _steadied(pitch)
    colours = np.zeros((count, COLOURS))
    lengths = _lengths(pitch)
    for length in np.unique(lengths):
        alike = np.flatnonzero(lengths == length)
        for some in _batches(len(alike)):
            colours[alike[some]] = _colours(_looks(padded, alike[some], int(length)), pitch[alike[some]])
    return Parts(pitch, colours)


def warped(colours: Floats, warp: float) -> Floats:
    """Colours of a vocal tract whose resonances lie ``warp`` times as high."""
    heights = _mel(_frequencies() * (1 / warp)) / _mel(RATE / 2) * np.pi
    there = np.cos(np.clip(heights, 0, np.pi)[:, None] * np.arange(COLOURS)) @ np.diag(_scale())
    return np.asarray(colours @ (there.T @ _basis()), np.float64)


def put_together(parts: Parts, length: int, noise: np.random.Generator) -> Floats:
    """Sound of ``length`` samples at ``RATE``."""
    pulses = _pulses(parts.pitch, length)
    hiss = noise.standard_normal(length)
    sound = np.zeros(length + 2 * _SIZE + STEP)
    window = np.hanning(2 * STEP + 1)[:-1]
    pulses, hiss = np.pad(pulses, (STEP, _SIZE)), np.pad(hiss, (STEP, _SIZE))
    breath = _breath()
    for some in _batches(len(parts.pitch)):
        starts = np.arange(some.start, some.stop) * STEP
        cut = starts[:, None] + np.arange(2 * STEP)
        inside = cut < len(hiss)
        cut = np.where(inside, cut, 0)
        beats = np.fft.rfft(pulses[cut] * inside * window, _SIZE)
        hisses = np.fft.rfft(hiss[cut] * inside * window, _SIZE)
        voiced = (parts.pitch[some] > 0)[:, None]
        source = np.where(voiced, beats * np.sqrt(1 - breath**2) + hisses * breath, hisses)
        heard = np.fft.irfft(source * _filters(parts.colours[some]), _SIZE)
        for start, piece in zip(starts, heard, strict=True):
            sound[start : start + _SIZE] += piece
    return sound[STEP : STEP + length]


def _batches(count: int) -> list[slice]:
    return [slice(at, min(at + _AT_ONCE, count)) for at in range(0, count, _AT_ONCE)]


def _lengths(pitch: Floats) -> NDArray[np.int64]:
    """Samples of the window of each look: about three periods, and short where there are none, for the bursts."""
    return np.select([pitch == 0, pitch > 200, pitch > 130], [_SHORT_LOOK, 256, 384], 560)


def _looks(padded: Floats, numbers: NDArray[np.int64], length: int) -> Floats:
    """Windowed stretches of sound around some looks."""
    starts = _LONG_LOOK + numbers * STEP - length // 2
    cut = starts[:, None] + np.arange(length)
    return np.asarray(padded[np.minimum(cut, len(padded) - 1)] * np.hanning(length), np.float64)


def _pitch(looks: Floats) -> Floats:
    size = 2048
    window = np.hanning(looks.shape[1])
    power = np.abs(np.fft.rfft(looks - looks.mean(axis=1, keepdims=True) * window, size)) ** 2
    alike = np.fft.irfft(power, size)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2, size)
    first, last = int(RATE / _HIGHEST), int(RATE / _LOWEST)
    strength = alike[:, first : last + 1] / np.maximum(alike[:, :1], _QUIET) * (own[0] / own[first : last + 1])
    # Twice a period is as much alike as one: of two that are, the shorter is meant.
    liking = strength - _HIGHER_IS_LIKELIER * np.log2(np.arange(first, last + 1))
    best = liking.argmax(axis=1)
    voiced = strength[np.arange(len(best)), best] > _VOICED
    return np.where(voiced, RATE / (first + best), 0.0)


def _steadied(pitch: Floats) -> Floats:
    """Single looks that differ from those around them follow these."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(pitch, 3, mode="edge"), 7)
    steady: Floats = np.median(around, axis=1)
    return steady


def _colours(looks: Floats, pitch: Floats) -> Floats:
    power = np.abs(np.fft.rfft(looks, _SIZE)) ** 2 / (np.hanning(looks.shape[1]) ** 2).sum()
    summed = np.pad(np.cumsum(power, axis=1), ((0, 0), (1, 0)))
    bins = _frequencies() * _SIZE / RATE
    wide = np.maximum(np.where(pitch > 0, pitch, 200.0)[:, None] * _SIZE / RATE, 2.0)
    low = np.clip(bins + 0.5 - wide / 2, 0, power.shape[1] - 1)
    high = np.clip(bins + 0.5 + wide / 2, 1, power.shape[1])
    smooth = (_at(summed, high) - _at(summed, low)) / (high - low)
    colours: Floats = np.log(np.maximum(smooth, _QUIET)) @ _basis()
    return as_loud(colours, np.asarray(np.log(np.maximum(power[:, 1:].mean(axis=1), _QUIET))))


def loudness(colours: Floats) -> Floats:
    """The natural logarithm of the power that sound of these colours has."""
    wide = np.gradient(_frequencies())
    return np.asarray(np.log(np.exp(colours @ _basis().T) @ (wide / wide.sum())))


def as_loud(colours: Floats, power: Floats) -> Floats:
    """The same colours with this power (natural logarithm)."""
    louder = colours.copy()
    louder[:, 0] += (power - loudness(colours)) * np.sqrt(_BANDS)
    return louder


def _at(rows: Floats, places: Floats) -> Floats:
    lower = np.minimum(places.astype(int), rows.shape[1] - 2)
    here = np.take_along_axis(rows, lower, axis=1)
    return np.asarray(here + (places - lower) * (np.take_along_axis(rows, lower + 1, axis=1) - here), np.float64)


def _mel(hertz: Any) -> Any:
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def _frequencies() -> Floats:
    """Hertz of the bands, at equal steps of the mel scale, from their middles."""
    steps = (np.arange(_BANDS) + 0.5) / _BANDS * _mel(RATE / 2)
    return np.asarray(700 * (10 ** (steps / 2595) - 1))


def _scale() -> Floats:
    """What makes the cosines an orthonormal basis."""
    return np.asarray(np.where(np.arange(COLOURS) == 0, np.sqrt(1 / _BANDS), np.sqrt(2 / _BANDS)), np.float64)


def _basis() -> Floats:
    """Cosines over the bands, shape ``(bands, COLOURS)``."""
    angles = (np.arange(_BANDS)[:, None] + 0.5) * np.arange(COLOURS) * np.pi / _BANDS
    return np.asarray(np.cos(angles) * _scale())


def _breath() -> Floats:
    """How much of a voiced sound is noise, by frequency: the same for everybody."""
    share = np.interp(
        np.linspace(0, RATE / 2, _SIZE // 2 + 1), [0, 1000, 2500, 4000, 8000], [0.01, 0.03, 0.15, 0.4, 0.8]
    )
    return np.asarray(np.sqrt(share))


def _filters(colours: Floats) -> NDArray[np.complex128]:
    """The spectra of the filters of least phase that give sound of power one these colours."""
    heights = _mel(np.linspace(0, RATE / 2, _SIZE // 2 + 1)) / _mel(RATE / 2) * np.pi
    loudness = 0.5 * (colours * _scale()) @ np.cos(np.arange(COLOURS)[:, None] * heights)
    cepstrum = np.fft.irfft(loudness, _SIZE)
    cepstrum[:, 1 : _SIZE // 2] *= 2
    cepstrum[:, _SIZE // 2 + 1 :] = 0
    return np.asarray(np.exp(np.fft.rfft(cepstrum, _SIZE)))


def _pulses(pitch: Floats, length: int) -> Floats:
    """One pulse a period, of mean power one; between two samples it is shared by both."""
    heights = np.interp(np.arange(length), np.arange(len(pitch)) * STEP, np.where(pitch > 0, pitch, 0.0))
    voiced = np.repeat(pitch > 0, STEP)[:length]
    voiced = np.pad(voiced, (0, length - len(voiced)), mode="edge") if len(voiced) < length else voiced
    heights = np.where(voiced & (heights > _LOWEST / 2), heights, 100.0)
    turns = np.cumsum(heights / RATE)
    at = np.flatnonzero(np.diff(np.floor(turns), prepend=0.0) > 0)
    late = (turns[at] - np.floor(turns[at])) / (heights[at] / RATE)
    sound = np.zeros(length + 1)
    strong = np.sqrt(RATE / heights[at])
    np.add.at(sound, np.maximum(at - 1, 0), strong * late)
    np.add.at(sound, at, strong * (1 - late))
    return sound[:length]
