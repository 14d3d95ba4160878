"""How scripts were read, for those who answer for the show; where a reader is now, for prompters."""

from flask import Blueprint, Response, jsonify, render_template

from radiodesk.core.private_columns import readable_rows
from radiodesk.http.request import session
from radiodesk.rooms.accounts.access import allowed
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import queries, readings
from radiodesk.rooms.broadcasts.followed_reader import Place, place_in
from radiodesk.rooms.broadcasts.known_callers import covered, identities
from radiodesk.rooms.broadcasts.models import READING_PART_NAMES
from radiodesk.rooms.programme.queries import script_by_public_id

blueprint = Blueprint("readings", __name__)

ANSWERING = (Role.PRODUCER, Role.HOST, Role.OFFICER, Role.ARCHIVIST)


@blueprint.get("/siaran/<public_id>/naskah-dibaca")
@allowed(*ANSWERING)
def as_read(public_id: str) -> str:
    found = queries.broadcast_by_public_id(session(), public_id)
    kept = readings.readings_of(session(), found)
    # What a reader added may tell of a caller of whom nothing is told.
    known = [one for one in identities(session(), found) if one.guarded]
    parts = {
        reading.id: [
            {**part, "heard": covered(part["heard"], known), "written": covered(part["written"], known)}
            for part in readable_rows(reading.parts)
        ]
        for reading in kept
    }
    return render_template(
        "broadcasts/as_read.html",
        broadcast=found,
        readings=kept,
        titles={one.id: covered(one.title, known) for one in kept},
        parts=parts,
        names=READING_PART_NAMES,
        missing=readings.missing(session(), found),
        missing_names=readings.MISSING_NAMES,
    )


@blueprint.get("/naskah/<public_id>/posisi")
def position(public_id: str) -> Response:
    """Where the reader of this script is now: ``{reading, version, word, line, said_at, sure}``.

    ``reading`` is false while nobody reads it on air; ``word`` is -1 then, and before the first word.
    """
    script = script_by_public_id(session(), public_id)
    found = place_in(session(), script)
    place = found or Place(version=script.approved_version or script.latest.number)
    return jsonify(
        reading=found is not None,
        version=place.version,
        word=place.word,
        line=place.line,
        said_at=place.said_at.isoformat(timespec="milliseconds") if place.said_at else None,
        sure=place.sure,
    )
