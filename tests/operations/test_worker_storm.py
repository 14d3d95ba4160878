"""A thousand jobs while workers are killed at random: each is done once, none strands."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.events import Event
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

JOBS = 1000
KILLS = 20

WORKER = """
import random, sys, time
from radiodesk.core.clock import SystemClock
from radiodesk.core.settings import Settings
from radiodesk.core.keys import load_keys
from radiodesk.core.database import open_database
from radiodesk.core.events import Event, announce
from radiodesk.core.jobs import Kind, Runner, nothing
from sqlalchemy import select

settings = Settings(lease_seconds=5)
database = open_database(settings.database, load_keys(settings.data / "keys.json"))

def work(context, subject):
    time.sleep(random.random() / 100)
    with context.database.writing() as session:
        if session.scalar(select(Event.id).where(Event.topic == "storm", Event.subject == str(subject))) is None:
            announce(session, context.clock.now(), "storm", "done", str(subject))

runner = Runner(database, settings, SystemClock(), {"storm": Kind(work, nothing, waits=(0.1,) * 50)})
while True:
    waiting = runner.sweep()
    random.shuffle(waiting)
    for one in waiting[:20]:
        runner.run(one.id)
    time.sleep(0.05)
"""


def test_of_a_thousand_jobs_each_is_done_once_while_workers_are_killed(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with database.writing() as session:
        for subject in range(JOBS):
            session.add(Job(kind="storm", subject=subject, created_at=SystemClock().now()))
    (tmp_path / "worker.py").write_text(WORKER, encoding="utf-8")
    environment = os.environ | {"RADIODESK_DATA": str(settings.data), "PYTHONPATH": str(Path(__file__).parents[2])}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(tmp_path / "worker.py")], env=environment, cwd=tmp_path)

    def left() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(Job).where(Job.state != JobState.DONE)) or 0

    dice = random.Random(7)  # noqa: S311 - a game of chance, no secret
    workers = [start(), start()]
    try:
        for _ in range(KILLS):
            time.sleep(0.5 + dice.random())
            dead = dice.randrange(2)
            workers[dead].send_signal(signal.SIGKILL)
            workers[dead].wait()
            workers[dead] = start()
        until = time.monotonic() + 180
        while left() and time.monotonic() < until:
            time.sleep(0.5)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    with database.reading() as session:
        states = set(session.scalars(select(Job.state)))
        done = select(Event.subject, func.count()).where(Event.topic == "storm").group_by(Event.subject)
        counted = {row[0]: row[1] for row in session.execute(done)}
    assert states == {JobState.DONE}
    assert counted == {str(subject): 1 for subject in range(JOBS)}
