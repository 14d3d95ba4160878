"""Each process that may be the only one of its machine brings up what waits there for the store, also after a kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf, waiting_of
from radiodesk.core.stores.s3_bucket import PUT_PART
from tests.factories.ports import free_port
from tests.factories.s3_server import Line

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(settings: Settings, s3_line: Line) -> Settings:
    options = s3_line.options(write_seconds="60", read_seconds="15")
    said = [f'{name} = "{value.get_secret_value()}"' for name, value in options.items()]
    file = "\n".join(['store = "s3"', "[stores.s3]", *said])
    (settings.data / "radiodesk.toml").write_text(file, encoding="utf-8")
    return settings.model_copy(update={"store": "s3", "stores": {"s3": options}})


@contextmanager
def process(settings: Settings, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RADIODESK")}
    environment = kept | {
        "RADIODESK_DATA": str(settings.data),
        "RADIODESK_DESK_PORT": str(free_port()),
        "RADIODESK_PUBLIC_PORT": str(free_port()),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
    }
    running = subprocess.Popen([sys.executable, "-m", "radiodesk", *command], env=environment)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.1)


@pytest.mark.parametrize("command", ["work", "attend", "desk --only-web", "public"])
def test_what_waits_goes_up(settings: Settings, s3_line: Line, command: str) -> None:
    s3_line.away = True
    shelf(settings, "audio").object("a").put(b"suara")
    s3_line.heal()
    with process(settings, *command.split()):
        until(lambda: waiting_of(settings) is None)
    assert s3_line.held() == {"audio/a": b"suara"}


def test_a_worker_that_is_killed_while_it_brings_up_is_followed_by_another(settings: Settings, s3_line: Line) -> None:
    data = os.urandom(2 * PUT_PART + 5)
    shelf(settings, "audio").object("besar").put(data)
    s3_line.holds_part = 2
    with process(settings, "work") as first:
        assert s3_line.held_back.wait(90)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert s3_line.held() == {}
    assert shelf(settings, "audio").object("besar").read_bytes() == data
    s3_line.heal()
    with process(settings, "work"):
        until(lambda: waiting_of(settings) is None)
    assert s3_line.held() == {"audio/besar": data}
