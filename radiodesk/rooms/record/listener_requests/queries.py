"""Reads of what listeners asked, for the desk."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.rooms.record.listener_requests.models import ListenerRequest, RequestKind, RequestState

WAITING = "waiting"
"""The state of a list that holds all that nobody answered yet."""


def request_by_public_id(session: Session, public_id: str) -> ListenerRequest:
    """One request; raises ``NotFound``."""
    found = session.scalar(select(ListenerRequest).where(ListenerRequest.public_id == public_id))
    if found is None:
        raise NotFound("This request is not known.")
    return found


def request_by_number(session: Session, number: str) -> ListenerRequest | None:
    """One request by the number that its listener holds."""
    return session.scalar(select(ListenerRequest).where(ListenerRequest.number == number))


def requests(
    session: Session, page: int, *, state: str = WAITING, kind: RequestKind | None = None
) -> Page[ListenerRequest]:
    """What waits, the oldest first; what was answered, the newest first."""
    wanted = select(ListenerRequest).options(joinedload(ListenerRequest.broadcast))
    if kind is not None:
        wanted = wanted.where(ListenerRequest.kind == kind)
    if state == WAITING:
        open_ones = wanted.where(ListenerRequest.state.in_(ListenerRequest.open_states))
        return page_of(session, open_ones.order_by(ListenerRequest.id), page)
    if state in set(RequestState):
        wanted = wanted.where(ListenerRequest.state == state)
    return page_of(session, wanted.order_by(ListenerRequest.id.desc()), page)


def open_count(session: Session) -> int:
    """How many wait for an answer."""
    waiting = ListenerRequest.state.in_(ListenerRequest.open_states)
    return session.scalar(select(func.count()).select_from(ListenerRequest).where(waiting)) or 0


def open_by_kind(session: Session) -> dict[RequestKind, int]:
    """How many wait for an answer, of each kind."""
    waiting = ListenerRequest.state.in_(ListenerRequest.open_states)
    counted = select(ListenerRequest.kind, func.count()).where(waiting).group_by(ListenerRequest.kind)
    return {row[0]: row[1] for row in session.execute(counted)}
