"""Transcripts at the desk: reading, correcting, asking again, taking them along."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from radiodesk.accounts.access import allowed, me
from radiodesk.audio.views import LISTENERS
from radiodesk.core.http import back, now, session
from radiodesk.speech import queries, services

blueprint = Blueprint("speech", __name__)


@blueprint.get("/transkrip/<public_id>")
@allowed(*LISTENERS)
def transcript(public_id: str) -> str:
    found = queries.transcript_by_public_id(session(), public_id)
    return render_template("speech/transcript.html", transcript=found, recording=found.recording)


@blueprint.post("/transkrip/<public_id>/lagi")
@allowed(*LISTENERS)
def again(public_id: str) -> Response:
    found = queries.transcript_by_public_id(session(), public_id)
    services.request_transcript(session(), found.recording, by=me().username, at=now())
    return back("speech.transcript", public_id=public_id)
