"""Measures the lines that go on air, as the recorder's side pipe feeds it: a ``recorder.side_pipe.Follower``."""

from dataclasses import asdict
from typing import Any

from radiodesk.sound.line_setup import Line, Lines
from radiodesk.sound.programme_loudness import LoudnessMeter
from radiodesk.sound.recorder.take_direction import Block


class LoudnessWatch:
    """A meter for each programme line, or studio line where there is none; integrated from its take's beginning on."""

    def __init__(self) -> None:
        self._rate = 0
        self._lines: dict[str, Line] = {}
        self._meters: dict[str, LoudnessMeter] = {}

    def configure(self, lines: Lines) -> None:
        """See ``Follower``; a line that stays as it is goes on being measured."""
        wanted = {line.id: line for line in lines.on_air}
        for name, line in wanted.items():
            before = self._lines.get(name)
            same = before is not None and (before.device, before.channel) == (line.device, line.channel)
            if not same or lines.sample_rate != self._rate:
                self._meters[name] = LoudnessMeter(lines.sample_rate)
        self._meters = {name: meter for name, meter in self._meters.items() if name in wanted}
        self._lines, self._rate = wanted, lines.sample_rate

    def hear(self, device: str, block: Block, offset: float) -> None:
        """See ``Follower``."""
        for name, line in self._lines.items():
            if line.device == device and line.channel <= block.samples.shape[1]:
                self._meters[name].feed(block.samples[:, line.channel - 1], block.ends)

    def lose(self, device: str, why: str) -> None:
        """See ``Follower``."""
        for name, line in self._lines.items():
            if line.device == device:
                self._meters[name].lose()

    def open_line(self, line: str, begins: float) -> None:
        """See ``Follower``: what is integrated begins with the take."""
        if line in self._meters:
            self._meters[line].begin(begins)

    def tick(self) -> None:
        """See ``Follower``."""

    def close(self, why: str) -> None:
        """See ``Follower``."""

    def state(self) -> dict[str, Any]:
        """The figures of each line, as JSON can hold them."""
        return {name: asdict(meter.now) for name, meter in self._meters.copy().items()}
