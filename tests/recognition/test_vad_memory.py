"""The voice detector hears the last speaker of a long recording as well as the first."""

from pathlib import Path

import numpy as np
import pytest

from radiodesk.recognition.voice_detector import RATE, SpeechFinder
from radiodesk.sound.decoder import read_all
from scripts.bench_speech import read_clips

SPEECH = Path(__file__).parents[3] / "shared" / "data" / "speech"


def test_pauses_do_not_make_it_deaf() -> None:
    if not (SPEECH / "clips.tsv").is_file():
        pytest.skip("the speech set is not here")
    clips = [read_all(clip.path) for clip in read_clips(SPEECH, "phone")[195:225]]

    def spoken(samples: np.ndarray) -> float:
        finder = SpeechFinder()
        return sum(len(found.samples) for found in [*finder.feed(samples), *finder.flush()]) / RATE

    apart = sum(spoken(clip) for clip in clips)
    joined = spoken(np.concatenate([part for clip in clips for part in (clip, np.zeros(RATE, np.float32))]))

    assert joined > 0.95 * apart
