"""What a complainant takes along: number and PIN in groups that can be read out, heard right and written down."""

from dataclasses import dataclass

from babel.dates import format_date

from radiodesk.core.settings import Settings
from radiodesk.rooms.tickets import ticket_numbers
from radiodesk.rooms.tickets.deadlines import promised
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.tickets.station_rules import Rules


@dataclass(frozen=True, slots=True)
class Receipt:
    """The words for reading out and printing.

    ``until`` is the date by which the complainant hears more; ``address`` is the public site's for
    listeners, none while the station has not set it. Both PINs are empty where the complainant has it since writing.
    """

    number: str
    pin: str
    spoken_number: str
    spoken_pin: str
    until: str | None
    address: str | None


def receipt(ticket: Ticket, pin: str, settings: Settings, rules: Rules) -> Receipt:
    """The receipt of a ticket that was just opened, or whose PIN was just made."""
    until = promised(rules, ticket)
    return Receipt(
        number=ticket.number,
        pin=pin,
        spoken_number=ticket_numbers.spoken(ticket.number),
        spoken_pin=ticket_numbers.spoken(pin),
        until=format_date(until.astimezone(settings.zone), "EEEE, d MMMM y", locale="id") if until else None,
        address=f"{settings.public_url.split('://')[-1].rstrip('/')}/pengaduan" if settings.public_url else None,
    )
