"""What the forms of the ticket pages hold: choices of units and categories, and what was sent."""

from dataclasses import dataclass
from itertools import groupby

from flask import request

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import N_
from radiodesk.http.request import asked, field
from radiodesk.language.phones import complete
from radiodesk.language.places.nouns import Unit
from radiodesk.rooms.calls.models import Call, Urgency
from radiodesk.rooms.tickets.models import TicketState
from radiodesk.rooms.tickets.queries import Filter
from radiodesk.rooms.tickets.services import Decision
from radiodesk.rooms.tickets.station_rules import Rules

LONGEST = 6000

UNIT_KIND_NAMES = {"police": N_("Police"), "agency": N_("Other offices")}


@dataclass(frozen=True, slots=True)
class NewTicket:
    """The form of a new ticket as it was sent."""

    identity: str
    text: str
    summary: str
    place: str
    phone: str | None
    confidential: bool
    decision: Decision


def units_by_kind(rules: Rules) -> list[tuple[str, list[Unit]]]:
    """Units for a select: the police's own first, each group in the order of the area pack."""
    ordered = sorted(rules.units, key=lambda unit: unit.kind != "police")
    grouped = groupby(ordered, key=lambda unit: "police" if unit.kind == "police" else "agency")
    return [(UNIT_KIND_NAMES[kind], list(units)) for kind, units in grouped]


def decision() -> Decision:
    """Category, unit and urgency of the form; raises ``Unreadable``."""
    try:
        urgency = Urgency(field("urgency", 12))
    except ValueError:
        raise Unreadable("Please choose how urgent it is.").of("urgency") from None
    return Decision(field("category", 40), field("unit", 60), urgency)


def new_ticket(call: Call | None) -> NewTicket:
    """The form of a new ticket; a phone number is only asked for when there is no call."""
    phone = field("phone", 40)
    return NewTicket(
        identity=field("identity", 36),
        text=field("text", LONGEST),
        summary=field("summary", 400),
        place=field("place", 200),
        phone=complete(phone) if phone and call is None else None,
        confidential=field("confidential", 3) == "yes",
        decision=decision(),
    )


def list_filter() -> Filter:
    """The filter of the list from the address; what is not known is left out."""
    states = frozenset(TicketState(s) for s in request.args.getlist("keadaan") if s in set(TicketState))
    return Filter(
        states=states,
        unit_id=asked("satuan", 60) or None,
        overdue=asked("lewat") == "ya",
        undecided=asked("saran") == "ya",
        words=asked("cari", 120),
    )
