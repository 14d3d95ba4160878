"""How a call comes in. The row is there before anything slow is done with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from radiodesk.core.database import keys_of
from radiodesk.core.ids import public_id
from radiodesk.core.private_columns import NotReadable
from radiodesk.core.text import mended, tidy
from radiodesk.language import phones
from radiodesk.rooms.calls.acts import acting
from radiodesk.rooms.calls.models import BlockedNumber, Call, CallState, Channel, Urgency
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.rooms.transcripts.services import request_transcript


def receive(
    session: Session,
    channel: Channel,
    *,
    at: datetime,
    by: str = "desk",
    phone: str | None = None,
    address: str | None = None,
    withheld: bool = False,
    name: str = "",
    place: str = "",
    place_id: str | None = None,
    topic: str = "",
    message: str = "",
    urgency: Urgency = Urgency.BIASA,
    line: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    recordings: Iterable[Recording] = (),
    phrases: Sequence[str] = (),
    written_at: datetime | None = None,
    state: CallState = CallState.RINGING,
) -> Call:
    """Take in one contact; its recordings are sent to the recogniser.

    ``address`` is its channel's name for the sender. An emergency goes to the top. A blocked number is kept but dropped
    at once, unless it is an emergency. Raises ``PhoneUnreadable``.
    """
    call = Call(
        public_id=public_id(at),
        channel=channel,
        state=state,
        received_at=at,
        written_at=written_at,
        address=address,
        address_hash=keys_of(session).lookup(address) if address else None,
        withheld=withheld,
        place=tidy(place)[:120],
        place_id=place_id,
        topic=tidy(topic)[:120],
        message=mended(message).strip(),
        urgency=urgency,
        line=line,
        latitude=latitude,
        longitude=longitude,
        position=first_position(session) if urgency is Urgency.DARURAT else _last(session),
    )
    know(session, call, phone=phone, name=name)
    session.add(call)
    session.flush()
    blocked = block_on(session, call.phone_hash, at=at)
    with acting(session, call, "received", by=by, at=at, channel=channel, urgency=call.urgency):
        if blocked is not None and urgency is not Urgency.DARURAT:
            call.state, call.ended_at, call.ended_why = CallState.DROPPED, at, "blocked"
    for recording in recordings:
        attach(session, call, recording, phrases=phrases, by=by, at=at)
    return call


def know(session: Session, call: Call, *, phone: str | None, name: str | None) -> None:
    """Set number and name, each with the hash that finds the caller's other calls.

    One that could not be read comes back from a form as it was shown, and stays what it is.
    """
    keys = keys_of(session)
    if not (isinstance(call.phone, NotReadable) and phone == call.phone):
        number = phones.normalised(phone) if phone and phone.strip() else None
        call.phone, call.phone_hash = number, keys.lookup(number) if number else None
    if not (isinstance(call.name, NotReadable) and name == call.name):
        said = tidy(name)[:120] if name else ""
        call.name, call.name_hash = said or None, keys.lookup(said.casefold()) if said else None


def attach(
    session: Session, call: Call, recording: Recording, *, phrases: Sequence[str] = (), by: str, at: datetime
) -> Transcript:
    """Add a recording to a call and ask for its words."""
    with acting(session, call, "recording", by=by, at=at, recording=recording.public_id):
        call.recordings.append(recording)
    return request_transcript(session, recording, phrases=phrases, by=by, at=at)


def block_on(session: Session, phone_hash: str | None, *, at: datetime) -> BlockedNumber | None:
    """The block that stands on a number now."""
    if phone_hash is None:
        return None
    stands = or_(BlockedNumber.until.is_(None), BlockedNumber.until > at)
    return session.scalar(
        select(BlockedNumber)
        .where(BlockedNumber.phone_hash == phone_hash, BlockedNumber.lifted_at.is_(None), stands)
        .order_by(BlockedNumber.id.desc())
        .limit(1)
    )


def first_position(session: Session) -> float:
    """The place in front of all open calls."""
    return (session.scalar(select(func.min(Call.position)).where(Call.state.in_(Call.open_states))) or 0.0) - 1.0


def _last(session: Session) -> float:
    return (session.scalar(select(func.max(Call.position)).where(Call.state.in_(Call.open_states))) or 0.0) + 1.0
