"""A round goes on whatever its turns run into, and says how it is doing."""

import json
import logging
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from radiodesk.core import rounds
from radiodesk.core.health_file import Beat
from radiodesk.core.rounds import LONG_TURN, Round, Rounds, health_of


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


def test_a_turn_that_does_not_come_back_is_trouble(tmp_path: Path) -> None:
    stuck, stop = threading.Event(), threading.Event()
    running = Rounds(
        "uji", [Round("giliran", 0.001, lambda: stuck.wait(30)), Round("lain", 0.001, int)], tmp_path, stop
    )
    running.start()
    until = time.monotonic() + 10
    while not (told := health_of(tmp_path, seconds=time.time())) or not told[0].rounds[0].began:
        assert time.monotonic() < until
        stop.wait(0.01)
    assert told[0].well
    later = time.time() + LONG_TURN + 60
    (path,) = tmp_path.glob("*.json")
    stuck_file = path.read_text(encoding="utf-8")
    stuck.set()
    stop.set()
    running.join(5)
    still = json.loads(stuck_file) | {"at": later}
    (tmp_path / "uji-1.json").write_text(json.dumps(still), encoding="utf-8")
    (told_later,) = health_of(tmp_path, seconds=later)
    assert told_later.hanging == {"giliran": 6}
    assert not told_later.well


@pytest.mark.parametrize(
    ("every", "failures", "rest"),
    [(0.2, 0, 0.2), (0.2, 1, 3.0), (0.2, 9, 3.0), (20.0, 1, 3.0), (20.0, 2, 6.0), (20.0, 9, 20.0), (3600.0, 1, 3.0)],
)
def test_a_round_of_an_hour_does_not_wait_an_hour_after_it_failed(
    monkeypatch: pytest.MonkeyPatch, every: float, failures: int, rest: float
) -> None:
    monkeypatch.setattr(rounds, "TROUBLE", 3.0)
    waited: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0.0)
            if len(waited) > failures:
                self.set()
            return self.is_set()

    def turn() -> None:
        if len(waited) < failures:
            raise RuntimeError("uji")

    stop = Stop()
    running = Rounds("uji", [], Path(), stop)
    health = rounds.Health("giliran", every)
    running._health["giliran"] = health
    running._again(Round("giliran", every, turn))
    assert waited[max(0, failures - 1)] == rest


def test_the_words_of_an_error_are_in_no_health_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    failed, stop = threading.Event(), threading.Event()

    def turn() -> None:
        failed.set()
        raise ValueError("kata-rahasia-uji")

    running = Rounds("uji", [Round("giliran", 0.001, turn)], tmp_path, stop)
    running.start()
    until = time.monotonic() + 10
    while not (told := health_of(tmp_path, seconds=time.time())) or not told[0].rounds[0].failures:
        assert time.monotonic() < until
        stop.wait(0.01)
    kept = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    stop.set()
    running.join(5)
    assert "ValueError" in kept
    assert "rahasia" not in kept


def test_a_process_that_is_one_loop_is_silent_once_it_does_not_turn(tmp_path: Path) -> None:
    at = [0.0]
    beat = Beat(tmp_path, "listen", lambda: at[0])
    beat.turn()
    [told] = health_of(tmp_path, seconds=time.time())
    assert (told.process, told.silent, told.well) == ("listen", False, True)
    [path] = tmp_path.glob("*.json")
    path.unlink()
    beat.turn()
    assert health_of(tmp_path, seconds=time.time()) == [], "it writes now and then only"
    at[0] += 5
    beat.turn()
    assert [one.silent for one in health_of(tmp_path, seconds=time.time() + 60)] == [True]
    beat.end()
    assert health_of(tmp_path, seconds=time.time()) == []
