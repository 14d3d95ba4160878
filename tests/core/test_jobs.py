"""Jobs: each is done once, none strands, and only who holds the lease may say what became of it."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Refusal
from radiodesk.core.jobs import Context, Failed, Job, JobState, Kind, Runner, nothing
from radiodesk.core.keys import KeyMissing
from radiodesk.core.settings import Settings
from radiodesk.rooms.figures import figures_of


def ask(database: Database, clock: ManualClock, *subjects: int, kind: str = "test") -> list[int]:
    with database.writing() as session:
        return [jobs.enqueue(session, clock.now(), kind, subject).id for subject in subjects]


def job_of(database: Database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def runner(
    database: Database, settings: Settings, clock: ManualClock, run: Callable[[Context, int], None], **more: object
) -> Runner:
    return Runner(database, settings, clock, {"test": Kind(run, more.get("given_up", nothing))})  # type: ignore[arg-type]


class Killed(BaseException):
    """What a worker is at the moment of SIGKILL: nothing after it runs."""


def kill(database: Database, clock: ManualClock, job_id: int, lease: float = 5) -> Job | None:
    """A worker that takes the job and is killed."""
    return jobs.take(database, job_id, clock.now(), timedelta(seconds=lease), 4)


def test_a_job_is_leased_to_one_worker_until_the_lease_ends(database: Database, clock: ManualClock) -> None:
    (one,) = ask(database, clock, 1)
    first = kill(database, clock, one)
    assert first is not None
    assert kill(database, clock, one) is None
    clock.advance(timedelta(seconds=6))
    second = kill(database, clock, one)
    assert second is not None
    assert second.owner != first.owner
    assert second.attempts == 2


def test_a_worker_that_lost_its_lease_neither_tells_progress_nor_ends_the_job(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    (one,) = ask(database, clock, 1)

    def slow(context: Context, _subject: int) -> None:
        clock.advance(timedelta(minutes=1))
        assert kill(database, clock, one, lease=600) is not None
        context.report(0.5)

    runner(database, settings, clock, slow).run(one)
    job = job_of(database, one)
    assert (job.state, job.progress, job.attempts) == (JobState.RUNNING, 0.0, 2)


def test_a_job_that_fails_is_tried_after_longer_and_longer_waits_and_given_up_with_its_row(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    given_up: list[tuple[int, str]] = []

    def note(_session: Session, subject: int, why: str, _at: datetime) -> None:
        given_up.append((subject, why))

    def broken(_context: Context, _subject: int) -> None:
        raise RuntimeError("no such thing")

    (one,) = ask(database, clock, 7)
    run = runner(database, settings, clock, broken, given_up=note)
    waits = []
    while run.run(one):
        job = job_of(database, one)
        if job.not_before is not None and job.state is JobState.WAITING:
            waits.append((job.not_before - clock.now()).total_seconds())
            assert run.run(one) is False
            clock.set(job.not_before)
    assert waits == [5, 20, 80]
    assert given_up == [(7, "RuntimeError: no such thing")]
    assert job_of(database, one).state is JobState.FAILED


def test_a_job_that_kills_its_worker_each_time_ends_as_failed_and_says_so(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    given_up: list[str] = []
    (one,) = ask(database, clock, 7)
    ran = []
    run = runner(
        database,
        settings,
        clock,
        lambda _context, subject: ran.append(subject),
        given_up=lambda _session, _subject, why, _at: given_up.append(why),
    )
    for _ in range(4):
        assert kill(database, clock, one) is not None
        clock.advance(timedelta(seconds=6))
    assert kill(database, clock, one) is None
    assert run.run_all() == 0
    assert ran == []
    job = job_of(database, one)
    assert job.state is JobState.FAILED
    assert "4" in (job.error or "")
    assert given_up == [job.error]
    assert run.sweep() == []


def test_a_refusal_is_final_at_once_and_a_job_may_say_which_failures_are_not(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    def refuse(_context: Context, subject: int) -> None:
        if subject == 1:
            raise Refusal("There is no file %(path)s.", path="x")
        raise Failed("Gateway SMS tidak menjawab.", again=subject == 2)

    first, second, third = ask(database, clock, 1, 2, 3)
    runner(database, settings, clock, refuse).run_all()
    assert job_of(database, first).error == "Tidak ada berkas x."
    assert [job_of(database, one).state for one in (first, second, third)] == [
        JobState.FAILED,
        JobState.WAITING,
        JobState.FAILED,
    ]


def test_what_a_failure_means_for_the_row_cannot_keep_the_job_from_ending(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    def raises(session: Session, _subject: int, _why: str, _at: datetime) -> None:
        session.execute(select(Job).where(Job.id == "no key"))
        raise LookupError("the row is gone")

    def refuse(_context: Context, _subject: int) -> None:
        raise Refusal("There is no file %(path)s.", path="x")

    (one,) = ask(database, clock, 1)
    runner(database, settings, clock, refuse, given_up=raises).run_all()
    assert job_of(database, one).state is JobState.FAILED


def test_a_job_that_was_given_up_can_be_tried_again_unless_it_was_asked_for_anew(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    refused = True

    def run(_context: Context, _subject: int) -> None:
        if refused:
            raise Refusal("There is no file %(path)s.", path="x")

    first, second = ask(database, clock, 1, 2)
    working = runner(database, settings, clock, run)
    working.run_all()
    refused = False
    (anew,) = ask(database, clock, 2)
    with database.writing() as session:
        assert [job.id for job in jobs.failed(session)] == [first]
        jobs.try_again(session, first)
        with pytest.raises(Conflict):
            jobs.try_again(session, second)
    working.run_all()
    assert [job_of(database, one).state for one in (first, second, anew)] == [
        JobState.DONE,
        JobState.FAILED,
        JobState.DONE,
    ]


def test_a_job_of_a_kind_that_this_release_does_not_know_waits_and_stops_nobody(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    (unknown,) = ask(database, clock, 1, kind="later.release")
    (known,) = ask(database, clock, 2)
    assert runner(database, settings, clock, lambda *_: None).run_all() == 1
    assert job_of(database, unknown).state is JobState.WAITING
    assert job_of(database, known).state is JobState.DONE


def test_the_job_behind_thousands_that_wait_is_found(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    ask(database, clock, *[0] * 3000)
    (last,) = ask(database, clock, 1)
    assert runner(database, settings, clock, lambda *_: None).sweep()[-1] == jobs.Due(last, "test")


def test_of_a_thousand_jobs_with_workers_killed_at_random_each_is_done_once_and_none_strands(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    """Two workers at a time; one in six takes of a job ends in the death of its worker, before the work."""
    dice, guard = random.Random(20261124), threading.Lock()  # noqa: S311 - a game of chance, no secret
    done: Counter[int] = Counter()
    deaths: Counter[int] = Counter()

    def work(_context: Context, subject: int) -> None:
        with guard:
            if deaths[subject] < 3 and dice.random() < 1 / 6:
                deaths[subject] += 1
                raise Killed
            done[subject] += 1

    with database.writing() as session:
        for subject in range(1000):
            session.add(Job(kind="test", subject=subject, created_at=clock.now()))
    working = runner(database, settings, clock, work)

    def turn(share: list[jobs.Due]) -> None:
        for one in share:
            try:
                working.run(one.id)
            except Killed:
                continue

    while waiting := working.sweep():
        threads = [threading.Thread(target=turn, args=(waiting,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.advance(timedelta(seconds=6))
    assert sum(deaths.values()) > 100
    assert done == Counter(dict.fromkeys(range(1000), 1))
    with database.reading() as session:
        assert set(session.scalars(select(Job.state))) == {JobState.DONE}


def test_a_job_whose_kind_allows_fewer_tries_now_does_not_strand(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    given_up: list[str] = []

    def breaks(_context: Context, _subject: int) -> None:
        raise Failed("tidak jadi", again=True)

    def note(_session: Session, _subject: int, why: str, _at: datetime) -> None:
        given_up.append(why)

    (one,) = ask(database, clock, 1)
    runner(database, settings, clock, breaks).run(one)
    assert job_of(database, one).state is JobState.WAITING
    clock.advance(timedelta(minutes=5))
    fewer = Runner(database, settings, clock, {"test": Kind(breaks, note, waits=())})
    fewer.run_all()
    assert job_of(database, one).state is JobState.FAILED
    assert given_up == ["tidak jadi"]
    assert fewer.sweep() == []


def test_a_job_that_lacks_a_key_is_tried_again(database: Database, settings: Settings, clock: ManualClock) -> None:
    def locked(_context: Context, _subject: int) -> None:
        raise KeyMissing("The key file lacks key %(number)s of this database. Restore the newest keys.json.", number=2)

    (one,) = ask(database, clock, 1)
    runner(database, settings, clock, locked).run(one)
    assert job_of(database, one).state is JobState.WAITING


def test_all_that_was_due_tells_its_progress_within_a_job_too(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    ask(database, clock, 1, 2)
    told: list[float] = []

    def half(context: Context, _subject: int) -> None:
        context.report(0.5)

    runner(database, settings, clock, half).run_all(told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_a_clock_that_is_set_back_strands_no_job(database: Database, settings: Settings, clock: ManualClock) -> None:
    ran: list[int] = []

    def fail_first(_context: Context, subject: int) -> None:
        ran.append(subject)
        if ran.count(subject) == 1:
            raise Failed("Belum bisa.", again=True)

    made = Runner(database, settings, clock, {"test": Kind(fail_first, nothing, waits=(5.0, 5.0))})
    right = clock.now()
    # The machine starts with a clock that is a year ahead: a worker dies, and a job is to be tried again in a moment.
    clock.set(right + timedelta(days=365))
    killed, waiting = ask(database, clock, 1, 2)
    kill(database, clock, killed)
    made.run(waiting)
    assert job_of(database, waiting).state is JobState.WAITING
    # The network sets it right.
    clock.set(right)
    made.run_all()
    clock.advance(timedelta(seconds=6))
    made.run_all()
    assert {job_of(database, one).state for one in (killed, waiting)} == {JobState.DONE}


def test_what_is_due_in_weeks_waits_for_its_day(database: Database, settings: Settings, clock: ManualClock) -> None:
    with database.writing() as session:
        later = jobs.enqueue(session, clock.now(), "test", 1)
        later.not_before = clock.now() + timedelta(days=14)
    made = Runner(database, settings, clock, {"test": Kind(lambda _context, _subject: None, nothing)})
    assert made.run_all() == 0
    clock.advance(timedelta(days=14))
    assert made.run_all() == 1


def test_a_job_for_another_day_is_no_work_that_waits(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    ask(database, clock, 1)
    with database.writing() as session:
        jobs.enqueue(session, clock.now(), "test", 2).not_before = clock.now() + timedelta(days=14)
    clock.advance(timedelta(minutes=3))
    with database.reading() as session:
        figures = figures_of(session, clock.now())
    assert (figures.jobs_waiting, figures.oldest_job) == (1, 180.0)
    clock.advance(timedelta(days=14))
    with database.reading() as session:
        figures = figures_of(session, clock.now())
    assert figures.jobs_waiting == 2
