"""As much of sherpa_onnx as the engine and the voice use.

The recogniser hears a token for each loud fifth of a second; the voice hums for as long as the words would take. Names,
argument names and defaults were checked against sherpa-onnx 2.0.1.
"""

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

RATE = 16_000
_STEP = RATE // 5
FILES = ("tokens.txt", "encoder-99.int8.onnx", "decoder-99.onnx", "joiner-99.int8.onnx")
VOICE_FILES = (
    "duration_predictor.int8.onnx",
    "text_encoder.int8.onnx",
    "vector_estimator.int8.onnx",
    "vocoder.int8.onnx",
    "tts.json",
    "unicode_indexer.bin",
    "voice.bin",
)
VOICE_RATE = 44_100
TOKENS = ("▁jalan", "▁ru", "sak", "▁di", "▁desa")
VOICE = (0.3 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)).astype(np.float32)


class Stream:
    """Sound that waits and tokens that were found in it."""

    def __init__(self) -> None:
        self.waiting = np.empty(0, np.float32)
        self.finished = False
        self.steps = self.quiet = 0
        self.tokens: list[str] = []
        self.timestamps: list[float] = []

    def accept_waveform(self, sample_rate: float, waveform: Any) -> None:
        assert sample_rate == RATE
        assert not self.finished
        self.waiting = np.concatenate([self.waiting, waveform])

    def input_finished(self) -> None:
        self.finished = True


class OnlineRecognizer:
    """The recogniser, made as the library makes it."""

    @classmethod
    def from_transducer(
        cls,
        tokens: str,
        encoder: str,
        decoder: str,
        joiner: str,
        num_threads: int = 2,
        sample_rate: float = RATE,
        enable_endpoint_detection: bool = False,
    ) -> "OnlineRecognizer":
        assert enable_endpoint_detection
        assert num_threads
        for path, begin in ((tokens, "tokens"), (encoder, "encoder"), (decoder, "decoder"), (joiner, "joiner")):
            assert Path(path).name.startswith(begin)
            assert Path(path).is_file()
        return cls()

    def create_stream(self) -> Stream:
        return Stream()

    def is_ready(self, stream: Stream) -> bool:
        return len(stream.waiting) >= _STEP

    def decode_stream(self, stream: Stream) -> None:
        step, stream.waiting = stream.waiting[:_STEP], stream.waiting[_STEP:]
        if np.abs(step).mean() > 0.1:
            stream.tokens.append(TOKENS[len(stream.tokens) % len(TOKENS)])
            stream.timestamps.append(stream.steps * _STEP / RATE)
            stream.quiet = 0
        else:
            stream.quiet += 1
        stream.steps += 1

    def get_result_all(self, stream: Stream) -> SimpleNamespace:
        return SimpleNamespace(
            tokens=list(stream.tokens), timestamps=list(stream.timestamps), ys_probs=[-0.1] * len(stream.tokens)
        )

    def is_endpoint(self, stream: Stream) -> bool:
        return stream.quiet >= 6

    def reset(self, stream: Stream) -> None:
        stream.tokens, stream.timestamps, stream.steps, stream.quiet = [], [], 0, 0


class OfflineTtsSupertonicModelConfig:
    """The files of a voice."""

    def __init__(
        self,
        duration_predictor: str,
        text_encoder: str,
        vector_estimator: str,
        vocoder: str,
        tts_json: str,
        unicode_indexer: str,
        voice_style: str,
    ) -> None:
        paths = (duration_predictor, text_encoder, vector_estimator, vocoder, tts_json, unicode_indexer, voice_style)
        self.whole = tuple(Path(path).name for path in paths) == VOICE_FILES and all(
            Path(path).is_file() for path in paths
        )


class OfflineTtsModelConfig:
    """A voice with its threads."""

    def __init__(self, supertonic: OfflineTtsSupertonicModelConfig, num_threads: int = 1) -> None:
        self.supertonic = supertonic
        assert num_threads


class OfflineTtsConfig:
    """What the library is given."""

    def __init__(self, model: OfflineTtsModelConfig) -> None:
        self.model = model

    def validate(self) -> bool:
        return self.model.supertonic.whole


class GenerationConfig:
    """How a text is to be spoken."""

    def __init__(self) -> None:
        self.sid, self.speed, self.num_steps = 0, 1.0, 5
        self.extra: dict[str, str] = {}


class OfflineTts:
    """A voice of ten speakers."""

    num_speakers = 10

    def __init__(self, config: OfflineTtsConfig) -> None:
        assert config.validate()

    def generate(self, text: str, config: GenerationConfig) -> SimpleNamespace:
        assert config.extra == {"lang": "id"}
        assert 0 <= config.sid < self.num_speakers
        seconds = 0.42 * len(text.split()) / config.speed
        hum = 0.3 * np.sin(2 * np.pi * 150 * np.arange(int(seconds * VOICE_RATE)) / VOICE_RATE)
        return SimpleNamespace(samples=hum.tolist(), sample_rate=VOICE_RATE)


def library() -> ModuleType:
    """The stub as a module."""
    module = ModuleType("sherpa_onnx")
    for part in (
        OnlineRecognizer,
        OfflineTtsSupertonicModelConfig,
        OfflineTtsModelConfig,
        OfflineTtsConfig,
        GenerationConfig,
        OfflineTts,
    ):
        setattr(module, part.__name__, part)
    return module
