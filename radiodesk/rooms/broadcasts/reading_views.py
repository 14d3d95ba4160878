"""How scripts were read, for those who answer for the show."""

from flask import Blueprint, render_template

from radiodesk.core.private_columns import readable_rows
from radiodesk.http.request import session
from radiodesk.rooms.accounts.access import allowed
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import queries, readings
from radiodesk.rooms.broadcasts.known_callers import covered, identities
from radiodesk.rooms.broadcasts.models import READING_PART_NAMES

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
