"""Writing, approving and withdrawing scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.private_columns import copied
from radiodesk.core.text import shorten
from radiodesk.language.spoken import reading_seconds
from radiodesk.rooms.programme.models import Programme, ReadingSpeed, Script, ScriptKind, ScriptState, ScriptVersion
from radiodesk.rooms.programme.sentence_sources import carried_over

TOPIC = "programme"
LONGEST_SCRIPT = 20_000
# A single reading is too little to tell how fast a person reads.
LEARNED_AFTER = 60.0


class NotApproved(Conflict):
    """The script's latest words were not approved."""


class ChangedMeanwhile(Conflict):
    """Somebody else saved first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Text for a script and, when a machine made it, where each sentence comes from."""

    text: str
    items: Sequence[dict[str, Any]] = field(default=())
    left_out: Sequence[dict[str, Any]] | None = None
    """What was not said; ``None`` leaves it as it was in the version before."""


def add_programme(
    session: Session,
    title: str,
    *,
    by: str,
    at: datetime,
    starts: str = "08:00",
    minutes: int = 60,
    description: str = "",
) -> Programme:
    """Add a series; its title is unique."""
    title = title.strip()
    if not title:
        raise Unreadable("Please give the programme a title.").of("title")
    if session.scalar(select(Programme.id).where(Programme.title == title)):
        raise Conflict("There is a programme called %(title)s already.", title=title).of("title")
    programme = Programme(
        public_id=public_id(at), title=title, starts=starts, minutes=minutes, description=description.strip()
    )
    session.add(programme)
    audit.record(session, at, by, "programme added", f"programme {programme.public_id}")
    announce(session, at, TOPIC, "added", programme.public_id)
    return programme


def words_per_minute(session: Session, reader: str, otherwise: int) -> float:
    """A reader's measured speed, once enough was read; the station's setting until then."""
    speed = session.scalar(select(ReadingSpeed).where(ReadingSpeed.reader == reader)) if reader else None
    return speed.words_per_minute if speed and speed.seconds >= LEARNED_AFTER else float(otherwise)


def known_readers(session: Session) -> list[tuple[str, int]]:
    """The readers whose speed was measured, with it in words a minute, by name."""
    found = session.scalars(select(ReadingSpeed).where(ReadingSpeed.seconds >= LEARNED_AFTER))
    return sorted((speed.reader, round(speed.words_per_minute)) for speed in found)


def learn_speed(
    session: Session, reader: str, text: str, seconds: float, *, lexicon: Mapping[str, str] | None = None
) -> None:
    """Take one reading into account; implausible ones (a key pressed late) are left out.

    The pauses that an estimate allows for are taken off, and ``lexicon`` is that of the estimate, so that a text is
    estimated at the time it really took.
    """
    at_sixty, at_twice = (reading_seconds(text, words_per_minute=pace, lexicon=lexicon) for pace in (60, 120))
    # At sixty words a minute a word takes a second; what does not grow with the pace are pauses.
    words = round(2 * (at_sixty - at_twice))
    seconds -= at_sixty - words
    if not reader or seconds < 5 or not 60 <= words / seconds * 60 <= 300:
        return
    speed = session.scalar(select(ReadingSpeed).where(ReadingSpeed.reader == reader))
    if speed is None:
        speed = ReadingSpeed(reader=reader, words=0, seconds=0.0)
        session.add(speed)
    speed.words, speed.seconds = speed.words + words, speed.seconds + seconds


def write_script(
    session: Session,
    kind: ScriptKind,
    title: str,
    draft: Draft,
    *,
    by: str,
    at: datetime,
    speed: float,
    valid_until: datetime | None = None,
    corrects: Script | None = None,
    lexicon: Mapping[str, str] | None = None,
) -> Script:
    """Start a script with its first version; ``speed`` in words a minute gives the reading time.

    ``lexicon`` is the area's own spoken forms, which may take longer to say than what is written.
    """
    script = Script(
        public_id=public_id(at),
        kind=kind,
        title=shorten(title.strip() or kind.value, 160),
        created_at=at,
        valid_until=valid_until,
        corrects_id=corrects.id if corrects else None,
    )
    script.versions.append(_version(1, draft, by=by, at=at, speed=speed, lexicon=lexicon))
    session.add(script)
    session.flush()
    audit.record(session, at, by, "script written", f"script {script.public_id}", kind=kind.value)
    announce(session, at, TOPIC, "script", script.public_id)
    return script


def _version(
    number: int, draft: Draft, *, by: str, at: datetime, speed: float, lexicon: Mapping[str, str] | None
) -> ScriptVersion:
    text = draft.text.replace("\r\n", "\n").strip()
    if not text:
        raise Unreadable("The script is empty. Please write what is to be read.").of("text")
    if len(text) > LONGEST_SCRIPT:
        raise Unreadable("The script is too long: at most %(most)s characters.", most=LONGEST_SCRIPT).of("text")
    seconds = reading_seconds(text, words_per_minute=round(speed), lexicon=lexicon)
    sources = {"items": copied(draft.items), "left_out": copied(() if draft.left_out is None else draft.left_out)}
    return ScriptVersion(number=number, text=text, seconds=seconds, by=by, at=at, **sources)


def edit_script(
    session: Session,
    script: Script,
    draft: Draft,
    *,
    expected: int,
    by: str,
    at: datetime,
    speed: float,
    lexicon: Mapping[str, str] | None = None,
) -> ScriptVersion:
    """Add a version; an approval of an earlier one ends. ``expected`` is the version number that was edited."""
    if script.latest.number != expected:
        raise ChangedMeanwhile(
            "%(by)s changed this script meanwhile. Your words are below; open the script again and put them in.",
            by=script.latest.by,
        )
    if draft.text.replace("\r\n", "\n").strip() == script.latest.text:
        return script.latest
    draft = _with_sources(draft, script.latest)
    version = _version(expected + 1, draft, by=by, at=at, speed=speed, lexicon=lexicon)
    script.versions.append(version)
    script.state, script.approved_version, script.approved_by, script.approved_at = ScriptState.DRAFT, None, None, None
    session.flush()
    audit.record(session, at, by, "script edited", f"script {script.public_id}", number=version.number)
    announce(session, at, TOPIC, "script", script.public_id)
    return version


def _with_sources(draft: Draft, before: ScriptVersion) -> Draft:
    """What a person typed keeps the sources of the sentences, those that were put into other words included."""
    kept = copied(before.items)
    if kept:
        kept = carried_over(kept, draft.text.replace("\r\n", "\n"))
    return replace(
        draft, items=draft.items or kept, left_out=before.left_out if draft.left_out is None else draft.left_out
    )


def approve(session: Session, script: Script, *, number: int, by: str, at: datetime) -> None:
    """Approve exactly the version that was looked at; refuses when there is a newer one or it is out of date."""
    if script.latest.number != number:
        raise ChangedMeanwhile(
            "%(by)s changed this script meanwhile. Read the new words before you approve.", by=script.latest.by
        )
    if script.valid_until is not None and script.valid_until <= at:
        raise Conflict("This script is out of date. Compile a new one.")
    script.state, script.approved_version = ScriptState.APPROVED, number
    script.approved_by, script.approved_at = by, at
    session.flush()
    digest = script.latest.digest
    audit.record(session, at, by, "script approved", f"script {script.public_id}", number=number, sha256=digest)
    announce(session, at, TOPIC, "approved", script.public_id)


def withdraw(session: Session, script: Script, *, by: str, at: datetime) -> None:
    """Take a script out of use; what was read of it stays in the record."""
    script.state, script.approved_version = ScriptState.WITHDRAWN, None
    session.flush()
    audit.record(session, at, by, "script withdrawn", f"script {script.public_id}")
    announce(session, at, TOPIC, "withdrawn", script.public_id)


def readable(script: Script, at: datetime) -> ScriptVersion:
    """The version that may go on air now; raises ``NotApproved`` with the reason."""
    version = script.approved
    if version is None:
        raise NotApproved("The script %(title)s is not approved. An officer must approve it first.", title=script.title)
    if script.valid_until is not None and script.valid_until <= at:
        raise NotApproved("The script %(title)s is out of date. Compile a new one.", title=script.title)
    return version
