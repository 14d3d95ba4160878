"""Warnings that a news feed only announces: the CAP file behind each link is fetched, which draws the area.

BMKG publishes its nowcast in that way. A file that cannot be had costs nothing but the drawn area: the announcement
stays.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from radiodesk.core.errors import Refusal
from radiodesk.road.fetch_state import FetchPolicy, FetchState
from radiodesk.road.fetcher import refresh
from radiodesk.road.ports import Alert, FeedResult

MOST = 10
"""Files of one round; a whole country's nowcast has about thirty at a time, most of them known already."""


def with_linked(
    result: FeedResult, *, known: Collection[str], source: str, now: datetime, policy: FetchPolicy
) -> tuple[FeedResult, list[Refusal]]:
    """The document with the warnings of its CAP files in place of their announcements, and what could not be had.

    ``known`` are identifiers of warnings that are kept in full already.
    """
    alerts: list[Alert] = []
    refusals: list[Refusal] = []
    asked = 0
    for alert in result.alerts:
        if alert.identifier in known or alert.polygons or alert.url not in result.links or asked >= MOST:
            alerts.append(alert)
            continue
        asked += 1
        got = refresh(FetchState(alert.url), source=source, now=now, policy=policy)
        if got.refusal is not None:
            refusals.append(got.refusal)
        full = got.result.alerts if got.result else ()
        alerts += [_of_the_feed(one, alert) for one in full] or [alert]
    return replace(result, alerts=tuple(alerts)), refusals


def _of_the_feed(full: Alert, announced: Alert) -> Alert:
    return replace(full, attribution=full.attribution or announced.attribution, url=full.url or announced.url)
