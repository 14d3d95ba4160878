"""What this room asks of later ones. They may not be imported here, so they are connected."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database

_PORT = "calls.secrets"


class Secrets(Protocol):
    """Says which of these calls (by their key) somebody made a confidential matter of."""

    def __call__(self, session: Session, call_ids: Collection[int], /) -> set[int]: ...


def secrets(database: Database) -> list[Secrets]:
    """Whom the rule of access asks; add to it to connect a room."""
    return database.connected.setdefault(_PORT, [])
