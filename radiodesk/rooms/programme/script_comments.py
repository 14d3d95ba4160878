"""Talk about a script beside its words, and who is changing them."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.rooms.programme.models import Script, ScriptComment, ScriptLock
from radiodesk.rooms.programme.services import TOPIC

LONGEST_COMMENT = 1000
LOCKED_FOR = timedelta(minutes=2)
"""How long after the last key a person still counts as changing a script."""


class Locked(Conflict):
    """Somebody else is changing this script."""


def comments(session: Session, script: Script) -> list[ScriptComment]:
    """What was said about a script, oldest first."""
    wanted = select(ScriptComment).where(ScriptComment.script_id == script.id).order_by(ScriptComment.id)
    return list(session.scalars(wanted))


def comment(session: Session, script: Script, text: str, *, by: str, at: datetime) -> ScriptComment:
    """Say something about a script as it is now; raises ``Unreadable`` when nothing is said."""
    text = text.strip()
    if not text:
        raise Unreadable("Please write what you want to say about the script.").of("comment")
    made = ScriptComment(
        public_id=public_id(at), script_id=script.id, number=script.latest.number, at=at, by=by, text=text
    )
    session.add(made)
    announce(session, at, TOPIC, "comment", script.public_id)
    return made


def settle(session: Session, script: Script, comment_id: str, *, by: str, at: datetime) -> None:
    """Mark a comment as dealt with; a second time changes nothing. Raises ``NotFound``."""
    wanted = select(ScriptComment).where(ScriptComment.public_id == comment_id, ScriptComment.script_id == script.id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("This comment is not there.")
    if found.settled_at is None:
        found.settled_at, found.settled_by = at, by
        announce(session, at, TOPIC, "comment", script.public_id)


def lock_of(session: Session, script: Script, *, at: datetime) -> ScriptLock | None:
    """Who is changing a script at this moment."""
    found = session.get(ScriptLock, script.id)
    # A clock that was set back makes nobody hold it for longer.
    return found if found is not None and abs(at - found.typed_at) <= LOCKED_FOR else None


def require_free(session: Session, script: Script, *, by: str, at: datetime) -> None:
    """Raise ``Locked`` while somebody else is changing the script."""
    held = lock_of(session, script, at=at)
    if held is not None and held.by != by:
        raise Locked(
            "%(name)s is changing this script. Wait, or take over at the top of the page; your words stay here.",
            name=held.name,
        )


def lock(session: Session, script: Script, *, by: str, name: str, at: datetime, take_over: bool = False) -> None:
    """Say that a person is changing a script; raises ``Locked`` while somebody else is, unless they take over."""
    if not take_over:
        require_free(session, script, by=by, at=at)
    found = session.get(ScriptLock, script.id)
    is_new = found is None or found.by != by or abs(at - found.typed_at) > LOCKED_FOR
    if found is None:
        session.add(ScriptLock(script_id=script.id, by=by, name=name, since=at, typed_at=at))
    else:
        found.by, found.name, found.since, found.typed_at = by, name, at if is_new else found.since, at
    if is_new:
        announce(session, at, TOPIC, "editing", script.public_id)


def unlock(session: Session, script: Script, *, by: str, at: datetime) -> None:
    """Let others change a script again; does nothing where somebody else is changing it."""
    found = session.get(ScriptLock, script.id)
    if found is not None and found.by == by:
        session.delete(found)
        announce(session, at, TOPIC, "editing", script.public_id)
