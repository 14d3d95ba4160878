"""Which numbers were given to listeners who asked something, as the room of complaints asks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.record.listener_requests.models import ListenerRequest


def holds_number(session: Session, number: str, /) -> bool:
    """A ``tickets.ports.NumberHolder``."""
    return session.scalar(select(ListenerRequest.id).where(ListenerRequest.number == number)) is not None
