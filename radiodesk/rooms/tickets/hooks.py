"""Lends to the screener's screen what this room knows: a suggestion, a caller's tickets, and «make a ticket of it»."""

from collections.abc import Mapping
from datetime import datetime

from flask import Flask, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_, gettext
from radiodesk.core.settings import Settings
from radiodesk.http.request import now, part
from radiodesk.language.triage import Suggestion
from radiodesk.rooms.accounts.access import may_open
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.screen_ports import Fact, connections
from radiodesk.rooms.calls.visible import readable
from radiodesk.rooms.tickets import queries
from radiodesk.rooms.tickets.categories import category_choices
from radiodesk.rooms.tickets.models import STATE_NAMES, Ticket
from radiodesk.rooms.tickets.station_rules import load_rules
from radiodesk.rooms.tickets.ticket_pages import may_see_secret
from radiodesk.rooms.tickets.triage_memory import suggest

MAKE = N_("Make a complaint of it")


class TicketSuggester:
    """Triage, with what people decided before, as the screener's screen asks for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def categories(self) -> Mapping[str, str]:
        """Every category by id, with its name in the language of the request."""
        return category_choices()

    def suggest(self, session: Session, text: str) -> Suggestion | None:
        """What a text is about; ``None`` for no words."""
        if not text.strip():
            return None
        return suggest(session, load_rules(self._settings), text, now())


def tickets_of_calls(session: Session, call_ids: list[int]) -> list[Fact]:
    """The tickets that these calls led to, the newest first; of a confidential one only that it is there."""
    found = session.scalars(select(Ticket).where(Ticket.call_id.in_(call_ids)).order_by(Ticket.id.desc()))
    return [_fact(ticket) for ticket in found]


def _fact(ticket: Ticket) -> Fact:
    about = "" if ticket.confidential else ticket.summary
    words = " · ".join(part for part in (ticket.number, gettext(STATE_NAMES[ticket.state]), about) if part)
    opens = may_open("tickets.ticket") and (may_see_secret() or not ticket.confidential)
    href = url_for("tickets.ticket", public_id=ticket.public_id) if opens else None
    return Fact(ticket.created_at, words, href, ticket.is_open)


def make_ticket(session: Session, call_id: int, public_id: str) -> list[Fact]:
    """The way from a call to a new ticket, while it has none."""
    if queries.of_call(session, call_id) or not may_open("tickets.new"):
        return []
    received = session.get_one(Call, call_id).received_at
    return [Fact(received, gettext(MAKE), url_for("tickets.new", call=public_id))]


def pin_slip(session: Session, call: Call, at: datetime) -> Markup:
    """Number and PIN that this caller must still be told, as a part of the card."""
    return part("tickets/_pin_slip.html", call=call, tickets=queries.waiting_pins(session, at, call.id))


def pins_head(session: Session, at: datetime) -> Markup:
    """Which callers must still be told number and PIN, above the queue."""
    waiting = queries.waiting_pins(session, at)
    calls = readable(ticket.call for ticket in waiting if ticket.call is not None)
    return part("tickets/_pins_head.html", calls=calls)


def connect(app: Flask, settings: Settings) -> None:
    """Connect this room to an application's screener screen."""
    held = connections(app)
    held.suggester = TicketSuggester(settings)
    held.facts.append(tickets_of_calls)
    held.actions.append(make_ticket)
    held.slips.append(pin_slip)
    held.heads.append(pins_head)
