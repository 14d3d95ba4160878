"""Slow work: the row is the queue, the job system is the doorbell.

A ``Job`` row is written in the same transaction as the change that needs it; after the commit a doorbell rings with
the row's id alone. Whoever takes the row holds a lease and renews it while working. A worker that is killed stops
renewing, and the next sweep gives the row to another. So a job may run twice, and handlers must bear that.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import String, event, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from radiodesk.core.clock import Clock
from radiodesk.core.config import Settings
from radiodesk.core.crypto import Private
from radiodesk.core.db import Base, Database, spelled
from radiodesk.core.errors import Refusal

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 4


class NotNow(Exception):
    """Raised by a handler whose tool is in use: the job goes back to the queue, as if nobody had taken it."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """A piece of slow work on one row of some room, named by that row's key."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[int]
    state: Mapped[JobState] = mapped_column(spelled(JobState), default=JobState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str | None] = mapped_column(Private)


class Doorbell(Protocol):
    """Tells the workers that a row waits; losing a ring only costs the time until the next sweep."""

    def ring(self, job_id: int) -> None: ...


@dataclass(frozen=True)
class Context:
    """What a handler works with. It opens short transactions of its own and never holds one while it computes."""

    database: Database
    settings: Settings
    clock: Clock
    report: Callable[[float], None]
    """Called with the share done, 0 to 1, now and then."""


Handler = Callable[[Context, int], None]


def enqueue(session: Session, at: datetime, kind: str, subject: int) -> Job:
    """Ask for a piece of work in the caller's transaction; the doorbell rings after its commit."""
    job = Job(kind=kind, subject=subject, created_at=at)
    session.add(job)
    session.flush()
    session.info.setdefault("rings", []).append(job.id)
    return job


def ring_next(session: Session, kind: str, now: datetime) -> None:
    """Ring for the oldest waiting job of a kind, after the commit: its tool has become free."""
    waiting = select(Job.id).where(Job.kind == kind, Job.state == JobState.WAITING)
    free = waiting.where(Job.not_before.is_(None) | (Job.not_before <= now)).order_by(Job.id)
    if (job_id := session.scalar(free.limit(1))) is not None:
        session.info.setdefault("rings", []).append(job_id)


def ring_after_commit(doorbell: Doorbell) -> Callable[[], None]:
    """Connect a doorbell to every session of this process; returns the function that disconnects it."""

    def after_commit(session: Session) -> None:
        for job_id in session.info.pop("rings", []):
            doorbell.ring(job_id)

    event.listen(Session, "after_commit", after_commit)
    return lambda: event.remove(Session, "after_commit", after_commit)


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the jobs that wait, or whose worker fell silent; oldest first."""
    free = or_(
        (Job.state == JobState.WAITING) & (Job.not_before.is_(None) | (Job.not_before <= now)),
        (Job.state == JobState.RUNNING) & (Job.leased_until < now),
    )
    return list(session.scalars(select(Job.id).where(free).order_by(Job.id).limit(200)))


def take(database: Database, job_id: int, now: datetime, lease: timedelta) -> Job | None:
    """Lease a job, or ``None`` when another worker has it, it is done or its time has not come."""
    with database.writing() as session:
        if job_id not in due(session, now):
            return None
        job = session.get_one(Job, job_id)
        job.state, job.attempts, job.leased_until = JobState.RUNNING, job.attempts + 1, now + lease
        return job


class Runner:
    """Runs jobs by their kind, with a lease that is renewed while the handler works."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, handlers: dict[str, Handler]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._handlers = handlers
        self._lease = timedelta(seconds=settings.lease_seconds)

    def run(self, job_id: int) -> bool:
        """Run one job if it is free; ``False`` when there was nothing to do."""
        job = take(self._database, job_id, self._clock.now(), self._lease)
        if job is None:
            return False
        stop = threading.Event()
        keeper = threading.Thread(target=self._renew, args=(job_id, stop), daemon=True)
        keeper.start()
        try:
            self._handlers[job.kind](self._context(job_id), job.subject)
        except NotNow:
            self._set(job_id, state=JobState.WAITING, attempts=job.attempts - 1, leased_until=None)
            return False
        except Refusal as refusal:
            # A refusal is about the input: trying again would say the same.
            self._close(job_id, JobState.FAILED, str(refusal))
        except Exception as error:  # the edge of the worker: nothing may take it down
            log.exception("Job %s (%s) failed.", job_id, job.kind)
            self._retry(job, f"{type(error).__name__}: {error}")
        else:
            self._close(job_id, JobState.DONE)
        finally:
            stop.set()
            keeper.join()
        return True

    def sweep(self) -> list[int]:
        """The jobs that wait or were left lying."""
        with self._database.reading() as session:
            return due(session, self._clock.now())

    def run_all(self) -> int:
        """Run what is due until nothing is; returns how many ran. For drills and tests."""
        count = 0
        while ids := self.sweep():
            count += sum(self.run(job_id) for job_id in ids)
        return count

    def _context(self, job_id: int) -> Context:
        return Context(
            self._database, self._settings, self._clock, lambda share: self._set(job_id, progress=min(1.0, share))
        )

    def _renew(self, job_id: int, stop: threading.Event) -> None:
        while not stop.wait(self._lease.total_seconds() / 3):
            self._set(job_id, leased_until=self._clock.now() + self._lease)

    def _retry(self, job: Job, error: str) -> None:
        if job.attempts >= MOST_ATTEMPTS:
            self._close(job.id, JobState.FAILED, error)
        else:
            wait = timedelta(seconds=5 * 4 ** (job.attempts - 1))
            self._set(job.id, state=JobState.WAITING, error=error, not_before=self._clock.now() + wait)

    def _close(self, job_id: int, state: JobState, error: str | None = None) -> None:
        self._set(job_id, state=state, error=error, finished_at=self._clock.now(), leased_until=None)

    def _set(self, job_id: int, **values: Any) -> None:
        with self._database.writing() as session:
            session.execute(update(Job).where(Job.id == job_id).values(**values))
