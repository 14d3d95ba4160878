"""A small show from on air to its end: two callers, a script, a dump and the programme's own recording."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import soundfile
from sqlalchemy.orm import Session

from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.rooms.recordings.services import store_upload
from radiodesk.rooms.transcripts.models import Kind, Transcript, TranscriptState

PHONE = "081234567890"
NAME = "Penelepon Karsinem"
COMPLAINT = "Lampu jalan di Desa Sumberagung padam, nama saya Karsinem, nomor saya 081234567890, terima kasih."
SCRIPT = "Selamat pagi, Bojonegoro. Imbauan hari ini: pakai helm. Laporan ke nomor 081298765432."
RATE = 8_000


@dataclass(frozen=True)
class Show:
    """The broadcast and what belongs to it."""

    broadcast: Broadcast
    caller: Call
    quiet: Call
    """A message that was never on air."""
    programme: Recording


def sound(seconds: float, hertz: float = 440.0) -> io.BytesIO:
    """A tone as a FLAC file."""
    out = io.BytesIO()
    samples = 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    soundfile.write(out, samples, RATE, subtype="PCM_16", format="FLAC")
    out.seek(0)
    return out


def words(text: str, seconds: float) -> list[dict[str, Any]]:
    """Each word of a text in its equal share of some seconds."""
    parts = text.split()
    share = seconds / len(parts)
    return [
        {"start": round(n * share, 3), "end": round((n + 1) * share, 3), "word": word, "confidence": 0.9}
        for n, word in enumerate(parts)
    ]


def transcript(session: Session, recording: Recording, text: str, at: datetime, **given: Any) -> Transcript:
    """What the machine heard of a recording, as one segment."""
    values: dict[str, Any] = {
        "public_id": public_id(at),
        "recording": recording,
        "version": 1,
        "kind": Kind.MACHINE,
        "state": TranscriptState.DONE,
        "engine": "uji",
        "text": text,
        "words": words(text, recording.duration) if text else [],
        "segments": [{"start": 0.0, "end": recording.duration, "text": text, "speaker": None}] if text else [],
        "duration": recording.duration,
        "by": "desk",
        "created_at": at,
    }
    made = Transcript(**{**values, **given})
    session.add(made)
    session.flush()
    return made


def ended(
    session: Session, settings: Settings, at: datetime, *, dump: bool = True, title: str = "Pagi Bersama Polisi"
) -> Show:
    """A broadcast of fifty seconds that is over; everything in it is transcribed."""
    series = programme.add_programme(session, f"Program {title}", by="produser", at=at, minutes=5)
    broadcast = broadcasts.plan(session, series, title, at, by="produser", at=at, hosts=["Aipda Uji"])
    script = programme.write_script(
        session, ScriptKind.BULLETIN, "Buletin pagi", programme.Draft(SCRIPT), by="petugas", at=at, speed=140
    )
    programme.approve(session, script, number=1, by="kasat", at=at)
    item = rundowns.add_item(
        session, broadcast, ItemKind.SCRIPT, "Buletin", 0, by="produser", at=at, reader="Aipda Uji", script=script
    )
    broadcasts.go_on_air(session, broadcast, by="penyiar", at=at)
    broadcasts.begin_item(session, broadcast, item, by="penyiar", at=at + timedelta(seconds=2))
    broadcasts.finish_script(session, broadcast, by="penyiar", at=at + timedelta(seconds=12))
    caller = _caller(session, settings, broadcast, at + timedelta(seconds=14))
    if dump:
        broadcasts.dump(session, broadcast, 4, "Kata kasar", by="penyiar", at=at + timedelta(seconds=40))
    quiet = calls.receive(session, Channel.WHATSAPP, at=at, phone="081211112222", message="Tolong rahasiakan saya.")
    calls.drop(session, quiet, by="penyaring", at=at)
    broadcasts.end(session, broadcast, by="penyiar", at=at + timedelta(seconds=50))
    recorded = store_upload(
        session, settings, sound(50), "program.flac", at=at + timedelta(seconds=60), direction=Direction.PROGRAMME
    )
    transcript(session, recorded, f"{SCRIPT} {COMPLAINT} " + " ".join(["lalu"] * 60), at)
    broadcasts.attach_recording(session, broadcast, recorded, by="produser", at=at + timedelta(seconds=60))
    return Show(broadcast, caller, quiet, recorded)


def tell_start(recording: Recording, start: datetime | None) -> None:
    """As if somebody had told when a recording began."""
    recording.started_at, recording.start_known = start, True


def _caller(session: Session, settings: Settings, broadcast: Broadcast, at: datetime) -> Call:
    call = calls.receive(session, Channel.PHONE, at=at, phone=PHONE, name=NAME, topic="Lampu jalan padam")
    for step in (calls.answer, calls.consent, calls.queue):
        step(session, call, by="penyaring", at=at)
    recording = store_upload(session, settings, sound(14), "penelepon.flac", at=at, direction=Direction.CALLER)
    call.recordings.append(recording)
    broadcasts.take(session, broadcast, call, by="penyiar", at=at)
    broadcasts.end_call(session, broadcast, call, by="penyiar", at=at + timedelta(seconds=20))
    transcript(session, recording, COMPLAINT, at)
    return call
