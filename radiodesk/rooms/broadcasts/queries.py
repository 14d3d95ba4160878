"""Reads for the broadcast pages and the host's screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.core.pages import Page, page_of
from radiodesk.language.triage.protection_cues import ProtectionCue
from radiodesk.rooms.broadcasts import services
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.item_times import begun_items, item_of
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast, BroadcastState, RundownItem
from radiodesk.rooms.broadcasts.rundown_items import rundown
from radiodesk.rooms.broadcasts.rundowns import Timed, timed
from radiodesk.rooms.calls.access import belongings
from radiodesk.rooms.calls.call_words import CallWords, words_of
from radiodesk.rooms.calls.models import Call, CallState, Urgency
from radiodesk.rooms.calls.protection_proposal import proposal
from radiodesk.rooms.calls.queries import HostCard, host_card, sayable
from radiodesk.rooms.programme.followed_conditions import telling_the_old
from radiodesk.rooms.programme.models import Programme
from radiodesk.rooms.recordings.access import GUARDED, Belonging
from radiodesk.rooms.tickets.models import Ticket

LONGEST = timedelta(hours=6)
"""How long an edition is planned for at most, so that none that began earlier lasts until now."""


def broadcasts(session: Session, page: int) -> Page[Broadcast]:
    """Newest first; what is on air before all else."""
    aired = case((Broadcast.state == BroadcastState.ON_AIR, 0), else_=1)
    query = select(Broadcast).order_by(aired, Broadcast.planned_start.desc(), Broadcast.id.desc())
    return page_of(session, query, page)


def broadcast_by_public_id(session: Session, public_id: str) -> Broadcast:
    """One broadcast; raises ``NotFound``."""
    found = found_by_public_id(session, public_id)
    if found is None:
        raise NotFound("This broadcast is not there.")
    return found


def found_by_public_id(session: Session, public_id: str) -> Broadcast | None:
    """One broadcast, or ``None``."""
    return session.scalar(select(Broadcast).where(Broadcast.public_id == public_id)) if public_id else None


def next_planned(session: Session, at: datetime) -> Broadcast | None:
    """The broadcast that comes next (or should have begun within the last two hours)."""
    wanted = (
        select(Broadcast)
        .where(Broadcast.state == BroadcastState.PLANNED, Broadcast.planned_start > at - timedelta(hours=2))
        .order_by(Broadcast.planned_start)
    )
    return session.scalar(wanted.limit(1))


def coming(session: Session, programme: Programme, at: datetime, limit: int = 60) -> list[Broadcast]:
    """The next editions of a programme, cancelled ones included, in order."""
    wanted = select(Broadcast).where(
        Broadcast.programme_id == programme.id,
        Broadcast.state.in_((BroadcastState.PLANNED, BroadcastState.CANCELLED)),
        Broadcast.planned_start >= at - timedelta(hours=2),
    )
    return list(session.scalars(wanted.order_by(Broadcast.planned_start, Broadcast.id).limit(limit)))


def planned_from(session: Session, at: datetime) -> list[Broadcast]:
    """What is on air or still to come, of all programmes."""
    wanted = select(Broadcast).where(
        Broadcast.state.in_((BroadcastState.PLANNED, BroadcastState.ON_AIR)),
        Broadcast.planned_start >= at - LONGEST,
    )
    return list(session.scalars(wanted.order_by(Broadcast.planned_start, Broadcast.id)))


def planned_around(session: Session, broadcast: Broadcast) -> list[Broadcast]:
    """An edition and whatever may lie at the same time."""
    near = planned_from(session, broadcast.planned_start)
    return [one for one in near if one.planned_start < broadcast.planned_end]


def rundown_sources(session: Session, broadcast: Broadcast, limit: int = 12) -> list[Broadcast]:
    """Editions whose rundown may be copied into this one: the latest that have any, those of its programme first."""
    has_items = select(RundownItem.id).where(RundownItem.broadcast_id == Broadcast.id).exists()
    own = case((Broadcast.programme_id == broadcast.programme_id, 0), else_=1)
    wanted = select(Broadcast).where(Broadcast.id != broadcast.id, has_items)
    return list(session.scalars(wanted.order_by(own, Broadcast.planned_start.desc(), Broadcast.id.desc()).limit(limit)))


def following(session: Session, broadcast: Broadcast | None, at: datetime) -> Broadcast | None:
    """What comes after the broadcast that is on air or next."""
    after = broadcast.planned_start if broadcast else at
    wanted = select(Broadcast).where(
        Broadcast.state == BroadcastState.PLANNED, Broadcast.planned_start > max(after, at)
    )
    if broadcast is not None:
        wanted = wanted.where(Broadcast.id != broadcast.id)
    return session.scalar(wanted.order_by(Broadcast.planned_start, Broadcast.id).limit(1))


def at_hand(session: Session, at: datetime) -> Broadcast | None:
    """The broadcast that is on air, else the one that comes next."""
    return services.on_air(session) or next_planned(session, at)


def as_run(session: Session, broadcast: Broadcast) -> list[AsRun]:
    """What went out, in order; a mark stands at the moment it is of, though it was written later."""
    entries = select(AsRun).where(AsRun.broadcast_id == broadcast.id)
    return list(session.scalars(entries.order_by(AsRun.offset, AsRun.id)))


def guarded(session: Session, calls: Iterable[Call]) -> dict[int, Belonging]:
    """Those of the calls, by key, of which neither words nor topic are told, by the desk's own rule."""
    found = belongings(session, calls)
    return {call: belonging for call, belonging in found.items() if belonging in GUARDED}


def titles(session: Session, log: Iterable[AsRun]) -> dict[int, str]:
    """What may be told of each thing that went out, by its key: of a guarded caller not even the topic."""
    entries = list(log)
    subjects = {entry.subject for entry in entries if entry.subject}
    calls = list(session.scalars(select(Call).where(Call.public_id.in_(subjects))))
    found = guarded(session, calls)
    untold = {call.public_id for call in calls if call.id in found}
    return {entry.id: "" if entry.subject in untold else entry.title for entry in entries}


@dataclass(frozen=True, slots=True)
class Filed:
    """A call of a broadcast as everybody at the station may see it."""

    call: Call
    received_at: datetime
    topic: str
    was_on_air: bool
    guarded: bool
    """Whether it is protected or a confidential complaint, so that not even the topic is told."""


def filed_calls(session: Session, broadcast: Broadcast) -> list[Filed]:
    """The calls that were filed under a broadcast, in the order they came."""
    calls = calls_of(session, broadcast)
    found = guarded(session, calls)
    return [_filed(call, call.id in found) for call in calls]


def _filed(call: Call, untold: bool) -> Filed:
    return Filed(
        call, call.received_at, "" if untold else sayable(call, call.topic), call.on_air_at is not None, guarded=untold
    )


SHOWN_READY = 3
"""Callers who are ready and shown with their words; the others are a line each."""


@dataclass(frozen=True)
class Studio:
    """All that the host's screen shows of one moment."""

    broadcast: Broadcast
    on_air: list[HostCard]
    held: list[HostCard]
    ready: list[HostCard]
    words: dict[str, str]
    """What the callers said so far, by the call's public id; without protected callers and confidential complaints."""
    waiting: int
    emergencies: int
    """Emergencies that the screener has not settled."""
    items: list[Timed]
    begun: frozenset[str]
    current: RundownItem | None
    reading: AsRun | None
    upcoming: RundownItem | None
    """The first item that has not begun."""
    item_began: datetime | None
    runs_out: datetime | None
    """When the planned time of the current item is over."""
    over: float
    """Seconds behind plan (positive) or ahead of it (negative) as the current item began; it grows while the item
    takes longer than planned."""
    cues: dict[str, ProtectionCue]
    """Whom of the callers shown the machine proposes to protect, by the call's public id."""
    marks: list[AsRun]
    """The last marks, newest first."""
    tickets: dict[str, str]
    """Numbers of the complaints that were made of the callers shown, by the call's public id."""
    old: set[int]
    """Keys of the rundown's scripts that tell what was put right on the traffic board since."""


def studio(session: Session, broadcast: Broadcast, at: datetime) -> Studio:
    """The state of the show for the host."""
    live = list(session.scalars(select(Call).where(Call.state.in_(_STUDIO_STATES)).order_by(Call.position, Call.id)))
    cards = [host_card(session, call) for call in live if call.state is not CallState.WAITING]
    items = rundown(session, broadcast.id)
    log = as_run(session, broadcast)
    begun = begun_items(log)
    current = _current(items, begun)
    planned = timed(items, broadcast.on_air_at or broadcast.planned_start)
    shown = [call for call in live if call.state is not CallState.WAITING]
    heard = words_of(session, shown)
    began = next((entry.at for entry in reversed(log) if current and item_of(entry) == current.public_id), None)
    return Studio(
        broadcast=broadcast,
        on_air=[card for card in cards if card.state is CallState.ON_AIR],
        held=[card for card in cards if card.state is CallState.HELD],
        ready=[card for card in cards if card.state is CallState.READY],
        words=_words(session, shown, heard),
        cues=_cues(shown, heard),
        waiting=sum(call.state is CallState.WAITING for call in live),
        emergencies=_emergencies(session),
        items=planned,
        begun=frozenset(begun),
        current=current,
        reading=services.script_being_read(session, broadcast),
        upcoming=next((item for item in items if item.public_id not in begun), None),
        item_began=began,
        runs_out=began + timedelta(seconds=current.seconds) if began and current else None,
        over=_behind(planned, current, began),
        marks=[entry for entry in reversed(log) if entry.kind in (AsRunKind.MARK, AsRunKind.DUMP)][:4],
        tickets=_tickets(session, shown),
        old=telling_the_old(session, [item.script for item in items if item.script is not None], at=at),
    )


def current_item(session: Session, broadcast: Broadcast) -> RundownItem | None:
    """The item that began last."""
    return _current(rundown(session, broadcast.id), begun_items(as_run(session, broadcast)))


def _current(items: Iterable[RundownItem], begun: list[str]) -> RundownItem | None:
    return next((item for item in items if begun and item.public_id == begun[-1]), None)


def _emergencies(session: Session) -> int:
    urgent = Call.state.in_(Call.unscreened_states), Call.urgency == Urgency.DARURAT, Call.handed_at.is_(None)
    return session.scalar(select(func.count()).select_from(Call).where(*urgent)) or 0


def _words(session: Session, shown: list[Call], heard: Mapping[int, CallWords]) -> dict[str, str]:
    found = belongings(session, shown)
    return {call.public_id: " ".join(heard[call.id].parts) for call in shown if found[call.id] not in GUARDED}


def _cues(shown: list[Call], heard: Mapping[int, CallWords]) -> dict[str, ProtectionCue]:
    ready = [call for call in shown if call.state is CallState.READY]
    open_cards = [call for call in shown if call.state in Call.live_states] + ready[:SHOWN_READY]
    cues = {call.public_id: proposal(call, heard[call.id]) for call in open_cards}
    return {call: cue for call, cue in cues.items() if cue is not None}


_STUDIO_STATES = (CallState.ON_AIR, CallState.HELD, CallState.READY, CallState.WAITING)


def _tickets(session: Session, shown: list[Call]) -> dict[str, str]:
    query = select(Call.public_id, Ticket.number).join(Ticket, Ticket.call_id == Call.id)
    return dict(session.execute(query.where(Call.id.in_([call.id for call in shown]))).all())


def _behind(planned: list[Timed], current: RundownItem | None, began: datetime | None) -> float:
    if current is None or began is None:
        return 0.0
    should = next(slot.begins for slot in planned if slot.item.id == current.id)
    return (began - should).total_seconds()
