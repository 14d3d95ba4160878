#!/usr/bin/env python3
"""Measures the public site over many published broadcasts: seconds, bytes and peak memory of each page and file.

A station of its own is filled with broadcasts of some thousand words each. Every address is asked once by a process of
its own, so that the peak of one does not hide that of another; while it answers, the time that another visitor waits
for the list of broadcasts is taken. Prints one JSON line an address.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from radiodesk.core.clock import SystemClock
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.record.models import PublishedPiece
from radiodesk.web.public_site import create_public

ADDRESSES = (
    "/",
    "/?cari=lampu",
    "/umpan.rss",
    "/umpan.atom",
    "/umpan.json",
    "/data",
    "/data/siaran.json",
    "/data/siaran.csv",
    "/data/dikecualikan.csv",
    "/data/buku-besar.jsonl",
)


def fill(settings: Settings, broadcasts: int, words: int, said: Callable[[], str] | None = None) -> None:
    """Publish so many broadcasts in a new station; ``said`` gives a segment's words where not all say the same."""
    from radiodesk.rooms.record import search
    from tests.factories.filled import published

    database = prepare(settings)
    for first in range(1, broadcasts + 1, 50):
        with database.writing() as tx:
            for number in range(first, min(first + 50, broadcasts + 1)):
                row = published(number, datetime.now(UTC), pieces=3, words=words // 3)
                if said is not None:
                    for piece in row.pieces:
                        _say(piece, words // 3, said)
                tx.add(row)
                tx.flush()
                for piece in row.pieces:
                    search.keep(tx, piece)
    database.engine.dispose()


def _say(piece: PublishedPiece, words: int, said: Callable[[], str]) -> None:
    """Let other words be said in a piece, in segments of ten seconds."""
    segments: list[dict[str, object]] = []
    while words > 0:
        text, start = said(), 10.0 * len(segments)
        segments.append({"start": start, "end": start + 10, "speaker": None, "text": text, "words": []})
        words -= len(text.split())
    piece.segments, piece.text = segments, " ".join(str(one["text"]) for one in segments)


def measure(folder: Path, address: str) -> dict[str, object]:
    """Ask once, twice with the tag of the first answer, and let another visitor ask meanwhile."""
    settings = Settings(data=folder)
    database = prepare(settings)
    app = create_public(Station(settings, database, SystemClock(), Notifier(database)))
    app.test_client().get("/kirim").close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    waited: list[float] = []
    done = threading.Event()

    def other() -> None:
        while not done.is_set():
            begun = time.perf_counter()
            app.test_client().get("/kirim").close()
            waited.append(time.perf_counter() - begun)
            time.sleep(0.01)

    visitor = threading.Thread(target=other)
    visitor.start()
    begun = time.perf_counter()
    answer = app.test_client().get(address)
    size = len(answer.get_data())
    seconds = time.perf_counter() - begun
    done.set()
    visitor.join()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    again = {"If-None-Match": answer.headers["ETag"]} if "ETag" in answer.headers else {}
    begun = time.perf_counter()
    status = app.test_client().get(address, headers=again).status_code
    return {
        "address": address,
        "seconds": round(seconds, 3),
        "kilobytes": size // 1000,
        "peak_megabytes": peak // 1000,
        "of_which_megabytes": (peak - before) // 1000,
        "others_wait_ms": round(max(waited) * 1000),
        "again": status,
        "again_seconds": round(time.perf_counter() - begun, 4),
    }


def main() -> None:
    """Fill a station, then measure each address in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broadcasts", type=int, default=2000)
    parser.add_argument("--words", type=int, default=3000)
    parser.add_argument("--data", type=Path, help="a folder that is kept and used again")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.data, given.one)), flush=True)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.data or Path(scratch) / "data"
        if not folder.is_dir():
            fill(Settings(data=folder), given.broadcasts, given.words)
        for address in ADDRESSES:
            asked = [sys.executable, __file__, "--data", str(folder), "--one", address]
            subprocess.run(asked, check=True, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])})


if __name__ == "__main__":
    main()
