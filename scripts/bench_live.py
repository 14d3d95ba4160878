#!/usr/bin/env python3
"""Measures how soon every open screen shows a change, over real HTTP against a desk of its own.

Each screen follows the stream, as the page's script does: it takes the queue from the stream where the stream brings
it, and fetches it again when something changed where it does not (before release 2). A change is a call typed into the
form; its time runs from the moment the form is sent until a screen holds the call. Prints one JSON line a round:
version, database, screens, changes, p50_ms, p99_ms, missed, cpu_percent (of the desk, 100 is one core).

`--before CHECKOUT` measures the desk of another checkout in turn with this one and prints the ratios at the end.
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
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.factories.postgres import server

PORT = 8497
QUEUE = "/antrean/daftar"
MARK = re.compile(rb"ubahan-\d+")
TOGETHER = 0.015
"""As the page does: the changes of one act are waited for, in seconds."""
TICKS = os.sysconf("SC_CLK_TCK")
PREPARE = """
from radiodesk.core.clock import SystemClock
from radiodesk.core.settings import load_settings
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role

database, at = prepare(load_settings()), SystemClock().now()
with database.writing() as tx:
    accounts.add_person(tx, "ukur", "Ukur", [Role.SCREENER], "sepuluh-huruf", by="bench", at=at)
with database.writing() as tx:
    where = {"address": "127.0.0.1", "browser": "bench", "hours": 1}
    print(f"{COOKIE}={accounts.sign_in(tx, 'ukur', 'sepuluh-huruf', None, at=at, **where)}")
database.engine.dispose()
"""
"""Makes the tables and a screener, and prints the cookie of a sign-in."""


class Screen:
    """One open page: a stream, and a queue that comes down the stream or is fetched when it rang."""

    def __init__(self, cookie: str) -> None:
        self.seen: dict[str, float] = {}
        self._cookie = {"Cookie": cookie, "HX-Request": "true"}
        self._rang = threading.Event()
        self.open = threading.Event()
        self.fetched = 0
        for work in (self._listen, self._fetch):
            threading.Thread(target=work, daemon=True).start()

    def _listen(self) -> None:
        stream = http.client.HTTPConnection("127.0.0.1", PORT)
        asked = urlencode([("topik", "calls,speech"), ("cetak", QUEUE)])
        stream.request("GET", f"/langsung?{asked}", headers=self._cookie)
        answer = stream.getresponse()
        event, comes = b"", False
        self.open.set()
        while line := answer.readline():
            if line.startswith(b"event:"):
                event = line[6:].strip()
            elif not line.strip():
                event = b""
            elif line.startswith(b"data:"):
                if event == b"print":
                    self._read(line)
                elif event == b"prints":
                    comes = QUEUE.encode() in line
                elif not event and not comes:
                    self._rang.set()

    def _fetch(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        while True:
            self._rang.wait()
            time.sleep(TOGETHER)
            self._rang.clear()
            connection.request("GET", QUEUE, headers=self._cookie)
            self._read(connection.getresponse().read())
            self.fetched += 1

    def _read(self, page: bytes) -> None:
        at = time.perf_counter()
        for mark in MARK.findall(page):
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


def measure(checkout: Path, url: str, screens: int, changes: int, pause: float) -> dict[str, Any]:
    """Run the desk of a checkout in a folder of its own, on an empty database at the address, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        where = {"RADIODESK_DATA": folder, "RADIODESK_SCREENS": str(screens), "RADIODESK_DESK_PORT": str(PORT)}
        if url:
            where["RADIODESK_DATABASE_URL"] = url
        environment = {**os.environ, **where, "PYTHONPATH": str(checkout)}
        python = [sys.executable, "-P"]
        # By its own code: the two versions may have different tables.
        prepared = subprocess.run(
            [*python, "-c", PREPARE], env=environment, cwd=folder, check=True, stdout=subprocess.PIPE, text=True
        )
        desk = subprocess.Popen(
            [*python, "-m", "radiodesk", "desk", "--only-web"], env=environment, cwd=folder, stderr=subprocess.DEVNULL
        )
        try:
            wait_for_desk()
            return _measured(desk.pid, prepared.stdout.strip(), screens, changes, pause)
        finally:
            desk.terminate()
            desk.wait()


def _measured(pid: int, cookie: str, screens: int, changes: int, pause: float) -> dict[str, Any]:
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
        "fetched": sum(screen.fetched for screen in opened),
        "cpu_percent": round(100 * spent / (time.perf_counter() - began)),
    }


def middle(rounds: list[dict[str, Any]], key: str) -> float:
    """The median of one figure over the rounds."""
    return float(statistics.median(one[key] for one in rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=40)
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two changes")
    parser.add_argument("--before", type=Path, help="another checkout, measured in turn with this one")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    here = Path(__file__).resolve().parents[1]
    versions = {"now": here, **({"before": given.before.resolve()} if given.before else {})}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in versions}
    with ExitStack() as stack:
        postgres = stack.enter_context(server()) if given.database == "postgresql" else None
        for number in range(given.rounds):
            for name, checkout in versions.items():
                url = postgres.make(f"live_{name}_{number}") if postgres else ""
                result = measure(checkout, url, given.screens, given.changes, given.pause)
                found[name].append(result)
                print(json.dumps({"version": name, "database": given.database, **result}), flush=True)
    if given.before:
        ratios = {
            key: round(middle(found["now"], key) / middle(found["before"], key), 2) for key in ("p50_ms", "p99_ms")
        }
        print(json.dumps({"now / before, medians of the rounds": ratios}))


if __name__ == "__main__":
    main()
