"""What plays now: takes wishes, gives the output its next frames, and tells the journal what really went out.

One thing at a time. Another sound pushes the one that plays out within a moment; a voice in reserve is pushed out by
nothing and has to be stopped.
"""

import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from radiodesk.core.atomic_files import replacing
from radiodesk.core.errors import Conflict
from radiodesk.sound.line_journal import Entry, Journal
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.player.piece import Piece
from radiodesk.sound.player.ready_files import CLOSED, DEVICE_LOST, END, KILLED, PART, PUSHED, STOPPED

log = logging.getLogger(__name__)

FADE = 0.8
"""Seconds in which the stop key takes a sound down."""
PUSHED_OUT = 0.25
"""Seconds in which another sound takes the place of the one that plays."""
KEPT_EVERY = 0.5


class Playing(Conflict):
    """Something plays that nothing may push out."""


class NoSound(Conflict):
    """There is no output to play to."""


class Player:
    """``kept`` is a file that tells what plays, for whoever starts after a kill."""

    def __init__(
        self, journal: Journal, kept: Path, now: Callable[[], datetime], monotonic: Callable[[], float]
    ) -> None:
        self.lock = threading.RLock()
        self.current: Piece | None = None
        self.there = False
        """Whether the output takes sound."""
        self.reason = "starting"
        self._journal = journal
        self._kept = kept
        self._kept_at = 0.0
        self._now, self._monotonic = now, monotonic
        self._leaving: list[Piece] = []
        self._told: list[tuple[str, Piece]] = []

    # What the desk asks

    def play(self, piece: Piece) -> None:
        """Begin with the output's next block; raises ``Playing``, or ``NoSound`` while there is no output."""
        with self.lock:
            if not self.there:
                raise NoSound("The sound output is not there, so nothing can be played. Plug it in, or choose another.")
            if self.current is not None:
                if self.current.key == piece.key:
                    return  # asked for twice
                if self.current.alone:
                    raise Playing("A voice in reserve is being played. Stop it first.")
                self.current.fade(PUSHED_OUT, PUSHED)
                self._leaving.append(self.current)
            self.current = piece

    def stop(self, seconds: float = FADE) -> bool:
        """Fade out what plays; false where nothing does."""
        with self.lock:
            if self.current is None:
                return False
            if self.current.began_at is None:
                self.current = None  # nothing of it was heard yet
                return True
            self.current.fade(seconds, STOPPED)
            return True

    # What the output wants

    def fill(self, frames: int) -> Pcm:
        """The next frames that go out; called by the output."""
        with self.lock:
            mixed = np.zeros(frames, np.float32)
            for piece in [*self._leaving, *([self.current] if self.current else [])]:
                if piece.began_at is None:
                    piece.began_at = self._now()
                    self._told.append(("began", piece))
                block = piece.next(frames)
                mixed[: len(block)] += block
                if piece.is_over:
                    self._over(piece, piece.why or END)
            return np.clip(np.rint(mixed), -32768, 32767).astype(np.int16)

    def lose_output(self, reason: str) -> None:
        """The output takes no sound any more, or not yet; what played is broken off."""
        with self.lock:
            was_there, self.there, self.reason = self.there, False, reason
            self._break_off(DEVICE_LOST)
        if was_there:
            self._write("device_lost", why=reason)

    def find_output(self) -> None:
        """The output takes sound."""
        with self.lock:
            again, self.there, self.reason = self.reason not in ("", "starting"), True, ""
        if again:
            self._write("device_back")

    def close(self) -> None:
        """The player ends."""
        with self.lock:
            self._break_off(CLOSED)
        self.tick()

    def _break_off(self, why: str) -> None:
        for piece in [*self._leaving, *([self.current] if self.current else [])]:
            if piece.began_at is not None:
                self._over(piece, why)
        self.current, self._leaving = None, []

    def _over(self, piece: Piece, why: str) -> None:
        piece.over_at, piece.why = self._now(), why
        self._told.append(("ended", piece))
        if piece is self.current:
            self.current = None
        else:
            self._leaving = [one for one in self._leaving if one is not piece]

    # What time brings

    def tick(self) -> None:
        """Write down what happened; a few times a second, never by the output, which must not wait for a disk."""
        with self.lock:
            told, self._told = self._told, []
            playing = self.current if self.current is not None and self.current.began_at is not None else None
        for event, piece in told:
            at = piece.began_at if event == "began" else piece.over_at
            facts = {"play": piece.key, **piece.facts}
            if event == "ended":
                facts |= {"why": piece.why, "seconds": round(piece.played, 3), "of": round(piece.seconds, 3)}
            self._write(event, at=at, **facts)
        self._journal.flush()
        self._keep(playing, changed=bool(told))

    def recover(self) -> None:
        """An earlier player was killed while something played: tell how far it had come, as far as it is known."""
        try:
            held = json.loads(self._kept.read_text(encoding="utf-8"))
            at = datetime.fromisoformat(held.pop("at"))
            told = dict(held)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return
        self._write("ended", at=at, **told, why=KILLED)
        self._kept.unlink(missing_ok=True)

    def _keep(self, playing: Piece | None, *, changed: bool) -> None:
        if playing is None:
            if changed:
                self._kept.unlink(missing_ok=True)
            return
        if not changed and self._monotonic() - self._kept_at < KEPT_EVERY:
            return
        self._kept_at = self._monotonic()
        facts = {"play": playing.key, **playing.facts, "seconds": round(playing.played, 3)}
        facts |= {"of": round(playing.seconds, 3), "at": self._now().isoformat()}
        with suppress(OSError), replacing(self._kept) as draft:
            draft.write_text(json.dumps(facts), encoding="utf-8")

    def _write(self, event: str, at: datetime | None = None, **facts: Any) -> None:
        self._journal.write(Entry(at or self._now(), PART, event, facts=facts))

    def state(self) -> dict[str, Any]:
        """What it says of itself; lengths in seconds."""
        with self.lock:
            piece = self.current
            playing = piece and {
                "play": piece.key,
                "seconds": round(piece.seconds, 3),
                "played": round(piece.played, 3),
                "left": round(piece.left, 3),
                "fading": piece.fading,
                "facts": piece.facts,
            }
            return {
                "part": PART,
                "at": self._now().isoformat(),
                "there": self.there,
                "reason": self.reason,
                "playing": playing,
            }
