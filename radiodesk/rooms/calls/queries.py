"""Reads of calls: the queue, one caller's past, calls about one event, who is to be called back."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.rooms.calls.models import BlockedNumber, Call, CallerWarning, CallState, Consent, Protected

CALL_BACK_FOR = timedelta(days=14)
ENDED_SHOWN = timedelta(hours=6)
LINES = 50
"""Calls of each state on a page of the queue."""
COMPARED = 200
"""Calls that one call is compared with."""
_LONGEST_TITLE = 3


def call_by_public_id(session: Session, public_id: str) -> Call:
    """One call; raises ``NotFound``."""
    found = session.scalar(select(Call).where(Call.public_id == public_id))
    if found is None:
        raise NotFound("This call is not known.")
    return found


@dataclass(frozen=True, slots=True)
class Board:
    """The open calls as a screener sees them, each list in the order of the queue, and what ended lately.

    Of long lists it holds one page; ``totals`` counts all calls of each open state.
    """

    ringing: list[Call]
    screening: list[Call]
    ready: list[Call]
    waiting: list[Call]
    live: list[Call]
    ended: list[Call]
    totals: dict[CallState, int]
    page: int

    @property
    def unscreened(self) -> list[Call]:
        return [call for call in self.shown if call.state in Call.unscreened_states]

    @property
    def shown(self) -> list[Call]:
        open_ones = [*self.ringing, *self.screening, *self.ready, *self.waiting, *self.live]
        return [*sorted(open_ones, key=lambda call: (call.position, call.id)), *self.ended]

    @property
    def open_count(self) -> int:
        return sum(self.totals.values())

    @property
    def pages(self) -> int:
        """How many pages the longest list has."""
        return max(1, -(-max(self.totals.values(), default=0) // LINES))


def board(session: Session, *, at: datetime, ended: int = 12, page: int = 1) -> Board:
    """The open calls of a page, whoever is on air, and the calls that ended in the last hours, newest first."""
    is_open = Call.state.in_(Call.open_states)
    counted = session.execute(select(Call.state, func.count()).where(is_open).group_by(Call.state))
    totals = {CallState(state): count for state, count in counted}
    page = min(page, max(1, -(-max(totals.values(), default=0) // LINES)))
    nth = func.row_number().over(partition_by=Call.state, order_by=(Call.position, Call.id)).label("nth")
    places = select(Call.id, nth).where(is_open).subquery()
    on_page = places.c.nth.between((page - 1) * LINES + 1, page * LINES)
    query = select(Call).join(places, places.c.id == Call.id).where(or_(on_page, Call.state.in_(Call.live_states)))
    with_sound = selectinload(Call.recordings)
    calls = list(session.scalars(query.options(with_sound).order_by(Call.position, Call.id)))
    past = select(Call).where(Call.state.in_(Call.ended_states), Call.ended_at > at - ENDED_SHOWN).options(with_sound)
    return Board(
        ringing=[call for call in calls if call.state is CallState.RINGING],
        screening=[call for call in calls if call.state is CallState.SCREENING],
        ready=[call for call in calls if call.state is CallState.READY],
        waiting=[call for call in calls if call.state is CallState.WAITING],
        live=[call for call in calls if call.state in Call.live_states],
        ended=list(session.scalars(past.order_by(Call.ended_at.desc(), Call.id.desc()).limit(ended))),
        totals=totals,
        page=page,
    )


def page_with(session: Session, call: Call) -> int:
    """The page of the board on which an open call stands; the first for all others."""
    if call.state not in Call.open_states or call.state in Call.live_states:
        return 1
    before = or_(Call.position < call.position, (Call.position == call.position) & (Call.id < call.id))
    count = select(func.count()).select_from(Call).where(Call.state == call.state, before)
    return (session.scalar(count) or 0) // LINES + 1


def near(session: Session, call: Call, *, within: timedelta) -> list[Call]:
    """Calls that came in about the same time and were not joined with another, the newest first."""
    close = Call.received_at.between(call.received_at - within, call.received_at + within)
    query = select(Call).where(close, Call.id != call.id, Call.merged_into_id.is_(None))
    newest = query.order_by(Call.received_at.desc(), Call.id.desc()).limit(COMPARED)
    return list(session.scalars(newest.options(selectinload(Call.recordings))))


def waiting(session: Session) -> list[Call]:
    """The queue as the host takes it: ready callers first, each in their order."""
    query = select(Call).where(Call.state.in_(Call.waiting_states)).order_by(Call.position, Call.id)
    return sorted(session.scalars(query), key=lambda call: call.state is not CallState.READY)


def earlier_calls(session: Session, call: Call, limit: int = 20) -> list[Call]:
    """This caller's other calls, newest first: by number or address, or by name where neither is known."""
    same: ColumnElement[bool]
    known = [column == value for column, value in _identities(call) if value]
    if known:
        same = or_(*known)
    elif call.name_hash:
        same = Call.name_hash == call.name_hash
    else:
        return []
    query = select(Call).where(same, Call.id != call.id, Call.merged_into_id.is_(None))
    return list(session.scalars(query.order_by(Call.received_at.desc()).limit(limit)))


def _identities(call: Call) -> tuple[tuple[InstrumentedAttribute[str | None], str | None], ...]:
    return (Call.phone_hash, call.phone_hash), (Call.address_hash, call.address_hash)


def warnings(session: Session, call: Call) -> list[CallerWarning]:
    """What others left to be known about this caller, newest first."""
    keys = [key for key in (call.phone_hash, call.address_hash, call.name_hash) if key]
    query = select(CallerWarning).where(CallerWarning.phone_hash.in_(keys)).order_by(CallerWarning.at.desc())
    return list(session.scalars(query)) if keys else []


def same_event(session: Session, call: Call) -> list[Call]:
    """All calls about the same event, the first one first; empty when it stands alone."""
    root = call.same_event_id or call.id
    query = select(Call).where(or_(Call.id == root, Call.same_event_id == root)).order_by(Call.received_at, Call.id)
    group = list(session.scalars(query))
    return group if len(group) > 1 else []


@dataclass(frozen=True, slots=True)
class InEvent:
    """Where a call stands among the calls about its event: the ``nth`` of ``size``, in the order in which they came."""

    nth: int
    size: int


def in_events(session: Session, calls: list[Call]) -> dict[int, InEvent]:
    """Each call's place in its event, by the call's key; calls that stand alone are left out."""
    roots = {call.same_event_id or call.id for call in calls}
    query = select(Call.id, Call.same_event_id).where(or_(Call.id.in_(roots), Call.same_event_id.in_(roots)))
    groups: dict[int, list[int]] = {}
    for key, root in session.execute(query.order_by(Call.received_at, Call.id)):
        groups.setdefault(root or key, []).append(key)
    return {
        call.id: InEvent(group.index(call.id) + 1, len(group))
        for call in calls
        if len(group := groups.get(call.same_event_id or call.id, [])) > 1
    }


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a number before anybody answered: the name that it had last, and whether to be careful."""

    name: str | None
    warned: bool


def known_callers(session: Session, calls: list[Call]) -> dict[int, Known]:
    """Who is likely on the line, by the call's key, for calls that have a number; nothing for new ones."""
    hashes = {call.phone_hash for call in calls if call.phone_hash and call.is_open}
    named = select(func.max(Call.id)).where(Call.phone_hash.in_(hashes), Call.name.is_not(None))
    newest = select(Call.phone_hash, Call.name).where(Call.id.in_(named.group_by(Call.phone_hash)))
    names = dict(session.execute(newest).all())
    warned = set(session.scalars(select(CallerWarning.phone_hash).where(CallerWarning.phone_hash.in_(hashes))))
    return {
        call.id: Known(names.get(call.phone_hash), call.phone_hash in warned)
        for call in calls
        if call.phone_hash in hashes and (call.phone_hash in names or call.phone_hash in warned)
    }


def call_back_list(session: Session, *, at: datetime, page: int = 1) -> Page[Call]:
    """Callers who were lost, or still waited at the close, and can be called back; the oldest first."""
    return page_of(session, select(Call).where(*_missed(at)).order_by(Call.received_at, Call.id), page)


def call_back_count(session: Session, *, at: datetime) -> int:
    """How many callers are to be called back."""
    return session.scalar(select(func.count()).select_from(Call).where(*_missed(at))) or 0


def _missed(at: datetime) -> tuple[ColumnElement[bool], ...]:
    closing = (Call.state == CallState.DROPPED) & (Call.ended_why == "closing")
    return (
        or_(Call.state == CallState.LOST, closing),
        Call.phone_hash.is_not(None),
        Call.called_back_at.is_(None),
        Call.received_at > at - CALL_BACK_FOR,
    )


def blocks(session: Session, *, at: datetime, page: int = 1) -> Page[BlockedNumber]:
    """Blocks that stand now, newest first."""
    stands = or_(BlockedNumber.until.is_(None), BlockedNumber.until > at)
    query = select(BlockedNumber).where(BlockedNumber.lifted_at.is_(None), stands)
    return page_of(session, query.order_by(BlockedNumber.id.desc()), page)


@dataclass(frozen=True, slots=True)
class HostCard:
    """What the host may see of a call: only what the screener cleared, and nobody who is protected."""

    public_id: str
    state: CallState
    name: str | None
    """``None`` when the caller is protected or did not allow the name."""
    place: str
    topic: str
    point: str
    urgency: str
    channel: str
    vip: bool
    protected: Protected | None
    line_quality: int | None
    consent: Consent
    on_air_at: datetime | None
    event_size: int
    """How many calls there are about the same event, this one included."""


def host_card(session: Session, call: Call) -> HostCard:
    """A call as it may stand on the host's screen and the studio wall."""
    open_name = call.may_name and call.protected is None
    place = in_events(session, [call]).get(call.id)
    return HostCard(
        public_id=call.public_id,
        state=call.state,
        name=call.name if open_name else None,
        place="" if call.protected else call.place,
        topic=sayable(call, call.topic),
        point=sayable(call, call.point),
        urgency=call.urgency,
        channel=call.channel,
        vip=call.vip,
        protected=call.protected,
        line_quality=call.line_quality,
        consent=call.consent,
        on_air_at=call.on_air_at,
        event_size=place.size if place else 1,
    )


def sayable(call: Call, text: str) -> str:
    """A line of a call as the host may read it: empty until it was screened, and without a name that must not be said.

    A card with a protected name in it is not saved; this holds for who was protected afterwards (no part of the name
    stays, but titles such as "Pak") and for who did not allow the name (as a whole).
    """
    if not call.screened_at:
        return ""
    if call.protected:
        return without_name(text, call.name or "")
    return _as_word(call.name).sub("…", text) if call.name and not call.may_name else text


def without_name(text: str, name: str) -> str:
    """The text with "…" for each telling part of a name."""
    for part in telling_parts(name):
        text = _as_word(part).sub("…", text)
    return text


def telling_parts(name: str) -> list[str]:
    """The parts of a name that tell who somebody is: titles ("Pak", "Ibu") do not."""
    return [part for part in name.split() if len(part) > _LONGEST_TITLE]


def names_in(text: str, name: str) -> bool:
    """Whether a text holds a telling part of a name."""
    return any(_as_word(part).search(text) for part in telling_parts(name))


def _as_word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w){re.escape(name)}(?!\w)")
