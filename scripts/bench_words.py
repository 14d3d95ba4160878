"""Measure live words end to end: how long after it was said a caller's word stands in the database.

    python scripts/bench_words.py FILE… [--callers 1] [--seconds 60] [--screens 0] [--models models]

A station of its own is made. Each caller speaks the files, one after the other, into a take that grows at real speed;
``radiodesk listen`` follows as it does at a desk, while ``bench_live`` measures the web beside it when ``--screens`` is
given. A word's lag is the time from its end to the first reading of the table that shows it; ends of words between two
showings are laid evenly between the newest words of both. Prints one JSON line: for each caller (the first is on air,
the second is being screened, the others wait) lag in seconds at 25, 50 and 95 % and the share of readings in which it
was put off; processor time of the listener (100 is one core); and what ``bench_live`` found under ``web``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.lines.call_takes import bind_take
from radiodesk.rooms.transcripts.live.models import Hearing, LiveWords
from radiodesk.sound.decoder import decode
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.takes import Take
from scripts.bench_live import processor_seconds

RATE = 8000
BLOCK = RATE // 50
LOOK = 0.02
LOADING = 15.0


@dataclass
class Showings:
    """What one caller's screen showed, and when."""

    begun: float
    words: int = 0
    reached: float = 0.0
    lags: list[float] = field(default_factory=list)
    readings: int = 0
    put_off: int = 0

    def take(self, row: LiveWords, now: float) -> None:
        """Note the words that are there for the first time."""
        self.readings += 1
        self.put_off += row.state is Hearing.PUT_OFF
        if row.reached <= self.reached:
            return
        words = len(row.text.split())
        ends = np.linspace(self.reached, row.reached, max(words - self.words, 1) + 1)[1:]
        self.lags += [now - (self.begun + float(end)) for end in ends]
        self.words, self.reached = max(words, self.words), row.reached

    def result(self) -> dict[str, Any]:
        """Figures of this caller."""
        low, middle, high = np.percentile(self.lags, [25, 50, 95]) if self.lags else (None,) * 3
        return {
            "words": self.words,
            "p25_s": low and round(float(low), 2),
            "p50_s": middle and round(float(middle), 2),
            "p95_s": high and round(float(high), 2),
            "put_off": round(self.put_off / max(self.readings, 1), 2),
        }


def speech(files: list[Path], first: int) -> Iterator[Pcm]:
    """The files for ever, beginning with another one for each caller, in blocks of a fiftieth of a second."""
    for path in islice(cycle(files), first, None):
        for second in decode(path, RATE, kind="int16"):
            for at in range(0, len(second), BLOCK):
                yield second[at : at + BLOCK]


def speak(takes: list[Take], files: list[Path], end: float) -> None:
    """All callers speak at real speed until ``end``."""
    voices = [speech(files, number * 7 % len(files)) for number in range(len(takes))]
    begun, told = time.time(), 0
    while (now := time.time()) < end:
        while told * BLOCK / RATE < now - begun:
            for take, voice in zip(takes, voices, strict=True):
                take.write("caller", next(voice))
            told += 1
        time.sleep(BLOCK / RATE / 2)


def prepare_calls(database: Database, spool: Path, count: int) -> list[Take]:
    """As many callers with a line each: one on air, one being screened, the others waiting."""
    made = []
    with database.writing() as tx:
        at = datetime.now(UTC)
        for number in range(count):
            call = calls.receive(tx, Channel.PHONE, phone=f"0812 0000 {number:04}", at=at)
            calls.answer(tx, call, by="bench", at=at)
            if number != 1:
                calls.consent(tx, call, by="bench", at=at)
                calls.queue(tx, call, by="bench", at=at)
            if number == 0:
                calls.put_on_air(tx, call, by="bench", at=at)
            take = Take.create(
                spool, line=f"{number}", kind="soundcard", sample_rate=RATE, directions=["caller"], started_at=at
            )
            bind_take(tx, call, take.id)
            made.append(take)
    return made


def watch(database: Database, shown: dict[str, Showings], end: float) -> None:
    """Read the table until ``end``."""
    while time.time() < end:
        with database.reading() as session:
            rows = session.query(LiveWords).all()
        now = time.time()
        for row in rows:
            shown[row.take].take(row, now)
        time.sleep(LOOK)


def measure(files: list[Path], count: int, seconds: float, screens: int, models: Path) -> dict[str, Any]:
    """Run a station with callers who speak, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), models=models)
        database = prepare(settings)
        environment = {**os.environ, "RADIODESK_DATA": folder, "RADIODESK_MODELS": str(models.resolve())}
        listener = subprocess.Popen([sys.executable, "-m", "radiodesk", "listen"], env=environment)
        try:
            warm = prepare_calls(database, settings.spool, 1)
            speak(warm, files, time.time() + LOADING)
            warm[0].close()
            takes = prepare_calls(database, settings.spool, count)
            web = _screens(screens, seconds)
            used, begun = processor_seconds(listener.pid), time.time()
            shown = {take.id: Showings(begun) for take in takes} | {warm[0].id: Showings(begun)}
            _at_once(lambda: speak(takes, files, begun + seconds), lambda: watch(database, shown, begun + seconds))
            result = {
                "callers": [shown[take.id].result() for take in takes],
                "seconds": seconds,
                "cpu_percent": round(100 * (processor_seconds(listener.pid) - used) / (time.time() - begun)),
                "load": os.getloadavg()[0],
            }
            return result | ({"web": json.loads(web.communicate()[0])} if web else {})
        finally:
            listener.terminate()
            listener.wait()


def _at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _screens(count: int, seconds: float) -> "subprocess.Popen[bytes] | None":
    if not count:
        return None
    changes = str(max(1, int(seconds) - 10))
    command = [sys.executable, "-m", "scripts.bench_live", "--screens", str(count), "--changes", changes]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--callers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--screens", type=int, default=0)
    parser.add_argument("--models", type=Path, default=Path("models"))
    given = parser.parse_args()
    print(json.dumps(measure(given.files, given.callers, given.seconds, given.screens, given.models)))


if __name__ == "__main__":
    main()
