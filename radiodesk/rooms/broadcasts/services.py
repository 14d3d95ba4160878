"""Running a broadcast: on air, items, scripts read, callers taken, marks and dumps, the end.

Every act that is heard becomes an as-run entry. Entries are never changed; a later one says what followed. Only a mark,
which nobody hears, may be taken back for a while.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.text import shorten
from radiodesk.rooms.broadcasts import readings, rundowns
from radiodesk.rooms.broadcasts.air_delay import DelayUnit
from radiodesk.rooms.broadcasts.filed_calls import file_call, file_ended
from radiodesk.rooms.broadcasts.models import (
    AsRun,
    AsRunKind,
    Broadcast,
    BroadcastState,
    ItemKind,
    RundownItem,
    TalkbackMessage,
)
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.broadcasts.rundowns import require_unsealed
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.calls.queries import sayable
from radiodesk.rooms.programme import services as programme_services
from radiodesk.rooms.programme.models import Programme, ScriptVersion
from radiodesk.rooms.programme.slots import recurs
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.services import request_transcript

TOPIC = "broadcasts"
LONGEST_DUMP = 120
UNDO_WITHIN = timedelta(minutes=10)


class NotOnAir(Conflict):
    """The act needs a broadcast that is on air."""


class OtherOnAir(Conflict):
    """One studio, one broadcast at a time."""


def plan(
    session: Session,
    programme: Programme,
    title: str,
    start: datetime,
    *,
    by: str,
    at: datetime,
    seconds: int | None = None,
    hosts: Sequence[str] = (),
    day: date | None = None,
) -> Broadcast:
    """Plan an edition; its rundown begins with the programme's usual items, with those of some days on these alone.

    ``day`` is that of the station.
    """
    broadcast = Broadcast(
        public_id=public_id(at),
        programme=programme,
        title=shorten(title.strip() or programme.title, 160),
        planned_start=start,
        planned_seconds=seconds or programme.minutes * 60,
        hosts=list(hosts),
        by_hand=True,
    )
    session.add(broadcast)
    session.flush()
    for item in (one for one in programme.template if recurs(one, day)):
        rundowns.add_item(
            session,
            broadcast,
            ItemKind(item["kind"]),
            item["title"],
            int(item["seconds"]),
            reader=item.get("reader", ""),
            by=by,
            at=at,
        )
    audit.record(session, at, by, "broadcast planned", f"broadcast {broadcast.public_id}")
    announce(session, at, TOPIC, "planned", broadcast.public_id)
    return broadcast


def on_air(session: Session) -> Broadcast | None:
    """The broadcast that is on air now, or ``None``."""
    return session.scalar(select(Broadcast).where(Broadcast.state == BroadcastState.ON_AIR))


def go_on_air(session: Session, broadcast: Broadcast, *, by: str, at: datetime) -> None:
    """Begin; refuses while another broadcast is on air."""
    other = on_air(session)
    if other is not None and other.id != broadcast.id:
        raise OtherOnAir("%(title)s is still on air. End it first.", title=other.title)
    if broadcast.state is BroadcastState.CANCELLED:
        raise Conflict("%(title)s was cancelled. Reinstate it first.", title=broadcast.title)
    if broadcast.state is not BroadcastState.PLANNED:
        raise Conflict("%(title)s was on air already.", title=broadcast.title)
    broadcast.state, broadcast.on_air_at = BroadcastState.ON_AIR, at
    rundowns.listen_for_names(session, rundown(session, broadcast.id), by=by, at=at)
    write_entry(session, broadcast, AsRunKind.START, broadcast.title, by=by, at=at)
    audit.record(session, at, by, "on air", f"broadcast {broadcast.public_id}")
    announce(session, at, TOPIC, "on_air", broadcast.public_id)


def _running(broadcast: Broadcast) -> datetime:
    if broadcast.state is not BroadcastState.ON_AIR or broadcast.on_air_at is None:
        raise NotOnAir("%(title)s is not on air.", title=broadcast.title)
    return broadcast.on_air_at


def write_entry(
    session: Session,
    broadcast: Broadcast,
    kind: AsRunKind,
    title: str,
    *,
    by: str,
    at: datetime,
    subject: str | None = None,
    moment: datetime | None = None,
    **details: Any,
) -> AsRun:
    """Write into the as-run of a broadcast that is on air; ``moment`` is when it was, ``at`` when it is written."""
    began = _running(broadcast)
    moment = max(began, moment or at)
    entry = AsRun(
        broadcast_id=broadcast.id,
        at=moment,
        offset=(moment - began).total_seconds(),
        kind=kind,
        subject=subject,
        title=shorten(title, 160),
        by=by,
        details=details,
    )
    session.add(entry)
    session.flush()
    announce(session, at, TOPIC, kind.value, broadcast.public_id)
    return entry


def _log_call(
    session: Session, broadcast: Broadcast, kind: AsRunKind, call: Call, *, by: str, at: datetime, **details: Any
) -> None:
    """A caller comes or goes; the public copy is made from this, so the topic is as the host may say it."""
    write_entry(session, broadcast, kind, sayable(call, call.topic), by=by, at=at, subject=call.public_id, **details)


def begin_item(session: Session, broadcast: Broadcast, item: RundownItem, *, by: str, at: datetime) -> None:
    """An item of the rundown begins; a script in it counts as being read from now on."""
    _running(broadcast)
    rundowns.require_item(session, broadcast, item)
    if item.script is not None:
        version = programme_services.readable(item.script, at)
        write_entry(
            session,
            broadcast,
            AsRunKind.SCRIPT,
            item.title,
            by=by,
            at=at,
            subject=item.script.public_id,
            item=item.public_id,
            number=version.number,
            sha256=version.digest,
            approved_by=item.script.approved_by,
            reader=item.reader,
            estimated=round(version.seconds, 1),
        )
    else:
        write_entry(session, broadcast, AsRunKind.ITEM, item.title, by=by, at=at, subject=item.public_id)


def finish_script(
    session: Session, broadcast: Broadcast, *, by: str, at: datetime, lexicon: Mapping[str, str] | None = None
) -> AsRun:
    """The script that is being read is over; its reader's speed is learned from how long it took.

    ``lexicon`` is the area's own spoken forms, as the estimate of the script counted them.
    """
    begun = script_being_read(session, broadcast)
    if begun is None:
        raise Conflict("No script is being read.")
    if begun.details.get("reserve"):
        raise Conflict("The voice in reserve is being played. Stop it to end it.")
    seconds = (at - begun.at).total_seconds()
    details = {**begun.details, "seconds": round(seconds, 1)}
    entry = write_entry(
        session, broadcast, AsRunKind.SCRIPT_END, begun.title, by=by, at=at, subject=begun.subject, **details
    )
    version = session.scalar(
        select(ScriptVersion).where(
            ScriptVersion.script.has(public_id=begun.subject), ScriptVersion.number == begun.details["number"]
        )
    )
    if version is not None:
        reader = str(begun.details.get("reader") or "")
        programme_services.learn_speed(session, reader, version.text, seconds, lexicon=lexicon)
    return entry


def script_being_read(session: Session, broadcast: Broadcast) -> AsRun | None:
    """The as-run entry of the script that was begun last, unless something followed it."""
    decisive = (AsRunKind.SCRIPT, AsRunKind.SCRIPT_END, AsRunKind.ITEM, AsRunKind.CALL_ON, AsRunKind.END)
    last = session.scalar(
        select(AsRun)
        .where(AsRun.broadcast_id == broadcast.id, AsRun.kind.in_(decisive))
        .order_by(AsRun.id.desc())
        .limit(1)
    )
    return last if last is not None and last.kind is AsRunKind.SCRIPT else None


def take(session: Session, broadcast: Broadcast, call: Call, *, overruled: str = "", by: str, at: datetime) -> None:
    """Put a caller on air in this broadcast, or back on air from hold.

    Raises ``ConsentMissing`` where the caller has not agreed and ``overruled`` does not say why that has to wait.
    """
    _running(broadcast)
    bring = calls.resume if call.state is CallState.HELD else calls.put_on_air
    bring(session, call, overruled=overruled, by=by, at=at)
    file_call(session, broadcast, call)
    _log_call(session, broadcast, AsRunKind.CALL_ON, call, by=by, at=at)


def hold(session: Session, broadcast: Broadcast, call: Call, *, by: str, at: datetime) -> None:
    """Take a caller off air for a while; the caller keeps the line."""
    _running(broadcast)
    calls.hold(session, call, by=by, at=at)
    _log_call(session, broadcast, AsRunKind.CALL_OFF, call, by=by, at=at, held=True)


def end_call(session: Session, broadcast: Broadcast, call: Call, *, by: str, at: datetime) -> None:
    """The conversation is over."""
    require_unsealed(session, broadcast)
    was_on_air = call.state is CallState.ON_AIR
    calls.end(session, call, by=by, at=at)
    if was_on_air:
        _log_call(session, broadcast, AsRunKind.CALL_OFF, call, by=by, at=at)


def mark(
    session: Session,
    broadcast: Broadcast,
    text: str,
    *,
    by: str,
    at: datetime,
    subject: str | None = None,
    moment: datetime | None = None,
    **details: Any,
) -> AsRun:
    """Remember this moment (a promise, an answer, a complaint made); ``subject`` is the public id of its call.

    ``moment`` is when it was, where the words for it took a while to type.
    """
    return write_entry(
        session, broadcast, AsRunKind.MARK, text or "", by=by, at=at, subject=subject, moment=moment, **details
    )


def is_undoable(entry: AsRun, at: datetime) -> bool:
    """Whether a mark may still be taken back: it is young, and stands for nothing but itself."""
    return entry.kind is AsRunKind.MARK and not entry.details and at - entry.at <= UNDO_WITHIN


def undo_mark(session: Session, broadcast: Broadcast, entry_id: int, *, by: str, at: datetime) -> None:
    """Take a mark back; the audit trail keeps that it was there."""
    require_unsealed(session, broadcast)
    entry = session.get(AsRun, entry_id)
    if entry is None or entry.broadcast_id != broadcast.id:
        raise NotFound("This mark is not there any more.")
    if not is_undoable(entry, at):
        raise Conflict("This cannot be undone any more.")
    offset = round(entry.offset, 1)
    session.delete(entry)
    session.flush()
    audit.record(session, at, by, "mark undone", f"broadcast {broadcast.public_id}", offset=offset)
    announce(session, at, TOPIC, "mark undone", broadcast.public_id)


def dump(
    session: Session,
    broadcast: Broadcast,
    seconds: int,
    why: str,
    *,
    by: str,
    at: datetime,
    unit: DelayUnit | None = None,
) -> AsRun:
    """Mark the last seconds to be cut from every public copy; the sealed original keeps them, restricted.

    With a delay ``unit`` they are its whole length, and how many of them did not even go on air is noted.
    """
    running = _running(broadcast)
    kept: dict[str, Any] = {}
    if unit is not None:
        seconds = math.ceil(unit.seconds)
        log = session.scalars(select(AsRun).where(AsRun.broadcast_id == broadcast.id)).all()
        kept = {"delay": unit.seconds, "kept_off_air": round(unit.left(log, at), 1)}
    if not 1 <= seconds <= LONGEST_DUMP:
        raise Unreadable("A dump takes 1 to %(most)s seconds.", most=LONGEST_DUMP).of("seconds")
    begins = max(0.0, (at - running).total_seconds() - seconds)
    audit.record(session, at, by, "dumped", f"broadcast {broadcast.public_id}", seconds=seconds, **kept)
    cut: dict[str, Any] = {"begins": begins, "ends": begins + seconds, "seconds": seconds, **kept}
    return write_entry(session, broadcast, AsRunKind.DUMP, why, by=by, at=at, **cut)


def attach_recording(
    session: Session,
    broadcast: Broadcast,
    recording: Recording,
    *,
    phrases: Sequence[str] = (),
    by: str,
    at: datetime,
) -> None:
    """Add a recording of the programme as it went out, and ask for its words, so that the public can search it.

    ``phrases`` are words to listen for.
    """
    require_unsealed(session, broadcast)
    broadcast.recordings.append(recording)
    session.flush()
    request_transcript(session, recording, phrases=phrases, by=by, at=at)
    readings.ask(session, broadcast, at=at)
    audit.record(session, at, by, "recording attached", f"broadcast {broadcast.public_id}", sha256=recording.sha256)
    announce(session, at, TOPIC, "recording", broadcast.public_id)


def end(
    session: Session, broadcast: Broadcast, *, by: str, at: datetime, loudness: Mapping[str, Any] | None = None
) -> int:
    """End the broadcast. Callers still on air or held are ended; calls that came to their end since the last
    broadcast are filed under this one. Who still waits, waits for the next. Returns how many calls were filed.

    ``loudness`` is how loud it was, as fields of ``sound.programme_loudness.Loudness``.
    """
    _running(broadcast)
    for call in session.scalars(select(Call).where(Call.state.in_((CallState.ON_AIR, CallState.HELD)))):
        end_call(session, broadcast, call, by=by, at=at)
    if loudness is not None and loudness.get("integrated") is not None:
        write_entry(
            session, broadcast, AsRunKind.LOUDNESS, _figures(loudness), by=by, at=at, **_told_loudness(loudness)
        )
    write_entry(session, broadcast, AsRunKind.END, broadcast.title, by=by, at=at)
    broadcast.state, broadcast.ended_at = BroadcastState.ENDED, at
    session.flush()
    filed = file_ended(session, broadcast, at=at)
    readings.ask(session, broadcast, at=at)
    audit.record(session, at, by, "off air", f"broadcast {broadcast.public_id}", calls=filed)
    announce(session, at, TOPIC, "ended", broadcast.public_id)
    return filed


def _told_loudness(loudness: Mapping[str, Any]) -> dict[str, Any]:
    names = {"integrated": "integrated_lufs", "most_short_term": "max_short_term_lufs", "true_peak": "true_peak_dbtp"}
    return {name: loudness.get(key) for key, name in names.items()} | {"measured_seconds": loudness.get("seconds")}


def _figures(loudness: Mapping[str, Any]) -> str:
    """The figures in signs that need no language."""
    parts = (("I", "integrated", "LUFS"), ("max S", "most_short_term", "LUFS"), ("", "true_peak", "dBTP"))
    told = (f"{name} {loudness[key]:.1f} {unit}" for name, key, unit in parts if loudness.get(key) is not None)
    return " · ".join(part.strip() for part in told)


def talk_back(session: Session, text: str, *, by: str, at: datetime) -> None:
    """A line for host, screener and producer."""
    if not text.strip():
        raise Unreadable("Please write something.").of("text")
    session.add(TalkbackMessage(at=at, by=by, text=shorten(text.strip(), 300)))
    announce(session, at, "talkback", "said")


def recent_talk(session: Session, at: datetime, limit: int = 12) -> list[TalkbackMessage]:
    """The last lines of the past three hours, oldest first."""
    since = at - timedelta(hours=3)
    wanted = select(TalkbackMessage).where(TalkbackMessage.at > since).order_by(TalkbackMessage.id.desc()).limit(limit)
    return list(session.scalars(wanted))[::-1]
