"""Where the log of a line lies: ``<logger>/<line>/<day>/<hour>-<piece>``, day and hour in UTC.

A piece is a file of sound (``.pcm`` while it is written and until it was packed, then ``.flac`` or ``.opus``) and a
journal of the same name (``.jsonl``), which begins before the sound and outlives it by nothing. An hour has one piece,
and one more for each time that recording had to begin anew.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from radiodesk.sound.takes import SAMPLE

RAW = ".pcm"
JOURNAL = ".jsonl"
PACKED = (".flac", ".opus")
REMOVED = "removed.jsonl"
"""In the folder of a line: which hours went, when and why."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PieceFiles:
    """The files of one piece."""

    folder: Path
    name: str

    @property
    def journal(self) -> Path:
        return self.folder / f"{self.name}{JOURNAL}"

    @property
    def raw(self) -> Path:
        return self.folder / f"{self.name}{RAW}"

    @property
    def hour(self) -> datetime:
        """The hour of which it is a piece."""
        return datetime.fromisoformat(self.folder.name).replace(hour=int(self.name[:2]), tzinfo=UTC)

    @property
    def sound(self) -> Path | None:
        """The file that holds its sound now."""
        for suffix in (*PACKED, RAW):
            if (path := self.folder / f"{self.name}{suffix}").is_file():
                return path
        return None

    def entries(self) -> list[dict[str, Any]]:
        """What the journal says, in order; a line that a crash tore is left out."""
        try:
            lines = self.journal.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            with suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and "kind" in entry:
                    found.append(entry)
        return found

    def raw_frames(self) -> int:
        """Whole samples of the raw file that are on the disk."""
        try:
            return self.raw.stat().st_size // SAMPLE
        except FileNotFoundError:
            return 0

    def remove(self) -> int:
        """Delete sound and journal; returns the bytes that became free."""
        freed = 0
        for path in sorted(self.folder.glob(f"{self.name}.*"), key=lambda one: one.suffix == JOURNAL):
            freed += path.stat().st_size
            path.unlink(missing_ok=True)
        return freed


def new_piece(line: Path, at: datetime) -> PieceFiles:
    """The next free piece of the hour that ``at`` lies in."""
    folder = line / f"{at.astimezone(UTC):%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    hour = f"{at.astimezone(UTC):%H}"
    taken = [int(path.stem[3:]) for path in folder.glob(f"{hour}-*{JOURNAL}")]
    return PieceFiles(folder, f"{hour}-{max(taken, default=-1) + 1:03}")


def piece_files(line: Path, first: date | None = None, last: date | None = None) -> Iterator[PieceFiles]:
    """All pieces of a line in order, or those of some days (UTC, both included)."""
    for folder in sorted(line.glob("????-??-??")):
        with suppress(ValueError):
            day = date.fromisoformat(folder.name)
            if (first is None or day >= first) and (last is None or day <= last):
                for path in sorted(folder.glob(f"??-*{JOURNAL}")):
                    yield PieceFiles(folder, path.stem)


def logged_lines(logger: Path) -> list[str]:
    """Ids of the lines that have a log, whether they still exist or not."""
    return sorted(path.name for path in logger.glob("*") if path.is_dir())
