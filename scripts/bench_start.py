#!/usr/bin/env python3
"""How soon a desk answers, and what it takes while nobody works: memory and processor.

``scripts/bench_start.py`` sets up a station in a folder of its own, then measures

* from ``scripts/start`` to the answer of the desk's sign-in page, the environment and the station being there,
* from ``kill -9`` of the desk's process to its next answer,
* the memory (PSS) and the share of one processor of all processes of the desk, without anyone working.

It prints a line for each, with the machine's load at that time: on a machine with other work, times are longer.
"""

import argparse
import os
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DESK, PUBLIC = 18180, 18181
PARTS = ("desk --only-web", "public", "work", "listen", "attend", "record-lines")
TICKS = os.sysconf("SC_CLK_TCK")


def answers(port: int, path: str) -> bool:
    """Whether a page is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_for_desk(since: float, within: float = 120.0) -> float:
    """Seconds from ``since`` until the sign-in page came."""
    while not answers(DESK, "/masuk"):
        if time.monotonic() - since > within:
            raise SystemExit("The desk does not answer.")
        time.sleep(0.02)
    return time.monotonic() - since


@contextmanager
def desk(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """A desk over a data folder, and the seconds until it answered."""
    environment = os.environ | {
        "RADIODESK_DATA": str(folder),
        "RADIODESK_DESK_PORT": str(DESK),
        "RADIODESK_PUBLIC_PORT": str(PUBLIC),
    }
    begun = time.monotonic()
    process = subprocess.Popen(
        [ROOT / "scripts" / "start"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process, wait_for_desk(begun)
    finally:
        process.terminate()
        process.wait(30)


def family(pid: int) -> dict[str, int]:
    """The processes of a desk by their commands: the supervisor and its children."""
    found = {"desk (supervisor)": pid}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            words = (status.parent / "cmdline").read_bytes().decode("utf-8", "replace").rstrip("\0").split("\0")
        except OSError:
            continue
        if int(fields[1]) == pid and "radiodesk" in words:
            found[" ".join(words[words.index("radiodesk") + 1 :])] = int(status.parent.name)
    return found


def pss(pid: int) -> float:
    """Megabytes of memory, what is shared being divided among those who share it."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024


def processor_seconds(pid: int) -> float:
    """Seconds that a process has computed for, and the system for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def whole_family(pid: int, within: float = 60.0) -> dict[str, int]:
    """All processes of a desk, once all its parts run."""
    end = time.monotonic() + within
    while not set(PARTS) <= (found := family(pid)).keys():
        if time.monotonic() > end:
            raise SystemExit(f"These parts do not run: {set(PARTS) - found.keys()}")
        time.sleep(0.1)
    return found


def told(what: str, seconds: list[float]) -> None:
    each = " ".join(f"{one:.2f}" for one in seconds)
    load = os.getloadavg()[0]
    print(f"{what}: median {statistics.median(seconds):.2f} s of {len(seconds)} ({each}), load {load:.1f}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--settle", type=float, default=40.0, help="seconds until a desk counts as at rest")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long it is watched at rest")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="radiodesk-bench-") as made:
        folder = Path(made)
        with desk(folder):
            pass
        starts = []
        for _ in range(given.runs):
            time.sleep(2)
            with desk(folder) as (process, seconds):
                starts.append(seconds)
                whole_family(process.pid)
        told("from scripts/start to the sign-in page", starts)
        with desk(folder) as (process, _seconds):
            back = []
            for _ in range(given.runs):
                # Whoever dies again within half a minute is started later each time, which is not what is measured.
                time.sleep(31)
                os.kill(whole_family(process.pid)["desk --only-web"], signal.SIGKILL)
                back.append(wait_for_desk(time.monotonic()))
            told("from kill -9 of the desk to the sign-in page", back)
            parts = whole_family(process.pid)
            time.sleep(given.settle)
            before = {name: processor_seconds(pid) for name, pid in parts.items()}
            time.sleep(60 * given.minutes)
            used = {name: processor_seconds(pid) - before[name] for name, pid in parts.items()}
            memory = {name: pss(pid) for name, pid in parts.items()}
            for name in parts:
                share = 100 * used[name] / (60 * given.minutes)
                print(f"  {name}: {memory[name]:.0f} MB, {share:.2f} % of one processor at rest")
            share = 100 * sum(used.values()) / (60 * given.minutes)
            print(f"all processes at rest: {sum(memory.values()):.0f} MB (PSS), {share:.2f} % of one processor")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
