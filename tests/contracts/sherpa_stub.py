"""As much of sherpa_onnx's OnlineRecognizer as the engine uses: it hears a token for each loud fifth of a second."""

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

RATE = 16_000
_STEP = RATE // 5
FILES = ("tokens.txt", "encoder-99.int8.onnx", "decoder-99.onnx", "joiner-99.int8.onnx")
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


def library() -> ModuleType:
    """The stub as a module."""
    module = ModuleType("sherpa_onnx")
    module.OnlineRecognizer = OnlineRecognizer  # type: ignore[attr-defined]
    return module
