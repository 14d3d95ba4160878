"""Long work shows progress, can be cancelled, and goes on after a kill."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from radiodesk.recognition.pieces import NO_HINTS, Piece, collect
from radiodesk.recognition.ports import Hints, Segment, Word
from tests.sound.sounds import write_wav


class Killed(Exception):
    """Stands for the process that went away."""


class Reader:
    """An engine that hears one word every ten seconds, and may be killed at one of them."""

    name, model, language = "reader", "none", "id"

    def __init__(self, killed_at: float | None = None) -> None:
        self.killed_at = killed_at
        self.started: list[float] = []

    def pieces(self, path: Path, *, hints: Hints = NO_HINTS, start: float = 0.0) -> Iterator[Piece]:
        self.started.append(start)
        for second in range(round(start), 60, 10):
            if second == self.killed_at:
                raise Killed
            word = Word(second + 1.0, second + 2.0, f"kata{second}", 0.5)
            yield Piece(second + 10.0, (Segment(word.start, word.end, word.word, (word,)),))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "call.wav", np.zeros(60 * 8000, np.float32), 8000)


def test_progress_is_told_and_may_cancel(recording: Path) -> None:
    told: list[tuple[float, float]] = []

    def progress(done: float, total: float) -> None:
        told.append((done, total))
        if done >= 30:
            raise Killed

    with pytest.raises(Killed):
        collect(Reader(), recording, progress=progress, clock=lambda: 0.0)

    assert told == [(10.0, 60.0), (20.0, 60.0), (30.0, 60.0)]


def test_work_goes_on_from_where_it_was_killed(recording: Path, tmp_path: Path) -> None:
    journal = tmp_path / "work" / "call.journal"
    whole = collect(Reader(), recording, clock=lambda: 0.0)
    with pytest.raises(Killed):
        collect(Reader(killed_at=30), recording, clock=lambda: 0.0, journal=journal)

    second = Reader()
    resumed = collect(second, recording, clock=lambda: 0.0, journal=journal)

    assert second.started == [30.0]
    assert resumed.segments == whole.segments
    assert not journal.exists()


def test_a_torn_last_line_costs_one_piece(recording: Path, tmp_path: Path) -> None:
    journal = tmp_path / "call.journal"
    with pytest.raises(Killed):
        collect(Reader(killed_at=30), recording, clock=lambda: 0.0, journal=journal)
    journal.write_bytes(journal.read_bytes()[:-7])

    second = Reader()
    resumed = collect(second, recording, clock=lambda: 0.0, journal=journal)

    assert second.started == [20.0]
    assert resumed.text == "kata0 kata10 kata20 kata30 kata40 kata50"
