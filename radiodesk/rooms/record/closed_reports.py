"""Closes the reports of quarters and years that are over: their figures are kept as they are, with a line in the log.

A closed report is not counted again, neither for a late answer nor for a caller who became protected later: the
difference between two countings would tell of one of them.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive import record_log
from radiodesk.rooms.archive.models import LogEntry, LogKind
from radiodesk.rooms.archive.published_log import told_head
from radiodesk.rooms.record.models import ClosedReport, PublishedBroadcast, PublishedTicket
from radiodesk.rooms.record.open_report import as_figures, digest, is_empty, of_period
from radiodesk.rooms.record.report_periods import Period, quarter_at


def close_due(settings: Settings, database: Database, at: datetime) -> int:
    """Close every report whose time is long enough over, oldest first; gives how many were closed."""
    with database.reading() as session:
        due = due_periods(session, settings.zone, at)
    if not due:
        return 0
    head = told_head(settings, database.keys)
    closed = 0
    for period in due:
        with database.writing() as session:
            report = of_period(session, period, settings.zone, head[0] if head else None, at=at)
            if report.closed_at is None and not is_empty(report):
                figures = as_figures(report.figures)
                session.add(ClosedReport(period=period.key, figures=figures, closed_at=at))
                facts = {"period": period.key, "figures": digest(figures)}
                record_log.append(session, LogKind.REPORTED, period.key, at=at, **facts)
                closed += 1
    return closed


def due_periods(session: Session, zone: ZoneInfo, at: datetime) -> list[Period]:
    """Quarters and years that are over and not closed yet; a year follows its quarters."""
    closed = set(session.scalars(select(ClosedReport.period)))
    return [one for one in periods(session, zone, at) if one.may_close(at, zone) and one.key not in closed]


def periods(session: Session, zone: ZoneInfo, at: datetime) -> list[Period]:
    """All quarters, each year behind its last one, from the first that has anything to report until a moment."""
    first = earliest(session)
    if first is None or first > at:
        return []
    found, last = [], quarter_at(at, zone)
    one = quarter_at(first, zone)
    while one <= last:
        found.append(one)
        if one.quarter == 4 or one == last:
            found.append(one.whole)
        one = Period(one.year + 1, 1) if one.quarter == 4 else Period(one.year, (one.quarter or 0) + 1)
    return found


def earliest(session: Session) -> datetime | None:
    """When the first thing was that a report tells of."""
    listed = select(func.min(PublishedTicket.created_at)).where(PublishedTicket.listed)
    moments = [session.scalar(select(func.min(PublishedBroadcast.started_at))), session.scalar(listed)]
    return min((one for one in moments if one is not None), default=None)


def edition(session: Session, key: str | None, zone: ZoneInfo, at: datetime) -> tuple[object, ...]:
    """By what the pages of a report change besides the published broadcasts: of a closed one by nothing more.

    ``key`` is a period's, empty for the list of reports, and ``None`` for the report of a broadcast.
    """
    closed = select(ClosedReport.closed_at).where(ClosedReport.period == key)
    if key and (closed_at := session.scalar(closed)) is not None:
        return ("closed", closed_at)
    figures = select(func.count(), func.sum(PublishedTicket.ticket_version), func.max(PublishedTicket.changed_at))
    tickets = tuple(session.execute(figures.where(PublishedTicket.listed)).one())
    places = session.scalar(select(func.max(LogEntry.place)))
    # Promises run out while nothing changes.
    hour = at.astimezone(zone).strftime("%Y-%m-%d %H")
    return (*tickets, places, session.scalar(select(func.count()).select_from(ClosedReport)), hour)
