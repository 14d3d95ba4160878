"""Rekaman 24 jam: the lines that are recorded round the clock, a day of one of them, hearing and cutting out."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from radiodesk.core.errors import NotFound
from radiodesk.http.file_response import asked_part, send_local
from radiodesk.http.request import now, onward, session, stands_on, station
from radiodesk.rooms.accounts.access import allowed, me, note_further_look, note_look
from radiodesk.rooms.calls.access import belonging_of
from radiodesk.rooms.calls.models import CHANNEL_NAMES
from radiodesk.rooms.calls.visible import readable
from radiodesk.rooms.lines.line_board import Listening, configured
from radiodesk.rooms.lines.services import RECORDER
from radiodesk.rooms.logger import day_chart, forms, queries, services
from radiodesk.rooms.logger.access import require_stretch_open
from radiodesk.rooms.logger.forms import Times
from radiodesk.rooms.logger.models import CUT_TARGET_NAMES
from radiodesk.rooms.logger.stretch_sound import LONGEST_HEARD, stretch_mp3
from radiodesk.rooms.recordings.access import RULE, Act, Belonging, is_permitted
from radiodesk.rooms.recordings.services import pick_up
from radiodesk.sound.line_setup import Line, LineKind
from radiodesk.sound.logger.log_files import logged_lines
from radiodesk.sound.logger.log_reader import days_of, read_log, require_stretch

blueprint = Blueprint("logger", __name__, url_prefix="/rekaman24")

LISTENERS = RULE[Belonging.LINE_TAKE][Act.HEAR]
"""A log is the sound of a line that no call is known of."""


@blueprint.get("")
@allowed(*LISTENERS)
def logs() -> str:
    """The lines that have a log, and how it does."""
    settings = station().settings
    lines, _ = configured(settings)
    known = [line.id for line in lines.lines if line.log]
    others = [name for name in logged_lines(settings.logger) if name not in known]
    state = Listening(settings).state(RECORDER)
    told = (state or {}).get("logger") or {"lines": []}
    return render_template(
        "logger/logs.html",
        lines=[services.logged_line(settings, name) for name in [*known, *others]],
        known=known,
        told={one["id"]: one for one in told["lines"]},
        whys=day_chart.WHY_NAMES,
        days={name: days_of(settings.logger / name) for name in [*known, *others]},
        runs=state is not None,
    )


@blueprint.get("/<line_id>")
@allowed(*LISTENERS)
def day(line_id: str) -> str:
    """One day of a line."""
    line = services.logged_line(station().settings, line_id)
    zone = station().settings.zone
    return _day(line, forms.asked_times(now(), zone))


def _day(line: Line, times: Times) -> str:
    settings = station().settings
    begins, ends = day_chart.day_bounds(times.day, settings.zone)
    found = read_log(services.log_of(settings, line.id), begins, ends, now=now())
    note_look("log looked at", f"line {line.id}", day=times.day.isoformat())
    stretch = read_log(services.log_of(settings, line.id), times.begins, times.ends, now=now())
    return render_template(
        "logger/day.html",
        line=line,
        times=times,
        before=times.day - timedelta(days=1),
        after=times.day + timedelta(days=1),
        is_last=ends > now(),
        found=found,
        stretch=stretch,
        can_play=bool(stretch.pieces) and stretch.seconds <= LONGEST_HEARD * 3600,
        hours=day_chart.hours_of(found, begins, ends),
        peaks=day_chart.bars(found.minutes, begins, of_peak=True),
        means=day_chart.bars(found.minutes, begins, of_peak=False),
        gap_boxes=day_chart.gap_boxes(found.gaps, begins),
        begins=begins,
        whys=day_chart.WHY_NAMES,
        shows=queries.shows_in(session(), times.begins, times.ends) if line.kind is not LineKind.TELEPHONE else [],
        calls=readable(queries.calls_near(session(), times.begins, times.ends)),
        channels=CHANNEL_NAMES,
        cuts=_cuts(line, begins, ends),
        targets=CUT_TARGET_NAMES,
        places=_places,
        longest_heard=round(LONGEST_HEARD * 60),
        longest_cut=services.LONGEST_CUT,
    )


def _cuts(line: Line, begins: datetime, ends: datetime) -> list[Any]:
    return queries.cuts_of(session(), line.id, begins, ends)


def _places(target: str, subject: str) -> str:
    """Where what a stretch was attached to is looked at."""
    pages = {"broadcast": "broadcasts.broadcast", "call": "calls.call", "complaint": "tickets.ticket"}
    return url_for(pages[target], public_id=subject)


@blueprint.get("/<line_id>/suara.mp3")
@allowed(*LISTENERS)
def hear(line_id: str) -> Response:
    """A stretch to be heard."""
    settings = station().settings
    line = services.logged_line(settings, line_id)
    times = forms.asked_times(now(), settings.zone)
    require_stretch_open(session(), me(), line.id, line.kind, times.begins, times.ends)
    log = services.log_of(settings, line.id)
    found = require_stretch(log, times.begins, times.ends, now=now(), hours=LONGEST_HEARD)
    # A player fetches the rest in ranges: they belong to the listening that began with the first byte.
    part = asked_part()
    if part is None or part[0] == 0:
        note_look("log heard", f"line {line.id}", begins=found.begins.isoformat(), ends=found.ends.isoformat())
    else:
        note_further_look("log heard", f"line {line.id}")
    return send_local(stretch_mp3(settings, line.id, found), mimetype="audio/mpeg", max_age=0)


@blueprint.post("/<line_id>/potong")
@allowed(*LISTENERS)
def cut(line_id: str) -> Response:
    """Cut a stretch out and attach it."""
    settings = station().settings
    line = services.logged_line(settings, line_id)
    stands_on(lambda: _day(line, forms.sent_times(now(), settings.zone)))
    times, place = forms.form_times(settings.zone), forms.form_place()
    # Before the sound is written, and without a transaction while it is.
    with station().database.reading() as looking:
        require_stretch_open(looking, me(), line.id, line.kind, times.begins, times.ends)
        call = services.require_place(looking, line, place, times.begins, times.ends)
        if call is not None and not is_permitted(me(), Act.CHANGE, belonging_of(looking, call)):
            raise NotFound("This call is not known.")
    made = services.cut_sound(settings, line, times.begins, times.ends, at=now())
    try:
        services.attach_cut(session(), settings, made, place, by=me().username, at=now())
    except Exception:
        pick_up(settings, made.laid)
        raise
    shown = {"hari": times.day.isoformat(), "dari": times.first, "sampai": times.last}
    return onward("logger.day", line_id=line.id, **shown, _anchor="cuts")
