"""Lends to the screener's screen the way from a caller's words to a road report."""

from flask import Flask, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.access import may_open
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.screen_ports import Fact, connections
from radiodesk.rooms.traffic.models import RoadReport


def report_road(session: Session, call_id: int, public_id: str) -> list[Fact]:
    """The way from a call to a road report, while it has led to none; one key takes it."""
    if session.scalar(select(RoadReport.id).where(RoadReport.call_id == call_id).limit(1)) is not None or not may_open(
        "traffic.from_call"
    ):
        return []
    received = session.get_one(Call, call_id).received_at
    # The key sits on the words, so that pressing it follows the link around them.
    words = Markup('<span data-key="w">{} <kbd>W</kbd></span>').format(gettext("Road report of it"))
    return [Fact(received, words, url_for("traffic.from_call", public_id=public_id))]


def connect(app: Flask, _settings: Settings) -> None:
    """Connect this room to an application's screener screen."""
    connections(app).actions.append(report_road)
