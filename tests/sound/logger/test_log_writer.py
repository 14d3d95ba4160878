"""A line's log: hours, gaps, clocks that drift and jump, full disks, what a killed writer left, and what is read."""

import errno
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.sound.line_setup import Line, LineKind, Lines
from radiodesk.sound.logger import log_writer
from radiodesk.sound.logger.line_logger import LineLogger
from radiodesk.sound.logger.log_files import piece_files
from radiodesk.sound.logger.log_packing import pack_all
from radiodesk.sound.logger.log_pruning import Rule, prune_for_room, prune_old
from radiodesk.sound.logger.log_reader import NothingLogged, Stretch, read_log, require_stretch, samples
from radiodesk.sound.logger.log_writer import LogWriter, Sound
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder.disk_space import DiskWatch, Limits
from radiodesk.sound.recorder.engine import Clocks
from tests.sound.logger.day_source import BEGINS, DAY, RATE, Clock, second_of_day

DAYS_LATER = BEGINS + timedelta(days=2)
RATE_8K = 8000


class Desk:
    """A writer, its clock, and a card that may run fast or slow."""

    def __init__(self, folder: Path, kind: str = "flac", rate: int = RATE, pace: float = 1.0) -> None:
        self.folder, self.kind, self.rate, self.pace = folder, kind, rate, pace
        self.clock = Clock(0.0)
        self.jumped = 0.0
        self.start()

    def start(self) -> None:
        """Begin anew, as after a kill."""
        self.writer = LogWriter(self.folder, self.rate, self.kind, monotonic=self.clock.monotonic, flush_every=600.0)

    @property
    def offset(self) -> float:
        return self.clock.now().timestamp() + self.jumped - self.clock.monotonic()

    def hear(self, seconds: float, sound: Pcm | None = None, late: Iterator[float] | None = None) -> None:
        """So many seconds of the card's own clock, in blocks of one."""
        for _ in range(round(seconds)):
            block = sound if sound is not None else second_of_day(round(self.clock.second))
            begins = self.clock.monotonic()
            self.clock.second += 1.0 / self.pace
            ends = self.clock.monotonic() + (next(late) if late else 0.0)
            self.writer.write(Sound(block, begins + ends - self.clock.monotonic(), ends, self.offset))

    def log(self, begins: float = 0.0, ends: float = DAY) -> Stretch:
        day = timedelta(seconds=begins), timedelta(seconds=ends)
        return read_log(self.folder, BEGINS + day[0], BEGINS + day[1], now=DAYS_LATER)


def at(second: float) -> datetime:
    return BEGINS + timedelta(seconds=second)


def test_an_hour_is_a_file_and_the_next_follows_without_a_gap(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.clock.second = 3500.0
    desk.hear(300)
    desk.writer.close("stopped")
    found = desk.log(3500, 3800)
    assert [piece.files.name for piece in found.pieces] == ["17-000", "18-000"]
    assert found.gaps == []
    assert found.pieces[1].begins == at(3600)
    heard = np.concatenate(list(samples(found)))
    assert np.array_equal(heard, np.concatenate([second_of_day(number) for number in range(3500, 3800)]))


def test_a_device_that_is_back_soon_leaves_silence_and_one_that_is_not_a_further_piece(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(10)
    desk.writer.lose("device lost")
    desk.clock.second += 20
    desk.hear(10)
    desk.writer.lose("device lost")
    desk.clock.second += 100
    desk.writer.tick()
    desk.hear(10)
    desk.writer.close("stopped")
    found = desk.log(0, 150)
    assert [piece.files.name for piece in found.pieces] == ["17-000", "17-001"]
    assert [(gap.begins, gap.seconds, gap.why) for gap in found.gaps] == [
        (at(10), 20.0, "device lost"),
        (at(40), 100.0, "device lost"),
    ]
    heard = np.concatenate(list(samples(found)))
    assert np.array_equal(heard[30_000:31_000], second_of_day(30))
    assert np.array_equal(heard[149_000:], second_of_day(149))


def test_what_a_killed_writer_left_is_closed_and_the_hour_goes_on_with_the_gap_marked(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(90)
    raw = tmp_path / "2026-11-23" / "17-000.pcm"
    with raw.open("ab") as torn:
        torn.write(b"\x01")
    with raw.with_suffix(".jsonl").open("ab") as torn:
        torn.write(b'{"kind": "min')
    desk.clock.second += 3
    desk.start()
    desk.hear(5)
    desk.writer.close("stopped")
    found = desk.log(0, 98)
    assert [(gap.begins, gap.seconds, gap.why) for gap in found.gaps] == [(at(90), 3.0, log_writer.NOT_RUNNING)]
    assert [piece.after for piece in found.pieces] == [log_writer.BEGUN, log_writer.NOT_RUNNING]
    assert found.pieces[0].frames == 90 * RATE


@pytest.mark.parametrize("pace", [0.9995, 1.0005])
def test_times_stay_true_while_the_clock_of_the_card_drifts(tmp_path: Path, pace: float) -> None:
    desk = Desk(tmp_path, pace=pace)
    desk.hear(7300, np.full(RATE, 5, np.int16))
    mark = desk.clock.second
    desk.hear(1, np.full(RATE, 9000, np.int16))
    desk.hear(200, np.full(RATE, 5, np.int16))
    desk.writer.close("stopped")
    found = desk.log(mark - 5, mark + 5)
    heard = np.concatenate(list(samples(found)))
    # After two hours the card is 3.6 s off; its log is not.
    assert abs(int(np.argmax(heard == 9000)) / RATE - 5.0) < 0.1
    assert found.gaps == []


def test_blocks_that_come_late_now_and_then_move_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    chance = np.random.default_rng(3)
    desk.hear(1)
    desk.hear(3999, late=iter(np.where(chance.random(3999) < 0.3, 0.4 * chance.random(3999), 0.0).tolist()))
    desk.writer.close("stopped")
    found = desk.log(0, 4000)
    assert found.gaps == []
    assert [piece.begins.second for piece in found.pieces] == [0, 0]
    heard = np.concatenate(list(samples(found)))
    for second in (10, 3599, 3600, 3999):
        assert np.array_equal(heard[second * RATE : (second + 1) * RATE], second_of_day(second))


def test_a_clock_that_is_set_begins_a_piece_and_is_no_gap_of_sound(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(10)
    desk.jumped = 60.0
    desk.hear(10)
    desk.writer.close("stopped")
    found = desk.log(0, 80)
    assert [(gap.begins, gap.seconds, gap.why) for gap in found.gaps] == [(at(10), 60.0, "clock set")]
    begins = found.pieces[1].files.entries()[0]
    assert begins["jumped"] == 60.0


def test_sound_that_was_dropped_is_a_gap(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(3)
    begins = desk.clock.monotonic() + 2
    desk.clock.second += 3
    desk.writer.write(Sound(second_of_day(5), begins, begins + 1, desk.offset, dropped=2 * RATE))
    desk.writer.close("stopped")
    assert [(gap.begins, gap.seconds, gap.why) for gap in desk.log(0, 6).gaps] == [(at(3), 2.0, "overflow")]


def test_a_full_disk_is_a_gap_and_the_log_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    desk.hear(5)
    write = os.write

    def full(file: int, data: bytes | memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(log_writer.LogFull):
        desk.hear(1)
    desk.writer.lose(log_writer.DISK_FULL)
    desk.clock.second += 200
    desk.writer.tick()
    monkeypatch.setattr(os, "write", write)
    desk.hear(5)
    desk.writer.close("stopped")
    found = desk.log(0, 211)
    assert [(gap.begins, round(gap.seconds), gap.why) for gap in found.gaps] == [(at(5), 201, "disk full")]


def test_minutes_tell_how_loud_it_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(60, np.full(RATE, 3277, np.int16))
    desk.hear(60, np.zeros(RATE, np.int16))
    desk.writer.close("stopped")
    found = desk.log(0, 120)
    assert [(one.begins, one.seconds, one.peak) for one in found.minutes] == [
        (at(0), 60.0, -20.0),
        (at(60), 60.0, -96.0),
    ]


@pytest.mark.parametrize("rate", [RATE_8K, 44_100])
def test_opus_keeps_times_and_words(tmp_path: Path, rate: int) -> None:
    desk = Desk(tmp_path / "program", "opus", rate)
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.int16)
    quiet = np.zeros(rate, np.int16)
    for second in range(30):
        desk.hear(1, tone if second in (3, 21) else quiet)
    desk.writer.close("stopped")
    assert pack_all(tmp_path) == 1
    [files] = piece_files(tmp_path / "program")
    assert files.sound is not None
    assert files.sound.suffix == ".opus"
    for first in (0, 18):
        found = desk.log(first, first + 6)
        heard = np.concatenate(list(samples(found))).astype(float)
        assert len(heard) == 6 * rate
        loud = [float(np.sqrt(np.mean(heard[at * rate : (at + 1) * rate] ** 2))) for at in range(6)]
        assert [level > 2000 for level in loud] == [False, False, False, True, False, False]


def test_packing_that_was_killed_begins_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "program")
    desk.hear(10)
    desk.writer.close("stopped")
    [files] = piece_files(tmp_path / "program")
    (files.folder / ".half.flac").write_bytes(b"fLaC")
    files.raw.with_suffix(".flac").write_bytes(b"fLaC")
    assert pack_all(tmp_path) == 1
    assert not list(files.folder.glob(".*"))
    heard = np.concatenate(list(samples(desk.log(0, 10))))
    assert np.array_equal(heard, np.concatenate([second_of_day(number) for number in range(10)]))
    assert not files.raw.exists()


def logged_days(folder: Path, lines: dict[str, int]) -> None:
    """A minute of each of the last days, for each line as many days as it says."""
    for line, days in lines.items():
        for day in range(days):
            desk = Desk(folder / line)
            desk.clock.second = -day * DAY
            desk.hear(1)
            desk.writer.close("stopped")


def hours(folder: Path, line: str) -> list[str]:
    return [files.folder.name for files in piece_files(folder / line)]


def test_what_is_older_than_its_rule_goes(tmp_path: Path) -> None:
    logged_days(tmp_path, {"program": 5, "lama": 5})
    freed = prune_old(tmp_path, {"program": Rule(2, 1)}, at(7200), Rule(4, 1))
    assert freed > 0
    assert hours(tmp_path, "program") == ["2026-11-22", "2026-11-23"]
    assert hours(tmp_path, "lama") == ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
    found = read_log(tmp_path / "program", at(-3 * DAY), at(-2 * DAY), now=at(7200))
    assert {gap.why for gap in found.gaps} == {"removed"}


def test_on_a_full_disk_the_oldest_goes_that_its_rule_lets_go(tmp_path: Path) -> None:
    logged_days(tmp_path, {"program": 4, "studio": 6})
    rules = {"program": Rule(30, 1), "studio": Rule(30, 4)}
    gone = []
    while prune_for_room(tmp_path, rules, at(7200), Rule(30, 30)):
        gone.append((len(hours(tmp_path, "program")), len(hours(tmp_path, "studio"))))
    assert gone == [(4, 5), (4, 4), (3, 4), (2, 4), (1, 4)]


def test_a_disk_on_which_nothing_may_go_is_an_alarm_and_ends_when_there_is_room(tmp_path: Path) -> None:
    clock, free = Clock(0.0), [50]
    told: list[Refusal | None] = []
    watch = DiskWatch(lambda: free[0], Limits(alarm=1000, stop=100))
    logger = LineLogger(tmp_path, Clocks(clock.now, clock.monotonic), watch, pack=lambda: None, alarm=told.append)
    logger.configure(Lines((Line("program", "Program", "Meja", 1, LineKind.PROGRAMME, log="flac"),), RATE))
    logger.tick()
    assert told[-1] is not None
    assert logger.state()["stopped"]
    free[0] = 10_000
    logger.tick()
    assert told[-1] is None
    assert not logger.state()["stopped"]


def test_a_stretch_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(5)
    desk.writer.close("stopped")
    with pytest.raises(Unreadable):
        require_stretch(tmp_path, at(5), at(5), now=DAYS_LATER)
    with pytest.raises(Unreadable):
        require_stretch(tmp_path, at(0), at(3 * DAY), now=DAYS_LATER)
    with pytest.raises(NothingLogged):
        require_stretch(tmp_path, at(100), at(200), now=DAYS_LATER)
    assert require_stretch(tmp_path, at(0), at(10), now=DAYS_LATER).missing == 5.0


def test_a_journal_that_is_no_journal_hides_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(5)
    desk.writer.close("stopped")
    folder = tmp_path / "2026-11-23"
    (folder / "17-001.jsonl").write_text(json.dumps({"kind": "begins", "at": "kemarin"}) + "\n")
    (folder / "17-002.jsonl").write_bytes(b"\xff\xfe\n[1]\n")
    assert len(desk.log(0, 10).pieces) == 1
