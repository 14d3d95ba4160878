"""Saluran: lines are set up, tried out and watched here, and a sound-card line is opened and closed with one key."""

from datetime import datetime

from flask import Blueprint, current_app, jsonify, redirect, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from radiodesk.core import audit, events
from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.i18n import N_
from radiodesk.http.file_response import send_local
from radiodesk.http.regions import region
from radiodesk.http.request import asked, back, field, now, part, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.access import belonging_of
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.lines import caller_prompts, forms, joined_callers, line_board
from radiodesk.rooms.lines.services import LINES, RECORDER, TELEPHONE, Stay, open_line
from radiodesk.rooms.recordings.access import Act, is_permitted
from radiodesk.sound.line_setup import (
    FILE,
    LOG_DAYS,
    LOG_FORMATS,
    LOG_LEAST_DAYS,
    RATES,
    Line,
    LineKind,
    Lines,
    load_lines,
    save_lines,
    trial_file,
)
from radiodesk.sound.recorder.input_devices import SOUND_SERVERS, list_devices
from radiodesk.sound.telephone.prompt_text import LONGEST

blueprint = Blueprint("lines", __name__)

CREW = (Role.SCREENER, Role.PRODUCER, Role.HOST)
KIND_NAMES = {
    LineKind.TELEPHONE: N_("Telephone (hybrid)"),
    LineKind.STUDIO: N_("Studio (what callers hear)"),
    LineKind.PROGRAMME: N_("Programme (what goes on air)"),
}
TRIAL_SECONDS = 5.0
_EXTENSION = "radiodesk.lines"


@blueprint.get("/saluran")
@allowed(*CREW)
def page() -> str:
    """All lines; an administrator also sets them up."""
    setting_up = me().may(Role.ADMINISTRATOR)
    lines, _ = line_board.configured(station().settings)
    return render_template(
        "lines/lines.html",
        setting_up=setting_up,
        devices=list_devices() if setting_up and asked("perangkat") else None,
        servers=SOUND_SERVERS,
        studios=[line for line in lines.lines if line.kind is LineKind.STUDIO],
        rates=RATES,
        log_formats=LOG_FORMATS,
        log_days=(LOG_DAYS, LOG_LEAST_DAYS),
        sample_rate=lines.sample_rate,
        **_shown(),
    )


@blueprint.get("/saluran/daftar")
@allowed(*CREW)
def listed() -> str:
    return render_template("lines/_line_list.html", setting_up=me().may(Role.ADMINISTRATOR), **_shown())


@blueprint.get("/saluran/perangkat")
@allowed(Role.ADMINISTRATOR)
def devices() -> str:
    """The sound devices that are there now, for the page that sets lines up: to find them takes its time."""
    return render_template("lines/_devices.html", devices=list_devices(), servers=SOUND_SERVERS)


@blueprint.get("/saluran/ringkas")
@allowed(*CREW)
@region("lines", "calls")
def states() -> str:
    """The lines as they stand on the screener's screen."""
    return render_template("lines/_line_states.html", **_shown())


@blueprint.get("/saluran/keadaan.json")
@allowed(*CREW)
def levels() -> Response:
    return jsonify(line_board.as_json(line_board.look(station().settings, _listening())))


@blueprint.post("/saluran")
@allowed(Role.ADMINISTRATOR)
def add() -> Response:
    return _save(forms.changed(_lines(), None), "line added")


@blueprint.post("/saluran/laju")
@allowed(Role.ADMINISTRATOR)
def set_rate() -> Response:
    return _save(forms.at_rate(_lines()), "sample rate set")


@blueprint.post("/saluran/sibuk")
@allowed(*CREW)
def busy_all() -> Response:
    """New callers hear the busy tone, or the telephone rings again."""
    on = field("on", 3) == "yes"
    _listening().tell(TELEPHONE, {"do": "busy_all", "on": on})
    audit.record(session(), now(), me().username, "lines busied out" if on else "lines let ring", "telephone")
    events.announce(session(), now(), LINES, "busy", None)
    return back("lines.page")


@blueprint.post("/saluran/<line_id>")
@allowed(Role.ADMINISTRATOR)
def change(line_id: str) -> Response:
    return _save(forms.changed(_lines(), line_id), "line changed")


@blueprint.post("/saluran/<line_id>/hapus")
@allowed(Role.ADMINISTRATOR)
def remove(line_id: str) -> Response:
    return _save(forms.without(_lines(), line_id), "line removed")


@blueprint.post("/saluran/<line_id>/angkat")
@allowed(*CREW)
def take(line_id: str) -> Response:
    """Open a telephone line: its recording begins, and its call is with whoever opened it."""
    line = _telephone_line(line_id)
    answer = _listening().tell(RECORDER, {"do": "open", "line": line.id, "by": me().username})
    stay = Stay(RECORDER, answer["take"], line.id, line.label)
    # Should this not be committed, the attendant does the same from the journal.
    found = open_line(session(), stay, answer["take"], by=me().username, at=now())
    return redirect(url_for("calls.call", public_id=found.call.public_id), code=303)


@blueprint.post("/saluran/<line_id>/tutup")
@allowed(*CREW)
def let_go(line_id: str) -> Response:
    """Close a telephone line; the attendant gives its call the end."""
    _listening().tell(RECORDER, {"do": "close", "line": _telephone_line(line_id).id, "by": me().username})
    return back("calls.screen")


@blueprint.post("/saluran/<line_id>/coba")
@allowed(Role.ADMINISTRATOR, Role.PRODUCER)
def try_out(line_id: str) -> Response:
    """Keep the next five seconds of a line, to be heard on the page."""
    _listening().tell(RECORDER, {"do": "test", "line": _line(line_id).id, "seconds": TRIAL_SECONDS})
    audit.record(session(), now(), me().username, "line tried", f"line {line_id}")
    return back("lines.page", _anchor=f"line-{line_id}")


@blueprint.get("/saluran/<line_id>/coba.wav")
@allowed(Role.ADMINISTRATOR, Role.PRODUCER)
def trial(line_id: str) -> Response:
    path = trial_file(station().settings, _line(line_id).id)
    if not path.is_file():
        raise NotFound("This line was not tried yet.")
    return send_local(path, mimetype="audio/wav", max_age=0)


@blueprint.post("/antrean/<public_id>/sampaikan")
@allowed(Role.SCREENER, Role.PRODUCER)
def prompt(public_id: str) -> Response:
    """Say something to one caller who waits on a SIP line."""
    what = caller_prompts.prompt_of(field("apa", 20))
    with station().database.reading() as looking:
        call = call_by_public_id(looking, public_id)
        if not is_permitted(me(), Act.READ, belonging_of(looking, call)):
            raise NotFound("This call is not known.")
        wanted = caller_prompts.prepare(looking, station().settings, call, what, field("kata", 2000))
    # Nobody waits for the turn to write while the telephone is asked.
    _listening().tell(TELEPHONE, wanted)
    caller_prompts.note(session(), public_id, what, by=me().username, at=now())
    return back("calls.call", public_id=public_id)


@blueprint.post("/antrean/<public_id>/saling-dengar")
@allowed(Role.HOST, Role.PRODUCER)
def join(public_id: str) -> Response:
    """Let this caller and another one hear each other, both on air."""
    other = field("dengan", 36)
    with station().database.reading() as looking:
        wanted = joined_callers.join_request(looking, *_on_air(looking, public_id, other))
    # Nobody waits for the turn to write while the telephone is asked.
    _listening().tell(TELEPHONE, wanted)
    joined_callers.note(session(), "callers joined", public_id, other, by=me().username, at=now())
    return back("studio.host")


@blueprint.post("/antrean/<public_id>/pisahkan")
@allowed(Role.HOST, Role.PRODUCER)
def separate(public_id: str) -> Response:
    """Let a caller hear the studio alone again."""
    with station().database.reading() as looking:
        wanted = joined_callers.part_request(looking, *_on_air(looking, public_id))
    _listening().tell(TELEPHONE, wanted)
    joined_callers.note(session(), "callers parted", public_id, by=me().username, at=now())
    return back("studio.host")


def _on_air(looking: Session, *public_ids: str) -> list[Call]:
    """The calls with these public ids; those of somebody whom the host may not know are not there."""
    calls = [call_by_public_id(looking, public_id) for public_id in public_ids]
    if not all(is_permitted(me(), Act.READ, belonging_of(looking, call)) for call in calls):
        raise NotFound("This call is not known.")
    return calls


def prompt_slip(session: Session, call: Call, _at: datetime) -> Markup:
    """A ``calls.screen_ports.SlipSource``: what this caller can be told, where that is possible."""
    stay = caller_prompts.sip_stay(session, call) if call.is_open and call.state is not CallState.ON_AIR else None
    if stay is None:
        return Markup("")
    lines = (_listening().state(TELEPHONE) or {"lines": []})["lines"]
    line = next((one for one in lines if one["call"] == stay.key), None)
    if line is None or not line.get("can_prompt"):
        return Markup("")
    told = line["prompt"]
    return part(
        "lines/_caller_prompt.html",
        call=call,
        queued=call.state in Call.waiting_states,
        longest=LONGEST,
        told=told,
        told_at=datetime.fromisoformat(told["at"]) if told and told["at"] else None,
    )


def panel(_session: Session, _at: datetime) -> Markup:
    """A ``calls.screen_ports.PanelSource``: the lines above the screener's queue."""
    return part("lines/_line_panel.html", **_shown())


def _shown() -> dict[str, object]:
    found = line_board.look(station().settings, _listening(), session())
    return {"board": found, "kinds": KIND_NAMES}


def _listening() -> line_board.Listening:
    held: line_board.Listening = current_app.extensions.setdefault(_EXTENSION, line_board.Listening(station().settings))
    return held


def _lines() -> Lines:
    return load_lines(station().settings.lines / FILE)


def _line(line_id: str) -> Line:
    line = _lines().line(line_id)
    if line is None:
        raise NotFound("There is no line “%(line)s”.", line=line_id)
    return line


def _telephone_line(line_id: str) -> Line:
    line = _line(line_id)
    if line.kind is not LineKind.TELEPHONE:
        raise Conflict(
            "“%(line)s” is no telephone line; it records by itself while a broadcast is on air.", line=line.label
        )
    return line


def _save(lines: Lines, action: str) -> Response:
    settings = station().settings
    settings.lines.mkdir(parents=True, exist_ok=True)
    save_lines(settings.lines / FILE, lines)
    audit.record(session(), now(), me().username, action, "lines", lines=[line.id for line in lines.lines])
    events.announce(session(), now(), LINES, "changed", None)
    return back("lines.page")
