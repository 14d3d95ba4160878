#!/usr/bin/env python3
"""Searches a record of a million segments: milliseconds of each kind of question, on both databases, beside LIKE.

A station's tables are filled directly with broadcasts as they are published: a recording of the programme, the calls,
the scripts that were read. Each question is asked through the code that the page uses, in a session of its own, in turn
with the others; LIKE looks for the same words in the same rows. Prints a table of medians and 95th percentiles.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, or_, select, text

from radiodesk.core.database import Database
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.record import search
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from scripts.radio_words import RadioWords
from tests.factories.filled import LINE
from tests.factories.postgres import server

PIECES = (("programme", 130), *(("call", 8),) * 14, ("script", 4), ("script", 4))
"""Kind and segments of what a broadcast holds: 250 segments."""
SAYINGS = 60_000
"""Segments that differ; the record is drawn from them."""


def fill(database: Database, segments: int, said: RadioWords) -> None:
    """Publish broadcasts of two years until there are so many segments."""
    sayings = [said.segment() for _ in range(SAYINGS)]
    count = max(1, segments // sum(length for _, length in PIECES))
    begun, dice = datetime(2024, 11, 24, 11, tzinfo=UTC), random.Random(2)  # noqa: S311
    with database.engine.begin() as connection:
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.execute(text("DROP INDEX ix_record_fts_words"))
    for first in range(0, count, 200):
        with database.writing() as tx:
            for number in range(first, min(first + 200, count)):
                at = begun + timedelta(hours=4 * number)
                broadcast = tx.execute(insert(PublishedBroadcast).returning(PublishedBroadcast.id), _row(number, at))
                key = broadcast.scalar_one()
                pieces = [_piece(key, place, kind, length, sayings, dice) for place, (kind, length) in _places()]
                for piece in tx.scalars(insert(PublishedPiece).returning(PublishedPiece), pieces):
                    search.keep(tx, piece)
                tx.expunge_all()
    with database.engine.begin() as connection:
        if postgres:
            connection.execute(text("CREATE INDEX ix_record_fts_words ON record_fts USING gin (words)"))
        connection.execute(text("ANALYZE"))


def _places() -> Iterator[tuple[int, tuple[str, int]]]:
    return enumerate(PIECES, start=1)


def _row(number: int, at: datetime) -> dict[str, Any]:
    return {
        "public_id": public_id(at),
        "revision": 1,
        "programme": "Halo Polisi",
        "title": f"Halo Polisi {at:%d.%m.%Y}",
        "started_at": at,
        "seconds": 3600.0,
        "hosts": ["Aipda Uji"],
        "ledger_line": {**LINE, "sequence": number},
        "published_at": at,
        "changed_at": at,
    }


def _piece(
    broadcast: int, place: int, kind: str, length: int, sayings: list[str], dice: random.Random
) -> dict[str, Any]:
    told = dice.choices(sayings, k=length)
    segments: list[dict[str, object]] = [
        {"start": 10.0 * n, "end": 10.0 * n + 10, "speaker": None, "text": one, "words": []}
        for n, one in enumerate(told)
    ]
    return {
        "broadcast_id": broadcast,
        "position": place,
        "kind": kind,
        "title": " ".join(told[0].split()[:5]),
        "text": " ".join(told),
        "segments": segments if kind != "script" else [],
    }


def questions(said: RadioWords, count: int) -> dict[str, list[str]]:
    """What people ask, by kind; the same for both databases."""
    dice = random.Random(3)  # noqa: S311
    places = [name for name in said.drawn_place.words if len(name.split()) > 1]
    tail, common = said.drawn_word.words, ["di", "yang", "jalan", "saya", "dari", "rumah", "pagi", "lampu", "motor"]
    return {
        "a rare word": [dice.choice(tail[4000:]) for _ in range(count)],
        "a common word": [dice.choice(common) for _ in range(count)],
        "a place": [dice.choice(places[:300]) for _ in range(count)],
        "two words": [f"{dice.choice(tail[:300])} {dice.choice(common)}" for _ in range(count)],
        "two common words": [" ".join(dice.sample(common, 2)) for _ in range(count)],
        "a beginning": [dice.choice(tail[:2000])[: dice.choice((2, 3, 4))] for _ in range(count)],
        "a sentence": [" ".join(said.segment().split()[:5]) for _ in range(count)],
    }


def asked(database: Database, words: str) -> None:
    """As the page asks."""
    with database.reading() as session:
        search.find(session, words)


def likened(database: Database, words: str) -> None:
    """The peer: rows that hold every word, the newest first, a page of them."""
    holds = [
        or_(PublishedPiece.text.ilike(f"%{word}%"), PublishedPiece.title.ilike(f"%{word}%")) for word in words.split()
    ]
    wanted = select(PublishedPiece.id, PublishedPiece.broadcast_id).join(PublishedPiece.broadcast)
    with database.reading() as session:
        newest = wanted.where(*holds, PublishedBroadcast.withdrawn_at.is_(None)).order_by(PublishedPiece.id.desc())
        session.execute(newest.limit(20)).all()


def milliseconds(act: Callable[[Database, str], None], database: Database, words: str) -> float:
    begun = time.perf_counter()
    act(database, words)
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=60, help="of each kind")
    parser.add_argument("--like", type=int, default=3, help="questions of each kind for LIKE, which takes its time")
    parser.add_argument("--data", type=Path, help="a folder that is kept and used again")
    parser.add_argument("--postgresql", help="address of an empty database, or of one that a run has filled")
    given = parser.parse_args()
    with ExitStack() as stack:
        scratch = given.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = given.postgresql or stack.enter_context(server()).make("search")
        stations = {
            "SQLite": Settings(data=scratch / "sqlite"),
            "PostgreSQL": Settings(data=scratch / "postgresql", database_url=url),
        }
        databases = {}
        for name, settings in stations.items():
            databases[name] = database = prepare(settings)
            with database.reading() as session:
                empty = session.scalar(select(PublishedPiece.id).limit(1)) is None
            if empty:
                begun = time.perf_counter()
                fill(database, given.segments, RadioWords())
                print(f"{name}: filled in {time.perf_counter() - begun:.0f} s", flush=True)
        report(databases, questions(RadioWords(), given.questions), given.like)
        for database in databases.values():
            database.engine.dispose()


def report(databases: dict[str, Database], kinds: dict[str, list[str]], like: int) -> None:
    """Ask in turn, and print."""
    for database in databases.values():
        for wanted in kinds.values():
            asked(database, wanted[0])
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f}\n")
    print("| question | " + " | ".join(f"{name}, p50 and p95 in ms | {name}, LIKE" for name in databases) + " |")
    print("| --- |" + " --- | --- |" * len(databases))
    every: dict[str, list[float]] = {name: [] for name in databases}
    for kind, wanted in kinds.items():
        found: dict[str, list[float]] = {name: [] for name in databases}
        peers: dict[str, list[float]] = {name: [] for name in databases}
        for number, words in enumerate(wanted):
            for name, database in databases.items():
                found[name].append(milliseconds(asked, database, words))
                if number < like:
                    peers[name].append(milliseconds(likened, database, words))
        cells = [f"{_figures(found[name])} | {statistics.median(peers[name] or [0]):.0f}" for name in databases]
        print(f"| {kind} | " + " | ".join(cells) + " |", flush=True)
        for name, values in found.items():
            every[name] += values
    print("| all of them | " + " | ".join(f"{_figures(values)} | " for values in every.values()) + " |")


def _figures(values: list[float]) -> str:
    return f"{statistics.median(values):.0f}, {statistics.quantiles(values, n=20)[18]:.0f}"


if __name__ == "__main__":
    main()
