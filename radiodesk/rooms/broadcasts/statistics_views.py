"""Figures of the calls: of a month, of one broadcast, and as a table for other programs."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template

from radiodesk.core import inputs
from radiodesk.core.csv_tables import csv_text
from radiodesk.core.errors import Unreadable
from radiodesk.http.request import asked, now, session, station
from radiodesk.rooms.accounts.access import allowed
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import call_statistics, desk_calendar, queries
from radiodesk.rooms.broadcasts.call_statistics import Figures
from radiodesk.rooms.broadcasts.editions import station_day

blueprint = Blueprint("call_statistics", __name__)

COLUMNS = ("came", "taken", "on_air", "lost", "median_wait_seconds", "longest_wait_seconds")


def _month() -> date:
    """The first day of the month that is asked for, else of this one."""
    try:
        found = desk_calendar.within(inputs.day(asked("bulan", 10)))
    except Unreadable:
        found = station_day(now(), station().settings.zone)
    return found.replace(day=1)


@blueprint.get("/siaran/statistik")
@allowed(Role.PRODUCER)
def month() -> str:
    day, zone = _month(), station().settings.zone
    begin, end = call_statistics.month_of(day, zone)
    shows = call_statistics.broadcasts_between(session(), begin, end)
    return render_template(
        "broadcasts/statistics.html",
        day=day,
        before=(day - timedelta(days=1)).replace(day=1),
        after=(day + timedelta(days=32)).replace(day=1),
        is_last=end > now(),
        statistics=call_statistics.statistics_of(session(), call_statistics.calls_between(session(), begin, end)),
        shows=shows,
        most=max((one.figures.came for one in shows), default=0),
        broadcast=None,
    )


@blueprint.get("/siaran/<public_id>/statistik")
@allowed(Role.PRODUCER)
def broadcast(public_id: str) -> str:
    found = queries.broadcast_by_public_id(session(), public_id)
    told = call_statistics.of_broadcast(session(), found)
    return render_template("broadcasts/statistics.html", statistics=told, broadcast=found, shows=())


@blueprint.get("/siaran/statistik.csv")
@allowed(Role.PRODUCER)
def month_csv() -> Response:
    day, zone = _month(), station().settings.zone
    begin, end = call_statistics.month_of(day, zone)
    shows = call_statistics.broadcasts_between(session(), begin, end)
    rows = [[_local(one.broadcast.on_air_at, zone), one.broadcast.title, *_cells(one.figures)] for one in shows]
    return Response(
        csv_text(["on_air_at", "title", *COLUMNS], rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="telepon-{day:%Y-%m}.csv"'},
    )


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat() if at is not None else ""


def _cells(figures: Figures) -> list[str]:
    waits = ("" if wait is None else f"{wait:.0f}" for wait in (figures.median_wait, figures.longest_wait))
    return [str(figures.came), str(figures.taken), str(figures.on_air), str(figures.lost), *waits]
