"""Requests of a person about the data behind one telephone number (UU 27/2022): found, told apart, and handed over.

A number is found by its keyed hash where it is a column of its own, and in every private text of every table however it
is written or said; then what belongs to the calls and complaints that were found. The number stands encrypted in the
request alone: the audit trail names the request by its id.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Row, inspect, or_, select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events, jobs
from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Base, database_of, keys_of
from radiodesk.core.errors import Conflict, NotFound, Unreadable
from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.core.pages import Page, page_of
from radiodesk.core.private_columns import readable
from radiodesk.core.text import tidy
from radiodesk.language import phones
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.broadcasts.models import FiledCall
from radiodesk.rooms.calls.access import belongings
from radiodesk.rooms.calls.models import BlockedNumber, Call, CallAct, CallerWarning, call_recording
from radiodesk.rooms.messages.models import Attachment, ChannelMessage, IncomingMedia, OutgoingMessage
from radiodesk.rooms.record.listener_requests.models import ListenerRequest
from radiodesk.rooms.recordings.access import GUARDED
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.retention import text_search
from radiodesk.rooms.retention.holds import LONGEST_REASON, TOPIC, Held, held
from radiodesk.rooms.retention.models import DataRequest
from radiodesk.rooms.retention.retention_classes import Matter
from radiodesk.rooms.retention.text_search import Looked, look_through, rows_that_say
from radiodesk.rooms.tickets.models import Ticket, TicketDeadline, TicketEntry
from radiodesk.rooms.transcripts.models import Transcript

JOB = "retention.find"
AT_ONCE = 1_000
"""Rows with private texts that are looked through while somebody waits: less than a second, mostly."""
HASHES = ("phone_hash", "sender_hash", "address_hash")
"""Columns with the keyed hash of a number."""
BROADCAST_YEAR = timedelta(days=365)


class Why(StrEnum):
    """How a row has to do with the number."""

    NUMBER = "number"
    SAYS = "says"
    BELONGS = "belongs"


class Ground(StrEnum):
    """Why a row may not be removed now."""

    NONE = ""
    HELD = "held"
    OPEN = "open"
    UNSEALED = "unsealed"
    BROADCAST_YEAR = "broadcast year"
    SEALED = "sealed"
    AUDIT = "audit"
    BY_HAND = "by hand"
    PROTECTS = "protects"


WHY_NAMES = {
    Why.NUMBER: N_("is of this number"),
    Why.SAYS: N_("says this number"),
    Why.BELONGS: N_("belongs to a call or complaint of it"),
}
GROUND_NAMES = {
    Ground.NONE: N_("may be removed"),
    Ground.HELD: N_("no: it is under legal hold"),
    Ground.OPEN: N_("no: it is still worked on, and an answer is owed"),
    Ground.UNSEALED: N_("no: its broadcast is not sealed yet"),
    Ground.BROADCAST_YEAR: N_("no: what was broadcast is kept for a year (Law 32/2002, article 45)"),
    Ground.SEALED: N_("no: a sealed package is never changed; its closed part goes when its time is over"),
    Ground.AUDIT: N_("no: the audit trail is append-only, and names things by their ids alone"),
    Ground.BY_HAND: N_("the number is taken out there by hand: the rest is told by or of others"),
    Ground.PROTECTS: N_("no: a block or a warning protects the people at the telephone"),
}


TABLE_NAMES = {
    "audit": N_("Audit trail"),
    "blocked_number": N_("Blocked number"),
    "call": N_("Caller's card"),
    "call_act": N_("What was done to a call"),
    "call_attachment": N_("Attachment"),
    "caller_warning": N_("Warning about a caller"),
    "channel_message": N_("Message"),
    "draft": N_("Draft"),
    "listener_request": N_("Request of a listener"),
    "outgoing_message": N_("Reply"),
    "package": N_("Package"),
    "recording": N_("Recording"),
    "script_version": N_("Script"),
    "ticket": N_("Complaint"),
    "ticket_deadline": N_("Time limit of a complaint"),
    "ticket_entry": N_("History of a complaint"),
    "transcript": N_("Transcript"),
}
"""What people call the tables in which most is found; others are shown by their own names."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row that has to do with the number: its table and key, why, and why it stays; its columns as text, and where
    others say the number only the words that do: the rest is theirs.

    ``guarded`` rows are of protected callers or confidential complaints, and are handed over by who may see them.
    """

    table: str
    key: str
    why: Why
    ground: Ground
    guarded: bool
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FoundData:
    """Everything about a number, and the recordings and attachments among it."""

    rows: list[FoundRow]
    recordings: list[Recording]
    attachments: list[Attachment]


def note_request(session: Session, phone: str, reason: str, *, by: str, at: datetime) -> DataRequest:
    """Note a request; raises ``PhoneUnreadable`` for what is no whole number, ``Unreadable`` without a reason."""
    number, told = phones.complete(phone, may_be_empty=False), tidy(reason)[:LONGEST_REASON]
    if not told:
        raise Unreadable("Please say who asks, and how you know that the number is theirs.").of("reason")
    row = DataRequest(public_id=public_id(at), phone=number, reason=told, by=by, at=at)
    session.add(row)
    session.flush()
    audit.record(session, at, by, "data request noted", f"data request {row.public_id}")
    events.announce(session, at, TOPIC, "request", row.public_id)
    return row


def begin_looking(session: Session, row: DataRequest, *, at: datetime) -> None:
    """Look the private texts through: at once where there are few, else by a job."""
    row.looked = row.found_at = row.problem = None
    looked = text_search.begin(session)
    if looked["of"] > AT_ONCE:
        jobs.enqueue(session, at, JOB, row.id)
        return
    phone = row.phone
    with database_of(session).reading() as reading:
        looked = look_through(reading, phone)
    note_looked(session, row, looked, at=at)


def note_looked(session: Session, row: DataRequest, looked: Looked, *, at: datetime) -> None:
    """Note how far the texts were looked through."""
    row.looked = dict(looked)
    if not looked["table"]:
        row.found_at = at
    session.flush()
    events.announce(session, at, TOPIC, "request", row.public_id)


def found_of(session: Session, row: DataRequest, now: datetime) -> FoundData:
    """Everything about the number of a request, as it is now; raises ``Conflict`` while it is being looked for."""
    if row.found_at is None or row.looked is None:
        raise Conflict("This number is still being looked for. Please come back in a moment.")
    return find(session, readable(row.phone), now, cast("Looked", row.looked))


def requests(session: Session, page: int) -> Page[DataRequest]:
    """All requests, newest first."""
    return page_of(session, select(DataRequest).order_by(DataRequest.id.desc()), page)


def request_by_public_id(session: Session, public_id: str) -> DataRequest:
    """One request; raises ``NotFound``."""
    found = session.scalar(select(DataRequest).where(DataRequest.public_id == public_id))
    if found is None:
        raise NotFound("This request is not known.")
    return found


def find(session: Session, phone: str, now: datetime, looked: Looked | None = None) -> FoundData:
    """Everything about a number (``+628…``).

    ``looked`` tells in which rows others say it; without it every private text of the database is read, which takes its
    time (``text_search``).
    """
    # First, since it lets go of every row that it read.
    looked = looked or look_through(session, phone)
    found = dict(_of_number(session, keys_of(session).lookup(phone)))
    for row in _belonging(session, [row for row, _ in found.values()]):
        found.setdefault(_key(row), (row, Why.BELONGS))
    # Of what was deleted a row without words is left, which tells nothing of anybody.
    found = {key: pair for key, pair in found.items() if getattr(pair[0], "removed_at", None) is None}
    judge = _Judge(session, [row for row, _ in found.values()], now)
    rows = [_row(row, why, judge) for row, why in found.values()]
    said = [one for one in rows_that_say(session, phone, looked) if _key(one[0]) not in found]
    others = _Judge(session, list(_belonging(session, [row for row, _ in said])), now)
    rows += [FoundRow(*_key(row), Why.SAYS, Ground.BY_HAND, others.is_guarded(row), words) for row, words in said]
    rows += judge.packages() + _trail(session, rows)
    return FoundData(
        sorted(rows, key=lambda one: (one.table, one.key)),
        [row for row, _ in found.values() if isinstance(row, Recording)],
        [row for row, _ in found.values() if isinstance(row, Attachment)],
    )


REMOVABLE: dict[Matter, tuple[Any, Any]] = {
    Matter.CALL: (Call, Call.removed_at),
    Matter.COMPLAINT: (Ticket, Ticket.removed_at),
    Matter.REQUEST: (ListenerRequest, ListenerRequest.forgotten_at),
}
"""What a person can have removed, and the column that tells that it was."""


def ground_of(session: Session, thing: Call | Ticket | ListenerRequest, now: datetime) -> Ground:
    """Why a call, a complaint or a listener's request may not be removed now, if it may not."""
    rows = [thing, thing.call] if isinstance(thing, Ticket) and thing.call is not None else [thing]
    return _Judge(session, rows, now).ground(thing)


def require_removable(session: Session, matter: Matter, subject: str, now: datetime) -> None:
    """Raise ``Conflict`` where something of a person (``REMOVABLE``) may not be removed now, whoever asks for it."""
    model, gone_at = REMOVABLE[matter]
    thing = session.scalar(select(model).where(model.public_id == subject, gone_at.is_(None)))
    if thing is None or ground_of(session, thing, now) is not Ground.NONE:
        raise Conflict("This may not be removed any more: it was deleted, it is held, or an answer is still owed.")


Key = tuple[str, str]


def _key(row: Any) -> Key:
    mapper = inspect(type(row))
    return mapper.local_table.name, "/".join(str(one) for one in mapper.primary_key_from_instance(row))


def _of_number(session: Session, hashed: str) -> Iterator[tuple[Key, tuple[Any, Why]]]:
    for mapper in Base.registry.mappers:
        wanted = [mapper.columns[name] for name in HASHES if name in mapper.columns]
        if wanted:
            for row in session.scalars(select(mapper.class_).where(or_(*(one == hashed for one in wanted)))):
                yield _key(row), (row, Why.NUMBER)


def _belonging(session: Session, found: Iterable[Any]) -> Iterator[Any]:
    """What hangs on the calls and complaints: their messages, sound, words, files and histories."""
    rows = list(found)
    tickets = {row.id: row for row in rows if isinstance(row, Ticket)}
    tickets.update({row.ticket_id: row.ticket for row in rows if isinstance(row, TicketEntry)})
    calls = {row.id for row in rows if isinstance(row, Call)}
    heard = {row.recording_id for row in rows if isinstance(row, Transcript)}
    heard |= {row.id for row in rows if isinstance(row, Recording)}
    calls |= set(session.scalars(select(call_recording.c.call_id).where(call_recording.c.recording_id.in_(heard))))
    calls |= {row.call_id for row in rows if isinstance(row, ChannelMessage | Attachment | OutgoingMessage | CallAct)}
    calls |= {ticket.call_id for ticket in tickets.values() if ticket.call_id is not None}
    of_calls = session.scalars(select(Ticket).where(Ticket.call_id.in_(calls)))
    tickets.update({ticket.id: ticket for ticket in of_calls})
    yield from session.scalars(select(Call).where(Call.id.in_(calls)))
    yield from tickets.values()
    for model in (ChannelMessage, Attachment, IncomingMedia, OutgoingMessage, CallAct):
        yield from session.scalars(select(model).where(model.call_id.in_(calls)))
    for of_ticket in (TicketEntry, TicketDeadline):
        yield from session.scalars(select(of_ticket).where(of_ticket.ticket_id.in_(tickets)))
    sounds = select(call_recording.c.recording_id).where(call_recording.c.call_id.in_(calls))
    yield from session.scalars(select(Recording).where(Recording.id.in_(sounds)))
    yield from session.scalars(select(Transcript).where(Transcript.recording_id.in_(sounds)))


class _Judge:
    """Says of each row whether it may be removed now, and whether it is guarded."""

    def __init__(self, session: Session, rows: list[Any], now: datetime) -> None:
        self._session = session
        self._held: Held = held(session, now)
        calls = {row.id: row for row in rows if isinstance(row, Call)}
        self._guarded = {key for key, one in belongings(session, calls.values()).items() if one in GUARDED}
        self._aired = {key for key, one in calls.items() if one.on_air_at and one.on_air_at > now - BROADCAST_YEAR}
        self._open = {key for key, one in calls.items() if one.is_open}
        filed = select(FiledCall.call_id, FiledCall.broadcast_id).where(FiledCall.call_id.in_(calls))
        self._shows = dict(map(_pair, session.execute(filed)))
        wanted = select(Package).where(Package.broadcast_id.in_(self._shows.values()))
        self._packages = [one for one in session.scalars(wanted) if one.state is PackageState.SEALED]
        self._sealed = {one.broadcast_id for one in self._packages}
        held_by = select(call_recording.c.recording_id, call_recording.c.call_id)
        pairs = session.execute(held_by.where(call_recording.c.call_id.in_(calls)))
        self._sounds: dict[int, int] = dict(map(_pair, pairs))

    def ground(self, row: Any) -> Ground:
        """Why a row stays, if it does."""
        if isinstance(row, BlockedNumber | CallerWarning):
            return Ground.PROTECTS
        call, ticket = self._call(row), self._ticket(row)
        show = row.broadcast_id if isinstance(row, ListenerRequest) else None
        if show in self._held.broadcasts or call in self._held.calls:
            return Ground.HELD
        if ticket is not None and ticket.id in self._held.tickets:
            return Ground.HELD
        if call in self._shows and self._shows[call] not in self._sealed:
            return Ground.UNSEALED
        # A complaint was not broadcast: it is about what the caller wants done.
        if call in self._aired and ticket is None:
            return Ground.BROADCAST_YEAR
        is_open = row.is_open if isinstance(row, ListenerRequest) else self._is_open(call, ticket)
        return Ground.OPEN if is_open else Ground.NONE

    def _is_open(self, call: int | None, ticket: Ticket | None) -> bool:
        if ticket is not None:
            return ticket.is_open
        return call in self._held.at_work or call in self._open

    def is_guarded(self, row: Any) -> bool:
        """Whether it is of a protected caller or a confidential complaint."""
        ticket = self._ticket(row)
        return self._call(row) in self._guarded or (ticket is not None and ticket.confidential)

    def packages(self) -> list[FoundRow]:
        """The sealed packages in which the calls stand."""
        told = [(one.public_id, one.broadcast.title, one.deleted_at) for one in self._packages]
        return [
            FoundRow("package", name, Why.BELONGS, Ground.SEALED, False, {"title": title})
            for name, title, deleted in told
            if deleted is None
        ]

    def _call(self, row: Any) -> int | None:
        if isinstance(row, Call):
            return row.id
        if isinstance(row, Recording):
            return self._sounds.get(row.id)
        if isinstance(row, Transcript):
            return self._sounds.get(row.recording_id)
        ticket = self._ticket(row)
        found = ticket.call_id if ticket is not None else getattr(row, "call_id", None)
        return found if isinstance(found, int) else None

    def _ticket(self, row: Any) -> Ticket | None:
        return row if isinstance(row, Ticket) else row.ticket if isinstance(row, TicketEntry | TicketDeadline) else None


def _pair(row: Row[int, int]) -> tuple[int, int]:
    return row[0], row[1]


def _row(row: Any, why: Why, judge: _Judge) -> FoundRow:
    table, key = _key(row)
    return FoundRow(table, key, why, judge.ground(row), judge.is_guarded(row), _values(row))


def _values(row: Any) -> dict[str, Any]:
    """The columns that are filled, as JSON holds them; hashes tell nobody anything."""
    found = {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs}
    return {
        name: value if isinstance(value, str | int | float | bool | list | dict) else str(value)
        for name, value in found.items()
        if value not in (None, "", []) and not name.endswith("_hash")
    }


_IN_TRAIL = {"call": "call", "ticket": "ticket", "recording": "recording", "transcript": "transcript"}


def _trail(session: Session, rows: list[FoundRow]) -> list[FoundRow]:
    """What the audit trail tells of the things that were found."""
    things = [row for row in rows if row.table in _IN_TRAIL and row.why is not Why.SAYS]
    guarded = {f"{_IN_TRAIL[row.table]} {row.values['public_id']}": row.guarded for row in things}
    found = session.scalars(select(AuditEntry).where(AuditEntry.subject.in_(guarded)).order_by(AuditEntry.id))
    return [
        FoundRow(
            "audit",
            str(one.id),
            Why.BELONGS,
            Ground.AUDIT,
            guarded[one.subject],
            {"at": str(one.at), "actor": one.actor, "action": one.action, "subject": one.subject},
        )
        for one in found
    ]


def without_guarded(found: FoundData) -> FoundData:
    """What somebody may be handed who may not see protected callers and confidential complaints."""
    rows = [row for row in found.rows if not row.guarded]
    left = {(row.table, row.key) for row in rows}
    return replace(
        found,
        rows=rows,
        recordings=[one for one in found.recordings if ("recording", str(one.id)) in left],
        attachments=[one for one in found.attachments if ("call_attachment", str(one.id)) in left],
    )
