"""One thing that is played: its samples in memory, how far it came, and how it fades."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.player.ready_files import LONGEST, RATE


class NotReady(Conflict):
    """What is to be played is not there, or is not what was approved."""


@dataclass
class Piece:
    """``facts`` are the desk's, and go into the journal as they came. Times are of the machine's clock."""

    key: str
    samples: Pcm
    facts: dict[str, Any] = field(default_factory=dict)
    alone: bool = False
    """Whether nothing else may push it out: it is stopped first."""
    position: int = 0
    began_at: datetime | None = None
    over_at: datetime | None = None
    why: str = ""
    _fade_from: int | None = None
    _fade_frames: int = 0

    @property
    def seconds(self) -> float:
        """How long all of it is."""
        return len(self.samples) / RATE

    @property
    def played(self) -> float:
        """Seconds that went out so far."""
        return self.position / RATE

    @property
    def left(self) -> float:
        """Seconds until its end, or until it is faded out."""
        return (self._end - self.position) / RATE

    @property
    def fading(self) -> bool:
        """Whether it is being stopped."""
        return self._fade_from is not None

    @property
    def _end(self) -> int:
        faded = len(self.samples) if self._fade_from is None else self._fade_from + self._fade_frames
        return min(len(self.samples), faded)

    def fade(self, seconds: float, why: str) -> None:
        """Go down to silence within so many seconds; a second wish changes nothing."""
        if self._fade_from is None:
            self._fade_from, self._fade_frames, self.why = self.position, max(1, round(seconds * RATE)), why

    def next(self, frames: int) -> NDArray[np.float32]:
        """Its next frames, at most so many; fewer at the end."""
        block = self.samples[self.position : min(self.position + frames, self._end)].astype(np.float32)
        if self._fade_from is not None:
            into = np.arange(self.position, self.position + len(block)) - self._fade_from
            block *= 1.0 - into.astype(np.float32) / self._fade_frames
        self.position += len(block)
        return block

    @property
    def is_over(self) -> bool:
        """Whether nothing more of it comes."""
        return self.position >= self._end


def load_piece(path: Path, sha256: str, key: str, facts: dict[str, Any], *, alone: bool) -> Piece:
    """Read a file that was made ready (mono, 48 kHz); raises ``NotReady`` when it is not the one with this digest."""
    try:
        data = path.read_bytes()
    except OSError:
        raise NotReady("The sound that is to be played is not there. Make it ready again.") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NotReady("The sound that is to be played is not the one that was approved. Make it ready again.")
    try:
        with soundfile.SoundFile(BytesIO(data)) as file:
            if file.samplerate != RATE or file.channels != 1 or file.frames > LONGEST * RATE:
                raise Unreadable("This sound cannot be played: it was not made ready.")
            samples = file.read(dtype="int16")
    except soundfile.LibsndfileError:
        raise Unreadable("This sound cannot be played: it was not made ready.") from None
    return Piece(key, samples, facts, alone)
