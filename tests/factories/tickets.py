"""Tickets with plain defaults; every person and matter here is plainly made up."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.language.triage import triage
from radiodesk.rooms.calls.models import Urgency
from radiodesk.rooms.tickets import services
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.rooms.tickets.station_rules import Rules, load_rules

TEXT = "Lampu jalan di depan pasar Uji padam sejak tiga malam, gelap dan rawan kecelakaan."
ANSWER = "Petugas sudah mengganti lampu di depan pasar Uji pada hari Rabu."
DECISION = services.Decision("penerangan_jalan", "dishub", Urgency.BIASA)


def rules(settings: Settings) -> Rules:
    """The rules of the test's station."""
    return load_rules(settings)


def opened(session: Session, settings: Settings, at: datetime, text: str = TEXT, **given: Any) -> services.Opened:
    """A new ticket about which a person has decided, with its PIN."""
    values: dict[str, Any] = {
        "suggestion": triage(text, units=load_rules(settings).unit_by_id.keys()),
        "decision": DECISION,
        "summary": "Lampu jalan di depan pasar padam.",
        "place": "Pasar Uji",
    }
    return services.open_ticket(session, load_rules(settings), text=text, **{**values, **given}, by="petugas", at=at)


def in_state(session: Session, settings: Settings, state: TicketState, at: datetime, **given: Any) -> Ticket:
    """A ticket that went the usual way up to a state."""
    station_rules = load_rules(settings)
    ticket = opened(session, settings, at, **given).ticket
    who: dict[str, Any] = {"by": "petugas", "at": at}
    if state in {TicketState.NEW, TicketState.REJECTED}:
        if state == TicketState.REJECTED:
            services.reject(session, station_rules, ticket, "Bukan pengaduan.", **who)
        return ticket
    services.forward(session, station_rules, ticket, "dishub", **who)
    if state != TicketState.FORWARDED:
        services.take_up(session, station_rules, ticket, **who)
    if state in {TicketState.ANSWERED, TicketState.CLOSED}:
        services.answer(session, station_rules, ticket, ANSWER, **who)
    if state == TicketState.CLOSED:
        services.close(session, station_rules, ticket, **who)
    return ticket
