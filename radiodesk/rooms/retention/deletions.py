"""Deletion by two persons: one proposes what is due, another approves or refuses; what went leaves a tombstone.

Things of one class can be proposed together: then they are decided about together, each with a tombstone of its own.

Approving declares it: the tombstone and its entry in the log of the record are in one transaction, before a byte goes
(``retention.jobs``). A tombstone says what it was, which class and ground, who, when, and the SHA-256 of each file.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events, jobs
from radiodesk.core.errors import Conflict, Forbidden, NotFound, Unreadable
from radiodesk.core.i18n import N_, say
from radiodesk.core.ids import public_id
from radiodesk.core.pages import Page, page_of
from radiodesk.core.settings import Settings
from radiodesk.core.text import shorten, tidy
from radiodesk.rooms.accounts.models import Person
from radiodesk.rooms.archive import record_log, tag_files, tombstones
from radiodesk.rooms.archive.models import LogKind, Package
from radiodesk.rooms.archive.open_files import CLOSED
from radiodesk.rooms.archive.queries import package_by_public_id, packages_shelf
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.record.access import published
from radiodesk.rooms.record.listener_requests.queries import request_by_public_id
from radiodesk.rooms.record.listener_requests.services import forget
from radiodesk.rooms.recordings.queries import recording_by_public_id
from radiodesk.rooms.retention import call_removal, complaint_removal, take_removal
from radiodesk.rooms.retention.data_requests import require_removable
from radiodesk.rooms.retention.due import TOGETHER, Due, due_longest, due_one
from radiodesk.rooms.retention.holds import LONGEST_REASON, TOPIC, Held, held
from radiodesk.rooms.retention.models import OPEN_DELETIONS, Deletion, DeletionState
from radiodesk.rooms.retention.retention_classes import Classes, Matter
from radiodesk.rooms.tickets.queries import ticket_by_public_id

JOB = "retention.delete"
ASKED = "UU 27/2022 tentang Pelindungan Data Pribadi, pasal 8 dan 43: dihapus atas permintaan subjek data pribadi"
"""The ground of what a person asked for, as tombstones and the log of the record have it."""
CLOSED_ON_REQUEST = N_("The caller asked for this to be deleted.")

Facts = dict[str, Any]


def propose(
    session: Session, settings: Settings, classes: Classes, matter: Matter, subject: str, *, by: str, at: datetime
) -> Deletion:
    """Propose that a thing that is due is deleted; raises ``NotFound`` where it is not, ``Conflict`` where it waits."""
    found = due_one(session, settings, classes, matter, subject, at)
    if open_of(session, matter, subject) is not None:
        raise Conflict("This deletion was proposed already, and waits for a second person.")
    return add_proposal(session, found, by=by, at=at)


def propose_due(
    session: Session, settings: Settings, classes: Classes, matter: Matter, *, by: str, at: datetime
) -> list[Deletion]:
    """Propose in one act what is due of a class and not proposed yet: those that are due longest, ``TOGETHER`` at most.

    Raises ``NotFound`` where there is nothing.
    """
    proposed = select(Deletion.subject).where(Deletion.matter == matter, Deletion.state.in_(OPEN_DELETIONS))
    waits = set(session.scalars(proposed))
    found = [one for one in due_longest(session, settings, classes, matter, at) if one.subject not in waits][:TOGETHER]
    if not found:
        raise NotFound("Nothing more of this class is due: all of it is held, proposed or gone.")
    batch = public_id(at)
    return [add_proposal(session, one, by=by, at=at, batch=batch) for one in found]


def add_proposal(
    session: Session, found: Due, *, by: str, at: datetime, batch: str | None = None, request: str | None = None
) -> Deletion:
    """Note that somebody wants a thing deleted; whether it may be was asked before."""
    row = Deletion(
        public_id=public_id(at),
        matter=found.matter,
        subject=found.subject,
        title=shorten(found.title, 200),
        state=DeletionState.PROPOSED,
        began=found.began,
        due_since=found.since,
        bytes=found.bytes,
        proposed_by=by,
        proposed_at=at,
        body="",
        batch=batch,
        request=request,
    )
    session.add(row)
    session.flush()
    _log(session, row, "deletion proposed", by=by, at=at)
    return row


def refuse(session: Session, row: Deletion, why: str, *, by: str, at: datetime) -> None:
    """Refuse a deletion with a reason; whoever proposed it may take it back so."""
    _require_waiting(row)
    told = tidy(why)[:LONGEST_REASON]
    if not told:
        raise Unreadable("Please say why it is not deleted.").of("reason")
    row.state, row.decided_by, row.decided_at, row.refused_why = DeletionState.REFUSED, by, at, told
    session.flush()
    _log(session, row, "deletion refused", by=by, at=at)


def refuse_batch(session: Session, batch: str, why: str, *, by: str, at: datetime) -> None:
    """Refuse all that was proposed in one act; raises as ``refuse``."""
    for row in _waiting_in(session, batch):
        refuse(session, row, why, by=by, at=at)


def approve(session: Session, settings: Settings, classes: Classes, row: Deletion, *, by: str, at: datetime) -> None:
    """Approve what another person proposed: it is declared now, and a job deletes it.

    Raises ``Forbidden`` for the person who proposed it, ``NotFound`` where it is not due any more, as under a hold.
    """
    _require_another(row, by)
    require_deletable(session, settings, classes, row, at)
    _declare(session, settings, classes, row, by=by, at=at)


def approve_batch(
    session: Session, settings: Settings, classes: Classes, batch: str, *, by: str, at: datetime
) -> tuple[int, int]:
    """Approve all that another person proposed in one act; gives how many are deleted and how many are left.

    What is held by now, or may not be deleted for another reason, is left with that reason; the others go.
    """
    left = 0
    rows = _waiting_in(session, batch)
    for row in rows:
        _require_another(row, by)
    reached = held(session, at)
    for row in rows:
        try:
            require_deletable(session, settings, classes, row, at, reached)
            _declare(session, settings, classes, row, by=by, at=at)
        except (NotFound, Conflict) as refusal:
            left += 1
            refuse(session, row, say(refusal), by=by, at=at)
    return len(rows) - left, left


def require_deletable(
    session: Session,
    settings: Settings,
    classes: Classes,
    row: Deletion,
    at: datetime,
    reached: Held | None = None,
) -> None:
    """Raise ``NotFound`` unless what was proposed may still be deleted: its time is over, and no hold reaches it.

    What a person asked for goes before its time: raises ``Conflict`` where it may not (``data_requests.Ground``).
    """
    if row.request is not None:
        require_removable(session, row.matter, row.subject, at)
        return
    due_one(session, settings, classes, row.matter, row.subject, at, reached)


def _declare(session: Session, settings: Settings, classes: Classes, row: Deletion, *, by: str, at: datetime) -> None:
    kept = classes[row.matter]
    ground = kept.ground if row.request is None else ASKED
    told: Facts = {
        "class": row.matter.value,
        "ground": ground,
        "days": kept.days if row.request is None else None,
        "began": _iso(row.began),
        "due_since": _iso(row.due_since),
        "proposed_by": row.proposed_by,
        "proposed_as": _roles(session, row.proposed_by),
        "proposed_at": _iso(row.proposed_at),
        "approved_by": by,
        "approved_as": _roles(session, by),
        "approved_at": _iso(at),
        "salt": secrets.token_hex(16),
        **TOMBSTONES[row.matter](session, settings, row),
    }
    row.body = tombstones.text_of(told)
    row.state, row.decided_by, row.decided_at = DeletionState.APPROVED, by, at
    public = {"manifest": told["manifest"]} if "manifest" in told else {}
    record_log.append(
        session,
        LogKind.DELETION,
        row.subject,
        at=at,
        digest=tombstones.digest_of(told),
        ground=ground,
        **{"class": row.matter.value},
        **public,
    )
    _log(session, row, "deletion approved", by=by, at=at)
    jobs.enqueue(session, at, JOB, row.id)


def _roles(session: Session, username: str) -> list[str]:
    """In which roles a person acts; none of the command line."""
    person = session.scalar(select(Person).where(Person.username == username))
    return sorted(person.role_names) if person is not None else []


def finish(session: Session, row: Deletion, *, at: datetime) -> None:
    """Note that nothing of it is left: its files are gone, its words go with this."""
    _ENDS[row.matter](session, row, at)
    row.state, row.done_at, row.problem = DeletionState.DONE, at, None
    session.flush()
    _log(session, row, "deleted", by="desk", at=at)


def _end_package(session: Session, row: Deletion, at: datetime) -> None:
    package = package_by_public_id(session, row.subject)
    package.closed_deleted_at = package.closed_deleted_at or at
    if row.matter is Matter.PACKAGE:
        package.deleted_at = at
        package.copies.clear()
    events.announce(session, at, "archive", "deleted", package.broadcast.public_id)


def _end_upload(session: Session, row: Deletion, at: datetime) -> None:
    recording = recording_by_public_id(session, row.subject)
    recording.removed_at, recording.original_name, recording.remark = at, "", None


def _end_call(session: Session, row: Deletion, at: datetime) -> None:
    call = call_by_public_id(session, row.subject)
    if row.request is not None:
        # Whose data it is wants it gone: it leaves the public copies too, which are written anew.
        call_removal.close_in_public(session, call, by=row.decided_by or "desk", at=at)
        call_removal.forget_in_record(session, call, CLOSED_ON_REQUEST)
    call_removal.forget(session, call, at=at)
    events.announce(session, at, "calls", "deleted", row.subject)


def _end_complaint(session: Session, row: Deletion, at: datetime) -> None:
    complaint_removal.forget(session, ticket_by_public_id(session, row.subject), asked=row.request is not None, at=at)
    events.announce(session, at, "tickets", "deleted", row.subject)


def _end_take(session: Session, row: Deletion, _at: datetime) -> None:
    take_removal.forget(session, row.subject)


def _end_request(session: Session, row: Deletion, at: datetime) -> None:
    forget(session, request_by_public_id(session, row.subject), at=at)


_ENDS: dict[Matter, Callable[[Session, Deletion, datetime], None]] = {
    Matter.PACKAGE: _end_package,
    Matter.RESTRICTED: _end_package,
    Matter.COMPLAINT: _end_complaint,
    Matter.CALL: _end_call,
    Matter.REQUEST: _end_request,
    Matter.UPLOAD: _end_upload,
    Matter.TAKE: _end_take,
}


def note_problem(session: Session, row: Deletion, why: str, *, at: datetime) -> None:
    """Keep why the files could not be removed; it is declared all the same, and tried again."""
    row.problem = why
    events.announce(session, at, TOPIC, "deletion", row.public_id)


def _log(session: Session, row: Deletion, action: str, *, by: str, at: datetime) -> None:
    audit.record(session, at, by, action, f"{row.matter} {row.subject}", deletion=row.public_id)
    events.announce(session, at, TOPIC, "deletion", row.public_id)


def _require_another(row: Deletion, by: str) -> None:
    _require_waiting(row)
    if by == row.proposed_by:
        raise Forbidden("You proposed this deletion. Another person must approve it.")


def _require_waiting(row: Deletion) -> None:
    if row.state is not DeletionState.PROPOSED:
        raise Conflict("Somebody has decided about this deletion already.")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _whole_package(session: Session, _settings: Settings, row: Deletion) -> Facts:
    package = package_by_public_id(session, row.subject)
    if published(session, [package.broadcast_id]):
        raise Conflict("This broadcast is public. Withdraw its public copy before the package is deleted.")
    return {**_of_package(package), "whole": True, "bytes": package.bytes, "count": package.files}


def _closed_part(session: Session, settings: Settings, row: Deletion) -> Facts:
    package, shelf = package_by_public_id(session, row.subject), packages_shelf(settings)
    sizes = {one.key: one.size for one in shelf.list(f"{package.public_id}/{CLOSED.rstrip('/')}")}
    listed, _ = tag_files.entries(
        shelf.object(f"{package.public_id}/manifest-sha256.txt").read_bytes().decode("utf-8"), (1, 0)
    )
    files = [
        {"path": one.path, "sha256": one.checksum, "bytes": sizes.get(f"{package.public_id}/{one.path}", 0)}
        for one in listed
        if one.path.startswith(CLOSED)
    ]
    return {**_of_package(package), "files": files}


def _of_package(package: Package) -> Facts:
    return {"package": package.public_id, "manifest": package.manifest, "broadcast": package.broadcast.public_id}


def _upload(session: Session, _settings: Settings, row: Deletion) -> Facts:
    recording = recording_by_public_id(session, row.subject)
    return {"files": [{"path": recording.key, "sha256": recording.sha256, "bytes": recording.bytes}]}


def _request(session: Session, _settings: Settings, row: Deletion) -> Facts:
    return {"request": row.subject, "kind": request_by_public_id(session, row.subject).kind.value}


def _call(session: Session, _settings: Settings, row: Deletion) -> Facts:
    return call_removal.facts(session, call_by_public_id(session, row.subject))


def _complaint(_session: Session, _settings: Settings, row: Deletion) -> Facts:
    return {"number": row.title}


def _raw_take(_session: Session, settings: Settings, row: Deletion) -> Facts:
    return take_removal.facts(settings, row.subject)


TOMBSTONES: dict[Matter, Callable[[Session, Settings, Deletion], Facts]] = {
    Matter.PACKAGE: _whole_package,
    Matter.RESTRICTED: _closed_part,
    Matter.COMPLAINT: _complaint,
    Matter.REQUEST: _request,
    Matter.CALL: _call,
    Matter.UPLOAD: _upload,
    Matter.TAKE: _raw_take,
}
"""What a tombstone says of a thing of each class, beside what it says of all."""


def open_of(session: Session, matter: Matter, subject: str) -> Deletion | None:
    """The deletion of a thing that waits or is under way."""
    wanted = select(Deletion).where(Deletion.matter == matter, Deletion.subject == subject)
    return session.scalar(wanted.where(Deletion.state.in_(OPEN_DELETIONS)))


def _waiting_in(session: Session, batch: str) -> list[Deletion]:
    """What of an act waits for a second person; raises ``NotFound`` where nothing does."""
    wanted = select(Deletion).where(Deletion.batch == batch, Deletion.state == DeletionState.PROPOSED)
    found = list(session.scalars(wanted.order_by(Deletion.id)))
    if not found:
        raise NotFound("Of this act nothing waits for a second person any more.")
    return found


def is_batch(session: Session, identity: str) -> bool:
    """Whether an id is that of an act in which several things were proposed."""
    return session.scalar(select(Deletion.id).where(Deletion.batch == identity).limit(1)) is not None


def are_under_way(session: Session) -> bool:
    """Whether anything that was approved is still being deleted."""
    wanted = select(Deletion.id).where(Deletion.state == DeletionState.APPROVED)
    return session.scalar(wanted.limit(1)) is not None


def open_subjects(session: Session) -> set[tuple[Matter, str]]:
    """What waits for a second person or is being deleted: class and public id."""
    wanted = select(Deletion.matter, Deletion.subject).where(Deletion.state.in_(OPEN_DELETIONS))
    return {(row[0], row[1]) for row in session.execute(wanted)}


def waiting_acts(session: Session) -> list[list[Deletion]]:
    """What waits for a second person, the oldest act first; what was proposed in one act is decided about in one."""
    wanted = select(Deletion).where(Deletion.state == DeletionState.PROPOSED)
    acts: dict[str, list[Deletion]] = {}
    for row in session.scalars(wanted.order_by(Deletion.id)):
        acts.setdefault(row.batch or row.public_id, []).append(row)
    return list(acts.values())


def decided(session: Session, page: int) -> Page[Deletion]:
    """What was refused, is being deleted, or is gone: the tombstones, newest first."""
    wanted = select(Deletion).where(Deletion.state != DeletionState.PROPOSED)
    return page_of(session, wanted.order_by(Deletion.id.desc()), page)


def deletion_by_public_id(session: Session, public_id: str) -> Deletion:
    """One deletion; raises ``NotFound``."""
    found = session.scalar(select(Deletion).where(Deletion.public_id == public_id))
    if found is None:
        raise NotFound("This deletion is not known.")
    return found
