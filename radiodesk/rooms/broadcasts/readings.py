"""As-read: what of an approved script was really said on air, out of the words of the programme's recording.

A reading is one entry of the as-run, "script read". It reaches to the next entry that ends it. Seconds in which a
caller was on air are never looked at, so no caller's words can stand in it. Where nobody told when the recording began,
nothing is compared: words of another part of the show would be taken for the script's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.core.events import announce
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import readable, readable_rows
from radiodesk.language.reading import MARGIN, AsRead, Difference, ScriptText, as_read
from radiodesk.recognition.ports import Word
from radiodesk.rooms.broadcasts.air_time import offsets, on_air, with_margin
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, BroadcastState, Reading, broadcast_recording
from radiodesk.rooms.programme.models import ScriptVersion
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import queries as speech
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from radiodesk.sound.stretches import Span, merged

JOB = "broadcasts.as_read"
TOPIC = "broadcasts"
_ENDING = (AsRunKind.SCRIPT, AsRunKind.SCRIPT_END, AsRunKind.ITEM, AsRunKind.CALL_ON, AsRunKind.END)


@dataclass(frozen=True)
class Heard:
    """What is compared for one reading: the as-run entry, the approved text, and the words of one recording.

    ``begins`` and ``ends`` are the reading's seconds in the recording, ``offset`` the second of the broadcast at which
    the recording begins; of the seconds ``closed`` the words are a caller's, or may be.
    """

    entry: AsRun
    text: str
    recording: Recording
    transcript: Transcript
    words: tuple[Word, ...]
    begins: float
    ends: float
    offset: float
    closed: tuple[tuple[float, float], ...]


def ask(session: Session, broadcast: Broadcast, *, at: datetime) -> None:
    """Have a broadcast that is over compared; where nothing was read or no start is known, nothing is asked."""
    read = select(AsRun.id).where(AsRun.broadcast_id == broadcast.id, AsRun.kind == AsRunKind.SCRIPT)
    placed = any(recording.start_known for recording in broadcast.recordings)
    if placed and broadcast.state is BroadcastState.ENDED and session.scalar(read.limit(1)) is not None:
        jobs.enqueue(session, at, JOB, broadcast.id)


def follow_words(session: Session, recording: Recording, *, at: datetime) -> None:
    """A ``transcripts.ports.WordsFollower``: the words of a programme's recording are there, or others than before."""
    held = broadcast_recording.c
    ours = select(held.broadcast_id).where(held.recording_id == recording.id)
    for broadcast in session.scalars(select(Broadcast).where(Broadcast.id.in_(ours))):
        ask(session, broadcast, at=at)


def readings_of(session: Session, broadcast: Broadcast) -> list[Reading]:
    """What was found of each script that was read, in the order of the as-run."""
    wanted = select(Reading).where(Reading.broadcast_id == broadcast.id).order_by(Reading.offset, Reading.id)
    return list(session.scalars(wanted))


class Missing(StrEnum):
    """Why a script that was read is not compared."""

    RECORDING = "recording"
    START = "start"
    WORDS = "words"


MISSING_NAMES = {
    Missing.RECORDING: N_("There is no recording of the programme for what was read."),
    Missing.START: N_("It is not known when the recording begins. Tell it, and what was read is compared."),
    Missing.WORDS: N_("The words of the recording are not there yet. What was read is compared once they are."),
}


def missing(session: Session, broadcast: Broadcast) -> Missing | None:
    """Why scripts that were read are not compared; ``None`` where all are, or nothing was read."""
    read = select(AsRun.id).where(AsRun.broadcast_id == broadcast.id, AsRun.kind == AsRunKind.SCRIPT)
    done = select(Reading.as_run_id).where(Reading.broadcast_id == broadcast.id)
    if not set(session.scalars(read)) - set(session.scalars(done)):
        return None
    if not broadcast.recordings:
        return Missing.RECORDING
    if not any(recording.start_known for recording in broadcast.recordings):
        return Missing.START
    words = speech.current(session, broadcast.recordings).values()
    return Missing.WORDS if any(one.state is not TranscriptState.DONE for one in words) else Missing.RECORDING


def heard_of(session: Session, broadcast: Broadcast, log: Sequence[AsRun]) -> list[Heard]:
    """What there is to compare; a reading without a recording, its start or its words is left out."""
    placed = [(recording, begins) for recording, begins in offsets(broadcast) if recording.start_known]
    words = speech.current(session, [recording for recording, _ in placed])
    closed = closed_seconds(log)
    found = []
    for entry, ends in read_in(log):
        version = version_read(session, entry)
        for recording, offset in placed:
            transcript = words.get(recording.id)
            if version is None or transcript is None or transcript.state is not TranscriptState.DONE:
                continue
            begun, over = entry.offset - offset, ends - offset
            if 0 <= begun < recording.duration:
                spoken = tuple(_words(transcript, closed, offset, begun - MARGIN, over + MARGIN))
                text = readable(version.text)
                unknown = tuple((span.start - offset, span.end - offset) for span in closed)
                found.append(Heard(entry, text, recording, transcript, spoken, begun, over, offset, unknown))
                break
    return found


def read_in(log: Sequence[AsRun]) -> Iterable[tuple[AsRun, float]]:
    """Each reading's entry, and the second of the broadcast at which it was over."""
    for number, entry in enumerate(log):
        if entry.kind is AsRunKind.SCRIPT:
            later = (one.offset for one in log[number + 1 :] if one.kind in _ENDING)
            yield entry, next(later, entry.offset)


def closed_seconds(log: Sequence[AsRun]) -> list[Span]:
    """Seconds of the broadcast that are a caller's."""
    callers = {entry.subject for entry in log if entry.kind is AsRunKind.CALL_ON and entry.subject}
    return merged(span for call in sorted(callers) for span in with_margin(on_air(log, call)))


def compare(heard: Heard, lexicon: Mapping[str, str]) -> AsRead:
    """The slow part, outside of any transaction."""
    script = ScriptText(heard.text, lexicon=lexicon)
    return as_read(script, heard.words, begins=heard.begins, ends=heard.ends, unknown=heard.closed)


def keep(session: Session, broadcast: Broadcast, found: Sequence[tuple[Heard, AsRead]], *, at: datetime) -> None:
    """Keep what was found in place of what was kept before."""
    session.execute(delete(Reading).where(Reading.broadcast_id == broadcast.id))
    for heard, result in found:
        session.add(
            Reading(
                broadcast_id=broadcast.id,
                as_run_id=heard.entry.id,
                recording_id=heard.recording.id,
                transcript=heard.transcript.public_id,
                script=heard.entry.subject or "",
                number=int(heard.entry.details["number"]),
                reader=str(heard.entry.details.get("reader") or "")[:80],
                title=heard.entry.title,
                offset=heard.entry.offset,
                recording_offset=heard.offset,
                percent=result.percent,
                words=result.words,
                kept=result.kept,
                unsure=result.unsure,
                added=result.added,
                parts=[_plain(part) for part in result.differences],
                at=at,
            )
        )
    session.flush()
    announce(session, at, TOPIC, "as read", broadcast.public_id)


def is_current(kept: Sequence[Reading], heard: Sequence[Heard]) -> bool:
    """Whether what is kept was found with the very words that there are now."""
    ours = [(one.as_run_id, one.transcript, one.recording_offset) for one in kept]
    return sorted(ours) == sorted((one.entry.id, one.transcript.public_id, one.offset) for one in heard)


def _plain(part: Difference) -> dict[str, Any]:
    return {**asdict(part), "kind": str(part.kind)}


def version_read(session: Session, entry: AsRun) -> ScriptVersion | None:
    """The version of a script that was approved when its reading began."""
    return session.scalar(
        select(ScriptVersion).where(
            ScriptVersion.script.has(public_id=entry.subject), ScriptVersion.number == int(entry.details["number"])
        )
    )


def _words(transcript: Transcript, closed: Sequence[Span], offset: float, begins: float, ends: float) -> Iterable[Word]:
    for word in readable_rows(transcript.words):
        start, end = float(word["start"]), float(word["end"])
        if end <= begins or start >= ends:
            continue
        if any(span.start < end + offset and start + offset < span.end for span in closed):
            continue
        yield Word(start, end, str(word["word"]), float(word.get("confidence", 1.0)))
