"""The outbox: replies that have not reached their listener yet, why, and another try."""

from dataclasses import replace

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from radiodesk.http.request import asked_page, back, now, session
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.access import opened, readable
from radiodesk.rooms.calls.models import CHANNEL_NAMES
from radiodesk.rooms.messages import intake, outbox
from radiodesk.rooms.messages.models import TRANSFER_NAMES

blueprint = Blueprint("outbox", __name__, url_prefix="/antrean")

CREW = (Role.SCREENER, Role.PRODUCER)


@blueprint.get("/kiriman")
@allowed(*CREW)
def unsent() -> str:
    listed = outbox.unsent(session(), at=now(), page=asked_page())
    shown = {call.id for call in readable({row.call_id: row.call for row in listed.rows}.values())}
    rows = [row for row in listed.rows if row.call_id in shown]
    return render_template(
        "messages/outbox.html",
        listed=replace(listed, rows=rows),
        tries=outbox.tries(session(), rows),
        channels=CHANNEL_NAMES,
        transfers=TRANSFER_NAMES,
    )


@blueprint.post("/kiriman/<public_id>/ulang")
@allowed(*CREW)
def again(public_id: str) -> Response:
    reply = outbox.reply_by_public_id(session(), public_id)
    opened(reply.call.public_id)
    outbox.again(session(), reply, by=me().username, at=now())
    return back("outbox.unsent")


@blueprint.post("/<public_id>/berkas")
@allowed(*CREW)
def fetch_again(public_id: str) -> Response:
    """Ask the channel once more for the files of a message that could not be had."""
    intake.fetch_again(session(), opened(public_id), by=me().username, at=now())
    return back("calls.call", public_id=public_id)
