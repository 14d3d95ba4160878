"""Jingles and spots: taken in, brought to the station's loudness, laid on keys."""

from datetime import datetime
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.jobs import Context, enqueue
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.shelves import StoreObject
from radiodesk.rooms.programme.models import SoundKind, StationSound
from radiodesk.rooms.recordings import services as recordings
from radiodesk.rooms.recordings.models import Direction
from radiodesk.sound.player.ready_files import LONGEST

JOB = "programme.sound"
TOPIC = "playout"
PLACES = 12
"""Keys of the soundboard."""


class SoundNotReady(Conflict):
    """The sound was not brought to the station's loudness yet."""


def sound_by_public_id(session: Session, identity: str) -> StationSound:
    """One jingle or spot that is in use; raises ``NotFound``."""
    wanted = select(StationSound).where(StationSound.public_id == identity, StationSound.active.is_(True))
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("This sound is not there any more.")
    return found


def station_sounds(session: Session) -> list[StationSound]:
    """All that are in use: those on keys first, the others by title."""
    found = session.scalars(select(StationSound).where(StationSound.active.is_(True)))
    return sorted(found, key=lambda one: (one.place or PLACES + 1, one.title.casefold()))


def add_sound(
    session: Session,
    settings: Settings,
    stream: IO[bytes],
    filename: str,
    title: str,
    kind: SoundKind,
    *,
    place: int | None = None,
    announced: int | None = None,
    by: str,
    at: datetime,
) -> StationSound:
    """Take a file in; it can be played once a job has brought it to the station's loudness.

    Raises ``Unreadable``, and ``AudioUnreadable`` when nothing can be heard of it.
    """
    title, place = _checked(title, place)
    kept = recordings.store_upload(
        session, settings, stream, filename, at=at, direction=Direction.PROGRAMME, announced=announced
    )
    recording = recordings.require_sound(kept)
    if recording.duration > LONGEST:
        raise Unreadable("A sound may take at most %(most)s minutes.", most=round(LONGEST / 60)).of("file")
    sound = StationSound(
        public_id=public_id(at),
        title=title,
        kind=kind,
        recording=recording,
        seconds=recording.duration,
        added_at=at,
        added_by=by,
    )
    session.add(sound)
    _put_on(session, sound, place)
    audit.record(session, at, by, "sound added", f"sound {sound.public_id}", sha256=recording.sha256)
    announce(session, at, TOPIC, "sound", sound.public_id)
    enqueue(session, at, JOB, sound.id)
    return sound


def change_sound(
    session: Session, sound: StationSound, title: str, kind: SoundKind, *, place: int | None, by: str, at: datetime
) -> None:
    """Change what it is called and which key plays it; who was on that key before is in the list alone."""
    title, place = _checked(title, place)
    sound.title, sound.kind = title, kind
    _put_on(session, sound, place)
    audit.record(session, at, by, "sound changed", f"sound {sound.public_id}", on_key=place)
    announce(session, at, TOPIC, "sound", sound.public_id)


def retire_sound(session: Session, sound: StationSound, *, by: str, at: datetime) -> None:
    """Take it out of use; what was played of it stays in the record."""
    sound.active, sound.place = False, None
    session.flush()
    audit.record(session, at, by, "sound retired", f"sound {sound.public_id}")
    announce(session, at, TOPIC, "sound", sound.public_id)


def _checked(title: str, place: int | None) -> tuple[str, int | None]:
    if not title.strip():
        raise Unreadable("Please give the sound a title.").of("title")
    if place is not None and not 1 <= place <= PLACES:
        raise Unreadable("The soundboard has the keys 1 to %(most)s.", most=PLACES).of("place")
    return title.strip()[:120], place


def _put_on(session: Session, sound: StationSound, place: int | None) -> None:
    if place is not None:
        held = select(StationSound).where(StationSound.place == place, StationSound.public_id != sound.public_id)
        for other in session.scalars(held):
            other.place = None
    sound.place = place
    session.flush()


def ready_sound(settings: Settings, sound: StationSound) -> StoreObject:
    """What is played of it; derived, so it may be made again. Raises ``SoundNotReady`` while it was not made."""
    if not sound.ready_sha256:
        raise SoundNotReady("%(title)s is still being brought to the station's loudness.", title=sound.title)
    return _ready(settings, sound)


def _ready(settings: Settings, sound: StationSound) -> StoreObject:
    return shelf(settings, "derived").object(f"sounds/{sound.public_id}.flac")


def make_ready(context: Context, sound_id: int) -> None:
    """The job: bring a sound to the station's loudness."""
    import hashlib

    from radiodesk.sound.level_matching import match_level

    with context.database.reading() as session:
        sound = session.get_one(StationSound, sound_id)
        original = recordings.original(context.settings, sound.recording)
    target = context.settings.play_loudness
    ready = _ready(context.settings, sound)
    with original.local() as source, ready.draft() as draft:
        matched = match_level(source, draft, target)
        with draft.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    with context.database.writing() as session:
        row = session.get_one(StationSound, sound_id)
        row.ready_sha256, row.target, row.seconds = digest, target, matched.seconds
        row.lufs, row.true_peak = matched.lufs, matched.true_peak
        announce(session, context.clock.now(), TOPIC, "sound", row.public_id)


def not_ready(session: Session, sound_id: int, _why: str, at: datetime) -> None:
    """The job was given up; the soundboard shows the sound as not ready."""
    announce(session, at, TOPIC, "sound", session.get_one(StationSound, sound_id).public_id)
