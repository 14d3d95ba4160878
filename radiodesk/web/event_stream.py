"""The stream of changes that open screens follow (server-sent events; id = event row = Last-Event-ID).

It goes by the rule of ``recordings.access``: of what a person may not read no id is sent. Where their screens show
something all the same (that a protected caller waits, that a complaint is there) they are told that something changed,
not what.
"""

import json
import time
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context

from radiodesk.core.errors import Unreadable
from radiodesk.core.inputs import number
from radiodesk.core.notifier import Change
from radiodesk.http.request import station
from radiodesk.rooms.accounts import second_factor, sessions
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Person
from radiodesk.rooms.recordings.access import Act, is_permitted
from radiodesk.web.event_subjects import Subjects

blueprint = Blueprint("live", __name__)

HEARTBEAT = 15.0
"""Seconds after which an open stream looks whether its person is still signed in, and with which roles."""

_WORDS = frozenset({"words", "speech", "recordings"})
"""Topics of words and sound: who may not have them has nothing on screen that would change."""
_EXTENSION = "radiodesk.web.event_subjects"


def _told(change: Change) -> str:
    data = {"topic": change.topic, "kind": change.kind, "subject": change.subject, **change.details}
    return f"id: {change.id}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _for(person: Person, change: Change, subjects: Subjects) -> Change | None:
    """A change as this person may know of it."""
    belonging = subjects.belonging(change)
    if belonging is None or is_permitted(person, Act.READ, belonging):
        return change
    return None if change.topic in _WORDS else Change(change.id, change.topic, "changed", None, {})


def _subjects() -> Subjects:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found: Subjects = app.extensions.setdefault(_EXTENSION, Subjects(app, station().database))
    return found


def _still_here(token: str) -> Person | None:
    """The person of an open stream; ``None`` once the sign-in has ended, or waits for a second factor."""
    with station().database.reading() as session:
        found = sessions.current(session, token, at=station().clock.now())
    if found is None or second_factor.is_due(found.person, station().settings.second_factor_roles):
        return None
    return found.person


@blueprint.get("/langsung")
def stream() -> Response:
    """Changes of the topics asked for, from the row after the last one that the screen saw."""
    topics = set(filter(None, request.args.get("topik", "").split(",")))
    try:
        last = number(request.headers.get("Last-Event-ID") or request.args.get("sejak", ""))
    except Unreadable:
        last = None
    subjects, token = _subjects(), request.cookies.get(COOKIE, "")

    def lines() -> Iterator[str]:
        yield "retry: 1500\n\n"
        person, asked = _still_here(token), time.monotonic()
        for changes in station().notifier.follow(last):
            if time.monotonic() - asked >= HEARTBEAT:
                person, asked = _still_here(token), time.monotonic()
            if person is None:
                return
            wanted = (change for change in changes if not topics or change.topic in topics)
            seen = (_for(person, change, subjects) for change in wanted)
            if not changes:
                yield ": still here\n\n"
            elif told := "".join(_told(change) for change in seen if change is not None):
                yield told

    return Response(
        stream_with_context(lines()),
        content_type="text/event-stream; charset=utf-8",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


@blueprint.get("/alarm")
def alarms() -> str:
    """What is wrong with the station now, as every page shows it."""
    return render_template("web/_alarms.html")
