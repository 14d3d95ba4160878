"""Cuts a stretch out of a line's log and attaches it as a recording to a broadcast, a call or a complaint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.core.stores.ports import StoreFull
from radiodesk.rooms.broadcasts import queries as broadcast_queries
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.air_time import offsets
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.rundowns import require_unsealed
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.calls.reception import attach
from radiodesk.rooms.logger.models import CutTarget, LoggerCut
from radiodesk.rooms.recordings import services as audio
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.rooms.tickets.queries import find_by_public_id, ticket_by_number
from radiodesk.sound.line_setup import FILE, Line, LineKind, LinesUnreadable, load_lines
from radiodesk.sound.logger.log_files import logged_lines, piece_files
from radiodesk.sound.logger.log_reader import Stretch, read_piece, require_stretch, samples

LONGEST_CUT = 6.0
"""Hours; a longer stretch is several cuts."""

DIRECTIONS = {
    LineKind.TELEPHONE: Direction.CALLER,
    LineKind.STUDIO: Direction.STUDIO,
    LineKind.PROGRAMME: Direction.PROGRAMME,
}
_OVERLAP = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """What a stretch is to be attached to; ``subject`` is a public id, or the spoken number of a complaint."""

    target: CutTarget
    subject: str


@dataclass(frozen=True, slots=True)
class CutSound:
    """A stretch that was cut out and lies among the originals, but is not yet a row."""

    line: Line
    stretch: Stretch
    laid: audio.Laid


def log_of(settings: Settings, line: str) -> Path:
    """The folder of a line's log."""
    return settings.logger / line


def logged_line(settings: Settings, line_id: str) -> Line:
    """A line that has a log; one that was taken off the list since is told of by its log. Raises ``NotFound``."""
    try:
        found = load_lines(settings.lines / FILE).line(line_id)
    except LinesUnreadable:
        found = None
    if found is not None:
        return found
    # Never by its name alone: a name may hold dots.
    if line_id not in logged_lines(settings.logger):
        raise NotFound("There is no line “%(line)s”.", line=line_id)
    folder = settings.logger / line_id
    label = next((piece.label for files in piece_files(folder) if (piece := read_piece(files)) is not None), "")
    # Nobody knows any more what came in there, so it is kept as callers are.
    return Line(line_id, label or line_id, "-", 1, LineKind.TELEPHONE)


def cut_sound(settings: Settings, line: Line, begins: datetime, ends: datetime, *, at: datetime) -> CutSound:
    """Write a stretch among the originals, which takes a while: no transaction is open meanwhile.

    Raises ``Unreadable``, ``NothingLogged`` and ``DiskFull``; then nothing is kept.
    """
    found = require_stretch(log_of(settings, line.id), begins, ends, now=at, hours=LONGEST_CUT)
    direction = DIRECTIONS[line.kind]
    key = f"{begins:%Y/%m/%d}/{public_id(at)}/{direction.value}.flac"
    # Imported late: pages do without the encoders.
    from radiodesk.sound.encoder import write_blocks

    kept = audio.originals(settings).object(key)
    try:
        with kept.draft() as target:
            write_blocks(target, samples(found), found.rate, 1, "PCM_16")
        return CutSound(line, found, audio.look_at(settings, key, at=at))
    except StoreFull:
        raise audio.DiskFull(
            "The disk is full, so the stretch could not be kept. Make room and cut it again."
        ) from None


def require_place(session: Session, line: Line, place: Place, begins: datetime, ends: datetime) -> Call | None:
    """Raises what ``attach_cut`` would refuse, before anything slow is done; returns the call, unless a broadcast."""
    match place.target:
        case CutTarget.BROADCAST:
            _require_broadcast(session, _broadcast(session, place), line, begins, ends)
            return None
        case CutTarget.CALL:
            return call_by_public_id(session, place.subject)
        case CutTarget.COMPLAINT:
            return _call_of_complaint(session, place)[0]


def attach_cut(
    session: Session, settings: Settings, cut: CutSound, place: Place, *, by: str, at: datetime
) -> Recording:
    """Make the recording and attach it; its words are asked for, and where it came from is kept."""
    line, stretch = cut.line, cut.stretch
    call = require_place(session, line, place, stretch.begins, stretch.ends)
    audio.remove_on_rollback(session, audio.originals(settings).object(cut.laid.key))
    recording = audio.describe(session, cut.laid, at=at, direction=DIRECTIONS[line.kind], started_at=stretch.begins)
    subject = place.subject
    if call is None:
        broadcast = _broadcast(session, place)
        broadcasts.attach_recording(session, broadcast, recording, phrases=hint_phrases(settings), by=by, at=at)
    else:
        if place.target is CutTarget.COMPLAINT:
            subject = _call_of_complaint(session, place)[1]
        attach(session, call, recording, phrases=hint_phrases(settings, call.place, call.topic), by=by, at=at)
    session.add(
        LoggerCut(
            recording=recording,
            line=line.id,
            label=line.label,
            kind=line.kind,
            begins=stretch.begins,
            ends=stretch.ends,
            missing=round(stretch.missing, 3),
            target=place.target,
            subject=subject,
            by=by,
            at=at,
        )
    )
    session.flush()
    audit.record(
        session,
        at,
        by,
        "cut out of a log",
        f"{place.target} {subject}",
        line=line.id,
        begins=stretch.begins.isoformat(),
        ends=stretch.ends.isoformat(),
        missing=round(stretch.missing, 1),
        recording=recording.public_id,
    )
    return recording


def _broadcast(session: Session, place: Place) -> Broadcast:
    return broadcast_queries.broadcast_by_public_id(session, place.subject)


def _require_broadcast(session: Session, broadcast: Broadcast, line: Line, begins: datetime, ends: datetime) -> None:
    """A stretch becomes a piece of the programme's sound: it must be of it, and fill what is missing."""
    if line.kind is LineKind.TELEPHONE:
        raise Conflict("“%(line)s” is a telephone line, which is no sound of a programme.", line=line.label)
    aired, over = broadcast.on_air_at, broadcast.ended_at
    if aired is None or ends <= aired or (over is not None and begins >= over):
        raise Conflict("%(title)s was not on air in this stretch.", title=broadcast.title)
    require_unsealed(session, broadcast)
    for recording, second in offsets(broadcast):
        first = aired + timedelta(seconds=second)
        last = first + timedelta(seconds=recording.duration)
        if (min(ends, last) - max(begins, first)).total_seconds() > _OVERLAP:
            raise Conflict(
                "%(title)s has sound of these seconds already. Cut out what is missing.", title=broadcast.title
            )


def _call_of_complaint(session: Session, place: Place) -> tuple[Call, str]:
    """The call that a complaint was made of, and the complaint's public id."""
    ticket = find_by_public_id(session, place.subject) or ticket_by_number(session, place.subject)
    if ticket is None:
        raise NotFound("This complaint is not known.")
    if ticket.call is None:
        raise Conflict(
            "The complaint %(number)s came without a call, so there is nothing to attach sound to.",
            number=ticket.number,
        )
    return ticket.call, ticket.public_id
