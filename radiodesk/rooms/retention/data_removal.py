"""What of a person's data is removed because they asked for it: picked, proposed, approved by a second person.

The right to have data erased is in UU 27/2022, articles 8 and 43; that the person is told in article 45. What another
law or duty keeps stays, and the answer says which.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.rooms.calls.models import CHANNEL_NAMES, Call
from radiodesk.rooms.record.listener_requests.models import ListenerRequest
from radiodesk.rooms.retention import deletions
from radiodesk.rooms.retention.data_requests import REMOVABLE, FoundData, Ground, Why
from radiodesk.rooms.retention.due import Due
from radiodesk.rooms.retention.holds import TOPIC
from radiodesk.rooms.retention.models import OPEN_DELETIONS, DataRequest, Deletion, DeletionState
from radiodesk.rooms.retention.retention_classes import Matter
from radiodesk.rooms.tickets.models import Ticket

_MATTERS = {model.__tablename__: matter for matter, (model, _) in REMOVABLE.items()}
KEPT_NAMES = {
    Ground.NONE: N_("its removal was not proposed"),
    Ground.HELD: N_("it is under legal hold"),
    Ground.OPEN: N_("it is still worked on, and an answer is owed to you"),
    Ground.UNSEALED: N_("its broadcast is not sealed yet; it can be asked for again afterwards"),
    Ground.BROADCAST_YEAR: N_("what was broadcast is kept for a year (Law 32/2002, article 45)"),
    Ground.SEALED: N_("the sealed record of a broadcast is never changed; its closed part goes when its time is over"),
    Ground.AUDIT: N_("who did what is kept as proof; it names things by their ids alone"),
    Ground.BY_HAND: N_("others said or wrote it; your number is taken out there by hand"),
    Ground.PROTECTS: N_("a block or a warning protects the people at the telephone"),
}
"""Why something is kept, as the person is told."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A call, complaint or listener's request of the person, to be picked: its name, and why it stays, if it does."""

    matter: Matter
    subject: str
    title: str
    at: datetime
    ground: Ground
    guarded: bool
    channel: str
    """The message id of the channel's name; empty for what is no call."""
    aired: bool
    deletion: Deletion | None

    @property
    def pick(self) -> str:
        """Its value in the form."""
        return f"{self.matter}:{self.subject}"

    @property
    def is_proposed(self) -> bool:
        """Whether its removal waits for a second person, or is under way."""
        return self.deletion is not None and self.deletion.state in OPEN_DELETIONS


class Kept(TypedDict):
    """A thing that stays: its class, title, time (ISO 8601 in UTC), ground, and whether all may be told of it."""

    matter: str
    title: str
    at: str
    ground: str
    guarded: bool


class Outcome(TypedDict):
    """How many rows of which table were found, how many of them stay on which ground, and the calls and complaints that
    stay."""

    found: list[tuple[str, int]]
    rest: list[tuple[str, str, int]]
    kept: list[Kept]


def things_of(session: Session, request: DataRequest, data: FoundData) -> list[Thing]:
    """The calls, complaints and listener's requests among what was found, the oldest first."""
    found = {(row.table, row.key): row for row in data.rows if row.table in _MATTERS and row.why is not Why.SAYS}
    asked = {(one.matter, one.subject): one for one in of_request(session, request)}
    things = []
    for matter, (model, gone_at) in REMOVABLE.items():
        table = model.__tablename__
        keys = [int(key) for name, key in found if name == table]
        for row in session.scalars(select(model).where(model.id.in_(keys), gone_at.is_(None))):
            told = found[table, str(row.id)]
            title, at, channel, aired = _told(row)
            deletion = asked.get((matter, row.public_id))
            given = told.ground, told.guarded, channel, aired, deletion
            things.append(Thing(matter, row.public_id, title, at, *given))
    return sorted(things, key=lambda one: (one.at, one.subject))


def _told(row: Call | Ticket | ListenerRequest) -> tuple[str, datetime, str, bool]:
    if not isinstance(row, Call):
        return row.number, row.created_at, "", False
    return "", row.received_at, CHANNEL_NAMES[row.channel], row.on_air_at is not None


def of_request(session: Session, request: DataRequest) -> list[Deletion]:
    """What was proposed for a request, the newest act last."""
    wanted = select(Deletion).where(Deletion.request == request.public_id)
    return list(session.scalars(wanted.order_by(Deletion.id)))


def propose(
    session: Session, request: DataRequest, data: FoundData, picked: Collection[str], *, by: str, at: datetime
) -> list[Deletion]:
    """Propose in one act to remove what was picked (``Thing.pick``), and note what stays and why.

    Raises ``Unreadable`` where nothing was picked, ``Conflict`` for what may not be removed or was proposed already.
    """
    things = things_of(session, request, data)
    chosen = [one for one in things if one.pick in set(picked)]
    if not chosen:
        raise Unreadable("Please choose what is to be removed.").of("thing")
    for one in chosen:
        if one.ground is not Ground.NONE or deletions.open_of(session, one.matter, one.subject) is not None:
            raise Conflict("Something that you chose may not be removed any more, or was proposed meanwhile.")
    batch = public_id(at)
    rows = [
        deletions.add_proposal(
            session,
            Due(one.matter, one.subject, one.title, one.at, request.at, 0),
            by=by,
            at=at,
            batch=batch,
            request=request.public_id,
        )
        for one in chosen
    ]
    note_outcome(session, request, data, [one for one in things if one not in chosen], by=by, at=at)
    return rows


def note_outcome(
    session: Session, request: DataRequest, data: FoundData, left: list[Thing], *, by: str, at: datetime
) -> None:
    """Write to the request what was found, and what stays and why."""
    gone = {one.subject for one in of_request(session, request) if one.state is not DeletionState.REFUSED}
    kept: list[Kept] = [
        {
            "matter": one.matter.value,
            "title": one.title,
            "at": one.at.isoformat(),
            "ground": one.ground.value,
            "guarded": one.guarded,
        }
        for one in left
        if one.subject not in gone
    ]
    rest = Counter(
        (row.table, row.ground.value)
        for row in data.rows
        if row.ground in (Ground.BY_HAND, Ground.SEALED, Ground.AUDIT, Ground.PROTECTS)
    )
    before: dict[str, int] = dict((request.outcome or {}).get("found", []))
    found = Counter(row.table for row in data.rows)
    made: Outcome = {
        # What was removed on an earlier proposal was found then.
        "found": sorted((table, max(found[table], before.get(table, 0))) for table in {*found, *before}),
        "rest": [(table, ground, count) for (table, ground), count in sorted(rest.items())],
        "kept": kept,
    }
    request.outcome = dict(made)
    session.flush()
    audit.record(session, at, by, "data request answered", f"data request {request.public_id}", kept=len(kept))
    events.announce(session, at, TOPIC, "request", request.public_id)
