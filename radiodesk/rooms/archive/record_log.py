"""What goes into the log of the record: packages, corrections, public copies with what was taken out, withdrawals,
deletions.

An entry is written in the transaction of what it tells of, at the next place; a job then puts it into the tree and
signs the new head (``archive.published_log``). Entries hold digests, times and ids of what is public, and no words: a
correction is told of by a digest with a salt, so that nobody finds its words by trying.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.rooms.archive.models import Correction, LogEntry, LogKind, Package, PackageState

JOB = "archive.log"


def append(session: Session, kind: LogKind, subject: str, *, at: datetime, **facts: Any) -> LogEntry:
    """Add an entry behind the last one; ``facts`` are public ids, digests and numbers.

    What was sealed before there was a log comes first, in the order of the ledger.
    """
    _carry_over(session, at, but=subject if kind is LogKind.SEALED else "")
    return _add(session, kind, subject, at, facts)


def _add(session: Session, kind: LogKind, subject: str, at: datetime, facts: dict[str, Any]) -> LogEntry:
    # Writers take turns, so nobody else finds the same place.
    last = session.scalar(select(func.max(LogEntry.place)))
    told = {"kind": str(kind), "at": at.astimezone(UTC).isoformat(timespec="seconds"), **facts}
    entry = LogEntry(
        place=0 if last is None else last + 1,
        kind=kind,
        subject=subject,
        body=json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        at=at,
    )
    session.add(entry)
    session.flush()
    jobs.enqueue(session, at, JOB, entry.id)
    return entry


def _carry_over(session: Session, at: datetime, *, but: str) -> None:
    if session.scalar(select(LogEntry.id).limit(1)) is not None:
        return
    before = select(Package).where(Package.state == PackageState.SEALED, Package.public_id != but)
    for package in session.scalars(before.order_by(Package.sequence)):
        _add(session, LogKind.SEALED, package.public_id, at, {**package_facts(package), "carried_over": True})


def package_facts(package: Package) -> dict[str, Any]:
    """What the log tells of a sealed package: no id, since it may never be published; its manifest holds that."""
    return {
        "manifest": package.manifest,
        "sealed_at": package.sealed_at.astimezone(UTC).isoformat(timespec="seconds") if package.sealed_at else None,
        "ledger": package.digest,
    }


def fresh_salt() -> str:
    """A salt for ``salted_digest``: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def salted_digest(salt: str, text: str) -> str:
    """The SHA-256 of salt, a line end and the text."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def correction_facts(correction: Correction) -> dict[str, Any]:
    """What the log tells of a correction."""
    digest = salted_digest(correction.salt, correction.text)
    return {"manifest": correction.package.manifest, "digest": digest}


def bodies(session: Session, first: int = 0) -> list[bytes]:
    """The entries from a place on, as they are hashed."""
    wanted = select(LogEntry.body).where(LogEntry.place >= first).order_by(LogEntry.place)
    return [body.encode() for body in session.scalars(wanted)]


def entry_of_package(session: Session, package: str) -> LogEntry | None:
    """The entry that tells that a package was sealed."""
    wanted = select(LogEntry).where(LogEntry.kind == LogKind.SEALED, LogEntry.subject == package)
    return session.scalar(wanted.order_by(LogEntry.place).limit(1))


def newest(session: Session, most: int) -> list[LogEntry]:
    """The last entries, newest first."""
    return list(session.scalars(select(LogEntry).order_by(LogEntry.place.desc()).limit(most)))


def deletions_of(session: Session, subject: str) -> set[str]:
    """Digests of the tombstones that the log tells of, of one package or whatever else was deleted."""
    wanted = select(LogEntry.body).where(LogEntry.kind == LogKind.DELETION, LogEntry.subject == subject)
    return {str(json.loads(body)["digest"]) for body in session.scalars(wanted)}
