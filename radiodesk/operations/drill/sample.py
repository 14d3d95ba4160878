"""A working station for a newcomer: three weeks of figures, a published edition, one on air now, and one planned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.settings import Settings
from radiodesk.operations.drill import callers, road_input, show_plan
from radiodesk.operations.drill.past_weeks import file_past_weeks
from radiodesk.operations.drill.play import Stage, play
from radiodesk.operations.drill.show import DrillCall, Post, Show
from radiodesk.operations.drill.stage import HOST, Played
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.calls.models import Call

ON_AIR_FOR = timedelta(minutes=12)
"""How long the edition of now is on air already."""
LASTS = 45
"""Planned minutes of the edition of now and of the next one, so that there is time to try things."""
_TALKED = timedelta(minutes=2)
_TALKING = timedelta(seconds=50)


def has_broadcasts(settings: Settings) -> bool:
    """Whether the station was used already."""
    with prepare(settings).reading() as session:
        return bool(session.scalar(select(func.count()).select_from(Broadcast)))


def fill(
    show: Show,
    settings: Settings,
    *,
    now: datetime,
    yesterday: datetime,
    progress: Callable[[float, float], None],
) -> None:
    """Play the show as yesterday's, after three weeks of figures; put today's on air and plan tomorrow's.

    Of today's callers each stands somewhere else: heard, on air, ready, waiting, with the screener, ringing. The
    bulletin is left to be approved.
    """
    morning = yesterday.astimezone(settings.zone).replace(hour=7, minute=0, second=0, microsecond=0)
    past = replace(show, start=morning)
    _stages(past, settings, morning, file_past_weeks)
    play(past, settings, progress=progress)
    start = now - ON_AIR_FOR
    moved = replace(show, start=start, minutes=LASTS, posts=_now(show, now, settings), calls=tuple(_spread(show.calls)))
    _stages(
        moved,
        settings,
        start - timedelta(minutes=20),
        show_plan.prepare,
        show_plan.write_texts,
        road_input.file_lapsit,
        callers.receive_calls,
        lambda one, session: road_input.take_posts(one, session, list(moved.posts)),
        show_plan.approve_all,
        _go_on_air,
        _compile_bulletin,
    )
    _stages(replace(show, start=morning + timedelta(days=2), minutes=LASTS), settings, now, show_plan.prepare)


def _stages(show: Show, settings: Settings, at: datetime, *stages: Stage) -> None:
    """Run the stages of a show at one time, each in a transaction of its own."""
    database = prepare(settings)
    played = Played(show, settings, database, ManualClock(at))
    for stage in stages:
        with database.writing() as session:
            stage(played, session)
    database.engine.dispose()


def _spread(calls: tuple[DrillCall, ...]) -> list[DrillCall]:
    """Today's callers: they came one after another since a quarter of an hour, and wait in every state."""
    ways = ("ready", "screening", "ready", "ready", "waiting", "ringing")
    return [
        call.model_copy(update={"minute": 2.0 * number - 3, "reaches": ways[number % len(ways)]})
        for number, call in enumerate(calls)
    ]


def _now(show: Show, now: datetime, settings: Settings) -> tuple[Post, ...]:
    """The show's posts as of the last half hour: the time that each one begins with is moved too."""
    local = now.astimezone(settings.zone)
    moved = []
    for index, post in enumerate(show.posts):
        at = local - timedelta(minutes=2 * (len(show.posts) - index))
        text = f"{at:%H.%M} {post.text.split(' ', 1)[1]}" if post.text[:1].isdigit() else post.text
        moved.append(Post(text, (at.hour, at.minute), post.source))
    return tuple(moved)


def _compile_bulletin(played: Played, session: Session) -> None:
    """The bulletin of this moment is left to the newcomer to read and approve."""
    road_input.compile_bulletin(played, session)
    show_plan.place_only(played, session, "bulletin")


def _go_on_air(played: Played, session: Session) -> None:
    """What was read and heard since the start: the scripts before the first calls, one caller, and the next one now."""
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    clock = played.clock
    clock.set(played.show.start)
    broadcasts.go_on_air(session, broadcast, by=HOST, at=clock.now())
    for item in rundown(session, broadcast.id):
        broadcasts.begin_item(session, broadcast, item, by=HOST, at=clock.now())
        if item.kind is ItemKind.CALLS:
            break
        _read(played, session, broadcast, item)
    heard, talking = (session.get_one(Call, key) for key in _ready(played)[:2])
    clock.set(played.show.start + ON_AIR_FOR - _TALKING - _TALKED)
    broadcasts.take(session, broadcast, heard, by=HOST, at=clock.now())
    clock.advance(_TALKED)
    broadcasts.end_call(session, broadcast, heard, by=HOST, at=clock.now())
    broadcasts.take(session, broadcast, talking, by=HOST, at=clock.now())


def _read(played: Played, session: Session, broadcast: Broadcast, item: RundownItem) -> None:
    played.clock.advance(timedelta(seconds=item.script.latest.seconds if item.script else item.seconds))
    if item.script is not None:
        broadcasts.finish_script(session, broadcast, by=HOST, at=played.clock.now())


def _ready(played: Played) -> list[int]:
    """The rows of the callers who may go on air, in their order."""
    return [played.calls[call.file] for call in played.show.calls if call.reaches == "ready" and call.air]
