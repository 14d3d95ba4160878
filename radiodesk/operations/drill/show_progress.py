"""How far a drill is, by the time that its stages take. Most of it goes into hearing, which tells its own progress."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Transcript

WEIGHTS: Mapping[str, float] = {
    "prepare": 1.2,
    "calls": 1.5,
    "transcribe": 29.3,
    "tickets": 0.7,
    "feeds": 0.1,
    "posts": 0.1,
    "bulletin": 0.1,
    "later_posts": 0.1,
    "scripts": 0.1,
    "voice": 3.6,
    "on_air": 1.8,
    "programme_words": 108.3,
    "corrected_words": 0.2,
    "seal": 0.1,
    "seal_job": 4.8,
    "publish": 1.2,
    "publish_job": 21.2,
}
"""Seconds of each stage of the sample show on two cores; only their proportions count."""


class ShowProgress:
    """Adds up what is done of a drill; ``tell`` gets it as (done, total)."""

    def __init__(self, tell: Callable[[float, float], None], weights: Mapping[str, float] = WEIGHTS) -> None:
        self._tell, self._weights = tell, weights
        self._total = sum(weights.values())
        self._done = 0.0
        self._told = 0.0

    def within(self, stage: str, share: float) -> None:
        """This share of a stage is done, 0 to 1; what was told once is never taken back."""
        self._told = max(self._told, self._done + self._weights[stage] * min(1.0, share))
        self._tell(self._told, self._total)

    def end(self, stage: str) -> None:
        """A stage is done."""
        self.within(stage, 1.0)
        self._done += self._weights[stage]


class Hearing:
    """How much of the sound that waited for its words at the start of a stage was heard."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.reading() as session:
            waiting = (
                select(Transcript.id, Recording.duration)
                .join(Transcript.recording)
                .where(Transcript.state.in_(Transcript.open_states))
            )
            self._seconds: dict[int, float] = {row.id: row.duration for row in session.execute(waiting)}

    def share(self) -> float | None:
        """Seconds heard of all, 0 to 1; ``None`` when nothing waited."""
        total = sum(self._seconds.values())
        if not total:
            return None
        with self._database.reading() as session:
            return sum(self._heard(session)) / total

    def _heard(self, session: Session) -> list[float]:
        waited = session.scalars(select(Transcript).where(Transcript.id.in_(self._seconds)))
        return [self._seconds[one.id] * (one.progress if one.is_open else 1.0) for one in waited]
