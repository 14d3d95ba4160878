"""Pictures and documents of calls: kept as they came, never run, shown only when they are plain pictures."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import NotFound, TooLarge
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.shelves import StoreObject
from radiodesk.core.text import tidy
from radiodesk.rooms.calls.merged_calls import keys_held_by
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages.models import Attachment, IncomingMedia, TransferState
from radiodesk.rooms.recordings.services import remove_on_rollback

PICTURES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"}
SHELF = "attachments"
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class LaidFile:
    """A file that lies among the attachments, but is not yet a row."""

    public_id: str
    key: str
    name: str
    mime: str
    size: int
    sha256: str


def keep(
    session: Session, settings: Settings, call: Call, stream: IO[bytes], name: str, mime: str, *, at: datetime
) -> Attachment:
    """``lay_down`` and ``describe`` in one, for where nobody waits for the transaction."""
    laid = lay_down(settings, stream, name, mime, at=at)
    remove_on_rollback(session, shelf(settings, SHELF).object(laid.key))
    return describe(session, call, laid, at=at)


def lay_down(settings: Settings, stream: IO[bytes], name: str, mime: str, *, at: datetime) -> LaidFile:
    """Stream a file to the store, while no transaction is open; raises ``TooLarge`` and ``StoreUnavailable``."""
    limit = settings.upload_megabytes * 1024 * 1024
    identity = public_id(at)
    kind = mime.split(";")[0].strip().lower()
    key = f"{at:%Y/%m/%d}/{identity}{PICTURES.get(kind, '.bin')}"
    sha, size = hashlib.sha256(), 0
    with shelf(settings, SHELF).object(key).draft() as written, written.open("wb") as out:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > limit:
                raise TooLarge(
                    "%(name)s is larger than %(most)s MB, which is the most that is taken here. "
                    "Send a shorter part of it.",
                    name=name,
                    most=settings.upload_megabytes,
                )
            sha.update(block)
            out.write(block)
    return LaidFile(identity, key, tidy(PurePath(name).name)[-200:] or kind, kind[:120], size, sha.hexdigest())


def pick_up(settings: Settings, laid: LaidFile) -> None:
    """Remove a file that was laid down and did not become a row."""
    shelf(settings, SHELF).object(laid.key).delete()


def describe(session: Session, call: Call, laid: LaidFile, *, at: datetime) -> Attachment:
    """Make the row of a file that was laid down."""
    row = Attachment(
        public_id=laid.public_id,
        call_id=call.id,
        key=laid.key,
        name=laid.name,
        mime=laid.mime,
        bytes=laid.size,
        sha256=laid.sha256,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row


def file_of(settings: Settings, attachment: Attachment) -> StoreObject:
    """What an attachment holds."""
    return shelf(settings, SHELF).object(attachment.key)


def attachment_by_public_id(session: Session, public_id: str) -> Attachment:
    """One attachment; raises ``NotFound``."""
    found = session.scalar(select(Attachment).where(Attachment.public_id == public_id))
    if found is None:
        raise NotFound("This attachment is not known.")
    return found


def of_call(session: Session, call: Call) -> list[Attachment]:
    """The attachments of a call and of those that were merged into it, oldest first."""
    query = select(Attachment).where(Attachment.call_id.in_(keys_held_by(session, call)))
    return list(session.scalars(query.order_by(Attachment.id)))


def missing(session: Session, call: Call) -> list[IncomingMedia]:
    """Files of a call that are still being fetched, or could not be had."""
    its = IncomingMedia.call_id.in_(keys_held_by(session, call))
    query = select(IncomingMedia).where(its, IncomingMedia.state != TransferState.DONE)
    return list(session.scalars(query.order_by(IncomingMedia.id)))
