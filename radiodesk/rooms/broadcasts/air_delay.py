"""The delay unit behind the programme: what a dump keeps off the air, and how much delay is left for the next one.

The desk does not steer the unit. It knows its length and how fast it gains delay back, and counts along: full when the
broadcast begins, empty after a dump, then growing as the unit stretches the sound.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind
from radiodesk.sound.line_setup import Line


@dataclass(frozen=True, slots=True)
class DelayUnit:
    """``seconds`` of delay, of which it gains ``regain`` seconds back in each second."""

    seconds: float
    regain: float

    @classmethod
    def behind(cls, line: Line | None) -> "DelayUnit | None":
        """The unit behind a line, ``None`` where there is none."""
        return cls(float(line.delay), line.delay_regain / 100) if line is not None and line.delay else None

    def left(self, log: Iterable[AsRun], at: datetime) -> float:
        """Seconds of delay at a moment of a broadcast, by its as-run log."""
        dumps = [entry.at for entry in log if entry.kind is AsRunKind.DUMP and entry.at <= at]
        if not dumps:
            return self.seconds
        return min(self.seconds, self.regain * (at - max(dumps)).total_seconds())

    def full_in(self, left: float) -> float:
        """Seconds until it is full again."""
        return (self.seconds - left) / self.regain
