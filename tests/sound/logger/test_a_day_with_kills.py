"""Twenty-four hours in fast motion, through the same code, with kills at random: every second is there or is a gap."""

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from radiodesk.sound.logger.log_files import piece_files
from radiodesk.sound.logger.log_packing import pack_all
from radiodesk.sound.logger.log_reader import Stretch, read_log, samples
from tests.sound.logger.day_source import BEGINS, DAY, RATE, number_of

KILLS = 20


def log_and_kill(folder: Path, first: int, last: int, at: int) -> int:
    """Log from a second on and kill the process once it heard another; returns how far it had come."""
    command = [sys.executable, "-m", "tests.sound.logger.day_source", str(folder), str(first), str(last)]
    reached = first
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            reached = int(line)
            if reached == at:
                os.kill(child.pid, signal.SIGKILL)
        code = child.wait()
    assert code in (0, -signal.SIGKILL)
    return reached


def seconds_in(found: Stretch) -> list[int | None]:
    heard = np.concatenate(list(samples(found)))
    assert len(heard) == DAY * RATE
    return [number_of(heard[at * RATE : (at + 1) * RATE]) for at in range(DAY)]


@pytest.mark.slow
def test_every_second_of_a_day_is_there_or_in_a_marked_gap(tmp_path: Path) -> None:
    chance = random.Random(20261124)  # noqa: S311
    kills = sorted(chance.sample(range(60, DAY - 60), KILLS))
    away: list[tuple[int, int]] = []
    second = 0
    for kill in [*kills, -1]:
        reached = log_and_kill(tmp_path, second, DAY, kill)
        second = min(DAY, reached + chance.choice((1, 2, 2, 3, 5, 90, 700)))
        away.append((reached, second))
    pack_all(tmp_path)

    found = read_log(tmp_path / "program", BEGINS, BEGINS + timedelta(days=1), now=BEGINS + timedelta(days=2))
    numbers = seconds_in(found)
    in_gap = [False] * DAY
    for gap in found.gaps:
        first = (gap.begins - BEGINS).total_seconds()
        for at in range(int(first), min(DAY, int(first + gap.seconds + 0.999))):
            in_gap[at] = True
    wrong = [at for at in range(DAY) if numbers[at] != at and not in_gap[at]]
    assert wrong == []
    # Nothing is missing but what the process was away, give or take the second in which it was killed.
    lost = sum(end - begin for begin, end in away)
    assert lost - KILLS <= found.missing <= lost + KILLS
    assert sum(in_gap) <= lost + KILLS
    assert KILLS - 3 <= len(found.gaps) <= KILLS
    assert {gap.why for gap in found.gaps} == {"the recorder was not running"}
    assert all(files.sound is not None and files.sound.suffix == ".flac" for files in piece_files(tmp_path / "program"))
    assert len({minute.begins for minute in found.minutes}) >= 1440 - KILLS * 13
