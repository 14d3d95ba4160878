"""What a later room lends to the transcripts: it is not imported but connected."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database, database_of
from radiodesk.rooms.recordings.models import Recording

_PORT = "transcripts.learnable"
_TITLES = "transcripts.titles"
_WORDS = "transcripts.words"


class TitleSource(Protocol):
    """Says whose words these recordings (by their key) hold, as a heading in the language of the request.

    ``by_name`` is false for a reader who may not open a caller's card: then only names that may be said on air stand
    in it. What the room knows nothing of is left out.
    """

    def __call__(self, session: Session, recordings: Collection[int], /, *, by_name: bool) -> Mapping[int, str]: ...


def title_sources(database: Database) -> list[TitleSource]:
    """Whom a transcript's page asks for its heading; add to it to connect a room."""
    return database.connected.setdefault(_TITLES, [])


def title_of(session: Session, recording: Recording, *, by_name: bool) -> str | None:
    """The heading of a recording's words, or ``None`` where no room knows of it."""
    for source in title_sources(database_of(session)):
        if found := source(session, [recording.id], by_name=by_name).get(recording.id):
            return found
    return None


class Learnable(Protocol):
    """Says which of the words that a person put right in a recording's transcript may be listened for from now on."""

    def __call__(self, session: Session, recording: Recording, words: Sequence[str], /) -> list[str]: ...


def connect_learning(database: Database, learnable: Learnable) -> None:
    """Have corrections ask which words may be learned."""
    database.connected[_PORT] = [learnable]


def learnable_words(session: Session, recording: Recording, words: Sequence[str]) -> list[str]:
    """Those of the words that may be learned; all of them where no room has a say."""
    found = list(words)
    for ask in database_of(session).connected.get(_PORT, ()):
        found = ask(session, recording, found)
    return found


class WordsFollower(Protocol):
    """Is told that the words of a recording are there, or are others than before."""

    def __call__(self, session: Session, recording: Recording, /, *, at: datetime) -> None: ...


def words_followers(database: Database) -> list[WordsFollower]:
    """Who is told; add to it to connect a room."""
    return database.connected.setdefault(_WORDS, [])


def tell_words(session: Session, recording: Recording, *, at: datetime) -> None:
    """Tell all who follow the words of recordings."""
    for follow in words_followers(database_of(session)):
        follow(session, recording, at=at)
