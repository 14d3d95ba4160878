"""What became of broadcasts that are over, which later rooms know: they are not imported but connected."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database, database_of
from radiodesk.core.i18n import N_
from radiodesk.rooms.broadcasts.models import Broadcast

_PORT = "broadcasts.outcomes"


class Outcome(StrEnum):
    """What became of a broadcast after its end; what is published is sealed too."""

    SEALED = "sealed"
    PUBLISHED = "published"


OUTCOME_NAMES = {Outcome.SEALED: N_("Sealed"), Outcome.PUBLISHED: N_("Published")}


class OutcomeSource(Protocol):
    """Says what became of these broadcasts, by their keys; those that it knows nothing of are left out."""

    def __call__(self, session: Session, broadcasts: Collection[int], /) -> Mapping[int, Outcome]: ...


def outcome_sources(database: Database) -> list[OutcomeSource]:
    """Who is asked, the further outcome later; add to it to connect a room."""
    return database.connected.setdefault(_PORT, [])


def outcomes(session: Session, broadcasts: Collection[Broadcast]) -> dict[int, Outcome]:
    """What became of each of these broadcasts, by its key; those that are merely over, or not yet, are left out."""
    keys = [one.id for one in broadcasts]
    found: dict[int, Outcome] = {}
    for source in outcome_sources(database_of(session)):
        found |= source(session, keys)
    return found
