"""What a listener typed into the form of the public site, as a call."""

import json
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from radiodesk.core.database import database_of
from radiodesk.core.settings import Settings
from radiodesk.language import phones
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.calls.reception import attach, receive
from radiodesk.rooms.calls.transitions import drop
from radiodesk.rooms.messages.arrivals import arrival_reader
from radiodesk.rooms.messages.arrivals.arrival_store import Arrival
from radiodesk.rooms.messages.intake import card_there, count_sender, known, read_at_last
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.messages.ports import Incoming, tracking_codes
from radiodesk.rooms.recordings.services import Laid, describe


@dataclass(frozen=True, slots=True)
class FormFields:
    """The fields of the form; ``address`` is the sender's, for the limit of messages within an hour.

    ``number`` and ``pin_hash`` are of the tracking code that the sender was given; arrivals of earlier releases have
    none.
    """

    message: str
    phone: str
    name: str
    place: str
    may_name: bool
    may_call_back: bool
    address: str
    number: str = ""
    pin_hash: str = ""

    @classmethod
    def of(cls, arrival: Arrival) -> "FormFields":
        """The fields of an arrival."""
        return cls(**json.loads(arrival.body))

    def as_body(self) -> bytes:
        """As an arrival keeps them."""
        return json.dumps(asdict(self)).encode()


def take_form(
    session: Session, settings: Settings, fields: FormFields, arrival: Arrival, laid: Laid | None, *, strict: bool
) -> Call | None:
    """Make the call of a form, once; ``None`` when it is there already.

    ``strict`` is for while the sender waits: raises ``TooMany`` or ``PhoneUnreadable``. Later, a number that is none
    stands beside the words.
    """
    if known(session, Channel.WEB, arrival.id) is not None:
        return None
    at, message, phone = arrival.received_at, fields.message, fields.phone or None
    most = settings.intake_per_hour if strict else None
    sender = count_sender(session, Channel.WEB, fields.address, most, at=at)
    if not strict and phone is not None and not phones.is_readable(phone):
        message, phone = "\n".join(filter(None, (message, phone))), None
    shown = card_there(session, arrival_reader.card(arrival), at=at)
    if shown is None or shown.raw is None:
        call = receive(session, Channel.WEB, phone=phone, name=fields.name, place=fields.place, message=message, at=at)
        kept = ChannelMessage(
            channel=Channel.WEB, call_id=call.id, external_id=arrival.id, received_at=at, text=message
        )
        session.add(kept)
    else:
        read = Incoming(Channel.WEB, arrival.id, phone, name=fields.name, text=message, place=fields.place)
        call, kept = read_at_last(session, shown, read, at=at), shown
    kept.sender_hash = sender
    call.may_name, call.may_call_back = fields.may_name, fields.may_call_back
    call.consent_at, call.consent_by = at, "web"
    codes = tracking_codes(database_of(session))
    if codes is not None and fields.number:
        codes.keep(session, call, fields.number, fields.pin_hash, at=at)
    if laid is not None:
        recording = describe(session, laid, at=at)
        attach(session, call, recording, phrases=hint_phrases(settings, call.place), by="web", at=at)
        if recording.problem and not fields.message:
            drop(session, call, by="web", at=at, why="unreadable")
    return call
