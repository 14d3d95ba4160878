"""Callers who speak as a clock of their own moves: takes that grow with it, and a recogniser with a price."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from radiodesk.recognition.ports import Partial, StreamingSession, Word
from radiodesk.recognition.voice_detector import RATE
from radiodesk.rooms.transcripts.live.listener import Before, Claim, Listener
from radiodesk.rooms.transcripts.live.services import Shown
from radiodesk.sound.takes import Take

WORD = 0.5
BEGAN = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


@dataclass
class Clock:
    """Seconds that pass when somebody says so."""

    time: float = 0.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Reader:
    """A streaming session that hears a word every half second of sound; each reading costs ``cost`` seconds."""

    clock: Clock
    cost: float
    step: float = 0.8
    heard: float = 0.0
    read: float = 0.0

    def feed(self, pcm: bytes) -> Partial | None:
        samples = np.frombuffer(pcm, np.float32)
        self.heard += len(samples) / RATE
        if not samples.any() or self.heard - self.read < self.step:
            return None
        self.read = self.heard
        self.clock.time += self.cost
        return self._partial()

    def close(self) -> Partial:
        self.read = self.heard
        words = self._partial()
        return Partial((*words.settled, *words.tentative), (), words.until)

    def _partial(self) -> Partial:
        words = [Word(WORD * n, WORD * (n + 1), f"kata{n}", 0.9) for n in range(int(self.read / WORD))]
        return Partial(tuple(words[:-1]), tuple(words[-1:]), self.read)


@dataclass
class Memory:
    """A keeper that remembers every showing with its time, and what is to be gone."""

    clock: Clock
    shown: list[tuple[float, Shown]] = field(default_factory=list)
    before: Before = field(default_factory=Before)
    gone: set[str] = field(default_factory=set)

    def begin(self, take: str, about: str | None) -> Before:
        return self.before

    def show(self, shown: Sequence[Shown]) -> set[str]:
        self.shown += [(self.clock.time, one) for one in shown]
        return {one.take for one in shown} & self.gone

    def of(self, take: Take) -> list[tuple[float, Shown]]:
        return [(at, one) for at, one in self.shown if one.take == take.id]

    def last(self, take: Take) -> Shown:
        return self.of(take)[-1][1]


@dataclass
class Desk:
    """A spool, callers who speak into it without a pause, and a listener; all by one clock."""

    spool: Path
    cost: float = 0.3
    rate: int = 8000
    clock: Clock = field(default_factory=Clock)
    claims: dict[str, Claim] = field(default_factory=dict)
    lines: list[Take] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.memory = Memory(self.clock)
        self.listener = self.new_listener()
        self._written = 0.0

    def new_listener(self, engine: Callable[[], StreamingSession] | None = None) -> Listener:
        return Listener(
            self.spool,
            engine or (lambda: Reader(self.clock, self.cost)),
            claims=lambda takes: {take.id: self.claims[take.id] for take in takes if take.id in self.claims},
            keeper=self.memory,
            clock=self.clock,
        )

    def caller(self, claim: Claim | None = None, feed: str = "caller") -> Take:
        """A line is opened; its caller begins to speak."""
        take = Take.create(
            self.spool,
            line="satu",
            kind="soundcard",
            sample_rate=self.rate,
            directions=["caller", "studio"],
            started_at=BEGAN,
            feed=feed,
            monotonic=self.clock,
        )
        self.lines.append(take)
        if claim:
            self.claims[take.id] = claim
        return take

    def hang_up(self, take: Take) -> None:
        self.lines.remove(take)
        take.close()

    def run(self, seconds: float) -> None:
        """Let time pass: everybody speaks, the listener does what it can, looking round every quarter of a second."""
        end, looked = self.clock.time + seconds, float("-inf")
        while self.clock.time < end:
            self._speak()
            if self.clock.time - looked >= 0.25:
                looked = self.clock.time
                self.listener.look()
            if not self.listener.turn():
                self.clock.time += 0.05

    def _speak(self) -> None:
        count = round((self.clock.time - self._written) * self.rate)
        self._written += count / self.rate
        for take in self.lines:
            level = 0 if take.id in self.silent else 5000
            take.write("caller", np.full(count, level, np.int16))


def lags(desk: Desk, take: Take, since: float = 0.0) -> list[float]:
    """Seconds from the end of each word to its first showing, for a caller who spoke from the clock's zero on."""
    found, shown = [], 0
    for at, one in desk.memory.of(take):
        count = round(one.reached / WORD)
        found += [at - WORD * number for number in range(shown + 1, count + 1) if at >= since]
        shown = max(shown, count)
    return found
