"""Reads the log of a line: what is there of a stretch of time, what is missing and why, how loud it was, its sound."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.sound.logger.log_files import RAW, REMOVED, PieceFiles, piece_files

if TYPE_CHECKING:
    from radiodesk.sound.pcm import Pcm

SMALLEST_GAP = 0.06
MOST_HOURS = 24
_DAY = timedelta(days=1)
NOT_RECORDED, WAS_REMOVED = "not recorded", "removed"


class NothingLogged(Conflict):
    """The stretch lies in a gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of which there is no sound, and why, as the journal tells it."""

    begins: datetime
    ends: datetime
    why: str

    @property
    def seconds(self) -> float:
        return (self.ends - self.begins).total_seconds()


@dataclass(frozen=True, slots=True)
class Minute:
    """Loudest sample and mean of one minute in dBFS, and how many seconds of it there are."""

    begins: datetime
    seconds: float
    peak: float
    rms: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the log; ``anchors`` are its frames whose time is known, in order."""

    files: PieceFiles
    begins: datetime
    ends: datetime
    rate: int
    frames: int
    kind: str
    label: str
    after: str
    joined: bool
    is_growing: bool
    anchors: tuple[tuple[int, float], ...]
    gaps: tuple[Gap, ...]
    minutes: tuple[Minute, ...]

    def frame_at(self, at: datetime) -> int:
        """The frame that was heard at a time within the piece."""
        second = at.timestamp()
        place = bisect_right([known for _, known in self.anchors], second) - 1
        frame, known = self.anchors[max(0, place)]
        following = self.anchors[place + 1] if 0 <= place < len(self.anchors) - 1 else None
        pace = (following[0] - frame) / (following[1] - known) if following and following[1] > known else self.rate
        return max(0, min(self.frames, round(frame + (second - known) * pace)))


@dataclass(frozen=True)
class Stretch:
    """A line's log between two times."""

    begins: datetime
    ends: datetime
    pieces: Sequence[Piece] = ()
    gaps: Sequence[Gap] = ()
    minutes: Sequence[Minute] = ()
    rate: int = field(default=48_000)

    @property
    def missing(self) -> float:
        """Seconds of which there is no sound."""
        return sum(gap.seconds for gap in self.gaps)

    @property
    def seconds(self) -> float:
        """Its length, gaps included."""
        return (self.ends - self.begins).total_seconds()


def read_piece(files: PieceFiles) -> Piece | None:
    """What a piece is, or ``None`` where its journal does not say when it began."""
    entries = files.entries()
    about = next((entry for entry in entries if entry["kind"] == "begins"), None)
    if about is None:
        return None
    try:
        return _piece(files, about, entries)
    except (KeyError, ValueError, TypeError):
        return None


def _piece(files: PieceFiles, about: dict[str, Any], entries: list[dict[str, Any]]) -> Piece:
    rate, begins = int(about["rate"]), datetime.fromisoformat(about["at"])
    last = next((entry for entry in reversed(entries) if entry["kind"] == "ends"), None)
    frames = int(last["frame"]) if last is not None else files.raw_frames()
    known = [(0, begins.timestamp())]
    for entry in entries:
        if entry["kind"] in ("minute", "ends") and known[-1][0] < int(entry["frame"]) <= frames:
            known.append((int(entry["frame"]), datetime.fromisoformat(entry["at"]).timestamp()))
    frame, second = known[-1]
    ends = datetime.fromtimestamp(second + (frames - frame) / rate, UTC)
    whole = Piece(
        files,
        begins,
        ends,
        rate,
        frames,
        str(about["format"]),
        str(about.get("label", "")),
        str(about.get("after", "")),
        bool(about.get("joined")),
        last is None,
        tuple(known),
        (),
        tuple(_minute(entry) for entry in entries if entry["kind"] == "minute"),
    )
    gaps = tuple(_gap(whole, entry) for entry in entries if entry["kind"] == "gap")
    return Piece(**{name: getattr(whole, name) for name in Piece.__slots__} | {"gaps": gaps})


def _minute(entry: dict[str, Any]) -> Minute:
    at = datetime.fromisoformat(entry["minute"])
    return Minute(at, float(entry["seconds"]), float(entry["peak"]), float(entry["rms"]))


def _gap(piece: Piece, entry: dict[str, Any]) -> Gap:
    frames = [known for known, _ in piece.anchors]
    place = max(0, bisect_right(frames, int(entry["frame"])) - 1)
    frame, second = piece.anchors[place]
    begins = datetime.fromtimestamp(second + (int(entry["frame"]) - frame) / piece.rate, UTC)
    return Gap(begins, begins + timedelta(seconds=float(entry["seconds"])), str(entry["why"]))


def read_log(line: Path, begins: datetime, ends: datetime, *, now: datetime) -> Stretch:
    """The log of a line (its folder) between two times; what lies after ``now`` is no gap."""
    begins = begins.astimezone(UTC)
    ends = max(begins, min(ends, now).astimezone(UTC))
    days = (begins - _DAY).astimezone(UTC).date(), (ends + _DAY).astimezone(UTC).date()
    near = [piece for files in piece_files(line, *days) if (piece := read_piece(files)) is not None]
    near.sort(key=lambda piece: (piece.begins, piece.files.name))
    pieces = [piece for piece in near if piece.ends > begins and piece.begins < ends]
    gaps = [gap for piece in pieces for gap in piece.gaps] + _between(near, begins, ends, _removed(line))
    clipped = [Gap(max(gap.begins, begins), min(gap.ends, ends), gap.why) for gap in gaps]
    minutes = [one for piece in pieces for one in piece.minutes if begins <= one.begins < ends]
    return Stretch(
        begins,
        ends,
        pieces,
        sorted((gap for gap in clipped if gap.seconds >= SMALLEST_GAP), key=lambda gap: gap.begins),
        minutes,
        pieces[0].rate if pieces else 48_000,
    )


def _between(near: Sequence[Piece], begins: datetime, ends: datetime, removed: Sequence[Gap]) -> list[Gap]:
    """What no piece covers."""
    found, until = [], begins
    for piece in near:
        if piece.ends <= begins or piece.begins >= ends:
            continue
        if piece.begins > until and not (piece.joined and until > begins):
            found.append(Gap(until, piece.begins, _why(until, piece.begins, removed) or piece.after))
        until = max(until, piece.ends)
    if until < ends:
        later = next((piece.after for piece in near if piece.begins >= ends), NOT_RECORDED)
        growing = any(piece.is_growing for piece in near if piece.ends == until)
        # What was heard a moment ago is on its way to the disk.
        if not (growing and (ends - until).total_seconds() < 1.0):
            found.append(Gap(until, ends, _why(until, ends, removed) or later))
    return found


def _why(begins: datetime, ends: datetime, removed: Sequence[Gap]) -> str | None:
    return WAS_REMOVED if any(gap.begins < ends and gap.ends > begins for gap in removed) else None


def _removed(line: Path) -> list[Gap]:
    found = []
    with suppress(FileNotFoundError):
        for text in (line / REMOVED).read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                entry = json.loads(text)
                begins, ends = datetime.fromisoformat(entry["begins"]), datetime.fromisoformat(entry["ends"])
                found.append(Gap(begins, ends, str(entry["why"])))
    return found


def days_of(line: Path) -> list[date]:
    """The days (UTC) of which there is a log."""
    return sorted({date.fromisoformat(files.folder.name) for files in piece_files(line)})


def require_stretch(
    line: Path, begins: datetime, ends: datetime, *, now: datetime, hours: float = MOST_HOURS
) -> Stretch:
    """A stretch that can be cut out; raises ``Unreadable`` for times that cannot be meant, ``NothingLogged``."""
    if ends <= begins:
        raise Unreadable("The end must lie after the beginning.")
    if (ends - begins).total_seconds() > hours * 3600:
        raise Unreadable("At most %(hours)s hours at once.", hours=f"{hours:g}")
    found = read_log(line, begins, ends, now=now)
    if not found.pieces or found.missing >= found.seconds - SMALLEST_GAP:
        raise NothingLogged("Nothing was recorded in this stretch.")
    return found


def samples(found: Stretch) -> "Iterator[Pcm]":
    """The sound of a stretch in blocks of at most a second; gaps are silence of their length."""
    import numpy as np

    written = 0
    for piece in found.pieces:
        place = round((max(piece.begins, found.begins) - found.begins).total_seconds() * found.rate)
        first = piece.frame_at(max(piece.begins, found.begins))
        last = piece.frame_at(min(piece.ends, found.ends))
        slack = SMALLEST_GAP * found.rate
        if place - written >= slack:
            yield from _silence(place - written, found.rate)
            written = place
        elif written - place >= slack:
            # The clock was set back: what was heard in the same minutes a second time is told once.
            first += round((written - place) * piece.rate / found.rate)
        for block in _sound_of(piece, first, last, found.rate):
            written += len(block)
            yield block
    left = round(found.seconds * found.rate) - written
    if left >= SMALLEST_GAP * found.rate:
        yield from _silence(left, found.rate)
    elif left > 0:
        yield np.zeros(left, np.int16)


def _silence(frames: int, rate: int) -> "Iterator[Pcm]":
    import numpy as np

    while frames > 0:
        yield np.zeros(min(rate, frames), np.int16)
        frames -= rate


def _sound_of(piece: Piece, first: int, last: int, rate: int) -> "Iterator[Pcm]":
    path = piece.files.sound
    if path is None or last <= first:
        return
    # Imported late: the page of a day needs the journals alone.
    from radiodesk.sound.logger.log_sound import frames_of

    yield from frames_of(path, first, last, piece.rate, rate, is_raw=path.suffix == RAW)
