"""Removes what two persons agreed to delete. It was declared before; it may be killed anywhere and run again."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from radiodesk.core import i18n, jobs
from radiodesk.core.jobs import Context, Kind
from radiodesk.core.private_columns import readable
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive import copy_jobs, tombstones
from radiodesk.rooms.archive.open_files import CLOSED
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.recordings.queries import recording_by_public_id
from radiodesk.rooms.recordings.services import remove
from radiodesk.rooms.retention import call_removal, data_requests, deletions, take_removal, text_search
from radiodesk.rooms.retention.models import DataRequest, Deletion, DeletionState
from radiodesk.rooms.retention.retention_classes import Matter

TURN = 15.0
"""Seconds for which one job looks texts through; the rest is a job of its own, behind what waits by then."""


def delete(context: Context, deletion_id: int) -> None:
    """Remove the files, then take away the words and say that all is gone, in one transaction: in this order."""
    with context.database.reading() as session:
        row = session.get_one(Deletion, deletion_id)
    if row.state is not DeletionState.APPROVED:
        return
    _REMOVERS[row.matter](context, row)
    with i18n.speaking(context.settings.language), context.database.writing() as session:
        deletions.finish(session, session.get_one(Deletion, deletion_id), at=context.clock.now())
        more = deletions.are_under_way(session)
    if not more:
        context.database.kind.wipe(context.database.url)


def look_through(context: Context, request_id: int) -> None:
    """Look the private texts through for the number of a request: some seconds of it, then others have their turn."""
    until = time.monotonic() + TURN
    while True:
        with context.database.reading() as session:
            request = session.get_one(DataRequest, request_id)
            if request.found_at is not None:
                return
            phone = readable(request.phone)
            looked = cast("text_search.Looked | None", request.looked) or text_search.begin(session)
            looked = text_search.look_on(session, phone, looked)
        with context.database.writing() as session:
            at = context.clock.now()
            request = session.get_one(DataRequest, request_id)
            data_requests.note_looked(session, request, looked, at=at)
            if not looked["table"]:
                return
            if time.monotonic() > until:
                jobs.enqueue(session, at, data_requests.JOB, request_id)
                return
        context.report(looked["done"] / max(1, looked["of"]))


def _note_unfound(session: Session, request_id: int, why: str, _at: datetime) -> None:
    session.get_one(DataRequest, request_id).problem = why


def _remove_package(context: Context, row: Deletion) -> None:
    """The tombstone lies beside the package before its first file goes."""
    # Nobody seals or verifies meanwhile what is half there.
    with context.database.alone("seal"), context.database.alone(copy_jobs.TURN):
        for shelf in _shelves(context):
            tombstones.add(shelf, row.subject, row.body)
            whole = row.matter is Matter.PACKAGE
            shelf.delete_below(row.subject if whole else row.subject + "/" + CLOSED.rstrip("/"))


def _remove_upload(context: Context, row: Deletion) -> None:
    with context.database.reading() as session:
        recording = recording_by_public_id(session, row.subject)
    remove(context.settings, recording)


def _remove_call(context: Context, row: Deletion) -> None:
    with context.database.reading() as session:
        files = call_removal.files_of(session, call_by_public_id(session, row.subject))
    call_removal.remove_files(context.settings, files)


def _remove_without_files(_context: Context, _row: Deletion) -> None:
    """A complaint has no files, since the sound of its caller is of the call; nor has what a listener asked."""


def _remove_take(context: Context, row: Deletion) -> None:
    machine = json.loads(row.body).get("machine", "")
    take_removal.remove(context.settings, row.subject, machine)


_REMOVERS: dict[Matter, Callable[[Context, Deletion], None]] = {
    Matter.PACKAGE: _remove_package,
    Matter.RESTRICTED: _remove_package,
    Matter.COMPLAINT: _remove_without_files,
    Matter.REQUEST: _remove_without_files,
    Matter.CALL: _remove_call,
    Matter.UPLOAD: _remove_upload,
    Matter.TAKE: _remove_take,
}


def _shelves(context: Context) -> Iterator[Shelf]:
    """The station's own packages, then each store of copies; raises ``StoreUnavailable`` for one that is away."""
    yield packages_shelf(context.settings)
    for store in context.settings.copies:
        shelf = copy_jobs.copies_shelf(context.settings, store)
        with context.database.reading() as session:
            copy_jobs.require_mounted(session, shelf, store)
        yield shelf


def _note(session: Session, deletion_id: int, why: str, at: datetime) -> None:
    deletions.note_problem(session, session.get_one(Deletion, deletion_id), why, at=at)


KINDS = {deletions.JOB: Kind(delete, _note), data_requests.JOB: Kind(look_through, _note_unfound)}
