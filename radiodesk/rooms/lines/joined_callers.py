"""Two callers on air who hear each other over their SIP lines: whom the host can join, and what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.errors import Conflict
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.lines.caller_prompts import sip_stay
from radiodesk.rooms.lines.models import LineCall
from radiodesk.rooms.lines.services import LINES, TELEPHONE, stay_of
from radiodesk.rooms.recordings.models import Direction, Recording


@dataclass(frozen=True, slots=True)
class Partner:
    """The other caller, by the public id of their call, and whether the two hear each other now."""

    public_id: str
    joined: bool


def may_be_joined(call: Call) -> bool:
    """Whether another caller may hear this one: on air only, and never somebody who is protected."""
    return call.state is CallState.ON_AIR and call.protected is None


def partners(session: Session, telephone: dict[str, Any] | None, calls: Sequence[str]) -> dict[str, Partner]:
    """Whom each of the calls (public ids, those on air, in their order) hears, or could be joined with.

    Each pair stands at its second call. ``telephone`` is what the telephone tells of itself.
    """
    known = _by_line(session, telephone, calls)
    found: dict[str, Partner] = {}
    for index, public_id in enumerate(calls):
        line = known.get(public_id)
        for other in calls[:index] if line else ():
            there = known.get(other)
            if line and there and line["joined"] == there["call"]:
                found[public_id] = Partner(other, True)
            elif line and there and public_id not in found and not (line["joined"] or there["joined"]):
                found[public_id] = Partner(other, False)
    return found


def _by_line(session: Session, telephone: dict[str, Any] | None, calls: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The telephone's lines of those calls that can be joined, by their public ids."""
    lines = {line["call"]: line for line in (telephone or {"lines": []})["lines"] if line.get("can_join")}
    query = select(LineCall).where(LineCall.part == TELEPHONE, LineCall.key.in_(lines))
    return {
        stay.call.public_id: lines[stay.key]
        for stay in session.scalars(query)
        if stay.call.public_id in calls and may_be_joined(stay.call)
    }


def join_request(session: Session, one: Call, other: Call) -> dict[str, str]:
    """What to ask of the telephone, so that two callers hear each other; raises ``Conflict``."""
    if not (may_be_joined(one) and may_be_joined(other)):
        raise Conflict("Only two callers who are on air can hear each other, and nobody who is protected.")
    return {"do": "join", "call": _key(session, one), "with": _key(session, other)}


def part_request(session: Session, call: Call) -> dict[str, str]:
    """What to ask of the telephone, so that a caller hears the studio alone again; raises ``Conflict``."""
    return {"do": "part", "call": _key(session, call)}


def _key(session: Session, call: Call) -> str:
    stay = sip_stay(session, call)
    if stay is None:
        raise Conflict("This caller is not on a SIP line.")
    return stay.key


def note(session: Session, act: str, one: str, other: str = "", *, by: str, at: datetime) -> None:
    """Note that callers were joined or parted; ``one`` and ``other`` are the public ids of their calls."""
    audit.record(session, at, by, act, f"call {one}", **({"other": other} if other else {}))
    events.announce(session, at, LINES, act, one)


def share_recording(session: Session, recording: Recording, log: list[dict[str, Any]]) -> None:
    """What a caller heard holds the words of whom they were joined with: it belongs to that call, too, and the stricter
    of both rules counts. ``log`` is that of the recording's take.
    """
    if recording.direction is not Direction.STUDIO:
        return
    for key in dict.fromkeys(entry["other"] for entry in log if entry["kind"] == "joined"):
        stay = stay_of(session, TELEPHONE, key)
        if stay is not None and recording not in stay.call.recordings:
            stay.call.recordings.append(recording)
