"""Finds speech in a stream: Silero's voice activity detector, with its state carried from block to block.

The network (MIT, shipped inside faster-whisper) gives a probability every 32 ms. This module makes utterances of
that: cut at pauses, padded, never longer than a recogniser's window, in constant memory.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from radiodesk.recognition.silero import CONTEXT, WINDOW, Samples, SileroNetwork

RATE = 16_000
_STRIDE = 8 * WINDOW
_QUIET = 0.01
_WEARY = 2.0
_LOUDEST = 0.1
_FADING = 0.8  # of the loudest sound so far, a second


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech between two pauses: ``start`` in seconds from the start of the sound, its samples at 16 kHz."""

    start: float
    samples: Samples

    @property
    def end(self) -> float:
        """Where it ends, in seconds."""
        return self.start + len(self.samples) / RATE

    def later(self, seconds: float) -> "Utterance":
        """The same speech, in a recording that began ``seconds`` earlier."""
        return Utterance(self.start + seconds, self.samples)

    def after(self, second: float) -> "Utterance":
        """What of it lies after ``second``, which may be nothing."""
        gone = round(max(0.0, second - self.start) * RATE)
        return Utterance(self.start + gone / RATE, self.samples[gone:]) if gone else self


@dataclass(frozen=True, slots=True)
class Pauses:
    """How utterances are cut: probabilities that begin and end speech, and seconds for the rest.

    Once there is speech, what is only ``faint`` belongs to it, up to ``reach`` seconds before and after and over gaps
    of at most ``bridge``: of a voice through a narrow line the network is sure in the middle of a sentence alone.
    """

    threshold: float = 0.5
    release: float = 0.35
    faint: float = 0.1
    reach: float = 2.0
    bridge: float = 0.3
    silence: float = 0.5
    shortest: float = 0.1
    longest: float = 14.0
    padding: float = 0.25

    @property
    def lookback(self) -> float:
        """Seconds before sure speech that may belong to its utterance."""
        return self.padding + self.reach


class SpeechProbability:
    """The network with its state: feed whole windows of 512 samples in order, take one probability each.

    Loud sound is turned down first: of loud speech through a sharply cut telephone band the network hears a sixth less,
    and some callers not at all. Quiet sound stays as it is.
    """

    def __init__(self) -> None:
        self._network = SileroNetwork()
        self._context: Samples = np.zeros(CONTEXT, np.float32)
        self._peak = 0.0

    def reset(self) -> None:
        """Clear the recurrent state: after long silence the network would miss the beginning of the next speech.

        Not after music or tones: without the state their next note is taken for a voice.
        """
        self._network.reset()

    def __call__(self, samples: Samples) -> Samples:
        self._peak = max(float(np.abs(samples).max()), self._peak * _FADING ** (len(samples) / RATE))
        windows = samples.reshape(-1, WINDOW) * np.float32(min(1.0, _LOUDEST / max(self._peak, _LOUDEST)))
        tails = windows[:, -CONTEXT:]
        contexts = np.concatenate([self._context[None], tails[:-1]])
        self._context = tails[-1].copy()
        return self._network(np.concatenate([contexts, windows], axis=1))


class SpeechFinder:
    """Cuts a stream of 16 kHz samples into utterances.

    ``probability`` takes whole windows of 512 samples in order and gives one probability of speech for each.
    """

    def __init__(self, pauses: Pauses | None = None, probability: Callable[[Samples], Samples] | None = None) -> None:
        self._pauses = pauses or Pauses()
        self._probability: Callable[[Samples], Samples] = probability or SpeechProbability()
        self._reset = self._probability.reset if isinstance(self._probability, SpeechProbability) else None
        self._pending: Samples = np.empty(0, np.float32)
        self._held: list[Samples] = []  # windows since the utterance, or the padding before one, began
        self._levels: list[float] = []
        self._first = 0  # number of the first held window
        self._begun: int | None = None  # window at which speech began
        self._sure = self._last_voiced = self._last_faint = 0  # windows: sure of speech first and last, hint of it last
        self._heard = 0
        self._quiet = 0  # samples of quiet since the last sound or clearing

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return self._begun is not None

    def feed(self, samples: Samples) -> list[Utterance]:
        """Take more sound; returns the utterances that ended in it."""
        self._heard += len(samples)
        self._pending = np.concatenate([self._pending, samples])
        return self._take(_STRIDE)

    def flush(self) -> list[Utterance]:
        """The sound is over: returns what is still open."""
        self._pending = np.pad(self._pending, (0, -len(self._pending) % WINDOW))
        done = self._take(WINDOW)
        if self._begun is not None:
            done += self._close()
        return done

    def open_samples(self) -> Utterance | None:
        """The utterance that is being spoken, as far as it was heard."""
        if self._begun is None:
            return None
        return Utterance(self._first * WINDOW / RATE, np.concatenate([*self._held, self._pending]))

    def _take(self, stride: int) -> list[Utterance]:
        """Judge what waits, ``stride`` samples at a time, so that blocks of any size give the same."""
        done: list[Utterance] = []
        while len(self._pending) >= stride:
            taken, self._pending = self._pending[:stride], self._pending[stride:]
            levels = self._probability(taken)
            for window, level in zip(taken.reshape(-1, WINDOW), levels, strict=True):
                done.extend(self._step(window, float(level)))
            self._rest(taken)
        return done

    def _rest(self, taken: Samples) -> None:
        """Clear the detector's memory after two seconds of quiet, and again after each two more."""
        quiet = self._begun is None and float(np.sqrt(np.mean(taken**2))) < _QUIET
        self._quiet = self._quiet + len(taken) if quiet else 0
        if self._reset and self._quiet >= _WEARY * RATE:
            self._reset()
            self._quiet = 0

    def _step(self, window: Samples, level: float) -> list[Utterance]:
        number = self._first + len(self._held)
        self._held.append(window)
        self._levels.append(level)
        if self._begun is None:
            if level < self._pauses.threshold:
                self._forget(_windows(self._pauses.lookback))
            else:
                self._begin(number)
            return []
        if level >= self._pauses.release:
            self._last_voiced = self._last_faint = number
        elif level >= self._pauses.faint and self._in_reach(number):
            self._last_faint = number
        if number - self._last_faint >= _windows(self._pauses.silence):
            return self._close()
        if len(self._held) >= _windows(self._pauses.longest):
            return self._divide()
        return []

    def _begin(self, number: int) -> None:
        """Speech is sure at window ``number``: it began where the faint sound before it did."""
        self._sure = self._last_voiced = self._last_faint = self._begun = number
        for before in range(number - 1, self._first - 1, -1):
            if self._begun - before > _windows(self._pauses.bridge):
                break
            if self._levels[before - self._first] >= self._pauses.faint:
                self._begun = before
        self._forget(number + 1 - self._begun + _windows(self._pauses.padding))

    def _in_reach(self, number: int) -> bool:
        """Whether what is faint at window ``number`` may belong to the speech before it."""
        near = number - self._last_faint <= _windows(self._pauses.bridge)
        return near and number - self._last_voiced <= _windows(self._pauses.reach)

    def _close(self) -> list[Utterance]:
        """End the utterance with its last faint window and its padding; what follows stays held for the next one."""
        end = self._last_faint + 1
        utterance = self._cut(min(end - self._first + _windows(self._pauses.padding), len(self._held)))
        self._begun = None
        self._forget(self._first + len(self._held) - end)
        return [utterance] if self._last_voiced + 1 - self._sure >= _windows(self._pauses.shortest) else []

    def _divide(self) -> list[Utterance]:
        """Too long for one window: cut at the most silent place of its second half."""
        half = len(self._levels) // 2
        place = half + int(np.argmin(self._levels[half:]))
        utterance = self._cut(place + 1)
        del self._held[: place + 1], self._levels[: place + 1]
        self._first += place + 1
        self._begun = self._sure = self._first
        self._last_voiced, self._last_faint = max(self._last_voiced, self._first), max(self._last_faint, self._first)
        return [utterance]

    def _cut(self, stop: int) -> Utterance:
        samples = np.concatenate(self._held[:stop])
        start = self._first * WINDOW
        return Utterance(start / RATE, samples[: max(self._heard - start, 0)])

    def _forget(self, keep: int) -> None:
        spare = len(self._held) - keep
        if spare > 0:
            del self._held[:spare], self._levels[:spare]
            self._first += spare


def _windows(seconds: float) -> int:
    return max(1, round(seconds * RATE / WINDOW))
