"""Who may hear what of a log. It hears callers before anybody knows whose call it is, and callers who are protected.

So a log is as the sound of a line that no call is known of (``Belonging.LINE_TAKE``), and a stretch of a telephone or
studio line in which a guarded caller was on a line is guarded as that call is. What goes on air is no secret.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Forbidden
from radiodesk.rooms.accounts.models import Person
from radiodesk.rooms.calls.access import belongings
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.lines.models import LineCall
from radiodesk.rooms.lines.services import RECORDER
from radiodesk.rooms.logger.models import LoggerCut
from radiodesk.rooms.recordings.access import GUARDED, Act, Belonging, is_permitted
from radiodesk.sound.line_setup import LineKind

_SPOKEN = (Channel.PHONE, Channel.SIP, Channel.WALK_IN)


def stretch_belonging(session: Session, line: str, kind: LineKind, begins: datetime, ends: datetime) -> Belonging:
    """What a stretch of a line's log belongs to."""
    if kind is LineKind.PROGRAMME:
        return Belonging.LINE_TAKE
    return max([Belonging.LINE_TAKE, *_guarded(session, line, kind, begins, ends)])


def require_stretch_open(
    session: Session, person: Person, line: str, kind: LineKind, begins: datetime, ends: datetime
) -> None:
    """Raises ``Forbidden`` where somebody is heard whom the person may not hear."""
    if not is_permitted(person, Act.HEAR, stretch_belonging(session, line, kind, begins, ends)):
        raise Forbidden("In this stretch somebody is heard whom you may not hear. Choose one before or after the call.")


def _guarded(session: Session, line: str, kind: LineKind, begins: datetime, ends: datetime) -> list[Belonging]:
    query = select(Call).where(
        Call.channel.in_(_SPOKEN), Call.received_at < ends, or_(Call.ended_at.is_(None), Call.ended_at > begins)
    )
    if kind is LineKind.TELEPHONE:
        # Not by the line's own name, which people change.
        held = select(LineCall.call_id).where(LineCall.part == RECORDER, LineCall.line == line)
        query = query.where(Call.id.in_(held))
    return [one for one in belongings(session, session.scalars(query)).values() if one in GUARDED]


def of_cuts(session: Session, recordings: Iterable[int]) -> dict[int, Belonging]:
    """A ``recordings.access.Owners``: a stretch that was attached is as strict as the strictest call that is in it."""
    found: dict[int, Belonging] = {}
    for cut in session.scalars(select(LoggerCut).where(LoggerCut.recording_id.in_(recordings))):
        if cut.kind is not LineKind.PROGRAMME:
            guarded = _guarded(session, cut.line, cut.kind, cut.begins, cut.ends)
            if guarded:
                found[cut.recording_id] = max(guarded)
    return found
