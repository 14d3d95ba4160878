"""Loudness as it is heard, against the signals of EBU Tech 3341, pyloudnorm, and peaks that lie between samples."""

import math
from collections.abc import Sequence

import numpy as np
import pyloudnorm
import pytest

from radiodesk.sound.pcm import Pcm
from radiodesk.sound.programme_loudness import Loudness, LoudnessMeter

RATE = 48_000


def sine(level: float, seconds: float, rate: int = RATE, hertz: float = 1000.0) -> np.ndarray:
    """A sine whose peak is so many dBFS."""
    return 10 ** (level / 20) * np.sin(2 * math.pi * hertz * np.arange(round(seconds * rate)) / rate)


def measured(signal: np.ndarray, rate: int = RATE, block: int = 1237) -> Loudness:
    meter = LoudnessMeter(rate)
    samples: Pcm = np.clip(np.rint(signal * 32768), -32768, 32767).astype(np.int16)
    for first in range(0, len(samples), block):
        meter.feed(samples[first : first + block])
    return meter.now


def steps(*parts: tuple[float, float]) -> np.ndarray:
    return np.concatenate([sine(level, seconds) for level, seconds in parts])


MONO = 3.01
"""The EBU's signals are stereo; one channel alone is so much quieter."""


@pytest.mark.parametrize(
    ("parts", "lufs"),
    [
        ([(-23.0, 20)], -23.0),
        ([(-33.0, 20)], -33.0),
        ([(-36.0, 10), (-23.0, 60), (-36.0, 10)], -23.0),
        ([(-72.0, 10), (-36.0, 10), (-23.0, 60), (-36.0, 10), (-72.0, 10)], -23.0),
        ([(-26.0, 20), (-20.0, 20.1), (-26.0, 20)], -23.0),
    ],
    ids=["case 1", "case 2", "case 3", "case 4", "case 5"],
)
def test_the_signals_of_ebu_tech_3341_give_what_it_says(parts: Sequence[tuple[float, float]], lufs: float) -> None:
    found = measured(steps(*parts))
    assert found.integrated is not None
    assert found.integrated + MONO == pytest.approx(lufs, abs=0.1)


def test_short_term_and_momentary_follow_and_the_greatest_is_kept() -> None:
    found = measured(steps((-23.0, 10), (-33.0, 10)))
    assert found.momentary == pytest.approx(-33.0 - MONO, abs=0.1)
    assert found.short_term == pytest.approx(-33.0 - MONO, abs=0.1)
    assert found.most_short_term == pytest.approx(-23.0 - MONO, abs=0.1)


@pytest.mark.parametrize("rate", [8000, 16_000, 32_000, 44_100, 48_000])
def test_it_agrees_with_pyloudnorm_on_noise_that_comes_and_goes(rate: int) -> None:
    chance = np.random.default_rng(5)
    noise = np.cumsum(chance.standard_normal(rate * 40))
    noise = np.diff(noise, prepend=0.0) * 0.5 + 0.02 * np.sin(np.cumsum(chance.standard_normal(rate * 40)) / 50)
    swell = 0.15 * (0.05 + np.abs(np.sin(np.arange(rate * 40) / rate / 3)))
    signal = np.clip(noise * swell, -0.99, 0.99)
    expected = pyloudnorm.Meter(rate).integrated_loudness(signal)
    found = measured(signal, rate).integrated
    # At low rates its shelf is designed otherwise than the standard's prototype.
    assert found == pytest.approx(expected, abs=0.1 if rate >= 32_000 else 0.5)


@pytest.mark.parametrize("quarter", [False, True])
def test_a_peak_between_two_samples_is_found(quarter: bool) -> None:
    phase = math.pi / 4 if quarter else 0.0
    signal = 0.5 * np.sin(2 * math.pi * RATE / 4 * np.arange(RATE) / RATE + phase)
    found = measured(signal * np.minimum(1, np.arange(RATE) / 4800))
    # EBU Tech 3341, cases 15 and 16: -6 dBTP, +0.2 and -0.4 dB.
    assert found.true_peak is not None
    assert -6.4 - 0.02 <= found.true_peak <= -5.8


def test_silence_and_too_little_have_no_loudness() -> None:
    assert measured(np.zeros(RATE * 5)).integrated is None
    assert measured(sine(-20, 0.3)).integrated is None
    assert measured(np.zeros(0)).true_peak is None


def test_a_programme_counts_from_its_beginning_which_may_lie_back() -> None:
    meter = LoudnessMeter(RATE)
    loud = np.rint(sine(-10, 1.0) * 32768).astype(np.int16)
    quiet = np.rint(sine(-30, 1.0) * 32768).astype(np.int16)
    for second in range(20):
        meter.feed(loud if second < 10 else quiet, ends=second + 1.0)
    meter.begin(14.0)
    meter.feed(quiet, ends=21.0)
    assert meter.now.integrated == pytest.approx(-30 - MONO, abs=0.1)
    assert meter.now.seconds == pytest.approx(7.0, abs=0.11)
