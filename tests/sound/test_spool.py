"""Takes on the disk: they grow, survive their writer, can be followed, and become FLAC sample by sample."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from radiodesk.core.errors import NotFound
from radiodesk.sound import takes as spool
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.takes import SpoolFull, Take, discard, follow, open_take, takes, to_flac

AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
RATE = 8000


def begin(folder: Path, *directions: str, at: datetime = AT, monotonic: Callable[[], float] = lambda: 5.0) -> Take:
    return Take.create(
        folder,
        line="hibrida-1",
        kind="soundcard",
        sample_rate=RATE,
        directions=directions or ("caller",),
        started_at=at,
        monotonic=monotonic,
    )


def ramp(count: int, start: int = 0) -> Pcm:
    return np.arange(start, start + count, dtype=np.int16)


def test_a_take_says_what_it_is_of(tmp_path: Path) -> None:
    made = begin(tmp_path, "caller", "studio")
    found = open_take(made.folder)
    assert found.about == made.about
    assert found.about.started_at == AT
    assert found.about.directions == ("caller", "studio")
    assert not found.closed


def test_what_is_written_is_there_at_once_and_becomes_the_same_samples_in_flac(tmp_path: Path) -> None:
    take = begin(tmp_path)
    take.write("caller", ramp(1000))
    take.write("caller", ramp(RATE, 1000).tobytes())
    assert open_take(take.folder).frames("caller") == 1000 + RATE
    take.close()
    assert to_flac(open_take(take.folder), "caller", tmp_path / "caller.flac") == 1000 + RATE
    samples, rate = soundfile.read(tmp_path / "caller.flac", dtype="int16")
    assert rate == RATE
    assert np.array_equal(samples, ramp(1000 + RATE))


def test_a_stretch_that_was_not_heard_keeps_its_length_and_is_marked(tmp_path: Path) -> None:
    take = begin(tmp_path)
    take.write("caller", ramp(RATE))
    take.gap("caller", 2.5, "device lost")
    take.write("caller", ramp(100))
    take.close()
    assert open_take(take.folder).seconds == pytest.approx(3.5 + 100 / RATE)
    gap, closed = open_take(take.folder).log()
    assert (gap["kind"], gap["direction"], gap["frame"], gap["seconds"]) == ("gap", "caller", RATE, 2.5)
    assert (closed["kind"], closed["frame"]) == ("closed", RATE * 7 // 2 + 100)


def test_it_is_flushed_to_the_disk_when_it_is_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    take = begin(tmp_path, monotonic=lambda: now[0])
    flushed: list[int] = []
    monkeypatch.setattr(os, "fdatasync", flushed.append)
    take.write("caller", ramp(10))
    assert flushed == []
    now[0] = spool.SYNC_SECONDS
    take.write("caller", ramp(10))
    assert len(flushed) == 1


def test_a_writer_that_died_leaves_a_take_that_can_be_gone_on_with(tmp_path: Path) -> None:
    take = begin(tmp_path)
    take.write("caller", ramp(50))
    with take.pcm("caller").open("ab") as file:
        file.write(b"\x01")
    with (take.folder / "log.jsonl").open("ab") as file:
        file.write(b'{"kind": "cli')
    again = Take.resume(open_take(take.folder))
    again.gap("caller", 1.0, "the recorder was not running")
    again.write("caller", ramp(50))
    again.close()
    assert [entry["kind"] for entry in open_take(take.folder).log()] == ["gap", "closed"]
    to_flac(open_take(take.folder), "caller", tmp_path / "all.flac")
    samples, _ = soundfile.read(tmp_path / "all.flac", dtype="int16")
    assert np.array_equal(samples, np.concatenate([ramp(50), np.zeros(RATE, np.int16), ramp(50)]))


def test_a_full_disk_truncates_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take = begin(tmp_path)
    take.write("caller", ramp(50))
    write = os.write

    def nearly_full(file: int, data: memoryview) -> int:
        if len(data) <= 20:
            raise OSError(28, "No space left on device")
        return write(file, data[:-20])

    monkeypatch.setattr(os, "write", nearly_full)
    with pytest.raises(SpoolFull):
        take.write("caller", ramp(50))
    take.note("disk_full")
    monkeypatch.setattr(os, "write", write)
    assert open_take(take.folder).frames("caller") == take.frames("caller") == 50
    take.write("caller", ramp(50, 50))
    take.close()
    assert np.array_equal(np.fromfile(take.pcm("caller"), "<i2"), ramp(100))
    assert [entry["kind"] for entry in take.log()] == ["disk_full", "closed"]


def test_a_follower_gets_every_sample_while_the_take_grows(tmp_path: Path) -> None:
    take = begin(tmp_path)
    heard: list[Pcm] = []
    turns = iter(range(0, 1000, 100))

    def wait(_seconds: float) -> None:
        """The follower has read all there is: write more, at last close."""
        start = next(turns, None)
        if start is None:
            take.write("caller", ramp(5, 1000))
            take.close()
        else:
            take.write("caller", ramp(100, start))

    heard = list(follow(open_take(take.folder), "caller", wait=wait))
    assert np.array_equal(np.concatenate(heard), ramp(1005))


def test_a_follower_never_gives_half_a_sample(tmp_path: Path) -> None:
    take = begin(tmp_path)
    data = ramp(2, 300).tobytes()
    pieces = iter([data[:1], data[1:3], data[3:]])

    def wait(_seconds: float) -> None:
        piece = next(pieces, None)
        if piece is None:
            take.close()
        else:
            with take.pcm("caller").open("ab") as file:
                file.write(piece)

    heard = np.concatenate(list(follow(open_take(take.folder), "caller", wait=wait)))
    assert np.array_equal(heard, ramp(2, 300))


def test_a_follower_ends_when_it_is_told_to_or_the_take_is_gone(tmp_path: Path) -> None:
    take = begin(tmp_path)
    take.write("caller", ramp(10))
    stopped = threading.Event()
    assert sum(map(len, follow(take, "caller", stop=stopped.is_set, wait=lambda _: stopped.set()))) == 10
    assert sum(map(len, follow(take, "caller", wait=lambda _: discard(take)))) == 10


def test_takes_are_listed_oldest_first_and_rubbish_is_passed_over(tmp_path: Path) -> None:
    second, first = begin(tmp_path, at=AT + timedelta(seconds=1)), begin(tmp_path)
    (tmp_path / "half-made").mkdir()
    (begin(tmp_path).folder / "about.json").write_text("{}")
    assert [take.id for take in takes(tmp_path)] == [first.id, second.id]
    with pytest.raises(NotFound):
        open_take(tmp_path / "half-made")
