"""The outline and the loudness of a recording agree with how it was made."""

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from radiodesk.sound.loudness import loudness
from radiodesk.sound.peaks import peaks
from tests.sound.sounds import tone, write_wav


def test_peaks_follow_the_sound(tmp_path: Path) -> None:
    quiet, loud = tone(1.0, 8000, level=0.1), tone(1.0, 8000, level=0.8)
    path = write_wav(tmp_path / "call.wav", np.concatenate([quiet, loud]), 8000)

    found = peaks(path, per_second=20)

    assert len(found) == 40
    assert max(found[:19]) == pytest.approx(0.1, abs=0.01)
    assert min(found[21:]) == pytest.approx(0.8, abs=0.02)


def test_long_recordings_get_coarser_peaks(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "show.wav", tone(30.0, 8000), 8000)

    assert len(peaks(path, per_second=20, at_most=100)) <= 100


def test_peaks_never_exceed_one(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "clipped.wav", np.sign(tone(1.0, 44100)), 44100)

    assert max(peaks(path)) <= 1.0


@pytest.mark.parametrize("level", [0.05, 0.5])
def test_loudness_agrees_with_the_standard_over_the_whole_file(tmp_path: Path, level: float) -> None:
    rng = np.random.default_rng(5)
    speechlike = np.concatenate([rng.normal(0, level * part, 48000 * 20) for part in (0.1, 0.3, 0.02, 0.2)])
    samples = np.clip(speechlike, -1, 1).astype(np.float32)
    path = write_wav(tmp_path / "call.wav", samples, 48000, "FLOAT")

    expected = pyloudnorm.Meter(48000).integrated_loudness(samples)

    assert loudness(path) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("samples", [np.zeros(48000, np.float32), tone(0.2, 48000)])
def test_silence_and_a_blink_have_no_loudness(tmp_path: Path, samples: NDArray[np.float32]) -> None:
    assert loudness(write_wav(tmp_path / "call.wav", samples, 48000)) is None
