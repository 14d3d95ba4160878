"""The recorder as a process: a list of lines that could not be taken over is tried again, and no child holds it up."""

import logging
import subprocess
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from radiodesk.core.settings import Settings
from radiodesk.sound.line_setup import FILE, Line, LineKind, Lines, save_lines
from radiodesk.sound.recorder import capture_source
from radiodesk.sound.recorder.capture_source import Reader
from radiodesk.sound.recorder.engine import Recorder
from radiodesk.sound.recorder.packets import Packet
from radiodesk.sound.recorder.recorder_process import Process, assemble


@pytest.fixture
def process(settings: Settings) -> Process:
    settings.lines.mkdir(parents=True, exist_ok=True)
    return assemble(settings)


def write_lines(settings: Settings) -> None:
    save_lines(settings.lines / FILE, Lines((Line("uji", "Uji", "tidak ada", 1, LineKind.TELEPHONE),)))


def test_a_list_that_could_not_be_taken_over_is_tried_again(
    process: Process, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_lines(settings)
    fitted: list[int] = []
    ticked: list[int] = []

    def fit() -> None:
        fitted.append(1)
        if len(fitted) == 1:
            raise OSError("no child could be started")

    monkeypatch.setattr(process.readers, "fit", fit)
    monkeypatch.setattr(process.recorder, "tick", lambda: ticked.append(1))
    with caplog.at_level(logging.CRITICAL):
        for _ in range(3):
            process.turn()
    assert len(fitted) == 2
    assert len(ticked) == 3
    assert list(process.recorder.lines) == ["uji"]


def test_a_list_that_cannot_be_read_is_told_of_once(
    process: Process, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.lines / FILE).write_text("[", encoding="utf-8")
    for _ in range(3):
        process.reload()
    assert len(caplog.records) == 1


def test_a_child_whose_sound_could_not_be_taken_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start_for_real = subprocess.Popen
    second = threading.Event()

    def start(_command: list[str], **given: Any) -> subprocess.Popen[bytes]:
        started.append(start_for_real(["sh", "-c", "echo sound; exec sleep 60"], **given))
        if len(started) == 2:
            second.set()
        return started[-1]

    class Breaks:
        def feed(self, data: bytes) -> list[Packet]:
            raise ValueError("no packet")

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(capture_source, "Unpacker", Breaks)
    reader = Reader(cast("Recorder", SimpleNamespace(lose_device=lambda *_: None)), "uji", 1, 8000)
    came_round = second.wait(20)
    reader.stop()
    for child in started:
        child.kill()
        child.wait(timeout=10)
    assert came_round
