"""How long a backup of the sample station takes, the first and the next one, and how long it takes to restore it.

python scripts/bench_backup.py [--sound MB]

``--sound`` adds recordings, of noise that nothing packs smaller. The peer is tar with gzip over the same data folder,
which keeps all of it each time, unencrypted, and knows nothing of writers.
"""

import argparse
import os
import subprocess
import tempfile
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.schema import station_database
from radiodesk.core.settings import Settings, load_settings
from radiodesk.rooms.recordings.services import store_upload
from tests.factories.backups import Machine, machine_of, new_machine
from tests.factories.postgres import Server, server

MEGABYTE = 1_000_000


def timed(*words: str, machine: Machine) -> float:
    """Run a command of radiodesk; gives its seconds, its start included."""
    began = time.monotonic()
    done = machine.run(*words)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return time.monotonic() - began


def size_of(folder: Path) -> float:
    """Megabytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MEGABYTE


def add_sound(settings: Settings, database: Database, megabytes: int, seed: int) -> None:
    """Recordings of a minute each, of noise; no two seeds give the same."""
    noise = np.random.default_rng(seed)
    for _ in range(round(megabytes * MEGABYTE / 960_000)):
        held = BytesIO()
        soundfile.write(held, noise.integers(-20_000, 20_000, 480_000, np.int16), 8000, format="WAV")
        held.seek(0)
        with database.writing() as session:
            store_upload(session, settings, held, "derau.wav", at=SystemClock().now())


def measure(folder: Path, sound: int, postgres: Server | None) -> None:
    """Print the rows of one kind of database."""
    url = postgres.make("bench_backup") if postgres is not None else None
    data = folder / "data"
    machine = machine_of(Settings(data=data, database_url=url), folder)
    kind = "PostgreSQL" if postgres is not None else "SQLite"
    timed("sample", machine=machine)
    os.environ["RADIODESK_DATA"] = str(data)
    settings = load_settings(database_url=url)
    database = station_database(settings)
    add_sound(settings, database, sound, seed=1)
    machine.kept().begin()
    began = time.monotonic()
    subprocess.run(["tar", "-C", str(folder), "-czf", str(folder / "peer.tar.gz"), "data"], check=True)
    peer = time.monotonic() - began
    packed = (folder / "peer.tar.gz").stat().st_size / MEGABYTE
    print(f"| {kind} | tar with gzip, the peer | {size_of(data):.0f} | {packed:.1f} | {peer:.1f} | 1.00 |", flush=True)

    def told(what: str, seconds: float, added: float) -> None:
        print(
            f"| {kind} | {what} | {size_of(data):.0f} | {added:.1f} | {seconds:.1f} | {seconds / peer:.2f} |",
            flush=True,
        )

    kept = Path(machine.target)
    told("first backup", timed("backup", machine.target, machine=machine), before := size_of(kept))
    told("the next, nothing new", timed("backup", machine.target, machine=machine), size_of(kept) - before)
    add_sound(settings, database, 1, seed=2)
    before = size_of(kept)
    told("the next, a minute of sound more", timed("backup", machine.target, machine=machine), size_of(kept) - before)
    told("read back and check", timed("backup", machine.target, "--check", machine=machine), 0.0)
    told("restore and checks", timed("restore", machine.target, machine=new_machine(machine, postgres)), 0.0)
    database.engine.dispose()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sound", type=int, default=0, help="megabytes of sound beside the sample")
    sound = parser.parse_args().sound
    print(
        "| database | what | MB of the station | MB added | seconds | peer = 1 |\n| --- | --- | --- | --- | --- | --- |"
    )
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), sound, None)
    with tempfile.TemporaryDirectory() as folder, server(durable=True) as postgres:
        measure(Path(folder), sound, postgres)


if __name__ == "__main__":
    main()
