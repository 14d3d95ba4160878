"""What calls and their recordings belong to, for the rule of ``recordings.access``."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.database import database_of
from radiodesk.core.i18n import gettext
from radiodesk.rooms.calls.merged_calls import became, held_by
from radiodesk.rooms.calls.models import Call, call_recording
from radiodesk.rooms.calls.ports import secrets
from radiodesk.rooms.calls.queries import sayable
from radiodesk.rooms.recordings.access import GUARDED, Belonging


def belongings(session: Session, calls: Iterable[Call]) -> dict[int, Belonging]:
    """What each of these calls is, by its key: its own marks, those of the calls whose words it holds, and those of
    the calls that it became.
    """
    asked = list(calls)
    held = held_by(session, asked)
    later = {call.id: became(session, call) for call in asked}
    secret = _secret(session, {part.id for call in asked for part in (*held[call.id], *later[call.id])})
    return {call.id: _strictest(held[call.id], later[call.id], secret) for call in asked}


def belonging_of(session: Session, call: Call) -> Belonging:
    """What one call is."""
    return belongings(session, [call])[call.id]


def _strictest(held: list[Call], later: list[Call], secret: set[int]) -> Belonging:
    parts = [*held, *later]
    if any(part.id in secret for part in parts):
        # People work with the words of a merged call as long as the call that it became is open.
        at_work = held[0].is_open or (bool(later) and later[-1].is_open)
        return Belonging.PROTECTED if at_work else Belonging.CONFIDENTIAL
    return Belonging.PROTECTED if any(part.protected is not None for part in parts) else Belonging.CALL


def _secret(session: Session, calls: set[int]) -> set[int]:
    found: set[int] = set()
    for source in secrets(database_of(session)):
        found |= source(session, calls)
    return found


def titles_of_recordings(session: Session, recordings: Collection[int], *, by_name: bool) -> dict[int, str]:
    """A ``transcripts.ports.TitleSource``: caller and topic; of a guarded one neither."""
    held = call_recording.c
    pairs = session.execute(
        select(held.recording_id, Call).join(Call, Call.id == held.call_id).where(held.recording_id.in_(recordings))
    ).all()
    known = belongings(session, {call.id: call for _, call in pairs}.values())
    guarded = {recording for recording, call in pairs if known[call.id] in GUARDED}
    found = dict.fromkeys(guarded, gettext("Protected caller"))
    for recording, call in pairs:
        if recording not in guarded:
            named = call.name if by_name or call.may_name else None
            topic = call.topic if by_name else sayable(call, call.topic)
            found[recording] = " · ".join(part for part in (named or gettext("Caller"), topic) if part)
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
