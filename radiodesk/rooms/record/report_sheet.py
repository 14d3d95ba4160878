"""An open-government report on paper."""

import threading
from typing import Any

from flask import Response

from radiodesk.core.i18n import gettext
from radiodesk.http.paper import send_sheet, told
from radiodesk.http.request import station
from radiodesk.rooms.archive.head_words import head_words
from radiodesk.rooms.record import open_report, report_files
from radiodesk.rooms.record.open_report import Report
from radiodesk.rooms.record.shown_reports import Shown, parts_of, places_of
from radiodesk.rooms.record.small_groups import LEAST
from radiodesk.rooms.tickets.categories import category_name

_printing = threading.Lock()
"""A sheet takes much of the processor: one after the other."""


def send_report(shown: Shown, name: str) -> Response:
    """The report as PDF; the same figures give the same bytes."""
    report, figures = shown.report, shown.report.figures
    lines = report_files.lines_of(figures, places_of(shown))
    own = station().settings
    groups = [
        _group(
            gettext("Topics"),
            [(category_name(one), count) for one, count in figures.topics.named],
            figures.topics.others,
        ),
        _group(gettext("Places"), list(figures.places.named), figures.places.others),
    ]
    with _printing:
        return send_sheet(
            "government_report",
            name,
            title=shown.title,
            address=own.public_address + shown.address(),
            number=own.public_address + shown.address(),
            printed=_standing(report),
            head=gettext("Open government report"),
            foot=own.operator,
            facts=[own.operator, _standing(report)],
            lines=[[line.name, line.value, line.note] for line in lines],
            groups=groups,
            removed={
                "title": gettext("What was taken out, by legal ground"),
                "columns": [gettext("Legal ground"), gettext("Things"), gettext("Broadcasts")],
                "rows": [list(row) for row in report_files.removal_lines(figures)],
                "none": gettext("Nothing was taken out."),
            },
            proof={
                "title": gettext("Proof"),
                "rows": [[name, value] for name, value in _proof(shown)],
                "note": gettext("Whoever has an older head of the log can check that nothing was changed since."),
            },
            parts={
                "title": gettext("Quarters") if report.period and not report.period.quarter else gettext("Broadcasts"),
                "columns": [
                    "",
                    gettext("Callers on air"),
                    gettext("Questions"),
                    gettext("Questions answered"),
                ],
                "rows": [
                    [
                        f"{one['name']} · {told('day', one['at'])}" if one.get("at") else one["name"],
                        str(one["part"].callers_on_air),
                        str(one["part"].questions),
                        str(one["part"].answered),
                    ]
                    for one in parts_of(shown)
                ],
            },
            closing=gettext(
                "Groups of fewer than %(least)s are counted together. Protected callers and confidential complaints "
                "are in no figure.",
                least=LEAST,
            ),
        )


def _group(title: str, named: list[tuple[str, int]], others: int | None) -> dict[str, Any]:
    rows = [[name, str(count)] for name, count in named]
    if others != 0:
        rows.append([gettext("Others, together"), f"< {LEAST}" if others is None else str(others)])
    return {"title": title, "rows": rows, "none": gettext("None is large enough to be told.")}


def _standing(report: Report) -> str:
    """Whether the figures stay, and since when."""
    if report.closed_at is not None:
        return gettext("closed %(at)s", at=told("day", report.closed_at))
    return gettext("as of %(at)s; still running", at=told("day", report.at))


def _proof(shown: Shown) -> list[tuple[str, str]]:
    figures = shown.report.figures
    rows = [(gettext("Packages sealed"), str(figures.packages_sealed))]
    if shown.broadcast is not None:
        rows.append((gettext("Digest of the package"), str(shown.broadcast.ledger_line.get("manifest", ""))))
    if figures.head_root:
        rows.append((gettext("Lines of the log"), str(figures.head_size)))
        rows.append((gettext("Root"), figures.head_root))
        rows.append((gettext("In words"), " · ".join(head_words(bytes.fromhex(figures.head_root)))))
    if shown.report.closed_at is not None:
        digest = open_report.digest(open_report.as_figures(figures))
        rows.append((gettext("Digest of these figures"), digest))
    return rows
