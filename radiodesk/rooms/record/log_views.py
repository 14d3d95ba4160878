"""The log of the record on the public site: its files as C2SP lays them out, proofs of packages, a page for people."""

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core.database import database_of
from radiodesk.core.errors import NotFound
from radiodesk.core.keys import KeyRing
from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.core.tlog.signed_notes import signers
from radiodesk.http.file_response import send
from radiodesk.http.request import session, station
from radiodesk.rooms.archive import published_log, record_log
from radiodesk.rooms.archive.head_words import head_words
from radiodesk.rooms.archive.models import LOG_KIND_NAMES
from radiodesk.rooms.record.public_queries import is_public_package

blueprint = Blueprint("log", __name__, url_prefix="/log")

SHOWN = 50
FOREVER = 365 * 24 * 3600


@blueprint.get("/")
def page() -> str:
    settings, keys = station().settings, _keys()
    head = published_log.published(settings, keys)
    return render_template(
        "public/log.html",
        head=head[0] if head else None,
        words=head_words(head[0].root) if head else (),
        witnesses=signers(head[1], published_log.witnesses(settings)) if head else {},
        vkey=str(published_log.verifier(settings, keys)),
        entries=record_log.newest(session(), SHOWN),
        kinds=LOG_KIND_NAMES,
    )


@blueprint.get("/checkpoint")
def head() -> Response:
    return _head(published_log.HEAD)


@blueprint.get("/cosigned")
def cosigned() -> Response:
    """The newest head that a witness signed as well."""
    return _head(published_log.COSIGNED)


def _head(name: str) -> Response:
    try:
        held = published_log.log_shelf(station().settings).object(name).read_bytes()
    except NoSuchObject:
        raise NotFound("The log has no such head yet.") from None
    return Response(held, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "max-age=5"})


@blueprint.get("/kunci")
def key() -> Response:
    """The key with which anybody checks the head."""
    vkey = published_log.verifier(station().settings, _keys())
    return Response(f"{vkey}\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/tile/<path:rest>")
def tile(rest: str) -> BaseResponse:
    found = published_log.log_shelf(station().settings).object(f"tile/{rest}") if published_log.is_tile(rest) else None
    if found is None or not found.is_there():
        raise NotFound("There is no such part of the log.")
    return send(found, mimetype="application/octet-stream", max_age=FOREVER)


@blueprint.get("/bukti/<package>.tlog-proof")
def proof(package: str) -> Response:
    """That the package of a published broadcast stands in the log, for checking it away from the station."""
    entry = record_log.entry_of_package(session(), package) if is_public_package(session(), package) else None
    found = published_log.proof_of(station().settings, _keys(), entry) if entry else None
    if found is None:
        raise NotFound("This package is not in the log yet.")
    name = f"{package}.tlog-proof"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if "unduh" in request.args else {}
    return Response(bytes(found), content_type="text/plain; charset=utf-8", headers=headers)


def _keys() -> KeyRing:
    return database_of(session()).keys
