"""A call with all that a call can leave behind, for what must be gone after its deletion."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import place_finder
from radiodesk.rooms.accounts import drafts
from radiodesk.rooms.accounts.models import Person
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.lines.call_takes import bind_take
from radiodesk.rooms.messages import attachments
from radiodesk.rooms.messages.models import ChannelMessage, OutgoingMessage
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.recordings.services import store_upload
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.rooms.traffic import services as traffic
from radiodesk.rooms.transcripts.live.models import LiveWords
from radiodesk.sound.takes import Take
from tests.factories import shows, tickets

PHONE = "+6281277778888"
WORDS = "Saya Karsinem Purwoasri melihat Jalan Veteran macet karena kecelakaan, tolong dikirim petugas."
SECRETS = ("Karsinem", "Purwoasri", "81277778888", "tolong dikirim")


@dataclass(frozen=True)
class Left:
    """The call, its recording and complaint, and the id of its raw take."""

    call: Call
    recording: Recording
    ticket: Ticket
    take: str


def spooled(settings: Settings, at: datetime) -> Take:
    """A raw take that is closed."""
    settings.spool.mkdir(parents=True, exist_ok=True)
    take = Take.create(
        settings.spool,
        monotonic=lambda: 0.0,
        line="1",
        kind="soundcard",
        sample_rate=8000,
        directions=("caller",),
        started_at=at,
    )
    take.write("caller", b"\0\1" * 400)
    take.close()
    return take


def left_by_caller(session: Session, settings: Settings, at: datetime) -> Left:
    """A call that ended, with words, sound, picture, messages, drafts, a road report and a closed complaint."""
    call = calls.receive(session, Channel.WHATSAPP, at=at, phone=PHONE, name="Karsinem Purwoasri", message=WORDS)
    call.address, call.notes, call.topic = "wa:81277778888", "Rumah Karsinem", "Macet kata Karsinem"
    calls.drop(session, call, by="penyaring", at=at)
    recording = store_upload(session, settings, shows.sound(1), "suara Karsinem.flac", at=at)
    call.recordings.append(recording)
    shows.transcript(session, recording, WORDS, at)
    attachments.keep(session, settings, call, BytesIO(b"gambar"), "KTP Karsinem.jpg", "image/jpeg", at=at)
    session.add(
        ChannelMessage(
            channel=Channel.WHATSAPP,
            external_id="wamid.1",
            call_id=call.id,
            received_at=at,
            text=WORDS,
            sender_hash="x",
        )
    )
    session.add(
        OutgoingMessage(
            public_id="balasan", call_id=call.id, channel=Channel.WHATSAPP, to=PHONE, text=WORDS, by="a", created_at=at
        )
    )
    take = spooled(settings, at)
    bind_take(session, call, take.id)
    session.add(LiveWords(take=take.id, about=call.public_id, settled=WORDS, started_at=at, updated_at=at))
    finder = place_finder(settings.area)
    zone = settings.timezone
    traffic.take_posts(session, WORDS, source="uji", by="a", at=at, finder=finder, zone=zone, call_id=call.id)
    for person in session.scalars(select(Person)):
        drafts.keep(session, person, f"/antrean/{call.public_id}/kartu", [["notes", WORDS]], at=at)
    ticket = tickets.in_state(session, settings, TicketState.CLOSED, at, call=call, text=WORDS)
    return Left(call, recording, ticket, take.id)
