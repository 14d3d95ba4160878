"""Takes what the devices deliver and writes it where it belongs; opens and closes lines. Time comes in as an argument.

Everything happens under one lock, in whichever thread brings it: a device's reader, the control socket, the tick.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Conflict, NotFound
from radiodesk.sound.line_journal import Entry, Journal
from radiodesk.sound.line_setup import QUIET, Line, LineKind, Lines
from radiodesk.sound.recorder.disk_space import DiskWatch, Room
from radiodesk.sound.recorder.levels import Meter
from radiodesk.sound.recorder.recorder_state import BEFORE_SECONDS, Live, Open, Source, Trial
from radiodesk.sound.recorder.side_pipe import SidePipe
from radiodesk.sound.recorder.take_direction import Block, Feed
from radiodesk.sound.takes import Take, is_full

log = logging.getLogger(__name__)

PART = "recorder"
OVERFLOW_TOLD_EVERY = 5.0
QUIET_SECONDS = 10.0
CLOCK_JUMP = 2.0


class LineUnknown(NotFound):
    """No line has this name."""


class LineState(Conflict):
    """The line is open already, or is not open."""


class NoRoom(Conflict):
    """The disk is too full to record."""


@dataclass(frozen=True)
class Clocks:
    """The time of day, which somebody may set, and the monotonic seconds, which nobody can."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


class Recorder:
    """The lines and devices of a station, live."""

    def __init__(self, spool: Path, journal: Journal, disk: DiskWatch, clocks: Clocks) -> None:
        self.spool = spool
        self.journal = journal
        self.clocks = clocks
        self.disk = disk
        self.lock = threading.RLock()
        self.plan = Lines()
        self.lines: dict[str, Live] = {}
        self.sources: dict[str, Source] = {}
        self.pipes: list[SidePipe] = []
        """To those who follow the lines beside calls and broadcasts."""
        self._clock_offset = self._offset()
        spool.mkdir(parents=True, exist_ok=True)

    @property
    def rate(self) -> int:
        """Frames a second, of every line."""
        return self.plan.sample_rate

    def configure(self, lines: Lines) -> None:
        """Take over a list of lines; what did not change goes on without a gap."""
        with self.lock:
            for pipe in self.pipes:
                pipe.configure(lines)
            same = lines.sample_rate == self.rate
            kept = {line.id for line in lines.lines if same and _wiring(lines, line.id) == _wiring(self.plan, line.id)}
            for name, live in self.lines.items():
                if name not in kept and live.open is not None:
                    self._close(live, "the line was changed")
            self.plan = lines
            self.lines = {
                line.id: replace(self.lines[line.id], line=line) if line.id in kept else Live(line, Meter(self.rate))
                for line in lines.lines
            }
            self.sources = {
                device: found
                if (found := self.sources.get(device)) is not None and found.channels == channels and same
                else Source(device, channels)
                for device, channels in lines.devices.items()
            }
            for feed in self._feeds():
                if not self.sources[feed.device].heard and feed.broken is None:
                    feed.broken = "device lost"

    # What the devices bring

    def deliver(self, device: str, block: Block) -> None:
        """Sound of a device."""
        with self.lock:
            source = self.sources.get(device)
            if source is None or block.samples.shape[1] != source.channels:
                return  # of a reader that is about to be ended, because the list was changed
            for pipe in self.pipes:
                pipe.hear(device, block, self._offset())
            self._mark_heard(source)
            source.remember(block)
            if block.overflowed or block.dropped:
                self._count_overflow(source, block)
            for live in self._lines_of(device):
                self._measure(live, block)
            for feed in self._feeds(device):
                self._write(feed, block)

    def lose_device(self, device: str, reason: str) -> None:
        """A device cannot be heard, for a reason; told once until it is back."""
        with self.lock:
            source = self.sources.get(device)
            if source is None:
                return
            for pipe in self.pipes:
                pipe.lose(device, reason)
            known = not source.heard and source.lost_before
            source.heard, source.reason, source.lost_before = False, reason, True
            source.before.clear()
            for feed in self._feeds(device):
                if feed.broken is None:
                    feed.broken = "device lost"
                    feed.take.note("device_lost", feed.direction, why=reason)
            for live in self._lines_of(device):
                live.meter.reset()
                if not known:
                    self.tell(live, "device_lost", device=device, why=reason)

    def _mark_heard(self, source: Source) -> None:
        if source.heard:
            return
        source.heard, source.reason = True, ""
        if source.lost_before:
            for feed in self._feeds(source.device):
                feed.take.note("device_back", feed.direction)
            for live in self._lines_of(source.device):
                self.tell(live, "device_back", device=source.device)

    def _count_overflow(self, source: Source, block: Block) -> None:
        source.overflows += 1
        source.dropped += block.dropped
        if block.ends - source.overflow_told < OVERFLOW_TOLD_EVERY:
            return  # the counts go on; telling of each would only add to the load
        source.overflow_told = block.ends
        for live in self._lines_of(source.device):
            self.tell(live, "overflow", count=source.overflows, frames=source.dropped)
        for feed in self._feeds(source.device):
            feed.take.note("overflow", feed.direction, count=source.overflows, frames=source.dropped)

    def _measure(self, live: Live, block: Block) -> None:
        samples = block.samples[:, live.line.channel - 1]
        clip = live.meter.feed(samples)
        if live.trial is not None and live.trial.feed(samples):
            live.trial = None
        quiet = live.meter.level.quiet_seconds
        if live.open is not None:
            direction = live.open.feeds[0].direction
            if clip:
                live.open.take.note("clip", direction)
            if quiet >= QUIET_SECONDS and not live.quiet_noted:
                live.open.take.note("silence", direction, seconds=round(quiet, 1), below=QUIET)
            elif quiet == 0 and live.quiet_noted:
                live.open.take.note("sound", direction)
        live.quiet_noted = quiet >= QUIET_SECONDS

    def _write(self, feed: Feed, block: Block) -> None:
        if self.disk.room is Room.FULL:
            return
        try:
            feed.write(block)
        except OSError as error:
            # Mostly a full disk; a failing one is treated alike: stop clearly, try again with the next tick.
            log.error("The take %s cannot be written: %s.", feed.take.id, error.strerror)
            self.disk.mark_full()
            self._stop_for_room()

    # What people and the desk want

    def open(
        self, line_id: str, *, since: datetime | None = None, broadcast: str | None = None, by: str | None = None
    ) -> Take:
        """Begin a take on a line; ``since`` reaches back as far as the memory does. Raises a refusal."""
        with self.lock:
            live = self._line(line_id)
            if live.open is not None:
                raise LineState("The line “%(line)s” is open already.", line=live.line.label)
            if self.disk.room is Room.FULL:
                raise NoRoom("The disk is full, so nothing can be recorded. Make room first.")
            now = self.clocks.now()
            back = min(max((now - since).total_seconds(), 0.0), BEFORE_SECONDS) if since else 0.0
            begins = self.clocks.monotonic() - back
            parts = self.parts(live.line)
            take = self._created(
                line=line_id,
                sample_rate=self.rate,
                directions=[direction for direction, _ in parts],
                started_at=now - timedelta(seconds=back),
                feed="caller" if live.line.kind is LineKind.TELEPHONE else "broadcast",
                broadcast=broadcast,
                began=begins,
            )
            live.open = Open(take, [self.feed(take, direction, line, begins) for direction, line in parts])
            live.quiet_noted = False
            self.tell(live, "opened", by=by)
            for pipe in self.pipes:
                pipe.open_line(line_id, begins)
            if back:
                for feed in live.open.feeds:
                    for block in self.sources[feed.device].before:
                        self._write(feed, block)
            return take

    def close(self, line_id: str, *, by: str | None = None) -> Take:
        """End the take of a line."""
        with self.lock:
            live = self._line(line_id)
            if live.open is None:
                raise LineState("The line “%(line)s” is not open.", line=live.line.label)
            return self._close(live, "closed", by=by)

    def close_all(self, why: str) -> None:
        """The recorder ends: every take ends whole."""
        with self.lock:
            for live in self.lines.values():
                if live.open is not None:
                    self._close(live, why)

    def try_out(self, line_id: str, seconds: float, done: Callable[[Any], None]) -> None:
        """Give the next seconds of a line to ``done``; not while a caller is on it."""
        with self.lock:
            live = self._line(line_id)
            if live.open is not None:
                raise LineState("The line “%(line)s” is open; it cannot be tried now.", line=live.line.label)
            if not self.sources[live.line.device].heard:
                raise LineState("The line “%(line)s” cannot be heard: its device is not there.", line=live.line.label)
            live.trial = Trial(round(seconds * self.rate), done)

    # What time brings

    def tick(self) -> None:
        """Once a second: the disk, the clock, and what a full disk kept waiting."""
        with self.lock:
            self.journal.flush()
            before, room = self.disk.room, self.disk.look()
            if room is Room.FULL and before is not Room.FULL:
                self._stop_for_room()
            elif room is not Room.FULL and before is Room.FULL:
                self._journal_part("disk_free", free=self.disk.free)
            elif room is Room.LOW and before is Room.GOOD:
                self._journal_part("disk_low", free=self.disk.free)
            jump = self._offset() - self._clock_offset
            for opened in self._opens():
                if abs(jump) >= CLOCK_JUMP:
                    opened.take.note("clock", seconds=round(jump, 1))
                if room is not Room.FULL:
                    opened.take.sync()
            self._clock_offset += jump

    def _stop_for_room(self) -> None:
        for opened in self._opens():
            for feed in opened.feeds:
                feed.broken = "disk full"
            opened.take.note("disk_full", free=self.disk.free)
        self._journal_part("disk_full", free=self.disk.free)

    def _close(self, live: Live, why: str, **facts: Any) -> Take:
        opened = live.open
        if opened is None:
            raise LineState("The line “%(line)s” is not open.", line=live.line.label)
        for feed in opened.feeds:
            feed.finish(self.clocks.monotonic())
        with suppress(OSError):
            # What could not be flushed or noted now is found and closed by whoever adopts the take.
            opened.take.close(why)
        self.tell(live, "closed", why=why, **facts)
        live.open = None
        return opened.take

    def _created(self, **about: Any) -> Take:
        try:
            return Take.create(self.spool, monotonic=self.clocks.monotonic, kind="soundcard", **about)
        except OSError as error:
            if is_full(error):
                raise NoRoom("The disk is full, so nothing can be recorded. Make room first.") from None
            raise

    def parts(self, line: Line) -> list[tuple[str, Line]]:
        """The directions of a take on this line, each with the line that it comes from."""
        if line.kind is not LineKind.TELEPHONE:
            return [("programme", line)]
        studio = self.lines.get(line.studio) if line.studio else None
        return [("caller", line)] + ([("studio", studio.line)] if studio is not None else [])

    def feed(self, take: Take, direction: str, line: Line, begins: float) -> Feed:
        """The writer of one direction from now on."""
        feed = Feed(take, direction, line.device, line.channel, begins=begins)
        if not self.sources[line.device].heard:
            feed.broken = "device lost"
            take.note("device_lost", direction, why=self.sources[line.device].reason)
        return feed

    def _line(self, line_id: str) -> Live:
        live = self.lines.get(line_id)
        if live is None:
            raise LineUnknown("There is no line “%(line)s”.", line=line_id)
        return live

    def _lines_of(self, device: str) -> list[Live]:
        return [live for live in self.lines.values() if live.line.device == device]

    def _opens(self) -> list[Open]:
        return [live.open for live in self.lines.values() if live.open is not None]

    def _feeds(self, device: str | None = None) -> list[Feed]:
        return [feed for opened in self._opens() for feed in opened.feeds if device in (None, feed.device)]

    def tell(self, live: Live, event: str, **facts: Any) -> None:
        """Write an event of a line into the journal."""
        told = {name: value for name, value in facts.items() if value is not None}
        take = live.open.take.id if live.open is not None else None
        self.journal.write(Entry(self.clocks.now(), live.line.id, event, take, facts=told))

    def _journal_part(self, event: str, **facts: Any) -> None:
        self.journal.write(Entry(self.clocks.now(), PART, event, facts=facts))

    def _offset(self) -> float:
        return self.clocks.now().timestamp() - self.clocks.monotonic()


def _wiring(lines: Lines, line_id: str) -> tuple[object, ...]:
    """All that decides where the sound of a line's takes comes from."""
    line = lines.line(line_id)
    if line is None:
        return ()
    studio = lines.line(line.studio) if line.studio else None
    return (line.device, line.channel, line.kind, studio and (studio.device, studio.channel))
