"""The show itself: items begin in order, scripts are read, callers are taken, and what went out is kept."""

from datetime import timedelta

from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say
from radiodesk.operations.drill.show_sound import attach_programme, seconds_of_answer
from radiodesk.operations.drill.stage import HOST, SCREENER, Played
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call


def on_air(played: Played, session: Session) -> None:
    """The show itself: items begin in order, scripts are read in their time, callers are taken where calls are due."""
    broadcast = session.get_one(Broadcast, played.broadcast_id)
    played.clock.set(max(played.clock.now(), played.show.start))
    broadcasts.go_on_air(session, broadcast, by=HOST, at=played.clock.now())
    waiting = [w.file for w in played.show.calls if w.file in played.calls and w.air]
    items = rundown(session, broadcast.id)
    slots = sum(item.kind is ItemKind.CALLS for item in items)
    for item in items:
        try:
            broadcasts.begin_item(session, broadcast, item, by=HOST, at=played.clock.now())
        except Refusal as refusal:
            played.problems.append(f"{item.title}: {say(refusal)}")
            continue
        if item.kind is ItemKind.CALLS:
            share = -(-len(waiting) // max(1, slots))
            _take_callers(played, session, broadcast, waiting[:share])
            waiting, slots = waiting[share:], slots - 1
        elif item.script is not None:
            spoken = played.spoken.get(item.script.latest.text)
            played.clock.advance(timedelta(seconds=spoken.seconds if spoken else item.script.latest.seconds))
            broadcasts.finish_script(session, broadcast, by=HOST, at=played.clock.now())
        else:
            played.clock.advance(timedelta(seconds=item.seconds))
    end = played.at(played.show.minutes)
    played.clock.set(max(played.clock.now(), end))
    attach_programme(played, session, broadcast)
    # Nobody stays in the queue of a drill: who was not put on air is told so and can be called back.
    calls.close_queue(session, by=SCREENER, at=played.clock.now())
    played.counts["calls_filed"] = broadcasts.end(session, broadcast, by=HOST, at=played.clock.now())


def _take_callers(played: Played, session: Session, broadcast: Broadcast, files: list[str]) -> None:
    """Each is on air for as long as there is something to hear."""
    for name in files:
        call = session.get_one(Call, played.calls[name])
        # Nobody is on air before having called.
        played.clock.set(max(played.clock.now(), call.received_at))
        try:
            broadcasts.take(session, broadcast, call, by=HOST, at=played.clock.now())
        except Refusal as refusal:
            played.problems.append(f"{name}: {say(refusal)}")
            continue
        heard = sum(recording.duration for recording in call.recordings)
        played.clock.advance(timedelta(seconds=heard + seconds_of_answer(played, name)))
        broadcasts.end_call(session, broadcast, call, by=HOST, at=played.clock.now())
        played.counts["aired"] = played.counts.get("aired", 0) + 1
