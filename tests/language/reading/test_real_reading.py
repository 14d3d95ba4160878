"""A reader whom the station's recogniser hears: followed as it goes, and proven afterwards."""

from pathlib import Path

import numpy as np
import pytest

from radiodesk.language.reading import Kind, as_read
from radiodesk.recognition.engines.whisper import WhisperTranscriber
from radiodesk.sound.encoder import write_blocks
from scripts.bench_prompter import RATE, SPEED, Figures, followed, live_words, measure, planted_reading
from scripts.espeak_words import WordReader
from scripts.prompter_scripts import SCRIPTS

MODEL = Path("models/whisper-base")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MODEL.exists(), reason="needs models/whisper-base"),
]


def test_a_reading_with_slips_is_followed_and_what_was_not_read_is_told(tmp_path: Path) -> None:
    sample = planted_reading(5, SCRIPTS[5], WordReader("id", SPEED))
    engine = WhisperTranscriber(MODEL, clock=lambda: 0.0)  # as on a machine that is fast enough
    places, _ = followed(sample, live_words(sample, engine, lambda: 0.0))
    figures = Figures()
    measure(sample, places, figures)
    assert float(np.median(figures.lines)) < 1
    assert max(figures.ahead, default=0) <= 1
    sound = tmp_path / "reading.flac"
    write_blocks(sound, [sample.sound], RATE, 1, "PCM_16")
    heard = engine.transcribe(sound)
    result = as_read(sample.script, [word for segment in heard.segments for word in segment.words])
    # What is planted at a word stands in the differences at that word, be it as probably misheard.
    changed = [one.word for one in sample.planted if one.kind is Kind.CHANGED]
    found = [any(part.word <= word < part.word_end for part in result.differences) for word in changed]
    assert len(found) >= 2 and any(found)
    assert any(one.kind is Kind.ADDED for one in result.differences)
    assert 60 <= result.percent < 100
