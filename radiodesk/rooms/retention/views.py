"""How long things are kept, what is due, and what a legal hold keeps."""

from typing import Any

from flask import Blueprint, render_template
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from radiodesk.core import i18n
from radiodesk.core.errors import NotFound
from radiodesk.http.request import asked_page, back, field, now, session, stands_on, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls.forms import last_moment
from radiodesk.rooms.calls.models import CHANNEL_NAMES, Call
from radiodesk.rooms.calls.visible import opened
from radiodesk.rooms.retention import deletions, due, holds
from radiodesk.rooms.retention.models import DELETION_STATE_NAMES, HELD_KIND_NAMES, HeldKind
from radiodesk.rooms.retention.own_rules import own_rules
from radiodesk.rooms.retention.retention_classes import Matter, load_classes
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.tickets.ticket_pages import may_open_ticket

blueprint = Blueprint("retention", __name__)

KEEPERS = (Role.ARCHIVIST, Role.PRODUCER)

WORDS = {"siaran": HeldKind.BROADCAST, "panggilan": HeldKind.CALL, "pengaduan": HeldKind.COMPLAINT}
"""What may be held, as addresses name it."""
ADDRESS_WORDS = {kind: word for word, kind in WORDS.items()}


@blueprint.get("/masa-simpan")
@allowed(*KEEPERS)
def page() -> str:
    settings = station().settings
    return render_template(
        "retention/due.html",
        found=due.what_is_due(session(), settings, load_classes(settings), now()),
        own=own_rules(settings),
        language=i18n.language.get(),
        waiting=deletions.open_subjects(session()),
        together=due.TOGETHER,
    )


@blueprint.get("/masa-simpan/penahanan")
@allowed(*KEEPERS)
def hold_list() -> str:
    listed = holds.newest(session(), asked_page())
    return render_template("retention/holds.html", listed=listed, **_names())


@blueprint.get("/masa-simpan/penahanan/<kind>/<subject>")
@allowed(*KEEPERS)
def hold_page(kind: str, subject: str) -> str:
    thing = _thing(kind, subject)
    laid = holds.in_force_on(session(), WORDS[kind], subject, now())
    return render_template("retention/hold.html", thing=thing, kind=kind, subject=subject, laid=laid, **_names())


@blueprint.post("/masa-simpan/penahanan/<kind>/<subject>")
@allowed(*KEEPERS)
def hold(kind: str, subject: str) -> Response:
    _thing(kind, subject)
    stands_on(lambda: hold_page(kind, subject))
    until = last_moment(station().settings, "until")
    holds.hold(session(), WORDS[kind], subject, field("reason"), until=until, by=me().username, at=now())
    return back("retention.hold_page", kind=kind, subject=subject)


@blueprint.post("/masa-simpan/cabut/<public_id>")
@allowed(*KEEPERS)
def lift(public_id: str) -> Response:
    row = holds.hold_by_public_id(session(), public_id)
    place = {"kind": ADDRESS_WORDS[row.kind], "subject": row.subject}
    _thing(**place)
    stands_on(lambda: hold_page(**place))
    holds.lift(session(), row, field("reason"), by=me().username, at=now())
    return back("retention.hold_page", **place)


@blueprint.post("/masa-simpan/usul/<matter>/<subject>")
@allowed(*KEEPERS)
def propose(matter: str, subject: str) -> Response:
    stands_on(page)
    if matter not in set(Matter):
        raise NotFound("This is not due: it is held, was deleted, or its time is not over.")
    settings = station().settings
    deletions.propose(session(), settings, load_classes(settings), Matter(matter), subject, by=me().username, at=now())
    return back("retention.deletion_list")


@blueprint.post("/masa-simpan/usul-semua/<matter>")
@allowed(*KEEPERS)
def propose_due(matter: str) -> Response:
    """What is due of a class, proposed in one act."""
    stands_on(page)
    if matter not in set(Matter):
        raise NotFound("This is not due: it is held, was deleted, or its time is not over.")
    settings = station().settings
    deletions.propose_due(session(), settings, load_classes(settings), Matter(matter), by=me().username, at=now())
    return back("retention.deletion_list")


@blueprint.get("/masa-simpan/penghapusan")
@allowed(*KEEPERS)
def deletion_list() -> str:
    return render_template(
        "retention/deletions.html",
        waiting=deletions.waiting_acts(session()),
        listed=deletions.decided(session(), asked_page()),
        states=DELETION_STATE_NAMES,
        classes=load_classes(station().settings),
        language=i18n.language.get(),
    )


@blueprint.post("/masa-simpan/penghapusan/<public_id>/setuju")
@allowed(*KEEPERS)
def approve(public_id: str) -> Response:
    stands_on(deletion_list)
    row, settings = deletions.deletion_by_public_id(session(), public_id), station().settings
    deletions.approve(session(), settings, load_classes(settings), row, by=me().username, at=now())
    return back("retention.deletion_list")


@blueprint.post("/masa-simpan/penghapusan/<public_id>/tolak")
@allowed(*KEEPERS)
def refuse(public_id: str) -> Response:
    stands_on(deletion_list)
    row = deletions.deletion_by_public_id(session(), public_id)
    deletions.refuse(session(), row, field("reason"), by=me().username, at=now())
    return back("retention.deletion_list")


@blueprint.post("/masa-simpan/penghapusan/bersama/<batch>/setuju")
@allowed(*KEEPERS)
def approve_batch(batch: str) -> Response:
    """All that was proposed in one act; what may not be deleted by now is left, with the reason."""
    stands_on(deletion_list)
    settings = station().settings
    deletions.approve_batch(session(), settings, load_classes(settings), batch, by=me().username, at=now())
    return back("retention.deletion_list")


@blueprint.post("/masa-simpan/penghapusan/bersama/<batch>/tolak")
@allowed(*KEEPERS)
def refuse_batch(batch: str) -> Response:
    stands_on(deletion_list)
    deletions.refuse_batch(session(), batch, field("reason"), by=me().username, at=now())
    return back("retention.deletion_list")


@blueprint.get("/masa-simpan/penghapusan/<public_id>/nisan.json")
@allowed(*KEEPERS)
def tombstone(public_id: str) -> Response:
    """The tombstone as it was hashed for the log of the record."""
    row = deletions.deletion_by_public_id(session(), public_id)
    if not row.body:
        raise NotFound("Nothing was deleted here, so there is no tombstone.")
    return FlaskResponse(row.body, content_type="application/json; charset=utf-8")


def _thing(kind: str, subject: str) -> Broadcast | Call | Ticket:
    """What is held; for who may not see it, it is not there."""
    if kind not in WORDS:
        raise NotFound("What is to be held is not known. Open it, and choose the legal hold there.")
    if WORDS[kind] is HeldKind.CALL:
        return opened(subject)
    found = holds.thing(session(), WORDS[kind], subject)
    if isinstance(found, Ticket) and not may_open_ticket(found):
        raise NotFound("What is to be held is not known. Open it, and choose the legal hold there.")
    return found


def _names() -> dict[str, Any]:
    return {"kinds": HELD_KIND_NAMES, "words": ADDRESS_WORDS, "channels": CHANNEL_NAMES, "at": now()}
