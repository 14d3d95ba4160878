"""The worker process: runs jobs, sweeps for jobs that were left, prunes old events and live words.

It is a process of its own, so that a native crash in an engine takes neither the desk nor the public site down.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from huey import SqliteHuey
from huey.consumer import Consumer

from radiodesk.core import look_journal
from radiodesk.core.alarms import DATABASE, DISK, Alarms
from radiodesk.core.clock import Clock, SystemClock
from radiodesk.core.database import Database, take_pulse
from radiodesk.core.errors import Refusal
from radiodesk.core.events import prune
from radiodesk.core.jobs import Runner, ring_after_commit
from radiodesk.core.rounds import Round, Rounds
from radiodesk.core.settings import Settings
from radiodesk.core.unavailable import unavailable
from radiodesk.operations.store_rounds import store_round
from radiodesk.operations.wiring import doorbell_queue, prepare, runner
from radiodesk.rooms.traffic.sources import schedule
from radiodesk.rooms.transcripts.live import services as live

log = logging.getLogger(__name__)

NICE = 10
"""The desk, and the words of who is speaking, go before everything here."""
PRUNE_EVERY = 3600.0
LIVE_WORDS_KEPT = timedelta(hours=2)
"""Words whose transcript never came (a call without sound, a recogniser that failed) are forgotten after this time."""
SCHEDULE_EVERY = 20.0
PULSE_EVERY = 5.0
LOOKS_EVERY = 2.0
MOST_RINGS = 200
"""Jobs that one sweep rings for; those after them follow with the next."""


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
    database, clock = prepare(settings), SystemClock()
    queue = doorbell_queue(settings)
    jobs = runner(settings, database)
    bell = HueyDoorbell(queue, jobs.run)
    ring_after_commit(bell)
    stop = threading.Event()
    sweep = Sweep(jobs, bell, settings.sweep_seconds)
    pulse = Pulse(settings, database)
    rounds = [
        Round("jobs left lying", settings.sweep_seconds, sweep.turn),
        Round("sources", SCHEDULE_EVERY, lambda: schedule_sources(database, clock)),
        Round("old events", PRUNE_EVERY, lambda: forget_old(database, clock)),
        Round("database and disk", PULSE_EVERY, pulse.turn),
        store_round(settings, clock),
        Round("looks", LOOKS_EVERY, lambda: look_journal.carry_over(database, settings.data)),
    ]
    running = Rounds("work", rounds, settings.health, stop)
    running.start()
    try:
        Consumer(queue, workers=settings.workers, periodic=False, initial_delay=0.05, max_delay=0.5, backoff=1.2).run()
    finally:
        stop.set()
        running.join(timeout=1.0)


class Sweep:
    """Rings for jobs that wait or were left lying, those first that were not rung for the longest time."""

    def __init__(self, jobs: Runner, bell: HueyDoorbell, every: float) -> None:
        self._jobs, self._bell = jobs, bell
        self._rest = 10 * every
        self._rung: dict[int, float] = {}

    def turn(self) -> None:
        """One look. A job that waits its turn is rung for only now and then, so that the queue does not fill up."""
        now = time.monotonic()
        waiting = self._jobs.sweep()
        self._rung = {job_id: self._rung.get(job_id, float("-inf")) for job_id in waiting}
        quiet = [job_id for job_id in waiting if now - self._rung[job_id] >= self._rest]
        for job_id in sorted(quiet, key=lambda job_id: self._rung[job_id])[:MOST_RINGS]:
            self._bell.ring(job_id)
            self._rung[job_id] = now


class Pulse:
    """Tries now and then whether the database takes anything and the disk has room, and sounds or clears the alarms."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._alarms = Alarms(settings.alarms)

    def turn(self) -> None:
        """One look at both."""
        free = shutil.disk_usage(self._settings.data).free
        if free < self._settings.disk_alarm_gigabytes * 1e9:
            self._alarms.sound(DISK, Refusal("The disk is getting full: %(free).1f GB are left.", free=free / 1e9))
        else:
            self._alarms.clear(DISK)
        try:
            take_pulse(self._database)
        except Exception as error:
            if (refusal := unavailable(error)) is None:
                raise
            self._alarms.sound(DATABASE, refusal)
        else:
            self._alarms.clear(DATABASE)


def schedule_sources(database: Database, clock: Clock) -> None:
    """Ask for what comes round by the clock: sources whose turn it is."""
    with database.writing() as session:
        schedule(session, clock.now())


def forget_old(database: Database, clock: Clock) -> None:
    """Forget events that no screen will ask for, and live words whose transcript never came."""
    with database.writing() as session:
        prune(session, clock.now())
        live.forget(session, LIVE_WORDS_KEPT, at=clock.now())
