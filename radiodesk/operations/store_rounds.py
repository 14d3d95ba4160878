"""Brings up to the store what waits in this machine's outbox, with longer and longer pauses while the store is away."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from radiodesk.core.alarms import STORE, Alarms
from radiodesk.core.clock import Clock
from radiodesk.core.errors import Refusal
from radiodesk.core.rounds import Round
from radiodesk.core.settings import Settings
from radiodesk.core.stores import store_of, waiting_of
from radiodesk.core.stores.ports import PatientStore

EVERY = 5.0
PAUSE = 5.0
"""Seconds until the next try after a failure; twice as long after each further one."""
LONGEST_PAUSE = 300.0
TELL_EVERY = 30.0
LONGEST_TURN = 4 * 3600.0
"""Seconds that a large object may take on a slow line before a turn counts as hanging."""


class CatchUp:
    """One turn a few seconds: tries what waits, and sounds the alarm when it has waited for long."""

    def __init__(self, settings: Settings, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock, self._monotonic = settings, clock, monotonic
        self._alarms = Alarms(settings.alarms)
        self._failures = 0
        self._next = self._told = float("-inf")

    def turn(self) -> int:
        """Bring up what the store takes now; how many that were."""
        store = store_of(self._settings)
        if not isinstance(store, PatientStore):
            return 0
        if self._monotonic() < self._next:
            # Thousands may wait: they are counted now and then.
            if self._monotonic() >= self._told + TELL_EVERY:
                self._tell()
            return 0
        done = store.catch_up()
        self._failures = self._failures + 1 if done.failed else 0
        pause = min(LONGEST_PAUSE, PAUSE * 2.0 ** (self._failures - 1)) if self._failures else 0.0
        self._next = self._monotonic() + pause
        self._tell()
        return done.done

    def _tell(self) -> None:
        self._told = self._monotonic()
        waiting = waiting_of(self._settings)
        patience = timedelta(minutes=self._settings.store_alarm_minutes)
        if waiting is None or self._clock.now() - waiting.since <= patience:
            self._alarms.clear(STORE)
        else:
            self._alarms.sound(STORE, still_waiting(self._settings, waiting.count, waiting.size, waiting.since))


def store_round(settings: Settings, clock: Clock) -> Round:
    """The round of a process; each machine that puts objects has one that turns, and several do no harm."""
    return Round("store", EVERY, CatchUp(settings, clock).turn, LONGEST_TURN)


def still_waiting(settings: Settings, count: int, size: int, since: datetime) -> Refusal:
    """The sentence about what waits."""
    return Refusal(
        "Objects that wait on this machine for the store %(store)s: %(count)s (%(megabytes).1f MB), the oldest since "
        "%(since)s. They are safe; check that the store is reached.",
        count=count,
        megabytes=size / 1e6,
        store=settings.store,
        since=f"{since.astimezone(settings.zone):%d.%m.%Y %H.%M} {settings.timezone_label}",
    )
