"""Requests about the personal data behind a telephone number: noted, found, handed over as a file."""

from collections import Counter
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from flask import Blueprint, render_template, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from radiodesk.core.errors import NotFound
from radiodesk.http.request import asked_page, back, field, fields, now, session, stands_on, station
from radiodesk.rooms.accounts.access import allowed, me, note_look
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.retention import call_removal, data_removal, data_requests
from radiodesk.rooms.retention.answer_letter import LAW, Letter, letter_of, send_letter
from radiodesk.rooms.retention.data_export import write_export
from radiodesk.rooms.retention.models import DELETION_STATE_NAMES, DataRequest
from radiodesk.rooms.tickets.ticket_pages import may_see_guarded, may_see_secret

blueprint = Blueprint("data_requests", __name__)

_BLOCK = 1 << 18


@blueprint.get("/data-pribadi")
@allowed(Role.PRODUCER)
def page() -> str:
    return render_template("retention/data_requests.html", listed=data_requests.requests(session(), asked_page()))


@blueprint.post("/data-pribadi")
@allowed(Role.PRODUCER)
def note() -> Response:
    stands_on(page)
    row = data_requests.note_request(session(), field("phone", 40), field("reason"), by=me().username, at=now())
    data_requests.begin_looking(session(), row, at=now())
    return back("data_requests.found", public_id=row.public_id)


@blueprint.get("/data-pribadi/<public_id>")
@allowed(Role.PRODUCER)
def found(public_id: str) -> str:
    row = data_requests.request_by_public_id(session(), public_id)
    if row.found_at is None:
        return render_template("retention/data_request.html", request_row=row, looked=row.looked or {})
    data = data_requests.found_of(session(), row, now())
    things = data_removal.things_of(session(), row, data)
    counted = Counter((one.table, one.why, one.ground) for one in data.rows)
    return render_template(
        "retention/data_request.html",
        request_row=row,
        counted=sorted(counted.items()),
        things=[one for one in things if _sees_all() or not one.guarded],
        removed=data_removal.of_request(session(), row),
        guarded=0 if _sees_all() else sum(one.guarded for one in data.rows),
        tables=data_requests.TABLE_NAMES,
        whys=data_requests.WHY_NAMES,
        grounds=data_requests.GROUND_NAMES,
        states=DELETION_STATE_NAMES,
    )


@blueprint.post("/data-pribadi/<public_id>/cari")
@allowed(Role.PRODUCER)
def look_again(public_id: str) -> Response:
    """Look all texts through once more, since something came in or was removed."""
    row = data_requests.request_by_public_id(session(), public_id)
    data_requests.begin_looking(session(), row, at=now())
    return back("data_requests.found", public_id=public_id)


@blueprint.post("/data-pribadi/<public_id>/usul")
@allowed(Role.PRODUCER)
def propose(public_id: str) -> Response:
    """Propose to remove what was picked; another person decides about it under Deletions."""
    row = data_requests.request_by_public_id(session(), public_id)
    stands_on(lambda: found(public_id))
    data = data_requests.found_of(session(), row, now())
    given = data if _sees_all() else data_requests.without_guarded(data)
    data_removal.propose(session(), row, given, fields("thing", 80), by=me().username, at=now())
    return back("data_requests.found", public_id=public_id)


@blueprint.post("/data-pribadi/<public_id>/tutup/<call>")
@allowed(Role.PRODUCER)
def close(public_id: str, call: str) -> Response:
    """Close a caller of the request in the public copies: for what must be kept, but not be shown."""
    row = data_requests.request_by_public_id(session(), public_id)
    stands_on(lambda: found(public_id))
    data = data_requests.found_of(session(), row, now())
    things = data_removal.things_of(session(), row, data)
    if not any(one.subject == call and one.aired and (_sees_all() or not one.guarded) for one in things):
        raise NotFound("This call is not known.")
    call_removal.close_in_public(session(), call_by_public_id(session(), call), by=me().username, at=now())
    return back("data_requests.found", public_id=public_id)


@blueprint.get("/data-pribadi/<public_id>/surat")
@allowed(Role.PRODUCER)
def letter(public_id: str) -> str:
    """The answer for the person, as a page to be printed."""
    row, told = _letter(public_id)
    return render_template("retention/answer_letter.html", request_row=row, told=told, law=LAW)


@blueprint.get("/data-pribadi/<public_id>/surat.pdf")
@allowed(Role.PRODUCER)
def letter_sheet(public_id: str) -> FlaskResponse:
    row, told = _letter(public_id)
    return send_letter(row, told, url_for("data_requests.found", public_id=public_id, _external=True))


def _letter(public_id: str) -> tuple[DataRequest, Letter]:
    row = data_requests.request_by_public_id(session(), public_id)
    data = data_requests.found_of(session(), row, now())
    note_look("answer to a data request opened", f"data request {public_id}")
    return row, letter_of(session(), station().settings, row, data, sees_all=_sees_all(), at=now())


@blueprint.get("/data-pribadi/<public_id>/data.zip")
@allowed(Role.PRODUCER)
def export(public_id: str) -> Response:
    row = data_requests.request_by_public_id(session(), public_id)
    data = data_requests.found_of(session(), row, now())
    note_look("personal data handed over", f"data request {public_id}")
    # Unlinked from the beginning: nothing of it stays on the disk.
    out = TemporaryFile()  # noqa: SIM115 (closed when it is sent)
    given = data if _sees_all() else data_requests.without_guarded(data)
    write_export(out, station().settings, row, given, now())
    out.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="data-pribadi-{public_id}.zip"'}
    return FlaskResponse(_blocks(out), content_type="application/zip", headers=headers)


def _sees_all() -> bool:
    return may_see_secret() and may_see_guarded()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block
