"""Shows a legal hold at the thing that it lies on: a broadcast, a call's card, a complaint."""

from datetime import datetime

from flask import Flask
from markupsafe import Markup
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.http.request import now, part, session
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.screen_ports import connections
from radiodesk.rooms.retention import holds
from radiodesk.rooms.retention.models import HeldKind
from radiodesk.rooms.retention.views import ADDRESS_WORDS


def hold_strip(kind: str, subject: str) -> Markup:
    """The holds in force on a thing, and for who may, the way to lay one; for templates of earlier rooms."""
    held = HeldKind(kind)
    laid = holds.in_force_on(session(), held, subject, now())
    return part("retention/_hold_strip.html", laid=laid, kind=ADDRESS_WORDS[held], subject=subject)


def call_slip(session: Session, call: Call, at: datetime) -> Markup:
    """The same as a part of a call's card."""
    laid = holds.in_force_on(session, HeldKind.CALL, call.public_id, at)
    place = {"kind": ADDRESS_WORDS[HeldKind.CALL], "subject": call.public_id}
    # Nobody lays a hold on who is on the line.
    return part("retention/_hold_strip.html", laid=laid, quiet=call.is_open, **place)


def connect(app: Flask, settings: Settings) -> None:
    """Connect this room to the desk's screens."""
    app.jinja_env.globals["hold_strip"] = hold_strip
    connections(app).slips.append(call_slip)
