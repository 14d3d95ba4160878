"""Begins voices in reserve when nobody is there to read, and sees to it that they and all sounds are ready in time."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import i18n
from radiodesk.core.alarms import Alarms
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.events import announce
from radiodesk.core.jobs import Job, JobState, enqueue
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts import playouts, services
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState, RundownItem
from radiodesk.rooms.programme import reserve_voices, station_sounds
from radiodesk.rooms.programme.models import StationSound
from radiodesk.rooms.programme.player_line import Order, player_state, tell_player

log = logging.getLogger(__name__)

BY = "attendant"
ALARM = "player"
AHEAD = timedelta(hours=24)
"""How long before its broadcast a voice in reserve is made."""
AGAIN = 2.0
SILENT_FOR = 3.0
"""Seconds without an answer after which the player counts as gone: it is started again at once when it dies."""


class PlayerGone(Refusal):
    """The player does not answer, or has no output."""


@dataclass
class ReserveWatch:
    """Looks again and again at what should be playing."""

    settings: Settings
    database: Database
    clock: Clock
    tell: Callable[[Settings, Order], None] = tell_player
    ask: Callable[[Settings], Mapping[str, Any] | None] = player_state
    monotonic: Callable[[], float] = time.monotonic
    _counted: tuple[str, datetime] | None = None
    _not_before: float = 0.0
    _seen: object = field(default=None)
    _answered: float | None = None

    def turn(self) -> None:
        """Begin what is due; tell the screens when a count-down begins or ends."""
        at = self.clock.now()
        with self.database.reading() as session:
            broadcast = services.on_air(session)
            found = self._due(session, broadcast, at) if broadcast is not None else None
            order = self._order(session, broadcast, found, at) if broadcast is not None else None
        counted = (found.item.public_id, found.begins_at) if found is not None else None
        if counted != self._counted:
            self._counted = counted
            self._announce("due")
        if order is not None and self.monotonic() >= self._not_before:
            self._not_before = self.monotonic() + AGAIN
            try:
                self.tell(self.settings, order)
            except Refusal as refusal:
                log.error("A voice in reserve could not begin: %s", i18n.say_in(self.settings.language, refusal))

    def _due(self, session: Session, broadcast: Broadcast, at: datetime) -> playouts.Due | None:
        return playouts.due(session, broadcast, at=at, zone=self.settings.zone, grace=self.settings.reserve_seconds)

    def _order(self, session: Session, broadcast: Broadcast, due: playouts.Due | None, at: datetime) -> Order | None:
        if due is None or at < due.begins_at:
            return None
        return playouts.reserve_order(session, self.settings, broadcast, due.item, by=BY, at=at, by_itself=True)

    def look_at_player(self) -> None:
        """Tell the screens when the player dies, loses its output or is back; sound the alarm while it is gone."""
        state, now = self.ask(self.settings), self.monotonic()
        there = state is not None and bool(state["there"])
        playing = (state or {}).get("playing") or {}
        seen = (state is not None, there, playing.get("play"), playing.get("fading"))
        if seen != self._seen:
            self._seen = seen
            self._announce("player")
        if self._answered is None or there:
            self._answered = now
        alarms = Alarms(self.settings.alarms)
        if there:
            alarms.clear(ALARM)
        elif now - self._answered > SILENT_FOR:
            alarms.sound(ALARM, _gone(self.settings, state))

    def make_ready(self) -> None:
        """Ask for voices in reserve that will be wanted, and for sounds that are not at the station's loudness."""
        at = self.clock.now()
        with self.database.writing() as session:
            for version in _wanted(session, at):
                _enqueue_once(session, reserve_voices.JOB, version, at)
            other = StationSound.target.is_distinct_from(self.settings.play_loudness)
            for sound in session.scalars(select(StationSound.id).where(StationSound.active.is_(True), other)):
                _enqueue_once(session, station_sounds.JOB, sound, at)

    def _announce(self, what: str) -> None:
        with self.database.writing() as session:
            announce(session, self.clock.now(), station_sounds.TOPIC, what)


def _gone(settings: Settings, state: Mapping[str, Any] | None) -> PlayerGone:
    if state is None:
        return PlayerGone("The player does not run: voices in reserve, jingles and spots cannot be played.")
    return PlayerGone(
        "The sound output “%(output)s” is not there: voices in reserve, jingles and spots cannot be played.",
        output=settings.play_output,
    )


def _wanted(session: Session, at: datetime) -> list[int]:
    """Keys of approved versions whose voice in reserve may begin by itself soon and was not made."""
    soon = select(RundownItem).join(Broadcast, Broadcast.id == RundownItem.broadcast_id)
    soon = soon.where(
        RundownItem.reserve_since.is_not(None),
        Broadcast.state.in_((BroadcastState.PLANNED, BroadcastState.ON_AIR)),
        Broadcast.planned_start < at + AHEAD,
        Broadcast.planned_start > at - AHEAD,
    )
    versions = (item.script.approved for item in session.scalars(soon) if item.script is not None)
    return [one.id for one in versions if one is not None and reserve_voices.reserve_of(session, one) is None]


def _enqueue_once(session: Session, kind: str, subject: int, at: datetime) -> None:
    """What failed is a person's to try again."""
    known = select(Job.id).where(Job.kind == kind, Job.subject == subject, Job.state != JobState.DONE)
    if session.scalar(known.limit(1)) is None:
        enqueue(session, at, kind, subject)
