"""A round goes on whatever its turns run into, and says how it is doing."""

import logging
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from radiodesk.core import rounds
from radiodesk.core.rounds import Round, Rounds, health_of


def locked() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "TROUBLE", 0.0)
    monkeypatch.setattr(rounds, "TOLD_EVERY", 0.01)


@pytest.mark.parametrize(
    "error",
    [
        locked(),
        OSError(28, "No space left on device"),
        UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed"),
        RuntimeError("whatever"),
    ],
)
def test_no_error_ends_a_round(tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    turned, enough, stop = [0], threading.Event(), threading.Event()

    def turn() -> None:
        turned[0] += 1
        if turned[0] < 5:
            raise error
        enough.set()

    running = Rounds("uji", [Round("giliran", 0.001, turn)], tmp_path, stop)
    running.start()
    assert enough.wait(10)
    stop.set()
    running.join(5)
    assert turned[0] >= 5


def test_what_a_round_suffers_from_is_told_and_forgotten_when_it_is_over(tmp_path: Path) -> None:
    broken, stop = threading.Event(), threading.Event()
    broken.set()

    def turn() -> None:
        if broken.is_set():
            raise locked()

    running = Rounds("uji", [Round("giliran", 0.001, turn)], tmp_path, stop)
    running.start()

    def seen(wanted: bool) -> bool:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            told = health_of(tmp_path, seconds=time.time())
            if told and told[0].rounds[0].turns + told[0].rounds[0].failures and told[0].well is wanted:
                return True
            stop.wait(0.01)
        return False

    assert seen(False)
    [told] = health_of(tmp_path, seconds=time.time())
    assert "ditulis" in told.rounds[0].problem or "written" in told.rounds[0].problem
    broken.clear()
    assert seen(True)
    # A process that says nothing any more is not well, whatever it said last.
    assert [one.silent for one in health_of(tmp_path, seconds=time.time() + 60)] == [True]
    stop.set()
    running.join(5)
    assert health_of(tmp_path, seconds=time.time()) == []
