#!/usr/bin/env python3
"""Measures how soon every open screen shows a change, over real HTTP against a desk of its own.

Each screen follows the stream of changes and fetches the queue again when something happened, one request at a time, as
the page's script does. A change is a call typed into the form; its time runs from the moment the form is sent until a
screen holds the call. Prints one JSON line: screens, changes, p50_ms, p99_ms, missed, cpu_percent (of the desk, 100 is
one core).
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from radiodesk.core.clock import SystemClock
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role

PORT = 8497
TOGETHER = 0.015
"""As the page does: the changes of one act are waited for, in seconds."""
TICKS = os.sysconf("SC_CLK_TCK")


class Screen:
    """One open page: a stream that rings, and a queue that is fetched when it rang."""

    def __init__(self, cookie: str) -> None:
        self.seen: dict[str, float] = {}
        self._cookie = {"Cookie": cookie, "HX-Request": "true"}
        self._rang = threading.Event()
        self.open = threading.Event()
        for work in (self._listen, self._fetch):
            threading.Thread(target=work, daemon=True).start()

    def _listen(self) -> None:
        stream = http.client.HTTPConnection("127.0.0.1", PORT)
        stream.request("GET", "/langsung?topik=calls,speech", headers=self._cookie)
        answer = stream.getresponse()
        self.open.set()
        while line := answer.readline():
            if line.startswith(b"data:"):
                self._rang.set()

    def _fetch(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        while True:
            self._rang.wait()
            time.sleep(TOGETHER)
            self._rang.clear()
            connection.request("GET", "/antrean/daftar", headers=self._cookie)
            page = connection.getresponse().read()
            at = time.perf_counter()
            for mark in re.findall(rb"ubahan-\d+", page):
                self.seen.setdefault(mark.decode(), at)


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def type_call(mark: str, cookie: str, token: str) -> float:
    """Send the form of a new call; returns when it was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    body = urlencode({"csrf_token": token, "topic": mark, "name": f"Penelepon {mark}", "then": "antre"})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    sent = time.perf_counter()
    connection.request("POST", "/antrean", body, headers)
    status = connection.getresponse().status
    if status != 303:
        raise SystemExit(f"the desk answered {status}")
    return sent


def form_token(cookie: str) -> tuple[str, str]:
    """The form's token, and the cookies that go with it."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request("GET", "/antrean", headers={"Cookie": cookie})
    answer = connection.getresponse()
    given = answer.getheader("Set-Cookie", "").split(";")[0]
    found = re.search(rb'name="csrf_token" value="([^"]+)"', answer.read())
    if found is None:
        raise SystemExit("the desk gave no form")
    return found[1].decode(), f"{cookie}; {given}"


def wait_for_desk() -> None:
    """Until the desk answers."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            http.client.HTTPConnection("127.0.0.1", PORT).request("GET", "/masuk")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the desk did not start")


def measure(screens: int, changes: int, pause: float) -> dict[str, float | int]:
    """Run a desk in a folder of its own, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), screens=screens, desk_port=PORT)
        database, at = prepare(settings), SystemClock().now()
        with database.writing() as tx:
            accounts.add_person(tx, "ukur", "Ukur", [Role.SCREENER], "sepuluh-huruf", by="bench", at=at)
        with database.writing() as tx:
            where = {"address": "127.0.0.1", "browser": "bench", "hours": 1}
            token = accounts.sign_in(tx, "ukur", "sepuluh-huruf", None, at=at, **where)  # type: ignore[arg-type]
        environment = {**os.environ, "RADIODESK_DATA": folder, "RADIODESK_SCREENS": str(screens)}
        environment["RADIODESK_DESK_PORT"] = str(PORT)
        desk = subprocess.Popen(
            [sys.executable, "-m", "radiodesk", "desk", "--only-web"], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            wait_for_desk()
            return _measured(desk.pid, f"{COOKIE}={token}", screens, changes, pause)
        finally:
            desk.terminate()
            desk.wait()


def _measured(pid: int, cookie: str, screens: int, changes: int, pause: float) -> dict[str, float | int]:
    opened = [Screen(cookie) for _ in range(screens)]
    if not all(screen.open.wait(20) for screen in opened):
        raise SystemExit("not every screen got its stream")
    token, cookies = form_token(cookie)
    began, used = time.perf_counter(), processor_seconds(pid)
    sent = {}
    for number in range(changes):
        sent[f"ubahan-{number}"] = type_call(f"ubahan-{number}", cookies, token)
        time.sleep(pause)
    time.sleep(3)
    spent = processor_seconds(pid) - used
    took = sorted(
        (screen.seen[mark] - at) * 1000 for screen in opened for mark, at in sent.items() if mark in screen.seen
    )
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return {
        "screens": screens,
        "changes": changes,
        "p50_ms": round(cuts[49]),
        "p99_ms": round(cuts[98]),
        "missed": screens * changes - len(took),
        "cpu_percent": round(100 * spent / (time.perf_counter() - began)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=40)
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two changes")
    given = parser.parse_args()
    print(json.dumps(measure(given.screens, given.changes, given.pause)))


if __name__ == "__main__":
    main()
