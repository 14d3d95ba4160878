"""Numbers and PINs of who wrote by the public form: a complaint that is made of the message takes them over."""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from radiodesk.core.database import Database, database_of
from radiodesk.core.unavailable import unavailable
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages import ports
from radiodesk.rooms.tickets import pins, ticket_numbers
from radiodesk.rooms.tickets.models import Ticket, TrackingCode
from radiodesk.rooms.tickets.ports import number_holders

log = logging.getLogger(__name__)


class Codes:
    """A ``messages.ports.TrackingCodes``: numbers of complaints, of the year of ``at`` in its own zone."""

    def draw(self, database: Database, /, *, at: datetime) -> ports.TrackingCode:
        """A number that nobody has, so far as the database can be asked now, and its PIN."""
        number = ticket_numbers.draw(at.year)
        try:
            with database.reading() as session:
                while is_taken(session, number):
                    number = ticket_numbers.draw(at.year)
        except SQLAlchemyError as error:
            if unavailable(error) is None:
                raise
            log.warning("A tracking code was drawn without looking whether it is free: the database takes nothing.")
        pin = pins.fresh_pin(database.keys, number)
        return ports.TrackingCode(number, pin.digits, pin.hashed)

    def keep(self, session: Session, call: Call, number: str, pin_hash: str, /, *, at: datetime) -> None:
        """Bind a code to a call. One whose number was taken meanwhile is let go: the message counts more than it."""
        if is_taken(session, number):
            log.warning("The tracking code of call %s was taken meanwhile; its sender has none.", call.public_id)
            return
        session.add(TrackingCode(call_id=call.id, number=number, pin_hash=pin_hash, given_at=at))
        session.flush()


def is_taken(session: Session, number: str) -> bool:
    """Whether a complaint, a message or something of a later room has this number."""
    ticket = select(Ticket.id).where(Ticket.number == number)
    code = select(TrackingCode.call_id).where(TrackingCode.number == number)
    if session.scalar(ticket) is not None or session.scalar(code) is not None:
        return True
    return any(holds(session, number) for holds in number_holders(database_of(session)))


def of_call(session: Session, call: Call) -> TrackingCode | None:
    """The code that the writer of a call holds, unless a complaint took it over already."""
    used = select(Ticket.id).where(Ticket.number == TrackingCode.number).exists()
    return session.scalar(select(TrackingCode).where(TrackingCode.call_id == call.id, ~used))
