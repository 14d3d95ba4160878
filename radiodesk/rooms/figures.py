"""How much is to do in all rooms, as numbers: for the page of the station's state, its pictures and Prometheus."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.jobs import Job, JobState, waits_by
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.traffic.models import Source
from radiodesk.rooms.transcripts.models import Transcript


@dataclass(frozen=True, slots=True)
class Figures:
    """The station at one moment; times in seconds.

    ``calls`` counts open calls by state, ``jobs`` all jobs by kind and state. ``longest_wait`` is since when the oldest
    call that nobody has spoken with came in, ``sound_waiting`` the length of what is recorded and not yet heard by the
    recogniser. ``jobs_waiting`` and ``oldest_job`` are number and age of the jobs that somebody could do by now.
    ``feeds`` holds when each source was last fetched well, ``None`` for never.
    """

    calls: Mapping[CallState, int]
    longest_wait: float
    sound_waiting: float
    jobs: Mapping[tuple[str, JobState], int]
    jobs_waiting: int
    oldest_job: float
    feeds: Mapping[str, datetime | None]

    def kept(self) -> dict[str, float]:
        """What is drawn over the last day, by its name in ``core.figure_history``."""
        return {
            "calls_waiting": sum(self.calls.get(state, 0) for state in WAITING),
            "longest_wait": self.longest_wait,
            "sound_waiting": self.sound_waiting,
            "jobs_waiting": self.jobs_waiting,
        }


WAITING = Call.unscreened_states | Call.waiting_states
"""Open calls that are not on air: what the queue shows as come in, being screened, ready and waiting."""


def figures_of(session: Session, at: datetime) -> Figures:
    """Count it all."""
    calls = select(Call.state, func.count()).where(Call.state.in_(Call.open_states)).group_by(Call.state)
    jobs = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    oldest = session.scalar(select(func.min(Call.received_at)).where(Call.state.in_(WAITING)))
    since = func.coalesce(Job.not_before, Job.created_at, type_=Job.created_at.type)
    due, oldest_job = session.execute(select(func.count(), func.min(since)).where(waits_by(at))).one()
    open_ones = Transcript.state.in_(Transcript.open_states)
    waiting = select(func.sum(Recording.duration - Transcript.heard_until)).join_from(Transcript, Recording)
    sources = select(Source.name, Source.last_success_at).where(Source.active).order_by(Source.name)
    return Figures(
        dict(session.execute(calls).all()),
        _age(oldest, at),
        max(0.0, session.scalar(waiting.where(open_ones)) or 0.0),
        {(kind, state): count for kind, state, count in session.execute(jobs)},
        due,
        _age(oldest_job, at),
        dict(session.execute(sources).all()),
    )


def _age(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0
