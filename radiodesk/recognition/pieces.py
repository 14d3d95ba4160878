"""Long recordings are heard piece by piece: progress is shown, work can be cancelled, and a kill costs one piece.

The journal is a file of JSON lines beside the work, one line a piece; what is torn at its end is left out.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from radiodesk.recognition.ports import Hints, Progress, Segment, Transcription, Word

NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Piece:
    """What was heard up to ``until`` seconds of the recording, a safe place to go on from."""

    until: float
    segments: tuple[Segment, ...]


class PieceByPiece(Protocol):
    """An engine that can begin anywhere in a file; the built-in ones all can."""

    name: str
    model: str
    language: str

    def pieces(self, path: Path, *, hints: Hints = ..., start: float = ...) -> Iterator[Piece]: ...


def collect(
    engine: PieceByPiece,
    path: Path,
    *,
    hints: Hints = NO_HINTS,
    progress: Progress | None = None,
    clock: Callable[[], float],
    journal: Path | None = None,
) -> Transcription:
    """Hear a whole file; ``progress`` may raise to cancel. Raises ``AudioUnreadable``.

    With a ``journal`` the work goes on from where an earlier call with the same file and journal was cut off, and the
    journal is removed at the end; ``seconds`` then counts the last call only.
    """
    # A worker knows this module from its start, and decodes when there is something to hear.
    from radiodesk.sound.decoder import probe

    begun = clock()
    duration = probe(path).duration
    segments: list[Segment] = []
    start = 0.0
    if journal and journal.exists():
        for piece in _read(journal):
            segments.extend(piece.segments)
            start = max(start, piece.until)
    for piece in engine.pieces(path, hints=hints, start=start):
        segments.extend(piece.segments)
        if journal:
            _append(journal, piece)
        if progress:
            progress(min(piece.until, duration), duration)
    if journal:
        journal.unlink(missing_ok=True)
    return Transcription(engine.name, engine.model, engine.language, duration, clock() - begun, tuple(segments))


def _append(journal: Path, piece: Piece) -> None:
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as out:
        out.write(json.dumps(asdict(piece)) + "\n")
        out.flush()
        os.fsync(out.fileno())


def _read(journal: Path) -> Iterator[Piece]:
    whole, _, torn = journal.read_bytes().rpartition(b"\n")
    if torn:
        journal.write_bytes(whole + b"\n" if whole else b"")
    for line in whole.decode().splitlines():
        stored = json.loads(line)
        segments = tuple(
            Segment(each["start"], each["end"], each["text"], tuple(Word(**word) for word in each["words"]))
            for each in stored["segments"]
        )
        yield Piece(stored["until"], segments)
