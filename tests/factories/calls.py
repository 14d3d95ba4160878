"""Calls, cards and recordings with plain defaults; every person here is plainly made up."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.recordings import services as audio
from radiodesk.rooms.recordings.models import Recording

PHONE = "0812 0000 0001"


def wav(seconds: float = 1.0, rate: int = 8000) -> bytes:
    """A tone as the bytes of a WAV file."""
    out = io.BytesIO()
    samples = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    soundfile.write(out, samples, rate, subtype="PCM_16", format="WAV")
    return out.getvalue()


def recording(session: Session, settings: Settings, at: datetime, data: bytes | None = None) -> Recording:
    """A recording of a tone (or of the given bytes)."""
    stream = io.BytesIO(wav() if data is None else data)
    return audio.store_upload(session, settings, stream, "pesan.wav", at=at)


def card(**values: Any) -> calls.Screening:
    """A filled card."""
    given = {"phone": PHONE, "name": "Penelepon Satu", "topic": "Lampu jalan padam", "point": "Minta lampu diperbaiki"}
    return calls.Screening(**{**given, **values})


def ringing(session: Session, at: datetime, **values: Any) -> Call:
    """A call that rings."""
    return calls.receive(session, Channel.PHONE, at=at, **{"phone": PHONE, **values})


def in_state(session: Session, state: CallState, at: datetime, by: str = "penyaring", **values: Any) -> Call:
    """A call that went the usual way up to a state; whoever is in the queue agreed to be on air."""
    call = ringing(session, at, **values)
    every: dict[CallState, list[Callable[..., None]]] = {
        CallState.RINGING: [],
        CallState.SCREENING: [calls.answer],
        CallState.WAITING: [calls.answer, calls.consent, calls.queue],
        CallState.READY: [calls.answer, calls.consent, calls.queue, calls.make_ready],
        CallState.ON_AIR: [calls.answer, calls.consent, calls.queue, calls.put_on_air],
        CallState.HELD: [calls.answer, calls.consent, calls.queue, calls.put_on_air, calls.hold],
        CallState.DONE: [calls.answer, calls.consent, calls.queue, calls.put_on_air, calls.end],
        CallState.DROPPED: [calls.drop],
        CallState.LOST: [calls.lose],
    }
    for step in every[state]:
        step(session, call, by=by, at=at)
    return call


def sound_file(folder: Path, seconds: float = 1.0) -> Path:
    """A WAV file on disk."""
    path = folder / "suara.wav"
    path.write_bytes(wav(seconds))
    return path
