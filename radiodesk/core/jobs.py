"""Slow work: rows are the queue, on whichever host somebody is free to do it.

A ``Job`` row is written in the same transaction as the change that needs it; the database's bell
(``core.database_kinds``) tells workers of a commit, and a sweep finds what no bell told of. The worker that takes the
row holds a lease under a token of its own and renews it while working; only the holder of the token may write progress
or end the job. A worker that is killed stops renewing, and the next sweep gives the row to another. So a job may run
twice, and handlers must be idempotent. What fails for good, or kills its worker each time, ends as failed, and its kind
says what that means for the row that it works on.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from typing import Any
from uuid import uuid4

from sqlalchemy import BindParameter, ColumnElement, Executable, Exists, String, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from radiodesk.core import i18n
from radiodesk.core.clock import Clock
from radiodesk.core.database import Base, Database, spelled
from radiodesk.core.errors import Conflict, NotFound, Refusal
from radiodesk.core.keys import KeyMissing
from radiodesk.core.locks import at_work
from radiodesk.core.logs import traced
from radiodesk.core.private_columns import Private
from radiodesk.core.settings import Settings
from radiodesk.core.stores.ports import ObjectSpoilt, StoreUnavailable
from radiodesk.core.unavailable import unavailable

log = logging.getLogger(__name__)

WAITS = (5.0, 20.0, 80.0)
"""Seconds before each further attempt, where a kind names none of its own."""
STORE_WAIT = 60.0
"""Seconds until a job is tried again that found the store away. That is no try: it may be away for days."""
PERSISTS = 600.0
"""Seconds for which a worker tries to write the end of a job down while the database takes nothing."""
SHOWN_FAILED = 200
EXIT_HUNG = 70


class Failed(Exception):
    """Raised by a handler that knows why it failed, in a sentence; ``again`` says whether a later try may do better."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.again = again


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """A piece of slow work on one row of some room, named by that row's key.

    ``attempts`` counts how often it was taken, and is the one counter of tries. ``owner`` is the token of who holds the
    lease; nobody else may change the row while it runs.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[int]
    state: Mapped[JobState] = mapped_column(spelled(JobState), default=JobState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str | None] = mapped_column(Private)


@dataclass(frozen=True)
class Context:
    """What a handler works with. It opens short transactions of its own and never holds one while it computes."""

    database: Database
    settings: Settings
    clock: Clock
    report: Callable[[float], None]
    """Called with the share done, 0 to 1, now and then."""


Handler = Callable[[Context, int], None]
GivenUp = Callable[[Session, int, str, datetime], None]
"""Called in the transaction that ends a job as failed, with the row's key, the reason in words, and the time."""


def nothing(_session: Session, _subject: int, _why: str, _at: datetime) -> None:
    """The last failure of a kind whose row waits for nothing: the list of failed jobs tells of it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of job is run, what its last failure means for its row, and the seconds between its tries.

    A handler that is run again after its job was given up finds the row as ``given_up`` left it, and goes on.
    """

    run: Handler
    given_up: GivenUp
    waits: tuple[float, ...] = WAITS
    alone: bool = False
    """Whether a process works on one job of this kind at a time, as their tool takes all of its memory or cores."""
    silent: float | None = None
    """Seconds without a report of progress after which the work hangs in foreign code; ``None`` where it may be silent.
    A thread cannot be stopped, so its whole process ends, and each job in it is done again."""

    @property
    def most(self) -> int:
        """How often a job of this kind is tried."""
        return len(self.waits) + 1


def enqueue(session: Session, at: datetime, kind: str, subject: int) -> Job:
    """Ask for a piece of work in the caller's transaction."""
    job = Job(kind=kind, subject=subject, created_at=at)
    session.add(job)
    session.flush()
    return job


LONGEST_LEASE, LONGEST_WAIT = timedelta(minutes=10), timedelta(days=1)
"""No lease and no pause between two tries is this long: what lies further ahead was written before the clock was set
back."""


def waits_by(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """A job that somebody could do by now; one that is asked for in two weeks waits for nobody."""
    return (Job.state == JobState.WAITING) & (Job.not_before.is_(None) | (Job.not_before <= now))


def _free(now: datetime) -> ColumnElement[bool]:
    return _free_by(now, now + LONGEST_LEASE, now + LONGEST_WAIT)


def _free_by(now: Any, latest_lease: Any, latest_wait: Any) -> ColumnElement[bool]:
    over = (Job.leased_until < now) | (Job.leased_until > latest_lease)
    again = (Job.attempts > 0) & (Job.not_before > latest_wait)
    return or_(
        waits_by(now),
        (Job.state == JobState.WAITING) & again,
        (Job.state == JobState.RUNNING) & over,
    )


@dataclass(frozen=True, slots=True)
class Due:
    """A job that somebody may take now."""

    id: int
    kind: str


def due(session: Session, now: datetime, kinds: Iterable[str]) -> list[Due]:
    """The jobs of these kinds that wait, or whose lease ran out; oldest first."""
    given = {"now": now, "lease": now + LONGEST_LEASE, "wait": now + LONGEST_WAIT, "kinds": list(kinds)}
    return [Due(row.id, row.kind) for row in session.execute(_due(), given)]


@cache
def _due() -> Executable:
    # Put together once: a worker asks this some ten thousand times a night, mostly in vain.
    free = _free_by(bindparam("now"), bindparam("lease"), bindparam("wait"))
    known = Job.kind.in_(bindparam("kinds", expanding=True))
    return select(Job.id, Job.kind).where(known, free).order_by(Job.id)


def take(database: Database, job_id: int, now: datetime, lease: timedelta, most: int) -> Job | None:
    """Lease a job under a new token, or ``None``: another worker has it, it is done, its time has not come, or it
    was tried ``most`` times.
    """
    with database.writing() as session:
        taken = (
            update(Job)
            .where(Job.id == job_id, _free(now), Job.attempts < most)
            .values(state=JobState.RUNNING, attempts=Job.attempts + 1, leased_until=now + lease, owner=uuid4().hex)
        )
        return session.scalar(taken.returning(Job))


def failed(session: Session) -> list[Job]:
    """The jobs that were given up and not asked for anew since, newest first."""
    query = select(Job).where(Job.state == JobState.FAILED, ~_asked_anew()).order_by(Job.id.desc())
    return list(session.scalars(query.limit(SHOWN_FAILED)))


def _asked_anew() -> Exists:
    newer = aliased(Job)
    same = newer.kind == Job.kind, newer.subject == Job.subject, newer.id > Job.id
    return select(newer.id).where(*same).exists()


def of_subjects(session: Session, kind: str, subjects: list[int]) -> dict[int, Job]:
    """The newest job of a kind for each of these rows."""
    query = select(Job).where(Job.kind == kind, Job.subject.in_(subjects)).order_by(Job.id)
    return {job.subject: job for job in session.scalars(query)}


def try_again(session: Session, job_id: int) -> Job:
    """Put a job that was given up back into the queue; raises ``NotFound`` or ``Conflict``."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("This job is not known.")
    if job.state is not JobState.FAILED or session.scalar(select(Job.id).where(Job.id == job_id, _asked_anew())):
        raise Conflict("This job was not given up; it is done or on its way.")
    job.state, job.attempts, job.not_before, job.finished_at, job.progress = JobState.WAITING, 0, None, None, 0.0
    return job


def _to_nobody(_share: float) -> None:
    """Progress that nobody follows but the row."""


def _share_of_all(progress: Callable[[float], None], done: int, of: int, share: float) -> None:
    progress((done + share) / of)


class Runner:
    """Runs jobs by their kind, with a lease that is renewed while the handler works."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, kinds: Mapping[str, Kind]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._kinds = kinds
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._told: Callable[[float], None] = _to_nobody

    def run(self, job_id: int) -> bool:
        """Run one job if it is free; ``False`` when there was nothing to do."""
        with self._database.reading() as session:
            # Of two workers that heard the same bell, the later one need not ask for the turn to write.
            known = session.scalar(select(Job).where(Job.id == job_id, _free(self._clock.now())))
        if known is None:
            return False
        kind = self._kinds.get(known.kind)
        if kind is None:
            # Written by a later release: it waits for a worker that knows it.
            log.error("Job %s is of a kind that this release does not know: %s.", job_id, known.kind)
            return False
        with at_work(f"job {known.kind}"), traced(f"job-{job_id}"):
            job = take(self._database, job_id, self._clock.now(), self._lease, kind.most)
            if job is None:
                self._bury(job_id, kind)
                return False
            return self._run(job, kind)

    def _run(self, job: Job, kind: Kind) -> bool:
        stop = threading.Event()
        sign = _Sign()
        keeper = threading.Thread(target=self._renew, args=(job, kind, sign, stop), daemon=True)
        keeper.start()
        ended: Callable[[Session], object]
        try:
            kind.run(self._context(job, sign), job.subject)
        except Failed as why:
            ended = self._end_of_try(job, kind, str(why), again=why.again)
        except Refusal as refusal:
            told = i18n.say_in(self._settings.language, refusal)
            if isinstance(refusal, StoreUnavailable) and not isinstance(refusal, ObjectSpoilt):
                ended = self._wait_for_store(job, told)
            else:
                # A refusal is about the input: trying again would say the same. A database in trouble is not, nor are
                # bytes that may be spoilt on the way alone, nor keys that were added beside a running worker, which
                # its next start brings.
                again = unavailable(refusal) is not None or isinstance(refusal, KeyMissing | ObjectSpoilt)
                ended = self._end_of_try(job, kind, told, again=again)
        except Exception as error:  # the edge of the worker: nothing may take it down
            log.exception("Job %s (%s) failed.", job.id, job.kind)
            ended = self._end_of_try(job, kind, f"{type(error).__name__}: {error}"[:2000], again=True)
        else:
            ended = self._done(job)
        finally:
            stop.set()
            keeper.join()
        surely(self._database, ended)
        return True

    def sweep(self) -> list[Due]:
        """The jobs that wait or were left lying; those of a later release's kinds wait for a worker that knows them."""
        with self._database.reading() as session:
            return due(session, self._clock.now(), self._kinds)

    def is_alone(self, kind: str) -> bool:
        """Whether this process works on one job of a kind at a time."""
        return self._kinds[kind].alone

    def run_all(self, progress: Callable[[float], None] = lambda _share: None) -> int:
        """Run what is due until nothing is; returns how many ran. For drills and tests.

        ``progress`` is told, after each job and whenever a job tells its own, which share of those that were due is
        done.
        """
        count = 0
        while True:
            due, ran = self.sweep(), 0
            for done, one in enumerate(due):
                self._told = partial(_share_of_all, progress, done, len(due))
                ran += self.run(one.id)
                self._told(1.0)
            self._told = _to_nobody
            if not ran:
                return count
            count += ran

    def _context(self, job: Job, sign: "_Sign") -> Context:
        def report(share: float) -> None:
            sign.give()
            with self._database.writing() as session:
                self._mine(session, job, progress=min(1.0, share))
            self._told(min(1.0, share))

        return Context(self._database, self._settings, self._clock, report)

    def _renew(self, job: Job, kind: Kind, sign: "_Sign", stop: threading.Event) -> None:
        while not stop.wait(self._lease.total_seconds() / 3):
            if kind.silent is not None and sign.silent > kind.silent:
                log.error("Job %s (%s) has given no sign for %.0f s: this process ends.", job.id, job.kind, sign.silent)
                # Not an exit: the thread that hangs would be waited for.
                os._exit(EXIT_HUNG)
            try:
                with self._database.writing() as session:
                    if not self._mine(session, job, leased_until=self._clock.now() + self._lease):
                        log.error("Job %s (%s) was given to another worker meanwhile.", job.id, job.kind)
                        return
            except Exception:  # a keeper that ended would give the job away while it runs
                log.warning("The lease of job %s could not be renewed now.", job.id, exc_info=True)

    def _mine(self, session: Session, job: Job, **values: Any) -> bool:
        """Change the row if it is still ours; ``False`` when the lease has gone to another."""
        ours = update(Job).where(Job.id == job.id, Job.owner == job.owner, Job.state == JobState.RUNNING)
        return session.scalar(ours.values(**values).returning(Job.id)) is not None

    def _wait_for_store(self, job: Job, why: str) -> Callable[[Session], object]:
        values = {"attempts": Job.attempts - 1, "leased_until": None, "owner": None, "error": why}
        later = self._clock.now() + timedelta(seconds=STORE_WAIT)
        return lambda session: self._mine(session, job, state=JobState.WAITING, not_before=later, **values)

    def _done(self, job: Job) -> Callable[[Session], object]:
        at = self._clock.now()
        return lambda session: self._mine(
            session, job, state=JobState.DONE, error=None, finished_at=at, leased_until=None, owner=None
        )

    def _end_of_try(self, job: Job, kind: Kind, why: str, *, again: bool) -> Callable[[Session], None]:
        """What is to be written of a try that failed: the next one, or that it was the last."""
        at = self._clock.now()

        def write_end(session: Session) -> None:
            if again and job.attempts < kind.most:
                wait = timedelta(seconds=kind.waits[job.attempts - 1])
                values = {"state": JobState.WAITING, "not_before": at + wait, "leased_until": None, "owner": None}
                self._mine(session, job, error=why, **values)
            elif self._mine(session, job, state=JobState.FAILED, error=why, finished_at=at, leased_until=None):
                _give_up(session, kind, job, why, at)

        return write_end

    def _bury(self, job_id: int, kind: Kind) -> None:
        """End a job that was taken as often as its kind allows, since its workers died with it or an update took tries
        away.
        """
        at = self._clock.now()
        died = i18n.say_in(
            self._settings.language,
            Refusal("The worker died of this job %(times)s times, so it is not tried again.", times=kind.most),
        )
        with self._database.writing() as session:
            job = session.scalar(select(Job).where(Job.id == job_id, _free(at), Job.attempts >= kind.most))
            if job is None:
                return
            log.error("Job %s (%s) was taken %s times; it is given up.", job.id, job.kind, job.attempts)
            why = died if job.state is JobState.RUNNING else job.error or died
            job.state, job.error, job.finished_at = JobState.FAILED, why, at
            job.leased_until = job.owner = None
            session.flush()
            _give_up(session, kind, job, why, at)


class _Sign:
    """When a job last gave a sign of life."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def give(self) -> None:
        self._at = time.monotonic()

    @property
    def silent(self) -> float:
        """Seconds since then."""
        return time.monotonic() - self._at


def surely(database: Database, write: Callable[[Session], object]) -> None:
    """Write down what was done and cannot be done again, however long the database takes nothing."""
    until = time.monotonic() + PERSISTS
    while True:
        try:
            with database.writing() as session:
                write(session)
            return
        except Exception as error:
            if unavailable(error) is None or time.monotonic() > until:
                raise
            log.warning("The end of a job waits for the database: %s", error)
            time.sleep(1.0)


def _give_up(session: Session, kind: Kind, job: Job, why: str, at: datetime) -> None:
    try:
        with session.begin_nested():
            kind.given_up(session, job.subject, why, at)
    except Exception:  # the job must end as failed even so, or it would strand for good
        log.exception("What the failure of job %s (%s) means could not be written down.", job.id, job.kind)
