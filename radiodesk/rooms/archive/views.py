"""The archivist's pages: what is sealed, what waits, whether it is still as it was."""

from flask import Blueprint, redirect, render_template, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from radiodesk.core.database import database_of
from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import gettext
from radiodesk.core.stores.shelves import Shelf
from radiodesk.http.file_response import send
from radiodesk.http.request import asked_page, back, field, now, session, stands_on, station
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.accounts.access import allowed, me, note_look
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import (
    copies,
    ledger,
    open_files,
    published_log,
    queries,
    record_log,
    seal_checklist,
    services,
)
from radiodesk.rooms.archive.head_words import head_words
from radiodesk.rooms.archive.models import COPY_STATE_NAMES, PACKAGE_STATE_NAMES, Package
from radiodesk.rooms.broadcasts import checklist
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.models import BroadcastState
from radiodesk.rooms.programme.models import ScriptKind
from radiodesk.rooms.programme.services import Draft, write_script

blueprint = Blueprint("archive", __name__)

KEEPERS = (Role.ARCHIVIST, Role.PRODUCER)


@blueprint.get("/arsip")
@allowed(*KEEPERS)
def packages() -> str:
    return render_template("archive/packages.html", **_list())


@blueprint.get("/arsip/daftar")
@allowed(*KEEPERS)
def packages_part() -> str:
    return render_template("archive/_packages.html", **_list())


def _list() -> dict[str, object]:
    waiting = queries.unsealed(session())
    head = published_log.told_head(station().settings, database_of(session()).keys)
    return {
        "listed": queries.packages(session(), asked_page()),
        "count": queries.package_count(session()),
        "waiting": waiting,
        "unseen": queries.unsealed_count(session()) - len(waiting),
        "total": queries.total_bytes(session()),
        "words": head_words(head[0].root) if head else (),
        "lines": head[0].size if head else 0,
        "states": PACKAGE_STATE_NAMES,
    }


@blueprint.get("/arsip/buku-besar.jsonl")
@allowed(*KEEPERS)
def ledger_file() -> Response:
    found = queries.packages_shelf(station().settings).object(ledger.NAME)
    if not found.is_there():
        raise NotFound("Nothing is sealed yet, so there is no ledger.")
    return send(found, mimetype="application/x-ndjson", as_attachment=True, download_name=ledger.NAME)


@blueprint.post("/arsip/naskah-penutup")
@allowed(*KEEPERS)
def sign_off() -> Response:
    """A script with the four words of the log's newest head, to be read at the end of a broadcast."""
    settings = station().settings
    found = published_log.published(settings, database_of(session()).keys)
    if found is None:
        raise NotFound("The log has no entries yet.")
    head, address = found[0], f"{settings.public_address.partition('://')[2]}/log"
    text = render_template(
        "spoken/archive/head_of_log.txt",
        words=head_words(head.root),
        size=head.size,
        address=address if settings.public_url else "",
    )
    script = write_script(
        session(),
        ScriptKind.FREE,
        gettext("Four words of the archive (%(count)s lines)", count=head.size),
        Draft(text.strip()),
        by=me().username,
        at=now(),
        speed=float(settings.words_per_minute),
        lexicon=area_pack(settings.area).spoken,
    )
    return redirect(url_for("programme.script", public_id=script.public_id), code=303)


@blueprint.get("/arsip/<public_id>")
@allowed(*KEEPERS)
def package(public_id: str) -> str:
    return render_template("archive/package.html", **_page(public_id))


@blueprint.get("/arsip/<public_id>/keadaan")
@allowed(*KEEPERS)
def package_part(public_id: str) -> str:
    return render_template("archive/_package.html", **_page(public_id))


def _package(public_id: str) -> Package:
    return queries.package_by_public_id(session(), public_id)


def _page(public_id: str) -> dict[str, object]:
    found = _package(public_id)
    files = open_files.files_of(_shelf(), found)
    kept = open_files.tells_of_protected(session(), _shelf(), found)
    named = station().settings.copies
    return {
        "package": found,
        "states": PACKAGE_STATE_NAMES,
        "files": files,
        "kept": kept,
        "copies": [one for one in found.copies if one.store in named],
        "copy_states": COPY_STATE_NAMES,
        "mended": copies.mended(session(), found),
    }


def _shelf() -> Shelf:
    return queries.packages_shelf(station().settings)


@blueprint.get("/arsip/<public_id>/terbuka.zip")
@allowed(*KEEPERS)
def open_part(public_id: str) -> Response:
    """Everything of a package but its closed part, as one file."""
    found, shelf = _package(public_id), _shelf()
    files = open_files.files_of(shelf, found).open
    if not files:
        raise NotFound("This package is not sealed yet.")
    open_files.require_giveable(session(), shelf, found)
    note_look("package taken along", f"package {public_id}")
    objects = [(file.path, shelf.object(f"{public_id}/{file.path}")) for file in files]
    name = f"{public_id}-terbuka"
    return Response(
        open_files.zipped(name, objects),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}.zip"'},
    )


@blueprint.get("/arsip/<public_id>/berkas/<path:name>")
@allowed(*KEEPERS)
def open_file(public_id: str, name: str) -> Response:
    sealed, shelf = _package(public_id), _shelf()
    found = open_files.open_file(shelf, sealed, name)
    open_files.require_giveable(session(), shelf, sealed)
    note_look("package file taken along", f"package {public_id}", file=name)
    return send(found, mimetype="application/octet-stream", as_attachment=True)


@blueprint.get("/arsip/<public_id>/bukti.tlog-proof")
@allowed(*KEEPERS)
def proof(public_id: str) -> Response:
    """That a package stands in the log of the record, published or not, for who checks it away from the station."""
    entry = record_log.entry_of_package(session(), _package(public_id).public_id)
    found = published_log.proof_of(station().settings, database_of(session()).keys, entry) if entry else None
    if found is None:
        raise NotFound("This package is not in the log yet.")
    headers = {"Content-Disposition": f'attachment; filename="{public_id}.tlog-proof"'}
    return FlaskResponse(bytes(found), content_type="text/plain; charset=utf-8", headers=headers)


@blueprint.get("/siaran/<public_id>/arsip")
@allowed(*KEEPERS)
def of_broadcast(public_id: str) -> Response:
    found = queries.package_of(session(), broadcasts.broadcast_by_public_id(session(), public_id))
    if found is None:
        return redirect(url_for("archive.packages"))
    return redirect(url_for("archive.package", public_id=found.public_id))


@blueprint.get("/siaran/<public_id>/segel")
@allowed(*KEEPERS)
def before_seal(public_id: str) -> str:
    broadcast = broadcasts.broadcast_by_public_id(session(), public_id)
    points = seal_checklist.before_seal(session(), station().settings.spool, broadcast)
    return render_template("archive/seal.html", broadcast=broadcast, points=points)


@blueprint.post("/siaran/<public_id>/segel")
@allowed(*KEEPERS)
def seal(public_id: str) -> Response:
    broadcast = broadcasts.broadcast_by_public_id(session(), public_id)
    settings, note = station().settings, field("note", 500)
    if broadcast.state is BroadcastState.ENDED and queries.package_of(session(), broadcast) is None:
        stands_on(lambda: before_seal(public_id))
        # Who says why it is sealed without what is missing is sure.
        checklist.require(seal_checklist.before_seal(session(), settings.spool, broadcast), sure=bool(note))
    made = services.seal(session(), settings, broadcast, by=me().username, at=now(), note=note)
    return back("archive.package", public_id=made.public_id)


@blueprint.post("/arsip/<public_id>/periksa")
@allowed(*KEEPERS)
def check(public_id: str) -> Response:
    found = _package(public_id)
    services.check_again(session(), found, by=me().username, at=now())
    copies.ask_again(session(), station().settings, found, at=now())
    return back("archive.package", public_id=public_id)


@blueprint.post("/arsip/<public_id>/perbaiki")
@allowed(*KEEPERS)
def mend(public_id: str) -> Response:
    """Replace the station's own package from a good copy."""
    copies.ask_to_mend(session(), station().settings, _package(public_id), by=me().username, at=now())
    return back("archive.package", public_id=public_id)


@blueprint.post("/arsip/<public_id>/salinan/<store>/perbaiki")
@allowed(*KEEPERS)
def mend_copy(public_id: str, store: str) -> Response:
    """Replace a copy that is damaged or missing."""
    found = copies.copy_of(session(), _package(public_id), store)
    copies.ask_to_mend_copy(session(), found, by=me().username, at=now())
    return back("archive.package", public_id=public_id)


@blueprint.post("/arsip/<public_id>/ralat")
@allowed(*KEEPERS)
def correct(public_id: str) -> Response:
    services.correct(session(), _package(public_id), field("text"), by=me().username, at=now())
    return back("archive.package", public_id=public_id)
