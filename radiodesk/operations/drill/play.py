"""Plays a show through the real services, in a station of its own, and says what went in and what came of it."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.drill import callers, on_air, road_input, show_plan, show_sound
from radiodesk.operations.drill.show import Show
from radiodesk.operations.drill.show_progress import Hearing, ShowProgress
from radiodesk.operations.drill.stage import ARCHIVIST, Played, moment_of
from radiodesk.operations.drill.summary import summary
from radiodesk.operations.wiring import prepare, runner
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.record import services as record
from radiodesk.rooms.record.models import SpanState
from radiodesk.rooms.record.queries import unclear

Stage = Callable[[Played, Session], None]
LEAD = timedelta(minutes=30)


@contextmanager
def own_station(settings: Settings, show: Show, data: Path | None) -> Iterator[Settings]:
    """Settings of a station for this drill alone: in ``data``, or in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="radiodesk-drill-") as folder:
        own: dict[str, Any] = {"data": data or Path(folder), "database_url": None}
        if show.area is not None:
            own["area"] = show.area
        yield settings.model_copy(update=own)


def play(
    show: Show,
    settings: Settings,
    *,
    start: datetime | None = None,
    progress: Callable[[float, float], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Play the show in the station that ``settings`` name; returns the summary as JSON values.

    ``start`` moves the show to another time. What is broken in the folder is named in ``problems``; the rest is done.
    """
    if start is not None:
        show = replace(show, start=start)
    database = prepare(settings)
    clock = ManualClock(show.start - LEAD)
    played = Played(show, settings, database, clock, problems=list(show.problems))
    jobs = runner(settings, database, clock)
    timing = _Timing(database, played, jobs, progress)
    timing.stage("prepare", show_plan.prepare, show_plan.write_texts, road_input.file_lapsit)
    timing.stage("calls", callers.receive_calls)
    timing.jobs("transcribe")
    timing.stage("tickets", callers.open_tickets)
    _morning(timing, show)
    timing.stage("scripts", show_plan.approve_all)
    with tempfile.TemporaryDirectory(dir=settings.data) as folder:
        timing.voice(Path(folder))
        timing.stage("on_air", on_air.on_air)
    timing.jobs("programme_words")
    timing.stage("corrected_words", show_sound.correct_words)
    timing.stage("seal", _seal)
    timing.jobs("seal_job")
    timing.stage("publish", _publish)
    timing.jobs("publish_job")
    with database.reading() as session:
        result = summary(played, session, timing.seconds)
    database.engine.dispose()
    return result


def _morning(timing: "_Timing", show: Show) -> None:
    """Traffic up to the bulletin: feeds and posts at their times, then the compiling at its minute."""
    played = timing.played
    compile_at = played.at(show.bulletin.minute)
    played.clock.set(max(show.start - LEAD, min(compile_at, show.start)))
    timing.stage("feeds", road_input.take_feeds)
    before = [post for post in show.posts if moment_of(played, post) <= compile_at]
    after = [post for post in show.posts if post not in before]
    timing.stage("posts", lambda one, session: road_input.take_posts(one, session, before))
    played.clock.set(compile_at)
    timing.stage("bulletin", road_input.compile_bulletin)
    timing.stage("later_posts", lambda one, session: road_input.take_posts(one, session, after))
    # The show itself begins at its planned time; what was compiled for a later minute is at hand by then.
    played.clock.set(min(compile_at, show.start))


def _seal(played: Played, session: Session) -> None:
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    archive.seal(session, played.settings, broadcast, by=ARCHIVIST, at=played.clock.now())


def _publish(played: Played, session: Session) -> None:
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    who: dict[str, Any] = {"by": ARCHIVIST, "at": played.clock.now()}
    # Nobody is there to listen: what was begun and not understood is taken out.
    for span in unclear(record.prepare(session, played.settings, broadcast, **who)):
        record.decide(session, span, SpanState.ACCEPTED, **who)
    record.publish(session, played.settings, broadcast, **who)


class _Timing:
    """Runs each stage in a transaction of its own and measures it."""

    def __init__(
        self, database: Database, played: Played, jobs: Runner, progress: Callable[[float, float], None]
    ) -> None:
        self.database = database
        self.played = played
        self.seconds: dict[str, float] = {}
        self._jobs = jobs
        self._progress = ShowProgress(progress)

    def stage(self, name: str, *stages_of: Stage) -> None:
        begun = time.perf_counter()
        for stage in stages_of:
            with self.database.writing() as session:
                stage(self.played, session)
        self._note(name, begun)

    def voice(self, folder: Path) -> None:
        """Read aloud what will be said, outside of any transaction."""
        begun = time.perf_counter()
        show_sound.speak(self.played, folder)
        self._note("voice", begun)

    def jobs(self, name: str) -> None:
        begun, hearing = time.perf_counter(), Hearing(self.database)

        def tell(share: float) -> None:
            # Jobs last as long as their sound; where there is none, one counts as much as another.
            heard = hearing.share()
            self._progress.within(name, share if heard is None else heard)

        self._jobs.run_all(tell)
        self._note(name, begun)

    def _note(self, name: str, begun: float) -> None:
        self.seconds[name] = round(time.perf_counter() - begun, 2)
        self._progress.end(name)
