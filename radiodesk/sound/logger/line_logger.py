"""The logs of all lines of a station, as the recorder's side pipe feeds them: a ``recorder.side_pipe.Follower``.

Calls and broadcasts have the first claim on the disk: the logs stop earlier than they do. Before that the oldest hours
that their rules let go are removed.
"""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import N_
from radiodesk.sound.line_setup import LOG_DAYS, LOG_LEAST_DAYS, Line, Lines
from radiodesk.sound.logger.log_packing import waiting_pieces
from radiodesk.sound.logger.log_pruning import Rule, prune_for_room, prune_old
from radiodesk.sound.logger.log_writer import DISK_FULL, LogWriter, Sound
from radiodesk.sound.recorder.disk_space import DiskWatch, Limits, Room
from radiodesk.sound.recorder.engine import Clocks
from radiodesk.sound.recorder.take_direction import Block
from radiodesk.sound.takes import SYNC_SECONDS

log = logging.getLogger(__name__)

ALARM = "logger"
PRUNE_EVERY, PACK_EVERY = 600.0, 20.0
NO_ROOM = N_(
    "The disk is nearly full, and no rule lets anything of the 24-hour recording go: it has stopped. Make room, or "
    "keep fewer days (Lines)."
)
_OTHERWISE = Rule(LOG_DAYS, LOG_LEAST_DAYS)

Alarm = Callable[[Refusal | None], None]


def logger_limits(limits: Limits) -> Limits:
    """Those of the logs, of those of the recorder: they leave calls as much room again."""
    return Limits(alarm=limits.alarm, stop=2 * limits.stop)


@dataclass
class _Log:
    line: Line
    writer: LogWriter


class Packing:
    """Runs the child that packs, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None

    def __call__(self) -> None:
        """Start a child where none runs and something waits."""
        if self._child is not None and self._child.poll() is None:
            return
        if waiting_pieces(self._folder):
            command = [sys.executable, "-m", "radiodesk.sound.logger.log_packing", str(self._folder)]
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


class LineLogger:
    """Writes the log of each line that has one."""

    def __init__(
        self,
        folder: Path,
        clocks: Clocks,
        disk: DiskWatch,
        *,
        pack: Callable[[], None],
        alarm: Alarm = lambda _: None,
        flush_every: float = SYNC_SECONDS,
    ) -> None:
        self.folder, self._clocks, self._disk, self._flush_every = folder, clocks, disk, flush_every
        self._pack, self._alarm = pack, alarm
        self._lines = Lines()
        self._logs: dict[str, _Log] = {}
        self._lost: dict[str, str] = {}
        self._stuck = False
        self._lock = threading.Lock()
        self._pruned = self._packed = float("-inf")

    @property
    def rules(self) -> dict[str, Rule]:
        """How long the log of each line is kept."""
        return {line.id: Rule(line.log_days, line.log_least_days) for line in self._lines.lines}

    def configure(self, lines: Lines) -> None:
        """See ``Follower``; a line whose wiring and format stay goes on without a gap."""
        with self._lock:
            same = lines.sample_rate == self._lines.sample_rate
            wanted = {line.id: line for line in lines.lines if line.log}
            for name, held in list(self._logs.items()):
                if not same or name not in wanted or _wiring(wanted[name]) != _wiring(held.line):
                    held.writer.close("the line was changed" if name in wanted else "switched off")
                    del self._logs[name]
            self._lines = lines
            for name, line in wanted.items():
                if name in self._logs:
                    self._logs[name].line = line
                    continue
                writer = LogWriter(
                    self.folder / name,
                    lines.sample_rate,
                    line.log,
                    label=line.label,
                    monotonic=self._clocks.monotonic,
                    flush_every=self._flush_every,
                )
                if line.device in self._lost:
                    writer.lose(self._lost[line.device])
                self._logs[name] = _Log(line, writer)

    def hear(self, device: str, block: Block, offset: float) -> None:
        """See ``Follower``."""
        self._lost.pop(device, None)
        with self._lock:
            for held in self._logs.values():
                if held.line.device == device and held.line.channel <= block.samples.shape[1]:
                    self._write(held, block, offset)

    def _write(self, held: _Log, block: Block, offset: float) -> None:
        if self._disk.room is Room.FULL:
            held.writer.lose(DISK_FULL)
            return
        samples = block.samples[:, held.line.channel - 1]
        try:
            held.writer.write(Sound(samples, block.begins, block.ends, offset, block.dropped, block.overflowed))
        except OSError as error:
            # Mostly a full disk; a failing one is treated alike: stop clearly, try again with the next look.
            log.error("The log of %s cannot be written: %s.", held.line.id, error.strerror)
            held.writer.lose(DISK_FULL)
            self._disk.mark_full()

    def lose(self, device: str, why: str) -> None:
        """See ``Follower``."""
        self._lost[device] = why
        with self._lock:
            for held in self._logs.values():
                if held.line.device == device:
                    held.writer.lose("device lost")

    def open_line(self, line: str, begins: float) -> None:
        """See ``Follower``: a log knows no takes."""

    def tick(self) -> None:
        """See ``Follower``: flush, make room, pack what is finished."""
        with self._lock:
            for held in self._logs.values():
                held.writer.tick()
        now, second = self._clocks.now(), self._clocks.monotonic()
        if second - self._pruned >= PRUNE_EVERY:
            self._pruned = second
            prune_old(self.folder, self.rules, now, _OTHERWISE)
        if self._disk.look() is not Room.GOOD and self._logs:
            self._stuck = not prune_for_room(self.folder, self.rules, now, _OTHERWISE)
        full = self._disk.room is Room.FULL
        self._alarm(Refusal(NO_ROOM) if full and self._stuck and self._logs else None)
        if second - self._packed >= PACK_EVERY and not full:
            self._packed = second
            self._pack()

    def close(self, why: str) -> None:
        """See ``Follower``."""
        with self._lock:
            for held in self._logs.values():
                held.writer.close(why)

    def state(self) -> dict[str, Any]:
        """How the logs do, as JSON can hold it."""
        with self._lock:
            return {
                "stopped": self._disk.room is Room.FULL,
                "stuck": self._stuck,
                "lines": [
                    {
                        "id": name,
                        "label": held.line.label,
                        "format": held.line.log,
                        "days": held.line.log_days,
                        "broken": held.writer.broken,
                        "reached": held.writer.reached.isoformat() if held.writer.reached is not None else None,
                    }
                    for name, held in self._logs.items()
                ],
            }


def _wiring(line: Line) -> tuple[object, ...]:
    return line.device, line.channel, line.log
