"""The threads of a worker: what is due is run, also what another process asked for; only one worker leads."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from radiodesk.core import jobs
from radiodesk.core.bells import BellFollower
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context, Kind, Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.leading import Leading
from radiodesk.operations.worker import Crew

ASK = """
from radiodesk.core import jobs
from radiodesk.core.clock import SystemClock
from radiodesk.core.database import open_database
from radiodesk.core.keys import load_keys
from radiodesk.core.settings import Settings
settings = Settings()
database = open_database(settings.database, load_keys(settings.keys))
with database.writing() as session:
    jobs.enqueue(session, SystemClock().now(), "test", 7)
"""
LEAD = """
import sys, time
from radiodesk.core.database import open_database
from radiodesk.core.keys import load_keys
from radiodesk.core.settings import Settings
settings = Settings()
held = open_database(settings.database, load_keys(settings.keys)).leadership()
print(held.lead(), flush=True)
time.sleep(60)
"""


def other_process(settings: Settings, program: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"RADIODESK_DATA": str(settings.data), "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)


def soon(is_true: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not is_true() and time.monotonic() < until:
        time.sleep(0.01)
    return is_true()


def test_the_worker_hears_at_once_what_another_process_asks_for(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    done: list[int] = []

    def run(_context: Context, subject: int) -> None:
        done.append(subject)

    crew = Crew(Runner(database, settings, clock, {"test": Kind(run, jobs.nothing)}), threads=2)
    bell = BellFollower(database, crew.look)
    crew.start()
    bell.start()
    try:
        # No sweep looks here: only the bell tells.
        with other_process(settings, ASK) as other:
            assert other.wait(60) == 0
        assert soon(lambda: done == [7])
    finally:
        bell.close()
        crew.end()


def test_jobs_are_run_beside_each_other_but_for_kinds_that_are_alone(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    guard, go_on = threading.Lock(), threading.Event()
    running: list[str] = []
    most: dict[str, int] = {"alone": 0, "beside": 0}

    def run(kind: str) -> Callable[[Context, int], None]:
        def act(_context: Context, _subject: int) -> None:
            with guard:
                running.append(kind)
                most[kind] = max(most[kind], running.count(kind))
            go_on.wait(0.05 if kind == "alone" else 20)
            with guard:
                running.remove(kind)

        return act

    kinds = {name: Kind(run(name), jobs.nothing, alone=name == "alone") for name in most}
    with database.writing() as session:
        for name in ("alone", "alone", "alone", "beside", "beside"):
            jobs.enqueue(session, clock.now(), name, 1)
    working = Runner(database, settings, clock, kinds)
    crew = Crew(working, threads=4)
    crew.start()
    try:
        assert soon(lambda: most["beside"] == 2)
        go_on.set()
        assert soon(lambda: working.sweep() == [] and not running)
    finally:
        go_on.set()
        crew.end()
    assert most == {"alone": 1, "beside": 2}


def test_of_two_workers_one_leads_and_another_goes_on_when_it_dies(database: Database, settings: Settings) -> None:
    led: list[str] = []
    with closing(database.leadership()) as leadership:
        act = Leading(leadership).only(lambda: led.append("here"))

        def turn() -> bool:
            act()
            return led != []

        with other_process(settings, LEAD) as first:
            assert first.stdout is not None
            assert first.stdout.readline() == "True\n"
            assert not turn()
            first.kill()
        assert soon(turn)
