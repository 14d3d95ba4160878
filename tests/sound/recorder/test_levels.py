"""Levels are what a sound engineer's meter shows."""

import math

import numpy as np
import pytest

from radiodesk.sound.line_setup import FLOOR
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder.levels import Meter

RATE = 8000


def sine(amplitude: float, seconds: float = 0.5) -> Pcm:
    return (amplitude * np.sin(2 * math.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)


@pytest.mark.parametrize(("amplitude", "peak"), [(32767, 0.0), (16384, -6.0), (328, -40.0)])
def test_peak_and_rms_of_a_sine(amplitude: float, peak: float) -> None:
    meter = Meter(RATE)
    meter.feed(sine(amplitude))
    assert meter.level.peak == pytest.approx(peak, abs=0.1)
    assert meter.level.rms == pytest.approx(peak - 3.0, abs=0.2)


def test_silence_is_at_the_floor_and_counted_in_seconds() -> None:
    meter = Meter(RATE)
    assert meter.level.rms == FLOOR
    for _ in range(12):
        meter.feed(np.zeros(RATE, np.int16))
    assert meter.level.quiet_seconds == pytest.approx(12.0)
    meter.feed(sine(3000))
    assert meter.level.quiet_seconds == 0.0


def test_the_lowest_sample_is_full_scale() -> None:
    meter = Meter(RATE)
    meter.feed(np.full(100, -32768, np.int16))
    assert (meter.level.peak, meter.level.rms) == (0.0, 0.0)


def test_a_clip_is_a_run_at_full_scale_not_one_peak() -> None:
    meter = Meter(RATE)
    block = sine(3000)
    block[100] = 32767
    assert not meter.feed(block)
    block[200:203] = 32767
    assert meter.feed(block)
    assert meter.level.clipping
    assert not meter.feed(block), "a clip that goes on is one clip"
    assert meter.level.clips == 1
