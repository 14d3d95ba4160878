"""Scripts: writing, approving, listening, the prompter; and the series of the station."""

from collections.abc import Mapping
from itertools import pairwise

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.core.jobs import enqueue
from radiodesk.http.file_response import send
from radiodesk.http.request import asked_page, back, field, now, number, session, station
from radiodesk.language.places.station_area import area_pack
from radiodesk.road.bulletin import OVER
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.programme import (
    followed_conditions,
    included_items,
    made_scripts,
    queries,
    reserve_voices,
    script_comments,
    services,
    spoken_lines,
)
from radiodesk.rooms.programme.heard_script import heard_script
from radiodesk.rooms.programme.jobs import READ_ALOUD, heard_sound
from radiodesk.rooms.programme.models import SCRIPT_KIND_NAMES, SCRIPT_STATE_NAMES, Script, ScriptKind
from radiodesk.rooms.programme.script_sheet import send_script
from radiodesk.rooms.programme.version_changes import changes
from radiodesk.rooms.traffic.forms import lapsit_numbers
from radiodesk.rooms.traffic.queries import situation_report_by_public_id
from radiodesk.rooms.traffic.services import correct_lapsit

blueprint = Blueprint("programme", __name__)

NAMES = {"kinds": SCRIPT_KIND_NAMES, "states": SCRIPT_STATE_NAMES}
WRITERS = (Role.PRODUCER, Role.OFFICER, Role.HOST)


def _speed() -> float:
    return services.words_per_minute(session(), me().name, station().settings.words_per_minute)


def _lexicon() -> Mapping[str, str]:
    return area_pack(station().settings.area).spoken


def _script(public_id: str) -> Script:
    return queries.script_by_public_id(session(), public_id)


@blueprint.get("/naskah")
def scripts() -> str:
    listed = queries.scripts_page(session(), asked_page())
    old = followed_conditions.telling_the_old(session(), listed.rows, at=now())
    return render_template("programme/scripts.html", listed=listed, old=old, now=now(), **NAMES)


@blueprint.post("/naskah")
@allowed(*WRITERS)
def write() -> BaseResponse:
    try:
        kind = ScriptKind(field("kind", 12))
    except ValueError:
        raise Unreadable("This kind of script is not there.").of("kind") from None
    draft = services.Draft(field("text", services.LONGEST_SCRIPT))
    script = services.write_script(
        session(), kind, field("title", 160), draft, by=me().username, at=now(), speed=_speed(), lexicon=_lexicon()
    )
    return redirect(url_for("programme.script", public_id=script.public_id), code=303)


@blueprint.post("/naskah/buletin")
@allowed(Role.OFFICER, Role.PRODUCER)
def compile_bulletin() -> BaseResponse:
    settings = station().settings
    pack = area_pack(settings.area)
    # Thousands of reports are fused for it, which must not be done while all who write have to wait.
    with station().database.reading() as looking:
        planned = made_scripts.plan_bulletin(
            looking,
            settings,
            pack,
            seconds=number("seconds"),
            reader=field("reader", 80),
            at=now(),
            theme=field("theme", 60),
        )
    found = made_scripts.keep_bulletin(session(), settings, pack, planned, by=me().username, at=now())
    return redirect(url_for("programme.script", public_id=found.public_id), code=303)


@blueprint.post("/naskah/lapsit")
@allowed(Role.OFFICER, Role.PRODUCER)
def situation_script() -> BaseResponse:
    numbers, lines = lapsit_numbers()
    if numbers or lines:
        # What was typed beside the button goes into the script.
        row = situation_report_by_public_id(session(), field("lapsit", 36))
        correct_lapsit(session(), row, numbers, lines, by=me().username, at=now())
        title, draft = made_scripts.plan_situation(session(), station().settings, row)
    else:
        with station().database.reading() as looking:
            row = situation_report_by_public_id(looking, field("lapsit", 36))
            title, draft = made_scripts.plan_situation(looking, station().settings, row)
    found = made_scripts.keep_situation(session(), station().settings, title, draft, by=me().username, at=now())
    return redirect(url_for("programme.script", public_id=found.public_id), code=303)


@blueprint.get("/naskah/<public_id>")
def script(public_id: str) -> str:
    return render_template("programme/script.html", **_page(public_id))


@blueprint.get("/naskah/<public_id>/suara")
def sound_part(public_id: str) -> str:
    return render_template("programme/_sound.html", **_page(public_id))


def _page(public_id: str) -> dict[str, object]:
    found = _script(public_id)
    heard = heard_sound(station().settings, found.latest).is_there()
    return {
        "script": found,
        "heard": heard,
        "now": now(),
        "over": OVER,
        "why_of": made_scripts.why_of,
        "old": followed_conditions.old_sentences(session(), found),
        "sources": followed_conditions.readable_sources(session(), found),
        "comments": script_comments.comments(session(), found),
        "lock": script_comments.lock_of(session(), found, at=now()),
        "reserve": reserve_voices.reserve_of(session(), found.approved),
        "changes": [changes(a.text, b.text) for a, b in pairwise(found.versions)],
        **_heard(found.latest.text),
        **NAMES,
    }


def _heard(text: str) -> dict[str, object]:
    return heard_script(session(), text, pace=station().settings.words_per_minute, lexicon=_lexicon())


def _save(public_id: str) -> Script:
    """Keep the words on the screen, where the form holds some; the script."""
    found = _script(public_id)
    if "text" in request.form:
        script_comments.require_free(session(), found, by=me().username, at=now())
        services.edit_script(
            session(),
            found,
            services.Draft(field("text", services.LONGEST_SCRIPT)),
            expected=number("expected"),
            by=me().username,
            at=now(),
            speed=_speed(),
            lexicon=_lexicon(),
        )
        script_comments.unlock(session(), found, by=me().username, at=now())
    return found


@blueprint.post("/naskah/<public_id>")
@allowed(*WRITERS)
def edit(public_id: str) -> BaseResponse:
    _save(public_id)
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/telinga")
@allowed(*WRITERS)
def hear_lines() -> str:
    """How the words on the screen sound, while they are typed; keeps nothing."""
    return render_template("programme/_ear.html", **_heard(field("text", services.LONGEST_SCRIPT)))


@blueprint.post("/naskah/baris")
@allowed(*WRITERS)
def speak_line() -> BaseResponse:
    """Let one line be spoken; where it can be heard is told at once."""
    line = field("line", spoken_lines.LONGEST_LINE)
    digest = spoken_lines.ask_for(session(), station().settings, line, _lexicon(), at=now())
    return redirect(url_for("programme.line", digest=digest), code=303)


@blueprint.get("/naskah/baris/<digest>.wav")
@allowed(*WRITERS)
def line(digest: str) -> BaseResponse:
    if not spoken_lines.is_digest(digest):
        raise NotFound("This line is not there.")
    found = spoken_lines.line_sound(station().settings, digest)
    if found.is_there():
        return send(found, mimetype="audio/wav")
    if spoken_lines.is_awaited(session(), digest):
        # A browser without scripts asks again by itself.
        waiting = gettext("The line is being spoken. One moment.")
        return Response(waiting, 202, {"Refresh": "1"}, content_type="text/plain; charset=utf-8")
    raise NotFound("This line cannot be heard. Ask for it once more; if that fails, look at the failed jobs.")


@blueprint.post("/naskah/<public_id>/kunci")
@allowed(*WRITERS)
def lock(public_id: str) -> BaseResponse:
    taking = field("take_over", 3) == "yes"
    found = _script(public_id)
    script_comments.lock(session(), found, by=me().username, name=me().name, at=now(), take_over=taking)
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/<public_id>/komentar")
@allowed(*WRITERS)
def comment(public_id: str) -> BaseResponse:
    said = field("comment", script_comments.LONGEST_COMMENT)
    script_comments.comment(session(), _script(public_id), said, by=me().username, at=now())
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/<public_id>/komentar/<comment_id>/selesai")
@allowed(*WRITERS)
def settle_comment(public_id: str, comment_id: str) -> BaseResponse:
    script_comments.settle(session(), _script(public_id), comment_id, by=me().username, at=now())
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/<public_id>/setujui")
@allowed(Role.OFFICER)
def approve(public_id: str) -> BaseResponse:
    """Approve what is on the screen: words that were typed and not saved are saved first."""
    found = _save(public_id)
    looked_at = found.latest.number if "text" in request.form else number("number")
    services.approve(session(), found, number=looked_at, by=me().username, at=now())
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/<public_id>/muat")
@allowed(*WRITERS)
def include(public_id: str) -> BaseResponse:
    """Take in one thing that was left out, together with the words on the screen."""
    found = _script(public_id)
    typed = field("text", services.LONGEST_SCRIPT) or found.latest.text
    included_items.include(
        session(),
        station().settings,
        found,
        typed,
        number("left"),
        expected=number("expected"),
        by=me().username,
        at=now(),
        speed=_speed(),
    )
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/<public_id>/perbarui")
@allowed(Role.OFFICER, Role.PRODUCER)
def tell_anew(public_id: str) -> BaseResponse:
    """Put the sentences right that tell the old, together with the words on the screen."""
    found = _save(public_id)
    followed_conditions.tell_anew(session(), station().settings, found, by=me().username, at=now())
    return back("programme.script", public_id=public_id)


@blueprint.post("/naskah/<public_id>/tarik")
@allowed(*WRITERS)
def withdraw(public_id: str) -> BaseResponse:
    services.withdraw(session(), _script(public_id), by=me().username, at=now())
    return back("programme.scripts")


@blueprint.post("/naskah/<public_id>/dengar")
@allowed(*WRITERS)
def listen(public_id: str) -> BaseResponse:
    found = _save(public_id)
    enqueue(session(), now(), READ_ALOUD, found.latest.id)
    return back("programme.script", public_id=public_id)


@blueprint.get("/naskah/<public_id>/dengar.wav")
def heard(public_id: str) -> BaseResponse:
    found = heard_sound(station().settings, _script(public_id).latest)
    if not found.is_there():
        raise NotFound("This script was not read aloud yet. Press Listen first.")
    return send(found, mimetype="audio/wav")


@blueprint.get("/naskah/<public_id>/cetak.pdf")
def printed(public_id: str) -> Response:
    found = _script(public_id)
    return send_script(found, found.approved or found.latest)


@blueprint.get("/program")
@allowed(Role.PRODUCER)
def programmes() -> str:
    return render_template("programme/programmes.html", programmes=queries.programmes(session()))


@blueprint.post("/program")
@allowed(Role.PRODUCER)
def add_programme() -> BaseResponse:
    services.add_programme(
        session(),
        field("title", 120),
        by=me().username,
        at=now(),
        starts=field("starts", 5) or "08:00",
        minutes=number("minutes"),
        description=field("description", 4000),
    )
    return back("programme.programmes")
