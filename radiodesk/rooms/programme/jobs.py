"""Slow work of the programme room: scripts and lines spoken, to check by ear and as a reserve; sounds levelled."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from radiodesk.core.events import announce
from radiodesk.core.jobs import Context, Kind
from radiodesk.core.private_columns import readable
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.shelves import StoreObject
from radiodesk.language.places.station_area import area_pack
from radiodesk.language.spoken import to_spoken
from radiodesk.rooms.programme import reserve_voices, station_sounds
from radiodesk.rooms.programme.models import ScriptVersion, SpokenLine
from radiodesk.rooms.programme.spoken_lines import SPEAK_LINE, forget_lines, line_sound
from radiodesk.voices.voice_loader import load_voice

READ_ALOUD = "programme.read_aloud"


def heard_sound(settings: Settings, version: ScriptVersion) -> StoreObject:
    """Where the sound of a version lies once it was made; derived, so it may be deleted at any time."""
    return shelf(settings, "derived").object(f"scripts/{version.digest}.wav")


def read_aloud(context: Context, version_id: int) -> None:
    """Speak one script version into a WAV file, unless it is there already."""
    with context.database.reading() as session:
        version = session.get_one(ScriptVersion, version_id)
        text, public_id = version.text, version.script.public_id
    sound = heard_sound(context.settings, version)
    if not sound.is_there():
        voice = load_voice(context.settings)
        lexicon = area_pack(context.settings.area).spoken
        said = to_spoken(text, lexicon=lexicon, bare_minutes=context.settings.bare_minutes)
        with sound.draft() as target:
            voice.speak(said, target, words_per_minute=context.settings.words_per_minute)
    with context.database.writing() as session:
        announce(session, context.clock.now(), "programme", "heard", public_id)


def speak_line(context: Context, line_id: int) -> None:
    """Speak one line for who writes it; its row goes when the sound is there."""
    with context.database.reading() as session:
        line = session.get(SpokenLine, line_id)
    if line is None:
        return
    sound = line_sound(context.settings, line.digest)
    if not sound.is_there():
        forget_lines(context.settings, at=context.clock.now())
        with sound.draft() as target:
            voice = load_voice(context.settings)
            voice.speak(readable(line.said), target, words_per_minute=context.settings.words_per_minute)
    with context.database.writing() as session:
        session.execute(delete(SpokenLine).where(SpokenLine.id == line_id))


def _forget_line(session: Session, line_id: int, _why: str, _at: datetime) -> None:
    # Whoever waits is told that it is not there.
    session.execute(delete(SpokenLine).where(SpokenLine.id == line_id))


def _stop_waiting(session: Session, version_id: int, _why: str, at: datetime) -> None:
    # The script's page stops waiting for the sound.
    announce(session, at, "programme", "not heard", session.get_one(ScriptVersion, version_id).script.public_id)


KINDS = {
    READ_ALOUD: Kind(read_aloud, _stop_waiting),
    SPEAK_LINE: Kind(speak_line, _forget_line, waits=(1.0, 2.0)),
    reserve_voices.JOB: Kind(reserve_voices.make_reserve, reserve_voices.stop_waiting),
    station_sounds.JOB: Kind(station_sounds.make_ready, station_sounds.not_ready),
}
