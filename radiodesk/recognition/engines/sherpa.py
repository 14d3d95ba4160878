"""sherpa-onnx: the streaming zipformer that knows Indonesian, for stations that put its model in place.

Kept thin, and tested against a stub of the library only: nobody here could have the model
(``sherpa-onnx-streaming-zipformer-ar_en_id_ja_ru_th_vi_zh-2025-02-10``), and the library is an extra
(``pip install radiodesk[sherpa]``).
"""

import importlib
import time
from collections.abc import Callable, Iterator
from math import exp
from pathlib import Path
from typing import Any

import numpy as np

from radiodesk.recognition.model_registry import ModelUnusable
from radiodesk.recognition.pieces import NO_HINTS, Piece, collect
from radiodesk.recognition.ports import Hints, Partial, Progress, Segment, StreamingSession, Transcription, Word
from radiodesk.sound.decoder import decode, probe

_RATE = 16_000
_WORD_START = "▁"
_TOKEN_SECONDS = 0.04


class SherpaTranscriber:
    """A transcriber on a folder with int8 encoder and joiner, float decoder, tokens.txt; raises ``ModelUnusable``.

    ``place`` changes nothing: the model knows no prompt.
    """

    name = "sherpa"

    def __init__(
        self,
        model_dir: Path,
        *,
        language: str = "id",
        place: str = "",
        threads: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            library: Any = importlib.import_module("sherpa_onnx")
        except ImportError:
            raise ModelUnusable(
                "The recogniser sherpa needs the package sherpa-onnx: “pip install 'radiodesk[sherpa]'” installs it."
            ) from None
        self.model = model_dir.name
        self.language = language
        self._clock = clock
        self._recogniser: Any = library.OnlineRecognizer.from_transducer(
            tokens=str(_only(model_dir, "tokens.txt")),
            encoder=str(_only(model_dir, "encoder*.int8.onnx")),
            decoder=str(_only(model_dir, "decoder*.onnx")),
            joiner=str(_only(model_dir, "joiner*.int8.onnx")),
            num_threads=threads,
            sample_rate=_RATE,
            enable_endpoint_detection=True,
        )

    def transcribe(self, path: Path, *, hints: Hints = NO_HINTS, progress: Progress | None = None) -> Transcription:
        """Hear one file; hints are not used. Raises ``AudioUnreadable``."""
        return collect(self, path, hints=hints, progress=progress, clock=self._clock)

    def pieces(self, path: Path, *, hints: Hints = NO_HINTS, start: float = 0.0) -> Iterator[Piece]:
        """Hear a file bit by bit from ``start`` seconds on, each piece ending in a pause."""
        session = SherpaSession(self._recogniser, start)
        given = 0
        for block in decode(path, _RATE, start=start):
            partial = session.feed(block.tobytes())
            if partial and len(partial.settled) > given:
                yield Piece(partial.until, (_segment(partial.settled[given:]),))
                given = len(partial.settled)
        rest = session.close().settled[given:]
        yield Piece(probe(path).duration, (_segment(rest),) if rest else ())

    def stream(self, *, hints: Hints = NO_HINTS) -> StreamingSession:
        """A session for live words."""
        return SherpaSession(self._recogniser)


class SherpaSession:
    """A ``StreamingSession``; times count from ``start``."""

    def __init__(self, recogniser: Any, start: float = 0.0) -> None:
        self._recogniser = recogniser
        self._stream: Any = recogniser.create_stream()
        self._until = self._begun = start
        self._settled: list[Word] = []
        self._shown: list[Word] = []

    def feed(self, pcm: bytes) -> Partial | None:
        """Hear more; returns the words so far when they changed, else None."""
        samples = np.frombuffer(pcm, np.float32)
        self._until += len(samples) / _RATE
        self._stream.accept_waveform(_RATE, samples)
        words = self._decoded()
        if self._recogniser.is_endpoint(self._stream):
            self._settled += words
            self._recogniser.reset(self._stream)
            self._begun = self._until
            changed, self._shown = bool(words), []
        else:
            changed, self._shown = words != self._shown, words
        return self._partial() if changed else None

    def close(self) -> Partial:
        """The caller is gone: everything is settled."""
        self._stream.accept_waveform(_RATE, np.zeros(_RATE // 2, np.float32))
        self._stream.input_finished()
        self._settled += self._decoded()
        self._shown = []
        return self._partial()

    def _decoded(self) -> list[Word]:
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)
        result = self._recogniser.get_result_all(self._stream)
        return _words(result.tokens, result.timestamps, result.ys_probs, self._begun)

    def _partial(self) -> Partial:
        return Partial(tuple(self._settled), tuple(self._shown), round(self._until, 2))


def _words(tokens: list[str], times: list[float], log_probabilities: list[float], begun: float) -> list[Word]:
    """Sentence-piece tokens joined to words: a word begins where a token carries the mark of a space."""
    words: list[Word] = []
    likely = [*log_probabilities, *[0.0] * (len(tokens) - len(log_probabilities))]
    for token, second, log_probability in zip(tokens, times, likely, strict=False):
        start = round(begun + second, 2)
        end = round(start + _TOKEN_SECONDS, 2)
        confidence = round(min(exp(log_probability), 1.0), 3)
        text = token.removeprefix(_WORD_START).strip()
        if not words or token.startswith((_WORD_START, " ")):
            words.append(Word(start, end, text, confidence))
        else:
            before = words[-1]
            words[-1] = Word(before.start, end, before.word + text, min(before.confidence, confidence))
    return [word for word in words if word.word]


def _segment(words: tuple[Word, ...]) -> Segment:
    return Segment(words[0].start, words[-1].end, " ".join(word.word for word in words), words)


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise ModelUnusable(
            "%(folder)s is no sherpa-onnx model folder: it has no %(need)s.", folder=folder, need=pattern
        )
    return found[0]
