"""The sound of a played show: there is no studio in a drill, so the station's voice reads scripts and answers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say
from radiodesk.language.spoken import to_spoken
from radiodesk.operations.drill.stage import ARCHIVIST, HOST, Played, Spoken
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.programme.models import Script, ScriptVersion
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.recordings.services import originals, require_sound, store_file
from radiodesk.rooms.transcripts.edited_times import Paragraph, realign
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from radiodesk.rooms.transcripts.queries import current
from radiodesk.rooms.transcripts.services import new_version
from radiodesk.sound.encoder import lay_out
from radiodesk.voices.voice_loader import load_voice

PROGRAMME_RATE = 16_000
BREATH = 0.7
"""Seconds between a caller's last word and the answer, and after it."""


def speak(played: Played, folder: Path) -> None:
    """Have the voice read every script and answer into ``folder``; where it cannot, ``problems`` says so."""
    with played.database.reading() as session:
        texts = [session.get_one(Script, key).latest.text for key in played.texts.values()]
    texts += [call.answer for call in played.show.calls if call.answer]
    settings = played.settings
    try:
        voice = load_voice(settings)
        for number, text in enumerate(dict.fromkeys(texts)):
            target = folder / f"spoken-{number}.wav"
            said = to_spoken(text, lexicon=played.pack.spoken, bare_minutes=settings.bare_minutes)
            seconds = voice.speak(said, target, words_per_minute=settings.words_per_minute)
            played.spoken[text] = Spoken(target, seconds)
    except Refusal as refusal:
        played.problems.append(say(refusal))


def seconds_of_answer(played: Played, file: str) -> float:
    """How long the answer to the caller of a file takes, with the pauses around it; 0 where none is spoken."""
    spoken = played.spoken.get(_answer_to(played, file))
    return spoken.seconds + 2 * BREATH if spoken is not None else 0.0


def attach_programme(played: Played, session: Session, broadcast: Broadcast) -> None:
    """Attach the recording of the programme: scripts, callers and answers, each at its second, up to the end."""
    kept = originals(played.settings)
    with ExitStack() as held:
        drafts = held.enter_context(kept.drafts())
        placed = list(_callers(played, session, broadcast, held))
        if not placed:
            return
        placed += [(second, played.spoken[text].sound) for second, _, text in _words(played, session, broadcast)]
        target = drafts / f"programme-{broadcast.public_id}.flac"
        began = broadcast.on_air_at or played.clock.now()
        length = (played.clock.now() - began).total_seconds()
        lay_out(sorted(placed), target, rate=PROGRAMME_RATE, until=length)
        recording = store_file(
            session,
            played.settings,
            target,
            at=played.clock.now(),
            direction=Direction.PROGRAMME,
            started_at=broadcast.on_air_at,
        )
    phrases, at = hint_phrases(played.settings), played.clock.now()
    broadcasts.attach_recording(session, broadcast, require_sound(recording), phrases=phrases, by=HOST, at=at)


def correct_words(played: Played, session: Session) -> None:
    """The archivist puts down what was read and answered as it stands on paper, in place of what the machine heard."""
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    for found in current(session, broadcast.recordings).values():
        if found.state is TranscriptState.DONE and found.words:
            segments = list(_corrected(found, sorted(_on_paper(played, session, broadcast))))
            new_version(session, found, segments, by=ARCHIVIST, at=played.clock.now())


def _on_paper(played: Played, session: Session, broadcast: Broadcast) -> Iterator[tuple[float, float, str]]:
    """What was read and answered, with the seconds between which it was."""
    over = (AsRunKind.SCRIPT_END, AsRunKind.CALL_OFF)
    ends = [(entry.offset, entry.subject) for entry in as_run(session, broadcast) if entry.kind in over]
    for begin, subject, text in _words(played, session, broadcast):
        yield begin, min((end for end, of in ends if of == subject and end >= begin), default=begin), text


def _corrected(found: Transcript, on_paper: list[tuple[float, float, str]]) -> Iterator[dict[str, Any]]:
    """The segments of a transcript with each stretch on paper in its own words; between them as the machine heard."""

    def stretch(begin: float, end: float, text: str | None) -> list[dict[str, Any]]:
        inside = [word for word in found.words if begin <= (word["start"] + word["end"]) / 2 < end]
        said = text if text is not None else " ".join(str(word["word"]) for word in inside)
        return realign(inside, [Paragraph(line) for line in said.splitlines()], found.duration) if inside else []

    before = 0.0
    for begin, end, text in on_paper:
        yield from stretch(before, begin, None)
        yield from stretch(begin, end, text)
        before = end
    yield from stretch(before, found.duration + 1.0, None)


def _aired(played: Played, session: Session, broadcast: Broadcast) -> Iterator[tuple[AsRun, str, Call]]:
    """The callers as they went on air, with their files."""
    files = {session.get_one(Call, key).public_id: (name, key) for name, key in played.calls.items()}
    for entry in as_run(session, broadcast):
        if entry.kind is AsRunKind.CALL_ON and entry.subject in files:
            name, key = files[entry.subject]
            yield entry, name, session.get_one(Call, key)


def _callers(played: Played, session: Session, broadcast: Broadcast, held: ExitStack) -> Iterator[tuple[float, Path]]:
    kept = originals(played.settings)
    for entry, _name, call in _aired(played, session, broadcast):
        for recording in call.recordings:
            if recording.problem is None:
                yield entry.offset, held.enter_context(kept.object(recording.key).local())


def _words(played: Played, session: Session, broadcast: Broadcast) -> Iterator[tuple[float, str | None, str]]:
    """What is read and answered, with its second and what of the log it belongs to."""
    for entry in as_run(session, broadcast):
        if entry.kind is AsRunKind.SCRIPT:
            version = select(ScriptVersion).join(Script).where(Script.public_id == entry.subject)
            version = version.where(ScriptVersion.number == entry.details["number"])
            if (text := session.scalars(version).one().text) in played.spoken:
                yield entry.offset, entry.subject, text
    for entry, name, call in _aired(played, session, broadcast):
        if (answer := _answer_to(played, name)) in played.spoken:
            begins = entry.offset + sum(recording.duration for recording in call.recordings) + BREATH
            yield begins, entry.subject, answer


def _answer_to(played: Played, file: str) -> str:
    return next((call.answer for call in played.show.calls if call.file == file), "")
