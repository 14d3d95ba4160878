"""What a higher room lends to the transcripts: it is not imported, whoever builds the application connects it."""

from collections.abc import Sequence
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy.orm import Session

from radiodesk.rooms.recordings.models import Recording

_EXTENSION = "radiodesk.rooms.transcripts.learnable"


class Learnable(Protocol):
    """Says which of the words that a person put right in a recording's transcript may be listened for from now on."""

    def __call__(self, session: Session, recording: Recording, words: Sequence[str], /) -> list[str]: ...


def connect_learning(app: Flask, learnable: Learnable) -> None:
    """Have corrections of this application ask which words may be learned."""
    app.extensions[_EXTENSION] = learnable


def connected_learning() -> Learnable | None:
    """What the application of the request asks, if anything is connected."""
    found: Learnable | None = current_app.extensions.get(_EXTENSION)
    return found
