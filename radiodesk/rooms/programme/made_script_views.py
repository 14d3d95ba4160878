"""Scripts that are made out of what the traffic room holds: a sentence taken back (ralat), an appeal."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from radiodesk.core.errors import Unreadable
from radiodesk.http.request import field, fields, now, number, session, station
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import made_scripts, queries
from radiodesk.rooms.traffic import queries as traffic
from radiodesk.rooms.traffic.models import FLOW_NAMES, KIND_NAMES

blueprint = Blueprint("made", __name__)


@blueprint.get("/naskah/<public_id>/ralat")
@allowed(Role.OFFICER, Role.PRODUCER)
def choose_sentence(public_id: str) -> str:
    script = queries.script_by_public_id(session(), public_id)
    sentences = made_scripts.correctable(script)
    return render_template(
        "programme/correction.html",
        script=script,
        sentences=[(sentence, made_scripts.places_of(script, sentence)) for sentence in sentences],
        conditions=traffic.live_conditions(session(), now()),
        flows=FLOW_NAMES,
        kinds=KIND_NAMES,
    )


@blueprint.post("/naskah/<public_id>/ralat")
@allowed(Role.OFFICER, Role.PRODUCER)
def correct(public_id: str) -> Response:
    script = queries.script_by_public_id(session(), public_id)
    sentences, chosen = made_scripts.correctable(script), number("sentence")
    if not 0 <= chosen < len(sentences):
        raise Unreadable("Please choose the sentence that was wrong.")
    settings = station().settings
    made = made_scripts.compile_correction(
        session(),
        settings,
        area_pack(settings.area),
        script,
        sentences[chosen],
        [traffic.condition_by_public_id(session(), one) for one in fields("right", 80)],
        reader=field("reader", 80),
        by=me().username,
        at=now(),
    )
    return redirect(url_for("programme.script", public_id=made.public_id), code=303)


@blueprint.post("/naskah/imbauan")
@allowed(Role.OFFICER, Role.PRODUCER)
def appeal() -> Response:
    settings = station().settings
    made = made_scripts.appeal_script(
        session(), settings, area_pack(settings.area), field("appeal", 60), by=me().username, at=now()
    )
    return redirect(url_for("programme.script", public_id=made.public_id), code=303)
