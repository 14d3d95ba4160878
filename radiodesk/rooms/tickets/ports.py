"""What later rooms have to do with complaints: they are told of each change, in the transaction that makes it, and say
which numbers they gave out themselves.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.tickets.models import Ticket

_PORT = "tickets.followers"
_HOLDERS = "tickets.number_holders"


class Follower(Protocol):
    """Is told that a ticket changed; slow work is a job of its own."""

    def __call__(self, session: Session, ticket: Ticket, /, *, at: datetime) -> None: ...


def followers(database: Database) -> list[Follower]:
    """Who is told; add to it to connect a room."""
    return database.connected.setdefault(_PORT, [])


class NumberHolder(Protocol):
    """Says whether a later room gave out this number: whatever people follow with number and PIN has its own."""

    def __call__(self, session: Session, number: str, /) -> bool: ...


def number_holders(database: Database) -> list[NumberHolder]:
    """Who is asked; add to it to connect a room."""
    return database.connected.setdefault(_HOLDERS, [])
