"""A telephone that answers at its socket as the real one does, and calls on its lines."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.sound.control_socket import ControlServer, Request
from tests.factories import calls as make


class FakeTelephone:
    """Answers at the telephone's socket, with one caller on its line; ``add_line`` gives it more."""

    def __init__(self, settings: Settings) -> None:
        self.asked: list[Request] = []
        self.lines: list[dict[str, Any]] = []
        self.add_line()
        self.refuses = False
        self.server = ControlServer(settings.lines / "telephone.sock", self.handle)

    @property
    def line(self) -> dict[str, Any]:
        return self.lines[0]

    def add_line(self) -> None:
        number = len(self.lines) + 1
        line = {"id": f"sip-{number}", "call": f"k{number}", "stage": "up", "prompt": None, "held": False}
        self.lines.append(line | {"can_prompt": True, "can_join": True, "joined": None})

    def handle(self, request: Request) -> dict[str, Any]:
        if request["do"] == "state":
            disk = {"free": 5e9, "low": False, "stopped": False}
            return {"busy_all": False, "registered": True, "ready": True, "silent": False, "disk": disk} | {
                "lines": self.lines,
                "address": "127.0.0.1:5060",
            }
        if self.refuses:
            raise Conflict("This caller is being spoken to already.")
        self.asked.append(request)
        return {"call": request["call"]}


@pytest.fixture
def telephone(settings: Settings) -> Iterator[FakeTelephone]:
    fake = FakeTelephone(settings)
    yield fake
    fake.server.close()


@pytest.fixture
def on_line(database: Database, now: datetime) -> Callable[..., str]:
    """Gives the public id of a call on the fake telephone's line (``k1`` if no other is named), behind two others in
    the queue.
    """

    def made(state: CallState, key: str = "k1") -> str:
        with database.writing() as tx:
            for _ in range(2):
                make.in_state(tx, CallState.WAITING, now)
            call = make.in_state(tx, state, now)
            tx.add(LineCall(part="telephone", key=key, line=f"sip-{key[1:]}", stage=Stage.OPEN, call=call))
            tx.flush()
            return call.public_id

    return made
