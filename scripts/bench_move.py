"""How long it takes to move a station with many calls from SQLite to PostgreSQL and back.

python scripts/bench_move.py --calls 100000
"""

import argparse
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from sqlalchemy import insert, select

from radiodesk.core import audit
from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.ids import public_id
from radiodesk.core.keys import load_keys
from radiodesk.core.schema import upgrade
from radiodesk.core.station_copy import copy_station
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.calls.reception import receive
from radiodesk.rooms.record.search import copy_index
from tests.factories.postgres import server


def fill(database: Database, calls: int) -> None:
    """Many calls, each with words of its own row, and an audit entry for every tenth."""
    at = SystemClock().now()
    with database.writing() as session:
        first = receive(session, Channel.WHATSAPP, phone="+6281200000001", message="Lampu jalan padam di Kapas", at=at)
        session.flush()
        row = dict(session.execute(select(Call.__table__).where(Call.id == first.id)).mappings().one())
        del row["id"]
        many = [{**row, "public_id": public_id(at), "position": float(number)} for number in range(calls - 1)]
        session.execute(insert(Call), many)
        for number in range(calls // 10):
            audit.record(session, at, "bench", "took in", f"call {number}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000)
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder, server(durable=True) as postgres:
        keys = load_keys(Path(folder) / "keys.json")
        stations = [
            open_database(f"sqlite:///{folder}/first.sqlite", keys),
            open_database(postgres.make("moved"), keys),
            open_database(f"sqlite:///{folder}/back.sqlite", keys),
        ]
        upgrade(stations[0])
        fill(stations[0], calls)
        print("| from | to | rows | seconds | rows a second |\n| --- | --- | --- | --- | --- |")
        for source, target in pairwise(stations):
            began = time.monotonic()
            rows = sum(proof.rows[1] for proof in copy_station(source, target, copy_index, lambda _share: None))
            took = time.monotonic() - began
            names = f"| {source.engine.dialect.name} | {target.engine.dialect.name} "
            print(f"{names}| {rows:,} | {took:.0f} | {rows / took:,.0f} |")
        for database in stations:
            database.engine.dispose()


if __name__ == "__main__":
    main()
