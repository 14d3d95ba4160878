"""Hearing a recording at the desk: by role, and every listening is in the audit trail."""

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from radiodesk.http.file_response import asked_part, send
from radiodesk.http.request import session, station
from radiodesk.rooms.accounts.access import allowed, me, note_further_look, note_look
from radiodesk.rooms.recordings import queries, services
from radiodesk.rooms.recordings.access import EVERYBODY, GUARDED, Act, require
from radiodesk.rooms.recordings.models import Recording

blueprint = Blueprint("audio", __name__)


@blueprint.get("/rekaman/<public_id>/suara.mp3")
@allowed(*EVERYBODY)
def play(public_id: str) -> Response:
    recording = _heard(public_id)
    found = services.playable(station().settings, recording)
    _note("listened", recording)
    return send(found, mimetype="audio/mpeg", etag=recording.sha256[:16], max_age=0)


@blueprint.get("/rekaman/<public_id>/asli")
@allowed(*EVERYBODY)
def fetch_original(public_id: str) -> Response:
    recording = _heard(public_id)
    found = services.original(station().settings, recording)
    _note("original fetched", recording)
    return send(
        found,
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=recording.original_name,
        max_age=0,
    )


@blueprint.get("/rekaman/<public_id>/garis.json")
@allowed(*EVERYBODY)
def outline(public_id: str) -> Response:
    recording = queries.recording_by_public_id(session(), public_id)
    if require(session(), me(), Act.HEAR, recording) in GUARDED:
        _note("outline looked at", recording)
    return jsonify(duration=recording.duration, peaks=services.outline(station().settings, recording))


def _heard(public_id: str) -> Recording:
    """A recording that the person may hear."""
    recording = queries.recording_by_public_id(session(), public_id)
    require(session(), me(), Act.HEAR, recording)
    return recording


def _note(action: str, recording: Recording) -> None:
    # A player fetches the rest of the file in ranges: they belong to the listening that began with the first byte, if
    # there was one.
    part = asked_part()
    note = note_look if part is None or part[0] == 0 else note_further_look
    note(action, f"recording {recording.public_id}")
