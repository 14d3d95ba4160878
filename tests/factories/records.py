"""A broadcast that is public, made without encoding any sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.record import publication as publishing
from radiodesk.rooms.record import services
from radiodesk.rooms.record.models import Publication
from radiodesk.rooms.record.private_finder import finder
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.rooms.recordings.services import store_upload
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import shows

BY = "arsiparis"
LINES = (
    "Selamat pagi pendengar, kita mulai siaran hari ini.",
    "Lampu merah di perempatan Jetag padam sejak subuh.",
    "Nama saya Karsinem dan nomor saya 081234567890, terima kasih.",
    "Baik, petugas Satlantas sudah menuju ke lokasi.",
)
EACH = 10.0
"""Seconds of a line."""


@dataclass(frozen=True)
class PublicShow:
    """A broadcast that is public, and what its words come from."""

    broadcast: Broadcast
    publication: Publication
    recording: Recording
    transcript: Transcript


def public_show(
    session: Session, settings: Settings, at: datetime, lines: Sequence[str] = LINES, *, title: str = "Pagi Uji"
) -> PublicShow:
    """One recording of the programme with a line for every ten seconds."""
    series = programme.add_programme(session, f"Program {title}", by="produser", at=at, minutes=5)
    broadcast = broadcasts.plan(session, series, title, at, by="produser", at=at, hosts=["Aipda Uji"])
    length = EACH * len(lines)
    broadcasts.go_on_air(session, broadcast, by="penyiar", at=at)
    broadcasts.end(session, broadcast, by="penyiar", at=at + timedelta(seconds=length))
    recording = store_upload(
        session, settings, shows.sound(length), "program.flac", at=at, direction=Direction.PROGRAMME
    )
    segments = [
        {"start": n * EACH, "end": (n + 1) * EACH, "text": line, "speaker": None} for n, line in enumerate(lines)
    ]
    transcript = shows.transcript(
        session, recording, " ".join(lines), at, segments=segments, words=_words(lines), duration=length
    )
    broadcasts.attach_recording(session, broadcast, recording, by="produser", at=at)
    recording.started_at, recording.start_known = at, True
    session.add(_package(broadcast, at))
    session.flush()
    publication = services.prepare(session, settings, broadcast, by=BY, at=at)
    publication.revision = 1
    keep_copy(session, settings, publication, at)
    return PublicShow(broadcast, publication, recording, transcript)


def keep_copy(session: Session, settings: Settings, publication: Publication, at: datetime) -> None:
    """Write the public copy as it was decided, without sound."""
    planned = publishing.plan(session, publication, finder(settings), settings.language)
    publishing.keep(session, publication, planned, [None] * len(planned.pieces), at=at)


def _words(lines: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {**word, "start": word["start"] + n * EACH, "end": word["end"] + n * EACH}
        for n, line in enumerate(lines)
        for word in shows.words(line, EACH)
    ]


def _package(broadcast: Broadcast, at: datetime) -> Package:
    return Package(
        public_id=public_id(at),
        broadcast=broadcast,
        state=PackageState.SEALED,
        requested_at=at,
        requested_by=BY,
        sequence=broadcast.id,
        manifest="0" * 64,
        previous="0" * 64,
        digest=f"{broadcast.id:064}",
        sealed_at=at,
    )


def broadcast_of(session: Session, public_id: str) -> Broadcast:
    """The broadcast behind a public page."""
    return session.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
