"""A report as page and paper show it: with its name, its addresses, and the names of its parts as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from radiodesk.core.i18n import gettext
from radiodesk.http.request import session
from radiodesk.rooms.record import public_queries as queries
from radiodesk.rooms.record import report_files
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.record.open_report import Report
from radiodesk.rooms.record.report_periods import period_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A report with its name, and the endpoints and values of its addresses."""

    report: Report
    title: str
    endpoint: str
    values: Mapping[str, Any]
    broadcast: PublishedBroadcast | None = None

    def address(self, form: str = "", **more: Any) -> str:
        """Where it stands as a page, or in the form ``pdf``, ``json``, ``csv`` or ``questions``."""
        return url_for(f"reports.{self.endpoint}{'_' if form else ''}{form}", **self.values, **more)


def places_of(shown: Shown) -> report_files.Places:
    """Where that stands which a report counts."""

    def questions(which: str) -> str:
        return shown.address("questions", **({"yang": which} if which else {}))

    if shown.broadcast is None:
        own = shown.address()
        return report_files.Places(f"{own}#bagian", f"{own}#bagian", questions, f"{own}#bagian", url_for("log.page"))
    own = url_for("site.broadcast", public_id=shown.broadcast.public_id)
    return report_files.Places(own, f"{own}#catatan-siar", questions, own, url_for("log.page"))


def parts_of(shown: Shown) -> list[dict[str, Any]]:
    """The broadcasts of a quarter or the quarters of a year, with names and addresses as they are now."""
    period, parts = shown.report.period, shown.report.figures.parts
    if period is None:
        return []
    if period.quarter is None:
        return [
            {"part": one, "name": period_of(one.id).name, "address": url_for("reports.period", key=one.id)}
            for one in parts
        ]
    names = _titles([one.id for one in parts])
    gone = gettext("A broadcast that was withdrawn")
    return [
        {
            "part": one,
            "name": names[one.id][0] if one.id in names else gone,
            "at": names[one.id][1] if one.id in names else None,
            "address": url_for("reports.broadcast", public_id=one.id) if one.id in names else None,
        }
        for one in parts
    ]


def _titles(public_ids: list[str]) -> dict[str, tuple[str, datetime]]:
    told_of = select(PublishedBroadcast.public_id, PublishedBroadcast.title, PublishedBroadcast.started_at)
    wanted = told_of.where(queries.OPEN, PublishedBroadcast.public_id.in_(public_ids))
    return {one: (title, at) for one, title, at in session().execute(wanted)}
