"""Reads for the traffic pages and the bulletin."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.road.fusion import fuse
from radiodesk.road.ports import FLOWS, Alert, Condition, Report
from radiodesk.rooms.calls.access import belongings
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.recordings.access import GUARDED
from radiodesk.rooms.traffic.models import (
    AppealUse,
    RoadCondition,
    RoadReport,
    SituationReport,
    Source,
    SourceState,
    Warned,
)
from radiodesk.rooms.traffic.report_rows import alert_of, condition_of, kept_report, without_words

WINDOW = timedelta(hours=6)
"""Longer ago than this nothing is fused any more, unless the report states its own end."""


def live_conditions(session: Session, at: datetime) -> list[RoadCondition]:
    """What holds now, worst first, then newest."""
    wanted = (
        select(RoadCondition)
        .where(RoadCondition.ended_at.is_(None), RoadCondition.expires_at > at)
        .options(selectinload(RoadCondition.reports))
    )
    found = list(session.scalars(wanted))
    return sorted(found, key=lambda row: (FLOWS.index(row.flow) if row.flow else -1, row.last_at), reverse=True)


def recent_conditions(session: Session, at: datetime) -> list[Condition]:
    """What holds now and what ended lately, for the bulletin to choose from and to say what is over.

    Fused from the reports themselves, which is much quicker than to load thousands of rows with their reports.
    """
    lasting = or_(RoadReport.observed_at > at - WINDOW, RoadReport.expires_at > at)
    wanted = select(RoadReport.id, RoadReport.content, RoadReport.condition_id, RoadReport.call_id)
    wanted = wanted.where(lasting, RoadReport.replaced_by_id.is_(None))
    reports: list[Report] = []
    found = session.execute(wanted.order_by(RoadReport.observed_at, RoadReport.id)).all()
    untold = _guarded(session, {call for *_, call in found if call is not None})
    for key, content, condition_id, call_id in found:
        if content is None:
            continue  # nobody can read it with the keys at hand
        report = kept_report(content, key, condition_id)
        reports.append(without_words(report) if call_id in untold else report)
    return fuse(reports, at, include_ended=True)


def public_ids(session: Session, keys: Collection[int]) -> dict[int, str]:
    """Public ids of these conditions by their keys."""
    found = session.execute(select(RoadCondition.id, RoadCondition.public_id).where(RoadCondition.id.in_(keys)))
    return dict(iter(found))


def conditions_by_public_ids(session: Session, wanted: Collection[str]) -> list[RoadCondition]:
    """These conditions in the order of their places; what is not there is left out."""
    found = session.scalars(select(RoadCondition).where(RoadCondition.public_id.in_(wanted)))
    return sorted(found, key=lambda row: row.id)


def told_conditions(session: Session, wanted: Collection[str]) -> list[Condition]:
    """These conditions (public ids) as a script may tell of them: no word of a guarded caller is in them."""
    rows = conditions_by_public_ids(session, wanted)
    calls = {report.call_id for row in rows for report in row.reports if report.call_id is not None}
    untold = _guarded(session, calls)
    return [condition_of(row, untold=untold) for row in rows]


def condition_by_public_id(session: Session, public_id: str) -> RoadCondition:
    """One condition; raises ``NotFound``."""
    found = session.scalar(select(RoadCondition).where(RoadCondition.public_id == public_id))
    if found is None:
        raise NotFound("This condition is not there.")
    return found


def words_of(session: Session, reports: Collection[RoadReport]) -> dict[int, str]:
    """What everybody at the station may read of these reports, by their keys; of a guarded caller no word."""
    untold = _guarded(session, {row.call_id for row in reports if row.call_id is not None})
    return {row.id: _shortened(row) if row.call_id in untold else row.text for row in reports}


def _shortened(row: RoadReport) -> str:
    return without_words(kept_report(row.content, row.id, row.condition_id)).text if row.content is not None else ""


def guarded_words(session: Session, since: datetime, until: datetime) -> set[str]:
    """The words of guarded callers in reports of a time, which nobody may read who finds them kept elsewhere."""
    wanted = select(RoadReport.call_id, RoadReport.content).where(
        RoadReport.call_id.is_not(None), RoadReport.observed_at >= since, RoadReport.observed_at <= until
    )
    found = session.execute(wanted).all()
    untold = _guarded(session, {call for call, _content in found if call is not None})
    return {content["text"] for call, content in found if call in untold and content is not None}


def _guarded(session: Session, calls: Collection[int]) -> set[int]:
    """Those of the calls, by key, that are protected or confidential."""
    found = belongings(session, session.scalars(select(Call).where(Call.id.in_(calls)))) if calls else {}
    return {call for call, belonging in found.items() if belonging in GUARDED}


def latest_reports(session: Session, limit: int = 40) -> list[RoadReport]:
    """The newest reports, newest first."""
    return list(
        session.scalars(
            select(RoadReport).where(RoadReport.replaced_by_id.is_(None)).order_by(RoadReport.id.desc()).limit(limit)
        )
    )


def condition_by_key(session: Session, key: int | None) -> RoadCondition | None:
    """One condition by the key of its row."""
    return session.get(RoadCondition, key) if key is not None else None


def report_by_public_id(session: Session, public_id: str) -> RoadReport:
    """One report; raises ``NotFound``."""
    found = session.scalar(select(RoadReport).where(RoadReport.public_id == public_id))
    if found is None:
        raise NotFound("This report is not there.")
    return found


def live_warnings(session: Session, at: datetime) -> list[Alert]:
    """Official warnings that hold now, and those that replace or cancel them."""
    wanted = select(Warned).where(or_(Warned.expires_at.is_(None), Warned.expires_at > at)).order_by(Warned.id)
    return [alert_of(row.content) for row in session.scalars(wanted)]


def warnings_in_full(session: Session, identifiers: Collection[str]) -> set[str]:
    """Those of these warnings that are kept with the area that their publisher drew."""
    wanted = select(Warned).where(Warned.identifier.in_(identifiers))
    return {row.identifier for row in session.scalars(wanted) if row.content.get("polygons")}


def appeals_used(session: Session, limit: int = 200) -> tuple[list[str], list[datetime]]:
    """Ids of the appeals used lately, newest first, and when each was used."""
    rows = session.execute(select(AppealUse.appeal, AppealUse.at).order_by(AppealUse.id.desc()).limit(limit)).all()
    return [appeal for appeal, _at in rows], [at for _appeal, at in rows]


def appeal_counts(session: Session) -> dict[str, tuple[int, datetime]]:
    """How often each appeal was used, and when last."""
    wanted = select(AppealUse.appeal, func.count(), func.max(AppealUse.at)).group_by(AppealUse.appeal)
    return {appeal: (count, last) for appeal, count, last in session.execute(wanted)}


def situation_reports(session: Session, page: int) -> Page[SituationReport]:
    """Filed Lapsit, newest day first."""
    wanted = select(SituationReport).order_by(SituationReport.day.desc(), SituationReport.id.desc())
    return page_of(session, wanted, page)


def situation_report_by_public_id(session: Session, public_id: str) -> SituationReport:
    """One Lapsit; raises ``NotFound``."""
    found = session.scalar(select(SituationReport).where(SituationReport.public_id == public_id))
    if found is None:
        raise NotFound("This situation report is not there.")
    return found


def sources(session: Session) -> list[Source]:
    """All sources by name."""
    return list(session.scalars(select(Source).order_by(Source.name)))


def source_by_public_id(session: Session, public_id: str) -> Source:
    """One source; raises ``NotFound``."""
    found = session.scalar(select(Source).where(Source.public_id == public_id))
    if found is None:
        raise NotFound("This source is not there.")
    return found


def state_of(source: Source, at: datetime) -> SourceState:
    """How a source is doing: stale after three missed rounds."""
    if not source.active:
        return SourceState.OFF
    if source.last_success_at is None:
        return SourceState.FAILING if source.problem else SourceState.NEVER
    if source.problem:
        return SourceState.FAILING
    late = at - source.last_success_at > timedelta(minutes=3 * source.minutes)
    return SourceState.STALE if late else SourceState.FRESH
