"""The sound of a played show: there is no studio in a drill, so the station's voice reads scripts and answers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say
from radiodesk.language.spoken import reading_seconds, to_spoken
from radiodesk.operations.drill.stage import HOST, Played
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.programme.models import Script, ScriptVersion
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.recordings.services import originals, require_sound, store_file
from radiodesk.sound.encoder import lay_out
from radiodesk.voices.voice_loader import load_voice

PROGRAMME_RATE = 16_000
BREATH = 0.7
"""Seconds between a caller's last word and the answer, and after it."""


def seconds_of_answer(played: Played, file: str) -> float:
    """How long the answer to the caller of a file takes, with the pauses around it; 0 where there is none."""
    text = _answer_to(played, file)
    if not text:
        return 0.0
    speed = played.settings.words_per_minute
    return 2 * BREATH + reading_seconds(text, words_per_minute=speed, lexicon=played.pack.spoken)


def attach_programme(played: Played, session: Session, broadcast: Broadcast) -> None:
    """Attach the recording of the programme: scripts, callers and answers, each at its second, up to the end.

    Where the voice cannot speak, the callers alone are heard, and ``problems`` says so.
    """
    kept = originals(played.settings)
    with ExitStack() as held:
        drafts = held.enter_context(kept.drafts())
        placed = list(_callers(played, session, broadcast, held))
        if not placed:
            return
        try:
            placed += [
                (second, _spoken(played, text, drafts / f"spoken-{number}.wav"))
                for number, (second, text) in enumerate(_words(played, session, broadcast))
            ]
        except Refusal as refusal:
            played.problems.append(say(refusal))
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


def _words(played: Played, session: Session, broadcast: Broadcast) -> Iterator[tuple[float, str]]:
    """What is read and answered, with its second."""
    for entry in as_run(session, broadcast):
        if entry.kind is AsRunKind.SCRIPT:
            version = select(ScriptVersion).join(Script).where(Script.public_id == entry.subject)
            version = version.where(ScriptVersion.number == entry.details["number"])
            yield entry.offset, session.scalars(version).one().text
    for entry, name, call in _aired(played, session, broadcast):
        if answer := _answer_to(played, name):
            yield entry.offset + sum(recording.duration for recording in call.recordings) + BREATH, answer


def _answer_to(played: Played, file: str) -> str:
    return next((call.answer for call in played.show.calls if call.file == file), "")


def _spoken(played: Played, text: str, target: Path) -> Path:
    settings = played.settings
    said = to_spoken(text, lexicon=played.pack.spoken, bare_minutes=settings.bare_minutes)
    load_voice(settings).speak(said, target, words_per_minute=settings.words_per_minute)
    return target
