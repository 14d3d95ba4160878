"""The way of a call from the queue to its end: one function for each transition, which refuses the impossible."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.text import tidy
from radiodesk.rooms.calls.acts import ConsentMissing, acting, require, require_free
from radiodesk.rooms.calls.models import Call, CallState, Consent
from radiodesk.rooms.calls.protected_words import unlearn

_CLOSEST = 1e-6
_LONGEST_REASON = 200
_TAKEN_OVER = (
    "phone",
    "phone_hash",
    "address",
    "address_hash",
    "name",
    "name_hash",
    "place",
    "place_id",
    "topic",
    "point",
    "category",
)


class MergeRefused(Conflict):
    """These two calls cannot become one."""


def _go(
    session: Session,
    call: Call,
    kind: str,
    to: CallState,
    allowed: frozenset[CallState],
    *,
    by: str,
    at: datetime,
    **values: Any,
) -> None:
    require(session, call, allowed)
    told = {"without_consent": str(call.consent)} if values.get("aired_without_consent") else {}
    with acting(session, call, kind, by=by, at=at, **told):
        call.state = to
        for name, value in values.items():
            setattr(call, name, value)


def queue(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Into the queue, cleared by the screener; also takes back "ready"."""
    require_free(call, by)
    allowed = Call.unscreened_states | {CallState.READY}
    values: dict[str, Any] = {"locked_by": None}
    if call.state in Call.unscreened_states:
        values.update(queued_at=at, screened_by=by, screened_at=call.screened_at or at)
    _go(session, call, "queued", CallState.WAITING, allowed, by=by, at=at, **values)


def make_ready(session: Session, call: Call, *, unasked: bool = False, by: str, at: datetime) -> None:
    """The caller knows that they are next; raises ``ConsentMissing``, unless the screener leaves that to the host."""
    require(session, call, frozenset({CallState.WAITING}))
    if not (call.may_air or unasked):
        raise ConsentMissing(
            "This caller has not agreed to be on air. Read the sentence out and note the answer first."
        )
    _go(session, call, "ready", CallState.READY, frozenset({CallState.WAITING}), by=by, at=at)


def rescreen(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Back to the screener: from the queue, or out of the studio's hold, where the caller heard nobody."""
    allowed = Call.waiting_states | {CallState.HELD}
    _go(session, call, "rescreened", CallState.SCREENING, allowed, by=by, at=at, locked_by=by)


def move(session: Session, call: Call, *, before: Call | None, by: str, at: datetime) -> None:
    """Put a waiting call in front of another one of the queue, or (``None``) at its end."""
    require(session, call, Call.waiting_states)
    others = _others(session, call)
    place = next((index for index, other in enumerate(others) if before and other.id == before.id), len(others))
    with acting(session, call, "moved", by=by, at=at):
        call.position = _between(session, others, place)


def move_by(session: Session, call: Call, steps: int, *, by: str, at: datetime) -> None:
    """Move a waiting call up (negative) or down the queue."""
    require(session, call, Call.waiting_states)
    others = _others(session, call)
    ahead = sum(other.position < call.position for other in others)
    place = min(max(ahead + steps, 0), len(others))
    with acting(session, call, "moved", by=by, at=at):
        call.position = _between(session, others, place)


def _others(session: Session, call: Call) -> list[Call]:
    query = select(Call).where(Call.state.in_(Call.waiting_states), Call.id != call.id)
    return list(session.scalars(query.order_by(Call.position, Call.id)))


def _between(session: Session, others: list[Call], place: int) -> float:
    """A position in front of the call at ``place``: the rows of the others stay as they are."""
    if not others:
        return 1.0
    if place == 0:
        return others[0].position - 1.0
    if place == len(others):
        return others[-1].position + 1.0
    low, high = others[place - 1].position, others[place].position
    if high - low > _CLOSEST:
        return (low + high) / 2
    # Halved too often: number the queue anew, past the ORM, so that no open form sees a new version.
    for index, other in enumerate(others, start=1):
        session.execute(update(Call).where(Call.id == other.id).values(position=float(index)))
        session.refresh(other, ["position"])
    return place + 0.5


def put_on_air(session: Session, call: Call, *, overruled: str = "", by: str, at: datetime) -> None:
    """The listener is heard; the time on air begins (or, after a hold, goes on).

    Raises ``ConsentMissing`` where the caller has not agreed, unless ``overruled`` says why that has to wait.
    """
    allowed = Call.waiting_states | {CallState.HELD}
    require(session, call, allowed)
    values = {**_without_consent(call, overruled, by=by, at=at), "on_air_at": call.on_air_at or at, "locked_by": None}
    _go(session, call, "on air", CallState.ON_AIR, allowed, by=by, at=at, **values)


def _without_consent(call: Call, overruled: str, *, by: str, at: datetime) -> dict[str, Any]:
    """What a call that goes on air keeps of its caller not having agreed; nothing where the caller did."""
    if call.consent is Consent.GIVEN:
        return {}
    if not (call.may_air or tidy(overruled)):
        raise ConsentMissing("This caller has not agreed to be on air. Ask, or say why it cannot wait.")
    known = {"aired_without_consent": True}
    if call.may_air:
        return known
    return {**known, "overruled_at": at, "overruled_by": by, "overruled_why": tidy(overruled)[:_LONGEST_REASON]}


def hold(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Off the air for a while; the caller keeps the line."""
    _go(session, call, "held", CallState.HELD, frozenset({CallState.ON_AIR}), by=by, at=at)


def resume(session: Session, call: Call, *, overruled: str = "", by: str, at: datetime) -> None:
    """On air again after a hold; of consent the same holds as in ``put_on_air``."""
    require(session, call, frozenset({CallState.HELD}))
    values = _without_consent(call, overruled, by=by, at=at)
    _go(session, call, "resumed", CallState.ON_AIR, frozenset({CallState.HELD}), by=by, at=at, **values)


def end(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """The call is done: it was on air, or the matter was settled off air."""
    allowed = Call.open_states - {CallState.RINGING}
    _go(session, call, "ended", CallState.DONE, allowed, by=by, at=at, ended_at=at, locked_by=None)


def drop(session: Session, call: Call, *, by: str, at: datetime, why: str = "screener") -> None:
    """The station lets the call go."""
    values = {"ended_at": at, "ended_why": why, "locked_by": None}
    _go(session, call, "dropped", CallState.DROPPED, Call.open_states, by=by, at=at, **values)


def lose(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """The caller hung up before being heard; the number stays on the call-back list."""
    allowed = Call.open_states - Call.live_states
    values = {"ended_at": at, "ended_why": "hung_up", "locked_by": None}
    _go(session, call, "lost", CallState.LOST, allowed, by=by, at=at, **values)


def note_call_back(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Take a call off the call-back list."""
    require(session, call, Call.ended_states)
    with acting(session, call, "called back", by=by, at=at):
        call.called_back_at, call.called_back_by = at, by


def close_queue(session: Session, *, by: str, at: datetime) -> int:
    """Give every open call its end, as at the close of the desk; returns how many there were."""
    left = session.scalars(select(Call).where(Call.state.in_(Call.open_states)).order_by(Call.id)).all()
    for call in left:
        if call.state is CallState.RINGING:
            lose(session, call, by=by, at=at)
        elif call.state in Call.live_states:
            end(session, call, by=by, at=at)
        else:
            drop(session, call, by=by, at=at, why="closing")
    return len(left)


def merge(session: Session, kept: Call, other: Call, *, by: str, at: datetime) -> None:
    """Make two calls of one person one: what ``kept`` lacks is taken from ``other``, which ends as merged."""
    if kept.id == other.id:
        raise MergeRefused("A call cannot be merged with itself.")
    if kept.merged_into_id is not None or other.merged_into_id is not None:
        raise MergeRefused("One of these calls was merged with another one already. Open the one that it became.")
    if kept.phone_hash and other.phone_hash and kept.phone_hash != other.phone_hash:
        raise MergeRefused("These calls have different numbers. Mark them as the same event instead.")
    if other.state in Call.live_states:
        raise MergeRefused("The other call is on air. End it first.")
    batch = public_id(at)
    with acting(session, kept, "merged", by=by, at=at, batch=batch, other=other.public_id):
        for name in _TAKEN_OVER:
            if not getattr(kept, name):
                setattr(kept, name, getattr(other, name))
        for name in ("message", "notes"):
            setattr(kept, name, "\n\n".join(filter(None, (getattr(kept, name), getattr(other, name)))))
        kept.vip = kept.vip or other.vip
        kept.protected = kept.protected or other.protected
        kept.aired_without_consent = kept.aired_without_consent or other.went_out_without_consent
        if other.consent is Consent.REFUSED:
            kept.refuse(by=other.refused_by, at=other.refused_at)
        kept.recordings = [*kept.recordings, *(one for one in other.recordings if one not in kept.recordings)]
        unlearn(session, kept)
    with acting(session, other, "merged away", by=by, at=at, batch=batch, into=kept.public_id):
        other.merged_into_id = kept.id
        if other.is_open:
            other.state, other.ended_at, other.ended_why, other.locked_by = CallState.DROPPED, at, "merged", None


def same_event(session: Session, call: Call, first: Call | None, *, by: str, at: datetime) -> None:
    """Say that a call is about the same event as another one; ``None`` says that it is about its own."""
    root = first
    if first is not None and first.same_event_id is not None:
        root = session.get_one(Call, first.same_event_id)
    if root is not None and root.id == call.id:
        raise Unreadable("A call cannot be about the same event as itself.")
    batch = public_id(at)
    with acting(session, call, "same event", by=by, at=at, batch=batch, first=root.public_id if root else None):
        call.same_event_id = root.id if root else None
    followers = session.scalars(select(Call).where(Call.same_event_id == call.id)).all() if root else []
    for follower in followers:
        with acting(session, follower, "same event", by=by, at=at, batch=batch):
            follower.same_event_id = root.id if root else None
