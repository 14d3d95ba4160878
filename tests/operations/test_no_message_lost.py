"""The public site is killed again and again while messages come in: what it acknowledged is there, once."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.rooms.messages.models import ChannelMessage
from tests.factories.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

MESSAGES = 216
KILLS = 10
SENDERS = 4


class Site:
    """``radiodesk public`` in a process of its own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._environment = os.environ | {
            "RADIODESK_DATA": str(settings.data),
            "RADIODESK_PUBLIC_PORT": str(self.port),
            "RADIODESK_SMS_TOKEN": "sandi",
            "RADIODESK_INTAKE_PER_HOUR": "1000",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "radiodesk", "public"]
        self.process = subprocess.Popen(command, env=self._environment, cwd=self._folder)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def test_of_216_acknowledged_messages_none_is_lost_and_none_comes_twice(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    site = Site(settings, tmp_path)
    left = list(range(MESSAGES))
    guard = threading.Lock()
    tries: Counter[int] = Counter()

    def send() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{site.port}", timeout=30) as client:
            while True:
                with guard:
                    if not left:
                        return
                    number = left.pop()
                sent = {"from": f"+62812{number:08}", "text": f"Pesan {number}", "id": f"sms-{number}"}
                while True:
                    tries[number] += 1
                    try:
                        answer = client.post("/masuk/sms", json=sent, headers={"Authorization": "Bearer sandi"})
                    except httpx.TransportError:
                        time.sleep(0.2)
                        continue
                    assert answer.status_code in (200, 201), answer.text
                    break

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    dice = random.Random(216)  # noqa: S311 - a game of chance, no secret
    try:
        for kill in range(KILLS):
            target = MESSAGES - (kill + 1) * MESSAGES // (KILLS + 1)
            until = time.monotonic() + 60
            while len(left) > target and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(dice.random() / 20)
            site.kill()
            site.start()
        for sender in senders:
            sender.join(120)
    finally:
        site.kill()
    # What was acknowledged and not yet taken in, the attendant takes in.
    Taker(settings, database).turn()
    with database.reading() as session:
        query = select(ChannelMessage.external_id).where(ChannelMessage.channel == Channel.SMS)
        there = Counter(session.scalars(query))
    assert there == Counter({f"sms-{number}": 1 for number in range(MESSAGES)})
    assert sum(tries.values()) > MESSAGES, "no kill met a message: the test proves nothing"
