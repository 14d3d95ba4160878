"""What the supervisor starts, and what it leaves alone because it is at work already."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from radiodesk.operations.supervisor import Part, Starter, end_all
from tests.core.test_processes import HOLDS

PYTHON = sys.executable


@pytest.fixture
def left(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A part that a killed supervisor left at work."""
    command = [PYTHON, "-c", HOLDS, str(tmp_path / "recorder.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "True"
        yield process
        process.kill()


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Part]:
    """A part whose program ends at once and well."""
    monkeypatch.setattr(sys, "executable", "/bin/true")
    made = Part(["record-lines"], Starter.program, tmp_path / "recorder.lock")
    yield made
    if made.process is not None:
        made.process.wait(10)


def test_a_part_that_is_at_work_already_is_waited_for_in_silence(
    part: Part, left: "subprocess.Popen[str]", capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        part.look()
    assert part.process is None
    assert part.pid == left.pid
    left.kill()
    left.wait(10)
    part.look()
    assert part.process is not None
    assert capfd.readouterr().err == ""


def test_what_a_killed_supervisor_left_is_stopped_with_the_rest(part: Part, left: "subprocess.Popen[str]") -> None:
    end_all([part])
    assert left.wait(10) == -signal.SIGTERM


def test_a_part_that_dies_is_started_at_once_and_later_when_it_dies_again(part: Part) -> None:
    part.look()
    first = part.process
    assert first is not None
    first.wait(10)
    part.look()
    part.look()
    assert part.process is not None
    assert part.process is not first
    part.process.wait(10)
    part.look()
    part.look()
    assert part.process is None
    assert part.deaths == 2
