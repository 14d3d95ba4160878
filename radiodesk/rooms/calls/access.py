"""What calls and their recordings belong to, for the rule of ``recordings.access``."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import database_of
from radiodesk.rooms.calls.models import Call, call_recording
from radiodesk.rooms.calls.ports import secrets
from radiodesk.rooms.recordings.access import Belonging


def belongings(session: Session, calls: Iterable[Call]) -> dict[int, Belonging]:
    """What each of these calls is, by its key: its own marks, and those of the call that it was merged into."""
    asked = list(calls)
    kept = {call.merged_into_id for call in asked if call.merged_into_id is not None}
    into = {call.id: call for call in session.scalars(select(Call).where(Call.id.in_(kept)))} if kept else {}
    secret = _secret(session, {call.id for call in asked} | kept)
    return {call.id: max(_one(part, secret) for part in _with(call, into)) for call in asked}


def belonging_of(session: Session, call: Call) -> Belonging:
    """What one call is."""
    return belongings(session, [call])[call.id]


def _with(call: Call, into: Mapping[int, Call]) -> list[Call]:
    kept = into.get(call.merged_into_id or 0)
    return [call, kept] if kept is not None else [call]


def _one(call: Call, secret: set[int]) -> Belonging:
    if call.id in secret and not call.is_open:
        return Belonging.CONFIDENTIAL
    return Belonging.PROTECTED if call.protected is not None or call.id in secret else Belonging.CALL


def _secret(session: Session, calls: set[int]) -> set[int]:
    found: set[int] = set()
    for source in secrets(database_of(session)):
        found |= source(session, calls)
    return found


def of_recordings(session: Session, recordings: Iterable[int]) -> dict[int, Belonging]:
    """An ``recordings.access.Owners``: of several calls that a recording belongs to, the strictest one counts."""
    held = call_recording.c
    pairs = session.execute(
        select(held.recording_id, Call).join(Call, Call.id == held.call_id).where(held.recording_id.in_(recordings))
    ).all()
    known = belongings(session, {call.id: call for _, call in pairs}.values())
    found: dict[int, Belonging] = {}
    for recording, call in pairs:
        found[recording] = max(known[call.id], found.get(recording, Belonging.CALL))
    return found
