"""A broadcast after its end: its timeline, the boundaries that are moved by hand, and what still hinders sealing."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from radiodesk.core import inputs
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.http.request import back, field, now, session, station
from radiodesk.rooms.accounts.access import allowed, me, note_look
from radiodesk.rooms.archive import queries, seal_checklist
from radiodesk.rooms.archive.models import PackageState
from radiodesk.rooms.archive.views import KEEPERS
from radiodesk.rooms.broadcasts import boundaries
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.models import AS_RUN_KIND_NAMES, Broadcast, BroadcastState
from radiodesk.rooms.broadcasts.timeline import timeline

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/siaran/<public_id>/linimasa")
@allowed(*KEEPERS)
def broadcast(public_id: str) -> str:
    found = broadcasts.broadcast_by_public_id(session(), public_id)
    if found.state is not BroadcastState.ENDED:
        raise Conflict("%(title)s is not over yet. Its timeline is drawn after it.", title=found.title)
    note_look("timeline looked at", f"broadcast {found.public_id}")
    is_open = boundaries.is_open(session(), found) and not _is_being_sealed(found)
    points = seal_checklist.before_seal(session(), station().settings.spool, found) if is_open else []
    return render_template(
        "archive/timeline.html",
        broadcast=found,
        line=timeline(session(), found),
        is_open=is_open,
        points=points,
        kinds=AS_RUN_KIND_NAMES,
    )


@blueprint.post("/siaran/<public_id>/linimasa/<entry_id>")
@allowed(*KEEPERS)
def move(public_id: str, entry_id: str) -> Response:
    found = broadcasts.broadcast_by_public_id(session(), public_id)
    if _is_being_sealed(found):
        # The package may be half written with the moments as they are.
        raise Conflict("%(title)s is being sealed. Nothing in it can be changed any more.", title=found.title)
    # A word that was pressed, else the time that was written beside it.
    offset = _seconds(field("word", 12) or field("offset", 12))
    boundaries.move_boundary(session(), found, inputs.number(entry_id), offset, by=me().username, at=now())
    return back("timeline.broadcast", public_id=public_id, _anchor=f"batas-{entry_id}")


def _is_being_sealed(broadcast: Broadcast) -> bool:
    package = queries.package_of(session(), broadcast)
    return package is not None and package.state is PackageState.WAITING


def _seconds(text: str) -> float:
    """Seconds of ``83.5``, ``1:23.5`` or ``1:02:03``; raises ``Unreadable``."""
    try:
        parts = [float(part) for part in text.replace(",", ".").split(":")]
        if not 1 <= len(parts) <= 3 or any(not 0 <= part < 1e6 for part in parts):
            raise ValueError(text)
    except ValueError:
        raise Unreadable("“%(given)s” is no time such as 12:34.5.", given=text).of("offset") from None
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + part
    return seconds
