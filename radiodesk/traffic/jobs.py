"""Looking at a source: a thin job over ``fetching`` and ``folders``, which do the careful part."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from radiodesk.area.station import place_finder
from radiodesk.core.config import Settings
from radiodesk.core.errors import Refusal
from radiodesk.core.events import announce
from radiodesk.core.i18n import gettext, ngettext, say, speaking
from radiodesk.core.jobs import Context, Handler
from radiodesk.traffic import queries, services
from radiodesk.traffic.feeds.problem import Problem
from radiodesk.traffic.fetching import refresh
from radiodesk.traffic.fetchstate import FetchPolicy, FetchState
from radiodesk.traffic.folders import folder_of, is_folder, read_folder
from radiodesk.traffic.linked import with_linked
from radiodesk.traffic.models import Source
from radiodesk.traffic.ports import FeedResult
from radiodesk.traffic.sources import FETCH

BY = "desk"
MOST_NOTES = 20


def fetch_source(context: Context, source_id: int) -> None:
    """Look at one source; what was good before stays when it fails, and the reason is kept in words."""
    with context.database.reading() as session:
        source = session.get_one(Source, source_id)
        session.expunge(source)
    if is_folder(source.url):
        _look_into_folder(context, source, folder_of(context.settings, source.url))
    else:
        _fetch_feed(context, source)


def _fetch_feed(context: Context, source: Source) -> None:
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
    with context.database.writing() as session, speaking(context.settings.language):
        row = session.get_one(Source, source.id)
        row.state, row.next_at = fetched.state.to_json(), fetched.state.next_at
        if fetched.refusal is not None:
            row.problem = say(fetched.refusal)
        else:
            row.problem, row.last_success_at = None, now
        if result is not None:
            _keep(session, row, [result], context.settings, now, linked)
        announce(session, now, services.TOPIC, "source", row.public_id)


def _look_into_folder(context: Context, source: Source, folder: Path) -> None:
    now, settings = context.clock.now(), context.settings
    found = read_folder(folder, now=now)
    with context.database.writing() as session, speaking(settings.language):
        row = session.get_one(Source, source.id)
        row.next_at = now + timedelta(minutes=row.minutes)
        row.last_success_at = now
        if found.files:
            row.problem = " ".join(say(refusal) for refusal in found.refusals[:MOST_NOTES]) or None
            _keep(session, row, found.results, settings, now, [])
        refused = 0
        for name, text in found.posts:
            taken = services.take_posts(
                session,
                text,
                source=name,
                by=BY,
                at=now,
                finder=place_finder(settings.area),
                zone=settings.timezone,
            )
            row.last_items += len(taken.reports) + len(taken.refused)
            row.last_kept += len(taken.reports)
            refused += len(taken.refused)
        row.notes = [*row.notes, *_left({"no report": refused})]
        announce(session, now, services.TOPIC, "source", row.public_id)


def _keep(
    session: Session,
    row: Source,
    results: Sequence[FeedResult],
    settings: Settings,
    now: datetime,
    refusals: Sequence[Refusal],
) -> None:
    """Take in what documents held, and say of the source how much it was and what was odd."""
    row.last_items = row.last_kept = 0
    notes = [say(refusal) for refusal in refusals]
    for result in results:
        finder = place_finder(settings.area)
        taken = services.take_feed(session, result, by=BY, at=now, finder=finder, zone=settings.timezone)
        row.last_items += len(result.reports) + len(result.alerts)
        row.last_kept += len(taken.reports) + taken.warnings
        notes += [_in_words(problem) for problem in result.problems] + _left(taken.left)
    more = len(notes) - MOST_NOTES
    row.notes = [*notes[:MOST_NOTES], *([ngettext("and %(num)s more", "and %(num)s more", more)] if more > 0 else [])]


def _in_words(problem: str) -> str:
    return gettext(problem.message, **problem.facts) if isinstance(problem, Problem) else problem


def _left(left: Mapping[str, int]) -> list[str]:
    """What was not for this station, in words."""
    said = []
    if count := left.get("elsewhere"):
        said.append(
            ngettext(
                "%(num)s report lies outside the station's area.",
                "%(num)s reports lie outside the station's area.",
                count,
            )
        )
    if count := left.get("old"):
        said.append(ngettext("%(num)s report is too old.", "%(num)s reports are too old.", count))
    if count := left.get("ahead"):
        said.append(
            ngettext(
                "%(num)s report has a date that lies ahead.", "%(num)s reports have a date that lies ahead.", count
            )
        )
    if count := left.get("no report"):
        said.append(
            ngettext("%(num)s text tells nothing of a road now.", "%(num)s texts tell nothing of a road now.", count)
        )
    return said


HANDLERS: dict[str, Handler] = {FETCH: fetch_source}
