"""What crosses the port of recognition: timed words out of audio.

An engine is loaded late, in a worker process, by the name that the settings give; anyone may register another one
under the entry-point group ``radiodesk.transcribers``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Progress = Callable[[float, float], None]
"""Called with (seconds done, seconds in all) while a long piece of work goes on: an engine that is silent for ten
minutes counts as hanging, and its process is ended."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as heard; ``start`` and ``end`` in seconds from the start of the file, ``confidence`` 0 to 1."""

    start: float
    end: float
    word: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech between pauses, with its words in order; times in seconds."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcription:
    """What an engine heard in one file.

    ``duration`` is the length of the audio, ``seconds`` the time that the work took.
    """

    engine: str
    model: str
    language: str
    duration: float
    seconds: float
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """All segments as one line of text; empty when nothing was said."""
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Hints:
    """Local knowledge that may bias an engine: words to listen for, most wanted first."""

    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Partial:
    """Live words: ``settled`` will not change any more, ``tentative`` may; ``until`` is the audio time heard."""

    settled: tuple[Word, ...]
    tentative: tuple[Word, ...]
    until: float


class StreamingSession(Protocol):
    """Words while somebody speaks: feed 16 kHz mono float32 PCM, take partial results, close for the rest."""

    def feed(self, pcm: bytes) -> Partial | None: ...

    def close(self) -> Partial: ...


class Transcriber(Protocol):
    """Recognises speech in files, and in live audio where the engine can."""

    name: str
    model: str

    def transcribe(self, path: Path, *, hints: Hints = ..., progress: Progress | None = None) -> Transcription:
        """Hear one audio file of any common format; raises ``AudioUnreadable`` when it is none."""
        ...

    def stream(self, *, hints: Hints = ...) -> StreamingSession: ...
