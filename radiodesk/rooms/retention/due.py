"""What is due: things whose time is over by their class, and that no legal hold reaches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound
from radiodesk.core.settings import Settings
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.archive.open_files import CLOSED
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.broadcasts.models import Broadcast, FiledCall, broadcast_recording
from radiodesk.rooms.calls.models import Call, call_recording
from radiodesk.rooms.lines.call_takes import calls_of_takes
from radiodesk.rooms.messages.models import Attachment
from radiodesk.rooms.record.listener_requests.models import ListenerRequest
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.retention.holds import Held, held
from radiodesk.rooms.retention.retention_classes import Classes, Matter, RetentionClass
from radiodesk.rooms.tickets.models import ENDED_STATES, Ticket
from radiodesk.sound.takes import Spooled, takes

SHOWN = 50
"""Things of one class that are told of, those that are due longest; of more it is said how many."""
TOGETHER = 100
"""Most things that are proposed in one act: as many as a person can answer for, and one transaction can hold."""
GROWING = timedelta(days=1)
"""A take whose files were written to so lately may still be on its way."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing whose time is over: its public id, a title without words of callers, since when, and its bytes."""

    matter: Matter
    subject: str
    title: str
    began: datetime
    since: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class DueOfClass:
    """What is due of one class: how many things, and the first of them."""

    kept: RetentionClass
    count: int
    rows: list[Due]


def what_is_due(session: Session, settings: Settings, classes: Classes, now: datetime) -> list[DueOfClass]:
    """For every class what is due now, those that are due longest first."""
    reached = held(session, now)
    shelf = packages_shelf(settings)
    found = []
    for matter, kept in classes.items():
        if matter is Matter.TAKE:
            old = _old_takes(session, settings, kept, reached, now)
            found.append(DueOfClass(kept, len(old), [_take(kept, take) for take in old[:SHOWN]]))
            continue
        wanted, began = _QUERIES[matter](kept, reached, now)
        count = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
        rows = session.scalars(wanted.order_by(began).limit(SHOWN))
        found.append(DueOfClass(kept, count, [_due(session, kept, shelf, row) for row in rows]))
    return found


def due_longest(session: Session, settings: Settings, classes: Classes, matter: Matter, now: datetime) -> list[Due]:
    """The things of a class that are due longest, as many as may be proposed together twice over."""
    kept, reached = classes[matter], held(session, now)
    if matter is Matter.TAKE:
        return [_take(kept, take) for take in _old_takes(session, settings, kept, reached, now)]
    wanted, began = _QUERIES[matter](kept, reached, now)
    shelf = packages_shelf(settings)
    found = session.scalars(wanted.order_by(began).limit(2 * TOGETHER))
    return [_due(session, kept, shelf, row) for row in found]


def due_one(
    session: Session,
    settings: Settings,
    classes: Classes,
    matter: Matter,
    subject: str,
    now: datetime,
    reached: Held | None = None,
) -> Due:
    """One thing that is due; raises ``NotFound`` where it is not, because it is too young, held, unknown or gone.

    ``reached`` is what ``held`` gives, for who asks about many things at once.
    """
    kept, reached = classes[matter], reached or held(session, now)
    if matter is Matter.TAKE:
        for take in _old_takes(session, settings, kept, reached, now):
            if take.id == subject:
                return _take(kept, take)
        raise _not_due()
    wanted, _ = _QUERIES[matter](kept, reached, now)
    model = _MODELS[matter]
    found = session.scalar(wanted.where(model.public_id == subject))
    if found is None:
        raise _not_due()
    return _due(session, kept, packages_shelf(settings), found)


def _not_due() -> NotFound:
    return NotFound("This is not due: it is held, was deleted, or its time is not over.")


def _packages(kept: RetentionClass, reached: Held, now: datetime) -> "Wanted":
    ended = func.coalesce(Broadcast.ended_at, Package.sealed_at)
    wanted = select(Package).join(Broadcast, Broadcast.id == Package.broadcast_id)
    sealed = Package.state == PackageState.SEALED, Package.deleted_at.is_(None)
    return wanted.where(*sealed, ended < kept.due_before(now), Broadcast.id.not_in(reached.broadcasts)), ended


def _closed_parts(kept: RetentionClass, reached: Held, now: datetime) -> "Wanted":
    wanted, ended = _packages(kept, reached, now)
    return wanted.where(Package.closed_deleted_at.is_(None)), ended


def _complaints(kept: RetentionClass, reached: Held, now: datetime) -> "Wanted":
    ended = Ticket.state.in_(ENDED_STATES), Ticket.removed_at.is_(None)
    wanted = select(Ticket).where(*ended, Ticket.closed_at < kept.due_before(now))
    return wanted.where(Ticket.id.not_in(reached.tickets)), Ticket.closed_at


def _requests(kept: RetentionClass, reached: Held, now: datetime) -> "Wanted":
    """What listeners asked and was answered; a hold on the broadcast keeps what was asked about it."""
    wanted = select(ListenerRequest).where(
        ListenerRequest.state.not_in(ListenerRequest.open_states), ListenerRequest.forgotten_at.is_(None)
    )
    old = ListenerRequest.decided_at < kept.due_before(now)
    return wanted.where(old, ListenerRequest.broadcast_id.not_in(reached.broadcasts)), ListenerRequest.decided_at


def _calls(kept: RetentionClass, reached: Held, now: datetime) -> "Wanted":
    """Calls of which no complaint is open; what belongs to a broadcast is in its package first."""
    ended = Call.state.in_(Call.ended_states), Call.removed_at.is_(None)
    wanted = select(Call).where(*ended, Call.ended_at < kept.due_before(now))
    spared = reached.calls, reached.at_work, _unsealed_calls()
    return wanted.where(*(Call.id.not_in(one) for one in spared)), Call.ended_at


def _uploads(kept: RetentionClass, reached: Held, now: datetime) -> "Wanted":
    """Recordings that cannot be played, apart from those of a show that is not sealed yet."""
    wanted = select(Recording).where(
        Recording.problem.is_not(None), Recording.removed_at.is_(None), Recording.created_at < kept.due_before(now)
    )
    of_calls = select(call_recording.c.recording_id)
    of_shows = select(broadcast_recording.c.recording_id)
    sealed = select(Package.broadcast_id).where(Package.state == PackageState.SEALED)
    spared = (
        of_calls.where(call_recording.c.call_id.in_(reached.calls)),
        of_calls.where(call_recording.c.call_id.in_(_unsealed_calls())),
        of_shows.where(broadcast_recording.c.broadcast_id.in_(reached.broadcasts)),
        of_shows.where(broadcast_recording.c.broadcast_id.not_in(sealed)),
    )
    return wanted.where(*(Recording.id.not_in(one) for one in spared)), Recording.created_at


def _unsealed_calls() -> Select[int]:
    sealed = select(Package.broadcast_id).where(Package.state == PackageState.SEALED)
    return select(FiledCall.call_id).where(FiledCall.broadcast_id.not_in(sealed))


Wanted = tuple[Select[Any], Any]
"""What is due of a class, and the column from which its time runs."""

_MODELS: dict[Matter, Any] = {
    Matter.PACKAGE: Package,
    Matter.RESTRICTED: Package,
    Matter.COMPLAINT: Ticket,
    Matter.REQUEST: ListenerRequest,
    Matter.CALL: Call,
    Matter.UPLOAD: Recording,
}
_QUERIES: dict[Matter, Callable[[RetentionClass, Held, datetime], Wanted]] = {
    Matter.PACKAGE: _packages,
    Matter.RESTRICTED: _closed_parts,
    Matter.COMPLAINT: _complaints,
    Matter.REQUEST: _requests,
    Matter.CALL: _calls,
    Matter.UPLOAD: _uploads,
}


def _old_takes(
    session: Session, settings: Settings, kept: RetentionClass, reached: Held, now: datetime
) -> list[Spooled]:
    """Takes of this machine that its attendant left where they are."""
    old = [
        take
        for take in takes(settings.spool)
        if take.about.started_at < kept.due_before(now) and not _is_growing(take, now)
    ]
    if not old:
        return []
    calls = calls_of_takes(session, [take.id for take in old])
    shows = set(session.scalars(select(Broadcast.public_id).where(Broadcast.id.in_(reached.broadcasts))))
    return [
        take
        for take in old
        if take.about.broadcast not in shows and not (take.id in calls and calls[take.id].id in reached.calls)
    ]


def _is_growing(take: Spooled, now: datetime) -> bool:
    """Whether it may still be recorded: nobody said that nothing follows, and something came lately."""
    written = max((one.stat().st_mtime for one in take.folder.iterdir()), default=0.0)
    return not take.closed and written > (now - GROWING).timestamp()


def _take(kept: RetentionClass, take: Spooled) -> Due:
    began = take.about.started_at
    size = sum(path.stat().st_size for path in take.folder.iterdir() if path.is_file())
    return Due(kept.matter, take.id, take.about.line, began, kept.due_from(began), size)


def _due(session: Session, kept: RetentionClass, shelf: Shelf, row: Any) -> Due:
    title, began, size = _TOLD[kept.matter](session, shelf, row)
    return Due(kept.matter, row.public_id, title, began, kept.due_from(began), size)


Told = tuple[str, datetime, int]


def _of_package(_session: Session, _shelf: Shelf, package: Package) -> Told:
    return package.broadcast.title, package.broadcast.ended_at or package.sealed_at, package.bytes  # type: ignore[return-value]


def _of_closed_part(_session: Session, shelf: Shelf, package: Package) -> Told:
    title, began, _ = _of_package(_session, shelf, package)
    return title, began, sum(one.size for one in shelf.list(f"{package.public_id}/{CLOSED.rstrip('/')}"))


def _of_complaint(_session: Session, _shelf: Shelf, ticket: Ticket) -> Told:
    return ticket.number, ticket.closed_at, 0  # type: ignore[return-value]


def _of_request(_session: Session, _shelf: Shelf, found: ListenerRequest) -> Told:
    return found.number, found.decided_at, 0  # type: ignore[return-value]


def _of_call(session: Session, _shelf: Shelf, call: Call) -> Told:
    files = session.scalar(select(func.coalesce(func.sum(Attachment.bytes), 0)).where(Attachment.call_id == call.id))
    return "", call.ended_at, (files or 0) + sum(one.bytes for one in call.recordings)  # type: ignore[return-value]


def _of_upload(_session: Session, _shelf: Shelf, recording: Recording) -> Told:
    return "", recording.created_at, recording.bytes


_TOLD: dict[Matter, Callable[[Session, Shelf, Any], Told]] = {
    Matter.PACKAGE: _of_package,
    Matter.RESTRICTED: _of_closed_part,
    Matter.COMPLAINT: _of_complaint,
    Matter.REQUEST: _of_request,
    Matter.CALL: _of_call,
    Matter.UPLOAD: _of_upload,
}
