"""The show itself: items begin in order, scripts are read, callers are taken, and what went out is kept."""

from contextlib import ExitStack
from datetime import timedelta

from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import say
from radiodesk.operations.drill.stage import HOST, SCREENER, Played
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import AsRunKind, Broadcast, ItemKind
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.recordings.services import originals, require_sound, store_file
from radiodesk.sound.encoder import lay_out

PROGRAMME_RATE = 16_000


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
            _take_callers(played, session, broadcast, waiting[:share], item.seconds)
            waiting, slots = waiting[share:], slots - 1
        elif item.script is not None:
            played.clock.advance(timedelta(seconds=item.script.latest.seconds))
            broadcasts.finish_script(session, broadcast, by=HOST, at=played.clock.now())
        else:
            played.clock.advance(timedelta(seconds=item.seconds))
    end = played.at(played.show.minutes)
    played.clock.set(max(played.clock.now(), end))
    _attach_programme(played, session, broadcast)
    # Nobody stays in the queue of a drill: who was not put on air is told so and can be called back.
    calls.close_queue(session, by=SCREENER, at=played.clock.now())
    played.counts["calls_filed"] = broadcasts.end(session, broadcast, by=HOST, at=played.clock.now())


def _take_callers(played: Played, session: Session, broadcast: Broadcast, files: list[str], seconds: int) -> None:
    each = timedelta(seconds=seconds / max(1, len(files)))
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
        played.clock.advance(max(each, timedelta(seconds=heard)))
        broadcasts.end_call(session, broadcast, call, by=HOST, at=played.clock.now())
        played.counts["aired"] = played.counts.get("aired", 0) + 1


def _attach_programme(played: Played, session: Session, broadcast: Broadcast) -> None:
    """There is no studio in a drill: the callers' sound, each where it was on air, is the programme's recording."""
    begun = {entry.subject: entry.offset for entry in as_run(session, broadcast) if entry.kind is AsRunKind.CALL_ON}
    heard = [
        (begun[call.public_id], recording.key)
        for call in (session.get_one(Call, key) for key in played.calls.values())
        if call.public_id in begun
        for recording in call.recordings
        if recording.problem is None
    ]
    if not heard:
        return
    kept = originals(played.settings)
    with ExitStack() as held:
        target = held.enter_context(kept.drafts()) / f"programme-{broadcast.public_id}.flac"
        placed = [(second, held.enter_context(kept.object(key).local())) for second, key in sorted(heard)]
        lay_out(placed, target, rate=PROGRAMME_RATE)
        recording = store_file(
            session,
            played.settings,
            target,
            at=played.clock.now(),
            direction=Direction.PROGRAMME,
            started_at=broadcast.on_air_at,
        )
    phrases = hint_phrases(played.settings)
    at = played.clock.now()
    broadcasts.attach_recording(session, broadcast, require_sound(recording), phrases=phrases, by=HOST, at=at)
