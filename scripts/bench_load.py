"""How a station bears much: messages at once, and pages over a long record. SQLite and PostgreSQL in one run.

The first part sends messages to the webhook of a public site of its own, so many a second, and counts the calls that
came of them: each message must be one. The second fills a station (calls, complaints, broadcasts), walks the desk and
the public site by their links, and tells the slowest page of each kind.

    python scripts/bench_load.py --calls 100000 --tickets 20000 --broadcasts 2000 --rate 500 --seconds 60
"""

import argparse
import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from flask import Flask
from sqlalchemy import event, func, insert, select

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.ids import public_id
from radiodesk.core.keys import load_keys
from radiodesk.core.notifier import Notifier
from radiodesk.core.schema import upgrade
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.web.desk import create_desk
from radiodesk.web.public_site import create_public
from tests.factories.filled import fill, published
from tests.factories.ports import free_port
from tests.factories.postgres import server
from tests.web.test_ways import SOUND, UNASKED, Ways, endpoint_of

ROOT = Path(__file__).resolve().parents[1]
OF_A_KIND = 4
"""Pages of one endpoint that are opened."""
AT_ONCE = 16
"""Connections of the gateway that sends messages."""


# ---- Messages


def send_all(address: str, rate: int, seconds: int) -> tuple[list[float], float]:
    """Send so many messages a second, each once; seconds that each took to be acknowledged, and until the last was."""
    left, took = iter(range(rate * seconds)), []
    guard, began = threading.Lock(), time.monotonic()

    def send() -> None:
        with httpx.Client(base_url=address, timeout=300, trust_env=False) as client:
            while True:
                with guard:
                    number = next(left, None)
                if number is None:
                    return
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
                sent = {"id": f"sms-{number}", "from": f"+62812{number:08}", "text": f"Lampu padam di gang {number}"}
                at = time.monotonic()
                while True:
                    answer = client.post("/masuk/sms", json=sent, headers={"Authorization": "Bearer sandi"})
                    if answer.status_code in (200, 201):
                        break
                    time.sleep(0.1)
                took.append(time.monotonic() - at)

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, time.monotonic() - began


def messages(folder: Path, url: str, rate: int, seconds: int) -> None:
    """Print how messages were acknowledged and taken in."""
    (folder / "data").mkdir()
    keys = load_keys(folder / "data" / "keys.json")
    database = open_database(url, keys)
    upgrade(database)
    port = free_port()
    environment = os.environ | {
        "RADIODESK_DATA": str(folder / "data"),
        "RADIODESK_DATABASE_URL": url,
        "RADIODESK_PUBLIC_PORT": str(port),
        "RADIODESK_SMS_TOKEN": "sandi",
        "PYTHONPATH": str(ROOT),
    }
    site = subprocess.Popen([sys.executable, "-m", "radiodesk", "public"], env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx.get(f"{address}/ready", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        took, whole = send_all(address, rate, seconds)
        with database.reading() as session:
            at_end = session.scalar(select(func.count()).select_from(ChannelMessage)) or 0
        began = time.monotonic()
        while (count := _taken_in(database)) < len(took) and time.monotonic() - began < 1800:
            time.sleep(0.5)
        with database.reading() as session:
            calls = session.scalar(select(func.count()).select_from(Call))
        p50, p99 = (statistics.quantiles(took, n=100)[place] for place in (49, 98))
        print(
            f"| {database.engine.dialect.name} | {len(took):,} | {len(took) / whole:.0f} | {p50 * 1000:.0f} | "
            f"{p99 * 1000:.0f} | {at_end:,} | {time.monotonic() - began:.0f} | {count:,} | {calls:,} |"
        )
    finally:
        site.kill()
        site.wait()
        database.engine.dispose()


def _taken_in(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(ChannelMessage)) or 0


# ---- A long record


def grow(station: Station, calls: int, tickets: int, broadcasts: int) -> None:
    """Fill a station with one of everything, then with many calls, complaints and broadcasts."""
    at, database = station.clock.now(), station.database
    with database.writing() as session:
        fill(session, station.settings, at)
    dice = random.Random(3)  # noqa: S311 - the same station each time
    _many(database, Call.__table__, Call.state == CallState.DONE, calls, dice)
    _many(database, Ticket.__table__, Ticket.state != "", tickets, dice)
    _many(database, Broadcast.__table__, Broadcast.state == BroadcastState.ENDED, broadcasts, dice)
    for first in range(2, broadcasts, 200):
        with database.writing() as session:
            session.add_all(published(number, at) for number in range(first, min(first + 200, broadcasts)))


def _many(database: Database, table: Any, which: Any, count: int, dice: random.Random) -> None:
    """Copies of a table's rows, spread over two years, under keys of their own."""
    with database.reading() as session:
        rows = [dict(row) for row in session.execute(select(table).where(which).limit(20)).mappings()]
    moments = [column.name for column in table.columns if column.name.endswith(("_at", "_start"))]
    for first in range(0, count, 2000):
        many = []
        for number in range(first, min(first + 2000, count)):
            back = timedelta(minutes=dice.randrange(2 * 365 * 24 * 60))
            row = {name: value for name, value in rows[number % len(rows)].items() if name != "id"}
            row |= {name: row[name] - back for name in moments if row[name] is not None}
            row["public_id"] = public_id(SystemClock().now())
            if "phone_hash" in row:
                # Listeners call three times in two years; of one, nobody has two thousand calls.
                row["phone_hash"] = f"{number % (count // 3 + 1):064}"
            if "pin_waits_until" in row:
                row["pin_waits_until"] = None
            if "number" in row:
                row["number"] = f"{row['number'][:4]}{number:09}"
            many.append(row)
        with database.writing() as session:
            session.execute(insert(table), many)


class Look(NamedTuple):
    """What one page took: seconds until its first bytes, of which the process worked so many, and how many questions
    it asked the database until its last.
    """

    wall: float
    processor: float
    questions: int
    address: str


NOTHING = Look(0.0, 0.0, 0, "")


def walk(app: Flask, cookie: str | None, asked: list[str]) -> dict[str, Look]:
    """The slowest page of each kind that its links lead to, of the faster of two looks; ``asked`` is the log of what
    the database is asked.
    """
    client, adapter = app.test_client(), app.url_map.bind("localhost")
    if cookie:
        client.set_cookie(COOKIE, cookie)
    waiting, seen, opened = deque(["/"]), {"/"}, Counter[str]()
    slowest: dict[str, Look] = {}
    while waiting:
        address = waiting.popleft()
        look, page = min((_look(client, address, asked) for _ in range(2)), key=lambda one: one[0].wall)
        found = endpoint_of(adapter, "GET", address)
        if found:
            slowest[found[0]] = max(slowest.get(found[0], NOTHING), look)
        for _method, target, _what in Ways(page).found:
            led, target = endpoint_of(adapter, "GET", target), target.split("#")[0]
            if led and led[0] not in UNASKED | SOUND and target not in seen and opened[led[0]] < OF_A_KIND:
                seen.add(target)
                opened[led[0]] += 1
                waiting.append(target)
    return slowest


def _look(client: Any, address: str, asked: list[str]) -> tuple[Look, str]:
    asked.clear()
    began, worked = time.perf_counter(), time.process_time()
    answer = client.get(address)
    # A file of the whole record is sent while it is read.
    parts = answer.iter_encoded()
    first = next(parts, b"")
    took, processor = time.perf_counter() - began, time.process_time() - worked
    data = b"".join([first, *parts])
    answer.close()
    is_page = (answer.content_type or "").startswith("text/html") and answer.status_code == 200
    return Look(took, processor, len(asked), address), data.decode() if is_page else ""


def pages(folder: Path, url: str, given: argparse.Namespace) -> dict[str, Look]:
    """The slowest page of each kind of both sites of a large station."""
    data = folder / "data"
    data.mkdir()
    settings = Settings(data=data, database_url=url)
    database = open_database(url, load_keys(data / "keys.json"))
    upgrade(database)
    with closing(Notifier(database)) as notifier:
        station = Station(settings, database, SystemClock(), notifier)
        began = time.monotonic()
        grow(station, given.calls, given.tickets, given.broadcasts)
        print(f"{database.engine.dialect.name}: filled in {time.monotonic() - began:.0f} s", file=sys.stderr)
        at = station.clock.now()
        with database.writing() as session:
            accounts.add_person(session, "petugas", "Petugas Uji", tuple(Role), "sepuluh-huruf", by="bench", at=at)
        with database.writing() as session:
            token = accounts.sign_in(
                session, "petugas", "sepuluh-huruf", None, address="127.0.0.1", browser="bench", hours=12, at=at
            )
        if database.engine.dialect.name == "postgresql":
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
        found = {f"desk {name}": one for name, one in walk(create_desk(station), token, asked).items()}
        found |= {f"public {name}": one for name, one in walk(create_public(station), None, asked).items()}
    database.engine.dispose()
    return found


def databases() -> Iterator[tuple[Path, str]]:
    """A folder and an empty database of each kind."""
    with tempfile.TemporaryDirectory() as folder, server(durable=True) as postgres:
        for number, name in enumerate(("sqlite", "postgresql")):
            own = Path(folder) / name
            own.mkdir()
            yield own, f"sqlite:///{own}/station.sqlite" if number == 0 else postgres.make("station")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--broadcasts", type=int, default=2_000)
    parser.add_argument("--rate", type=int, default=500, help="messages a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", choices=("messages", "pages"))
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    if given.only != "pages":
        print(
            "| database | messages | acknowledged a second | p50, ms | p99, ms | calls at the end | all within, s |",
            end="",
        )
        print(" messages taken in | calls |\n|" + " --- |" * 9)
        for folder, url in databases():
            messages(folder, url, given.rate, given.seconds)
    if given.only != "messages":
        kinds = [pages(folder, url, given) for folder, url in databases()]
        print("\n| page | SQLite: ms, of them processor, questions | PostgreSQL: the same |\n| --- | --- | --- |")
        both = sorted({*kinds[0], *kinds[1]}, key=lambda name: -max(kind.get(name, NOTHING).wall for kind in kinds))
        for name in both[:30]:
            looks = [kind.get(name, NOTHING) for kind in kinds]
            told = [f"{look.wall * 1000:.0f}, {look.processor * 1000:.0f}, {look.questions}" for look in looks]
            print(f"| {name} {looks[0].address or looks[1].address} | {told[0]} | {told[1]} |")
        for measure in ("wall", "processor"):
            over = [name for name in both if max(getattr(kind.get(name, NOTHING), measure) for kind in kinds) > 0.2]
            print(f"\n{len(over)} of {len(both)} kinds of pages take over 200 ms ({measure}) on one of them: {over}")


if __name__ == "__main__":
    main()
