"""Utterances packed into the recogniser's window, and their times brought back.

A window costs the same whether it is full or not, so utterances that follow each other closely share one.
"""

from dataclasses import dataclass, field

import numpy as np

from radiodesk.recognition.silero import Samples
from radiodesk.recognition.voice_detector import RATE, Utterance

_PAUSE = 0.3


@dataclass(slots=True)
class Window:
    """Utterances of one window, with a short silence between them in place of the pause there was."""

    utterances: list[Utterance] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Length of what is decoded."""
        spoken = sum(len(utterance.samples) for utterance in self.utterances) / RATE
        return spoken + _PAUSE * max(0, len(self.utterances) - 1)

    @property
    def start(self) -> float:
        """Where it begins in the recording."""
        return self.utterances[0].start

    @property
    def end(self) -> float:
        """Where it ends in the recording."""
        return self.utterances[-1].end

    def samples(self) -> Samples:
        """The sound to decode."""
        pause = np.zeros(round(_PAUSE * RATE), np.float32)
        parts: list[Samples] = []
        for utterance in self.utterances:
            parts += [utterance.samples, pause]
        return np.concatenate(parts[:-1])

    def at(self, second: float, turn: int) -> float:
        """The second of the recording that lies at ``second`` of the window, within the utterance number ``turn``.

        What lies in the silence that was put between two utterances counts as the edge of the one it belongs to: a
        word never reaches over the pause there really was.
        """
        passed = sum(len(one.samples) / RATE + _PAUSE for one in self.utterances[:turn])
        utterance = self.utterances[turn]
        return utterance.start + min(max(second - passed, 0.0), len(utterance.samples) / RATE)

    def turn_of(self, second: float) -> int:
        """Which of the utterances ``second`` of the window belongs to."""
        passed = 0.0
        for number, utterance in enumerate(self.utterances):
            passed += len(utterance.samples) / RATE + _PAUSE
            if second < passed - _PAUSE / 2:
                return number
        return len(self.utterances) - 1


class Packer:
    """Fills windows of at most ``longest`` seconds; a pause above ``widest_gap`` seconds begins a new one."""

    def __init__(self, longest: float, widest_gap: float) -> None:
        self._longest, self._widest_gap = longest, widest_gap
        self._window = Window()

    def add(self, utterance: Utterance) -> list[Window]:
        """Take the next utterance; returns the window that became full by it, if one did."""
        done: list[Window] = []
        if self._window.utterances:
            length = len(utterance.samples) / RATE
            full = self._window.seconds + _PAUSE + length > self._longest
            if full or utterance.start - self._window.end > self._widest_gap:
                done = self.flush()
        self._window.utterances.append(utterance)
        return done

    def flush(self) -> list[Window]:
        """The window that is being filled, if it holds anything."""
        done, self._window = self._window, Window()
        return [done] if done.utterances else []
