"""Who follows the complaints: later rooms are told of each change, in the transaction that makes it."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.tickets.models import Ticket

_PORT = "tickets.followers"


class Follower(Protocol):
    """Is told that a ticket changed; slow work is a job of its own."""

    def __call__(self, session: Session, ticket: Ticket, /, *, at: datetime) -> None: ...


def followers(database: Database) -> list[Follower]:
    """Who is told; add to it to connect a room."""
    return database.connected.setdefault(_PORT, [])
