"""Broadcasts: planning, the rundown, the host's screen, the studio wall, the as-run log."""

from collections.abc import Iterable
from datetime import timedelta
from typing import BinaryIO, cast

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core import inputs
from radiodesk.core.csv_tables import csv_text
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.inputs import station_time
from radiodesk.http.regions import region
from radiodesk.http.request import asked, asked_page, back, field, now, number, onward, session, stands_on, station
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.accounts.access import allowed, may_open, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.accounts.queries import known_names
from radiodesk.rooms.broadcasts import (
    checklist,
    editions,
    playouts,
    queries,
    readings,
    rundown_acts,
    rundowns,
    services,
)
from radiodesk.rooms.broadcasts.air_delay import DelayUnit
from radiodesk.rooms.broadcasts.item_times import item_runs
from radiodesk.rooms.broadcasts.known_callers import covered_titles
from radiodesk.rooms.broadcasts.models import (
    AS_RUN_KIND_NAMES,
    BROADCAST_STATE_NAMES,
    ITEM_KIND_NAMES,
    ITEM_KIND_SIGNS,
    AsRun,
    Broadcast,
    BroadcastState,
    ItemKind,
    RundownItem,
)
from radiodesk.rooms.broadcasts.ports import OUTCOME_NAMES, outcomes
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.broadcasts.rundown_sheet import send_rundown
from radiodesk.rooms.broadcasts.soundboard_views import shown_board
from radiodesk.rooms.broadcasts.unanswered import unanswered
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CONSENT_NAMES, URGENCY_NAMES, Call, CallState, Channel
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.calls.protection_proposal import MATTER_NAMES
from radiodesk.rooms.calls.queries import HostCard, call_by_public_id, host_card
from radiodesk.rooms.calls.visible import readable
from radiodesk.rooms.lines.joined_callers import Partner, partners
from radiodesk.rooms.lines.line_board import Listening, on_air_delay, programme_loudness
from radiodesk.rooms.lines.services import TELEPHONE
from radiodesk.rooms.programme import queries as programme_queries
from radiodesk.rooms.programme.player_line import tell_player
from radiodesk.rooms.programme.reserve_voices import reserve_of
from radiodesk.rooms.programme.station_sounds import station_sounds
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.recordings.services import require_sound, store_upload
from radiodesk.rooms.transcripts import queries as speech_queries
from radiodesk.sound.player.ready_files import END_NAMES

blueprint = Blueprint("broadcasts", __name__)

CREW = (Role.PRODUCER, Role.HOST)
ALL_SHOW = (Role.PRODUCER, Role.HOST, Role.SCREENER, Role.OFFICER)
NAMES = {
    "states": BROADCAST_STATE_NAMES,
    "outcome_names": OUTCOME_NAMES,
    "kinds": ITEM_KIND_NAMES,
    "as_run_kinds": AS_RUN_KIND_NAMES,
    "urgencies": URGENCY_NAMES,
    "consents": CONSENT_NAMES,
    "matters": MATTER_NAMES,
    "spoken": (Channel.PHONE, Channel.SIP),
}
LONGEST_NOTE = timedelta(minutes=5)
"""How long ago a mark may have been pressed, whatever the browser says."""


def _broadcast(public_id: str) -> Broadcast:
    return queries.broadcast_by_public_id(session(), public_id)


def _item(public_id: str) -> RundownItem:
    return rundowns.item_by_public_id(session(), public_id)


def _call() -> Call:
    return call_by_public_id(session(), field("call", 36))


@blueprint.get("/siaran")
def broadcasts() -> str:
    listed = queries.broadcasts(session(), asked_page())
    return render_template(
        "broadcasts/broadcasts.html",
        listed=listed,
        outcomes=outcomes(session(), listed.rows),
        programmes=programme_queries.programmes(session()),
        wanted_day=asked("tanggal", 10),
        wanted_time=asked("jam", 5),
        now=now(),
        **NAMES,
    )


@blueprint.post("/siaran")
@allowed(*CREW)
def plan() -> BaseResponse:
    programme = programme_queries.programme_by_public_id(session(), field("programme", 36))
    start = station_time(field("date", 10), field("time", 5), station().settings.zone)
    zone = station().settings.zone
    day, title = editions.station_day(start, zone), field("title", 160)
    broadcast = services.plan(session(), programme, title, start, day=day, by=me().username, at=now())
    editions.claim_day(session(), broadcast, zone)
    return redirect(url_for("broadcasts.broadcast", public_id=broadcast.public_id), code=303)


@blueprint.get("/siaran/<public_id>")
def broadcast(public_id: str) -> str:
    found = _broadcast(public_id)
    log = queries.as_run(session(), found)
    calls = queries.filed_calls(session(), found)
    items, start = rundown(session(), found.id), found.on_air_at or found.planned_start
    return render_template(
        "broadcasts/broadcast.html",
        broadcast=found,
        outcomes=outcomes(session(), [found]),
        items=rundowns.timed(items, start, start + timedelta(seconds=found.planned_seconds), station().settings.zone),
        over=sum(item.seconds for item in items) - found.planned_seconds,
        sources=queries.rundown_sources(session(), found),
        kind_signs=ITEM_KIND_SIGNS,
        runs=item_runs(items, log),
        **_for_planners(found),
        log=log,
        titles=covered_titles(session(), found, log),
        calls=calls,
        cards=_cards([one.call for one in calls]),
        readings=readings.readings_of(session(), found),
        unproven=readings.missing(session(), found) if found.state is BroadcastState.ENDED else None,
        missing_names=readings.MISSING_NAMES,
        transcripts=speech_queries.current(session(), found.recordings),
        scripts=programme_queries.scripts(session()),
        station_sounds=station_sounds(session()),
        reserves={item.id: reserve_of(session(), item.script.approved) for item in items if item.script},
        end_names=END_NAMES,
        undoable=rundown_acts.undoable(session(), found, by=me().username, at=now()),
        rundown_act_names=rundown_acts.ACT_NAMES,
        now=now(),
        **NAMES,
    )


def _for_planners(found: Broadcast) -> dict[str, object]:
    """What helps whoever plans a broadcast that is not over: who works here, and what is still unanswered."""
    if not may_open("broadcasts.add_item") or found.state not in (BroadcastState.PLANNED, BroadcastState.ON_AIR):
        return {}
    return {"people": known_names(session()), "questions": unanswered(session(), found, at=now())}


@blueprint.get("/siaran/<public_id>/susunan.pdf")
def printed(public_id: str) -> Response:
    found = _broadcast(public_id)
    start = found.on_air_at or found.planned_start
    return send_rundown(found, rundowns.timed(rundown(session(), found.id), start))


@blueprint.get("/siaran/<public_id>/mulai")
@allowed(*CREW)
def before_air(public_id: str) -> str:
    found = _broadcast(public_id)
    points = checklist.before_air(session(), found, now())
    return render_template("broadcasts/go_on_air.html", broadcast=found, points=points)


def _cards(calls: list[Call]) -> set[int]:
    """The calls, by key, whose cards the person may open."""
    return {call.id for call in readable(calls)} if may_open("calls.call") else set()


@blueprint.post("/siaran/<public_id>/mulai")
@allowed(*CREW)
def go_on_air(public_id: str) -> BaseResponse:
    found = _broadcast(public_id)
    if found.state is BroadcastState.PLANNED:
        stands_on(lambda: before_air(public_id))
        checklist.require(checklist.before_air(session(), found, now()), sure=field("sure", 3) == "yes")
    services.go_on_air(session(), found, by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/selesai")
@allowed(*CREW)
def end(public_id: str) -> BaseResponse:
    settings = station().settings
    loud = programme_loudness(settings, Listening(settings))
    services.end(session(), _broadcast(public_id), by=me().username, at=now(), loudness=loud)
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/rekaman")
@allowed(Role.PRODUCER, Role.ARCHIVIST)
def attach(public_id: str) -> BaseResponse:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Unreadable("Please choose a file.").of("file")
    settings = station().settings
    recording = store_upload(
        session(),
        settings,
        cast(BinaryIO, upload.stream),
        upload.filename,
        at=now(),
        direction=Direction.PROGRAMME,
        announced=request.content_length,
    )
    require_sound(recording)
    phrases = hint_phrases(settings)
    services.attach_recording(session(), _broadcast(public_id), recording, phrases=phrases, by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara")
@allowed(*CREW)
def add_item(public_id: str) -> BaseResponse:
    found = _broadcast(public_id)
    chosen = field("script", 36)
    script = programme_queries.script_by_public_id(session(), chosen) if chosen else None
    rundowns.add_item(
        session(),
        found,
        _item_kind(script is not None),
        field("title", 160) or (script.title if script else ""),
        _item_seconds(),
        reader=field("reader", 80),
        guests=field("guests", 400),
        script=script,
        hard_at=field("hard_at", 8),
        to=number("to") if field("to", 8) else 0,
        by=me().username,
        at=now(),
    )
    return back("broadcasts.broadcast", public_id=public_id)


def _item_kind(has_script: bool) -> ItemKind:
    kind = _kind(field("kind", 10) or ItemKind.SCRIPT)
    return ItemKind.SCRIPT if has_script and kind in rundowns.UNREAD_KINDS else kind


def _item_seconds() -> int:
    seconds = number("seconds") if field("seconds", 8) else 0
    return min(number("minutes"), 10_000) * 60 + min(seconds, 10_000)


@blueprint.post("/siaran/<public_id>/acara/<item_id>/ubah")
@allowed(*CREW)
def change_item(public_id: str, item_id: str) -> BaseResponse:
    found = _item(item_id)
    if number("version") != found.version:
        raise Conflict("Somebody changed this item meanwhile. Look at what it is now, and send the form again.")
    rundowns.change_item(
        session(),
        _broadcast(public_id),
        found,
        _kind(field("kind", 10)),
        field("title", 160),
        _item_seconds(),
        reader=field("reader", 80),
        guests=field("guests", 400),
        hard_at=field("hard_at", 8),
        by=me().username,
        at=now(),
    )
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara/salin")
@allowed(*CREW)
def copy_rundown(public_id: str) -> BaseResponse:
    source = _broadcast(field("source", 36))
    rundowns.copy_rundown(session(), _broadcast(public_id), source, by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


def _kind(name: str) -> ItemKind:
    try:
        return ItemKind(name)
    except ValueError:
        raise Unreadable("This kind of item is not there.").of("kind") from None


@blueprint.post("/siaran/<public_id>/acara/<item_id>/pindah")
@allowed(*CREW)
def move_item(public_id: str, item_id: str) -> BaseResponse:
    rundowns.move_item(session(), _broadcast(public_id), _item(item_id), number("to"), by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara/<item_id>/hapus")
@allowed(*CREW)
def remove_item(public_id: str, item_id: str) -> BaseResponse:
    rundowns.remove_item(session(), _broadcast(public_id), _item(item_id), by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara/<item_id>/naskah")
@allowed(*CREW, Role.OFFICER)
def put_script(public_id: str, item_id: str) -> BaseResponse:
    script = programme_queries.script_by_public_id(session(), field("script", 36))
    rundowns.put_script(session(), _broadcast(public_id), _item(item_id), script, by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara/urung")
@allowed(*CREW, Role.OFFICER)
def undo_rundown(public_id: str) -> BaseResponse:
    rundowns.undo(session(), _broadcast(public_id), by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.get("/siaran/<public_id>/penyiar")
@allowed(*ALL_SHOW)
def host(public_id: str) -> str:
    return render_template("broadcasts/host.html", asked=_asked(), **_studio(public_id), **shown_board(now()))


def _asked() -> HostCard | None:
    """The caller whose consent the host is asked about, while it is missing."""
    if not (wanted := asked("tanya", 36)):
        return None
    call = call_by_public_id(session(), wanted)
    takes = call.state in Call.waiting_states or call.state is CallState.HELD
    return host_card(session(), call) if takes and not call.may_air else None


@blueprint.get("/siaran/<public_id>/penyiar/bagian")
@allowed(*ALL_SHOW)
@region("calls", "broadcasts", "programme", "playout", "speech", "tickets", "traffic", "lines")
def host_part(public_id: str) -> str:
    return render_template("broadcasts/_studio.html", **_studio(public_id))


@blueprint.get("/siaran/<public_id>/penyiar/pertanyaan")
@allowed(*ALL_SHOW)
@region("broadcasts", "tickets")
def questions(public_id: str) -> str:
    """What earlier broadcasts left unanswered, as a part of the host's screen."""
    found = _broadcast(public_id)
    return render_template(
        "broadcasts/_questions.html", broadcast=found, questions=unanswered(session(), found, at=now())
    )


def _studio(public_id: str) -> dict[str, object]:
    found = _broadcast(public_id)
    studio = queries.studio(session(), found, now())
    return {
        "studio": studio,
        "talk": services.recent_talk(session(), now()),
        "questions": unanswered(session(), found, at=now()),
        "undoable": [entry.id for entry in studio.marks if services.is_undoable(entry, now())],
        "partners": _partners(studio),
        "call_seconds": station().settings.call_seconds,
        "reserves": playouts.playable_reserves(session(), [slot.item for slot in studio.items], now()),
        "due": _due(found),
        "delay": _delay(queries.as_run(session(), found)) if found.state is BroadcastState.ON_AIR else {},
        "has_delay": _unit(),
        "now": now(),
        **NAMES,
    }


def _partners(studio: queries.Studio) -> dict[str, Partner]:
    """Whom each caller on air hears, or could hear; the telephone is asked only when there are two."""
    on_air = [call.public_id for call in studio.on_air]
    telephone = Listening(station().settings).state(TELEPHONE) if len(on_air) > 1 else None
    return partners(session(), telephone, on_air)


def _due(broadcast: Broadcast) -> playouts.Due | None:
    settings = station().settings
    if not settings.play_output:
        return None
    return playouts.due(session(), broadcast, at=now(), zone=settings.zone, grace=settings.reserve_seconds)


def _unit() -> DelayUnit | None:
    """The delay unit behind the line that goes on air."""
    return DelayUnit.behind(on_air_delay(station().settings))


def _delay(log: Iterable[AsRun]) -> dict[str, object]:
    """How much delay is left, for the host."""
    unit = _unit()
    if unit is None:
        return {}
    left = unit.left(log, now())
    return {"unit": unit, "left": left, "full_at": now() + timedelta(seconds=unit.full_in(left))}


@blueprint.get("/dinding")
def wall() -> str:
    return render_template("broadcasts/wall.html", **_wall())


@blueprint.get("/dinding/bagian")
@region("calls", "broadcasts", "programme")
def wall_part() -> str:
    return render_template("broadcasts/_wall.html", **_wall())


def _wall() -> dict[str, object]:
    found = queries.at_hand(session(), now())
    return {
        "broadcast": found,
        "studio": queries.studio(session(), found, now()) if found else None,
        "now": now(),
        "call_seconds": station().settings.call_seconds,
    }


@blueprint.post("/siaran/<public_id>/ambil")
@allowed(*CREW)
def take(public_id: str) -> BaseResponse:
    found, call = _broadcast(public_id), _call()
    if field("consent", 3) == "yes":
        calls.consent(session(), call, by=me().username, at=now())
    try:
        services.take(session(), found, call, overruled=field("why", 200), by=me().username, at=now())
    except calls.ConsentMissing:
        return onward("broadcasts.host", public_id=public_id, tanya=call.public_id)
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/tahan")
@allowed(*CREW)
def hold(public_id: str) -> BaseResponse:
    services.hold(session(), _broadcast(public_id), _call(), by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/tutup")
@allowed(*CREW)
def end_call(public_id: str) -> BaseResponse:
    services.end_call(session(), _broadcast(public_id), _call(), by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara/<item_id>/mulai")
@allowed(*CREW, Role.OFFICER)
def begin_item(public_id: str, item_id: str) -> BaseResponse:
    found, item, settings = _broadcast(public_id), _item(item_id), station().settings
    services.begin_item(session(), found, item, by=me().username, at=now())
    if item.sound is not None and settings.play_output:
        order = playouts.sound_order(settings, item.sound, found, item, by=me().username)
        # The item has begun, whether or not the player takes its sound: a refusal is about the sound alone.
        session().commit()
        tell_player(settings, order)
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/naskah-selesai")
@allowed(*CREW, Role.OFFICER)
def finish_script(public_id: str) -> BaseResponse:
    spoken = area_pack(station().settings.area).spoken
    services.finish_script(session(), _broadcast(public_id), by=me().username, at=now(), lexicon=spoken)
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/tandai")
@allowed(*ALL_SHOW)
def mark(public_id: str) -> BaseResponse:
    ago = inputs.number(field("ago", 6) or "0")
    moment = now() - min(timedelta(seconds=max(0, ago)), LONGEST_NOTE)
    services.mark(session(), _broadcast(public_id), field("text", 160), moment=moment, by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/tandai/<entry_id>/urung")
@allowed(*ALL_SHOW)
def undo_mark(public_id: str, entry_id: str) -> BaseResponse:
    services.undo_mark(session(), _broadcast(public_id), inputs.number(entry_id), by=me().username, at=now())
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/buang")
@allowed(*CREW)
def dump(public_id: str) -> BaseResponse:
    unit = _unit()
    seconds = number("seconds") if unit is None else 0
    services.dump(session(), _broadcast(public_id), seconds, field("why", 160), by=me().username, at=now(), unit=unit)
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/bisik")
@allowed(*ALL_SHOW)
def talk_back() -> BaseResponse:
    services.talk_back(session(), field("text", 300), by=me().name, at=now())
    found = queries.at_hand(session(), now())
    return back("broadcasts.host", public_id=found.public_id) if found else back("broadcasts.broadcasts")


@blueprint.get("/siaran/<public_id>/catatan.csv")
def as_run_csv(public_id: str) -> Response:
    found = _broadcast(public_id)
    log = queries.as_run(session(), found)
    titles = covered_titles(session(), found, log)
    rows = (
        [entry.at.isoformat(), f"{entry.offset:.1f}", entry.kind, titles[entry.id], entry.subject, entry.by]
        for entry in log
    )
    name = f"catatan-siar-{found.public_id}.csv"
    return Response(
        csv_text(["at", "offset_seconds", "kind", "title", "subject", "by"], rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
