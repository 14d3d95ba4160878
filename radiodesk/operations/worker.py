"""The worker process: runs jobs, sweeps for jobs that were left, prunes old events and live words.

It is a process of its own, so that a native crash in an engine takes neither the desk nor the public site down.
"""

import logging
import os
import shutil
import threading
import time
from collections import deque

from radiodesk.core import figure_history
from radiodesk.core.alarms import DATABASE, DISK, Alarms
from radiodesk.core.bells import BellFollower
from radiodesk.core.clock import Clock, SystemClock
from radiodesk.core.database import Database, take_pulse
from radiodesk.core.errors import Refusal
from radiodesk.core.events import prune
from radiodesk.core.jobs import Due, Runner
from radiodesk.core.processes import tell_ready, watch_for_stop
from radiodesk.core.rounds import Round, Rounds
from radiodesk.core.settings import Settings
from radiodesk.core.unavailable import unavailable
from radiodesk.operations.backup import jobs as backups
from radiodesk.operations.leading import Leading
from radiodesk.operations.machine_rounds import machine_rounds
from radiodesk.operations.wiring import prepare, runner
from radiodesk.rooms.archive import copies
from radiodesk.rooms.archive.fixity import ask_for_next
from radiodesk.rooms.broadcasts.due_bulletins import compile_due
from radiodesk.rooms.broadcasts.editions import make_editions
from radiodesk.rooms.figures import figures_of
from radiodesk.rooms.record.closed_reports import close_due
from radiodesk.rooms.traffic.sources import schedule
from radiodesk.rooms.transcripts.live import services as live

log = logging.getLogger(__name__)

NICE = 10
"""The desk, and the words of who is speaking, go before everything here."""
PRUNE_EVERY = 3600.0
SCHEDULE_EVERY = 20.0
FIGURES_EVERY = 300.0
EDITIONS_EVERY = 600.0
BULLETINS_EVERY = 20.0
PACKAGES_EVERY = 300.0
REPORTS_EVERY = 3600.0
BACKUPS_EVERY = 60.0
PULSE_EVERY = 5.0
TROUBLE = 2.0
"""Seconds to wait after a job could not be begun or ended."""


def work(settings: Settings) -> None:
    """Run jobs until told to stop; those under way are done by another worker once their lease is over."""
    os.nice(NICE)
    database, clock = prepare(settings), SystemClock()
    stop = watch_for_stop()
    crew = Crew(runner(settings, database), settings.workers)
    pulse, leadership = Pulse(settings, database), Leading(database.leadership())
    rounds = [
        Round("jobs left lying", settings.sweep_seconds, crew.look),
        Round("sources", SCHEDULE_EVERY, leadership.only(lambda: schedule_sources(database, clock))),
        Round("editions", EDITIONS_EVERY, leadership.only(lambda: plan_editions(settings, database, clock))),
        Round("bulletins", BULLETINS_EVERY, leadership.only(lambda: compile_due(settings, database, clock.now()))),
        Round("packages", PACKAGES_EVERY, leadership.only(lambda: verify_packages(settings, database, clock))),
        Round("reports", REPORTS_EVERY, leadership.only(lambda: close_due(settings, database, clock.now()))),
        Round("copies", PACKAGES_EVERY, leadership.only(lambda: copy_packages(settings, database, clock))),
        Round("figures", FIGURES_EVERY, leadership.only(lambda: keep_figures(database, clock))),
        Round("old events", PRUNE_EVERY, leadership.only(lambda: forget_old(database, clock))),
        Round("backups", BACKUPS_EVERY, leadership.only(lambda: backups.schedule(settings, database, clock))),
        Round("age of the backup", BACKUPS_EVERY, lambda: backups.watch(settings, database, clock)),
        Round("database and disk", PULSE_EVERY, pulse.turn),
        *machine_rounds(settings, database, clock),
    ]
    running = Rounds("work", rounds, settings.health, stop)
    bell = BellFollower(database, crew.look)
    crew.start()
    running.start()
    bell.start()
    tell_ready()
    stop.wait()
    running.join(timeout=1.0)
    bell.close()


class Crew:
    """The threads of a worker, which run the jobs that are due, the oldest first."""

    def __init__(self, jobs: Runner, threads: int) -> None:
        self._jobs = jobs
        self._guard = threading.Condition()
        self._due: deque[Due] = deque()
        self._under_way: dict[int, str] = {}
        self._stale = True
        self._ended = False
        self._threads = [
            threading.Thread(target=self._work, name=f"job {number}", daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Begin no further job, and wait for those under way."""
        with self._guard:
            self._ended = True
            self._guard.notify_all()
        for thread in self._threads:
            thread.join()

    def look(self) -> None:
        """There may be jobs: whoever is free looks."""
        with self._guard:
            self._stale = True
            self._guard.notify()

    def _work(self) -> None:
        while (one := self._next()) is not None:
            try:
                self._jobs.run(one.id)
            except Exception:  # the database may be away: the row stands, and its lease ends
                log.exception("Job %s (%s) could not be run now.", one.id, one.kind)
                time.sleep(TROUBLE)
            finally:
                with self._guard:
                    del self._under_way[one.id]
                    # What it did may have left the next job, or set free the tool of one that waits.
                    self._stale = True
                    self._guard.notify_all()

    def _next(self) -> Due | None:
        """Wait for a job that this process may work on now, and say that it is under way."""
        while True:
            with self._guard:
                if self._ended:
                    return None
                if (one := self._free()) is not None:
                    self._under_way[one.id] = one.kind
                    if self._due:
                        self._guard.notify()
                    return one
                if not self._stale:
                    self._guard.wait()
                    continue
                self._stale = False
            self._ask()

    def _ask(self) -> None:
        try:
            due = deque(self._jobs.sweep())
        except Exception as error:  # the edge: a thread that ended would be missed until the process is started again
            if unavailable(error) is None:
                log.exception("The jobs cannot be looked at.")
            else:
                log.warning("The jobs cannot be looked at for a moment: %s", unavailable(error))
            time.sleep(TROUBLE)
            return
        with self._guard:
            self._due = due

    def _free(self) -> Due | None:
        """The first job that is not under way here, and whose kind may be worked on beside what is."""
        busy = set(self._under_way.values())
        for one in self._due:
            if one.id not in self._under_way and not (one.kind in busy and self._jobs.is_alone(one.kind)):
                self._due.remove(one)
                return one
        return None


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


def plan_editions(settings: Settings, database: Database, clock: Clock) -> None:
    """Make the editions of programmes some weeks ahead."""
    with database.writing() as session:
        make_editions(session, settings.zone, settings.plan_weeks, at=clock.now())


def verify_packages(settings: Settings, database: Database, clock: Clock) -> None:
    """Ask for the next package whose last verification is too old."""
    with database.writing() as session:
        ask_for_next(session, days=settings.fixity_days, at=clock.now())


def copy_packages(settings: Settings, database: Database, clock: Clock) -> None:
    """Ask for the next copy of a package that is to be made, or to be read again."""
    if settings.copies:
        with database.writing() as session:
            copies.ask_for_next(session, settings, at=clock.now())


def keep_figures(database: Database, clock: Clock) -> None:
    """Note how much there is to do, for the pictures of the last day."""
    with database.reading() as session:
        figures = figures_of(session, clock.now())
    with database.writing() as session:
        figure_history.keep(session, clock.now(), figure_history.STATION, figures.kept())


def forget_old(database: Database, clock: Clock) -> None:
    """Forget events that no screen will ask for, old figures, and live words whose transcript never came."""
    with database.writing() as session:
        prune(session, clock.now())
        figure_history.forget(session, clock.now())
        live.forget(session, live.KEPT, at=clock.now())
