"""What a listener sees of a request with number and PIN: how far it has come and the answer, not what was written."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.record.listener_requests.models import (
    REQUEST_KIND_NAMES,
    REQUEST_STATE_NAMES,
    ListenerRequest,
    RequestKind,
    RequestState,
)
from radiodesk.rooms.record.models import PublishedBroadcast

STEPS = (RequestState.RECEIVED, RequestState.LOOKED_AT, RequestState.ACCEPTED)


def face_of(session: Session, found: ListenerRequest) -> dict[str, Any]:
    """What the page of a request needs; the broadcast is named while it is public."""
    asked = select(PublishedBroadcast).where(PublishedBroadcast.public_id == found.broadcast.public_id)
    shown = session.scalar(asked)
    open_one = shown if shown is not None and shown.open else None
    return {
        "asked": found,
        "kind_name": REQUEST_KIND_NAMES[found.kind],
        "state_name": REQUEST_STATE_NAMES[found.state],
        "steps": [(REQUEST_STATE_NAMES[step], _has_passed(found, step)) for step in STEPS],
        "broadcast": open_one,
        "corrected": found.kind is RequestKind.CORRECTION and found.state is RequestState.ACCEPTED,
        "is_shown": open_one is not None and found.shown_from is not None and open_one.revision >= found.shown_from,
        "moments": _moments(found),
    }


def _has_passed(found: ListenerRequest, step: RequestState) -> bool:
    return found.state in STEPS and STEPS.index(step) <= STEPS.index(found.state)


def _moments(found: ListenerRequest) -> list[tuple[str, datetime]]:
    """What happened when; names as message ids."""
    return [
        (REQUEST_STATE_NAMES[state], at)
        for state, at in (
            (RequestState.RECEIVED, found.created_at),
            (RequestState.LOOKED_AT, found.taken_at),
            (found.state, found.decided_at),
        )
        if at is not None
    ]
