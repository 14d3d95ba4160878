"""The desk's look before publishing: what is shown, what is taken out and why; one key each to accept or correct."""

from collections.abc import Iterable, Sequence

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from radiodesk.core.errors import Conflict, Forbidden, Unreadable
from radiodesk.core.inputs import station_time
from radiodesk.http.request import SAFE, asked, back, field, now, session, station
from radiodesk.rooms.accounts.access import allowed, me, note_further_look, note_look
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.queries import sealed_package_of
from radiodesk.rooms.broadcasts import programme_sound
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.record import closed_copies, queries, services
from radiodesk.rooms.record.disguised_voices import disguised_in
from radiodesk.rooms.record.listener_requests.line_access import may_read
from radiodesk.rooms.record.listener_requests.models import MATTER_NAMES, REQUEST_KIND_NAMES, ListenerRequest
from radiodesk.rooms.record.listener_requests.queries import request_by_public_id
from radiodesk.rooms.record.masks import CHOICES, kind_name
from radiodesk.rooms.record.models import PIECE_KIND_NAMES, PUBLICATION_STATE_NAMES, Piece, Publication, SpanState
from radiodesk.rooms.record.preparation import heard_at
from radiodesk.rooms.record.protection import closed_in
from radiodesk.rooms.record.rendering import FINAL
from radiodesk.rooms.recordings.access import GUARDED, Act, belongings, is_permitted
from radiodesk.rooms.transcripts import queries as speech
from radiodesk.rooms.transcripts.models import Transcript

blueprint = Blueprint("record", __name__)

EDITORS = (Role.ARCHIVIST, Role.PRODUCER)


def _broadcast(public_id: str) -> Broadcast:
    return broadcasts.broadcast_by_public_id(session(), public_id)


@blueprint.get("/siaran/<public_id>/terbit")
@allowed(*EDITORS)
def review(public_id: str) -> str:
    return render_template("record/review.html", **_page(public_id))


@blueprint.get("/siaran/<public_id>/terbit/isi")
@allowed(*EDITORS)
def review_part(public_id: str) -> str:
    return render_template("record/_review.html", **_page(public_id))


def _page(public_id: str) -> dict[str, object]:
    broadcast = _broadcast(public_id)
    publication = queries.publication_of(session(), broadcast)
    closed = _closed(publication.pieces) if publication else set()
    waiting = queries.undecided(publication) if publication else []
    waiting = [span for span in waiting if span.piece_id not in closed]
    return {
        "closed": closed,
        "broadcast": broadcast,
        "sealed": sealed_package_of(session(), broadcast) is not None,
        "publication": publication,
        "current": waiting[0] if waiting else None,
        "waiting": len(waiting),
        "unclear": len(queries.unclear(publication)) if publication else 0,
        "states": PUBLICATION_STATE_NAMES,
        "kinds": PIECE_KIND_NAMES,
        "kind_name": kind_name,
        "choices": CHOICES,
        "final": FINAL,
        "stretches": queries.stretches,
        "disguised": _disguised(publication) if publication else {},
        "toned": _toned(broadcast),
        "heard_at": heard_at,
        "transcripts": _transcripts(publication.pieces, closed) if publication else {},
        "public_address": station().settings.public_address,
        "asked": _asked_for(broadcast),
        "asked_kinds": REQUEST_KIND_NAMES,
        "matters": MATTER_NAMES,
    }


def _asked_for(broadcast: Broadcast) -> ListenerRequest | None:
    """The listener's request because of which somebody is here."""
    wanted = asked("masukan", 36)
    found = request_by_public_id(session(), wanted) if wanted else None
    if found is None or found.broadcast_id != broadcast.id:
        return None
    if not may_read(session(), station().settings, me(), found):
        return None
    note_further_look("listener request opened", f"listener request {found.public_id}")
    return found


def _closed(pieces: Sequence[Piece]) -> set[int]:
    """Pieces whose words and sound this person may not have; looks at those that are guarded, and open, are noted."""
    held = {piece.id: piece.recording for piece in pieces if piece.recording is not None}
    found = belongings(session(), held.values())
    closed = {key for key, one in held.items() if not is_permitted(me(), Act.READ, found[one.id])}
    for key, recording in held.items():
        if key not in closed and found[recording.id] in GUARDED and request.method in SAFE:
            note_look("words reviewed", f"recording {recording.public_id}")
    return closed


def _disguised(publication: Publication) -> dict[str, str]:
    """When voices are disguised in each piece in which they are, by its public id, as people read it."""
    log, closed = broadcasts.as_run(session(), publication.broadcast), closed_in(session(), publication.broadcast)
    found = {piece.public_id: disguised_in(piece, log, closed) for piece in publication.pieces}
    return {
        piece: _times((one.seconds.start, one.seconds.end) for one in some) for piece, some in found.items() if some
    }


def _toned(broadcast: Broadcast) -> list[tuple[str, str]]:
    """Title of each public part in which a voice could not be disguised, and when, as people read it."""
    return [(title, _times(stretches)) for title, stretches in queries.toned_parts(session(), broadcast)]


def _times(stretches: Iterable[Sequence[float]]) -> str:
    return ", ".join(f"{services.clock_of(begins)}–{services.clock_of(ends)}" for begins, ends in stretches)


def _transcripts(pieces: Sequence[Piece], closed: set[int]) -> dict[int, Transcript]:
    """The newest words of the pieces that this person may read, by the recording's key."""
    return speech.current(
        session(), [piece.recording for piece in pieces if piece.recording is not None and piece.id not in closed]
    )


@blueprint.post("/siaran/<public_id>/terbit/siapkan")
@allowed(*EDITORS)
def prepare(public_id: str) -> Response:
    pieces = _laid_out(public_id)
    settings, broadcast = station().settings, _broadcast(public_id)
    services.prepare_again(session(), settings, broadcast, pieces=pieces, by=me().username, at=now())
    return back("record.review", public_id=public_id)


@blueprint.post("/siaran/<public_id>/rekaman/<recording_id>/awal")
@allowed(*EDITORS)
def tell_start(public_id: str, recording_id: str) -> Response:
    """When a recording of the programme began; what was laid out follows at once, so that every cut is in its place."""
    broadcast, settings = _broadcast(public_id), station().settings
    recording = programme_sound.recording_of(broadcast, recording_id)
    start = station_time(field("date", 10), field("time", 12), settings.zone)
    publication, before = queries.publication_of(session(), broadcast), recording.started_at
    programme_sound.tell_start(session(), broadcast, recording, start, by=me().username, at=now())
    if publication is not None:
        services.prepare_again(session(), settings, broadcast, retimed=True, by=me().username, at=now())
        if recording.started_at != before:
            closed_copies.follow_start(session(), publication, at=now())
    return back("record.review" if field("then", 6) == "review" else "broadcasts.broadcast", public_id=public_id)


def _laid_out(public_id: str) -> list[Piece]:
    """Read through all words of a broadcast while others may write."""
    with station().database.reading() as looking:
        broadcast = broadcasts.broadcast_by_public_id(looking, public_id)
        return services.lay_out(looking, station().settings, broadcast, at=now())


@blueprint.post("/siaran/<public_id>/terbit")
@allowed(*EDITORS)
def publish(public_id: str) -> Response:
    with station().database.reading() as looking:
        prepared = queries.publication_of(looking, broadcasts.broadcast_by_public_id(looking, public_id)) is not None
    pieces = None if prepared else _laid_out(public_id)
    settings, broadcast = station().settings, _broadcast(public_id)
    if pieces is not None:
        laid_out = services.prepare(session(), settings, broadcast, pieces=pieces, by=me().username, at=now())
        if queries.unclear(laid_out):
            return back("record.review", public_id=public_id)  # what was laid out is kept, and asks there
    services.publish(session(), settings, broadcast, by=me().username, at=now())
    return back("record.review", public_id=public_id)


@blueprint.post("/siaran/<public_id>/tarik")
@allowed(*EDITORS)
def withdraw(public_id: str) -> Response:
    services.withdraw(session(), _broadcast(public_id), field("reason", 500), by=me().username, at=now())
    return back("record.review", public_id=public_id)


@blueprint.post("/siaran/<public_id>/terbit/tanda/<span_id>")
@allowed(*EDITORS)
def decide(public_id: str, span_id: str) -> Response:
    span = queries.span_by_public_id(session(), span_id)
    _piece(public_id, span.piece.public_id)
    services.decide(session(), span, _state(), by=me().username, at=now())
    return back("record.review", public_id=public_id)


def _state() -> SpanState:
    chosen = field("state", 10)
    if chosen not in (SpanState.ACCEPTED, SpanState.REJECTED):
        raise Unreadable("The form is incomplete. Please reload the page and try again.")
    return SpanState(chosen)


@blueprint.post("/siaran/<public_id>/terbit/bagian/<piece_id>/tutup")
@allowed(*EDITORS)
def hide(public_id: str, piece_id: str) -> Response:
    kind = field("kind", 20)
    if kind not in CHOICES:
        raise Unreadable("The form is incomplete. Please reload the page and try again.")
    services.hide(session(), _piece(public_id, piece_id), field("words", 300), kind, by=me().username, at=now())
    return back("record.review", public_id=public_id)


@blueprint.post("/siaran/<public_id>/terbit/bagian/<piece_id>")
@allowed(*EDITORS)
def show(public_id: str, piece_id: str) -> Response:
    shown = field("shown", 3) == "yes"
    services.show(session(), _piece(public_id, piece_id), shown, by=me().username, at=now())
    return back("record.review", public_id=public_id)


def _piece(public_id: str, piece_id: str) -> Piece:
    piece = queries.piece_by_public_id(session(), piece_id)
    _belongs(piece.publication, public_id)
    if piece.id in _closed([piece]):
        raise Forbidden("Words and sound of this piece are not for your role.")
    return piece


def _belongs(publication: Publication, public_id: str) -> None:
    if publication.broadcast.public_id != public_id:
        raise Conflict("This belongs to another broadcast.")
