"""Sources: adding one, switching it, fetching it when it is due."""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.core.jobs import enqueue
from radiodesk.road.watched_folders import PREFIX, is_folder
from radiodesk.rooms.traffic.models import Source, SourceState

log = logging.getLogger(__name__)

FETCH = "traffic.fetch"

STATE_NAMES = {
    SourceState.FRESH: N_("Fresh"),
    SourceState.STALE: N_("Out of date"),
    SourceState.FAILING: N_("Failing"),
    SourceState.NEVER: N_("Not fetched yet"),
    SourceState.OFF: N_("Switched off"),
}


def add(
    session: Session, name: str, url: str, minutes: int, *, by: str, at: datetime, own_network: bool = False
) -> Source:
    """Add a feed by its address, or with ``folder:NAME`` a watched folder; it is looked at right away."""
    if not name.strip():
        raise Unreadable("Please give the source a name.").of("name")
    if not is_folder(url):
        _check_address(url)
    if not 1 <= minutes <= 1440:
        raise Unreadable("A source is fetched every 1 to 1440 minutes.").of("minutes")
    if session.scalar(select(Source.id).where(Source.name == name.strip())):
        raise Conflict("There is a source called %(name)s already.", name=name.strip())
    if is_folder(url) and session.scalar(select(Source.id).where(Source.url == url)):
        raise Conflict("There is a source called %(name)s already.", name=url.removeprefix(PREFIX))
    source = Source(
        public_id=public_id(at), name=name.strip(), url=url, minutes=minutes, next_at=at, own_network=own_network
    )
    session.add(source)
    session.flush()
    audit.record(session, at, by, "source added", f"source {source.public_id}", url=url)
    fetch_now(session, source, at=at)
    return source


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreadable("The address must begin with http:// or https:// and name a host.").of("url")


def switch(session: Session, source: Source, active: bool, *, by: str, at: datetime) -> None:
    """Switch a source on or off."""
    source.active = active
    source.next_at = at if active else None
    audit.record(session, at, by, "source switched", f"source {source.public_id}", active=active)
    announce(session, at, "traffic", "source", source.public_id)


def fetch_now(session: Session, source: Source, *, at: datetime) -> None:
    """Ask the worker to fetch a source, and set its next turn."""
    source.next_at = at + timedelta(minutes=source.minutes)
    enqueue(session, at, FETCH, source.id)


def schedule(session: Session, at: datetime) -> int:
    """Ask for every source whose turn has come; returns how many. One that cannot be asked for stops no other."""
    due = select(Source.id).where(Source.active, or_(Source.next_at.is_(None), Source.next_at <= at))
    asked = 0
    for key in list(session.scalars(due)):
        try:
            with session.begin_nested():
                fetch_now(session, session.get_one(Source, key), at=at)
            asked += 1
        except OperationalError:
            raise  # The database is locked, full or gone, which is no matter of this source.
        except Exception:  # what a row can hold that it should not is without end
            log.exception("The source %s cannot be scheduled; switch it off and add it anew.", key)
    return asked
