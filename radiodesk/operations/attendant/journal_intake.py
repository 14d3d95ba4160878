"""Takes in what the lines wrote: each journal line in one transaction with the position behind it."""

import logging
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from radiodesk.core import events
from radiodesk.core.database import Database
from radiodesk.core.errors import NotFound, Refusal
from radiodesk.core.keys import KeyMissing, KeyRing
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts import playouts
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.lines import services as lines
from radiodesk.rooms.lines.models import LineCall
from radiodesk.rooms.lines.services import Stay
from radiodesk.sound.line_journal import Entry, opened_number, read
from radiodesk.sound.line_setup import FILE, Line, LineKind, LinesUnreadable, load_lines
from radiodesk.sound.player.ready_files import PART as PLAYER
from radiodesk.sound.takes import open_take

log = logging.getLogger(__name__)

PARTS = (lines.RECORDER, lines.TELEPHONE, PLAYER)


def journal_of(settings: Settings, part: str) -> Path:
    """Where a part writes its journal."""
    return settings.lines / f"{part}.jsonl"


def read_on(settings: Settings, database: Database) -> int:
    """Take in all that is new in all journals; returns how many lines there were."""
    count = 0
    for part in PARTS:
        path = journal_of(settings, part)
        for entry, offset in read(path, _position(database, part, path)):
            try:
                _step(settings, database, part, entry, offset)
            except Refusal:
                _step_again(settings, database, part, entry, offset)
            count += 1
    return count


def _step_again(settings: Settings, database: Database, part: str, entry: Entry, offset: int) -> None:
    """Two may have changed one call at once: the second look sees what the first one did.

    A line that is refused even so is left behind; the callers after it must not wait for it.
    """
    try:
        _step(settings, database, part, entry, offset)
    except Refusal as refusal:
        log.error("The journal of the %s tells of “%s”, which cannot be: %s", part, entry.event, refusal)
        with database.writing() as session:
            lines.position(session, part).offset = offset


def _step(settings: Settings, database: Database, part: str, entry: Entry, offset: int) -> None:
    with database.writing() as session:
        _take_in(session, settings, database.keys, part, entry)
        lines.position(session, part).offset = offset


def all_read(settings: Settings, database: Database) -> bool:
    """Whether nothing is left in the journals that could explain a take."""
    for part in PARTS:
        path = journal_of(settings, part)
        if next(read(path, _position(database, part, path)), None) is not None:
            return False
    return True


def _position(database: Database, part: str, path: Path) -> int:
    with database.reading() as session:
        known = lines.position(session, part).offset
    size = path.stat().st_size if path.exists() else 0
    if known > size:
        # Another journal lies there now; what it tells again changes nothing.
        log.warning("The journal of the %s is shorter than what was read of it. It is read anew.", part)
        return 0
    return known


def _take_in(session: Session, settings: Settings, keys: KeyRing, part: str, entry: Entry) -> None:
    at, key = entry.at, entry.call or entry.take
    if part == PLAYER:
        playouts.take_in(session, entry.event, entry.facts, at=at)
        return
    events.announce(session, at, lines.LINES, entry.event, None, line=entry.line)
    if key is None or (part == lines.RECORDER and _is_broadcast(settings, entry)):
        return
    stay = Stay(part, key, entry.line, label(settings, entry.line))
    match entry.event:
        case "ringing":
            lines.ring(session, stay, number=_number(keys, entry), at=at)
        case "opened" | "answered":
            if entry.take is not None:
                lines.open_line(session, stay, entry.take, by=entry.facts.get("by"), at=at)
        case "closed" | "lost":
            found = lines.stay_of(session, part, key)
            if found is not None:
                over(session, found, at=at, by_station=_by_station(part, entry))


def over(session: Session, stay: LineCall, *, at: datetime, by_station: bool) -> None:
    """The caller has left the line; one who was on air leaves the broadcast too."""
    call = stay.call
    lines.close_line(session, stay, at=at, by_station=by_station)
    if call.state in Call.live_states:
        _off_air(session, call, by=stay.part, at=at)


def _off_air(session: Session, call: Call, *, by: str, at: datetime) -> None:
    broadcast = broadcasts.on_air(session)
    if broadcast is not None and call.state in (CallState.ON_AIR, CallState.HELD):
        broadcasts.end_call(session, broadcast, call, by=by, at=at)
    else:
        calls.end(session, call, by=by, at=at)


def _is_broadcast(settings: Settings, entry: Entry) -> bool:
    """Whether a take is of the programme. When it is taken in already, its call would be known."""
    if entry.take is None:
        return True
    try:
        return open_take(settings.spool / entry.take).about.feed == "broadcast"
    except NotFound:
        line = _line(settings, entry.line)
        return line is not None and line.kind is not LineKind.TELEPHONE


def _by_station(part: str, entry: Entry) -> bool:
    by = entry.facts.get("by")
    return by == "station" if part == lines.TELEPHONE else by is not None


def label(settings: Settings, line: str) -> str:
    """The name of a line as people read it."""
    found = _line(settings, line)
    return found.label if found is not None else line


def _line(settings: Settings, line: str) -> Line | None:
    try:
        return load_lines(settings.lines / FILE).line(line)
    except LinesUnreadable:
        return None


def _number(keys: KeyRing, entry: Entry) -> str | None:
    if entry.caller is None:
        return None
    try:
        return opened_number(keys, entry.caller)
    except (KeyMissing, ValueError):
        log.error("The number of a caller in the journal cannot be read with the keys at hand.")
        return None
