"""The soundboard: jingles and spots on keys, what plays now, and voices in reserve of a rundown's items."""

from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from radiodesk.core.errors import Unreadable
from radiodesk.http.file_response import send
from radiodesk.http.regions import region
from radiodesk.http.request import back, field, now, number, session, station
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import playouts, queries, rundowns, services
from radiodesk.rooms.programme import station_sounds
from radiodesk.rooms.programme.models import SOUND_KIND_NAMES, SoundKind
from radiodesk.rooms.programme.player_line import player_state, stop_player, tell_player

blueprint = Blueprint("soundboard", __name__)

CREW = (Role.PRODUCER, Role.HOST)
SHOW = (Role.PRODUCER, Role.HOST, Role.SCREENER, Role.OFFICER)
KEYS = (
    *((f"Digit{digit}", f"⇧{digit}") for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)),
    ("Minus", "⇧-"),
    ("Equal", "⇧="),
)
"""Of each place of the board: the key as a browser calls it, and as it is shown."""


@blueprint.get("/papan-suara")
@allowed(*CREW)
def board() -> str:
    return render_template("broadcasts/soundboard.html", **_shown())


@blueprint.get("/papan-suara/bagian")
@allowed(*SHOW)
@region("playout")
def board_part() -> str:
    return render_template("broadcasts/_soundboard.html", **_shown())


def _shown() -> dict[str, Any]:
    return shown_board(now())


def shown_board(at: datetime) -> dict[str, Any]:
    """What the soundboard shows, as a part of any page."""
    settings = station().settings
    player = player_state(settings) if settings.play_output else None
    playing = (player or {}).get("playing")
    return {
        "sounds": station_sounds.station_sounds(session()),
        "sound_kinds": SOUND_KIND_NAMES,
        "board_keys": KEYS,
        "places": range(1, station_sounds.PLACES + 1),
        "player": player,
        "playing": playing,
        "playing_title": playouts.playing_title(session(), playing) if playing else "",
        "over_at": at + timedelta(seconds=playing["left"]) if playing else None,
        "play_output": settings.play_output,
    }


@blueprint.post("/papan-suara")
@allowed(*CREW)
def add() -> Response:
    title, kind, place = field("title", 120), _kind(), _place()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Unreadable("Please choose a file.").of("file")
    station_sounds.add_sound(
        session(),
        station().settings,
        cast(BinaryIO, upload.stream),
        upload.filename,
        title or upload.filename.rpartition(".")[0] or upload.filename,
        kind,
        place=place,
        announced=request.content_length,
        by=me().username,
        at=now(),
    )
    return back("soundboard.board")


@blueprint.post("/papan-suara/<sound_id>")
@allowed(*CREW)
def change(sound_id: str) -> Response:
    found = station_sounds.sound_by_public_id(session(), sound_id)
    station_sounds.change_sound(
        session(), found, field("title", 120), _kind(), place=_place(), by=me().username, at=now()
    )
    return back("soundboard.board")


@blueprint.post("/papan-suara/<sound_id>/hapus")
@allowed(*CREW)
def retire(sound_id: str) -> Response:
    found = station_sounds.sound_by_public_id(session(), sound_id)
    station_sounds.retire_sound(session(), found, by=me().username, at=now())
    return back("soundboard.board")


@blueprint.get("/papan-suara/<sound_id>/suara.flac")
@allowed(*CREW)
def hear(sound_id: str) -> Response:
    """Exactly what is played of it."""
    found = station_sounds.sound_by_public_id(session(), sound_id)
    return send(station_sounds.ready_sound(station().settings, found), mimetype="audio/flac")


@blueprint.post("/papan-suara/<sound_id>/main")
@allowed(*CREW)
def play(sound_id: str) -> Response:
    found = station_sounds.sound_by_public_id(session(), sound_id)
    settings = station().settings
    tell_player(settings, playouts.sound_order(settings, found, services.on_air(session()), by=me().username))
    return back("soundboard.board")


@blueprint.post("/papan-suara/berhenti")
@allowed(*CREW, Role.OFFICER)
def stop() -> Response:
    stop_player(station().settings)
    return back("soundboard.board")


@blueprint.post("/siaran/<public_id>/acara/<item_id>/cadangan")
@allowed(*CREW, Role.OFFICER)
def play_reserve(public_id: str, item_id: str) -> Response:
    """An item's voice in reserve, now."""
    found, item = queries.broadcast_by_public_id(session(), public_id), rundowns.item_by_public_id(session(), item_id)
    settings = station().settings
    tell_player(settings, playouts.reserve_order(session(), settings, found, item, by=me().username, at=now()))
    return back("broadcasts.host", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara/<item_id>/cadangan-sendiri")
@allowed(*CREW)
def let_reserve_begin(public_id: str, item_id: str) -> Response:
    found, item = queries.broadcast_by_public_id(session(), public_id), rundowns.item_by_public_id(session(), item_id)
    alone = field("alone", 3) == "yes"
    rundowns.let_reserve_begin(session(), found, item, alone=alone, by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


@blueprint.post("/siaran/<public_id>/acara/<item_id>/suara")
@allowed(*CREW)
def put_sound(public_id: str, item_id: str) -> Response:
    found, item = queries.broadcast_by_public_id(session(), public_id), rundowns.item_by_public_id(session(), item_id)
    chosen = field("sound", 36)
    sound = station_sounds.sound_by_public_id(session(), chosen) if chosen else None
    rundowns.put_sound(session(), found, item, sound, by=me().username, at=now())
    return back("broadcasts.broadcast", public_id=public_id)


def _kind() -> SoundKind:
    try:
        return SoundKind(field("kind", 20) or SoundKind.JINGLE)
    except ValueError:
        raise Unreadable("This kind of sound is not there.").of("kind") from None


def _place() -> int | None:
    return number("place") if field("place", 4) else None
