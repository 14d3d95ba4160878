#!/usr/bin/env python3
"""How many requests a second the public site answers, beside datasette serving a page of the same size in the same run.

A station of its own is filled with broadcasts; `radiodesk public` serves it as a process of its own, on SQLite and,
with `--postgresql`, on a server that the run starts. Datasette serves the same words out of an SQLite file; it is
installed into an environment of its own where `--datasette` names none. Each address is loaded in turn, some rounds of
some seconds, by wrk (Debian) or, without it, by a process of this script. Prints a table of medians, and the load.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from radiodesk.core.settings import Settings
from scripts.bench_public import fill
from scripts.radio_words import RadioWords
from tests.factories.postgres import free_port, server

HOST = "127.0.0.1"
QUESTIONS = ["lampu", "jalan", "banjir", "pasar", "polisi", "motor", "rumah", "macet", "pagi", "laporan"]
LUA = """
local paths = {%s}
local number = 0
request = function() number = number %% #paths + 1; return wrk.format("GET", paths[number]) end
"""


def get(port: int, path: str) -> bytes:
    """The bytes of one answer, unpacked."""
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=60) as answer:
        found: bytes = answer.read()
        return found


@contextmanager
def serving(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """A server as a process of its own, from its first answer on; gives the number of its process."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                get(port, "/")
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def loaded(port: int, paths: list[str], seconds: int, connections: int, scratch: Path) -> tuple[float, float]:
    """Answers a second, and the 99th percentile of the waits in milliseconds; an answer that is none ends the run."""
    wrk = shutil.which("wrk")
    if wrk is None:
        command = [sys.executable, __file__, "--loader", json.dumps([port, paths, seconds, connections])]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        rate, slowest = json.loads(done.stdout)
        return rate, slowest
    script = scratch / "paths.lua"
    script.write_text(LUA % ", ".join(json.dumps(path) for path in paths))
    asked = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
    told = subprocess.run(
        [*asked, "-H", "Accept-Encoding: gzip", f"http://{HOST}:{port}/"], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in told:
        raise SystemExit(told)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]
    wait, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
    return rate, float(wait) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def load(port: int, paths: list[str], seconds: int, connections: int) -> tuple[float, float]:
    """The own loader: as many threads as connections, each of which asks again and again."""
    waits: list[float] = []
    until = time.perf_counter() + seconds

    def ask(first: int) -> None:
        line = http.client.HTTPConnection(HOST, port)
        number = first
        while (begun := time.perf_counter()) < until:
            line.request("GET", paths[number % len(paths)], headers={"Accept-Encoding": "gzip"})
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{paths[number % len(paths)]}: {answer.status}")
            waits.append(time.perf_counter() - begun)
            number += connections

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(waits) / seconds, statistics.quantiles(waits, n=100)[98] * 1000


def datasettes_file(path: Path, page: str, text: str) -> None:
    """The peer's database: one row holds as much as our page shows, and the others can be searched."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT, said TEXT)")
        database.execute("INSERT INTO page VALUES (1, 'Siaran', ?)", (page,))
        database.executemany("INSERT INTO page VALUES (?, ?, ?)", ((n, f"Siaran {n}", text) for n in range(2, 2001)))
        database.execute("CREATE VIRTUAL TABLE page_fts USING fts5(title, said, content='page')")
        database.execute("INSERT INTO page_fts (page_fts) VALUES ('rebuild')")
    database.close()


def installed(scratch: Path) -> str:
    """Datasette in an environment of its own."""
    subprocess.run([sys.executable, "-m", "venv", str(scratch / "peer")], check=True)
    subprocess.run([str(scratch / "peer" / "bin" / "pip"), "install", "-q", "datasette"], check=True)
    return str(scratch / "peer" / "bin" / "datasette")


def main() -> None:
    """Fill, serve, load in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broadcasts", type=int, default=300)
    parser.add_argument("--words", type=int, default=3000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--datasette", help="the program, where it is installed")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--without", action="store_true", help="load also an application that keeps nothing")
    parser.add_argument("--loader", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.loader:
        print(json.dumps(load(*json.loads(given.loader))))
        return
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peer = given.datasette or installed(scratch)
        stations = {"SQLite": Settings(data=scratch / "sqlite")}
        if given.postgresql:
            url = stack.enter_context(server()).make("readers")
            stations["PostgreSQL"] = Settings(data=scratch / "postgresql", database_url=url)
        tried: dict[str, tuple[int, list[str]]] = {}
        processes: dict[int, int] = {}
        for name, settings in stations.items():
            fill(settings, given.broadcasts, given.words, RadioWords().segment)
            port = free_port()
            environment = {"RADIODESK_DATA": str(settings.data), "RADIODESK_PUBLIC_PORT": str(port)}
            if settings.database_url is not None:
                environment["RADIODESK_DATABASE_URL"] = settings.database_url.get_secret_value()
            served = stack.enter_context(serving([sys.executable, "-m", "radiodesk", "public"], port, **environment))
            processes[port] = served
            address = re.search(r'href="(/siaran/[^"/]+)"', get(port, "/").decode())[1]  # type: ignore[index]
            searches = [f"/?cari={one}+{two}" for one in QUESTIONS for two in QUESTIONS if one != two]
            tried[f"a published page, {name}"] = port, [address]
            tried[f"the first page, {name}"] = port, ["/"]
            tried[f"{len(searches)} searches, {name}"] = port, searches
            if given.without:
                # A query that no page knows leads round everything that is kept.
                tried[f"a published page that is rendered, {name}"] = port, [f"{address}?x=1"]
                tried[f"searches that are made, {name}"] = port, [f"{one}&x=1" for one in searches]
        page = get(port, address).decode()
        words = RadioWords()
        said = " ".join(words.segment() for _ in range(len(page) // 10))
        datasettes_file(scratch / "peer.db", said[: len(page) - 4000], said[: given.words * 3])
        port = free_port()
        processes[port] = stack.enter_context(serving([peer, "serve", str(scratch / "peer.db"), "-p", str(port)], port))
        tried["a page of this size, datasette"] = port, ["/peer/page/1"]
        tried["searches, datasette"] = port, [f"/peer/page?_search={one}&_size=20" for one in QUESTIONS]
        report(tried, processes, given.rounds, given.seconds, given.connections, scratch)


def processor_seconds(process: int) -> float:
    """What a process has taken of the processors so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(
    tried: dict[str, tuple[int, list[str]]],
    processes: dict[int, int],
    rounds: int,
    seconds: int,
    connections: int,
    scratch: Path,
) -> None:
    """Load each address in turn, several times, and print medians."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in tried}
    for name, (port, paths) in tried.items():
        sizes = [len(get(port, path)) for path in paths]  # and whatever is kept is kept
        print(f"{name}: {statistics.mean(sizes):.0f} bytes", file=sys.stderr)
    for _ in range(rounds):
        for name, (port, paths) in tried.items():
            before = processor_seconds(processes[port])
            rate, wait = loaded(port, paths, seconds, connections, scratch)
            taken = processor_seconds(processes[port]) - before
            found[name].append((rate, wait, 1000 * taken / max(1, rate * seconds)))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {connections} connections, load {os.getloadavg()[0]:.1f}\n")
    print("| what | answers a second | p99, ms | processor of the process, ms an answer |")
    print("| --- | --- | --- | --- |")
    for name, values in found.items():
        rates, waits, costs = zip(*values, strict=True)
        print(f"| {name} | {statistics.median(rates):.0f} ({min(rates):.0f} to {max(rates):.0f}) |", end="")
        print(f" {statistics.median(waits):.0f} | {statistics.median(costs):.2f} |")


if __name__ == "__main__":
    main()
