"""The prompter of one script, and the screen that drives it."""

from flask import Blueprint, Response, jsonify, render_template
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core import inputs
from radiodesk.http.request import back, field, now, number, session, station
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import followed_conditions, prompters, queries, services
from radiodesk.rooms.programme.models import Script

blueprint = Blueprint("prompter", __name__)

DRIVERS = (Role.PRODUCER, Role.HOST, Role.OFFICER)


def page_of_script(public_id: str) -> dict[str, object]:
    """What the pages of one script's prompter show."""
    found = _script(public_id)
    pace = services.words_per_minute(session(), me().name, station().settings.words_per_minute)
    lexicon = area_pack(station().settings.area).spoken
    return {
        "title": found.title,
        "script": found,
        "sections": [prompters.section_of(found, speed=pace, lexicon=lexicon)],
        "old": followed_conditions.old_sentences(session(), found),
        "pace": pace,
        "prompter": prompters.prompter_of(session(), public_id),
        "ways": {name: f"prompter.{name}" for name in ("words", "state", "drive", "place")},
        "subject": public_id,
    }


def _script(public_id: str) -> Script:
    return queries.script_by_public_id(session(), public_id)


@blueprint.get("/naskah/<public_id>/prompter")
def script(public_id: str) -> str:
    return render_template("programme/prompter.html", **page_of_script(public_id))


@blueprint.get("/naskah/<public_id>/prompter/isi")
def words(public_id: str) -> str:
    """The words as they are now: they change in place."""
    return render_template("programme/_prompter_words.html", **page_of_script(public_id))


@blueprint.get("/naskah/<public_id>/prompter/kendali")
@allowed(*DRIVERS)
def control(public_id: str) -> str:
    return render_template("programme/prompter_control.html", **page_of_script(public_id))


@blueprint.get("/naskah/<public_id>/prompter/keadaan")
def state(public_id: str) -> Response:
    _script(public_id)
    return jsonify(prompters.state_of(prompters.prompter_of(session(), public_id)))


@blueprint.post("/naskah/<public_id>/prompter/perintah")
@allowed(*DRIVERS)
def drive(public_id: str) -> BaseResponse:
    _script(public_id)
    obey(public_id)
    return back("prompter.control", public_id=public_id)


@blueprint.post("/naskah/<public_id>/prompter/tempat")
@allowed(*DRIVERS)
def place(public_id: str) -> tuple[str, int]:
    _script(public_id)
    return keep_place(public_id)


def obey(subject: str) -> None:
    """Do what the form orders."""
    line, words = field("line", prompters.LONGEST_LINE), field("words", prompters.LONGEST_CUE)
    prompters.drive(session(), subject, field("order", 10), line=line, words=words, at=now())


def keep_place(subject: str) -> tuple[str, int]:
    """Keep where the reader is."""
    rolling, line = field("rolling", 3) == "yes", field("line", prompters.LONGEST_LINE)
    prompters.tell_place(session(), subject, line, rolling=rolling, pace=number("pace"), at=now())
    return "", 204


@blueprint.post("/naskah/<public_id>/baris/<line>")
@allowed(*DRIVERS)
def replace_line(public_id: str, line: str) -> BaseResponse:
    found = _script(public_id)
    settings = station().settings
    prompters.replace_line(
        session(),
        found,
        inputs.number(line),
        field("text", prompters.LONGEST_WORDS),
        expected=number("expected"),
        may_approve=me().may(Role.OFFICER),
        by=me().username,
        at=now(),
        speed=services.words_per_minute(session(), me().name, settings.words_per_minute),
        lexicon=area_pack(settings.area).spoken,
    )
    return back("prompter.control", public_id=public_id)
