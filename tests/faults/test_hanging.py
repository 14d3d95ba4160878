"""A recogniser that hangs in foreign code: its process ends, the job is tried again, and at last given up in words."""

import os
import subprocess
import sys
from pathlib import Path

from radiodesk.core import jobs
from radiodesk.core.clock import SystemClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import EXIT_HUNG, Job, JobState
from radiodesk.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import time
from sqlalchemy import select
from radiodesk.core.clock import SystemClock
from radiodesk.core.jobs import Job, Kind, Runner, nothing
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import prepare

def hang(context, subject):
    context.report(0.5)
    time.sleep(3600)

settings = Settings(lease_seconds=5)
kinds = {"hears": Kind(hang, nothing, waits=(0.0,), silent=1.0), "quiet": Kind(lambda *_: time.sleep(3), nothing)}
database = prepare(settings)
runner = Runner(database, settings, SystemClock(), kinds)
unfinished = select(Job.id).where(Job.state.in_(["waiting", "running"]))
while True:
    runner.run_all()
    with database.reading() as session:
        if session.scalar(unfinished) is None:
            break
    time.sleep(0.2)
"""


def run_worker(settings: Settings) -> int:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RADIODESK_DATA": str(settings.data)}
    return subprocess.run([sys.executable, "-c", WORKER], env=environment, timeout=120, check=False).returncode


def test_work_that_gives_no_sign_ends_its_process_and_in_the_end_as_failed(
    settings: Settings, database: Database
) -> None:
    with database.writing() as session:
        asked = jobs.enqueue(session, SystemClock().now(), "hears", 1).id
    assert [run_worker(settings) for _ in range(3)] == [EXIT_HUNG, EXIT_HUNG, 0]
    with database.reading() as session:
        job = session.get_one(Job, asked)
        assert (job.state, job.attempts) == (JobState.FAILED, 2)
        assert job.error == "Pekerja mati 2 kali karena pekerjaan ini, jadi tidak dicoba lagi."


def test_work_that_may_be_silent_is_left_alone(settings: Settings, database: Database) -> None:
    with database.writing() as session:
        asked = jobs.enqueue(session, SystemClock().now(), "quiet", 1).id
    assert run_worker(settings) == 0
    with database.reading() as session:
        assert session.get_one(Job, asked).state is JobState.DONE
