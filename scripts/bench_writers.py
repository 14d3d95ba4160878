"""How many write transactions a second ten writers get through, each with an audit entry and an event.

On SQLite and PostgreSQL as radiodesk writes (one writer at a time), and beside them on PostgreSQL with serialisable
transactions that are repeated when they fail, which would be the other way to keep the audit chain whole.

    python scripts/bench_writers.py --seconds 5
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from radiodesk.core import audit
from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.events import announce
from radiodesk.core.keys import load_keys
from radiodesk.core.schema import upgrade
from tests.factories.postgres import server

WRITERS = 10


def write(session: Session) -> None:
    """What nearly every act of the desk writes beside its own row."""
    at = SystemClock().now()
    audit.record(session, at, "bench", "wrote", "bench 1")
    announce(session, at, "bench", "wrote")


def in_turn(database: Database) -> int:
    """One transaction as radiodesk makes it; returns how often it was begun."""
    with database.writing() as session:
        write(session)
    return 1


def serialisable(database: Database) -> int:
    """One serialisable transaction, begun again until it holds; returns how often it was begun."""
    # Marked as reading, so that it does not wait for its turn.
    engine = database.engine.execution_options(radiodesk_reading=True, isolation_level="SERIALIZABLE")
    for tries in range(1, 1000):
        session = sessionmaker(engine)()
        session.info["database"] = database
        try:
            write(session)
            session.commit()
        except OperationalError:
            session.rollback()
        else:
            return tries
        finally:
            session.close()
    raise AssertionError("a thousand tries were not enough")


def measure(database: Database, act: Callable[[Database], int], seconds: float) -> tuple[float, float, float]:
    """Transactions a second, tries for each, and the time that 99 of 100 took at most, in milliseconds."""
    until = time.monotonic() + seconds
    guard = threading.Lock()
    tries: list[int] = []
    took: list[float] = []

    def run() -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            tried = act(database)
            with guard:
                tries.append(tried)
                took.append(time.monotonic() - began)

    writers = [threading.Thread(target=run) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return len(tries) / seconds, sum(tries) / len(tries), sorted(took)[len(took) * 99 // 100] * 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, server(durable=True) as postgres:
        keys = load_keys(Path(folder) / "keys.json")
        databases = {
            "SQLite": open_database(f"sqlite:///{folder}/bench.sqlite", keys),
            "PostgreSQL": open_database(postgres.make("bench"), keys),
        }
        for database in databases.values():
            upgrade(database)
        print(
            "| database | writers | transactions a second | tries for each | p99, ms |\n| --- | --- | --- | --- | --- |"
        )
        for name, act in (("SQLite", in_turn), ("PostgreSQL", in_turn), ("PostgreSQL", serialisable)):
            each, tries, p99 = measure(databases[name], act, seconds)
            print(f"| {name} | {act.__name__.replace('_', ' ')} | {each:.0f} | {tries:.2f} | {p99:.0f} |")
        for database in databases.values():
            database.engine.dispose()


if __name__ == "__main__":
    main()
