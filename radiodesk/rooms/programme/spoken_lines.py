"""Single lines of a script, made to be heard while it is written.

A line is known by a digest of how it is said, so that each is spoken once, whoever asks and in whatever script.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Unreadable
from radiodesk.core.jobs import enqueue
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.shelves import StoreObject
from radiodesk.language.spoken import to_spoken
from radiodesk.rooms.programme.models import SpokenLine

SPEAK_LINE = "programme.speak_line"
LONGEST_LINE = 2000
WAITED_FOR = timedelta(minutes=10)
"""After that nobody waits for a line any more, whatever became of it."""


KEPT = timedelta(days=1)


def line_sound(settings: Settings, digest: str) -> StoreObject:
    """Where the sound of a line lies once it was made; derived, so it may be deleted at any time."""
    return shelf(settings, "derived").object(f"lines/{digest}.wav")


def ask_for(session: Session, settings: Settings, line: str, lexicon: Mapping[str, str], *, at: datetime) -> str:
    """See to it that a line can be heard, and return its digest; raises ``Unreadable`` for one with nothing to say."""
    said = to_spoken(line, lexicon=lexicon, bare_minutes=settings.bare_minutes).strip()
    if not any(sign.isalnum() for sign in said):
        raise Unreadable("There is nothing to say in this line.").of("line")
    voice = f"{settings.voice}|{settings.voice_model or ''}|{settings.words_per_minute}"
    digest = sha256(f"{voice}|{said}".encode()).hexdigest()
    if not line_sound(settings, digest).is_there() and not is_awaited(session, digest):
        session.execute(delete(SpokenLine).where(SpokenLine.at < at - WAITED_FOR))
        row = SpokenLine(digest=digest, said=said, at=at)
        session.add(row)
        session.flush()
        enqueue(session, at, SPEAK_LINE, row.id)
    return digest


def forget_lines(settings: Settings, *, at: datetime) -> None:
    """Remove what was spoken a day ago: drafts pass, and each change of a line makes another sound."""
    kept = shelf(settings, "derived")
    for stat in kept.list("lines"):
        if stat.modified < at - KEPT:
            kept.object(stat.key).delete()


def is_digest(text: str) -> bool:
    """Whether a text can be the digest of a line."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def is_awaited(session: Session, digest: str) -> bool:
    """Whether a line is still to be spoken."""
    return session.scalar(select(SpokenLine.id).where(SpokenLine.digest == digest)) is not None
