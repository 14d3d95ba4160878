"""Transcripts at the desk: reading, correcting, asking again, exporting."""

import math
import secrets
from typing import Any

from flask import Blueprint, current_app, g, jsonify, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from radiodesk.core import inputs
from radiodesk.core.errors import Conflict, NotFound, TooLarge, Unreadable
from radiodesk.core.i18n import N_, gettext
from radiodesk.http.request import asked, back, field, now, own_address, session, station
from radiodesk.rooms.accounts.access import allowed, may_open, me, note_look
from radiodesk.rooms.recordings.access import EVERYBODY, GUARDED, Act, Belonging, belonging_of, is_permitted
from radiodesk.rooms.transcripts import edited_times, exports, ports, queries, services, vocabulary
from radiodesk.rooms.transcripts.models import Kind, Transcript

blueprint = Blueprint("speech", __name__)

LARGEST_EDIT = 16 * 1024 * 1024
DOUBTFUL = 0.5
"""Words that the recogniser was less sure of than this are shown as doubtful."""


WAYS_BACK = {
    "calls.call": N_("Back to the caller"),
    "tickets.ticket": N_("Back to the complaint"),
    "record.review": N_("Back to the review"),
    "broadcasts.broadcast": N_("Back to the broadcast"),
}
"""Pages that lead to a transcript and know it; a link may lead back to these alone."""


@blueprint.get("/transkrip/<public_id>")
@allowed(*EVERYBODY)
def transcript(public_id: str) -> str:
    found, _ = _wanted(public_id, Act.READ)
    _note("transcript opened", found)
    # The player draws itself with a style element of its own; only one that carries this word is let through.
    g.style_nonce = secrets.token_urlsafe(16)
    return render_template(
        "transcripts/transcript.html",
        transcript=found,
        recording=found.recording,
        versions=queries.versions(session(), found.recording),
        newest=queries.current(session(), [found.recording])[found.recording_id],
        formats=list(exports.FORMATS),
        segments=_whole(found),
        doubtful=DOUBTFUL,
        title=ports.title_of(session(), found.recording, by_name=may_open("calls.call")),
        way_back=_way_back(),
        saved=asked("tersimpan", 3) == "ya",
    )


def _way_back() -> tuple[str, str] | None:
    """Where the person came from, and what it is called: only a page of the desk that leads here, and that opens."""
    address = own_address(request.args.get("dari", ""))
    if address is None or "?" in address or "#" in address:
        return None
    try:
        endpoint, _ = current_app.url_map.bind("").match(address, method="GET")
    except HTTPException:
        return None
    if endpoint not in WAYS_BACK or not may_open(endpoint):
        return None
    return address, gettext(WAYS_BACK[endpoint])


@blueprint.get("/transkrip/<public_id>/keadaan")
@allowed(*EVERYBODY)
def state(public_id: str) -> str:
    """What the page shows while the machine is listening."""
    found, belonging = _wanted(public_id, Act.READ)
    if belonging in GUARDED and found.text:
        _note("transcript looked at", found)
    return render_template("transcripts/_state.html", transcript=found)


@blueprint.post("/transkrip/<public_id>/selaras")
@allowed(*EVERYBODY)
def realign(public_id: str) -> Response:
    """Times for words as they are typed; nothing is stored."""
    with station().database.reading() as tx:
        duration = _wanted(public_id, Act.CHANGE, tx)[0].duration
    return jsonify(segments=_aligned(_sent(), duration))


@blueprint.post("/transkrip/<public_id>")
@allowed(*EVERYBODY)
def save(public_id: str) -> Response:
    sent = _sent()
    base, _ = _wanted(public_id, Act.CHANGE)
    segments = _aligned(sent, base.duration)
    saved = services.correct_transcript(session(), base, segments, by=me().username, at=now())
    return jsonify(version=saved.version, public_id=saved.public_id)


@blueprint.post("/transkrip/<public_id>/pulihkan")
@allowed(*EVERYBODY)
def restore(public_id: str) -> Response:
    """Make an older version the newest again, as a version of its own."""
    old, _ = _wanted(public_id, Act.CHANGE)
    if old.kind is Kind.PUBLISHED:
        raise Conflict("This is what the public reads, with gaps. Choose one of the desk's own versions.")
    newest = queries.current(session(), [old.recording])[old.recording_id]
    saved = services.new_version(session(), newest, _whole(old), by=me().username, at=now())
    return back("speech.transcript", public_id=saved.public_id)


@blueprint.post("/transkrip/<public_id>/lagi")
@allowed(*EVERYBODY)
def again(public_id: str) -> Response:
    found, _ = _wanted(public_id, Act.CHANGE)
    services.request_transcript(session(), found.recording, by=me().username, at=now())
    return back("speech.transcript", public_id=public_id)


@blueprint.post("/transkrip/<public_id>/batal")
@allowed(*EVERYBODY)
def cancel(public_id: str) -> Response:
    services.cancel(session(), _wanted(public_id, Act.CHANGE)[0], by=me().username, at=now())
    return back("speech.transcript", public_id=public_id)


@blueprint.get("/transkrip/<public_id>/unduh.<kind>")
@allowed(*EVERYBODY)
def download(public_id: str, kind: str) -> Response:
    if kind not in exports.FORMATS:
        raise NotFound("A transcript cannot be taken along in this form.")
    found, _ = _wanted(public_id, Act.READ)
    _note("transcript taken along", found, form=kind)
    heading = gettext("Transcript of %(name)s", name=found.recording.original_name)
    response = make_response(exports.export(found, kind, heading))
    response.headers["Content-Type"] = exports.FORMATS[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="transkrip-{found.public_id}.{kind}"'
    return response


@blueprint.get("/kata-didengarkan")
@allowed(*EVERYBODY)
def listening() -> str:
    """The words that recognisers listen for."""
    return render_template("transcripts/listening.html", phrases=vocabulary.listed(session(), now()))


@blueprint.post("/kata-didengarkan")
@allowed(*EVERYBODY)
def listen_for() -> Response:
    vocabulary.add(session(), field("phrase"), by=me().username, at=now())
    return back("speech.listening")


@blueprint.post("/kata-didengarkan/<public_id>/hapus")
@allowed(*EVERYBODY)
def forget(public_id: str) -> Response:
    vocabulary.forget(session(), queries.phrase_by_public_id(session(), public_id), by=me().username, at=now())
    return back("speech.listening")


def _wanted(public_id: str, act: Act, tx: Session | None = None) -> tuple[Transcript, Belonging]:
    """A transcript with what it belongs to; for those who may not do this with it, it is not there."""
    asked = tx or session()
    found = queries.transcript_by_public_id(asked, public_id)
    belonging = belonging_of(asked, found.recording)
    if not is_permitted(me(), act, belonging):
        raise NotFound("This transcript is not known.")
    return found, belonging


def _note(action: str, found: Transcript, **details: Any) -> None:
    note_look(action, f"transcript {found.public_id}", **details)


def _whole(found: Transcript) -> list[dict[str, Any]]:
    """The segments with their words: the same list, however the engine had divided it."""
    paragraphs = [edited_times.Paragraph(segment["text"], segment.get("speaker")) for segment in found.segments]
    return edited_times.realign(found.words, paragraphs, found.duration)


def _sent() -> dict[str, Any]:
    if (request.content_length or 0) > LARGEST_EDIT:
        raise TooLarge("The transcript is too large.")
    try:
        body = inputs.json_value(request.get_data(cache=True))
    except Unreadable:
        raise Unreadable("The corrected transcript cannot be read. Please reload the page and try again.") from None
    if not isinstance(body, dict):
        raise Unreadable("The corrected transcript cannot be read. Please reload the page and try again.")
    return body


def _aligned(sent: dict[str, Any], duration: float) -> list[dict[str, Any]]:
    try:
        words: list[dict[str, Any]] = [
            {
                "start": float(word["start"]),
                "end": float(word["end"]),
                "word": str(word["word"]),
                "confidence": float(word["confidence"]),
            }
            for word in sent["words"]
        ]
        paragraphs = [edited_times.Paragraph(str(one["text"]), _speaker(one)) for one in sent["segments"]]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Unreadable("The corrected transcript cannot be read. Please reload the page and try again.") from None
    if not all(math.isfinite(word[edge]) for word in words for edge in ("start", "end", "confidence")):
        raise Unreadable("The corrected transcript has times outside of the recording.")
    if len(words) > 200_000 or sum(len(one.text) for one in paragraphs) > 4_000_000:
        raise TooLarge("The transcript is too large.")
    return edited_times.realign(words, paragraphs, duration)


def _speaker(segment: dict[str, Any]) -> str | None:
    found = segment.get("speaker")
    if found is not None and not isinstance(found, str):
        raise TypeError("a speaker is a name")
    return found
