"""Takes sound into the station's store, byte for byte, and gives what a page can play.

A file that nothing can be heard of is kept too, with the reason: what a listener sent is never thrown away.
"""

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import IO

from babel.numbers import format_decimal
from sqlalchemy import event
from sqlalchemy.orm import Session

from radiodesk.core import i18n, jobs
from radiodesk.core.errors import NotFound, Refusal, TooLarge
from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.ports import NoSuchObject, PatientStore, StoreFull, StoreUnavailable
from radiodesk.core.stores.shelves import Shelf, StoreObject
from radiodesk.core.text import tidy
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.sound.audio_facts import AudioInfo, AudioUnreadable, Heard

PREPARE_JOB = "audio.prepare"
LONG = 120.0
"""Seconds from which a recording is made ready for pages by the worker."""

ON_ITS_WAY = timedelta(days=7)
"""How long a sound may wait in the outbox of another machine before it counts as lost."""

log = logging.getLogger(__name__)

_BLOCK = 1 << 18
_LOOK = 60.0
"""Seconds that are decoded when a file comes in, to know how much of it can be heard."""

_LAID = "recordings.laid"
_WRONG_BY = 0.5
_SUFFIXES = frozenset(
    {
        ".wav",
        ".flac",
        ".mp3",
        ".m4a",
        ".mp4",
        ".aac",
        ".ogg",
        ".oga",
        ".opus",
        ".amr",
        ".awb",
        ".3gp",
        ".webm",
        ".mka",
        ".aif",
        ".aiff",
        ".au",
        ".wma",
        ".caf",
    }
)


class SoundOnItsWay(StoreUnavailable):
    """The machine that took the sound in has not brought it up to the store yet."""


class DiskFull(StoreFull):
    """There is no room left for sound."""


@dataclass(frozen=True, slots=True)
class _Taken:
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is, or the sentence that says why nothing of it can be heard; and what is odd about it."""

    info: AudioInfo | None = None
    duration: float = 0.0
    problem: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """A file that lies among the originals and was looked at, but is not yet a row; see ``lay_down``."""

    public_id: str
    key: str
    name: str
    sha256: str
    size: int
    look: Look


def originals(settings: Settings) -> Shelf:
    """Where the files of recordings lie, by their keys."""
    return shelf(settings, "audio")


def lay_down(
    settings: Settings,
    stream: IO[bytes],
    filename: str,
    *,
    at: datetime,
    direction: Direction = Direction.MESSAGE,
    announced: int | None = None,
) -> Laid:
    """Stream a file to the store and look at it, which takes a while: no transaction is open meanwhile.

    ``announced`` is the length that the sender states, in bytes. Raises ``TooLarge`` and ``DiskFull``; then nothing is
    kept.
    """
    limit = settings.upload_megabytes * 1024 * 1024
    name = _name(filename)
    if announced is not None and announced > limit:
        raise _too_large(name, settings)
    identity = public_id(at)
    key = _key(identity, at, direction, name)
    try:
        with originals(settings).object(key).draft() as path:
            taken = _write(stream, path, limit, name, settings)
            look = _look(path, name, settings)
    except StoreFull:
        raise DiskFull(
            "The disk is full, so %(name)s could not be kept. Make room and send it again.", name=name
        ) from None
    return Laid(identity, key, name, taken.sha256, taken.size, look)


def pick_up(settings: Settings, laid: Laid) -> None:
    """Remove a file that was laid down and did not become a row."""
    originals(settings).object(laid.key).delete()


def remove_on_rollback(session: Session, kept: StoreObject) -> None:
    """Remove a file when the transaction that tells of it is rolled back: nobody would know of it."""
    session.info.setdefault(_LAID, []).append(kept)


@event.listens_for(Session, "after_commit")
def _stays(session: Session) -> None:
    session.info.pop(_LAID, None)


@event.listens_for(Session, "after_rollback")
def _goes(session: Session) -> None:
    for kept in session.info.pop(_LAID, []):
        try:
            kept.delete()
        except Refusal as refusal:
            log.error("A file that nothing tells of is left in the store: %s (%s)", kept.key, refusal)


def describe(
    session: Session,
    laid: Laid,
    *,
    at: datetime,
    direction: Direction = Direction.MESSAGE,
    started_at: datetime | None = None,
) -> Recording:
    """Make the row of a file that was laid down: look at ``problem``, or call ``require_sound``."""
    look, info = laid.look, laid.look.info
    recording = Recording(
        public_id=laid.public_id,
        direction=direction,
        key=laid.key,
        original_name=laid.name,
        sha256=laid.sha256,
        bytes=laid.size,
        duration=look.duration,
        sample_rate=info.sample_rate if info else 0,
        channels=info.channels if info else 0,
        codec=info.codec if info else "",
        # A message ended when it came in.
        started_at=started_at or (at - timedelta(seconds=look.duration) if info else None),
        start_known=started_at is not None,
        created_at=at,
        problem=look.problem,
        remark=look.remark,
    )
    session.add(recording)
    session.flush()
    if recording.duration > LONG:
        jobs.enqueue(session, at, PREPARE_JOB, recording.id)
    return recording


def store_upload(
    session: Session,
    settings: Settings,
    stream: IO[bytes],
    filename: str,
    *,
    at: datetime,
    direction: Direction = Direction.MESSAGE,
    announced: int | None = None,
    started_at: datetime | None = None,
) -> Recording:
    """``lay_down`` and ``describe`` in one, for where nobody waits for the transaction."""
    laid = lay_down(settings, stream, filename, at=at, direction=direction, announced=announced)
    remove_on_rollback(session, originals(settings).object(laid.key))
    return describe(session, laid, at=at, direction=direction, started_at=started_at)


def store_file(
    session: Session,
    settings: Settings,
    path: Path,
    *,
    at: datetime,
    direction: Direction = Direction.MESSAGE,
    started_at: datetime | None = None,
) -> Recording:
    """Take a copy of a file that lies on this machine; see ``store_upload``."""
    try:
        with path.open("rb") as stream:
            return store_upload(
                session,
                settings,
                stream,
                path.name,
                at=at,
                direction=direction,
                announced=path.stat().st_size,
                started_at=started_at,
            )
    except OSError as error:
        raise AudioUnreadable(
            "%(name)s cannot be opened: %(reason)s.", name=path.name, reason=i18n.why(error)
        ) from None


def look_at(settings: Settings, key: str, *, at: datetime) -> Laid:
    """A file that lies among the originals already, as a take that became one, as ``lay_down`` gives one.

    That takes a while: no transaction is open meanwhile.
    """
    with originals(settings).object(key).local() as path:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Laid(public_id(at), key, path.name, digest, path.stat().st_size, _look(path, path.name, settings))


def require_sound(recording: Recording) -> Recording:
    """The recording, if something of it can be heard; raises ``AudioUnreadable`` with its one sentence."""
    if recording.problem:
        raise AudioUnreadable(recording.problem)
    return recording


def original(settings: Settings, recording: Recording) -> StoreObject:
    """The file as it came in; raises ``NotFound`` when it is gone from the store."""
    if recording.removed_at is not None:
        raise NotFound("This file was deleted because its time was over. Its tombstone is kept.")
    found = originals(settings).object(recording.key)
    if not found.is_there():
        raise NotFound("The sound of this recording is missing on the disk: %(key)s.", key=recording.key)
    return found


def remove(settings: Settings, recording: Recording) -> None:
    """Remove the file of a recording and what was made of it; what is gone already is no error."""
    for derived in ("mp3", "json"):
        _derived(settings, recording, derived).delete()
    originals(settings).object(recording.key).delete()


def require_arrived(settings: Settings, recordings: Iterable[Recording], *, at: datetime) -> None:
    """Raises ``SoundOnItsWay`` where a sound is new and not there, in a store to which another machine may bring it."""
    kept = originals(settings)
    for recording in recordings if isinstance(kept.store, PatientStore) else ():
        if recording.created_at > at - ON_ITS_WAY and not kept.object(recording.key).is_there():
            raise SoundOnItsWay(
                "The sound %(key)s has not reached the store yet. The machine that has it brings it up.",
                key=recording.key,
            )


def playable(settings: Settings, recording: Recording) -> StoreObject:
    """A small MP3 for pages, made when it is missing; raises ``AudioUnreadable`` or ``NotFound``."""
    require_sound(recording)
    derived = _derived(settings, recording, "mp3")
    if not _has(derived):
        from radiodesk.sound.encoder import derive_mp3

        with original(settings, recording).local() as source, derived.draft() as target:
            derive_mp3(source, target)
    return derived


def outline(settings: Settings, recording: Recording) -> list[float]:
    """The peaks of a recording (see ``sound.peaks``), computed once and kept beside what is played."""
    require_sound(recording)
    derived = _derived(settings, recording, "json")
    try:
        kept: list[float] = json.loads(derived.read_bytes())
    except (NoSuchObject, StoreUnavailable):
        from radiodesk.sound.peaks import peaks

        with original(settings, recording).local() as source:
            kept = peaks(source)
        derived.put(json.dumps(kept).encode())
    return kept


def _has(derived: StoreObject) -> bool:
    """Whether it need not be made. What a store that is away may have is made again, where the original is at hand."""
    try:
        return derived.is_there()
    except StoreUnavailable:
        return False


def _derived(settings: Settings, recording: Recording, suffix: str) -> StoreObject:
    return shelf(settings, "derived").object(f"{recording.key}.{suffix}")


def _name(filename: str) -> str:
    """The file's own name, without folders, as a person may read it."""
    return tidy(PurePath(filename.replace("\\", "/")).name)[-200:] or "audio"


def _key(identity: str, at: datetime, direction: Direction, name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    # The sender's name never becomes a path; only a suffix that is known for sound is kept.
    return f"{at:%Y/%m/%d}/{identity}/{direction}{suffix if suffix in _SUFFIXES else '.bin'}"


def _write(stream: IO[bytes], target: Path, limit: int, name: str, settings: Settings) -> _Taken:
    sha, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > limit:
                raise _too_large(name, settings)
            sha.update(block)
            out.write(block)
    return _Taken(sha.hexdigest(), size)


def _too_large(name: str, settings: Settings) -> TooLarge:
    return TooLarge(
        "%(name)s is larger than %(most)s MB, which is the most that is taken here. Send a shorter part of it.",
        name=name,
        most=settings.upload_megabytes,
    )


def _look(path: Path, name: str, settings: Settings) -> Look:
    # The libraries that decode are loaded with the first sound: a desk that nobody sends any does without them.
    from radiodesk.sound.decoder import hear, probe

    try:
        info = probe(path)
        heard = hear(path, _LOOK)
    except AudioUnreadable as refusal:
        refusal.facts["name"] = name
        return Look(problem=i18n.say_in(settings.language, refusal))
    # Of a short one it is known how much can be heard; a long one is as long as it says.
    known = heard.seconds if heard.all and abs(heard.seconds - info.duration) > _WRONG_BY else info.duration
    with i18n.speaking(settings.language):
        return Look(info, known, remark=_remark(info, heard, known))


def _remark(info: AudioInfo, heard: Heard, known: float) -> str | None:
    if known < info.duration - _WRONG_BY:
        return i18n.gettext(
            "Only %(heard)s of %(length)s seconds can be heard: the rest of the file is damaged.",
            heard=_number(known),
            length=_number(info.duration),
        )
    if heard.damaged:
        return i18n.gettext("Parts of this file are damaged. What could be read of it can be heard.")
    if info.stated is None:
        return None
    message = (
        N_("The file states %(stated)s seconds and holds %(held)s: all of them were taken.")
        if info.stated < info.duration
        else N_("The file states %(stated)s seconds and holds only %(held)s: it was cut off.")
    )
    return i18n.gettext(message, stated=_number(info.stated), held=_number(info.duration))


def _number(seconds: float) -> str:
    return format_decimal(round(seconds, 1), locale=i18n.language.get())
