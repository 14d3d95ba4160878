"""A station in which there is at least one of everything, so that every address leads somewhere."""

from datetime import datetime, timedelta
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import place_finder
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.archive.models import Package
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind
from radiodesk.rooms.calls import blocked_numbers
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState, Channel
from radiodesk.rooms.messages.channels import partner
from radiodesk.rooms.messages.intake import take_in
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.record.models import (
    Piece,
    PieceKind,
    Publication,
    PublishedBroadcast,
    PublishedPiece,
    PublishedTicket,
    Span,
)
from radiodesk.rooms.recordings.services import store_upload
from radiodesk.rooms.retention import data_requests, deletions, holds
from radiodesk.rooms.retention.models import HeldKind
from radiodesk.rooms.retention.retention_classes import Matter, load_classes
from radiodesk.rooms.tickets import answers
from radiodesk.rooms.tickets.models import TicketState
from radiodesk.rooms.traffic import services as traffic
from radiodesk.rooms.traffic import sources
from radiodesk.rooms.transcripts import vocabulary
from tests.factories import calls as make
from tests.factories import shows, tickets

WORDS = "Lampu jalan di depan pasar padam, mohon diperbaiki."
POSTS = "07.10 WIB Jalan Veteran macet ada kecelakaan\n07.12 WIB Jalan Untung Suropati ramai lancar"
LINE = {
    "package": "uji",
    "manifest": "0" * 64,
    "previous": "0" * 64,
    "sealed_at": "2026-11-24T11:40:00+00:00",
    "digest": "0" * 64,
}


def fill(session: Session, settings: Settings, at: datetime) -> None:
    """Rows of every room; nothing slow is done with them."""
    by = "penyaring"
    for call_state in CallState:
        make.in_state(session, call_state, at)
    ringing = make.ringing(session, at, name="Penelepon Dua", message=WORDS)
    calls.attach(session, ringing, make.recording(session, settings, at), by=by, at=at)
    blocked_numbers.block(session, "0812 0000 0099", "Iseng", until=None, by=by, at=at)
    report = partner.read_report({"id": "uji-1", "text": WORDS, "phone": "0812 0000 0003"})
    take_in(session, partner.incoming(report, Channel.PARTNER, "mitra"), at=at)
    show = shows.ended(session, settings, at - timedelta(days=1))
    archive.seal(session, settings, show.broadcast, by="arsiparis", at=at)
    _publication(session, show.broadcast, at)
    series = programme.add_programme(session, "Program Uji", by="produser", at=at)
    planned = broadcasts.plan(session, series, "Sore Uji", at + timedelta(hours=1), by="produser", at=at)
    rundowns.add_item(session, planned, ItemKind.OTHER, "Salam", 60, by="produser", at=at)
    for ticket_state in TicketState:
        tickets.in_state(session, settings, ticket_state, at)
    answers.add(session, "Terima kasih", "Terima kasih atas laporannya.", by="petugas", at=at)
    finder = place_finder(settings.area)
    traffic.take_posts(session, POSTS, source="uji", by="petugas", at=at, finder=finder, zone=settings.timezone)
    sources.add(session, "Umpan uji", "http://127.0.0.1/umpan", 15, by="petugas", at=at, own_network=True)
    vocabulary.add(session, "Kalitidu", by="petugas", at=at)
    accounts.add_person(session, "lama", "Petugas Lama", [Role.HOST], "sepuluh-huruf", by="test", at=at)
    session.add(published_ticket(at))
    shown = published(1, at)
    shown.public_id = show.broadcast.public_id
    session.add(shown)
    holds.hold(session, HeldKind.BROADCAST, planned.public_id, "Surat uji", until=None, by="arsiparis", at=at)
    _deletion(session, settings, at)
    data_requests.note_request(session, shows.PHONE, "Surat uji", by="produser", at=at)
    session.flush()


def _deletion(session: Session, settings: Settings, at: datetime) -> None:
    """Two uploads whose time is over, of which one waits for a second person."""
    classes, long_ago = load_classes(settings), at - timedelta(days=30)
    files = [store_upload(session, settings, BytesIO(b"bukan suara"), "uji.wav", at=long_ago) for _ in range(2)]
    deletions.propose(session, settings, classes, Matter.UPLOAD, files[0].public_id, by="arsiparis", at=at)


def _publication(session: Session, broadcast: Broadcast, at: datetime) -> None:
    package = session.scalars(select(Package).where(Package.broadcast_id == broadcast.id)).one()
    text = "nama saya Karsinem dari Sumberagung"
    tokens = [{"text": word, "start": n, "end": n + 1, "segment": 0} for n, word in enumerate(text.split())]
    piece = Piece(
        public_id=public_id(at),
        position=1,
        kind=PieceKind.CALL,
        subject="x",
        title="Penelepon",
        text=text,
        tokens=tokens,
    )
    piece.spans.append(Span(public_id=public_id(at), kind="name", start=10, end=18))
    session.add(
        Publication(
            public_id=public_id(at),
            broadcast_id=broadcast.id,
            package_id=package.id,
            created_at=at,
            asked_by="arsiparis",
            pieces=[piece],
        )
    )


def published(number: int, at: datetime, pieces: int = 2, words: int = 40) -> PublishedBroadcast:
    """A broadcast as the public sees it; the higher its number, the earlier it was."""
    text = " ".join(["Lampu", "jalan", "padam", "dekat", "pasar"] * (words // 5))
    when = at - timedelta(hours=number)
    segment = {
        "start": 0.0,
        "end": 60.0,
        "speaker": None,
        "text": text,
        "words": [{"start": float(n), "end": n + 1.0, "word": word} for n, word in enumerate(text.split())],
    }
    return PublishedBroadcast(
        public_id=public_id(when),
        revision=1,
        programme="Program Uji",
        title=f"Siaran {number}",
        started_at=when,
        seconds=3600.0,
        hosts=["Aipda Uji"],
        tickets=[f"BJN-{number}"],
        removed={"phone": 1},
        ledger_line={**LINE, "sequence": number},
        published_at=when + timedelta(minutes=30),
        changed_at=when + timedelta(minutes=30),
        pieces=[
            PublishedPiece(
                position=place,
                kind=PieceKind.PROGRAMME if place == 1 else PieceKind.SCRIPT,
                title=f"Bagian {place}",
                text=text,
                segments=[segment],
                audio_key=f"uji/{number}/{place}.mp3",
                audio_bytes=1000,
                audio_sha256="0" * 64,
                duration=60.0,
                opus_key=f"uji/{number}/{place}.opus",
                opus_bytes=700,
                opus_sha256="1" * 64,
            )
            for place in range(1, pieces + 1)
        ],
    )


def published_ticket(at: datetime) -> PublishedTicket:
    """A complaint in the open list."""
    return PublishedTicket(
        ticket_public_id=public_id(at),
        ticket_version=1,
        number="BJN-26-UJ1",
        pin_hash="x",
        state="in_progress",
        confidential=False,
        listed=True,
        joined=False,
        category="penerangan_jalan",
        unit="Dishub",
        summary=WORDS,
        place="Pasar Uji",
        entries=[],
        created_at=at - timedelta(days=1),
        changed_at=at,
    )
