"""Takes: live sound on its way to the disk, so that a killed process costs at most half a second of it.

A take is a folder ``<spool>/<take id>/`` that holds ``about.json``, one ``<direction>.pcm`` per direction (mono,
signed 16 bit, little endian) and ``log.jsonl`` with what happened inside the take, each entry with its frame. Files
only ever grow; a stretch that could not be heard is kept as silence, so that a frame always tells the time since the
start. Whoever writes a take needs neither database nor network; whoever follows it reads while it grows.
"""

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiodesk.core.atomic_files import flush_folder, replacing
from radiodesk.core.errors import NotFound
from radiodesk.core.ids import public_id

if TYPE_CHECKING:
    from radiodesk.sound.pcm import Pcm

SYNC_SECONDS = 0.4
"""Between two flushes to the disk: a power cut costs no more than this and what the device had not handed over."""

SAMPLE = 2
_ABOUT, _LOG = "about.json", "log.jsonl"


class SpoolFull(OSError):
    """The disk took no more: what was written so far is whole, this block is not in the take."""


def is_full(error: OSError) -> bool:
    """Whether there was no room for it."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class About:
    """What a take is of.

    ``kind`` is ``soundcard`` or ``sip``, ``feed`` is ``caller`` or ``broadcast``; ``call`` is the telephone's key of
    the call, ``broadcast`` the public id of the broadcast. ``boot`` and ``monotonic`` say when it began on a clock
    that nobody sets: seconds since the machine's start, worth something until its next one.
    """

    id: str
    line: str
    kind: str
    sample_rate: int
    directions: tuple[str, ...]
    started_at: datetime
    feed: str = "caller"
    call: str | None = None
    broadcast: str | None = None
    boot: str = ""
    monotonic: float = 0.0


class Spooled:
    """A take as a reader sees it; it may still be growing."""

    def __init__(self, folder: Path, about: About) -> None:
        self.folder = folder
        self.about = about

    @property
    def id(self) -> str:
        """The take's id, which is its folder's name."""
        return self.about.id

    def pcm(self, direction: str) -> Path:
        """The file of one direction."""
        return self.folder / f"{direction}.pcm"

    def frames(self, direction: str) -> int:
        """Whole samples of a direction that are on the disk by now."""
        try:
            return self.pcm(direction).stat().st_size // SAMPLE
        except FileNotFoundError:
            return 0

    @property
    def seconds(self) -> float:
        """Length of the longest direction so far."""
        return max((self.frames(direction) for direction in self.about.directions), default=0) / self.about.sample_rate

    def log(self) -> list[dict[str, Any]]:
        """What happened inside the take, in order; a line that a crash tore is left out."""
        try:
            lines = (self.folder / _LOG).read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return [entry for line in lines if (entry := _entry(line)) is not None]

    @property
    def closed(self) -> bool:
        """Whether its writer said that nothing follows."""
        return any(entry["kind"] == "closed" for entry in self.log())


class Take(Spooled):
    """A take as its one writer holds it. Not for several threads at once, apart from ``sync``."""

    def __init__(self, folder: Path, about: About, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(folder, about)
        self._monotonic = monotonic
        self._files = {name: _append(self.pcm(name)) for name in about.directions}
        self._written = {name: os.fstat(file).st_size // SAMPLE for name, file in self._files.items()}
        self._log = _append(folder / _LOG)
        self._notes: list[bytes] = []
        self._synced = monotonic()

    @classmethod
    def create(
        cls,
        spool: Path,
        *,
        line: str,
        kind: str,
        sample_rate: int,
        directions: Sequence[str],
        started_at: datetime,
        feed: str = "caller",
        call: str | None = None,
        broadcast: str | None = None,
        began: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> "Take":
        """Begin a take; its folder appears whole. ``began`` is the start on the monotonic clock, when it lies back.

        Raises ``SpoolFull``, and then nothing of it is there.
        """
        about = About(
            id=public_id(started_at),
            line=line,
            kind=kind,
            sample_rate=sample_rate,
            directions=tuple(directions),
            started_at=started_at.astimezone(UTC),
            feed=feed,
            call=call,
            broadcast=broadcast,
            boot=boot_id(),
            monotonic=monotonic() if began is None else began,
        )
        folder = spool / about.id
        try:
            folder.mkdir(parents=True)
            with replacing(folder / _ABOUT) as written:
                written.write_text(json.dumps(asdict(about) | {"started_at": _spelled(about.started_at)}, indent=1))
            flush_folder(spool)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            if is_full(error):
                raise SpoolFull(error.errno, error.strerror, str(folder)) from None
            raise
        return cls(folder, about, monotonic=monotonic)

    @classmethod
    def resume(cls, found: Spooled, *, monotonic: Callable[[], float] = time.monotonic) -> "Take":
        """Go on with a take whose writer died; half a sample and a torn log line at the ends are made good."""
        for name in found.about.directions:
            if (path := found.pcm(name)).exists():
                os.truncate(path, path.stat().st_size // SAMPLE * SAMPLE)
        log = found.folder / _LOG
        if log.exists() and not log.read_bytes().endswith(b"\n"):
            with log.open("ab") as file:
                file.write(b"\n")
        return cls(found.folder, found.about, monotonic=monotonic)

    def frames(self, direction: str) -> int:
        """Whole samples of a direction so far."""
        return self._written[direction]

    def write(self, direction: str, pcm: "bytes | Pcm") -> None:
        """Append whole samples, and flush when it is time; raises ``SpoolFull``, and then none of them is written."""
        data = pcm if isinstance(pcm, bytes) else pcm.astype("<i2", copy=False).tobytes()
        file, before = self._files[direction], self._written[direction]
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(file, left) :]
        except OSError as error:
            os.ftruncate(file, before * SAMPLE)
            if is_full(error):
                raise SpoolFull(error.errno, error.strerror, str(self.pcm(direction))) from None
            raise
        self._written[direction] = before + len(data) // SAMPLE
        if self._monotonic() - self._synced >= SYNC_SECONDS:
            self.sync()

    def skip(self, direction: str, frames: int) -> None:
        """Append silence for what could not be heard. It takes no room on the disk."""
        if frames > 0:
            self._written[direction] += frames
            os.ftruncate(self._files[direction], self._written[direction] * SAMPLE)

    def note(self, kind: str, direction: str | None = None, *, frame: int | None = None, **facts: Any) -> None:
        """Log what happened, at the given frame or at the present end of the direction (or of the longest one)."""
        if frame is None:
            frame = self._written[direction] if direction else max(self._written.values(), default=0)
        entry = {"kind": kind, "direction": direction, "frame": frame, "seconds_in": frame / self.about.sample_rate}
        self._notes.append(json.dumps(entry | facts, ensure_ascii=False).encode() + b"\n")
        self._write_notes()

    def _write_notes(self) -> None:
        """Notes that a full disk does not take wait here, and follow when there is room."""
        while self._notes:
            size = os.fstat(self._log).st_size
            try:
                whole = os.write(self._log, self._notes[0]) == len(self._notes[0])
            except OSError as error:
                if not is_full(error):
                    raise
                whole = False
            if not whole:
                os.ftruncate(self._log, size)
                return
            del self._notes[0]
        os.fdatasync(self._log)

    def gap(self, direction: str, seconds: float, why: str) -> None:
        """Mark a stretch that could not be heard, and keep its length as silence."""
        if (frames := round(seconds * self.about.sample_rate)) > 0:
            self.note("gap", direction, seconds=round(seconds, 3), why=why)
            self.skip(direction, frames)

    def sync(self) -> None:
        """Flush what was written to the disk."""
        self._synced = self._monotonic()
        if self._notes:
            self._write_notes()
        for file in self._files.values():
            os.fdatasync(file)

    def close(self, why: str = "closed") -> None:
        """Say that nothing follows, and let go of the files."""
        self.sync()
        self.note("closed", why=why)
        for file in (*self._files.values(), self._log):
            os.close(file)


def open_take(folder: Path) -> Spooled:
    """Look at a take; raises ``NotFound`` when the folder holds none."""
    try:
        raw = json.loads((folder / _ABOUT).read_text())
        return Spooled(
            folder,
            About(
                **raw
                | {"directions": tuple(raw["directions"]), "started_at": datetime.fromisoformat(raw["started_at"])}
            ),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise NotFound("There is no take in %(folder)s.", folder=folder.name) from None


def takes(spool: Path) -> list[Spooled]:
    """All takes, oldest first; a folder that does not say what it is of is passed over.

    Its writer died too early, or it was taken in just now: one such folder must not hide all others.
    """
    found = []
    for path in sorted(spool.glob(f"*/{_ABOUT}")):
        with suppress(NotFound):
            found.append(open_take(path.parent))
    return found


def discard(take: Spooled) -> None:
    """Remove a take from the spool, when all that it holds is safe elsewhere."""
    shutil.rmtree(take.folder)


def follow(
    take: Spooled,
    direction: str,
    *,
    start: int = 0,
    block: int | None = None,
    poll: float = 0.05,
    stop: Callable[[], bool] = lambda: False,
    wait: Callable[[float], None] = time.sleep,
) -> "Iterator[Pcm]":
    """Yield the samples of a growing take from frame ``start`` on, at most ``block`` (one second) at once.

    Ends when the take is closed and read to its end, when it was removed, or when ``stop`` says so.
    """
    most = (block or take.about.sample_rate) * SAMPLE
    while not take.pcm(direction).exists():
        if stop() or take.closed or not take.folder.exists():
            return
        wait(poll)
    with take.pcm(direction).open("rb", buffering=0) as file:
        file.seek(start * SAMPLE)
        half, over = b"", False
        while not stop():
            data = half + (file.read(most) or b"")
            whole = len(data) // SAMPLE * SAMPLE
            half = data[whole:]
            if whole:
                yield _samples(data[:whole])
            elif over:
                return
            else:
                # Closed meanwhile? Then one more look, for what was written before it was closed.
                over = take.closed or not take.folder.exists()
                if not over:
                    wait(poll)


def to_flac(take: Spooled, direction: str, path: Path) -> int:
    """Write one direction as FLAC, sample by sample; the file appears whole. Returns the number of frames."""
    # Imported late: who only records must not load the decoders.
    from radiodesk.sound.encoder import write_blocks

    frames = 0

    def blocks() -> "Iterator[Pcm]":
        nonlocal frames
        with take.pcm(direction).open("rb") as file:
            while data := file.read(take.about.sample_rate * SAMPLE):
                whole = _samples(data[: len(data) // SAMPLE * SAMPLE])
                frames += len(whole)
                yield whole

    with replacing(path) as written:
        write_blocks(written, blocks(), take.about.sample_rate, 1, "PCM_16")
    return frames


def _samples(data: bytes) -> "Pcm":
    # Imported late: the attendant and the listener look at the spool all day, and mostly there is no sound in it.
    import numpy as np

    return np.frombuffer(data, "<i2").astype(np.int16)


def boot_id() -> str:
    """Names this run of the machine: monotonic times are comparable within one only."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _append(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "kind" in entry else None


def _spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
