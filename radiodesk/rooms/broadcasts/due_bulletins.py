"""Bulletins of a rundown that compile themselves some minutes before they are read, and wait for an officer's approval.

Each item's bulletin is compiled once. Where a person put a script there, took the compiled one out or undid it, that
stays so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.broadcasts.item_times import expected
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState, ItemKind, RundownItem
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.broadcasts.rundown_acts import DESK
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.broadcasts.rundowns import put_script
from radiodesk.rooms.programme import made_scripts

LATE = timedelta(minutes=30)
"""How long after its time an item that has not begun still gets its bulletin."""
LONGEST_SHOW = timedelta(hours=12)
_WANTS_ONE = (
    RundownItem.kind == ItemKind.BULLETIN,
    RundownItem.script_id.is_(None),
    RundownItem.compiled_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class DueBulletin:
    """An item that wants its bulletin now."""

    item: int
    seconds: int
    reader: str


def due(session: Session, settings: Settings, at: datetime) -> list[DueBulletin]:
    """The items whose bulletin is to be compiled now, those that are read first in front."""
    ahead = timedelta(minutes=settings.bulletin_minutes_before)
    if not ahead:
        return []
    wanted = select(Broadcast).where(
        Broadcast.state.in_((BroadcastState.PLANNED, BroadcastState.ON_AIR)),
        Broadcast.planned_start > at - LONGEST_SHOW,
        Broadcast.planned_start < at + LONGEST_SHOW,
        select(RundownItem.id).where(RundownItem.broadcast_id == Broadcast.id, *_WANTS_ONE).exists(),
    )
    found = [
        (begins, item)
        for broadcast in session.scalars(wanted)
        for begins, item in _waiting(session, broadcast, settings, at)
        if at - LATE <= begins <= at + ahead
    ]
    found.sort(key=lambda one: one[0])
    return [DueBulletin(item.id, item.seconds or settings.bulletin_seconds, item.reader) for _, item in found]


def _waiting(
    session: Session, broadcast: Broadcast, settings: Settings, at: datetime
) -> Iterable[tuple[datetime, RundownItem]]:
    items, log = rundown(session, broadcast.id), as_run(session, broadcast)
    for item, begins in expected(items, broadcast, log, settings.zone, runs_until=at):
        if item.kind is ItemKind.BULLETIN and item.script_id is None and item.compiled_at is None:
            yield begins, item


def compile_due(settings: Settings, database: Database, at: datetime) -> int:
    """Compile what is due and put it into its item; returns how many.

    The bulletin is worked out in a transaction that only reads, so that no writer waits for it. An item that got a
    script meanwhile, or is gone, keeps what it has.
    """
    with database.reading() as session:
        found = due(session, settings, at)
    if not found:
        return 0
    pack, made = area_pack(settings.area), 0
    for one in found:
        with database.reading() as session:
            planned = made_scripts.plan_bulletin(session, settings, pack, seconds=one.seconds, reader=one.reader, at=at)
        with database.writing() as session:
            item = session.get(RundownItem, one.item)
            if item is None or item.script_id is not None or item.compiled_at is not None:
                continue
            broadcast = session.get_one(Broadcast, item.broadcast_id)
            script = made_scripts.keep_bulletin(session, settings, pack, planned, by=DESK, at=at)
            item.compiled_at = at
            put_script(session, broadcast, item, script, by=DESK, at=at)
            made += 1
    return made
