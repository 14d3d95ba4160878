#!/usr/bin/env python3
"""Measures a long public record: how long its list, a search and its export take, and how large the export is.

A station of its own is filled with broadcasts that say other words each, and exported twice: whole, and again when
nothing changed. Prints the rows of a table, with the machine's load beside them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from radiodesk.core.clock import SystemClock
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import prepare
from radiodesk.web.public_site import Frozen, create_public
from scripts.bench_public import fill
from scripts.radio_words import RadioWords

ASKED = 20


def milliseconds(act: Callable[[], object]) -> float:
    """The median of some runs."""
    found = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        act()
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found)


def pages(data: Path, words: list[str]) -> dict[str, float]:
    """Milliseconds of the first and the last page of the list and of a search, made anew each time (no kept pages)."""
    settings = Settings(data=data)
    database = prepare(settings)
    # As the export asks: the application alone, without its prints.
    client = create_public(Station(settings, database, SystemClock(), Notifier(database)), Frozen(False)).test_client()
    client.get("/").close()
    waiting = iter(words * ASKED)
    found = {
        "first page of the list": milliseconds(lambda: client.get("/").close()),
        "page 50 of the list": milliseconds(lambda: client.get("/?hal=50").close()),
        "search for a word": milliseconds(lambda: client.get("/", query_string={"cari": next(waiting)}).close()),
    }
    database.engine.dispose()
    return found


def seconds_of_export(data: Path, folder: Path) -> float:
    """Seconds of ``radiodesk record export`` in a process of its own."""
    environment = os.environ | {"RADIODESK_DATA": str(data), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    begun = time.perf_counter()
    command = [sys.executable, "-m", "radiodesk", "record", "export", str(folder)]
    # The broadcasts have no sound: each that is missing would be named.
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def size_of(folder: Path) -> tuple[int, int]:
    """How many files, and megabytes of them."""
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(files) // 1_000_000


def main() -> None:
    """Fill, ask, export, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broadcasts", type=int, default=2000)
    parser.add_argument("--words", type=int, default=3000)
    parser.add_argument("--data", type=Path, help="a folder that is kept and used again")
    given = parser.parse_args()
    said = RadioWords()
    with tempfile.TemporaryDirectory() as scratch:
        data = given.data or Path(scratch) / "data"
        if not data.is_dir():
            fill(Settings(data=data), given.broadcasts, given.words, said.segment)
        print(f"{datetime.now(UTC):%Y-%m-%d}, {given.broadcasts} broadcasts, load {os.getloadavg()[0]:.1f}", flush=True)
        for name, took in pages(data, said.drawn_word.words[:200]).items():
            print(f"| {name} | {took:.0f} ms |", flush=True)
        folder = Path(scratch) / "export"
        whole = seconds_of_export(data, folder)
        files, megabytes = size_of(folder)
        print(f"| exported whole | {whole:.0f} s, {files} files, {megabytes} MB |", flush=True)
        search = size_of(folder / "cari")
        print(f"| of which the search | {search[0]} files, {search[1]} MB |")
        print(f"| again, nothing changed | {seconds_of_export(data, folder):.0f} s |")
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
