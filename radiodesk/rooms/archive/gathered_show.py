"""Gathers everything of a broadcast that is to be sealed, as plain data, in one read of the database.

What may tell who a listener is goes into the restricted part, which is encrypted with the station's key: names, phone
numbers, notes and the words of messages of every call; the sound and the words of calls by protected people and about
confidential complaints; the programme's original where seconds of it were dumped.
"""

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.archive.show_facts import (
    Facts,
    of_broadcast,
    of_call,
    of_entry,
    of_identity,
    of_item,
    of_recording,
    of_script,
    of_ticket,
    of_transcript,
)
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.programme_sound import is_timed
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.lines.call_takes import calls_of_takes
from radiodesk.rooms.programme.models import Script, ScriptVersion
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.tickets import queries as tickets
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.cuts import Span
from radiodesk.sound.takes import takes


@dataclass(frozen=True)
class Sound:
    """A recording on its way into the bag: its key among the originals, its path in the bag, and what it is."""

    key: str
    path: str
    facts: Facts
    restricted: bool
    dumped: tuple[Span, ...] = ()
    """Seconds of it that were dumped on air."""


@dataclass(frozen=True)
class Words:
    """One version of the words of one recording."""

    path: str
    facts: Facts
    segments: list[Any]
    restricted: bool


@dataclass(frozen=True)
class Gathered:
    """All that is sealed of one broadcast."""

    broadcast: Facts
    sounds: list[Sound]
    words: list[Words]
    scripts: list[Facts]
    rundown: list[Facts]
    as_run: list[Facts]
    calls: list[Facts]
    identities: list[Facts]
    tickets: list[Facts]
    open_transcripts: int = 0
    note: str = ""


def gather(session: Session, broadcast: Broadcast, note: str = "") -> Gathered:
    """Read all that belongs to an ended broadcast."""
    log = broadcasts.as_run(session, broadcast)
    calls = calls_of(session, broadcast)
    tickets_of = {call.id: tickets.of_call(session, call.id) for call in calls}
    guarded, titles = broadcasts.guarded(session, calls), broadcasts.titles(session, log)
    sounds = _programme(broadcast, dumps(log))
    for call in calls:
        sounds += _caller(call, call.id in guarded)
    transcripts = _transcripts(session, broadcast, calls)
    return Gathered(
        broadcast=of_broadcast(broadcast),
        sounds=sounds,
        words=_words(sounds, transcripts),
        scripts=[of_script(version, read) for version, read in scripts_read(session, broadcast, log)],
        rundown=[of_item(item) for item in rundown(session, broadcast.id)],
        as_run=[of_entry(entry, titles[entry.id]) for entry in log],
        calls=[of_call(call, tickets_of[call.id], guarded=call.id in guarded) for call in calls],
        identities=[of_identity(call) for call in calls],
        tickets=[of_ticket(ticket, guarded=call.id in guarded) for call in calls for ticket in tickets_of[call.id]],
        open_transcripts=sum(transcript.is_open for transcript in transcripts),
        note=note,
    )


def open_transcripts(session: Session, broadcast: Broadcast) -> int:
    """How many transcripts of a broadcast are still to come."""
    found = _transcripts(session, broadcast, calls_of(session, broadcast))
    return sum(transcript.is_open for transcript in found)


def open_takes(session: Session, spool: Path, broadcast: Broadcast) -> int:
    """How many takes of live sound of a broadcast and of its calls are not recordings yet."""
    found = takes(spool)
    calls = calls_of_takes(session, [take.id for take in found])
    filed = {call.id for call in calls_of(session, broadcast)}
    return sum(
        take.about.broadcast == broadcast.public_id or (take.id in calls and calls[take.id].id in filed)
        for take in found
    )


def sound_bytes(session: Session, broadcast: Broadcast) -> int:
    """Bytes of all recordings that belong to a broadcast."""
    recordings = [one for call in calls_of(session, broadcast) for one in call.recordings]
    return sum(recording.bytes for recording in [*broadcast.recordings, *recordings])


def dumps(log: list[AsRun]) -> list[Span]:
    """The seconds of a broadcast that are cut from every public copy."""
    return [
        Span(float(entry.details["begins"]), float(entry.details["ends"]))
        for entry in log
        if entry.kind == AsRunKind.DUMP
    ]


def offsets(broadcast: Broadcast) -> list[tuple[Recording, float]]:
    """The recordings of the programme in order, each with the second of the broadcast at which it begins.

    A file that was handed in after the show carries no time of its own; it follows the one before it.
    """
    ordered = sorted(broadcast.recordings, key=lambda one: (one.started_at or one.created_at, one.id))
    found: list[tuple[Recording, float]] = []
    end = 0.0
    for recording in ordered:
        begins = end
        if is_timed(recording) and broadcast.on_air_at is not None and recording.started_at is not None:
            begins = (recording.started_at - broadcast.on_air_at).total_seconds()
        found.append((recording, begins))
        end = begins + recording.duration
    return found


def _programme(broadcast: Broadcast, dumped: list[Span]) -> list[Sound]:
    sounds = []
    for number, (recording, begins) in enumerate(offsets(broadcast), start=1):
        inside = tuple(
            Span(max(0.0, span.start - begins), span.end - begins)
            for span in dumped
            if span.end > begins and span.start < begins + recording.duration
        )
        path = f"audio/programme/{number:02}-{recording.public_id}{_suffix(recording)}"
        facts = {**of_recording(recording), "offset": begins, "dumped": [[span.start, span.end] for span in inside]}
        sounds.append(Sound(recording.key, path, facts, restricted=bool(inside), dumped=inside))
    return sounds


def _caller(call: Call, restricted: bool) -> list[Sound]:
    return [
        Sound(
            recording.key,
            f"audio/calls/{call.public_id}/{number:02}-{recording.direction}{_suffix(recording)}",
            {**of_recording(recording), "call": call.public_id},
            restricted,
        )
        for number, recording in enumerate(call.recordings, start=1)
    ]


def _suffix(recording: Recording) -> str:
    return PurePath(recording.key).suffix


def _transcripts(session: Session, broadcast: Broadcast, calls: list[Call]) -> list[Transcript]:
    keys = [recording.id for recording in broadcast.recordings]
    keys += [recording.id for call in calls for recording in call.recordings]
    wanted = select(Transcript).where(Transcript.recording_id.in_(keys)).order_by(Transcript.id)
    return list(session.scalars(wanted))


def _words(sounds: list[Sound], transcripts: list[Transcript]) -> list[Words]:
    by_recording = {sound.facts["recording"]: sound for sound in sounds}
    found = []
    for transcript in transcripts:
        recording = transcript.recording.public_id
        facts = of_transcript(transcript)
        path = f"transcripts/{recording}/v{transcript.version}-{transcript.kind}"
        found.append(Words(path, facts, transcript.segments, by_recording[recording].restricted))
    return found


def scripts_read(session: Session, broadcast: Broadcast, log: list[AsRun]) -> list[tuple[ScriptVersion, list[AsRun]]]:
    """Every version that was read, in order of its first reading, with the as-run entries that say so."""
    found: dict[tuple[str, int], list[AsRun]] = {}
    for entry in log:
        if entry.kind == AsRunKind.SCRIPT and entry.subject:
            found.setdefault((entry.subject, int(entry.details["number"])), []).append(entry)
    result = []
    for (script, number), read in found.items():
        version = session.scalar(
            select(ScriptVersion).where(
                ScriptVersion.script.has(Script.public_id == script), ScriptVersion.number == number
            )
        )
        if version is not None:
            result.append((version, read))
    return result
