"""Writes the public copy of a broadcast: words without what was taken out, sound with a tone in its place.

The copy lies in a folder of its own, one for each revision. Nothing of the original goes there: every sound file is
decoded and encoded anew, so that no tag and no hidden second of it comes along.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.events import announce
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.air_time import CopyClock
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.known_callers import identities
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.record import search
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
from radiodesk.rooms.record.rendering import PROTECTED, Removal, Rendered, render_text, render_words
from radiodesk.rooms.recordings.services import originals
from radiodesk.rooms.tickets import queries as tickets
from radiodesk.rooms.transcripts import services as speech
from radiodesk.rooms.transcripts.timed_words import tokens_in
from radiodesk.sound.stretches import Span as Seconds

SHOWN_KINDS = frozenset(
    {AsRunKind.START, AsRunKind.ITEM, AsRunKind.SCRIPT, AsRunKind.CALL_ON, AsRunKind.CALL_OFF, AsRunKind.END}
)
"""Marks and dumps are notes of the crew."""

CLOSED = "closed"
"""In the register of what was taken out: that there is something of which nothing is told, not even how much."""

_BLEEP_EVERYTHING_BELOW = 0.05
"""A recording of which less than this many seconds would be left is not shown at all."""


@dataclass(frozen=True)
class Sound:
    """A sound file of the public copy."""

    key: str
    bytes: int
    sha256: str
    duration: float


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
    ledger_line: dict[str, Any] = field(default_factory=dict)


def public_copies(settings: Settings) -> Shelf:
    """Where the public copies lie; the public site opens nothing else."""
    return shelf(settings, "public")


def plan(session: Session, publication: Publication, find: Finder, language: str) -> Plan:
    """Read what was decided and apply it to the words."""
    broadcast = publication.broadcast
    shown = [piece for piece in publication.pieces if piece.shown and piece.withheld is None]
    log = broadcasts.as_run(session, broadcast)
    closed = closed_in(session, broadcast)
    clock = CopyClock.without(log, closed.silent)
    look = knowing(find, identities(session, broadcast))
    return Plan(
        broadcast=broadcast.public_id,
        revision=publication.revision,
        pieces=[_public(piece, number, clock, look, language) for number, piece in enumerate(shown, start=1)],
        facts=_facts(broadcast, clock, look),
        tickets=_numbers(session, broadcast, closed),
        as_run=_as_run(log, publication, closed, clock, look),
        removed=_removed(publication, shown, closed),
        corrections=[
            {"at": one.at.isoformat(), "text": hidden(one.text, look)} for one in publication.package.corrections
        ],
        closed=closed,
        ledger_line=_line(publication),
    )


def _as_run(
    log: list[AsRun], publication: Publication, closed: Closed, clock: CopyClock, find: Finder
) -> list[dict[str, Any]]:
    """What went out: nothing at all of a closed caller, no topic of one who did not agree and was not opened."""
    opened = {piece.subject for piece in publication.pieces if piece.kind is PieceKind.CALL and piece.shown}
    untold = closed.unagreed - opened
    return [
        {
            "offset": clock.second(entry.offset),
            "kind": str(entry.kind),
            "title": "" if entry.subject in untold else hidden(entry.title, find),
        }
        for entry in log
        if entry.kind in SHOWN_KINDS and entry.subject not in closed.silent
    ]


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


def _public(piece: Piece, position: int, clock: CopyClock, find: Finder, language: str) -> PublicPiece:
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
    return PublicPiece(position, str(piece.kind), title, rendered, details, offset, recording.duration, recording.key)


def make_sound(settings: Settings, planned: Plan, piece: PublicPiece) -> Sound | None:
    """Write the public sound of one piece; ``None`` when there is none, or nothing is left of it."""
    if piece.source is None:
        return None
    cut_out = sum(span.end - span.start for span in piece.rendered.cut)
    if piece.duration - cut_out < _BLEEP_EVERYTHING_BELOW:
        return None
    from radiodesk.sound.encoder import derive_mp3

    key = f"{planned.broadcast}/{planned.revision}/{piece.position:02}.mp3"
    sounds = originals(settings)
    with (
        sounds.object(piece.source).local() as source,
        # What is half treated never lies among the public copies.
        sounds.drafts() as scratch,
        public_copies(settings).object(key).draft() as target,
    ):
        info = derive_mp3(_treated(source, scratch, piece.rendered), target, lufs=settings.public_loudness or None)
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Sound(key, target.stat().st_size, digest, info.duration)


def _treated(source: Path, scratch: Path, rendered: Rendered) -> Path:
    from radiodesk.sound.cuts import bleep, cut

    steps: list[tuple[Callable[[Path, Path, list[Seconds]], Any], list[Seconds]]] = [
        (bleep, rendered.bleeped),
        (cut, rendered.cut),
    ]
    for number, (step, spans) in enumerate(steps):
        if spans:
            target = scratch / f"{number}.flac"
            step(source, target, spans)
            source = target
    return source


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
    shown.pieces = [_row(piece, sound) for piece, sound in zip(planned.pieces, sounds, strict=True)]
    session.flush()
    for row in shown.pieces:
        search.keep(session, row)
    _keep_words(session, publication, planned, at=at)
    _mark(session, publication, planned, at=at)


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
        details=piece.details,
        offset=piece.offset,
        audio_key=sound.key if sound else None,
        audio_bytes=sound.bytes if sound else 0,
        audio_sha256=sound.sha256 if sound else None,
        duration=sound.duration if sound else 0.0,
    )


def _mark(session: Session, publication: Publication, planned: Plan, *, at: datetime) -> None:
    broadcast = publication.broadcast
    publication.state, publication.published_at, publication.problem = PublicationState.PUBLISHED, at, None
    publication.withdrawn_at, publication.reason = None, ""
    publication.closed_calls = planned.closed.standings
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
