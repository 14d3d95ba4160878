"""What this room asks of later ones. They may not be imported here, so they are connected."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.calls.models import Call

_PORT = "calls.secrets"
_FOLLOWERS = "calls.followers"


class Secrets(Protocol):
    """Says which of these calls (by their key) somebody made a confidential matter of."""

    def __call__(self, session: Session, call_ids: Collection[int], /) -> set[int]: ...


def secrets(database: Database) -> list[Secrets]:
    """Whom the rule of access asks; add to it to connect a room."""
    return database.connected.setdefault(_PORT, [])


class CallFollower(Protocol):
    """Is told, in the transaction that does it, that somebody changed who may hear of a call (its protection, its
    consent, what it was merged into), or what is known of its caller."""

    def __call__(self, session: Session, call: Call, /, *, at: datetime) -> None: ...


def call_followers(database: Database) -> list[CallFollower]:
    """Who is told; add to it to connect a room."""
    return database.connected.setdefault(_FOLLOWERS, [])
