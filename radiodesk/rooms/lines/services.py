"""What a line tells of becomes a call, once, however often it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from radiodesk.core import events
from radiodesk.language.phones import PhoneUnreadable, normalised
from radiodesk.rooms.calls.acts import TOPIC, acting
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.calls.reception import attach, receive
from radiodesk.rooms.calls.transitions import end, lose
from radiodesk.rooms.lines.call_takes import bind_take
from radiodesk.rooms.lines.models import JournalPosition, LineCall, Stage
from radiodesk.rooms.recordings.models import Direction, Recording

RECORDER, TELEPHONE = "recorder", "telephone"
CHANNELS = {RECORDER: Channel.PHONE, TELEPHONE: Channel.SIP}
LINES = "lines"
"""Topic of events about the lines themselves."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A caller on a line: who holds it, its name there, the line's id and the name that people read."""

    part: str
    key: str
    line: str
    label: str


def stay_of(session: Session, part: str, key: str) -> LineCall | None:
    """The stay with this name, if it is known."""
    return session.get(LineCall, (part, key))


def ring(session: Session, stay: Stay, *, number: str | None, at: datetime) -> LineCall:
    """It rings: a new call, with its number or withheld."""
    found = stay_of(session, stay.part, stay.key)
    return found or _receive(session, stay, Stage.RINGING, number=number, at=at)


def open_line(session: Session, stay: Stay, take: str, *, at: datetime, by: str | None = None) -> LineCall:
    """The line is open and recorded in a take; whoever opened it has the call."""
    found = stay_of(session, stay.part, stay.key)
    if found is None:
        found = _receive(session, stay, Stage.OPEN, number=None, by=by, at=at)
    if found.stage is Stage.RINGING:
        found.stage = Stage.OPEN
        events.announce(session, at, TOPIC, "line open", found.call.public_id)
    bind_take(session, found.call, take)
    return found


def _receive(
    session: Session, stay: Stay, stage: Stage, *, number: str | None, at: datetime, by: str | None = None
) -> LineCall:
    call = receive(
        session,
        CHANNELS[stay.part],
        phone=_usable(number),
        # A hybrid does not tell a number; a telephone that tells none withholds it.
        withheld=stay.part == TELEPHONE and _usable(number) is None,
        line=stay.label[:60],
        state=CallState.SCREENING if by else CallState.RINGING,
        by=by or stay.part,
        at=at,
    )
    if by and call.is_open:
        call.locked_by = call.screened_by = by
    made = LineCall(part=stay.part, key=stay.key, line=stay.line, stage=stage, call=call)
    session.add(made)
    session.flush()
    return made


def _usable(number: str | None) -> str | None:
    try:
        return normalised(number) if number else None
    except PhoneUnreadable:
        return None


def close_line(session: Session, stay: LineCall, *, at: datetime, by_station: bool) -> None:
    """The line is closed; a call that is not on air gets its end.

    A caller who hung up before being heard goes on the call-back list. What the screener closed while screening was
    settled off air. A call on air or held is left to the broadcast.
    """
    if stay.stage is Stage.CLOSED:
        return
    call, stay.stage, stay.problem = stay.call, Stage.CLOSED, None
    if call.state is CallState.SCREENING and by_station:
        end(session, call, by=stay.part, at=at)
    elif call.is_open and call.state not in Call.live_states:
        lose(session, call, by=stay.part, at=at)
    events.announce(session, at, TOPIC, "line closed", call.public_id)


def note_problem(session: Session, stay: LineCall, sentence: str | None, *, at: datetime) -> None:
    """Keep why the line does not do what the desk wants, for the people at the screens."""
    if stay.problem != sentence:
        stay.problem = sentence
        events.announce(session, at, TOPIC, "line problem", stay.call.public_id)


def add_recording(
    session: Session, call: Call, recording: Recording, *, phrases: Sequence[str], remarks: str, by: str, at: datetime
) -> None:
    """Add a take's recording to its call; the words of the caller are asked for.

    The studio's side is kept without: its words are in the programme's transcript. ``remarks`` say what is missing in
    the caller's sound, and stand in the call's notes.
    """
    if recording in call.recordings:
        return
    if recording.direction is Direction.CALLER:
        attach(session, call, recording, phrases=phrases, by=by, at=at)
        if remarks:
            with acting(session, call, "recording", by=by, at=at):
                call.notes = "\n".join(filter(None, (call.notes, remarks)))
        return
    with acting(session, call, "recording", by=by, at=at, recording=recording.public_id):
        call.recordings.append(recording)


def open_stays(session: Session) -> list[LineCall]:
    """Everybody who is on a line now, the longest first."""
    query = select(LineCall).where(LineCall.stage.in_((Stage.RINGING, Stage.OPEN))).order_by(LineCall.call_id)
    return list(session.scalars(query.options(selectinload(LineCall.call))))


def position(session: Session, part: str) -> JournalPosition:
    """How far the journal of a part was read."""
    found = session.get(JournalPosition, part)
    if found is None:
        found = JournalPosition(part=part, offset=0)
        session.add(found)
    return found
