"""Following a ticket on the public site: its public face, the look-up by number and PIN, and the complainant's reply.

Wrong guesses are counted before the PIN is checked and taken off again when it was right, so that guesses sent at the
same time count too. The answer to a wrong number and to a wrong PIN is the same, and takes as long. Counted are number
and address together, so that nobody can shut a complainant out by guessing at the same number from elsewhere.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.core.addresses import CARRIER, HOUSEHOLD, SITE, network
from radiodesk.core.database import Database, keys_of
from radiodesk.core.database_kinds import PROMPT
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.core.i18n import N_
from radiodesk.core.unavailable import DatabaseUnavailable
from radiodesk.rooms.calls.merged_calls import standing
from radiodesk.rooms.calls.models import CallState
from radiodesk.rooms.record.listener_requests.models import ListenerRequest
from radiodesk.rooms.record.models import PublishedTicket, TicketReply, TrackingAttempt
from radiodesk.rooms.tickets import ticket_numbers
from radiodesk.rooms.tickets.care import Reply
from radiodesk.rooms.tickets.models import Ticket, TrackingCode
from radiodesk.rooms.tickets.pins import pin_fits

log = logging.getLogger(__name__)

REPLY_JOB = "record.reply"
LONGEST_REPLY = 2000
REPLIES_A_DAY = 5

SHORT, LONG = timedelta(minutes=15), timedelta(days=1)
PAIR_SHORT, PAIR_LONG = 5, 20
"""Wrong PINs for one number from one address."""
ADDRESS_SHORT, ADDRESS_LONG = 20, 100
"""From one address for all numbers."""
NUMBER_SHORT, NUMBER_LONG = 30, 100
"""For one number from all addresses; beyond that, each address has fewer attempts, but never none."""
PAIR_BESET = 2
"""A day's attempts of one address at a number that many are trying at."""
SITE_BESET, CARRIER_BESET = 10, 200
"""The same of one /48 and of one /32 in IPv6: who holds such a network has addresses without end."""


_RECORDED = N_("Your message has become a complaint, by itself or together with what others wrote.")
_UNREAD = N_("Your message has reached the desk. Nobody has read it yet.")
_IN_HAND = N_("Your message was read and is being worked on.")
_SETTLED = N_("Your message was read and dealt with. No complaint was made of it.")
_TOLD = {
    CallState.RINGING: _UNREAD,
    CallState.SCREENING: _IN_HAND,
    CallState.WAITING: _IN_HAND,
    CallState.READY: _IN_HAND,
    CallState.ON_AIR: _IN_HAND,
    CallState.HELD: _IN_HAND,
    CallState.DONE: _SETTLED,
    CallState.DROPPED: N_("Your message was put aside. Please call the studio if it still matters."),
    CallState.LOST: N_("Your message was put aside. Please call the studio if it still matters."),
}
"""What is told of a message by the state of its call."""


class NotOpened(Refusal):
    """Number and PIN do not belong together, or there is no such number: which of them is not told."""

    status = 403


class LookUpPaused(Refusal):
    """Too many wrong PINs for a number or from an address."""

    status = 429


class TooManyReplies(Refusal):
    """A complainant wrote more than can be read in a day."""

    status = 429


def look_up(
    database: Database, heard: str, pin: str, *, address: str, at: datetime
) -> PublishedTicket | TrackingCode | ListenerRequest:
    """The public face that number and PIN open, the code of a message that has none (yet), or what a listener asked
    about the record.

    Raises ``NotOpened`` or ``LookUpPaused``.
    """
    number = ticket_numbers.parse(heard) or ""
    with database.writing(PROMPT) as session:
        attempt = _count(session, number, address, at)
    with database.reading() as session:
        # The hash alone: reading the whole row would take measurably longer than finding none.
        of_ticket = session.scalar(select(PublishedTicket.pin_hash).where(PublishedTicket.number == number))
        of_message = session.scalar(select(TrackingCode.pin_hash).where(TrackingCode.number == number))
        of_request = session.scalar(select(ListenerRequest.pin_hash).where(ListenerRequest.number == number))
    stored = of_ticket or of_message or of_request
    if not pin_fits(database.keys, number, pin, stored):
        raise NotOpened("This number and PIN do not fit together. Please look at your receipt and type both again.").of(
            "pin"
        )
    _uncount(database, attempt)
    with database.reading() as session:
        ticket = session.scalar(select(PublishedTicket).where(PublishedTicket.number == number))
        code = session.scalar(select(TrackingCode).where(TrackingCode.number == number))
        asked = select(ListenerRequest).where(ListenerRequest.number == number)
        return ticket or code or session.scalars(asked).one()


def told_of(session: Session, code: TrackingCode) -> str:
    """How far a message has come that has no public complaint, as a message id."""
    if session.scalar(select(Ticket.id).where(Ticket.call_id == standing(session, code.call).id).limit(1)) is not None:
        return _RECORDED
    return _TOLD[code.call.state]


def _uncount(database: Database, attempt: int) -> None:
    """The PIN was right: that it cannot be written down now keeps nobody from reading an answer."""
    try:
        with database.writing(PROMPT) as session:
            session.execute(delete(TrackingAttempt).where(TrackingAttempt.id == attempt))
    except DatabaseUnavailable as refusal:
        log.warning("A right PIN stays counted as an attempt: %s", refusal)


def _count(session: Session, number: str, address: str, at: datetime) -> int:
    keys = keys_of(session)
    number_hash = keys.lookup(f"tracking {number}")
    address_hash, site_hash, carrier_hash = (
        keys.lookup(f"address {network(address, length)}") for length in (HOUSEHOLD, SITE, CARRIER)
    )
    session.execute(delete(TrackingAttempt).where(TrackingAttempt.at < at - LONG))
    of_number, of_address = TrackingAttempt.number_hash == number_hash, TrackingAttempt.address_hash == address_hash

    def count(*matching: ColumnElement[bool], within: timedelta = LONG) -> int:
        query = select(func.count()).select_from(TrackingAttempt)
        return session.scalar(query.where(TrackingAttempt.at > at - within, *matching)) or 0

    # What others try at a number keeps nobody of another network from trying once or twice.
    beset = count(of_number, within=SHORT) >= NUMBER_SHORT or count(of_number) >= NUMBER_LONG
    if (
        count(of_address, within=SHORT) >= ADDRESS_SHORT
        or count(of_address) >= ADDRESS_LONG
        or count(of_number, of_address, within=SHORT) >= PAIR_SHORT
        or count(of_number, of_address) >= (PAIR_BESET if beset else PAIR_LONG)
        or (beset and count(of_number, TrackingAttempt.site_hash == site_hash) >= SITE_BESET)
        or (beset and count(of_number, TrackingAttempt.carrier_hash == carrier_hash) >= CARRIER_BESET)
    ):
        raise LookUpPaused("Too many wrong attempts. Please wait a while, or call the station.")
    attempt = TrackingAttempt(
        at=at, number_hash=number_hash, address_hash=address_hash, site_hash=site_hash, carrier_hash=carrier_hash
    )
    session.add(attempt)
    session.flush()
    return attempt.id


def published(session: Session, number: str) -> PublishedTicket:
    """The public face of a complaint whose PIN was right."""
    return session.scalars(select(PublishedTicket).where(PublishedTicket.number == number)).one()


def take_reply(session: Session, number: str, kind: str, text: str, *, at: datetime) -> None:
    """Keep what the complainant wrote; a job puts it into the history. Raises ``TooManyReplies`` or ``Unreadable``."""
    ticket = published(session, number)
    if kind not in set(Reply) or (kind != Reply.SOLVED and not text.strip()):
        raise Unreadable("Please write what you want to say.").of("tanggapan")
    today = select(func.count()).where(TicketReply.published_id == ticket.id, TicketReply.at > at - LONG)
    if (session.scalar(today) or 0) >= REPLIES_A_DAY:
        raise TooManyReplies("You have written %(most)s times today. Please wait for the answer.", most=REPLIES_A_DAY)
    reply = TicketReply(published=ticket, kind=kind, text=text.strip()[:LONGEST_REPLY], at=at)
    session.add(reply)
    session.flush()
    jobs.enqueue(session, at, REPLY_JOB, reply.id)


def listed(
    session: Session,
    *,
    numbers_wanted: list[str] | None = None,
    categories: list[str] | None = None,
    open_ones: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = 1000,
) -> list[PublishedTicket]:
    """Requests that anyone may see, the newest first."""
    query = select(PublishedTicket).where(PublishedTicket.listed).order_by(PublishedTicket.created_at.desc())
    if numbers_wanted is not None:
        return list(session.scalars(query.where(PublishedTicket.number.in_(numbers_wanted)).limit(most)))
    if categories:
        query = query.where(PublishedTicket.category.in_(categories))
    if open_ones is not None:
        query = query.where(
            PublishedTicket.closed_at.is_(None) if open_ones else PublishedTicket.closed_at.is_not(None)
        )
    if since:
        query = query.where(PublishedTicket.created_at >= since)
    if until:
        query = query.where(PublishedTicket.created_at <= until)
    return list(session.scalars(query.limit(most)))
