"""What was written: replies and the outbox of those that have not reached their listener yet, attachments, files."""

from dataclasses import replace

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from radiodesk.http.file_response import send
from radiodesk.http.request import asked_page, back, field, now, session, station
from radiodesk.rooms.accounts.access import allowed, me, note_look
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import CHANNEL_NAMES, Call
from radiodesk.rooms.calls.views import in_place
from radiodesk.rooms.calls.visible import opened, readable
from radiodesk.rooms.messages import attachments, intake, outbox
from radiodesk.rooms.messages.models import TRANSFER_NAMES

blueprint = Blueprint("messages", __name__, url_prefix="/antrean")

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
    return back("messages.unsent")


@blueprint.post("/<public_id>/balas")
@allowed(*CREW)
@in_place
def reply(public_id: str) -> Response:
    found = opened(public_id)
    outbox.reply(session(), station().settings, found, field("text", 4000), by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.get("/lampiran/<public_id>")
@allowed(*CREW)
def attachment(public_id: str) -> Response:
    found = attachments.attachment_by_public_id(session(), public_id)
    opened(session().get_one(Call, found.call_id).public_id)
    note_look("attachment opened", f"attachment {public_id}")
    file = attachments.file_of(station().settings, found)
    shown = found.mime in attachments.PICTURES
    # Only plain pictures are shown; everything else is a download that no browser runs.
    mime = found.mime if shown else "application/octet-stream"
    return send(file, mimetype=mime, as_attachment=not shown, download_name=found.name, max_age=0)


@blueprint.post("/<public_id>/berkas")
@allowed(*CREW)
def fetch_again(public_id: str) -> Response:
    """Ask the channel once more for the files of a message that could not be had."""
    intake.fetch_again(session(), opened(public_id), by=me().username, at=now())
    return back("calls.call", public_id=public_id)
