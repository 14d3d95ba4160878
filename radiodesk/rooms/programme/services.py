"""Writing, approving and withdrawing scripts; building a rundown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.private_columns import copied
from radiodesk.core.text import shorten
from radiodesk.language.spoken import reading_seconds
from radiodesk.rooms.programme.models import (
    ItemKind,
    Programme,
    ReadingSpeed,
    RundownItem,
    Script,
    ScriptKind,
    ScriptState,
    ScriptVersion,
)
from radiodesk.rooms.transcripts import vocabulary

TOPIC = "programme"
LONGEST_SCRIPT = 20_000
# A single reading is too little to tell how fast a person reads.
LEARNED_AFTER = 60.0
NAMES_HEARD = timedelta(days=1)
"""How long recognisers listen for the names of a rundown."""


class NotApproved(Conflict):
    """The script's latest words were not approved."""


class ChangedMeanwhile(Conflict):
    """Somebody else saved first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Text for a script and, when a machine made it, where each sentence comes from."""

    text: str
    items: Sequence[dict[str, Any]] = field(default=())
    left_out: Sequence[dict[str, Any]] = field(default=())


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
        raise Unreadable("Please give the programme a title.")
    if session.scalar(select(Programme.id).where(Programme.title == title)):
        raise Conflict("There is a programme called %(title)s already.", title=title)
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
        raise Unreadable("The script is empty. Please write what is to be read.")
    if len(text) > LONGEST_SCRIPT:
        raise Unreadable("The script is too long: at most %(most)s characters.", most=LONGEST_SCRIPT)
    seconds = reading_seconds(text, words_per_minute=round(speed), lexicon=lexicon)
    sources = {"items": copied(draft.items), "left_out": copied(draft.left_out)}
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
    if draft.text.strip() == script.latest.text:
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
    """What a person typed keeps the sources of the sentences that he left as they were."""
    kept = copied(before.items)
    if kept:
        kept = [item for item in kept if item["sentence"] in draft.text]
    return replace(draft, items=draft.items or kept, left_out=draft.left_out or before.left_out)


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


def add_item(
    session: Session,
    broadcast_id: int,
    kind: ItemKind,
    title: str,
    seconds: int,
    *,
    by: str,
    at: datetime,
    reader: str = "",
    script: Script | None = None,
) -> RundownItem:
    """Append an item to a broadcast's rundown; a script gives its reading time when no length is set."""
    if not title.strip():
        raise Unreadable("Please give the item a title.")
    if not 0 <= seconds <= 6 * 3600:
        raise Unreadable("The length of an item must lie between 0 seconds and 6 hours.")
    last = session.scalar(select(func.max(RundownItem.position)).where(RundownItem.broadcast_id == broadcast_id))
    item = RundownItem(
        public_id=public_id(at),
        broadcast_id=broadcast_id,
        position=(last or 0) + 1,
        kind=kind,
        title=shorten(title.strip(), 160),
        seconds=seconds or (round(script.latest.seconds) if script else 0),
        reader=reader,
        script=script,
    )
    session.add(item)
    session.flush()
    listen_for_names(session, [item], by=by, at=at)
    audit.record(session, at, by, "rundown item added", f"item {item.public_id}")
    announce(session, at, TOPIC, "rundown", item.public_id)
    return item


def listen_for_names(session: Session, items: Iterable[RundownItem], *, by: str, at: datetime) -> None:
    """Let recognisers listen for who and what stands on a rundown, for a day from now."""
    names = [name for item in items for name in (*vocabulary.names_in(item.title), item.reader)]
    vocabulary.expect(session, names, until=at + NAMES_HEARD, by=by, at=at)


def move_item(session: Session, item: RundownItem, to: int, *, by: str, at: datetime) -> None:
    """Put an item at a place of its rundown, counted from 1."""
    items = list(
        session.scalars(
            select(RundownItem).where(RundownItem.broadcast_id == item.broadcast_id).order_by(RundownItem.position)
        )
    )
    items.remove(item)
    items.insert(max(0, min(len(items), to - 1)), item)
    for position, one in enumerate(items, start=1):
        one.position = position
    session.flush()
    audit.record(session, at, by, "rundown item moved", f"item {item.public_id}", to=to)
    announce(session, at, TOPIC, "rundown", item.public_id)


def put_script(session: Session, item: RundownItem, script: Script, *, by: str, at: datetime) -> None:
    """Give an item the script that is to be read there."""
    item.script, item.kind, item.seconds = script, ItemKind.SCRIPT, round(script.latest.seconds)
    session.flush()
    audit.record(session, at, by, "script placed", f"item {item.public_id}", script=script.public_id)
    announce(session, at, TOPIC, "rundown", item.public_id)


def remove_item(session: Session, item: RundownItem, *, by: str, at: datetime) -> None:
    """Take an item out of the plan."""
    audit.record(session, at, by, "rundown item removed", f"item {item.public_id}")
    announce(session, at, TOPIC, "rundown", item.public_id)
    session.delete(item)
    session.flush()
