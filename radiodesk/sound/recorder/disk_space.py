"""Watches the room on the disk: an alarm first, then a clear stop, and on again when there is room."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_AGAIN = 1.1
"""A limit counts as left behind only some way beyond it, so that nothing flutters."""


class Room(StrEnum):
    GOOD = "good"
    LOW = "low"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Limits:
    """Free bytes below which there is an alarm, and below which nothing more is written."""

    alarm: int
    stop: int


class DiskWatch:
    """Tells how much room there is; ``free`` gives free bytes."""

    def __init__(self, free: Callable[[], int], limits: Limits) -> None:
        self._free = free
        self.limits = limits
        self.free = free()
        self.room = Room.GOOD

    def look(self) -> Room:
        """Measure anew."""
        self.free = self._free()
        stop = self.limits.stop * (_AGAIN if self.room is Room.FULL else 1)
        alarm = self.limits.alarm * (_AGAIN if self.room is not Room.GOOD else 1)
        self.room = Room.FULL if self.free < stop else Room.LOW if self.free < alarm else Room.GOOD
        return self.room

    def mark_full(self) -> None:
        """A write found no room, whatever the count says."""
        self.room = Room.FULL
