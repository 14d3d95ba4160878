"""The job that looks at a source, by ``road.fetcher`` or ``folder_watch``."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.events import announce
from radiodesk.core.i18n import say, speaking
from radiodesk.core.jobs import Context, Kind
from radiodesk.road.fetch_state import FetchPolicy, FetchState
from radiodesk.road.report_intake import place
from radiodesk.road.watched_folders import folder_of, is_folder
from radiodesk.rooms.traffic import learned_words, queries, services
from radiodesk.rooms.traffic.folder_watch import BY, look_into_folder
from radiodesk.rooms.traffic.models import Source
from radiodesk.rooms.traffic.sources import FETCH
from radiodesk.rooms.traffic.tally import Tally

log = logging.getLogger(__name__)


class LookFailed(Refusal):
    """Looking at a source came to an end that nobody expected; the log has it in full."""


def fetch_source(context: Context, source_id: int) -> None:
    """Look at one source; what was good before stays when it fails, and the reason is kept in words."""
    with context.database.reading() as session:
        source = session.get_one(Source, source_id)
        session.expunge(source)
    try:
        if is_folder(source.url):
            look_into_folder(context, source, folder_of(context.settings, source.url))
        else:
            _fetch_feed(context, source)
    except Refusal:
        raise
    except Exception as error:  # what can go wrong at other people's documents is without end
        log.exception("Looking at the source %s failed.", source.name)
        raise LookFailed(
            "Looking at this source failed for a reason that nobody expected; it is tried again."
        ) from error


def _fetch_feed(context: Context, source: Source) -> None:
    # Late: a worker without sources needs nothing that asks others.
    from radiodesk.road.fetcher import refresh
    from radiodesk.road.linked_warnings import with_linked

    now = context.clock.now()
    policy = FetchPolicy(every=timedelta(minutes=source.minutes), allow_private=source.own_network)
    state = FetchState.from_json(source.state, url=source.url)
    fetched = refresh(state, source=source.name, now=now, policy=policy)
    result = fetched.result
    linked: list[Refusal] = []
    if result is not None and result.links:
        with context.database.reading() as session:
            known = queries.warnings_in_full(session, [alert.identifier for alert in result.alerts])
        result, linked = with_linked(result, known=known, source=source.name, now=now, policy=policy)
    with context.database.reading() as session:
        ears = learned_words.ears(session, context.settings.area)
    zone = context.settings.timezone
    placed = (
        place(result.reports, at=now, finder=ears.finder, zone=zone, known=ears.known) if result is not None else None
    )
    with context.database.writing() as session, speaking(context.settings.language):
        row = session.get_one(Source, source.id)
        row.state, row.next_at = fetched.state.to_json(), fetched.state.next_at
        if fetched.refusal is not None:
            row.problem = say(fetched.refusal)
        else:
            row.problem, row.last_success_at = None, now
        if result is not None and placed is not None:
            tally = Tally(problems=[*linked])
            taken = services.keep_feed(session, result.alerts, placed, by=BY, at=now)
            tally.add(len(result.reports) + len(result.alerts), taken, result.problems)
            tally.tell(row)
        services.let_begin(session, at=now)
        announce(session, now, services.TOPIC, "source", row.public_id)


def _note_problem(session: Session, source_id: int, why: str, at: datetime) -> None:
    source = session.get_one(Source, source_id)
    source.problem = why
    announce(session, at, services.TOPIC, "source", source.public_id)


# The next turn of the source is its next try.
KINDS = {FETCH: Kind(fetch_source, _note_problem, waits=())}
