"""A working station for a newcomer: yesterday's sample show archived and published, today's about to begin."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.settings import Settings
from radiodesk.operations.drill import callers, road_input, show_plan
from radiodesk.operations.drill.play import play
from radiodesk.operations.drill.show import Post, Show
from radiodesk.operations.drill.stage import Played
from radiodesk.operations.wiring import prepare
from radiodesk.rooms.broadcasts.models import Broadcast


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
    """Play the show as yesterday's, then plan today's: callers wait, the road is reported, a bulletin is to approve."""
    local = yesterday.astimezone(settings.zone)
    play(show, settings, start=local.replace(hour=7, minute=0, second=0, microsecond=0), progress=progress)
    database = prepare(settings)
    start = now + timedelta(minutes=10)
    calls = tuple(call.model_copy(update={"minute": call.minute / 10 - 15}) for call in show.calls)
    moved = replace(show, start=start, title=show.programme, posts=_now(show, now, settings), calls=calls)
    played = Played(moved, settings, database, ManualClock(now))
    for stage in (
        show_plan.prepare,
        show_plan.write_texts,
        road_input.file_lapsit,
        callers.receive_calls,
        lambda one, session: road_input.take_posts(one, session, list(moved.posts)),
        road_input.compile_bulletin,
        _place_scripts,
    ):
        with database.writing() as session:
            stage(played, session)
    database.engine.dispose()


def _now(show: Show, now: datetime, settings: Settings) -> tuple[Post, ...]:
    """The show's posts as of the last half hour: the time that each one begins with is moved too."""
    local = now.astimezone(settings.zone)
    moved = []
    for index, post in enumerate(show.posts):
        at = local - timedelta(minutes=2 * (len(show.posts) - index))
        text = f"{at:%H.%M} {post.text.split(' ', 1)[1]}" if post.text[:1].isdigit() else post.text
        moved.append(Post(text, (at.hour, at.minute), post.source))
    return tuple(moved)


def _place_scripts(played: Played, session: Session) -> None:
    """All but the bulletin are approved: that one is for the newcomer to read and approve."""
    bulletin = played.texts.pop("bulletin")
    show_plan.approve_all(played, session)
    played.texts["bulletin"] = bulletin
    show_plan.place_only(played, session, "bulletin")
