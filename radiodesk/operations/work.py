"""The worker process: answers the doorbell, sweeps for what was left lying, prunes old events and live words.

It is a process of its own, so that a native crash in an engine takes neither the desk nor the public site down.
"""

import logging
import os
import threading
from collections.abc import Callable
from datetime import timedelta

from huey import SqliteHuey
from huey.consumer import Consumer

from radiodesk.core.clock import Clock, SystemClock
from radiodesk.core.config import Settings
from radiodesk.core.db import Database
from radiodesk.core.events import prune
from radiodesk.core.jobs import Runner, ring_after_commit
from radiodesk.operations.wiring import doorbell_queue, prepare, runner
from radiodesk.speech.live import services as live
from radiodesk.traffic.sources import schedule

log = logging.getLogger(__name__)

NICE = 10
"""The desk, and the words of who is speaking, go before everything here."""
PRUNE_EVERY = timedelta(hours=1)
LIVE_WORDS_KEPT = timedelta(hours=2)
"""Words whose transcript never came (a call without sound, a recogniser that failed) are forgotten after this time."""
SCHEDULE_EVERY = timedelta(seconds=20)


class HueyDoorbell:
    """Rings through huey; the message is the id of a row."""

    def __init__(self, queue: SqliteHuey, run: Callable[[int], bool] | None = None) -> None:
        # A task goes by its function's module and name: who rings and who answers must agree on both.
        def run_job(job_id: int) -> bool:
            # A web process never runs jobs; it only needs the task's name to ring with.
            return (run or _not_here)(job_id)

        self._task = queue.task()(run_job)

    def ring(self, job_id: int) -> None:
        self._task(job_id)


def _not_here(job_id: int) -> bool:
    raise RuntimeError(f"job {job_id} was to be run in a process that only rings")


def connect_doorbell(settings: Settings) -> Callable[[], None]:
    """Let this process ring for the jobs that it commits."""
    return ring_after_commit(HueyDoorbell(doorbell_queue(settings)))


def work(settings: Settings) -> None:
    """Run jobs until the process is told to stop."""
    os.nice(NICE)
    database = prepare(settings)
    queue = doorbell_queue(settings)
    jobs = runner(settings, database)
    bell = HueyDoorbell(queue, jobs.run)
    ring_after_commit(bell)
    stop = threading.Event()
    threading.Thread(target=_sweep, args=(jobs, bell, settings.sweep_seconds, stop), daemon=True).start()
    threading.Thread(target=_prune, args=(database, SystemClock(), stop), daemon=True).start()
    threading.Thread(target=_schedule, args=(database, SystemClock(), stop), daemon=True).start()
    try:
        Consumer(queue, workers=settings.workers, periodic=False, initial_delay=0.05, max_delay=0.5, backoff=1.2).run()
    finally:
        stop.set()


def _sweep(jobs: Runner, bell: HueyDoorbell, every: float, stop: threading.Event) -> None:
    rung: dict[int, float] = {}
    while not stop.wait(every):
        waiting = jobs.sweep()
        # A job that waits its turn is rung for again only now and then, so that the queue does not fill with bells.
        rung = {job_id: rung.get(job_id, 0) for job_id in waiting}
        for job_id in waiting:
            if rung[job_id] <= 0:
                bell.ring(job_id)
                rung[job_id] = 10 * every
            rung[job_id] -= every


def _schedule(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Ask for what comes round by the clock: sources whose turn it is."""
    while not stop.wait(SCHEDULE_EVERY.total_seconds()):
        with database.writing() as session:
            schedule(session, clock.now())


def _prune(database: Database, clock: Clock, stop: threading.Event) -> None:
    while True:
        with database.writing() as session:
            prune(session, clock.now())
            live.forget(session, LIVE_WORDS_KEPT, at=clock.now())
        if stop.wait(PRUNE_EVERY.total_seconds()):
            return
