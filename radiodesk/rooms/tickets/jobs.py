"""Work of the tickets room: what happens when a clock runs out."""

from radiodesk.core import events
from radiodesk.core.jobs import Context, Kind, nothing
from radiodesk.rooms.tickets import care
from radiodesk.rooms.tickets.deadlines import DUE_JOB
from radiodesk.rooms.tickets.history import TOPIC
from radiodesk.rooms.tickets.models import TicketDeadline
from radiodesk.rooms.tickets.station_rules import load_rules


def due(context: Context, deadline_id: int) -> None:
    """Tell the screens that a ticket is overdue, or close it by the policy's own rule."""
    rules, at = load_rules(context.settings), context.clock.now()
    with context.database.writing() as session:
        deadline = session.get(TicketDeadline, deadline_id)
        if deadline is not None and care.run_out(session, rules, deadline, at=at):
            events.announce(session, at, TOPIC, "overdue", deadline.ticket.public_id)


KINDS = {DUE_JOB: Kind(due, nothing)}
