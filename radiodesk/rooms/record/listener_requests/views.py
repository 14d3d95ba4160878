"""What listeners ask about the public record, at the desk: looked at, accepted with or without changes, or declined."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from radiodesk.core.errors import Forbidden, Unreadable
from radiodesk.http.request import SAFE, asked, asked_page, back, field, now, session, stands_on, station
from radiodesk.rooms.accounts.access import allowed, me, note_look
from radiodesk.rooms.programme.version_changes import changes
from radiodesk.rooms.record.closed_copies import copy_of
from radiodesk.rooms.record.listener_requests import line_corrections, queries, services
from radiodesk.rooms.record.listener_requests.line_access import may_read
from radiodesk.rooms.record.listener_requests.models import (
    MATTER_NAMES,
    REQUEST_KIND_NAMES,
    REQUEST_STATE_NAMES,
    ListenerRequest,
    RequestKind,
)
from radiodesk.rooms.record.queries import publication_of
from radiodesk.rooms.record.views import EDITORS
from radiodesk.rooms.transcripts import queries as speech

blueprint = Blueprint("listener_requests", __name__)


@blueprint.get("/masukan")
@allowed(*EDITORS)
def page() -> str:
    state, kind = asked("keadaan", 20) or queries.WAITING, asked("jenis", 20)
    chosen = RequestKind(kind) if kind in set(RequestKind) else None
    return render_template(
        "record/listener_requests.html",
        listed=queries.requests(session(), asked_page(), state=state, kind=chosen),
        counted=queries.open_by_kind(session()),
        state=state,
        kind=chosen,
        waiting_state=queries.WAITING,
        **_names(),
    )


@blueprint.get("/masukan/<public_id>")
@allowed(*EDITORS)
def shown(public_id: str) -> str:
    return _shown(public_id)


def _shown(public_id: str) -> str:
    found = queries.request_by_public_id(session(), public_id)
    if request.method in SAFE:
        note_look("listener request opened", f"listener request {public_id}")
    settings = station().settings
    publication = publication_of(session(), found.broadcast)
    public_copy = copy_of(session(), publication) if publication else None
    place = line_corrections.place_of(session(), settings, found)
    recording = place.piece.recording if place else None
    transcript = found.transcript
    if found.is_open and recording is not None:
        transcript = speech.current(session(), [recording]).get(recording.id)
    return render_template(
        "record/listener_request.html",
        asked=found,
        publication=publication,
        is_public=public_copy is not None,
        pieces=[one for one in publication.pieces if one.shown and one.withheld is None] if publication else [],
        place=place,
        closed=not may_read(session(), settings, me(), found),
        recording=recording,
        transcript=transcript,
        changed=changes(found.line_text, found.words) if found.kind is RequestKind.CORRECTION else [],
        usual_note=line_corrections.usual_note(settings, found),
        public_address=settings.public_address,
        **_names(),
    )


@blueprint.get("/masukan/<public_id>/kontak")
@allowed(*EDITORS)
def contact(public_id: str) -> str:
    """Who asked, and how they can be reached; that somebody looked is noted."""
    found = queries.request_by_public_id(session(), public_id)
    note_look("listener contact opened", f"listener request {public_id}")
    return render_template("record/listener_contact.html", asked=found, **_names())


@blueprint.post("/masukan/<public_id>/periksa")
@allowed(*EDITORS)
def take_up(public_id: str) -> Response:
    services.take_up(session(), queries.request_by_public_id(session(), public_id), by=me().username, at=now())
    return back("listener_requests.shown", public_id=public_id)


@blueprint.post("/masukan/<public_id>/terima")
@allowed(*EDITORS)
def accept(public_id: str) -> Response:
    found, settings = _open(public_id), station().settings
    if found.kind is RequestKind.CORRECTION:
        if not may_read(session(), settings, me(), found):
            raise Forbidden("Words and sound of this piece are not for your role.")
        line_corrections.accept_correction(
            session(),
            settings,
            found,
            field("words", services.LONGEST_LINE),
            answer=field("answer", services.LONGEST_ANSWER),
            note=field("note", services.LONGEST_NOTE),
            publishes=field("publishes", 3) == "yes",
            by=me().username,
            at=now(),
        )
        return back("listener_requests.shown", public_id=public_id)
    way = field("way", 10)
    if way not in ("", "review"):
        raise Unreadable("The form is incomplete. Please reload the page and try again.")
    answer = field("answer", services.LONGEST_ANSWER)
    services.accept(session(), settings, found, answer, by=me().username, at=now())
    if way == "review":
        return back("record.review", public_id=found.broadcast.public_id, masukan=public_id)
    return back("listener_requests.shown", public_id=public_id)


@blueprint.post("/masukan/<public_id>/tolak")
@allowed(*EDITORS)
def decline(public_id: str) -> Response:
    found = _open(public_id)
    reason = field("reason", services.LONGEST_ANSWER)
    services.decline(session(), station().settings, found, reason, by=me().username, at=now())
    return back("listener_requests.shown", public_id=public_id)


def _open(public_id: str) -> ListenerRequest:
    found = queries.request_by_public_id(session(), public_id)
    stands_on(lambda: _shown(public_id))
    return found


def _names() -> dict[str, Any]:
    return {"kinds": REQUEST_KIND_NAMES, "states": REQUEST_STATE_NAMES, "matters": MATTER_NAMES, "Kind": RequestKind}
