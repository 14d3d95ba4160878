"""Takes what listeners ask about the public record, and lets people at the desk answer it.

What a listener wrote is private, and never changes the record by itself: a person accepts a correction, which then goes
the way of every correction (``listener_requests.line_corrections``); for a removal the ways are those that there are.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.database import keys_of
from radiodesk.core.errors import Conflict, NotFound, Refusal, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.core.text import tidy
from radiodesk.language import phones
from radiodesk.rooms.broadcasts.known_callers import identities
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.record.listener_requests.models import (
    MATTER_NAMES,
    ListenerRequest,
    RequestKind,
    RequestState,
)
from radiodesk.rooms.record.listener_requests.public_lines import require_masks
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.private_finder import finder, knowing, redactor
from radiodesk.rooms.tickets import ticket_numbers, tracking_codes
from radiodesk.rooms.tickets.pins import Pin, fresh_pin

TOPIC = "listeners"
LONGEST_WORDS, LONGEST_LINE, LONGEST_NOTE, LONGEST_CONTACT = 2000, 4000, 500, 120
LONGEST_ANSWER = 1000
COUNTED = timedelta(days=1)
"""How long it is kept from which network something came."""
OPEN_OF_ONE = 40
"""Requests about one broadcast that may wait at once: beyond them a person must answer some first."""


class TooManyRequests(Refusal):
    """More was asked than anybody can look at."""

    status = 429


@dataclass(frozen=True, slots=True)
class Asked:
    """What a listener asks, as it was typed: ``words`` take the place of the line, or explain."""

    kind: RequestKind
    words: str
    matter: str = ""
    position: int | None = None
    line: int | None = None
    seen: str = ""
    """``fingerprint`` of the line as the listener saw it."""
    note: str = ""
    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Number and PIN for a request that is about to be kept."""

    number: str
    pin: Pin


def draw(session: Session, at: datetime) -> Drawn:
    """A number that nobody has, and its PIN; ``at`` in the station's zone. Hashing takes long: not while others wait to
    write.
    """
    number = ticket_numbers.draw(at.year)
    while tracking_codes.is_taken(session, number):
        number = ticket_numbers.draw(at.year)
    return Drawn(number, fresh_pin(keys_of(session), number))


def send(
    session: Session,
    shown: PublishedBroadcast,
    broadcast: Broadcast,
    asked: Asked,
    drawn: Drawn,
    *,
    network: str,
    most: int | None,
    at: datetime,
) -> ListenerRequest:
    """Keep what a listener asks about a public broadcast; raises ``Unreadable`` and ``TooManyRequests``.

    ``network`` is whom a limit counts it for, ``most`` how many of these may come within the hour.
    """
    hashed = _count(session, broadcast, network, most, at)
    piece = _piece(shown, asked.position)
    segment = _segment(piece, asked.line)
    line_text = str(segment["text"]) if segment else ""
    if asked.seen and asked.seen != fingerprint(line_text):
        raise Conflict("This line was changed meanwhile. It stands here as it reads now; your words are kept.")
    words = _words(asked, line_text)
    contact, phone_hash = _contact(session, asked)
    found = ListenerRequest(
        public_id=public_id(at),
        number=drawn.number,
        pin_hash=drawn.pin.hashed,
        kind=asked.kind,
        state=RequestState.RECEIVED,
        broadcast=broadcast,
        revision=shown.revision,
        position=piece.position if piece else None,
        line=asked.line if segment else None,
        second=float(segment["start"]) if segment else None,
        matter=_matter(asked),
        line_text=line_text,
        words=words,
        note=tidy(asked.note)[:LONGEST_NOTE],
        name=tidy(asked.name)[:LONGEST_CONTACT],
        contact=contact,
        phone_hash=phone_hash,
        network_hash=hashed,
        created_at=at,
    )
    session.add(found)
    session.flush()
    _log(session, found, "listener request received", by="public", at=at, kind=asked.kind.value)
    return found


def _count(session: Session, broadcast: Broadcast, network: str, most: int | None, at: datetime) -> str:
    hashed = keys_of(session).lookup(f"listener request\0{network}")
    old = ListenerRequest.network_hash.is_not(None), ListenerRequest.created_at < at - COUNTED
    session.execute(update(ListenerRequest).where(*old).values(network_hash=None))
    last_hour = ListenerRequest.network_hash == hashed, ListenerRequest.created_at > at - timedelta(hours=1)
    if most is not None and (session.scalar(select(func.count()).where(*last_hour)) or 0) >= most:
        raise TooManyRequests("You have sent many messages already. Please wait an hour, or call the station.")
    of_this = ListenerRequest.broadcast_id == broadcast.id, ListenerRequest.state.in_(ListenerRequest.open_states)
    if (session.scalar(select(func.count()).where(*of_this)) or 0) >= OPEN_OF_ONE:
        raise TooManyRequests("Very many have written about this broadcast. Please call the station, or try tomorrow.")
    return hashed


def _piece(shown: PublishedBroadcast, position: int | None) -> PublishedPiece | None:
    if position is None:
        return None
    found = next((one for one in shown.pieces if one.position == position), None)
    if found is None:
        raise NotFound("There is nothing at this address.")
    return found


def _segment(piece: PublishedPiece | None, line: int | None) -> dict[str, Any] | None:
    if piece is None or line is None:
        return None
    if not 0 <= line < len(piece.segments):
        raise NotFound("There is nothing at this address.")
    found: dict[str, Any] = piece.segments[line]
    return found


def fingerprint(line_text: str) -> str:
    """By which a form knows again the line that it was made for."""
    return hashlib.sha256(line_text.encode()).hexdigest()[:16]


def _words(asked: Asked, line_text: str) -> str:
    words = tidy(asked.words)
    if asked.kind is not RequestKind.CORRECTION:
        if not words:
            raise Unreadable("Please write what you want to say.").of("kata")
        return words[:LONGEST_WORDS]
    if not line_text:
        raise Unreadable("Please choose the line that is to be corrected, on the page of the broadcast.").of("usul")
    if not words:
        raise Unreadable("Please write how the line should read. To have it taken out, ask for removal.").of("usul")
    if words == tidy(line_text):
        raise Unreadable("The line reads as it did. Please change what is wrong in it.").of("usul")
    try:
        require_masks(line_text, words)
    except Unreadable as refusal:
        raise refusal.of("usul") from None
    return words[:LONGEST_LINE]


def _matter(asked: Asked) -> str:
    known = MATTER_NAMES[asked.kind]
    if known and asked.matter not in known:
        raise Unreadable("Please choose what it is about.").of("alasan")
    return asked.matter if known else ""


def _contact(session: Session, asked: Asked) -> tuple[str, str | None]:
    """How the listener can be reached, and the keyed hash of a telephone number; needed where something is to go."""
    given = tidy(asked.contact)[:LONGEST_CONTACT]
    if not given:
        if asked.kind is RequestKind.REMOVAL:
            raise Unreadable(
                "Please give a telephone number or an e-mail address: we must be able to ask who you are."
            ).of("kontak")
        return "", None
    if "@" in given:
        if not given.partition("@")[0].strip() or "." not in given.partition("@")[2]:
            raise Unreadable("%(text)s is no e-mail address. Please type it again.", text=given).of("kontak")
        return given, None
    try:
        number = phones.complete(given)
    except phones.PhoneUnreadable as refusal:
        raise refusal.of("kontak") from None
    return number, keys_of(session).lookup(number)


def take_up(session: Session, found: ListenerRequest, *, by: str, at: datetime) -> None:
    """Somebody looks at it; the listener is told so."""
    if found.state is not RequestState.RECEIVED:
        raise Conflict("Somebody is looking at this already, or has answered it. Please reload the page.")
    found.state, found.taken_by, found.taken_at = RequestState.LOOKED_AT, by, at
    session.flush()
    _log(session, found, "listener request taken up", by=by, at=at)


def decline(
    session: Session, settings: Settings, found: ListenerRequest, reason: str, *, by: str, at: datetime
) -> None:
    """Say why it is not done; the listener reads the reason."""
    require_open(found)
    if not tidy(reason):
        raise Unreadable("Please say why. The listener reads it.").of("reason")
    decide(session, settings, found, RequestState.DECLINED, reason, by=by, at=at)


def accept(session: Session, settings: Settings, found: ListenerRequest, answer: str, *, by: str, at: datetime) -> None:
    """Say what is done about a removal or a problem; doing it has its own place."""
    require_open(found)
    if found.kind is RequestKind.CORRECTION:
        raise Conflict("A correction is accepted with its words.")
    if not tidy(answer):
        raise Unreadable("Please write what is done. The listener reads it.").of("answer")
    decide(session, settings, found, RequestState.ACCEPTED, answer, by=by, at=at)


def decide(
    session: Session,
    settings: Settings,
    found: ListenerRequest,
    state: RequestState,
    answer: str,
    *,
    by: str,
    at: datetime,
) -> None:
    """Note a person's answer, which the listener reads without what is private in it."""
    look = knowing(finder(settings), identities(session, found.broadcast))
    found.answer = redactor(look)(tidy(answer)[:LONGEST_ANSWER])
    found.state, found.decided_by, found.decided_at = state, by, at
    session.flush()
    _log(session, found, f"listener request {state.value}", by=by, at=at, kind=found.kind.value)


def forget(session: Session, found: ListenerRequest, *, at: datetime) -> None:
    """Delete what the listener wrote and the contact; number, state and answer stay for who follows it."""
    found.line_text = found.words = found.note = found.name = found.contact = ""
    found.phone_hash = found.network_hash = None
    found.forgotten_at = at
    session.flush()


def require_open(found: ListenerRequest) -> None:
    """Raises ``Conflict`` for what was answered."""
    if not found.is_open:
        raise Conflict("%(who)s has answered this already. Please reload the page.", who=found.decided_by)


def _log(session: Session, found: ListenerRequest, action: str, *, by: str, at: datetime, **details: object) -> None:
    # Neither words nor contact: the trail is never pruned.
    audit.record(session, at, by, action, f"listener request {found.public_id}", **details)
    announce(session, at, TOPIC, found.state.value, found.public_id)
