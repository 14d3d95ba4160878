"""What calls and their recordings belong to, for the rule of ``recordings.access``; which calls a person may open."""

from collections.abc import Iterable, Mapping

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.http.request import session
from radiodesk.rooms.accounts.access import me
from radiodesk.rooms.calls.models import Call, call_recording
from radiodesk.rooms.calls.ports import connections
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.recordings import access
from radiodesk.rooms.recordings.access import Act, Belonging, permitted


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
    for source in connections().secrets:
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


def opened(public_id: str, act: Act = Act.READ) -> Call:
    """A call that the person of the request may see; for others it is not there (``NotFound``)."""
    found = call_by_public_id(session(), public_id)
    if not permitted(me(), act, belonging_of(session(), found)):
        raise NotFound("This call is not known.")
    return found


def readable(calls: Iterable[Call]) -> list[Call]:
    """Those of the calls that the person of the request may read, in their order."""
    asked = list(calls)
    found = belongings(session(), asked)
    return [call for call in asked if permitted(me(), Act.READ, found[call.id])]


def connect(app: Flask) -> None:
    """Have an application's recordings ask this room."""
    access.owners(app).append(of_recordings)
