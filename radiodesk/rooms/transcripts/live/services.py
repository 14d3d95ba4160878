"""Keeps live words while a caller speaks, and forgets them when the transcript is there or nobody needs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from radiodesk.core import events
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.live.models import Hearing, LiveWords

TOPIC = "words"
KEPT = timedelta(hours=2)
"""How long words are kept to which nothing is added any more and whose transcript does not come."""
MOST_KEPT = 20_000
"""Characters of one take that are kept, the newest ones: over half an hour of speech."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The words of one take at one moment, as ``LiveWords`` keeps them."""

    take: str
    about: str | None
    state: Hearing
    settled: str
    tentative: str
    heard_until: float
    reached: float
    lag: float


def begin(session: Session, take: str, about: str | None, *, at: datetime) -> LiveWords:
    """Note that a take is listened to; one that was listened to before (by a process that died) keeps its words."""
    words = session.scalar(select(LiveWords).where(LiveWords.take == take))
    if words is None:
        words = LiveWords(take=take, about=about, state=Hearing.FOLLOWED, started_at=at, updated_at=at)
        session.add(words)
        session.flush()
    words.state = Hearing.FOLLOWED
    _announce(session, words, at)
    return words


def show(session: Session, shown: Iterable[Shown], *, at: datetime) -> set[str]:
    """Store the newest words of several takes; returns the takes whose words were forgotten meanwhile.

    Those are not made again: the transcript has taken their place.
    """
    given = {one.take: one for one in shown}
    held = session.scalars(select(LiveWords).where(LiveWords.take.in_(given)))
    gone = set(given)
    for words in held:
        one = given[words.take]
        gone.discard(words.take)
        words.about, words.state = one.about, one.state
        words.settled, words.tentative = one.settled[-MOST_KEPT:], one.tentative
        words.heard_until, words.reached, words.lag = one.heard_until, one.reached, one.lag
        words.updated_at = at
        _announce(session, words, at)
    return gone


def bind_recording(session: Session, take: str, recording: Recording) -> None:
    """Say which recording a take became: its transcript will take the place of the live words."""
    words = session.scalar(select(LiveWords).where(LiveWords.take == take))
    if words is not None:
        words.recording_id = recording.id


def forget_replaced(session: Session, recording: Recording, *, at: datetime) -> None:
    """The transcript of a recording is there: its live words are forgotten."""
    _delete(session, list(session.scalars(select(LiveWords).where(LiveWords.recording_id == recording.id))), at)


def forget(session: Session, kept: timedelta, *, at: datetime) -> int:
    """Forget words that nothing was added to for a time, as of a call whose sound was lost; returns how many."""
    old = list(session.scalars(select(LiveWords).where(LiveWords.updated_at < at - kept)))
    _delete(session, old, at)
    return len(old)


def _delete(session: Session, found: list[LiveWords], at: datetime) -> None:
    for words in found:
        events.announce(session, at, TOPIC, "forgotten", words.about)
    session.execute(delete(LiveWords).where(LiveWords.id.in_([words.id for words in found])))


def _announce(session: Session, words: LiveWords, at: datetime) -> None:
    # The take's id stands in for a call that is not known yet, so that no other call's screen fetches its region.
    events.announce(session, at, TOPIC, words.state, words.about or words.take)
