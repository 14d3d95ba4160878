"""A line that is heard faster than time: every second of it carries its own number, so that nothing can hide.

As a program it logs on from a second of the day, until it is killed or the day is over:
``python -m tests.sound.logger.day_source FOLDER FIRST LAST``.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from radiodesk.sound.line_setup import Line, LineKind, Lines
from radiodesk.sound.logger.line_logger import LineLogger
from radiodesk.sound.logger.log_packing import pack_all
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder.disk_space import DiskWatch, Limits
from radiodesk.sound.recorder.engine import Clocks
from radiodesk.sound.recorder.side_pipe import SidePipe
from radiodesk.sound.recorder.take_direction import Block

RATE = 1000
BEGINS = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
"""Midnight in Bojonegoro."""

DAY = 86_400
LINE = Line("program", "Program", "Meja", 1, LineKind.PROGRAMME, log="flac")
LINES = Lines((LINE,), RATE)


def second_of_day(number: int) -> Pcm:
    """The samples of one second: its number, in two halves, since 16 bits do not hold it."""
    low, high = number % 1000 + 1, number // 1000 + 1
    return np.repeat(np.array([high, low], np.int16), RATE // 2)


def number_of(samples: Pcm) -> int | None:
    """Which second it is; ``None`` for silence, -1 for anything else."""
    if not samples.any():
        return None
    high, low = int(samples[RATE // 4]), int(samples[RATE * 3 // 4])
    whole = (high - 1) * 1000 + low - 1
    return whole if high and low and np.array_equal(samples, second_of_day(whole)) else -1


class Clock:
    """Stands at a second of the day; the machine was started 1000 seconds before midnight."""

    def __init__(self, second: float) -> None:
        self.second = second

    def monotonic(self) -> float:
        return self.second + 1000.0

    def now(self) -> datetime:
        return BEGINS + timedelta(seconds=self.second)


def logger_at(folder: Path, clock: Clock, flush_every: float = 0.4) -> tuple[LineLogger, SidePipe]:
    clocks = Clocks(clock.now, clock.monotonic)
    watch = DiskWatch(lambda: 10**9, Limits(alarm=1000, stop=100))
    logger = LineLogger(folder, clocks, watch, pack=lambda: None, flush_every=flush_every)
    pipe = SidePipe(logger, monotonic=clock.monotonic)
    pipe.configure(LINES)
    return logger, pipe


def main() -> None:
    folder, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    clock = Clock(first)
    # What a killed process wrote needs no flush; that is for a cut of the power.
    logger, pipe = logger_at(folder, clock, flush_every=600.0)
    for number in range(first, last):
        clock.second = number + 1.0
        begins = clock.monotonic() - 1
        offset = clock.now().timestamp() - clock.monotonic()
        pipe.hear(LINE.device, Block(begins, begins + 1, second_of_day(number)[:, None]), offset)
        pipe.drain()
        if number % 60 == 0:
            logger.tick()
        # What was heard is told before it is known to be safe: the test counts from here.
        sys.stdout.write(f"{number + 1}\n")
        sys.stdout.flush()
        if number % 3600 == 1800:
            pack_all(folder)
    pipe.end("the recorder was stopped")


if __name__ == "__main__":
    main()
