"""How many workers, and how much disk, a network of stations needs, on an ordinary day and on a bad one.

What a call costs is measured on a station that has run a show (``radiodesk sample``, or a real one): seconds of sound
for each call, seconds of work for each second of sound, bytes of sound, files and rows. The rest is arithmetic over a
day of chance: calls come in when shows are on air, workers take the oldest first, one recording at a time each.

    python scripts/simulate_network.py --station data --stations 500 --calls 15000
"""

import argparse
import heapq
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select, text

from radiodesk.core.database import open_database
from radiodesk.core.keys import load_keys
from radiodesk.core.schema import upgrade
from radiodesk.core.settings import load_settings
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Kind, Transcript, TranscriptState

HOUR = 3600.0
SHOWS = ((7.0, 9.0, 0.4), (16.0, 18.0, 0.3), (5.0, 22.0, 0.3))
"""From hour, to hour, share of the day's calls that come within."""
BAD = 3.0
"""Times as many calls as on an ordinary day: a flood, a demonstration, the day before a holiday."""
LOST = (8.0, 12.0, 1 / 3)
"""From hour, to hour, share of the workers that are away."""
STORE_AWAY = (6.0, 12.0)
"""Hours within which no object reaches the store."""
KEPT = ("audio", "archive", "derived", "public")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call costs, as measured: seconds of sound, seconds of work for a second of sound, bytes."""

    sound: float
    work: float
    objects: float
    rows: float
    calls: int


def measure(data: Path) -> Cost:
    """The costs of a station's calls, from its data folder; raises ``SystemExit`` where nothing was heard yet."""
    settings = load_settings(data=data)
    database = open_database(settings.database, load_keys(settings.keys))
    heard = Transcript.state == TranscriptState.DONE, Transcript.kind == Kind.MACHINE
    with database.reading() as session:
        calls = session.scalar(select(func.count()).select_from(Call)) or 0
        sound = session.scalar(select(func.sum(Recording.duration))) or 0.0
        worked, listened = session.execute(
            select(func.sum(Transcript.seconds), func.sum(Transcript.duration)).where(*heard)
        ).one()
        size = _size(session.connection())
    database.engine.dispose()
    if not calls or not listened:
        raise SystemExit("This station has heard nothing yet: run “radiodesk sample” over an empty data folder.")
    objects = sum(path.stat().st_size for name in KEPT for path in (data / name).rglob("*") if path.is_file())
    return Cost(sound / calls, worked / listened, objects / calls, (size - _empty()) / calls, calls)


def _size(connection: object) -> float:
    pages, size = (connection.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size"))  # type: ignore[attr-defined]
    return float(pages * size)


def _empty() -> float:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/empty.sqlite", load_keys(Path(folder) / "keys.json"))
        upgrade(database)
        with database.reading() as session:
            size = _size(session.connection())
        database.engine.dispose()
    return size


def day_of_calls(chance: random.Random, calls: int) -> list[float]:
    """When the calls of a day come in, in seconds from midnight."""
    found = []
    for first, last, share in SHOWS:
        found += [chance.uniform(first, last) * HOUR for _ in range(round(calls * share))]
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Day:
    """How a day went: seconds from the end of a call to its words, the longest backlog, and when all was heard."""

    waits: Sequence[float]
    backlog: int
    caught_up: float

    def wait(self, share: float) -> float:
        """The wait that this share of the calls stays below."""
        return self.waits[min(len(self.waits) - 1, int(len(self.waits) * share))]


def run_day(
    chance: random.Random, calls: int, workers: int, cost: Cost, away: tuple[float, float, float] | None
) -> Day:
    """Let workers hear a day of calls; lengths of calls are spread as telephone calls are (exponentially)."""
    came = day_of_calls(chance, calls)
    missing = round(workers * away[2]) if away else 0
    free = [0.0] * workers
    # Workers that are away are free again when they are back.
    begins, ends = (away[0] * HOUR, away[1] * HOUR) if away else (0.0, 0.0)
    waits, endings = [], []
    for at in came:
        work = chance.expovariate(1 / (cost.sound * cost.work))
        start = max(at, heapq.heappop(free))
        if missing and begins <= start < ends and sum(one >= ends for one in free) < missing:
            heapq.heappush(free, ends)
            start = max(at, heapq.heappop(free))
        heapq.heappush(free, start + work)
        waits.append(start + work - at)
        endings.append(start + work)
    return Day(sorted(waits), _backlog(came, endings), max(endings))


def _backlog(came: Sequence[float], endings: Sequence[float]) -> int:
    changes = sorted([*((at, 1) for at in came), *((at, -1) for at in endings)])
    longest = held = 0
    for _, change in changes:
        held += change
        longest = max(longest, held)
    return longest


def minutes(seconds: float) -> str:
    """As people read it."""
    return f"{seconds / 60:.1f} min" if seconds < HOUR else f"{seconds / HOUR:.1f} h"


def main() -> None:
    """Print what was measured and both days for several numbers of workers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--station", type=Path, default=Path("data"), help="data folder of a station that ran a show")
    parser.add_argument("--stations", type=int, default=500)
    parser.add_argument("--calls", type=int, default=15_000, help="calls of all stations on an ordinary day")
    parser.add_argument("--sound", type=float, help="seconds of sound a call, instead of what was measured")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    cost, calls = measure(given.station), given.calls
    print(f"Measured on {cost.calls} calls: {cost.sound:.0f} s of sound a call, {cost.work:.2f} s of work for a second")
    if given.sound:
        cost = replace(cost, sound=given.sound, objects=cost.objects * given.sound / cost.sound)
        print(f"(reckoned with {cost.sound:.0f} s of sound a call)")
    print(f"of it, {cost.objects / 1e6:.2f} MB of objects and {cost.rows / 1e3:.0f} kB of database a call.\n")
    print(
        f"{given.stations} stations, {calls:,} calls a day: {calls * cost.sound * cost.work / HOUR:.0f} hours of work,"
    )
    print(f"{calls * cost.objects / 1e9:.1f} GB of objects and {calls * cost.rows / 1e6:.0f} MB of database a day,")
    print(f"{calls * cost.objects * 365 / 1e12:.1f} TB and {calls * cost.rows * 365 / 1e9:.0f} GB a year.\n")
    print("| workers | day | half of the words within | 95 % | 99 % | longest backlog | all heard by |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    least = max(1, round(calls * cost.sound * cost.work / (17 * HOUR)))
    for workers in (least, round(least * 1.5), least * 2, least * 3, least * 4):
        for name, many, away in (("ordinary", 1.0, None), ("bad", BAD, LOST)):
            day = run_day(random.Random(given.seed), round(calls * many), workers, cost, away)  # noqa: S311 - a simulation
            half, most, nearly = (minutes(day.wait(share)) for share in (0.5, 0.95, 0.99))
            until = f"{day.caught_up / HOUR:.1f} h"
            print(f"| {workers} | {name} | {half} | {most} | {nearly} | {day.backlog:,} | {until} |")
    waiting = sum(STORE_AWAY[0] * HOUR <= at < STORE_AWAY[1] * HOUR for at in day_of_calls(random.Random(1), calls))  # noqa: S311
    print(f"\nA store that is away from 6 to 12 leaves {waiting * cost.objects / 1e9:.1f} GB in the outboxes of")
    print(f"{given.stations} stations, {waiting * cost.objects / given.stations / 1e6:.0f} MB each.")


if __name__ == "__main__":
    main()
