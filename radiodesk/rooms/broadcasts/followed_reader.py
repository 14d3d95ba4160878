"""Where the reader of a script is now, for prompters that follow the voice.

While a script counts as being read, the listener hears the programme's line and gives the words to a ``ScriptReader``,
which keeps the place alone: no word is stored. A prompter asks for it (``GET /naskah/<id>/posisi``), or follows events
of the topic ``prompter``, whose subject is the script's public id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.events import announce
from radiodesk.core.private_columns import NotReadable
from radiodesk.language.reading import Follower, Position, ScriptText
from radiodesk.recognition.ports import Partial, Word
from radiodesk.rooms.broadcasts import services
from radiodesk.rooms.broadcasts.models import AsRun, ReaderPosition
from radiodesk.rooms.broadcasts.readings import version_read
from radiodesk.rooms.programme.models import Script
from radiodesk.sound.takes import Spooled

TOPIC = "prompter"
BEFORE = timedelta(seconds=2)
"""How long before the key a reader may have begun."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a reader as a prompter needs it: ``word`` is the number of the written word said last (words are
    what stands between blanks in version ``version``), -1 while none was; ``line`` counts lines that are not empty."""

    version: int
    word: int = -1
    line: int = 0
    said_at: datetime | None = None
    sure: bool = False


def place_in(session: Session, script: Script) -> Place | None:
    """Where the reader of a script is now; ``None`` while nobody reads it on air."""
    entry = _being_read(session)
    if entry is None or entry.subject != script.public_id:
        return None
    version = int(entry.details["number"])
    kept = session.scalar(select(ReaderPosition).where(ReaderPosition.as_run_id == entry.id))
    if kept is None:
        return Place(version)
    return Place(version, kept.word, kept.line, kept.said_at, kept.sure)


def _being_read(session: Session) -> AsRun | None:
    broadcast = services.on_air(session)
    return services.script_being_read(session, broadcast) if broadcast is not None else None


class ScriptReader:
    """Follows one reading in one take; called with what a session heard so far (``live.take_words.Told``)."""

    def __init__(self, database: Database, clock: Clock, entry: AsRun, text: str, lexicon: Mapping[str, str]) -> None:
        self.entry, self._since = entry.id, entry.at - BEFORE
        self._database, self._clock = database, clock
        self._broadcast, self._script = entry.broadcast_id, entry.subject
        self._follower = Follower(ScriptText(text, lexicon=lexicon))
        self._shown = self._follower.position
        self._taken = 0
        self._session = 0.0
        self._began: datetime | None = None

    def begin(self, began: datetime) -> None:
        """The take began then; times of words count from it."""
        self._began = began

    def __call__(self, partial: Partial, offset: float) -> None:
        """New words: settled ones are taken once, tentative ones until they change."""
        if offset != self._session or len(partial.settled) < self._taken:
            self._taken, self._session = 0, offset  # another session of the recogniser
        settled, tentative = self._words(partial.settled[self._taken :]), self._words(partial.tentative)
        position = self._follower.hear(settled, tentative)
        self._taken = len(partial.settled)
        if position != self._shown:
            self._keep(position)
            self._shown = position

    def _words(self, words: Sequence[Word]) -> list[Word]:
        """The words with their seconds in the take; those that were said before the script was begun are not of it."""
        first = (self._since - self._began).total_seconds() if self._began is not None else 0.0
        moved = (
            Word(word.start + self._session, word.end + self._session, word.word, word.confidence) for word in words
        )
        return [word for word in moved if word.end >= first]

    def _keep(self, position: Position) -> None:
        at = self._clock.now()
        said_at = None
        if position.said_at is not None and self._began is not None:
            said_at = self._began + timedelta(seconds=position.said_at)
        with self._database.writing() as session:
            row = ReaderPosition(
                broadcast_id=self._broadcast,
                as_run_id=self.entry,
                word=position.word,
                line=position.line,
                said_at=said_at,
                sure=position.sure,
                at=at,
            )
            session.merge(row)
            told = {"word": position.word, "line": position.line, "sure": position.sure}
            announce(session, at, TOPIC, "position", self._script, **told)


class ScriptReaders:
    """Says who is given the words of a programme's take: the one reader of the script that is being read, if any."""

    def __init__(self, database: Database, clock: Clock, lexicon: Mapping[str, str]) -> None:
        self._database, self._clock, self._lexicon = database, clock, lexicon
        self._reader: ScriptReader | None = None

    def of(self, session: Session, takes: Sequence[Spooled]) -> dict[str, ScriptReader]:
        """The reader for each of the programme's takes that grow, by the take's id."""
        ours = [take for take in takes if take.about.feed != "caller"]
        entry = _being_read(session) if ours else None
        if entry is None:
            self._reader = None
            return {}
        broadcast = services.on_air(session)
        if self._reader is None or self._reader.entry != entry.id:
            self._reader = self._new(session, entry)
        if self._reader is None or broadcast is None:
            return {}
        known = [take for take in ours if take.about.broadcast in (None, broadcast.public_id)]
        # Where several takes are of the programme, the one that began last is what goes out now.
        last = max(known, key=lambda take: take.about.started_at, default=None)
        if last is None:
            return {}
        self._reader.begin(last.about.started_at)
        return {last.id: self._reader}

    def _new(self, session: Session, entry: AsRun) -> ScriptReader | None:
        version = version_read(session, entry)
        if version is None or isinstance(version.text, NotReadable):
            return None
        return ScriptReader(self._database, self._clock, entry, version.text, self._lexicon)
