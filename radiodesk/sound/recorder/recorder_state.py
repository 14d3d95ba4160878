"""What the recorder remembers of each device and of each line while it runs."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from radiodesk.sound.line_setup import Line
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder.levels import Meter
from radiodesk.sound.recorder.take_direction import Block, Feed
from radiodesk.sound.takes import Take

BEFORE_SECONDS = 12.0
"""Sound that is kept in memory, so that a broadcast's recording begins when the broadcast did."""


@dataclass
class Source:
    """A device: whether it can be heard, why not, and its last seconds."""

    device: str
    channels: int
    heard: bool = False
    reason: str = "starting"
    lost_before: bool = False
    overflows: int = 0
    dropped: int = 0
    overflow_told: float = float("-inf")
    before: deque[Block] = field(default_factory=deque)

    def remember(self, block: Block) -> None:
        """Keep a block for who opens a moment too late."""
        self.before.append(block)
        while self.before and self.before[0].ends < block.ends - BEFORE_SECONDS:
            self.before.popleft()


@dataclass
class Open:
    """A take that is being recorded on a line."""

    take: Take
    feeds: list[Feed]


@dataclass
class Trial:
    """A few seconds that an administrator wants to hear."""

    wanted: int
    done: Callable[[Pcm], None]
    blocks: list[Pcm] = field(default_factory=list)

    def feed(self, samples: Pcm) -> bool:
        """Take samples in; ``True`` when it has enough."""
        self.blocks.append(samples)
        if sum(map(len, self.blocks)) < self.wanted:
            return False
        self.done(np.concatenate(self.blocks)[: self.wanted])
        return True


@dataclass
class Live:
    """A line as it is now."""

    line: Line
    meter: Meter
    open: Open | None = None
    trial: Trial | None = None
    quiet_noted: bool = False
