"""Supertonic through sherpa-onnx as a voice, for stations that put its model in place.

Kept thin, and tested against a stub of the library only: nobody here could have the model
(``sherpa-onnx-supertonic-3-tts-int8``), and the library is an extra (``pip install radiodesk[sherpa]``).
"""

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from radiodesk.core.atomic_files import replacing
from radiodesk.voices.ports import VoiceInfo, VoiceSetup
from radiodesk.voices.voice_checks import Unusable, checked_seconds
from radiodesk.voices.voice_failure import VoiceFailed

_MODEL_PACE = 150
_STEPS = 8
_FILES = {
    "duration_predictor": "duration_predictor*.onnx",
    "text_encoder": "text_encoder*.onnx",
    "vector_estimator": "vector_estimator*.onnx",
    "vocoder": "vocoder*.onnx",
    "tts_json": "tts.json",
    "unicode_indexer": "unicode_indexer.bin",
    "voice_style": "voice.bin",
}


class SherpaVoice:
    """Speaks with the model in ``folder``; the voices are its speakers, by their numbers."""

    name = "sherpa"

    def __init__(self, folder: Path, *, language: str = "id", threads: int = 2) -> None:
        try:
            self._library: Any = importlib.import_module("sherpa_onnx")
        except ImportError:
            raise VoiceFailed(
                "The voice sherpa needs the package sherpa-onnx: “pip install 'radiodesk[sherpa]'” installs it."
            ) from None
        model = self._library.OfflineTtsSupertonicModelConfig(
            **{part: str(_only(folder, pattern)) for part, pattern in _FILES.items()}
        )
        config = self._library.OfflineTtsConfig(
            model=self._library.OfflineTtsModelConfig(supertonic=model, num_threads=threads)
        )
        if not config.validate():
            raise VoiceFailed("%(folder)s holds no usable Supertonic model.", folder=folder)
        self._engine: Any = self._library.OfflineTts(config)
        self._language = language

    @classmethod
    def set_up(cls, setup: VoiceSetup) -> "SherpaVoice":
        """The voice as the station's settings want it; raises ``VoiceFailed`` where they name no model."""
        if setup.model is None:
            raise VoiceFailed("The voice sherpa needs a model: name its folder in the setting voice_model.")
        return cls(setup.model)

    def voices(self) -> Iterable[VoiceInfo]:
        """The speakers of the model."""
        for number in range(self._engine.num_speakers):
            yield VoiceInfo(id=str(number), name=f"Supertonic {number + 1}", language=self._language)

    def speak(self, text: str, target: Path, *, voice: str = "0", words_per_minute: int = 140) -> float:
        """Write ``target`` (mono 16-bit WAV) and return its seconds; raises ``VoiceFailed``."""
        if not any(sign.isalnum() for sign in text):
            raise VoiceFailed("There is nothing to say: the text has no words.")
        manner = self._library.GenerationConfig()
        manner.sid, manner.num_steps, manner.extra = int(voice), _STEPS, {"lang": self._language}
        manner.speed = words_per_minute / _MODEL_PACE
        spoken = self._engine.generate(" ".join(text.split()), manner)
        samples = np.asarray(spoken.samples, np.float32)
        try:
            with replacing(target) as draft:
                soundfile.write(draft, samples, spoken.sample_rate, "PCM_16", format="WAV")
                return checked_seconds(draft, text, words_per_minute)
        except Unusable as unusable:
            raise VoiceFailed("The voice sherpa wrote no usable sound (%(reason)s).", reason=unusable) from unusable


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise VoiceFailed("%(folder)s is no Supertonic model folder: it has no %(need)s.", folder=folder, need=pattern)
    return found[0]
