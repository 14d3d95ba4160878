"""Work of the record room: what the desk changed becomes what the public sees, and what the public wrote comes in."""

from radiodesk.core import events
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say
from radiodesk.core.jobs import Context, Kind, nothing
from radiodesk.core.private_columns import readable
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.broadcasts.known_callers import identities_of
from radiodesk.rooms.record.models import TicketReply
from radiodesk.rooms.record.private_finder import finder, knowing, redactor
from radiodesk.rooms.record.ticket_publication import MIRROR_JOB, face, publish, secrets, versions
from radiodesk.rooms.record.tracking import REPLY_JOB
from radiodesk.rooms.tickets import care
from radiodesk.rooms.tickets.history import TOPIC
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.tickets.queries import ticket_by_public_id
from radiodesk.rooms.tickets.station_rules import load_rules


def mirror_ticket(context: Context, ticket_id: int) -> None:
    """Show a ticket's public face afresh.

    Redaction is done outside of the transaction that writes; when the ticket changed meanwhile, it is done again.
    """
    rules, pack = load_rules(context.settings), area_pack(context.settings.area)
    while True:
        with context.database.reading() as session:
            ticket = session.get_one(Ticket, ticket_id)
            if ticket.removed_at is not None:
                # What stays public of it was written when its words were deleted.
                return
            hidden = secrets(session, ticket)
            known = identities_of(session, [ticket.call]) if ticket.call is not None else []
            made = face(rules, pack, ticket, redactor(knowing(finder(context.settings), known)), hidden=hidden)
        with context.database.writing() as session:
            ticket = session.get_one(Ticket, ticket_id)
            if versions(ticket) == made.versions and secrets(session, ticket) == hidden:
                publish(session, made)
                events.announce(session, context.clock.now(), TOPIC, "published", ticket.public_id)
                return


def take_reply(context: Context, reply_id: int) -> None:
    """Put what a complainant wrote into the ticket's history."""
    rules = load_rules(context.settings)
    at = context.clock.now()
    with context.database.writing() as session:
        reply = session.get_one(TicketReply, reply_id)
        if reply.taken_at is not None:
            return
        # Words that cannot be read wait for the right keys.
        words = readable(reply.text)
        reply.taken_at = at
        ticket = ticket_by_public_id(session, reply.published.ticket_public_id)
        try:
            care.hear(session, rules, ticket, care.Reply(reply.kind), words, at=reply.at)
        except Refusal as refusal:
            reply.refused = say(refusal)[:300]


KINDS = {MIRROR_JOB: Kind(mirror_ticket, nothing), REPLY_JOB: Kind(take_reply, nothing)}
