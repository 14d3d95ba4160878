"""Writes the log of one line, block by block; every second of it is on the disk or stands in the journal as a gap.

Files only grow. An hour's file begins and ends at the hour; after a kill, a long gap or a clock that was set, the hour
goes on in a further piece. The clock of a sound card drifts against that of the machine, so the journal notes each
minute which sample was heard when. Time comes in as an argument.
"""

import errno
import json
import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from radiodesk.sound.logger.log_files import HOUR, RAW, PieceFiles, new_piece, piece_files
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder.levels import decibels
from radiodesk.sound.recorder.take_direction import SMALLEST_GAP
from radiodesk.sound.takes import SAMPLE, SYNC_SECONDS, boot_id

LONGEST_SILENCE = 60.0
"""Seconds of a gap that are kept as silence inside a piece; after a longer one a new piece begins."""

CLOCK_SET = 2.0
"""Seconds by which the time of day must jump to be noted; slower ones are followed."""

LATE = 0.5
"""Seconds by which a block may come late without anything missing."""

NOT_RUNNING = "the recorder was not running"
BEGUN = "begun"
DISK_FULL = "disk full"
MINUTE = timedelta(minutes=1)


class LogFull(OSError):
    """The disk took no more: what was written so far is whole, this block is not in the log."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples of a line, heard between two monotonic times; ``offset`` makes times of day of these."""

    samples: Pcm
    begins: float
    ends: float
    offset: float
    dropped: int = 0
    overflowed: bool = False


class LogWriter:
    """The log of a line as its one writer holds it. Not for several threads at once."""

    def __init__(
        self,
        folder: Path,
        rate: int,
        kind: str,
        *,
        label: str = "",
        monotonic: Callable[[], float] = time.monotonic,
        flush_every: float = SYNC_SECONDS,
    ) -> None:
        self.folder, self.rate, self.kind, self.label = folder, rate, kind, label
        self._flush_every = flush_every
        self._monotonic = monotonic
        self._piece: _Piece | None = None
        self.until: float | None = None
        """Monotonic time up to which everything is written or marked."""
        self.reached: datetime | None = None
        self._offset = 0.0
        self._recover()
        self.broken: str | None = NOT_RUNNING if self.reached is not None else BEGUN
        """Why sound is missing at present; the next block closes the gap."""

    @property
    def piece(self) -> PieceFiles | None:
        """The piece that is being written."""
        return self._piece.files if self._piece is not None else None

    def write(self, sound: Sound) -> None:
        """Append a block; raises ``LogFull``."""
        if not len(sound.samples):
            return
        jumped = sound.offset - self._offset
        if self._piece is not None and abs(jumped) >= CLOCK_SET:
            self._end("clock set")
            self._begin(self._day(sound.begins, sound.offset), "clock set", jumped=round(jumped, 1))
        elif self._piece is not None and self.until is not None:
            self._close_gap(sound, self.until)
        self._offset = sound.offset
        if self._piece is None:
            self._begin(self._day(sound.begins, sound.offset), self.broken or BEGUN)
        self.broken = None
        self._append(sound)
        self.until = sound.ends

    def lose(self, why: str) -> None:
        """The line cannot be heard from now on."""
        if self.broken is None:
            self.broken = why
            if self._piece is not None:
                self._piece.sync()

    def tick(self) -> None:
        """Once a second: what was written is flushed; a gap that lasts ends the piece."""
        if self._piece is None:
            return
        self._piece.sync()
        # On a full disk no end could be noted: the piece waits for room.
        lasts = self.broken and self.broken != DISK_FULL
        if lasts and self.until is not None and self._monotonic() - self.until > LONGEST_SILENCE:
            self._end(self.broken or "")

    def close(self, why: str) -> None:
        """The log of this line ends for now."""
        if self._piece is not None:
            self._end(why)
        self.broken = why

    def _day(self, monotonic: float, offset: float) -> datetime:
        return datetime.fromtimestamp(monotonic + offset, UTC)

    def _close_gap(self, sound: Sound, until: float) -> None:
        missing, why = sound.begins - until, self.broken
        if sound.dropped:
            missing, why = max(missing, sound.dropped / self.rate), "overflow"
        elif why is None and sound.overflowed:
            why = "overflow"
        elif why is None and missing > LATE:
            why = "late"
        if why is None or missing < SMALLEST_GAP:
            return
        if (
            missing > LONGEST_SILENCE
            or self._day(until, sound.offset) + timedelta(seconds=missing) >= self._hour_ends()
        ):
            self._end(why)
            self._begin(self._day(sound.begins, sound.offset), why)
            return
        self._open().gap(missing, why)

    def _append(self, sound: Sound) -> None:
        """Write the samples, cut where a minute or an hour ends."""
        left = sound.samples
        while len(left):
            piece = self._open()
            at = piece.time_of(self._day(sound.ends - len(left) / self.rate, sound.offset))
            if at >= self._hour_ends():
                self._end("hour", at=piece.hour + HOUR)
                self._begin(piece.hour + HOUR, "hour", joined=True)
                continue
            ends = min(piece.minute_ends(at), self._hour_ends())
            count = min(len(left), max(1, math.ceil((ends - at).total_seconds() * self.rate)))
            piece.write(left[:count], at)
            left = left[count:]
            self.reached = at + timedelta(seconds=count / self.rate)
            piece.note_arrival(self._day(sound.ends, sound.offset) - timedelta(seconds=len(left) / self.rate))

    def _hour_ends(self) -> datetime:
        return self._open().hour + HOUR

    def _open(self) -> "_Piece":
        if self._piece is None:
            raise RuntimeError("no piece is open")
        return self._piece

    def _begin(self, at: datetime, after: str, *, joined: bool = False, **facts: Any) -> None:
        missing = (at - self.reached).total_seconds() if self.reached is not None and not joined else None
        about = {"rate": self.rate, "format": self.kind, "label": self.label, "boot": boot_id(), "after": after}
        if joined:
            about["joined"] = True
        if missing is not None and after != "clock set":
            about["missing"] = round(max(0.0, missing), 3)
        try:
            files = new_piece(self.folder, at)
            self._piece = _Piece(files, self.rate, at, about | facts, self._monotonic, self._flush_every)
        except OSError as error:
            raise _full(error) from None

    def _end(self, why: str, at: datetime | None = None) -> None:
        piece, self._piece = self._open(), None
        self.reached = piece.end(why, at)

    def _recover(self) -> None:
        """Close what a killed writer left open, and know how far it came."""
        # Only what still lies raw can be open: a log of years is not read through.
        for raw in sorted(self.folder.glob(f"????-??-??/??-*{RAW}")):
            files = PieceFiles(raw.parent, raw.stem)
            if not any(entry["kind"] == "ends" for entry in files.entries()):
                _close_left(files, self.rate)
        *_, last = [None, *piece_files(self.folder)]
        if last is not None:
            self.reached = max(
                (datetime.fromisoformat(one["at"]) for one in last.entries() if "at" in one), default=None
            )


class _Piece:
    """One piece that is being written."""

    def __init__(
        self,
        files: PieceFiles,
        rate: int,
        at: datetime,
        about: dict[str, Any],
        monotonic: Callable[[], float],
        flush_every: float,
    ) -> None:
        self.files, self.rate, self._flush_every = files, rate, flush_every
        self.hour = files.hour
        self._monotonic = monotonic
        self.frames = 0
        self._began = at
        self._lag: float | None = None
        self._lag_before: float | None = None
        self._minute = at.replace(second=0, microsecond=0)
        self._power, self._peak, self._heard = 0.0, 0, 0
        self._synced = monotonic()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._journal = os.open(files.journal, flags, 0o600)
        self._notes: list[bytes] = []
        self._note("begins", at=at, **about)
        self._file = os.open(files.raw, flags, 0o600)

    def time_of(self, arrived: datetime) -> datetime:
        """When the next sample was heard. Blocks come now and then late, never early: the least late one counts."""
        steady = self._time_of_end()
        return steady if not self.frames or abs((arrived - steady).total_seconds()) < LATE else arrived

    def note_arrival(self, at: datetime) -> None:
        """The sound so far ended at this time of day, by the machine's clock."""
        lag = (at - self._began).total_seconds() - self.frames / self.rate
        self._lag = lag if self._lag is None else min(self._lag, lag)

    def minute_ends(self, at: datetime) -> datetime:
        """The end of the minute that is being measured; one that is over is noted."""
        while at >= self._minute + MINUTE:
            self._end_minute()
            self._minute = max(self._minute + MINUTE, at.replace(second=0, microsecond=0))
        return self._minute + MINUTE

    def write(self, samples: Pcm, at: datetime) -> None:
        data = memoryview(samples.astype("<i2", copy=False).tobytes())
        try:
            left = data
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            os.ftruncate(self._file, self.frames * SAMPLE)
            raise _full(error) from None
        self.frames += len(samples)
        wide = samples.astype(np.float64)
        self._power += float(np.dot(wide, wide))
        self._peak = max(self._peak, int(np.abs(wide).max()))
        self._heard += len(samples)
        if self._monotonic() - self._synced >= self._flush_every:
            self.sync()

    def gap(self, seconds: float, why: str) -> None:
        """Mark a stretch that was not heard, and keep its length as silence, which takes no room on the disk."""
        frames = round(seconds * self.rate)
        self._note("gap", frame=self.frames, seconds=round(seconds, 3), why=why)
        self.frames += frames
        os.ftruncate(self._file, self.frames * SAMPLE)

    def sync(self) -> None:
        self._synced = self._monotonic()
        self._write_notes()
        os.fdatasync(self._file)

    def end(self, why: str, at: datetime | None) -> datetime:
        """Nothing follows; returns when its last sample was heard."""
        self._end_minute()
        ends = at or self._time_of_end()
        self._note("ends", frame=self.frames, at=ends, why=why)
        with suppress(OSError):  # what a failing disk does not take is found by the next writer
            self.sync()
        os.close(self._file)
        os.close(self._journal)
        return ends

    def _time_of_end(self) -> datetime:
        """Of the minute before counts too, since a new one knows few blocks; a card drifts by little in two."""
        lag = min((one for one in (self._lag, self._lag_before) if one is not None), default=0.0)
        return self._began + timedelta(seconds=self.frames / self.rate + lag)

    def _end_minute(self) -> None:
        if self._heard:
            self._note(
                "minute",
                minute=self._minute,
                frame=self.frames,
                at=self._time_of_end(),
                seconds=round(self._heard / self.rate, 2),
                peak=decibels(self._peak),
                rms=decibels(math.sqrt(self._power / self._heard)),
            )
            self._lag_before, self._lag = self._lag, None
        self._power, self._peak, self._heard = 0.0, 0, 0

    def _note(self, kind: str, **facts: Any) -> None:
        told = {name: _spelled(value) if isinstance(value, datetime) else value for name, value in facts.items()}
        self._notes.append(json.dumps({"kind": kind} | told, ensure_ascii=False).encode() + b"\n")
        self._write_notes()

    def _write_notes(self) -> None:
        """Notes that a full disk does not take wait here, and follow when there is room."""
        while self._notes:
            size = os.fstat(self._journal).st_size
            try:
                whole = os.write(self._journal, self._notes[0]) == len(self._notes[0])
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                whole = False
            if not whole:
                os.ftruncate(self._journal, size)
                return
            del self._notes[0]


def _close_left(files: PieceFiles, rate: int) -> None:
    """End a piece whose writer was killed: it reaches as far as its sound does."""
    entries = files.entries()
    frames = files.raw_frames()
    if files.raw.exists():
        os.truncate(files.raw, frames * SAMPLE)
    known = [entry for entry in entries if entry["kind"] in ("begins", "minute")]
    if not known:
        files.remove()
        return
    rate = next((int(entry["rate"]) for entry in entries if "rate" in entry), rate)
    last = known[-1]
    behind = (frames - int(last.get("frame", 0))) / rate
    ends = datetime.fromisoformat(last["at"]) + timedelta(seconds=max(0.0, behind))
    text = json.dumps({"kind": "ends", "frame": frames, "at": _spelled(ends), "why": NOT_RUNNING})
    torn = not files.journal.read_bytes().endswith(b"\n")
    with files.journal.open("ab") as journal:
        journal.write((b"\n" if torn else b"") + text.encode() + b"\n")


def _spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _full(error: OSError) -> OSError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LogFull(error.errno, error.strerror, error.filename)
    return error
