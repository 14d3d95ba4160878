"""Mel spectrogram and tokens of Whisper, as faster-whisper makes them. The one file that uses these modules of it.

faster-whisper documents ``WhisperModel`` alone; ``transcribe`` there cannot be given other windows or hand back all
hypotheses (see ``whisper_decoder``).
"""

from typing import Any

import numpy as np
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class MelSpectrogram:
    """Samples at 16 kHz to ``bands`` rows, one column each 160 samples."""

    def __init__(self, bands: int) -> None:
        self._extractor = FeatureExtractor(feature_size=bands)

    def __call__(self, samples: Samples) -> Samples:
        mel: Samples = self._extractor(samples, padding=0)
        return mel


def whisper_tokenizer(tokenizer: str, language: str) -> Any:
    """``tokenizer`` (the text of a ``tokenizer.json``) with Whisper's marks for transcribing ``language``."""
    return Tokenizer(tokenizers.Tokenizer.from_str(tokenizer), True, task="transcribe", language=language)
