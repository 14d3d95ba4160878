"""Makes recordings of finished takes: FLAC, row, words asked for; the spool is cleared after the commit."""

import json
import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from radiodesk.core import audit, i18n
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Refusal
from radiodesk.core.settings import Settings
from radiodesk.operations.attendant import journal_intake
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.lines import services as lines
from radiodesk.rooms.lines.call_takes import calls_of_takes
from radiodesk.rooms.lines.joined_callers import share_recording
from radiodesk.rooms.lines.services import Stay
from radiodesk.rooms.recordings import services as audio
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.services import request_transcript
from radiodesk.sound.control_socket import PartRefused, PartSilent, ask
from radiodesk.sound.takes import Spooled, Take, discard, takes, to_flac

log = logging.getLogger(__name__)

BY = "attendant"
STALE = 120.0
"""Seconds without growth after which an open take that nobody claims counts as left behind."""

_PARTS = {"soundcard": lines.RECORDER, "sip": lines.TELEPHONE}


def adopt_finished(
    settings: Settings, database: Database, clock: Clock, *, seconds: Callable[[], float] = time.time
) -> list[str]:
    """Take in every take that is closed, and close those that were left behind; returns the ids taken in."""
    adopted = []
    for take in takes(settings.spool):
        if not take.closed:
            _close_if_left(settings, take, seconds())
        elif _is_explained(settings, database, take):
            try:
                adopt(settings, database, clock, take)
                adopted.append(take.id)
            except (OSError, SQLAlchemyError, Refusal) as error:
                # It lies safe in the spool; the next round tries again, and those after it do not wait for it.
                log.error("The take %s cannot be taken in now: %s", take.id, error)
    return adopted


def adopt(settings: Settings, database: Database, clock: Clock, take: Spooled) -> None:
    """Take one take in; doing it twice makes nothing twice."""
    about, kept = take.about, audio.originals(settings)
    folder = f"{about.started_at:%Y/%m/%d}/{take.id}"
    heard = [direction for direction in about.directions if take.frames(direction)]
    known = _known(database, [f"{folder}/{direction}.flac" for direction in heard])
    for direction in heard:
        if f"{folder}/{direction}.flac" not in known:
            with kept.object(f"{folder}/{direction}.flac").draft() as target:
                to_flac(take, direction, target)
    if heard:
        kept.object(f"{folder}/log.json").put(json.dumps(take.log(), ensure_ascii=False, indent=1).encode())
        at = clock.now()
        keys = {direction: f"{folder}/{direction}.flac" for direction in heard}
        laid = {one: audio.look_at(settings, key, at=at) for one, key in keys.items() if key not in known}
        with database.writing() as session:
            recordings = [_recording(session, keys[one], one, take, laid.get(one), at) for one in heard]
            _bind(session, settings, take, recordings, at)
    discard(take)


def _known(database: Database, keys: list[str]) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Recording.key).where(Recording.key.in_(keys))))


def _recording(
    session: Session, key: str, direction: str, take: Spooled, laid: audio.Laid | None, at: datetime
) -> Recording:
    rows = session.scalars(select(Recording).where(Recording.key == key))
    if laid is None:
        return rows.one()
    return rows.one_or_none() or audio.describe(
        session, laid, at=at, direction=Direction(direction), started_at=take.about.started_at
    )


def _bind(session: Session, settings: Settings, take: Spooled, recordings: list[Recording], at: datetime) -> None:
    found = gaps(take.log())
    if take.about.feed == "broadcast":
        subject = _bind_to_broadcast(session, settings, take, recordings, at)
    else:
        call = calls_of_takes(session, [take.id]).get(take.id) or _unexplained(session, settings, take, at)
        for recording in recordings:
            phrases = hint_phrases(settings, call.place, call.topic)
            missing = _remarks(settings, found)
            lines.add_recording(session, call, recording, phrases=phrases, remarks=missing, by=BY, at=at)
            share_recording(session, recording, take.log())
            if recording.direction is Direction.CALLER:
                live.bind_recording(session, take.id, recording)
        subject = f"call {call.public_id}"
    audit.record(session, at, BY, "take kept", subject, take=take.id, line=take.about.line, gaps=found)


def _bind_to_broadcast(
    session: Session, settings: Settings, take: Spooled, recordings: list[Recording], at: datetime
) -> str:
    wanted = select(Broadcast).where(Broadcast.public_id == take.about.broadcast)
    broadcast = session.scalar(wanted)
    phrases = hint_phrases(settings)
    for recording in recordings:
        if broadcast is not None and recording not in broadcast.recordings:
            try:
                broadcasts.attach_recording(session, broadcast, recording, phrases=phrases, by=BY, at=at)
                continue
            except Conflict:
                log.warning("The broadcast %s is sealed; its recording is kept beside it.", broadcast.public_id)
        request_transcript(session, recording, phrases=phrases, by=BY, at=at)
    return f"broadcast {broadcast.public_id}" if broadcast is not None else f"take {take.id}"


def _remarks(settings: Settings, found: list[dict[str, Any]]) -> str:
    """What is missing in the caller's sound, for people."""
    with i18n.speaking(settings.language):
        return "\n".join(
            i18n.gettext(
                "The recording lacks %(seconds).1f seconds at %(minutes)d:%(rest)02d.",
                seconds=gap["seconds"],
                minutes=gap["at"] // 60,
                rest=gap["at"] % 60,
            )
            for gap in found
            if gap["direction"] == Direction.CALLER
        )


def _unexplained(session: Session, settings: Settings, take: Spooled, at: datetime) -> Call:
    """A caller of whom no journal tells: a call that ended, so that what was said is not lost."""
    about = take.about
    stay = Stay(_PARTS[about.kind], about.call or take.id, about.line, journal_intake.label(settings, about.line))
    found = lines.open_line(session, stay, take.id, at=about.started_at)
    journal_intake.over(session, found, at=at, by_station=False)
    return found.call


def _is_explained(settings: Settings, database: Database, take: Spooled) -> bool:
    """Whether it is known whose take it is, or never will be."""
    if take.about.feed == "broadcast":
        return True
    with database.reading() as session:
        if calls_of_takes(session, [take.id]):
            return True
    return journal_intake.all_read(settings, database)


def _close_if_left(settings: Settings, take: Spooled, now: float) -> None:
    """Close a take that has not grown for long and that its part does not know of."""
    if now - _grown(take) < STALE or _is_claimed(settings, take):
        return
    log.warning("The take %s was left behind; it ends where it stopped.", take.id)
    Take.resume(take).close("its writer was gone")


def _grown(take: Spooled) -> float:
    paths: Iterable[Path] = take.folder.iterdir()
    return max((path.stat().st_mtime for path in paths), default=0.0)


def _is_claimed(settings: Settings, take: Spooled) -> bool:
    part = _PARTS.get(take.about.kind, lines.RECORDER)
    try:
        return take.id in json.dumps(ask(settings.lines / f"{part}.sock", {"do": "state"}))
    except (PartSilent, PartRefused):
        return False


def gaps(log_entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stretches of a take that could not be heard: direction, second, length in seconds and why."""
    return [
        {
            "direction": entry["direction"],
            "at": round(entry["seconds_in"], 2),
            "seconds": entry["seconds"],
            "why": entry["why"],
        }
        for entry in log_entries
        if entry["kind"] == "gap"
    ]
