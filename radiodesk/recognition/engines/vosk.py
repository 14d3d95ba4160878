"""Vosk: streaming recognition with any model folder in Vosk's layout, and with a list of phrases as its grammar.

It gives words while somebody speaks without decoding anything twice. No Indonesian model of it can be fetched without
asking its makers (see ``models/registry.toml``); any folder is loaded by its path.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from radiodesk.recognition.model_registry import ModelUnusable
from radiodesk.recognition.pieces import NO_HINTS, Piece, collect
from radiodesk.recognition.ports import Hints, Partial, Progress, Segment, StreamingSession, Transcription, Word
from radiodesk.sound.decoder import decode, probe

_RATE = 16_000
_NEEDS = ("am/final.mdl", "conf/mfcc.conf")


class VoskTranscriber:
    """``radiodesk.transcribers``: ``model_dir`` is a Vosk model folder; raises ``ModelUnusable``.

    ``grammar`` limits what can be heard to these phrases (models with a dynamic graph only). ``place`` and ``threads``
    change nothing: the model knows no prompt, and the library works on one thread.
    """

    name = "vosk"

    def __init__(
        self,
        model_dir: Path,
        *,
        language: str = "id",
        place: str = "",
        threads: int = 1,
        grammar: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        import vosk

        for need in _NEEDS:
            if not (model_dir / need).is_file():
                raise ModelUnusable(
                    "%(folder)s is no Vosk model folder: it has no %(need)s.", folder=model_dir, need=need
                )
        vosk.SetLogLevel(-1)
        self.model = model_dir.name
        self.language = language
        self._vosk: Any = vosk
        self._model: Any = vosk.Model(str(model_dir))
        unknown = ["[unk]"] if self._model.vosk_model_find_word("[unk]") >= 0 else []
        self._grammar = json.dumps([*grammar, *unknown], ensure_ascii=False) if grammar else None
        self._clock = clock

    def transcribe(self, path: Path, *, hints: Hints = NO_HINTS, progress: Progress | None = None) -> Transcription:
        """Hear one file; hints are not used, a grammar is. Raises ``AudioUnreadable``."""
        return collect(self, path, hints=hints, progress=progress, clock=self._clock)

    def pieces(self, path: Path, *, hints: Hints = NO_HINTS, start: float = 0.0) -> Iterator[Piece]:
        """Hear a file bit by bit from ``start`` seconds on, each piece ending in a pause."""
        recogniser = self.recogniser()
        for number, block in enumerate(decode(path, _RATE, start=start, kind="int16"), 1):
            if recogniser.AcceptWaveform(block.tobytes()):
                segment = segment_of(recogniser.Result(), start)
                yield Piece(start + number, (segment,) if segment else ())
        segment = segment_of(recogniser.FinalResult(), start)
        yield Piece(probe(path).duration, (segment,) if segment else ())

    def stream(self, *, hints: Hints = NO_HINTS) -> StreamingSession:
        """A session for live words."""
        return VoskSession(self.recogniser())

    def recogniser(self) -> Any:
        """A fresh recogniser of the library, with word times on."""
        arguments = (self._model, _RATE, self._grammar) if self._grammar else (self._model, _RATE)
        recogniser = self._vosk.KaldiRecognizer(*arguments)
        recogniser.SetWords(True)
        recogniser.SetPartialWords(True)
        return recogniser


class VoskSession:
    """A ``StreamingSession``: Vosk's partial results are tentative, what it closes at a pause is settled."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._settled: list[Word] = []
        self._shown: tuple[Word, ...] = ()
        self._until = 0.0

    def feed(self, pcm: bytes) -> Partial | None:
        """Hear more; returns the words so far when they changed, else None."""
        samples = np.frombuffer(pcm, np.float32)
        self._until += len(samples) / _RATE
        clipped = np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int16)
        if self._recogniser.AcceptWaveform(clipped.tobytes()):
            self._settle(self._recogniser.Result())
            self._shown = ()
            return Partial(tuple(self._settled), (), round(self._until, 2))
        words = _words(json.loads(self._recogniser.PartialResult()).get("partial_result", ()), 0.0)
        if words == self._shown:
            return None
        self._shown = words
        return Partial(tuple(self._settled), words, round(self._until, 2))

    def close(self) -> Partial:
        """The caller is gone: everything is settled."""
        self._settle(self._recogniser.FinalResult())
        return Partial(tuple(self._settled), (), round(self._until, 2))

    def _settle(self, result: str) -> None:
        segment = segment_of(result, 0.0)
        if segment:
            self._settled.extend(segment.words)


def segment_of(result: str, offset: float) -> Segment | None:
    """A segment out of Vosk's JSON, ``offset`` seconds later; None when it holds no word."""
    words = _words(json.loads(result).get("result", ()), offset)
    if not words:
        return None
    return Segment(words[0].start, words[-1].end, " ".join(word.word for word in words), words)


def _words(items: Sequence[dict[str, Any]], offset: float) -> tuple[Word, ...]:
    return tuple(
        Word(round(item["start"] + offset, 2), round(item["end"] + offset, 2), item["word"], round(item["conf"], 3))
        for item in items
        if item["word"] != "[unk]"
    )
