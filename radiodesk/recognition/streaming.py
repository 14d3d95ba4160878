"""Words while somebody speaks, from a recogniser that knows only whole clips.

The utterance that is being spoken is decoded again and again as it grows; what two readings in a row agree on is
settled (LocalAgreement-2 of Macháček, Dabre and Bojar, 2023). A pause, or ten seconds, closes it with one careful
reading. A slow machine reads less often, never later: each reading takes all that was heard.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from radiodesk.language.digit_words import tokens
from radiodesk.recognition.ports import Partial, Segment, Word
from radiodesk.recognition.silero import Samples
from radiodesk.recognition.voice_detector import RATE, Pauses, SpeechFinder, Utterance

_LONGEST = 10.0
_STEP = 0.8
_LEAST = 0.6
_SAME_PLACE = 0.15


class AgreeingSession:
    """A ``StreamingSession``: feed 16 kHz mono float32 PCM of any length.

    ``quick`` reads samples at once, times from their start; ``final`` reads a finished utterance, times of the session.
    ``Partial.settled`` holds every word settled since the session began.
    """

    def __init__(
        self,
        quick: Callable[[Samples], list[Word]],
        final: Callable[[Utterance], list[Segment]],
        clock: Callable[[], float],
        *,
        step: float = _STEP,
        finder: SpeechFinder | None = None,
    ) -> None:
        self._quick, self._final, self._clock = quick, final, clock
        self._step = step
        self._finder = finder or SpeechFinder(Pauses(longest=_LONGEST))
        self._settled: list[Word] = []
        self._agreed: list[Word] = []
        self._before: list[Word] = []
        self._tentative: list[Word] = []
        self._until = 0.0
        self._next = 0.0

    def feed(self, pcm: bytes) -> Partial | None:
        """Hear more; returns the words so far when they changed, else None."""
        samples = np.frombuffer(pcm, np.float32)
        self._until += len(samples) / RATE
        changed = False
        for utterance in self._finder.feed(samples):
            self._finish(utterance)
            changed = True
        opened = self._finder.open_samples()
        if opened and self._until >= self._next and len(opened.samples) >= _LEAST * RATE:
            self._read(opened)
            changed = True
        return self._partial() if changed else None

    def close(self) -> Partial:
        """The caller is gone: everything is settled."""
        for utterance in self._finder.flush():
            self._finish(utterance)
        self._settled += self._agreed
        self._agreed, self._tentative = [], []
        return self._partial()

    def _read(self, opened: Utterance) -> None:
        begun = self._clock()
        words = [
            replace(word, start=round(word.start + opened.start, 2), end=round(word.end + opened.start, 2))
            for word in self._quick(opened.samples)
        ]
        took = self._clock() - begun
        self._next = self._until + max(self._step, took)
        common = _common(self._before, words)
        self._agreed += words[len(self._agreed) : common]
        self._before = words
        self._tentative = words[len(self._agreed) :]

    def _finish(self, utterance: Utterance) -> None:
        words = [word for segment in self._final(utterance) for word in segment.words]
        reached = self._agreed[-1].end if self._agreed else -1.0
        rest = [word for word in words if (word.start + word.end) / 2 > reached]
        if self._agreed and rest and _same(self._agreed[-1], rest[0]) and rest[0].start - reached < _SAME_PLACE:
            rest = rest[1:]
        self._settled += [*self._agreed, *rest]
        self._agreed, self._before, self._tentative = [], [], []

    def _partial(self) -> Partial:
        return Partial((*self._settled, *self._agreed), tuple(self._tentative), round(self._until, 2))


def _common(before: list[Word], now: list[Word]) -> int:
    """How many words both readings begin with."""
    for number, (one, other) in enumerate(zip(before, now, strict=False)):
        if not _same(one, other):
            return number
    return min(len(before), len(now))


def _same(one: Word, other: Word) -> bool:
    return tokens(one.word) == tokens(other.word)
