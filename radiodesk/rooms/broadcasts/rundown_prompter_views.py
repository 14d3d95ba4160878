"""The prompter of a whole rundown, and the screen that drives it."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, render_template
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.http.request import back, now, session, station
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import queries, rundowns
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.programme import followed_conditions, prompters, services
from radiodesk.rooms.programme.prompter_views import DRIVERS, keep_place, obey

blueprint = Blueprint("rundown_prompter", __name__)

SHOW = (Role.PRODUCER, Role.HOST, Role.SCREENER, Role.OFFICER)


def _page(public_id: str) -> dict[str, object]:
    broadcast = queries.broadcast_by_public_id(session(), public_id)
    station_pace = station().settings.words_per_minute
    lexicon = area_pack(station().settings.area).spoken
    slots = rundowns.timed(rundown(session(), broadcast.id), broadcast.on_air_at or broadcast.planned_start)
    sections, old = [], []
    for slot in slots:
        item = slot.item
        if item.script is None:
            sections.append(prompters.Section(item.public_id, item.title, item.reader, item.seconds, slot.begins))
            continue
        pace = services.words_per_minute(session(), item.reader or me().name, station_pace)
        made = prompters.section_of(item.script, speed=pace, lexicon=lexicon)
        sections.append(replace(made, key=item.public_id, title=item.title, reader=item.reader, begins=slot.begins))
        old += followed_conditions.old_sentences(session(), item.script)
    return {
        "title": broadcast.title,
        "broadcast": broadcast,
        "sections": sections,
        "old": old,
        "pace": services.words_per_minute(session(), me().name, station_pace),
        "prompter": prompters.prompter_of(session(), public_id),
        "ways": {name: f"rundown_prompter.{name}" for name in ("words", "state", "drive", "place")},
        "subject": public_id,
        "now": now(),
    }


@blueprint.get("/siaran/<public_id>/prompter")
@allowed(*SHOW)
def prompter(public_id: str) -> str:
    return render_template("programme/prompter.html", **_page(public_id))


@blueprint.get("/siaran/<public_id>/prompter/isi")
@allowed(*SHOW)
def words(public_id: str) -> str:
    """The words as they are now: they change in place."""
    return render_template("programme/_prompter_words.html", **_page(public_id))


@blueprint.get("/siaran/<public_id>/prompter/kendali")
@allowed(*DRIVERS)
def control(public_id: str) -> str:
    return render_template("programme/prompter_control.html", **_page(public_id))


@blueprint.get("/siaran/<public_id>/prompter/keadaan")
@allowed(*SHOW)
def state(public_id: str) -> Response:
    """How it is driven, and which item is on now: the text follows the rundown."""
    broadcast = queries.broadcast_by_public_id(session(), public_id)
    current = queries.current_item(session(), broadcast)
    told = prompters.state_of(prompters.prompter_of(session(), public_id))
    return jsonify(told | {"item": current.public_id if current else ""})


@blueprint.post("/siaran/<public_id>/prompter/perintah")
@allowed(*DRIVERS)
def drive(public_id: str) -> BaseResponse:
    queries.broadcast_by_public_id(session(), public_id)
    obey(public_id)
    return back("rundown_prompter.control", public_id=public_id)


@blueprint.post("/siaran/<public_id>/prompter/tempat")
@allowed(*DRIVERS)
def place(public_id: str) -> tuple[str, int]:
    queries.broadcast_by_public_id(session(), public_id)
    return keep_place(public_id)
