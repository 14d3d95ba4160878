"""Bulletins and situation reports become scripts: the traffic room's words, put where an officer approves them."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.area.pack import AreaPack
from radiodesk.core.config import Settings
from radiodesk.core.i18n import gettext
from radiodesk.programme import services
from radiodesk.programme.models import Script, ScriptKind
from radiodesk.traffic import queries as traffic
from radiodesk.traffic.appeals import load_appeals, pick_appeal, weather_words
from radiodesk.traffic.composing import Composition, Identity, Item, compose
from radiodesk.traffic.lapsit import parse_lapsit, spoken
from radiodesk.traffic.models import SituationReport
from radiodesk.traffic.services import use_appeal
from radiodesk.traffic.storing import condition_of


def identity(settings: Settings) -> Identity:
    """How the station names itself on air."""
    return Identity(station=settings.station, time_zone=settings.timezone, time_zone_name=settings.timezone_label)


def compile_bulletin(
    session: Session,
    settings: Settings,
    pack: AreaPack,
    *,
    seconds: int,
    reader: str,
    by: str,
    at: datetime,
    corrects: Script | None = None,
) -> Script:
    """Compile what is worth saying now into a script that waits for approval.

    It goes out of date when the first condition in it does, and says of every sentence what is behind it.
    """
    speed = services.words_per_minute(session, reader, settings.words_per_minute)
    alerts = traffic.live_warnings(session, at)
    conditions = [condition_of(row) for row in traffic.recent_conditions(session, at)]
    appeal = pick_appeal(
        load_appeals(),
        at=at,
        weather=weather_words(alerts, conditions),
        used_recently=traffic.appeals_used(session),
        rest=settings.appeal_rest,
        zone=settings.timezone,
    )
    composed = compose(
        conditions,
        at=at,
        seconds=seconds,
        pack=pack,
        alerts=alerts,
        appeal=appeal,
        words_per_minute=round(speed),
        variation=_running_number(session),
        station=identity(settings),
    )
    for item in composed.items:
        if item.appeal_id is not None:
            use_appeal(session, item.appeal_id, at=at)
    draft = services.Draft(composed.text, _items(composed, settings), _left_out(composed))
    local = at.astimezone(settings.zone)
    return services.write_script(
        session,
        ScriptKind.BULLETIN,
        gettext("Traffic bulletin %(time)s", time=f"{local:%H.%M}"),
        draft,
        by=by,
        at=at,
        speed=speed,
        valid_until=_valid_until(composed),
        corrects=corrects,
    )


def _running_number(session: Session) -> int:
    return session.scalar(select(func.count()).where(Script.kind == ScriptKind.BULLETIN)) or 0


def _valid_until(composed: Composition) -> datetime | None:
    ends = [
        condition.expires_at for item in composed.items for condition in item.conditions if item.kind == "condition"
    ]
    return min(ends, default=None)


def _items(composed: Composition, settings: Settings) -> list[dict[str, Any]]:
    return [
        {
            "kind": item.kind,
            "sentence": item.sentence,
            "why": gettext(item.why.message, **item.why.facts),
            "sources": _sources(item, settings),
        }
        for item in composed.items
    ]


def _sources(item: Item, settings: Settings) -> list[str]:
    said = [
        f"{report.source} {report.observed_at.astimezone(settings.zone):%H.%M}: {report.text}"
        for report in item.reports
        if report.observed_at is not None
    ]
    return said + [f"{alert.attribution or alert.sender}: {alert.headline}" for alert in item.alerts]


def _left_out(composed: Composition) -> list[dict[str, Any]]:
    return [{"what": one.what, "why": gettext(one.why)} for one in composed.left_out]


def situation_script(session: Session, settings: Settings, row: SituationReport, *, by: str, at: datetime) -> Script:
    """Turn a filed situation report into a script."""
    lapsit = parse_lapsit(row.text)
    title = gettext("Situation report %(day)s", day=f"{row.day:%d.%m.%Y}")
    draft = services.Draft(spoken(lapsit, station=identity(settings)))
    speed = float(settings.words_per_minute)
    return services.write_script(session, ScriptKind.SITUATION, title, draft, by=by, at=at, speed=speed)
