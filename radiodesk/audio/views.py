"""Hearing a recording at the desk: by role, and every listening is in the audit trail."""

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from radiodesk.accounts.access import allowed, me
from radiodesk.accounts.models import Role
from radiodesk.audio import queries, services
from radiodesk.audio.models import Recording
from radiodesk.core import audit
from radiodesk.core.http import now, session, station
from radiodesk.core.sending import asked_part, send

blueprint = Blueprint("audio", __name__)

LISTENERS = (Role.PRODUCER, Role.SCREENER, Role.HOST, Role.TICKET_OFFICER, Role.ARCHIVIST)


@blueprint.get("/rekaman/<public_id>/suara.mp3")
@allowed(*LISTENERS)
def play(public_id: str) -> Response:
    recording = queries.recording_by_public_id(session(), public_id)
    path = services.playable(station().settings, recording)
    _note("listened", recording)
    return send(path, mimetype="audio/mpeg", etag=recording.sha256[:16], max_age=0)


@blueprint.get("/rekaman/<public_id>/asli")
@allowed(*LISTENERS)
def fetch_original(public_id: str) -> Response:
    recording = queries.recording_by_public_id(session(), public_id)
    path = services.original(station().settings, recording)
    _note("original fetched", recording)
    return send(
        path,
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=recording.original_name,
        max_age=0,
    )


@blueprint.get("/rekaman/<public_id>/garis.json")
@allowed(*LISTENERS)
def outline(public_id: str) -> Response:
    recording = queries.recording_by_public_id(session(), public_id)
    return jsonify(duration=recording.duration, peaks=services.outline(station().settings, recording))


def _note(action: str, recording: Recording) -> None:
    # A player fetches the rest of the file in ranges: only the one from the beginning is a listening of its own.
    part = asked_part()
    if part is not None and part[0] != 0:
        return
    with station().database.writing() as tx:
        audit.record(tx, now(), me().username, action, f"recording {recording.public_id}")
