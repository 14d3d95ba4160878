"""A complaint made of a call from the host's screen with one key, while the talk goes on.

It is opened as the machine suggests; category and unit wait for a person in the office. Nobody is asked whether it is
confidential, so whatever may have to be, is. Its PIN is not shown, since the host's screen is read from afar: the
screener, who has the caller afterwards, draws it once on the card and tells it; later the office gives one.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict
from radiodesk.core.i18n import gettext
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.services import mark
from radiodesk.rooms.calls.call_words import words_of
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.tickets import queries, services
from radiodesk.rooms.tickets.care import leave_pin
from radiodesk.rooms.tickets.categories import DELICATE
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.tickets.station_rules import Rules
from radiodesk.rooms.tickets.triage_memory import suggest


class TicketThere(Conflict):
    """There is a complaint of this call."""


def make_ticket(
    session: Session,
    rules: Rules,
    broadcast: Broadcast,
    call: Call,
    *,
    drawn: services.Drawn | None = None,
    by: str,
    at: datetime,
) -> Ticket:
    """Open a complaint of a call and mark the moment; raises ``TicketThere``.

    A protected caller's is confidential, and so is one about a delicate matter.
    """
    if there := queries.of_call(session, call.id):
        raise TicketThere("There is complaint %(number)s of this call already.", number=there[0].number)
    said = words_of(session, [call])[call.id].parts
    text = "\n\n".join(filter(None, [call.topic, call.point, *said]))
    suggestion = suggest(session, rules, text, at) if text else None
    delicate = suggestion is not None and suggestion.category in DELICATE
    opened = services.open_ticket(
        session,
        rules,
        text=text,
        suggestion=suggestion,
        call=call,
        confidential=call.protected is not None or delicate,
        drawn=drawn,
        by=by,
        at=at,
    )
    if opened.pin:
        leave_pin(opened.ticket, at=at)
    told = gettext("Complaint %(number)s", number=opened.ticket.number)
    mark(session, broadcast, told, by=by, at=at, subject=call.public_id, ticket=opened.ticket.number)
    return opened.ticket
