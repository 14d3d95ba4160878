"""Lays out what of a sealed broadcast could be shown, with suggestions of what must be taken out and why.

Everything is looked at that a listener or a caller could have said something private in: the words of every recording,
every script that was read. A person then decides; until then every suggestion counts as taken out.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.language.redaction.unclear_parts import find_unclear
from radiodesk.rooms.archive import gathered_show
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.air_time import dumped_in, dumps, offsets, on_air
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.known_callers import identities
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.readings import readings_of
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.logger.queries import is_cut
from radiodesk.rooms.record.models import Piece, PieceKind, Span
from radiodesk.rooms.record.private_finder import Finder, hidden, knowing
from radiodesk.rooms.record.protection import (
    Closed,
    add_span,
    close_in_programme,
    closed_in,
    cut_out,
    wait_for_consent,
    within,
)
from radiodesk.rooms.record.rendering import DUMP
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import queries as speech
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from radiodesk.rooms.transcripts.timed_words import covered, joined, seconds_of, tokens_in, tokens_of

UNHEARD = N_(
    "There are no words of this recording, so nobody knows what is said in it. Listen to it before you show it."
)
DUMPED = N_("Seconds were dumped while this call was on air. Listen to it before you show it.")
FROM_A_LOG = N_("This was cut out of a 24-hour recording, whoever is heard in it. Listen to it before you show it.")
UNPLAYABLE = N_("Nothing of this recording can be heard.")
WAS_DUMPED = N_("Dumped on air.")


@dataclass(frozen=True)
class _Work:
    session: Session
    broadcast: Broadcast
    log: list[AsRun]
    closed: Closed
    find: Finder
    listen: Finder
    """As ``find``, for the words of the whole show: finds where a closed caller is spoken of, too."""
    at: datetime


def pieces_of(session: Session, broadcast: Broadcast, find: Finder, *, at: datetime) -> list[Piece]:
    """Every piece of a broadcast with its suggested spans, in the order in which it went out."""
    known = identities(session, broadcast)
    work = _Work(
        session,
        broadcast,
        broadcasts.as_run(session, broadcast),
        closed_in(session, broadcast),
        knowing(find, known),
        knowing(find, (replace(one, place_alone=True) for one in known)),
        at,
    )
    pieces = [*_programme(work), *_scripts(work), *_calls(work)]
    for position, piece in enumerate(pieces, start=1):
        piece.position = position
    return pieces


def _programme(work: _Work) -> list[Piece]:
    placed = offsets(work.broadcast)
    words = speech.current(work.session, [recording for recording, _ in placed])
    gone = dumps(work.log)
    pieces = []
    for recording, offset in placed:
        piece = _sound(work, PieceKind.PROGRAMME, recording, words.get(recording.id), title=work.broadcast.title)
        piece.offset = offset
        for dump in gone:
            if (seconds := within(piece, dump)) is not None:
                cut_out(piece, DUMP, WAS_DUMPED, seconds, at=work.at)
        close_in_programme(piece, work.log, work.closed, at=work.at)
        pieces.append(piece)
    return pieces


def _scripts(work: _Work) -> list[Piece]:
    pieces = []
    shares: dict[tuple[str, int], int] = {}
    for reading in readings_of(work.session, work.broadcast):
        key = reading.script, reading.number
        shares[key] = min(reading.percent, shares.get(key, 100))
    for version, read in gathered_show.scripts_read(work.session, work.broadcast, work.log):
        piece = _piece(work, PieceKind.SCRIPT, version.script.public_id, version.script.title, version.text)
        piece.offset = read[0].offset
        piece.details = {
            "kind": str(version.script.kind),
            "reader": read[0].details.get("reader") or "",
            "sha256": version.digest,
            "as_approved": all(entry.details.get("sha256") == version.digest for entry in read),
        }
        # The figure alone: what was said otherwise may be private, and is in the words of the programme if it is not.
        if (share := shares.get((version.script.public_id, version.number))) is not None:
            piece.details["read_percent"] = share
        pieces.append(piece)
    return pieces


def _calls(work: _Work) -> list[Piece]:
    calls = calls_of(work.session, work.broadcast)
    words = speech.current(work.session, [recording for call in calls for recording in call.recordings])
    pieces = []
    for call in calls:
        for recording in call.recordings:
            piece = _sound(work, PieceKind.CALL, recording, words.get(recording.id), title=call.topic)
            piece.subject = call.public_id
            piece.offset = _first_on_air(work.log, call)
            piece.details = {"channel": str(call.channel)}
            if piece.withheld is None and piece.doubt is None and is_cut(work.session, recording.id):
                piece.doubt = FROM_A_LOG
            _cut_dumps(work, piece, recording)
            _judge(work, piece, call)
            pieces.append(piece)
    return pieces


def _cut_dumps(work: _Work, piece: Piece, recording: Recording) -> None:
    """What was dumped is in the caller's own recording too; it goes wherever it is known when that began."""
    for seconds in dumped_in(work.broadcast, work.log, recording):
        cut_out(piece, DUMP, WAS_DUMPED, seconds, at=work.at)


def _first_on_air(log: list[AsRun], call: Call) -> float | None:
    aired = (entry.offset for entry in log if entry.kind == AsRunKind.CALL_ON and entry.subject == call.public_id)
    return next(aired, None)


def _judge(work: _Work, piece: Piece, call: Call) -> None:
    """Whether a call may be shown at all, and whether a person must say so first."""
    piece.withheld = piece.withheld or work.closed.silent.get(call.public_id)
    if call.public_id in work.closed.unagreed:
        # Before any other doubt: what a person opens in spite of this one stays open.
        wait_for_consent(piece)
    elif piece.withheld is None and piece.doubt is None and _was_dumped_during(work.log, call):
        piece.doubt = DUMPED
    piece.shown = piece.withheld is None and piece.doubt is None


def _was_dumped_during(log: list[AsRun], call: Call) -> bool:
    """Whether seconds were dumped between the caller's going on air and off again."""
    gone = dumps(log)
    return any(dump.start < span.end and span.start < dump.end for dump in gone for span in on_air(log, call.public_id))


def _sound(work: _Work, kind: PieceKind, recording: Recording, words: Transcript | None, *, title: str) -> Piece:
    # An empty transcript may be silence, or a voice that the machine could not make out.
    done = words is not None and words.state == TranscriptState.DONE and bool(words.text.strip())
    tokens = tokens_of(words.segments, words.words) if words is not None and done else []
    piece = _piece(work, kind, recording.public_id, title, joined(tokens))
    piece.recording, piece.recording_id = recording, recording.id
    piece.tokens = [asdict(token) for token in tokens]
    piece.segments = [
        {"start": one["start"], "end": one["end"], "speaker": _role(work.broadcast, one.get("speaker"))}
        for one in (words.segments if words is not None and done else [])
    ]
    if recording.problem:
        piece.withheld = UNPLAYABLE
    elif not done:
        piece.doubt = UNHEARD
    piece.shown = piece.withheld is None and piece.doubt is None
    return piece


def _role(broadcast: Broadcast, speaker: object) -> str | None:
    """Only those who are heard in their role keep their names."""
    return str(speaker) if speaker in broadcast.hosts else None


def _piece(work: _Work, kind: PieceKind, subject: str, title: str, text: str) -> Piece:
    piece = Piece(
        public_id=public_id(work.at),
        kind=kind,
        subject=subject,
        title=hidden(title, work.find),
        text=text,
        tokens=[],
        segments=[],
        details={},
        shown=True,
    )
    look = work.listen if kind is PieceKind.PROGRAMME else work.find
    private = look(text)
    for found in (*private, *find_unclear(text, private)):
        add_span(piece, found.kind, found.start, found.end, found.why, at=work.at)
    return piece


def heard_at(piece: Piece, span: Span) -> tuple[float, float] | None:
    """The seconds of the recording that a span takes, ``None`` for text without sound."""
    if span.begins is not None and span.ends is not None:
        return span.begins, span.ends
    tokens = tokens_in(piece.tokens)
    numbers = covered(tokens, span.start, span.end)
    return seconds_of(tokens, numbers) if numbers else None
