"""Puts live words into the database, in short transactions of its own."""

from collections.abc import Sequence

from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.rooms.transcripts.live import services
from radiodesk.rooms.transcripts.live.listener import Before
from radiodesk.rooms.transcripts.live.services import Shown


class DatabaseKeeper:
    """A ``listening.Keeper``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def begin(self, take: str, about: str | None) -> Before:
        """Note that a take is listened to; returns what a listener before had kept."""
        with self._database.writing() as tx:
            words = services.begin(tx, take, about, at=self._clock.now())
            return Before(words.text, words.heard_until)

    def show(self, shown: Sequence[Shown]) -> set[str]:
        """Store the newest words; returns the takes whose transcript is there already."""
        with self._database.writing() as tx:
            return services.show(tx, shown, at=self._clock.now())
