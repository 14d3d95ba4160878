"""What is looked at before an act that cannot be undone: each point is there, or says what is missing.

Who wants to go on in spite of what is missing says so; without that the act is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict
from radiodesk.core.i18n import N_, gettext, ngettext
from radiodesk.rooms.broadcasts import services
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.broadcasts.rundown_items import rundown

EARLY = timedelta(minutes=5)
"""A broadcast may begin so long before its time without a question."""


class NotReady(Conflict):
    """Something is missing, and nobody said that it may be."""


@dataclass(frozen=True, slots=True)
class Point:
    """One line of a checklist."""

    name: str
    """As a message id."""
    missing: str = ""
    """What is missing, in the language of the request; empty where nothing is."""
    mend: str = ""
    """What would mend it: a name that the page has a link for."""
    subject: str = ""
    """Public id of what that link leads to."""


def require(points: Sequence[Point], *, sure: bool) -> None:
    """Raise ``NotReady``, naming what is missing, unless nothing is or the person is sure."""
    missing = " ".join(point.missing for point in points if point.missing)
    if missing and not sure:
        raise NotReady(
            "Something is missing: %(what)s Look at the list, and say that you want it all the same.", what=missing
        )


def before_air(session: Session, broadcast: Broadcast, at: datetime) -> list[Point]:
    """What is looked at before a broadcast goes on air."""
    items = rundown(session, broadcast.id)
    waiting = next((item.script for item in items if item.script is not None and not item.script.approved), None)
    other = services.on_air(session)
    busy = other if other is not None and other.id != broadcast.id else None
    return [
        Point(N_("It is time"), _time(broadcast, at)),
        Point(
            N_("Nothing else is on air"),
            gettext("%(title)s is still on air. End it first.") % {"title": busy.title} if busy else "",
            "host",
            busy.public_id if busy else "",
        ),
        Point(N_("The rundown is there"), "" if items else gettext("The rundown is empty."), "rundown"),
        Point(
            N_("The scripts are approved"),
            gettext("The script %(title)s waits for approval.") % {"title": waiting.title} if waiting else "",
            "script",
            waiting.public_id if waiting else "",
        ),
    ]


def _time(broadcast: Broadcast, at: datetime) -> str:
    if at > broadcast.planned_end:
        return gettext("Its planned time is over.")
    early = broadcast.planned_start - at
    if early <= EARLY:
        return ""
    if early >= timedelta(hours=2):
        hours = round(early / timedelta(hours=1))
        return ngettext("It begins in %(num)s hour.", "It begins in %(num)s hours.", hours) % {"num": hours}
    minutes = round(early / timedelta(minutes=1))
    return ngettext("It begins in %(num)s minute.", "It begins in %(num)s minutes.", minutes) % {"num": minutes}
