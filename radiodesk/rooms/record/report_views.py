"""Open-government reports on the public site: of each broadcast, quarter and year, as pages, paper, JSON and CSV.

The pages are kept as they were rendered (``web.short_path``), so a sheet is printed once for each edition.
"""

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy import select

from radiodesk.core.database import database_of
from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import gettext
from radiodesk.core.tlog.checkpoints import Checkpoint
from radiodesk.http.request import asked, asked_page, now, session, station
from radiodesk.rooms.archive.head_words import head_words
from radiodesk.rooms.archive.published_log import told_head
from radiodesk.rooms.record import closed_reports, open_report, report_files
from radiodesk.rooms.record import public_queries as queries
from radiodesk.rooms.record.models import ClosedReport, PublishedBroadcast, PublishedTicket
from radiodesk.rooms.record.report_periods import period_of
from radiodesk.rooms.record.report_sheet import send_report
from radiodesk.rooms.record.shown_reports import Shown, parts_of, places_of
from radiodesk.rooms.record.small_groups import LEAST
from radiodesk.rooms.tickets.categories import category_name
from radiodesk.rooms.tickets.models import STATE_NAMES

blueprint = Blueprint("reports", __name__)

QUESTIONS_A_PAGE = 100


@blueprint.get("/laporan/")
def page() -> str:
    """All reports, newest first."""
    zone = station().settings.zone
    closed = {one.period: one for one in session().scalars(select(ClosedReport))}
    periods = closed_reports.periods(session(), zone, now())
    return render_template("public/government_reports.html", periods=periods[::-1], closed=closed)


@blueprint.get("/laporan/<key>")
def period(key: str) -> str:
    return _page(_period(key))


@blueprint.get("/laporan/<key>.pdf")
def period_pdf(key: str) -> Response:
    return send_report(_period(key), f"laporan-{key}")


@blueprint.get("/laporan/<key>.json")
def period_json(key: str) -> Response:
    return _json(_period(key))


@blueprint.get("/laporan/<key>.csv")
def period_csv(key: str) -> Response:
    return _csv(_period(key))


@blueprint.get("/laporan/<key>/pengaduan")
def period_questions(key: str) -> str:
    shown = _period(key)
    begin, end = period_of(key).bounds(station().settings.zone)
    return _questions(shown, open_report.asked_between(session(), begin, end))


@blueprint.get("/siaran/<public_id>/laporan")
def broadcast(public_id: str) -> str:
    return _page(_broadcast(public_id))


@blueprint.get("/siaran/<public_id>/laporan.pdf")
def broadcast_pdf(public_id: str) -> Response:
    return send_report(_broadcast(public_id), f"laporan-{public_id}")


@blueprint.get("/siaran/<public_id>/laporan.json")
def broadcast_json(public_id: str) -> Response:
    return _json(_broadcast(public_id))


@blueprint.get("/siaran/<public_id>/laporan.csv")
def broadcast_csv(public_id: str) -> Response:
    return _csv(_broadcast(public_id))


@blueprint.get("/siaran/<public_id>/laporan/pengaduan")
def broadcast_questions(public_id: str) -> str:
    found = queries.open_by_id(session(), public_id)
    return _questions(_shown(found), open_report.asked_of(session(), found))


def _period(key: str) -> Shown:
    wanted, zone = period_of(key), station().settings.zone
    report = open_report.of_period(session(), wanted, zone, _head(), at=now())
    if open_report.is_empty(report):
        raise NotFound("There is no report of such a time.")
    return Shown(report, gettext("Report: %(period)s", period=wanted.name), "period", {"key": wanted.key})


def _broadcast(public_id: str) -> Shown:
    return _shown(queries.open_by_id(session(), public_id))


def _shown(found: PublishedBroadcast) -> Shown:
    report = open_report.of_broadcast(session(), found, _head(), at=now())
    title = gettext("Report: %(title)s", title=found.title)
    return Shown(report, title, "broadcast", {"public_id": found.public_id}, found)


def _head() -> Checkpoint | None:
    head = told_head(station().settings, database_of(session()).keys)
    return head[0] if head else None


def _page(shown: Shown) -> str:
    figures = shown.report.figures
    return render_template(
        "public/government_report.html",
        shown=shown,
        report=shown.report,
        figures=figures,
        lines=report_files.lines_of(figures, places_of(shown)),
        removals=report_files.removal_lines(figures),
        removals_address=_removals_address(shown),
        topic_name=category_name,
        parts=parts_of(shown),
        words=head_words(bytes.fromhex(figures.head_root)) if figures.head_root else (),
        least=LEAST,
    )


def _removals_address(shown: Shown) -> str:
    if shown.broadcast is not None:
        return url_for("site.register", public_id=shown.broadcast.public_id)
    return url_for("site.removed_csv")


def _json(shown: Shown) -> Response:
    own = station().settings
    about: dict[str, Any] = {"station": own.station, "operator": own.operator}
    about["url"] = own.public_address + shown.address()
    about["broadcast"] = shown.broadcast.public_id if shown.broadcast else None
    return _file("application/json", report_files.report_as_json(shown.report, about=about))


def _csv(shown: Shown) -> Response:
    return _file("text/csv", report_files.report_as_csv(shown.report))


def _file(kind: str, text: str) -> Response:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
    return Response(text, content_type=f"{kind}; charset=utf-8", headers=headers)


def _questions(shown: Shown, found: list[PublishedTicket]) -> str:
    """The complaints that a figure counts: without topic and place, of which small groups are not told."""
    which, page = asked("yang", 10), asked_page()
    at = now()
    if which == "dijawab":
        found = [one for one in found if one.answered_at is not None]
    elif which == "janji":
        found = [one for one in found if open_report.promises_of([one], at)[0]]
    first = (page - 1) * QUESTIONS_A_PAGE
    some = found[first : first + QUESTIONS_A_PAGE]
    return render_template(
        "public/government_questions.html",
        shown=shown,
        which=which,
        rows=[{"ticket": one, "promises": open_report.promises_of([one], at)} for one in some],
        total=len(found),
        page=page,
        more=first + QUESTIONS_A_PAGE < len(found),
        state_names=STATE_NAMES,
    )
