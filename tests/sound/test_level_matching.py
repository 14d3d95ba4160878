"""Every sound comes out as loud as the station wants it, and under the true peak."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from radiodesk.sound.level_matching import TRUE_PEAK, match_level, measured

RATE = 48_000


def speech(folder: Path) -> Path:
    path = folder / "kata.wav"
    words = "Lalu lintas di Jalan Veteran padat merayap, harap berhati-hati di simpang empat. " * 2
    subprocess.run(["espeak-ng", "-v", "id", "-w", str(path), words], check=True)
    return path


def clicks(folder: Path) -> Path:
    """Soft noise with peaks up to the brim."""
    noise = np.random.default_rng(1).normal(0, 0.05, RATE * 4)
    noise[::4800] = 0.99
    soundfile.write(folder / "letup.wav", noise, RATE)
    return folder / "letup.wav"


def loud_stereo(folder: Path) -> Path:
    tone = 0.9 * np.sin(np.arange(RATE * 3) / 20)
    soundfile.write(folder / "nada.flac", np.stack([tone, tone], axis=1), RATE)
    return folder / "nada.flac"


@pytest.mark.parametrize("lufs", [-16.0, -18.0, -23.0])
@pytest.mark.parametrize("made", [speech, clicks, loud_stereo])
def test_it_is_within_half_a_unit_and_under_the_true_peak(made: object, lufs: float, tmp_path: Path) -> None:
    assert callable(made)
    target = tmp_path / "siap.flac"
    told = match_level(made(tmp_path), target, lufs)
    found = measured(target)
    assert found == told
    assert found.lufs == pytest.approx(lufs, abs=0.5)
    assert found.true_peak <= TRUE_PEAK
    assert soundfile.info(target).samplerate == RATE
    assert soundfile.info(target).channels == 1


def test_silence_stays_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "hening.wav", np.zeros(RATE), RATE)
    assert match_level(tmp_path / "hening.wav", tmp_path / "siap.flac", -18.0).lufs is None
