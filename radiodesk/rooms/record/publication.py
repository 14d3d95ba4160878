"""Writes the public copy of a broadcast: words without what was taken out, sound with a tone in its place.

The copy lies in a folder of its own, one for each revision. Nothing of the original goes there: every sound file is
decoded and encoded anew, so that no tag and no hidden second of it comes along.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.events import announce
from radiodesk.core.settings import Settings
from radiodesk.recognition.ports import Transcriber
from radiodesk.rooms.archive import record_log
from radiodesk.rooms.archive.models import LogKind
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.air_time import CopyClock, dumped_entries
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.known_callers import identities
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.record import search
from radiodesk.rooms.record.chapters import Entry, chapters_of, entries_of, with_ends
from radiodesk.rooms.record.disguised_voices import DISGUISED, TONED, VOICE, Disguised, disguised_in, in_copy
from radiodesk.rooms.record.listen_again import StillHeard, still_heard
from radiodesk.rooms.record.masks import mask
from radiodesk.rooms.record.models import (
    Piece,
    PieceKind,
    Publication,
    PublicationState,
    PublishedBroadcast,
    PublishedPiece,
)
from radiodesk.rooms.record.private_finder import Finder, hidden, knowing
from radiodesk.rooms.record.protection import Closed, closed_in
from radiodesk.rooms.record.public_sound import Sound, Treatment, public_copies, write_sound
from radiodesk.rooms.record.rendering import CUT, PROTECTED, Removal, Rendered, render_text, render_words
from radiodesk.rooms.tickets import queries as tickets
from radiodesk.rooms.transcripts import services as speech
from radiodesk.rooms.transcripts.timed_words import tokens_in

SHOWN_KINDS = frozenset(
    {AsRunKind.START, AsRunKind.ITEM, AsRunKind.SCRIPT, AsRunKind.CALL_ON, AsRunKind.CALL_OFF, AsRunKind.END}
)
"""Marks and dumps are notes of the crew."""

CLOSED = "closed"
"""In the register of what was taken out: that there is something of which nothing is told, not even how much."""

_BLEEP_EVERYTHING_BELOW = 0.05
"""A recording of which less than this many seconds would be left is not shown at all."""


@dataclass(frozen=True)
class PublicPiece:
    """A piece as the public gets it; ``source`` is the key of the recording that its sound is made from."""

    position: int
    kind: str
    title: str
    rendered: Rendered
    details: dict[str, Any]
    offset: float | None
    duration: float
    source: str | None
    piece: str = ""
    """Public id of the desk's piece."""
    hidden: tuple[str, ...] = ()
    """The words that were taken out of it."""
    disguised: tuple[Disguised, ...] = ()
    """Seconds of the recording in which a caller gets another voice."""


@dataclass(frozen=True)
class Plan:
    """All that the public copy will hold, read from the database before anything slow is done."""

    broadcast: str
    revision: int
    pieces: list[PublicPiece]
    facts: dict[str, Any]
    tickets: list[str]
    as_run: list[dict[str, Any]]
    removed: dict[str, int]
    corrections: list[dict[str, Any]]
    closed: Closed
    look: Finder
    """Finds what is private in words, with what is known of the broadcast's callers."""
    ledger_line: dict[str, Any] = field(default_factory=dict)
    calls_taken: int | None = None
    voices: dict[str, Any] = field(default_factory=dict)
    """The voices that were drawn while the sound was made, by call; they are written nowhere."""


def plan(session: Session, publication: Publication, find: Finder, language: str) -> Plan:
    """Read what was decided and apply it to the words."""
    broadcast = publication.broadcast
    shown = [piece for piece in publication.pieces if piece.shown and piece.withheld is None]
    log = broadcasts.as_run(session, broadcast)
    closed = closed_in(session, broadcast)
    clock = CopyClock.without(log, closed.silent)
    look = knowing(find, identities(session, broadcast))
    untold = frozenset(closed.silent) | _untold(publication, closed)
    told = entries_of(log, untold, look, language)
    voices = {piece.public_id: disguised_in(piece, log, closed) for piece in shown}
    pieces = [
        _public(piece, number, clock, look, language, told, voices[piece.public_id])
        for number, piece in enumerate(shown, start=1)
    ]
    removed = _removed(publication, shown, closed)
    if changed := sum(len(piece.details.get(DISGUISED, ())) for piece in pieces):
        removed[VOICE] = changed
    return Plan(
        broadcast=broadcast.public_id,
        revision=publication.revision,
        pieces=pieces,
        facts=_facts(broadcast, clock, look),
        tickets=_numbers(session, broadcast, closed),
        as_run=_as_run(log, publication, closed, clock, look),
        removed=dict(sorted(removed.items())),
        corrections=[
            {"at": one.at.isoformat(), "text": hidden(one.text, look)} for one in publication.package.corrections
        ],
        closed=closed,
        look=look,
        ledger_line=_line(publication),
        calls_taken=_calls_taken(session, broadcast, closed),
    )


def _as_run(
    log: list[AsRun], publication: Publication, closed: Closed, clock: CopyClock, find: Finder
) -> list[dict[str, Any]]:
    """What went out: nothing at all of a closed caller, no topic of one who did not agree and was not opened."""
    untold = _untold(publication, closed)
    dumped = dumped_entries(log)
    return [
        {
            "offset": clock.second(entry.offset),
            "kind": str(entry.kind),
            "title": "" if entry.subject in untold or entry.id in dumped else hidden(entry.title, find),
        }
        for entry in log
        if entry.kind in SHOWN_KINDS and entry.subject not in closed.silent
    ]


def _untold(publication: Publication, closed: Closed) -> frozenset[str]:
    """The callers who did not agree and were not opened by a person."""
    return closed.unagreed - {
        piece.subject for piece in publication.pieces if piece.kind is PieceKind.CALL and piece.shown
    }


def _removed(publication: Publication, shown: list[Piece], closed: Closed) -> dict[str, int]:
    """How many spans were taken out, by kind. What is closed is one entry, however many callers and gaps there are."""
    counted = Counter(span.kind for piece in shown for span in piece.spans if span.taken_out)
    counted["piece"] = sum(piece not in shown and piece.subject not in closed.silent for piece in publication.pieces)
    if counted.pop(PROTECTED, 0):
        counted[CLOSED] = 1
    return {kind: count for kind, count in sorted(counted.items()) if count}


def _facts(broadcast: Broadcast, clock: CopyClock, find: Finder) -> dict[str, Any]:
    started = broadcast.on_air_at or broadcast.planned_start
    ended = broadcast.ended_at or started
    return {
        "programme": broadcast.programme.title,
        "title": hidden(broadcast.title, find),
        "description": hidden(broadcast.programme.description, find),
        "started_at": started,
        "seconds": clock.second((ended - started).total_seconds()),
        "hosts": list(broadcast.hosts),
    }


def _numbers(session: Session, broadcast: Broadcast, closed: Closed) -> list[str]:
    """Numbers of the complaints that came of the calls; one of which nothing may be told is not even counted."""
    calls = [call for call in calls_of(session, broadcast) if call.public_id not in closed.silent]
    found = [one for call in calls for one in tickets.of_call(session, call.id)]
    return [ticket.number for ticket in found if not ticket.confidential]


def _calls_taken(session: Session, broadcast: Broadcast, closed: Closed) -> int:
    """How many calls a person took; of which nothing may be told are not counted."""
    calls = [call for call in calls_of(session, broadcast) if call.public_id not in closed.silent]
    return sum(call.screened_at is not None and call.merged_into_id is None for call in calls)


def _line(publication: Publication) -> dict[str, Any]:
    package = publication.package
    return {
        "sequence": package.sequence,
        "package": package.public_id,
        "manifest": package.manifest,
        "previous": package.previous,
        "sealed_at": package.sealed_at.isoformat(timespec="seconds") if package.sealed_at else "",
        "digest": package.digest,
    }


def _public(
    piece: Piece,
    position: int,
    clock: CopyClock,
    find: Finder,
    language: str,
    told: Sequence[Entry],
    voices: Sequence[Disguised],
) -> PublicPiece:
    removals = [
        Removal(span.kind, span.start, span.end, span.begins, span.ends) for span in piece.spans if span.taken_out
    ]

    def say(kind: str) -> str:
        return mask(kind, language)

    details = dict(piece.details)
    # Titles are looked through anew: somebody may have been closed since they were laid out.
    title = hidden(piece.title, find)
    offset = None if piece.offset is None else clock.second(piece.offset)
    recording = piece.recording
    if recording is None:
        rendered = Rendered(render_text(piece.text, removals, say))
        if rendered.text != piece.text:
            # The digest of a text of which nearly all is shown would let anyone try out what is missing.
            details.pop("sha256", None)
        return PublicPiece(position, str(piece.kind), title, rendered, details, offset, 0.0, None)
    rendered = render_words(tokens_in(piece.tokens), piece.segments, removals, recording.duration, say)
    # A guess at when a recording began is no time at which anybody could find something in it.
    if piece.kind is PieceKind.PROGRAMME and recording.start_known and piece.offset is not None:
        details["chapters"] = chapters_of(
            told, begins=piece.offset, duration=recording.duration, cut=rendered.cut, opening=title
        )
    if changed := in_copy((one.seconds for one in voices), rendered.cut, recording.duration):
        details[DISGUISED] = changed
    gone = tuple(piece.text[span.start : span.end] for span in piece.spans if span.taken_out and span.kind not in CUT)
    # Of a caller whose recording was deleted when its time was over, the words that were public are written again.
    sound = recording.duration, recording.key if recording.removed_at is None else None
    told_of = str(piece.kind), title, rendered, details, offset
    return PublicPiece(position, *told_of, *sound, piece.public_id, gone, tuple(voices))


def make_sound(settings: Settings, planned: Plan, piece: PublicPiece) -> Sound | None:
    """Write the public sound of one piece; ``None`` when there is none, or nothing is left of it."""
    if piece.source is None:
        return None
    cut_out = sum(span.end - span.start for span in piece.rendered.cut)
    if piece.duration - cut_out < _BLEEP_EVERYTHING_BELOW:
        return None
    return write_sound(
        settings,
        f"{planned.broadcast}/{planned.revision}/{piece.position:02}",
        piece.source,
        Treatment(piece.rendered, piece.duration, piece.disguised, planned.voices),
        chapters=with_ends(piece.details.get("chapters") or [], piece.duration - cut_out),
        title=piece.title or planned.facts["title"],
        programme=planned.facts["programme"],
    )


def discard(settings: Settings, planned: Plan) -> None:
    """Remove the sound that was made for a copy which is not published."""
    public_copies(settings).delete_below(f"{planned.broadcast}/{planned.revision}")


def heard_again(
    settings: Settings, engine: Transcriber, planned: Plan, sounds: Sequence[Sound | None]
) -> dict[str, list[StillHeard]]:
    """What can still be heard in the sound that was made, by the public id of its piece."""
    found: dict[str, list[StillHeard]] = {}
    for piece, sound in zip(planned.pieces, sounds, strict=True):
        if sound is None or not piece.rendered.bleeped:
            continue
        with public_copies(settings).object(sound.mp3.key).local() as copy:
            spots = still_heard(engine, copy, piece.rendered, piece.duration, piece.hidden, planned.look)
        if spots:
            found[piece.piece] = spots
    return found


def keep(
    session: Session, publication: Publication, planned: Plan, sounds: list[Sound | None], *, at: datetime
) -> None:
    """Put the copy into the public tables, in place of the one before."""
    shown = session.scalar(select(PublishedBroadcast).where(PublishedBroadcast.public_id == planned.broadcast))
    if shown is None:
        shown = PublishedBroadcast(public_id=planned.broadcast, published_at=at)
        session.add(shown)
    search.forget(session, [piece.id for piece in shown.pieces])
    for name, value in planned.facts.items():
        setattr(shown, name, value)
    shown.withdrawn_at, shown.reason, shown.changed_at, shown.revision = None, "", at, planned.revision
    shown.tickets, shown.as_run, shown.removed = list(planned.tickets), planned.as_run, dict(planned.removed)
    shown.corrections, shown.ledger_line = list(planned.corrections), planned.ledger_line
    shown.calls_taken = planned.calls_taken
    shown.pieces = [_row(piece, sound) for piece, sound in zip(planned.pieces, sounds, strict=True)]
    session.flush()
    for row in shown.pieces:
        search.keep(session, row)
    _log(session, publication, planned, at=at)
    _keep_words(session, publication, planned, at=at)
    _mark(session, publication, planned, at=at)


def _log(session: Session, publication: Publication, planned: Plan, *, at: datetime) -> None:
    """Tell the log that this copy was made public, and the digest of what was taken out of it, by kind."""
    register = json.dumps(dict(planned.removed), sort_keys=True, separators=(",", ":"))
    told = {
        "broadcast": planned.broadcast,
        "package": publication.package.public_id,
        "revision": planned.revision,
        "register": hashlib.sha256(register.encode()).hexdigest(),
    }
    record_log.append(session, LogKind.PUBLISHED, planned.broadcast, at=at, **told)


def _keep_words(session: Session, publication: Publication, planned: Plan, *, at: datetime) -> None:
    """Note at each transcript what of it the public reads from now on."""
    recordings = {piece.recording.key: piece.recording for piece in publication.pieces if piece.recording is not None}
    for piece in planned.pieces:
        if piece.source is not None:
            uncut = piece.rendered.uncut
            speech.keep_published(session, recordings[piece.source], uncut, by=publication.asked_by, at=at)


def _row(piece: PublicPiece, sound: Sound | None) -> PublishedPiece:
    return PublishedPiece(
        position=piece.position,
        kind=piece.kind,
        title=piece.title,
        text=piece.rendered.text,
        segments=piece.rendered.segments,
        details={**piece.details, TONED: sound.toned} if sound and sound.toned else piece.details,
        offset=piece.offset,
        audio_key=sound.mp3.key if sound else None,
        audio_bytes=sound.mp3.bytes if sound else 0,
        audio_sha256=sound.mp3.sha256 if sound else None,
        duration=sound.duration if sound else 0.0,
        opus_key=sound.opus.key if sound else None,
        opus_bytes=sound.opus.bytes if sound else None,
        opus_sha256=sound.opus.sha256 if sound else None,
    )


def _mark(session: Session, publication: Publication, planned: Plan, *, at: datetime) -> None:
    broadcast = publication.broadcast
    publication.state, publication.published_at, publication.problem = PublicationState.PUBLISHED, at, None
    publication.withdrawn_at, publication.reason = None, ""
    publication.closed_calls = planned.closed.standings
    publication.disguised_calls = sorted(planned.closed.disguised)
    session.flush()
    audit.record(
        session,
        at,
        publication.asked_by,
        "published",
        f"broadcast {broadcast.public_id}",
        revision=publication.revision,
        removed=planned.removed,
    )
    announce(session, at, "record", "published", broadcast.public_id)


def clear(settings: Settings, broadcast: str, keep_revision: int | None) -> None:
    """Remove the sound of copies that are not public any more."""
    copies = public_copies(settings)
    revisions = {stat.key.split("/")[1] for stat in copies.list(broadcast)}
    for revision in revisions - {str(keep_revision)}:
        copies.delete_below(f"{broadcast}/{revision}")
