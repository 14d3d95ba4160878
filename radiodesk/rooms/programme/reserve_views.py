"""The voice in reserve of a script: made, listened to, accepted or discarded."""

from flask import Blueprint
from werkzeug.wrappers import Response

from radiodesk.core.errors import NotFound
from radiodesk.http.file_response import send
from radiodesk.http.request import back, now, number, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import queries, reserve_voices
from radiodesk.rooms.recordings.services import original

blueprint = Blueprint("reserve", __name__)

WRITERS = (Role.PRODUCER, Role.OFFICER, Role.HOST)


@blueprint.post("/naskah/<public_id>/cadangan")
@allowed(*WRITERS)
def make(public_id: str) -> Response:
    found = queries.script_by_public_id(session(), public_id)
    reserve_voices.ask_reserve(session(), found, by=me().username, at=now())
    return back("programme.script", public_id=public_id)


@blueprint.get("/naskah/<public_id>/cadangan.flac")
def hear(public_id: str) -> Response:
    """Exactly what would be played."""
    found = reserve_voices.reserve_of(session(), queries.script_by_public_id(session(), public_id).approved)
    if found is None:
        raise NotFound("This script has no voice in reserve.")
    return send(original(station().settings, found.sound), mimetype="audio/flac")


@blueprint.post("/naskah/<public_id>/cadangan/terima")
@allowed(*WRITERS)
def accept(public_id: str) -> Response:
    found = queries.script_by_public_id(session(), public_id)
    reserve_voices.accept_reserve(session(), found, number=number("number"), by=me().username, name=me().name, at=now())
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/<public_id>/cadangan/buang")
@allowed(*WRITERS)
def discard(public_id: str) -> Response:
    found = queries.script_by_public_id(session(), public_id)
    reserve_voices.discard_reserve(session(), found, by=me().username, at=now())
    return back("programme.script", public_id=public_id)
