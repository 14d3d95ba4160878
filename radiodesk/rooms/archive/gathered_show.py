"""Gathers everything of a broadcast that is to be sealed, as plain data, in one read of the database.

What may tell who a listener is goes into the restricted part, which is encrypted (``restricted_files``): names, phone
numbers, notes and the words of messages of every call; all of calls by protected people and about confidential
complaints, and what others tell of them (``closed_part``); the programme's original where seconds of it were dumped or
are theirs.
"""

from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.archive.closed_part import Cover
from radiodesk.rooms.archive.show_facts import (
    Facts,
    of_broadcast,
    of_call,
    of_entry,
    of_identity,
    of_item,
    of_reading,
    of_recording,
    of_script,
    of_ticket,
    of_transcript,
)
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.air_time import dumped_entries, dumped_in, dumps, offsets, on_air, with_margin
from radiodesk.rooms.broadcasts.filed_calls import callers_of, calls_of
from radiodesk.rooms.broadcasts.known_callers import identities_of
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.readings import readings_of
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.calls.merged_calls import in_disguise
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.lines.call_takes import calls_of_takes
from radiodesk.rooms.programme.models import Script, ScriptVersion
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.tickets import queries as tickets
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.stretches import Span
from radiodesk.sound.takes import takes


@dataclass(frozen=True)
class Sound:
    """A recording on its way into the bag: its key among the originals, its path in the bag, and what it is."""

    key: str
    path: str
    facts: Facts
    restricted: bool
    cut: tuple[Span, ...] = ()
    """Seconds that are not in its open copy; where there are none, a restricted sound has no open copy."""
    guarded: bool = False
    """Whether not even that there is such a sound may be seen."""


@dataclass(frozen=True)
class Words:
    """One version of the words of one recording."""

    path: str
    facts: Facts
    segments: list[Any]
    restricted: bool
    guarded: bool = False


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
    readings: list[Facts] = field(default_factory=list)
    """How each script was read, beside what was approved."""
    closed: Facts = field(default_factory=dict)
    """The calls of whom nothing is told with their complaints, and what of the others' facts is covered in the open."""
    silent: frozenset[str] = frozenset()
    """Public ids of the callers of whom nothing is told."""
    disguised: frozenset[str] = frozenset()
    """Public ids of the callers whose own voice is in the restricted part alone."""
    open_transcripts: int = 0
    note: str = ""


def gather(session: Session, broadcast: Broadcast, note: str = "") -> Gathered:
    """Read all that belongs to an ended broadcast."""
    log = broadcasts.as_run(session, broadcast)
    calls, heard = calls_of(session, broadcast), callers_of(session, broadcast)
    tickets_of = {call.id: tickets.of_call(session, call.id) for call in calls}
    guarded = broadcasts.guarded(session, heard)
    told = [call for call in calls if call.id not in guarded]
    untold = [call for call in calls if call.id in guarded]
    silent = frozenset(call.public_id for call in heard if call.id in guarded)
    disguised = in_disguise(session, heard)
    cover = Cover.over(log, silent, identities_of(session, heard))
    transcripts = _transcripts(session, broadcast, calls)
    titles = broadcasts.titles(session, log)
    sounds = _programme(broadcast, log, cover, transcripts, disguised - silent)
    for call in calls:
        sounds += _caller(broadcast, log, call, cover, transcripts, disguised)
    scripts = [of_script(version, read) for version, read in scripts_read(session, broadcast, log)]
    items = [of_item(item) for item in rundown(session, broadcast.id)]
    entries = [of_entry(entry, titles[entry.id]) for entry in log]
    dumped = dumped_entries(log)
    opened = [{**told, "title": ""} if entry.id in dumped else told for entry, told in zip(log, entries, strict=True)]
    about = of_broadcast(broadcast)
    read = [of_reading(reading) for reading in readings_of(session, broadcast)]
    restricted = {sound.facts["recording"] for sound in sounds if sound.restricted}
    whole = {"broadcast": about, "scripts": scripts, "rundown": items, "as_run": entries}
    return Gathered(
        broadcast=cover.titled(about),
        sounds=sounds,
        words=_words(sounds, transcripts),
        scripts=[cover.script(one) for one in scripts],
        rundown=[cover.titled(one) for one in items],
        as_run=[cover.entry(one) for one in opened if one["subject"] not in silent],
        calls=[
            {**cover.call(of_call(call, tickets_of[call.id])), "disguised": call.public_id in disguised}
            for call in told
        ],
        identities=[of_identity(call) for call in calls],
        tickets=[of_ticket(ticket) for call in told for ticket in tickets_of[call.id]],
        readings=[cover.reading(one, restricted=one["recording"] in restricted) for one in read],
        closed={
            "as_read": read,
            "calls": [of_call(call, tickets_of[call.id]) for call in untold],
            "tickets": [of_ticket(ticket) for call in untold for ticket in tickets_of[call.id]],
            **(whole if silent else {"as_run": entries} if dumped else {}),
        },
        silent=silent,
        disguised=disguised,
        open_transcripts=sum(transcript.is_open for transcript in transcripts),
        note=note,
    )


def silent_callers(session: Session, broadcast: Broadcast) -> frozenset[str]:
    """Public ids of a broadcast's callers of whom nothing is told, by the rule of now."""
    heard = callers_of(session, broadcast)
    guarded = broadcasts.guarded(session, heard)
    return frozenset(call.public_id for call in heard if call.id in guarded)


def disguised_callers(session: Session, broadcast: Broadcast) -> frozenset[str]:
    """Public ids of a broadcast's callers whose own voice nobody is to hear, by the wish of now."""
    return in_disguise(session, callers_of(session, broadcast))


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


def _programme(
    broadcast: Broadcast, log: list[AsRun], cover: Cover, transcripts: list[Transcript], disguised: frozenset[str]
) -> list[Sound]:
    sounds = []
    own_voices = [span for call in sorted(disguised) for span in with_margin(on_air(log, call))]
    for number, (recording, begins) in enumerate(offsets(broadcast), start=1):
        inside = [
            Span(max(0.0, span.start - begins), span.end - begins)
            for span in (*dumps(log), *own_voices)
            if span.end > begins and span.start < begins + recording.duration
        ]
        heard = [one for one in transcripts if one.recording_id == recording.id]
        closed = cover.seconds(log, begins, recording.duration, heard)
        # Where it is not known when a recording began, nobody knows which of its seconds are theirs.
        sure = recording.start_known and any(one.words for one in heard) and not cover.is_unplaced(heard)
        lost = bool(closed or cover.clock.closed or cover.is_unplaced(heard)) and not sure
        hidden = bool(own_voices) and not recording.start_known
        cut = () if lost or hidden else (*inside, *closed)
        path = f"audio/programme/{number:02}-{recording.public_id}{_suffix(recording)}"
        facts = {**of_recording(recording), "offset": cover.clock.second(begins)}
        if cover.clock.closed:
            facts["started_at"] = None
        restricted = bool(inside or closed or lost or hidden)
        sounds.append(Sound(recording.key, path, facts, restricted, cut, guarded=bool(closed) or lost))
    return sounds


def _caller(
    broadcast: Broadcast,
    log: list[AsRun],
    call: Call,
    cover: Cover,
    transcripts: list[Transcript],
    disguised: frozenset[str],
) -> list[Sound]:
    sounds = []
    for number, recording in enumerate(call.recordings, start=1):
        told = any(cover.tells(one.text) for one in transcripts if one.recording_id == recording.id)
        path = f"audio/calls/{call.public_id}/{number:02}-{recording.direction}{_suffix(recording)}"
        facts = {**of_recording(recording), "call": call.public_id}
        guarded = call.public_id in cover.calls or told
        # What was dumped is in the caller's own recording too.
        own_voice = call.public_id in disguised
        cut = () if guarded or own_voice else tuple(dumped_in(broadcast, log, recording))
        sounds.append(Sound(recording.key, path, facts, guarded or own_voice or bool(cut), cut, guarded))
    return sounds


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
        sound = by_recording[recording]
        found.append(Words(path, facts, transcript.segments, sound.restricted, sound.guarded))
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
