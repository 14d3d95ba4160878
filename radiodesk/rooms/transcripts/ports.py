"""What a later room lends to the transcripts: it is not imported but connected."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database, database_of
from radiodesk.rooms.recordings.models import Recording

_PORT = "transcripts.learnable"


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
