"""One direction of an open take: what it has of the line's sound, and how gaps in that sound become known silence."""

from dataclasses import dataclass

from radiodesk.sound.pcm import Pcm
from radiodesk.sound.takes import Take

SMALLEST_GAP = 0.06
"""Seconds by which times of arrival may differ without anything missing."""


@dataclass(frozen=True, slots=True)
class Block:
    """Sound of one device: ``samples`` of shape (frames, channels), heard between two monotonic times."""

    begins: float
    ends: float
    samples: Pcm
    dropped: int = 0
    overflowed: bool = False


class Feed:
    """Writes one channel into one direction of a take, from the moment ``begins`` on, so that directions stay aligned.

    ``broken`` is why sound is missing at present; the next block closes the gap.
    """

    def __init__(self, take: Take, direction: str, device: str, channel: int, *, begins: float) -> None:
        self.take = take
        self.direction = direction
        self.device = device
        self.channel = channel
        self.until = begins
        self.broken: str | None = None
        self._started = False

    def write(self, block: Block) -> None:
        """Append a block; raises ``SpoolFull``."""
        rate = self.take.about.sample_rate
        samples = block.samples[:, self.channel - 1]
        if block.ends <= self.until and not self._started:
            return
        missing = block.begins - self.until
        if not self._started and missing < 0:
            samples = samples[min(len(samples), round(-missing * rate)) :]
        elif not self._started or self.broken:
            self._close_gap(missing, self.broken or "late")
        elif block.dropped:
            self._close_gap(block.dropped / rate, "overflow")
        elif block.overflowed:
            self._close_gap(missing, "overflow")
        self._started, self.broken = True, None
        self.take.write(self.direction, samples)
        self.until = block.ends

    def _close_gap(self, seconds: float, why: str) -> None:
        if seconds >= SMALLEST_GAP:
            self.take.gap(self.direction, seconds, why)
        elif seconds > 0 and not self._started:
            self.take.skip(self.direction, round(seconds * self.take.about.sample_rate))

    def go_on(self, begins: float, why: str) -> None:
        """The take had a writer before us, which got as far as ``begins``."""
        self.until, self._started, self.broken = begins, True, why

    def finish(self, at: float) -> None:
        """The take ends: a gap that is still open ends with it."""
        if self.broken:
            self._close_gap(at - self.until, self.broken)
