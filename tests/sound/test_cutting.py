"""What must not be heard cannot be heard, and the rest is as it was."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from radiodesk.sound.cuts import bleep, cut
from radiodesk.sound.decoder import probe
from radiodesk.sound.stretches import Span, merged, remaining
from tests.sound.sounds import pitch, tone, write_encoded, write_wav


def _read(path: Path) -> NDArray[np.float32]:
    samples: NDArray[np.float32] = soundfile.read(path, dtype="float32")[0]
    return samples


def test_under_a_bleep_nothing_of_the_speech_is_left(tmp_path: Path) -> None:
    secret = np.random.default_rng(1).uniform(-0.5, 0.5, 48000).astype(np.float32)
    source = write_wav(tmp_path / "in.wav", secret)

    bleep(source, tmp_path / "out.flac", [Span(1.0, 2.0)], tone_hz=1000)

    heard, said = _read(tmp_path / "out.flac"), _read(source)
    assert pitch(heard[16000:32000], 16000) == pytest.approx(1000, abs=1)
    assert abs(np.corrcoef(heard[16000:32000], said[16000:32000])[0, 1]) < 0.03
    assert np.array_equal(heard[:15900], said[:15900])
    assert np.array_equal(heard[32100:], said[32100:])


def test_a_bleep_across_blocks_has_no_seam(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "in.wav", np.zeros(16000 * 4, np.float32))

    bleep(source, tmp_path / "out.flac", [Span(0.5, 3.5)])

    inside = _read(tmp_path / "out.flac")[8000:56000]
    assert np.abs(inside - tone(4.0, hz=1000, level=0.1)[8000:56000]).max() < 1e-3


def test_both_channels_are_bleeped(tmp_path: Path) -> None:
    stereo = np.stack([tone(2.0, hz=300), tone(2.0, hz=500)], axis=1)
    source = write_wav(tmp_path / "in.wav", stereo)

    bleep(source, tmp_path / "out.flac", [Span(0.0, 9.0)])

    heard = _read(tmp_path / "out.flac")
    assert {round(pitch(heard[:, channel], 16000)) for channel in (0, 1)} == {1000}


def test_cutting_removes_the_span_and_says_what_was_kept(tmp_path: Path) -> None:
    samples = np.concatenate([tone(1.0, hz=300), tone(1.0, hz=600), tone(1.0, hz=900)])
    source = write_wav(tmp_path / "in.wav", samples)

    kept = cut(source, tmp_path / "out.flac", [Span(1.0, 2.0)])

    assert kept == [Span(0.0, 1.0), Span(2.0, 3.0)]
    heard = _read(tmp_path / "out.flac")
    assert len(heard) == 32000
    assert pitch(heard[:16000], 16000) == pytest.approx(300, abs=2)
    assert pitch(heard[16000:], 16000) == pytest.approx(900, abs=2)


def test_a_cut_does_not_click(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "in.wav", np.full(48000, 0.5, np.float32))

    cut(source, tmp_path / "out.flac", [Span(1.0, 2.0)])

    heard = _read(tmp_path / "out.flac")
    assert np.abs(np.diff(heard)).max() < 0.02
    assert abs(heard[16000]) < 0.05


def test_a_compressed_source_can_be_bleeped(tmp_path: Path) -> None:
    source = write_encoded(tmp_path / "note.ogg", "opus.ogg", seconds=2.0)

    made = bleep(source, tmp_path / "out.flac", [Span(0.5, 1.0)])

    assert made.duration == pytest.approx(probe(source).duration, abs=0.05)


def test_cutting_everything_is_refused(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "in.wav", tone(1.0))

    with pytest.raises(ValueError, match="nothing"):
        cut(source, tmp_path / "out.flac", [Span(0.0, 2.0)])


def test_spans_are_put_in_order_and_joined() -> None:
    assert merged([Span(5, 6), Span(-1, 2), Span(1, 3), Span(3, 4), Span(9, 9)]) == [Span(0.0, 4), Span(5, 6)]
    assert remaining(10, [Span(0.0, 4), Span(5, 6), Span(12, 13)]) == [Span(4, 5), Span(6, 10)]
