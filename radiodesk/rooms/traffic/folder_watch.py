"""Looking into a watched folder so that no file is lost and none is taken in twice.

A file is read before any transaction, kept in a short one of its own, and moved only when that is committed. What is
kept is written down in the same transaction, so that a file which could not be moved any more is moved the next time
and not kept again.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.events import announce
from radiodesk.core.i18n import say, speaking
from radiodesk.core.jobs import Context
from radiodesk.road.feeds import FeedUnreadable
from radiodesk.road.posts import Posts, sort_posts
from radiodesk.road.report_intake import Placed, place
from radiodesk.road.watched_folders import MOST, READ, REFUSED, FileRead, put_away, read_file, settled_files
from radiodesk.rooms.traffic import learned_words, services
from radiodesk.rooms.traffic.models import Source
from radiodesk.rooms.traffic.tally import MOST_NOTES, Tally

BY = "desk"
TAKEN = "taken"
"""In a source's state: the keys of files that are kept and may still lie in the folder."""

log = logging.getLogger(__name__)


def look_into_folder(context: Context, source: Source, folder: Path) -> None:
    """Take in every settled file of a folder; what cannot be read or kept is told of on the health page."""
    now = context.clock.now()
    lying = settled_files(folder, now=now)
    tally, refusals, unreadable = Tally(), list[Refusal](), list[Path]()
    kept_before = frozenset(source.state.get(TAKEN, []))
    for path in (path for path, key in lying if key in kept_before):
        refusals += filter(None, [put_away(path, READ)])
    files = [(path, key) for path, key in lying if key not in kept_before][:MOST]
    for path, key in files:
        file = read_file(path, key, now=now)
        if file.refusal is not None:
            refusals.append(file.refusal)
            unreadable += [path] if file.opened else []
            continue
        refusals += filter(None, [_take_in(context, source.id, file, tally, now) or put_away(path, READ)])
    there = {key for _path, key in settled_files(folder, now=now)}
    with context.database.writing() as session, speaking(context.settings.language):
        row = session.get_one(Source, source.id)
        row.next_at, row.last_success_at = now + timedelta(minutes=row.minutes), now
        row.state = row.state | {TAKEN: [key for key in row.state.get(TAKEN, []) if key in there]}
        if lying:
            row.problem = " ".join(say(refusal) for refusal in refusals[:MOST_NOTES]) or None
            tally.tell(row)
        services.let_begin(session, at=now)
        announce(session, now, services.TOPIC, "source", row.public_id)
    # Only now, since a file that is moved before its reason is kept would be out of sight.
    for path in unreadable:
        put_away(path, REFUSED)


def _take_in(context: Context, source_id: int, file: FileRead, tally: Tally, now: datetime) -> Refusal | None:
    """Keep what a file holds, once; the reason when that fails, in which case the file stays and is tried again."""
    try:
        held = _understood(file, context, now)
        with context.database.writing() as session:
            row = session.get_one(Source, source_id)
            if file.key in row.state.get(TAKEN, []):
                return None
            taken = _keep(session, file, held, now)
            row.state = row.state | {TAKEN: [*row.state.get(TAKEN, []), file.key]}
    except OperationalError:
        raise  # The database is locked, full or gone, which is no matter of this file: the whole job is tried again.
    except Exception:  # one file that cannot be kept must not stop the others
        log.exception("%s could not be kept.", file.path)
        return FeedUnreadable("%(source)s could not be kept, so it stays and is tried again.", source=file.path.name)
    if file.result is not None:
        tally.add(len(file.result.reports) + len(file.result.alerts), taken, file.result.problems)
    else:
        tally.add(len(taken.reports) + len(taken.refused), taken)
        tally.left["no report"] += len(taken.refused)
    return None


def _understood(file: FileRead, context: Context, now: datetime) -> Placed | Posts:
    """What a file says of the station's roads, found out before anybody has to wait for it."""
    zone = context.settings.timezone
    with context.database.reading() as session:
        ears = learned_words.ears(session, context.settings.area)
    if file.result is not None:
        return place(file.result.reports, at=now, finder=ears.finder, zone=zone, known=ears.known)
    return sort_posts(file.text, source=file.path.stem, at=now, finder=ears.finder, zone=zone, known=ears.known)


def _keep(session: Session, file: FileRead, held: Placed | Posts, now: datetime) -> services.Taken:
    if isinstance(held, Posts):
        return services.keep_posts(session, held, by=BY, at=now)
    return services.keep_feed(session, file.result.alerts if file.result else (), held, by=BY, at=now)
