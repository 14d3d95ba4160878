"""The outline and the loudness of a recording agree with how it was made."""

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from radiodesk.sound.decoder import decode
from radiodesk.sound.encoder import derive_mp3
from radiodesk.sound.loudness import gain_to, loudness
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


def speechlike(level: float, rate: int) -> NDArray[np.float32]:
    """Twenty seconds of noise that comes and goes as syllables and pauses do."""
    rng = np.random.default_rng(7)
    at = np.arange(20 * rate) / rate
    swing = (0.5 + 0.5 * np.sin(2 * np.pi * 4 * at)) * (np.sin(2 * np.pi * 0.3 * at) > -0.6)
    # Most of a voice lies below 1 kHz.
    slow = np.convolve(rng.normal(0, 1, len(at)), np.exp(-2 * np.pi * 500 * np.arange(rate // 100) / rate), "same")
    made: NDArray[np.float32] = np.clip(level * slow / slow.std() * swing, -1, 1).astype(np.float32)
    return made


@pytest.mark.parametrize("level", [0.004, 0.02, 0.1, 0.5])
@pytest.mark.parametrize("rate", [8000, 48000])
def test_a_public_copy_has_the_loudness_that_is_asked_for_and_no_peak_beyond_the_ceiling(
    tmp_path: Path, level: float, rate: int
) -> None:
    path = write_wav(tmp_path / "call.wav", speechlike(level, rate), rate)
    before = loudness(path)
    assert before is not None

    info = derive_mp3(path, tmp_path / "call.mp3", gain=gain_to(-16.0, path))

    wanted = min(-16.0, before + 20)
    # A limiter that works takes some of the loudness; more than a listener notices it must not take.
    assert loudness(tmp_path / "call.mp3") == pytest.approx(wanted, abs=1.0)
    sound = np.concatenate(list(decode(tmp_path / "call.mp3", 96_000)))
    assert np.abs(sound).max() < 10 ** (-0.5 / 20)
    assert info.duration == pytest.approx(20.0, abs=0.3)


def test_silence_stays_silent_and_what_is_loud_enough_is_not_touched(tmp_path: Path) -> None:
    quiet = write_wav(tmp_path / "quiet.wav", np.zeros(48000, np.float32), 48000)
    derive_mp3(quiet, tmp_path / "quiet.mp3", gain=gain_to(-16.0, quiet))
    assert np.abs(np.concatenate(list(decode(tmp_path / "quiet.mp3", 24_000)))).max() < 0.001
    path = write_wav(tmp_path / "call.wav", speechlike(0.1, 24000), 24000)
    derive_mp3(path, tmp_path / "plain.mp3")
    derive_mp3(path, tmp_path / "same.mp3", gain=gain_to(loudness(path) or 0.0, path))
    assert (tmp_path / "plain.mp3").read_bytes() == (tmp_path / "same.mp3").read_bytes()


@pytest.mark.parametrize("samples", [np.zeros(48000, np.float32), tone(0.2, 48000)])
def test_silence_and_a_blink_have_no_loudness(tmp_path: Path, samples: NDArray[np.float32]) -> None:
    assert loudness(write_wav(tmp_path / "call.wav", samples, 48000)) is None
