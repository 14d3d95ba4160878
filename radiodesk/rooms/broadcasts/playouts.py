"""What is played in a broadcast beside what people say: voices in reserve, jingles and spots.

A wish goes to the player; what really went out comes back from the player's journal and becomes as-run entries then. So
the record tells the truth whatever dies on the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, Refusal
from radiodesk.core.events import announce
from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts import queries, services
from radiodesk.rooms.broadcasts.item_times import expected
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, BroadcastState, RundownItem
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.broadcasts.rundowns import require_item
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.programme.models import ReserveVoice, StationSound
from radiodesk.rooms.programme.player_line import Order
from radiodesk.rooms.programme.reserve_voices import checked_reserve
from radiodesk.rooms.programme.station_sounds import TOPIC, ready_sound
from radiodesk.rooms.recordings.services import original
from radiodesk.sound.player.ready_files import END

RESERVE, SOUND = "reserve", "sound"
FORGOTTEN = 2.0
"""A script that is read for more than so many times its reading time is over: nobody told of its end."""


def reserve_order(
    session: Session,
    settings: Settings,
    broadcast: Broadcast,
    item: RundownItem,
    *,
    by: str,
    at: datetime,
    by_itself: bool = False,
) -> Order:
    """An item's voice in reserve, to be played now; raises ``NotOnAir``, ``NotApproved`` or ``NoReserve``."""
    if broadcast.state is not BroadcastState.ON_AIR:
        raise services.NotOnAir("%(title)s is not on air.", title=broadcast.title)
    require_item(session, broadcast, item)
    if item.script is None:
        raise Conflict("This item has no script.")
    version, reserve = checked_reserve(session, item.script, at)
    facts = {
        "kind": RESERVE,
        "broadcast": broadcast.public_id,
        "item": item.public_id,
        "script": item.script.public_id,
        "number": version.number,
        "by": by,
        "by_itself": by_itself,
    }
    sound = original(settings, reserve.sound)
    return Order(f"{item.public_id}-{version.number}", sound, reserve.sound.sha256, facts, alone=True)


def sound_order(
    settings: Settings, sound: StationSound, broadcast: Broadcast | None, item: RundownItem | None = None, *, by: str
) -> Order:
    """A jingle or spot, to be played now; raises ``SoundNotReady``."""
    facts = {
        "kind": SOUND,
        "broadcast": broadcast.public_id if broadcast is not None else None,
        "item": item.public_id if item is not None else None,
        "sound": sound.public_id,
        "by": by,
    }
    return Order(sound.public_id, ready_sound(settings, sound), sound.ready_sha256, facts)


# What the player tells


def take_in(session: Session, event: str, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Something began or ended: into the as-run while its broadcast is on air, and into the audit trail."""
    announce(session, at, TOPIC, event)
    subject = str(facts.get("script") or facts.get("sound") or "")
    if event not in ("began", "ended") or not subject:
        return
    told = {name: facts[name] for name in ("number", "sha256", "by_itself", "seconds", "of") if name in facts}
    if "why" in facts:
        told["how"] = facts["why"]
    act = f"{'voice in reserve' if facts.get('kind') == RESERVE else 'sound'} {event}"
    audit.record(session, at, str(facts.get("by") or "player"), act, f"{facts.get('kind')} {subject}", **told)
    broadcast = queries.found_by_public_id(session, str(facts.get("broadcast") or ""))
    # A journal of another release may tell of what is not known here: nothing after it must wait for that.
    log = _LOGGED.get((str(facts.get("kind")), event))
    if log is not None and broadcast is not None and broadcast.state is BroadcastState.ON_AIR:
        log(session, broadcast, {"by": "player", **facts}, at)


def _reserve_began(session: Session, broadcast: Broadcast, facts: Mapping[str, Any], at: datetime) -> None:
    item = _item(session, facts)
    reserve = _reserve(session, facts)
    if reserve is None:
        return
    version = reserve.version
    title = item.title if item is not None else version.script.title
    services.write_entry(
        session,
        broadcast,
        AsRunKind.SCRIPT,
        title,
        by=str(facts["by"]),
        at=at,
        subject=version.script.public_id,
        item=facts.get("item"),
        number=version.number,
        sha256=version.digest,
        approved_by=version.script.approved_by,
        reader="",
        estimated=round(reserve.sound.duration, 1),
        reserve=True,
        by_itself=bool(facts.get("by_itself")),
        sound=facts.get("sha256"),
        checked_by=reserve.checked_by,
    )


def _reserve_ended(session: Session, broadcast: Broadcast, facts: Mapping[str, Any], at: datetime) -> None:
    begun = services.script_being_read(session, broadcast)
    if begun is None or begun.subject != facts.get("script") or not begun.details.get("reserve"):
        return  # somebody went on with another item meanwhile, which ended it
    details = {**begun.details, "seconds": facts.get("seconds"), "why": facts.get("why")}
    services.write_entry(
        session,
        broadcast,
        AsRunKind.SCRIPT_END,
        begun.title,
        by=str(facts["by"]),
        at=at,
        subject=begun.subject,
        **details,
    )


def _sound_began(session: Session, broadcast: Broadcast, facts: Mapping[str, Any], at: datetime) -> None:
    _log_sound(session, broadcast, AsRunKind.SOUND, facts, at)


def _sound_ended(session: Session, broadcast: Broadcast, facts: Mapping[str, Any], at: datetime) -> None:
    _log_sound(session, broadcast, AsRunKind.SOUND_END, facts, at)


def _log_sound(session: Session, broadcast: Broadcast, kind: AsRunKind, facts: Mapping[str, Any], at: datetime) -> None:
    sound = session.scalar(select(StationSound).where(StationSound.public_id == str(facts.get("sound") or "")))
    if sound is None:
        return
    told = {name: facts[name] for name in ("sha256", "why", "seconds", "of") if name in facts}
    services.write_entry(
        session,
        broadcast,
        kind,
        sound.title,
        by=str(facts["by"]),
        at=at,
        subject=sound.public_id,
        sound_kind=sound.kind.value,
        lufs=sound.lufs,
        in_item=facts.get("item"),
        **told,
    )


_LOGGED = {
    (RESERVE, "began"): _reserve_began,
    (RESERVE, "ended"): _reserve_ended,
    (SOUND, "began"): _sound_began,
    (SOUND, "ended"): _sound_ended,
}


def _item(session: Session, facts: Mapping[str, Any]) -> RundownItem | None:
    return session.scalar(select(RundownItem).where(RundownItem.public_id == str(facts.get("item") or "")))


def _reserve(session: Session, facts: Mapping[str, Any]) -> ReserveVoice | None:
    """The voice in reserve that was played, found by its sound: the script may have another version by now."""
    wanted = select(ReserveVoice).where(ReserveVoice.sound.has(sha256=str(facts.get("sha256") or "")))
    return session.scalar(wanted.limit(1))


def playing_title(session: Session, playing: Mapping[str, Any]) -> str:
    """What the player says it plays, as people call it."""
    facts = playing["facts"]
    if sound := facts.get("sound"):
        return session.scalar(select(StationSound.title).where(StationSound.public_id == str(sound))) or ""
    item = _item(session, facts)
    return item.title if item is not None else ""


# What begins by itself


@dataclass(frozen=True, slots=True)
class Due:
    """An item whose time has come and which nobody has begun: its voice in reserve begins at ``begins_at``."""

    item: RundownItem
    due_at: datetime
    begins_at: datetime


def waiting_reserves(session: Session, broadcast: Broadcast, zone: ZoneInfo) -> list[tuple[RundownItem, datetime]]:
    """Items still to come whose voice in reserve may begin by itself, with the time of each."""
    items, log = rundown(session, broadcast.id), queries.as_run(session, broadcast)
    if broadcast.on_air_at is None or not any(item.reserve_since for item in items):
        return []
    coming = expected(items, broadcast, log, zone)
    return [(item, begins) for item, begins in coming if item.reserve_since is not None and item.script is not None]


def due(session: Session, broadcast: Broadcast, *, at: datetime, zone: ZoneInfo, grace: int) -> Due | None:
    """The item whose voice in reserve is about to begin by itself, ``None`` while somebody speaks, or where none may.

    The seconds of grace are always counted down whole: from the item's time, from when it was allowed, or from when the
    last caller or reader was done.
    """
    if broadcast.state is not BroadcastState.ON_AIR or _somebody_speaks(session, broadcast, at):
        return None
    since = _silence(session, broadcast)
    for item, begins in waiting_reserves(session, broadcast, zone):
        if item.script is None or item.reserve_since is None:
            continue
        moment = max(begins, item.reserve_since, since or begins)
        if moment > at:
            return None
        try:
            checked_reserve(session, item.script, at)
        except Refusal:
            continue
        return Due(item, moment, moment + timedelta(seconds=grace))
    return None


def _somebody_speaks(session: Session, broadcast: Broadcast, at: datetime) -> bool:
    if session.scalar(select(Call.id).where(Call.state == CallState.ON_AIR).limit(1)) is not None:
        return True
    read = services.script_being_read(session, broadcast)
    if read is None:
        return False
    estimated = float(read.details.get("estimated") or 0.0)
    return bool(read.details.get("reserve")) or (at - read.at).total_seconds() < FORGOTTEN * max(estimated, 15.0)


def _silence(session: Session, broadcast: Broadcast) -> datetime | None:
    """When the last caller or reader was done."""
    over = (AsRunKind.CALL_OFF, AsRunKind.SCRIPT_END)
    wanted = select(AsRun.at).where(AsRun.broadcast_id == broadcast.id, AsRun.kind.in_(over))
    return session.scalar(wanted.order_by(AsRun.at.desc()).limit(1))


def playable_reserves(session: Session, items: Sequence[RundownItem], at: datetime) -> set[int]:
    """Keys of the items whose voice in reserve may be played now."""
    found = set()
    for item in items:
        if item.script is not None:
            try:
                checked_reserve(session, item.script, at)
            except Refusal:
                continue
            found.add(item.id)
    return found


def was_cut_short(entry: AsRun) -> bool:
    """Whether a sound or a voice in reserve was broken off before its end."""
    return entry.details.get("why") not in (None, END)
