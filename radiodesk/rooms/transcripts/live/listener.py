"""Listens to all open takes with one recogniser, fairly: the call on air first, then the one being screened.

The take with the longest waiting time, weighted by priority, is heard next. When more callers speak than the machine
can follow, the one of the lowest priority is put off, which its screen says, until there is room again; so no delay
grows. The recording is not touched by any of this, and the transcript of the whole call follows anyway.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from radiodesk.recognition.ports import StreamingSession
from radiodesk.rooms.transcripts.live.models import Hearing
from radiodesk.rooms.transcripts.live.services import Shown
from radiodesk.rooms.transcripts.live.take_words import DIRECTION, Ear, Told, with_gap
from radiodesk.sound.takes import Spooled, takes

PROGRAMME = "programme"
"""The direction of a take of what goes on air."""

_MOMENT = 1.0
SHOW_EVERY = 0.5
"""Seconds between two showings of one take: at most two events a second and call."""

_LEAST = 0.2
_CATCH_UP = 10.0
_TOO_LATE = 15.0
_SPEAKS = 3.0
_CALM = 3.0
_BUSY_OVER = 4.0
_ROOM = 0.6


class Rank(IntEnum):
    """How much a take presses."""

    ON_AIR = 0
    SCREENING = 1
    WAITING = 2


_WEIGHTS = {Rank.ON_AIR: 3.0, Rank.SCREENING: 2.0, Rank.WAITING: 1.0}
_LATEST = {Rank.ON_AIR: 2.5, Rank.SCREENING: 3.5, Rank.WAITING: 5.0}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a take belongs to (the public id of a call, when it is known), and how much it presses."""

    about: str | None = None
    rank: Rank = Rank.WAITING
    told: Told | None = None
    """Who is given the words of the programme while it says so; they are kept nowhere. Without it the programme is not
    listened to."""


class Claims(Protocol):
    """Says of takes what they belong to; those that nothing is known of may be left out."""

    def __call__(self, takes: Sequence[Spooled], /) -> Mapping[str, Claim]: ...


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier listener had heard of a take: its text, and the second up to which it had listened."""

    text: str = ""
    heard_until: float = 0.0


class Keeper(Protocol):
    """Where the words go."""

    def begin(self, take: str, about: str | None) -> Before:
        """A take is listened to from now on; returns what was kept of it before."""
        ...

    def show(self, shown: Sequence[Shown]) -> set[str]:
        """Keep the newest words; returns the takes that nobody wants words of any more."""
        ...


class Listener:
    """``open_session`` gives a fresh session of the recogniser; ``clock`` counts seconds."""

    def __init__(
        self,
        spool: Path,
        open_session: Callable[[], StreamingSession],
        *,
        claims: Claims,
        keeper: Keeper,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spool = spool
        self._open_session = open_session
        self._claims, self._keeper, self._clock = claims, keeper, clock
        self._ears: dict[str, Ear] = {}
        self._seen: dict[str, int] = {}
        self._done: set[str] = set()
        self._worked: deque[tuple[float, float]] = deque()
        self._changed = float("-inf")

    def look(self) -> None:
        """Find takes that began or ended, ask what they belong to, and show what waits to be shown."""
        found = {take.id: take for take in takes(self._spool)}
        self._done &= found.keys()
        self._seen = {key: size for key, size in self._seen.items() if key in found}
        fresh = [take for key, take in found.items() if key not in self._ears and self._grows(take)]
        claims = self._claims([*(ear.take for ear in self._ears.values()), *fresh]) if fresh or self._ears else {}
        for take in fresh:
            claim = claims.get(take.id, Claim())
            if take.about.feed == "caller":
                self._begin(take, claim)
            elif claim.told is not None:
                self._follow_programme(take, claim)
        for key, ear in list(self._ears.items()):
            claim = claims.get(key, Claim())
            if ear.told is not None:
                if claim.told is None or key not in found:
                    del self._ears[key]  # nobody reads any more; what comes later may be read again
                    continue
                ear.told = claim.told
            ear.dirty |= ear.about != claim.about
            ear.about, ear.rank = claim.about, claim.rank
            ear.closed = key not in found or ear.take.closed
            if ear.over:
                ear.end()
        self._take_up()
        self.show()

    def turn(self) -> bool:
        """Hear the ear that needs it most; False when there is nothing to hear."""
        waiting = [ear for ear in self._followed() if ear.behind >= _LEAST or (ear.closed and ear.behind > 0)]
        if not waiting:
            return False
        self._relieve(waiting)
        waiting = [ear for ear in waiting if ear.state is Hearing.FOLLOWED]
        if not waiting:
            return False
        for ear in waiting:
            if ear.behind > _TOO_LATE:
                # Even alone it cannot be followed: better a gap than words that nobody can place any more.
                ear.put_off()
                ear.take_up()
        ear = max(waiting, key=lambda one: one.behind * _WEIGHTS[Rank(one.rank)])
        began = self._clock()
        if ear.hear():
            ear.spoke_at = self._clock()
        self._worked.append((self._clock(), self._clock() - began))
        self.show()
        return True

    def show(self) -> None:
        """Show the words of all whose turn it is."""
        now = self._clock()
        due = [
            ear for ear in self._ears.values() if ear.told is None and ear.dirty and now - ear.shown_at >= SHOW_EVERY
        ]
        if not due:
            return
        gone = self._keeper.show([ear.shown() for ear in due])
        for ear in due:
            ear.dirty, ear.shown_at = False, now
            if ear.state is Hearing.ENDED or ear.take.id in gone:
                del self._ears[ear.take.id]
                self._done.add(ear.take.id)

    @property
    def has_ears(self) -> bool:
        """Whether anybody is listened to, or put off."""
        return bool(self._ears)

    @property
    def busy(self) -> float:
        """The share of the last seconds that went into hearing, 0 to 1."""
        now = self._clock()
        while self._worked and self._worked[0][0] < now - _BUSY_OVER:
            self._worked.popleft()
        return min(1.0, sum(took for _, took in self._worked) / _BUSY_OVER)

    def _grows(self, take: Spooled) -> bool:
        """Whether a take that was not listened to grows; one that a crash left does not."""
        if take.id in self._done:
            return False
        direction = DIRECTION if take.about.feed == "caller" else PROGRAMME
        if direction not in take.about.directions or take.closed:
            self._done.add(take.id)
            return False
        frames = take.frames(direction)
        return frames > self._seen.setdefault(take.id, frames)

    def _begin(self, take: Spooled, claim: Claim) -> None:
        """Hear a take from where it was heard to (its start, mostly), or at most some seconds back."""
        before = self._keeper.begin(take.id, claim.about)
        frames, rate = take.frames(DIRECTION), take.about.sample_rate
        start, latest = round(before.heard_until * rate), frames - round(_CATCH_UP * rate)
        text = before.text if start >= latest or not before.text else with_gap(before.text)
        ear = Ear(take, self._open_session, start=max(start, latest, 0), before=text, begun=self._clock())
        self._ears[take.id] = ear

    def _follow_programme(self, take: Spooled, claim: Claim) -> None:
        """Hear what goes on air from now on, a moment back: who reads began as the claim was made."""
        start = max(0, take.frames(PROGRAMME) - round(_MOMENT * take.about.sample_rate))
        self._ears[take.id] = Ear(
            take, self._open_session, start=start, begun=self._clock(), direction=PROGRAMME, told=claim.told
        )

    def _followed(self) -> list[Ear]:
        return [ear for ear in self._ears.values() if ear.state is Hearing.FOLLOWED]

    def _talking(self) -> list[Ear]:
        now = self._clock()
        return [ear for ear in self._followed() if now - ear.spoke_at < _SPEAKS]

    def _relieve(self, waiting: list[Ear]) -> None:
        """Put off the least pressing of several who speak, when somebody waits too long."""
        talking = self._talking()
        late = any(ear.behind > _LATEST[Rank(ear.rank)] for ear in waiting)
        if late and len(talking) > 1 and self._clock() - self._changed >= 1.0:
            max(talking, key=_place).put_off()
            self._changed = self._clock()

    def _take_up(self) -> None:
        """Follow again who was put off: when there is room, or at once in place of someone who presses less."""
        off = sorted((ear for ear in self._ears.values() if ear.state is Hearing.PUT_OFF), key=_place)
        if not off:
            return
        last = max(self._talking(), key=_place, default=None)
        if last is not None and last.rank > off[0].rank:
            last.put_off()
        elif self.busy > _ROOM or self._clock() - self._changed < _CALM:
            return
        off[0].take_up()
        self._changed = self._clock()


def _place(ear: Ear) -> tuple[int, float]:
    """The order in which ears are kept: what presses more, then what began earlier."""
    return ear.rank, ear.begun
