"""A recorder with clocks that stand still and devices that deliver what the test says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from radiodesk.sound.line_journal import Journal, read
from radiodesk.sound.line_setup import Line, LineKind, Lines
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder.disk_space import DiskWatch, Limits
from radiodesk.sound.recorder.engine import Clocks, Recorder
from radiodesk.sound.recorder.take_direction import Block
from radiodesk.sound.takes import Spooled, open_take

RATE = 8000
AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
HYBRID = Line("hibrida", "Telepon 1", "USB", 1, LineKind.TELEPHONE, studio="studio")
STUDIO = Line("studio", "Studio", "USB", 2, LineKind.STUDIO)
FAR_STUDIO = Line("studio", "Studio", "Meja", 1, LineKind.STUDIO)
ONE_DEVICE = Lines((HYBRID, STUDIO), RATE)
TWO_DEVICES = Lines((HYBRID, FAR_STUDIO), RATE)


@dataclass
class Rig:
    """``seconds`` is the monotonic time; ``free`` is the room on the disk."""

    folder: Path
    seconds: float = 100.0
    jumped: float = 0.0
    free: int = 10_000
    phase: int = 0
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        self.start(ONE_DEVICE)

    def start(self, lines: Lines) -> None:
        """Begin anew, as after a kill; nothing of the old recorder is tidied up."""
        disk = DiskWatch(lambda: self.free, Limits(alarm=1000, stop=100))
        clocks = Clocks(now=self.now, monotonic=lambda: self.seconds)
        self.recorder = Recorder(self.folder / "spool", Journal(self.journal), disk, clocks)
        self.recorder.configure(lines)

    @property
    def journal(self) -> Path:
        return self.folder / "lines" / "recorder.jsonl"

    def now(self) -> datetime:
        return AT + timedelta(seconds=self.seconds - 100 + self.jumped)

    def hear(self, seconds: float, *devices: str, level: int = 1000, **facts: Any) -> Pcm:
        """Let time pass while devices deliver in blocks of a tenth of a second; returns channel 1 of it.

        Every sample is its number in the order of time, so that a test sees at once what is missing.
        """
        heard = []
        for _ in range(round(seconds * 10)):
            count = RATE // 10
            samples = ((np.arange(count) + self.phase) % 30_000 + level).astype(np.int16)
            self.phase += count
            begins, self.seconds = self.seconds, round(self.seconds + 0.1, 6)
            for device in devices or ("USB",):
                channels = [samples, -samples, samples][: self.recorder.plan.devices.get(device, 2)]
                self.recorder.deliver(device, Block(begins, self.seconds, np.stack(channels, axis=1), **facts))
            heard.append(samples)
        return np.concatenate(heard)

    def wait(self, seconds: float) -> None:
        """Let time pass while nothing is delivered; what would have been heard is lost."""
        self.phase += round(seconds * RATE)
        self.seconds = round(self.seconds + seconds, 6)

    def be_silent(self, seconds: float) -> None:
        """Let the device deliver nothing but zeros."""
        for _ in range(round(seconds * 10)):
            self.seconds = round(self.seconds + 0.1, 6)
            silence = np.zeros((RATE // 10, 2), np.int16)
            self.recorder.deliver("USB", Block(self.seconds - 0.1, self.seconds, silence))

    def events(self) -> list[str]:
        return [entry.event for entry, _ in read(self.journal)]

    def take(self, take_id: str) -> Spooled:
        return open_take(self.folder / "spool" / take_id)


def samples_of(take: Spooled, direction: str) -> Pcm:
    return np.fromfile(take.pcm(direction), "<i2").astype(np.int16)


def kinds(take: Spooled) -> list[str]:
    return [entry["kind"] for entry in take.log()]
