"""A telephone of its own for each test: free ports on 127.0.0.1, a data folder of its own, ended with the test."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from radiodesk.core.keys import load_keys
from radiodesk.sound import control_socket, line_journal
from radiodesk.sound.control_socket import PartSilent
from radiodesk.sound.line_journal import Entry
from radiodesk.sound.takes import Spooled, open_take
from radiodesk.sound.telephone import baresip_process
from tests.factories.ports import free_port
from tests.sound.telephone.callers import Caller, Sound, eventually

LINES = 3
Calls = Callable[..., Caller]


class House:
    """The telephone as the desk meets it: journal, takes and socket."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.lines = data / "lines"
        self.port = free_port()
        self.environment = {
            **os.environ,
            "RADIODESK_DATA": str(data),
            "RADIODESK_SIP_ADDRESS": "127.0.0.1",
            "RADIODESK_SIP_PORT": str(self.port),
            "RADIODESK_SIP_CONTROL_PORT": str(free_port()),
            "RADIODESK_SIP_LINES": str(LINES),
            "RADIODESK_SIP_SOUND_PORTS": _sound_ports(),
            **settings,
        }
        self.part: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the telephone and wait until it takes calls."""
        self.part = subprocess.Popen([sys.executable, "-m", "radiodesk", "telephone"], env=self.environment)
        try:
            eventually(self.ready)
        except AssertionError:
            self.stop()
            raise

    def ready(self) -> bool:
        try:
            return bool(self.ask("state")["ready"])
        except PartSilent:
            return False

    def kill(self) -> None:
        """What a crash does."""
        assert self.part is not None
        self.part.kill()
        self.part.wait(10)

    def stop(self) -> None:
        if self.part is not None and self.part.poll() is None:
            self.part.send_signal(signal.SIGTERM)
            self.part.wait(20)
        if left := baresip_process.find(self.lines / "baresip"):
            left.stop(0.0)

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        return control_socket.ask(self.lines / "telephone.sock", {"do": do} | request, timeout=10.0)

    def journal(self) -> list[Entry]:
        return [entry for entry, _ in line_journal.read(self.lines / "telephone.jsonl")]

    def told(self, event: str, count: int = 1, **wanted: str | None) -> list[Entry]:
        """Wait for so many entries of a kind, and give them."""

        def found() -> list[Entry]:
            entries = [entry for entry in self.journal() if entry.event == event]
            entries = [entry for entry in entries if all(getattr(entry, name) == wanted[name] for name in wanted)]
            return entries if len(entries) >= count else []

        eventually(found)
        return found()

    def number(self, entry: Entry) -> str | None:
        keys = load_keys(self.data / "keys.json")
        return line_journal.opened_number(keys, entry.caller) if entry.caller else None

    def take(self, take: str | None) -> Spooled:
        assert take is not None
        return open_take(self.data / "spool" / take)

    def sound(self, take: str | None, direction: str) -> Sound:
        return np.fromfile(self.take(take).pcm(direction), "<i2") / 32768.0

    def baresip(self) -> baresip_process.Running:
        found = baresip_process.find(self.lines / "baresip")
        assert found is not None
        return found


def _sound_ports() -> str:
    """Room for a few calls, where nobody else is."""
    first = free_port(30_000, 32_700)
    return f"{first}-{first + 60}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "data")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def calls(house: House, tmp_path: Path) -> Iterator[Calls]:
    """Gives callers, who are gone when the test is over."""
    with ExitStack() as stack:
        made: list[Caller] = []

        def call(number: str, sound: Sound | None = None, **how: Any) -> Caller:
            caller = Caller(tmp_path / f"caller{len(made)}", house.port, number, sound, **how)
            made.append(caller)
            stack.callback(caller.close)
            return caller

        yield call
    with suppress(OSError):
        for caller in made:
            caller.close()
