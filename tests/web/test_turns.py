"""Live regions take turns; nothing else waits for them."""

import threading
from collections.abc import Iterable
from typing import Any

import pytest

from radiodesk.web import region_turns
from radiodesk.web.region_turns import Turns


class Slow:
    """An application whose answers wait until they are let go; counts who is inside."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.inside = threading.Semaphore(0)
        self.most = self.now = 0
        self._lock = threading.Lock()

    def __call__(self, _environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.inside.release()
        assert self.go.wait(30)
        with self._lock:
            self.now -= 1
        return [b""]


def ask(application: Turns, **environ: str) -> threading.Thread:
    asked = threading.Thread(target=application, args=({"REQUEST_METHOD": "GET"} | environ, None))
    asked.start()
    return asked


def test_regions_are_made_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_turns, "LONGEST_WAIT", 30.0)
    slow = Slow()
    application = Turns(slow)
    asked = [ask(application, HTTP_HX_REQUEST="true") for _ in range(5)]
    assert slow.inside.acquire(timeout=30)
    slow.go.set()
    for one in asked:
        one.join(30)
    assert slow.most == 1


def test_forms_and_pages_do_not_wait_for_regions() -> None:
    slow = Slow()
    application = Turns(slow)
    asked = [
        ask(application, HTTP_HX_REQUEST="true"),
        ask(application),
        ask(application, REQUEST_METHOD="POST", HTTP_HX_REQUEST="true"),
    ]
    for _ in asked:
        assert slow.inside.acquire(timeout=30)
    slow.go.set()
    for one in asked:
        one.join(30)
    assert slow.most == 3


def test_a_region_that_takes_too_long_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_turns, "LONGEST_WAIT", 0.01)
    slow = Slow()
    application = Turns(slow)
    asked = [ask(application, HTTP_HX_REQUEST="true") for _ in range(3)]
    for _ in asked:
        assert slow.inside.acquire(timeout=30)
    slow.go.set()
    for one in asked:
        one.join(30)


def test_a_failure_ends_the_turn() -> None:
    def broken(_environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        raise RuntimeError

    application = Turns(broken)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            application({"REQUEST_METHOD": "GET", "HTTP_HX_REQUEST": "true"}, None)  # type: ignore[arg-type]
