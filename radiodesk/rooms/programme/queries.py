"""Reads for scripts and rundowns."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.rooms.programme.models import Programme, Script, ScriptState


def programmes(session: Session) -> list[Programme]:
    """All series that are on, by title."""
    return list(session.scalars(select(Programme).where(Programme.active).order_by(Programme.title)))


def programme_by_public_id(session: Session, public_id: str) -> Programme:
    """One series; raises ``NotFound``."""
    found = session.scalar(select(Programme).where(Programme.public_id == public_id))
    if found is None:
        raise NotFound("This programme is not there.")
    return found


def scripts(session: Session, limit: int = 100) -> list[Script]:
    """The newest scripts in use, to choose from."""
    wanted = select(Script).where(Script.state != ScriptState.WITHDRAWN).order_by(Script.id.desc()).limit(limit)
    return list(session.scalars(wanted))


def scripts_page(session: Session, page: int) -> Page[Script]:
    """All scripts in use, newest first, a page at a time."""
    return page_of(
        session, select(Script).where(Script.state != ScriptState.WITHDRAWN).order_by(Script.id.desc()), page
    )


def script_by_public_id(session: Session, public_id: str) -> Script:
    """One script; raises ``NotFound``."""
    found = session.scalar(select(Script).where(Script.public_id == public_id))
    if found is None:
        raise NotFound("This script is not there.")
    return found
