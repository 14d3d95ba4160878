"""The traffic pages: board and map, quick form, paste, sources, situation reports."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.http.regions import region
from radiodesk.http.request import asked_page, back, field, now, number, session, station
from radiodesk.language.places.pack import AreaPack
from radiodesk.language.places.station_area import area_pack
from radiodesk.road import watched_folders
from radiodesk.road.appeals import PILLARS, fits, load_appeals, moment_of, weather_words
from radiodesk.road.lapsit import LABELS, TITLES, Entry, spoken
from radiodesk.road.lapsit.comparison import charted, side_by_side
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.access import belonging_of
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.calls.visible import opened
from radiodesk.rooms.recordings.access import GUARDED
from radiodesk.rooms.traffic import forms, ports, queries, services, sources, traffic_board, wordings
from radiodesk.rooms.traffic.call_reports import heard_words, said_at
from radiodesk.rooms.traffic.forms import flow_field, kind_field
from radiodesk.rooms.traffic.models import (
    ENDED_NAMES,
    FLOW_NAMES,
    KIND_NAMES,
    REFUSAL_NAMES,
    RoadCondition,
)

blueprint = Blueprint("traffic", __name__)

CREW = (Role.OFFICER, Role.PRODUCER)
NAMES = {"flows": FLOW_NAMES, "kinds": KIND_NAMES, "ended": ENDED_NAMES, "refusals": REFUSAL_NAMES}


def _pack() -> AreaPack:
    return area_pack(station().settings.area)


def _condition(public_id: str) -> RoadCondition:
    return queries.condition_by_public_id(session(), public_id)


@blueprint.get("/lalin")
def traffic() -> str:
    return render_template("traffic/traffic.html", pack=_pack(), form=_form(), themes=_themes(), **_board())


def _themes() -> list[str]:
    return sorted({one.theme for one in load_appeals()})


def _form() -> traffic_board.QuickForm:
    return traffic_board.quick_form(_pack())


@blueprint.get("/lalin/papan")
@region("traffic")
def board_part() -> str:
    return render_template("traffic/_board.html", **_board())


def _board() -> dict[str, Any]:
    reports = queries.latest_reports(session())
    return {
        "corridors": traffic_board.by_corridor(queries.live_conditions(session(), now()), _pack()),
        "warnings": traffic_board.warnings(session(), now(), _pack()),
        "reports": reports,
        "words": queries.words_of(session(), reports),
        "now": now(),
        **NAMES,
    }


@blueprint.get("/lalin/peta.json")
def live_map() -> Response:
    return jsonify(traffic_board.as_geojson(queries.live_conditions(session(), now()), _pack()))


@blueprint.get("/lalin/jalan.json")
def roads_map() -> Response:
    response = jsonify(traffic_board.roads_geojson(_pack()))
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.post("/lalin/lapor")
@allowed(*CREW, Role.SCREENER)
def quick() -> Response:
    _quick()
    return back("traffic.traffic")


def _quick(heard: services.Heard | None = None) -> None:
    services.quick_report(
        session(),
        field("place", 200) or field("spot", 200),
        flow_field("flow"),
        kind_field("kind"),
        by=me().username,
        at=now(),
        finder=forms.ears().finder,
        toward=field("toward", 120) or field("end", 120),
        detour=field("detour", 200),
        heard=heard,
    )


@blueprint.get("/lalin/panggilan/<public_id>")
@allowed(*CREW, Role.SCREENER)
def from_call(public_id: str) -> str:
    call = opened(public_id)
    words, reading = heard_words(session(), call, at=said_at(call, at=now()), ears=forms.ears())
    return render_template(
        "traffic/from_call.html", call=call, words=words, reading=reading, pack=_pack(), form=_form(), **NAMES
    )


@blueprint.post("/lalin/panggilan/<public_id>")
@allowed(*CREW, Role.SCREENER)
def file_from_call(public_id: str) -> Response:
    # Read while others may write; whether this person may is asked before anything is kept.
    ears = forms.ears()
    with station().database.reading() as looking:
        heard = call_by_public_id(looking, public_id)
        at = said_at(heard, at=now())
        words, _reading = heard_words(looking, heard, at=at, ears=ears)
    call = opened(public_id)
    guarded = belonging_of(session(), call) in GUARDED
    _quick(services.Heard(call.id, words or field("place", 200), at, guarded))
    if me().may(Role.SCREENER, Role.PRODUCER):
        return redirect(url_for("calls.call", public_id=public_id), code=303)
    return back("traffic.traffic")


@blueprint.post("/lalin/kondisi/<public_id>/benar")
@allowed(*CREW)
def confirm(public_id: str) -> Response:
    services.confirm(session(), _condition(public_id), by=me().username, at=now())
    return back("traffic.traffic")


@blueprint.post("/lalin/kondisi/<public_id>/ubah")
@allowed(*CREW)
def correct(public_id: str) -> Response:
    flow = flow_field("flow")
    if flow is None:
        raise Unreadable("Please say how the traffic flows.")
    services.correct(session(), _condition(public_id), flow, settings=station().settings, by=me().username, at=now())
    return back("traffic.traffic")


@blueprint.post("/lalin/kondisi/<public_id>/selesai")
@allowed(*CREW)
def end(public_id: str) -> Response:
    services.end(session(), _condition(public_id), settings=station().settings, by=me().username, at=now())
    return back("traffic.traffic")


@blueprint.get("/lalin/kondisi/<public_id>")
def condition(public_id: str) -> str:
    row = _condition(public_id)
    words = queries.words_of(session(), [*row.reports, *row.replaced])
    told = ports.told_in(session(), row, at=now())
    return render_template("traffic/condition.html", row=row, words=words, told=told, now=now(), **NAMES)


@blueprint.get("/lalin/sumber")
def health() -> str:
    found = [(row, queries.state_of(row, now())) for row in queries.sources(session())]
    places = {
        row.id: watched_folders.folder_of(station().settings, row.url)
        for row, _ in found
        if watched_folders.is_folder(row.url)
    }
    return render_template("traffic/sources.html", sources=found, folders=places, names=sources.STATE_NAMES)


@blueprint.post("/lalin/sumber")
@allowed(*CREW)
def add_source() -> Response:
    name, url = field("name", 80), field("url", 500)
    if field("kind", 10) == "folder":
        url = watched_folders.folder_address(name)
    own = field("own_network", 3) == "yes" and me().may(Role.ADMINISTRATOR)
    sources.add(session(), name, url, number("minutes"), by=me().username, at=now(), own_network=own)
    return back("traffic.health")


@blueprint.post("/lalin/sumber/<public_id>")
@allowed(*CREW)
def change_source(public_id: str) -> Response:
    row = queries.source_by_public_id(session(), public_id)
    sources.switch(session(), row, field("active", 3) == "yes", by=me().username, at=now())
    return back("traffic.health")


@blueprint.post("/lalin/sumber/<public_id>/ambil")
@allowed(*CREW)
def fetch_source(public_id: str) -> Response:
    sources.fetch_now(session(), queries.source_by_public_id(session(), public_id), at=now())
    return back("traffic.health")


@blueprint.get("/lalin/lapsit")
def situation_reports() -> str:
    return render_template("traffic/lapsits.html", listed=queries.situation_reports(session(), asked_page()))


@blueprint.post("/lalin/lapsit")
@allowed(*CREW)
def file_lapsit() -> Response:
    text = field("text", services.LONGEST_PASTE)
    row, _lapsit = services.file_lapsit(session(), text, by=me().username, at=now(), zone=station().settings.timezone)
    return back("traffic.situation_report", public_id=row.public_id)


@blueprint.get("/lalin/lapsit/<public_id>")
def situation_report(public_id: str) -> str:
    row = queries.situation_report_by_public_id(session(), public_id)
    lapsit = services.understood(row)
    missed = {line.line for line in lapsit.not_understood}
    counted: dict[int, list[Entry]] = {}
    for entry in lapsit.entries:
        counted.setdefault(entry.line, []).append(entry)
    earlier = traffic_board.earlier_lapsits(session(), row)
    rows = side_by_side(lapsit, [services.understood(one) for _title, one in earlier])
    return render_template(
        "traffic/lapsit.html",
        row=row,
        lapsit=lapsit,
        titles=[gettext("Today"), *(gettext(title) for title, _day in earlier)],
        rows=rows,
        charted=charted(rows),
        sheet=list(enumerate(row.text.splitlines(), start=1)),
        missed=missed,
        counted=counted,
        choices=LABELS,
        heads=TITLES,
        script=spoken(lapsit, wording=wordings.own(session())),
    )


@blueprint.post("/lalin/lapsit/<public_id>/angka")
@allowed(*CREW)
def correct_lapsit(public_id: str) -> Response:
    row = queries.situation_report_by_public_id(session(), public_id)
    numbers, lines = forms.lapsit_numbers()
    services.correct_lapsit(session(), row, numbers, lines, by=me().username, at=now())
    return back("traffic.situation_report", public_id=public_id)


@blueprint.get("/lalin/imbauan")
def appeals() -> str:
    conditions = queries.recent_conditions(session(), now())
    weather = weather_words(queries.live_warnings(session(), now()), conditions)
    pack, zone = _pack(), station().settings.timezone
    moment = moment_of(now(), zone=zone, weather=weather, market_days=pack.market_days)
    library = load_appeals()
    return render_template(
        "traffic/appeals.html",
        pillars={pillar: [one for one in library if one.pillar == pillar] for pillar in PILLARS},
        fitting={one.id for one in library if fits(one, moment) is not None},
        moment=moment,
        used=queries.appeal_counts(session()),
    )
