"""Reads for scripts and rundowns."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.rooms.programme.models import Programme, RundownItem, Script, ScriptState


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


def item_by_public_id(session: Session, public_id: str) -> RundownItem:
    """One rundown item; raises ``NotFound``."""
    found = session.scalar(select(RundownItem).where(RundownItem.public_id == public_id))
    if found is None:
        raise NotFound("This item is not in the rundown any more.")
    return found


def rundown(session: Session, broadcast_id: int) -> list[RundownItem]:
    """The items of a broadcast in order."""
    wanted = select(RundownItem).where(RundownItem.broadcast_id == broadcast_id).order_by(RundownItem.position)
    return list(session.scalars(wanted))


@dataclass(frozen=True, slots=True)
class Timed:
    """An item with the time at which it is planned to begin."""

    item: RundownItem
    begins: datetime


def timed(items: list[RundownItem], start: datetime) -> list[Timed]:
    """Front-timing: each item begins when the planned lengths before it are over."""
    begins, result = start, []
    for item in items:
        result.append(Timed(item, begins))
        begins += timedelta(seconds=item.seconds)
    return result
