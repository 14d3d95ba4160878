"""What every act on a call writes: the values before (for undo), the audit entry, the event for the screens.

An act that touches several calls (a merge) shares one batch, so that it is undone as one.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from radiodesk.core import audit, events
from radiodesk.core.database import database_of
from radiodesk.core.errors import Conflict
from radiodesk.core.i18n import gettext
from radiodesk.core.ids import public_id
from radiodesk.core.private_columns import NotReadable
from radiodesk.rooms.calls.models import STATE_NAMES, Call, CallAct, CallState
from radiodesk.rooms.calls.ports import call_followers
from radiodesk.rooms.recordings.models import Recording

TOPIC = "calls"
UNDO_WITHIN = timedelta(minutes=10)

_MOMENTS = (
    "screened_at",
    "queued_at",
    "on_air_at",
    "ended_at",
    "consent_at",
    "refused_at",
    "overruled_at",
    "handed_at",
    "called_back_at",
)
_PLAIN = (
    "state",
    "ended_why",
    "phone",
    "phone_hash",
    "address",
    "address_hash",
    "withheld",
    "name",
    "name_hash",
    "place",
    "place_id",
    "topic",
    "point",
    "message",
    "category",
    "urgency",
    "vip",
    "protected",
    "may_name",
    "may_call_back",
    "disguise_voice",
    "consent_by",
    "refused_by",
    "overruled_by",
    "overruled_why",
    "aired_without_consent",
    "line",
    "line_quality",
    "notes",
    "position",
    "same_event_id",
    "merged_into_id",
    "locked_by",
    "screened_by",
    "handed_to",
    "called_back_by",
)


_WHO_MAY_HEAR = (
    "protected",
    "merged_into_id",
    "consent_at",
    "disguise_voice",
    "may_name",
    "name",
    "phone",
    "place",
    "topic",
    "point",
    "notes",
)
"""What of a call decides whether a public copy may hold it, and by what it is found in what others say: who follows
calls is told when one of these changes."""


class WrongState(Conflict):
    """The call's state does not allow this act."""


class CallTaken(Conflict):
    """Another screener has the call."""


class SameMoment(Conflict):
    """Two people changed one call at once; the first one's change stands."""


class ConsentMissing(Conflict):
    """The caller has not agreed to be on air; whoever goes on must say so, or say why."""


class NothingToUndo(Conflict):
    """The last act is too old, was on air, or somebody acted on the call since."""


def _snapshot(call: Call) -> dict[str, Any]:
    plain = {name: getattr(call, name) for name in _PLAIN}
    moments = {name: at.isoformat() if (at := getattr(call, name)) else None for name in _MOMENTS}
    return {**plain, **moments, "recordings": [recording.id for recording in call.recordings]}


@contextmanager
def acting(
    session: Session, call: Call, kind: str, *, by: str, at: datetime, batch: str | None = None, **details: Any
) -> Iterator[None]:
    """Change the call inside the block; what changed is kept, logged and announced when it ends."""
    if call.removed_at is not None:
        raise Conflict("This call was deleted: nothing can be changed of it any more.")
    before, version = _snapshot(call), call.version
    yield
    session.add(_act(call, kind, before, version, by=by, at=at, batch=batch))
    try:
        session.flush()
    except StaleDataError:
        # Another process committed a change of this row between our reading and our writing.
        raise SameMoment("Somebody changed this call in the same moment. Please look at it and try again.") from None
    audit.record(session, at, by, f"call {kind}", f"call {call.public_id}", state=call.state, **details)
    events.announce(session, at, TOPIC, kind, call.public_id, state=call.state, urgency=call.urgency)
    _tell_followers(session, call, before, at)


def _tell_followers(session: Session, call: Call, before: dict[str, Any], at: datetime) -> None:
    after = _snapshot(call)
    if any(before[name] != after[name] for name in _WHO_MAY_HEAR):
        for follow in call_followers(database_of(session)):
            follow(session, call, at=at)


def _act(
    call: Call, kind: str, before: dict[str, Any], version: int, *, by: str, at: datetime, batch: str | None = None
) -> CallAct:
    after = _snapshot(call)
    changed = {name: value for name, value in before.items() if value != after[name]}
    for name in ("phone", "name"):
        # What could not be read cannot be put back either: an undo leaves what was typed in its place.
        if isinstance(before[name], NotReadable):
            changed = {key: value for key, value in changed.items() if key not in (name, f"{name}_hash")}
    return CallAct(
        call_id=call.id,
        at=at,
        by=by,
        kind=kind,
        before=json.dumps(changed),
        batch=batch or public_id(at),
        call_version=version,
    )


def require(session: Session, call: Call, allowed: frozenset[CallState]) -> None:
    """Raise ``WrongState``, naming who moved the call there, unless its state is one of the allowed."""
    if call.state in allowed:
        return
    last = last_act(session, call)
    state = gettext(STATE_NAMES[call.state])
    if last is None or last.kind == "received":
        raise WrongState("This call has the state “%(state)s”, so that is not possible.", state=state)
    raise WrongState(
        "%(who)s was faster: this call has the state “%(state)s” now, so that is not possible.",
        who=last.by,
        state=state,
    )


def require_free(call: Call, by: str) -> None:
    """Raise ``CallTaken`` when another screener holds the call."""
    if call.locked_by not in (None, by):
        raise CallTaken("%(who)s has this call. Ask, or take the call over first.", who=call.locked_by)


def last_act(session: Session, call: Call) -> CallAct | None:
    """The newest act on a call that was not undone."""
    query = select(CallAct).where(CallAct.call_id == call.id, CallAct.undone_at.is_(None))
    return session.scalar(query.order_by(CallAct.id.desc()).limit(1))


def acts_since(session: Session, call: Call, version: int) -> list[CallAct]:
    """What was done to a call since it had that version, oldest first: what was undone, and the undoing, too."""
    query = select(CallAct).where(CallAct.call_id == call.id, CallAct.call_version >= version)
    return list(session.scalars(query.order_by(CallAct.id)))


_LAST_ACT = (
    select(CallAct)
    .where(CallAct.by == bindparam("person"), CallAct.undone_at.is_(None))
    .order_by(CallAct.id.desc())
    .limit(1)
)


def undoable(session: Session, *, by: str, at: datetime) -> CallAct | None:
    """The last act of a person that may still be undone."""
    act = session.scalar(_LAST_ACT, {"person": by})
    return None if act is None or _hindrance(session, act, at) else act


def people_at(session: Session, public_ids: Collection[str], *, at: datetime) -> set[str]:
    """Who acted on these calls so lately that it may be undone, or could until somebody else acted on them now."""
    query = select(CallAct.by).join(Call, Call.id == CallAct.call_id).distinct()
    return set(session.scalars(query.where(Call.public_id.in_(public_ids), CallAct.at > at - UNDO_WITHIN)))


def undo_last(session: Session, *, by: str, at: datetime) -> list[Call]:
    """Take back the last act of a person; returns the calls that are as before. Raises ``NothingToUndo``."""
    act = session.scalar(_LAST_ACT, {"person": by})
    if act is None:
        raise NothingToUndo("There is nothing of yours to undo.")
    if hindrance := _hindrance(session, act, at):
        raise hindrance
    batch = session.scalars(select(CallAct).where(CallAct.batch == act.batch).order_by(CallAct.id.desc())).all()
    if any(isinstance(one.before, NotReadable) for one in batch):
        raise NothingToUndo("What this call was before cannot be read, so it cannot be undone.")
    return [_take_back(session, one, by=by, at=at) for one in batch]


def _hindrance(session: Session, act: CallAct, at: datetime) -> NothingToUndo | None:
    call = session.get_one(Call, act.call_id)
    if at - act.at > UNDO_WITHIN:
        return NothingToUndo("Your last act is too long ago to undo. Change the call by hand.")
    if isinstance(act.before, NotReadable):
        return NothingToUndo("What this call was before cannot be read, so it cannot be undone.")
    live = {json.loads(act.before).get("state"), call.state} & Call.live_states
    if live or act.kind == "received":
        return NothingToUndo("Your last act cannot be undone: it was on air, or it is how the call came in.")
    last = last_act(session, call)
    if last is not None and last.batch != act.batch:
        return NothingToUndo("%(who)s changed this call since, so it cannot be undone.", who=last.by)
    return None


def _take_back(session: Session, act: CallAct, *, by: str, at: datetime) -> Call:
    call = session.get_one(Call, act.call_id)
    before, version = _snapshot(call), call.version
    for name, value in json.loads(act.before).items():
        if name == "recordings":
            call.recordings = [session.get_one(Recording, key) for key in value]
        elif name in _MOMENTS:
            setattr(call, name, datetime.fromisoformat(value) if value else None)
        elif name == "state":
            call.state = CallState(value)
        else:
            setattr(call, name, value)
    act.undone_at = at
    undoing = _act(call, "undone", before, version, by=by, at=at)
    # An act for whoever has the card open; it is never the last one, and cannot be undone itself.
    undoing.undone_at = at
    session.add(undoing)
    session.flush()
    _tell_followers(session, call, before, at)
    audit.record(session, at, by, "call act undone", f"call {call.public_id}", undone=act.kind, state=call.state)
    events.announce(session, at, TOPIC, "undone", call.public_id, state=call.state)
    return call
