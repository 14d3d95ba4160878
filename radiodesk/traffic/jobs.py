"""Fetching a source: a thin job over ``fetching``, which does the careful part."""

from datetime import timedelta

from radiodesk.core.events import announce
from radiodesk.core.i18n import say_in
from radiodesk.core.jobs import Context, Handler
from radiodesk.traffic import services
from radiodesk.traffic.fetching import Refreshed, refresh
from radiodesk.traffic.fetchstate import FetchPolicy, FetchState
from radiodesk.traffic.models import Source
from radiodesk.traffic.sources import FETCH


def fetch_source(context: Context, source_id: int) -> None:
    """Fetch and read one source; what was good before stays when it fails, and the reason is kept in words."""
    with context.database.reading() as session:
        source = session.get_one(Source, source_id)
        state = FetchState.from_json(source.state, url=source.url)
        name, minutes = source.name, source.minutes
    now = context.clock.now()
    fetched = refresh(state, source=name, now=now, policy=FetchPolicy(every=timedelta(minutes=minutes)))
    with context.database.writing() as session:
        _keep(context, session.get_one(Source, source_id), fetched)
        if fetched.result is not None:
            services.take_feed(session, fetched.result, by="desk", at=now)
        announce(session, now, services.TOPIC, "source", source.public_id)


def _keep(context: Context, source: Source, fetched: Refreshed) -> None:
    source.state = fetched.state.to_json()
    source.next_at = fetched.state.next_at
    if fetched.refusal is not None:
        source.problem = say_in(context.settings.language, fetched.refusal)
        return
    source.problem, source.last_success_at = None, context.clock.now()
    if fetched.result is not None:
        source.last_items = len(fetched.result.reports) + len(fetched.result.alerts)


HANDLERS: dict[str, Handler] = {FETCH: fetch_source}
