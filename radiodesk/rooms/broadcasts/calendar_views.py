"""The calendar of broadcasts, by week and by month. It works by links and forms; keys and dragging come on top."""

from datetime import date, timedelta

from flask import Blueprint, render_template

from radiodesk.core import inputs
from radiodesk.core.errors import Unreadable
from radiodesk.http.request import asked, now, session, station
from radiodesk.rooms.broadcasts import desk_calendar
from radiodesk.rooms.broadcasts.editions import station_day
from radiodesk.rooms.broadcasts.models import BROADCAST_STATE_NAMES
from radiodesk.rooms.broadcasts.queries import found_by_public_id
from radiodesk.rooms.tickets.station_rules import load_rules

blueprint = Blueprint("calendar", __name__)


def _day() -> date:
    """The day that is asked for, else today."""
    try:
        return desk_calendar.within(inputs.day(asked("hari", 10)))
    except Unreadable:
        return station_day(now(), station().settings.zone)


@blueprint.get("/siaran/kalender")
def week() -> str:
    day = _day()
    return _render(
        "broadcasts/week.html", desk_calendar.week_page, day, day - timedelta(days=7), day + timedelta(days=7)
    )


@blueprint.get("/siaran/kalender/bulan")
def month() -> str:
    day = _day()
    before, after = day.replace(day=1) - timedelta(days=1), (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return _render("broadcasts/month.html", desk_calendar.month_page, day, before.replace(day=1), after)


def _render(template: str, page: desk_calendar.PageMaker, day: date, before: date, after: date) -> str:
    settings = station().settings
    moved = found_by_public_id(session(), asked("pindah", 36))
    return render_template(
        template,
        page=page(session(), day, now(), settings.zone, load_rules(settings).calendar),
        day=day,
        before=before,
        after=after,
        today=station_day(now(), settings.zone),
        moved=moved if moved is not None and moved.moved_from is not None else None,
        states=BROADCAST_STATE_NAMES,
    )
