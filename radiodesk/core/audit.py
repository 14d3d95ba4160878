"""The audit trail: who did what to what, append-only, each entry chained to the one before by SHA-256.

It is never pruned. Triggers refuse updates and deletes; a change that bypasses them no longer fits the hashes of the
entries after it, and ``radiodesk doctor`` reports the first such entry. Since nothing can be taken out again, nothing
private goes in: an entry names things by their ids, and what was written about them stands with them, encrypted.
"""

import hashlib
import json
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from radiodesk.core.database import Base

FIRST = "0" * 64

PRIVATE = frozenset(
    {
        "about",
        "message",
        "name",
        "note",
        "notes",
        "phone",
        "phrase",
        "place",
        "point",
        "reason",
        "said",
        "summary",
        "text",
        "title",
        "topic",
        "why",
        "words",
    }
)
"""Names of details that would hold what somebody said or wrote."""


class AuditEntry(Base):
    """One act of one person (or of the desk itself); ``subject`` names the thing by kind and public id."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    def computed(self) -> str:
        """The digest that this entry must have."""
        body = [self.at.isoformat(), self.actor, self.action, self.subject, self.details, self.previous]
        return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def record(session: Session, at: datetime, actor: str, action: str, subject: str, **details: Any) -> AuditEntry:
    """Append one entry in the caller's transaction; ``details`` are ids, states and counts.

    Raises ``ValueError`` for details in which words of people would stand (``PRIVATE``).
    """
    if private := PRIVATE & details.keys():
        raise ValueError(f"the audit trail keeps no words of people: {', '.join(sorted(private))}")
    # The digest is computed again from what the database gives back, and that is UTC.
    at = at.astimezone(UTC)
    session.flush()
    last = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=at, actor=actor, action=action, subject=subject, details=details, previous=last or FIRST, digest=""
    )
    entry.digest = entry.computed()
    session.add(entry)
    session.flush()
    return entry


def has(session: Session, at: datetime, actor: str, action: str, subject: str) -> bool:
    """Whether such an entry is in the trail already."""
    same = AuditEntry.at == at, AuditEntry.actor == actor, AuditEntry.action == action, AuditEntry.subject == subject
    return session.scalar(select(AuditEntry.id).where(*same).limit(1)) is not None


def broken_link(session: Session) -> int | None:
    """Id of the first entry that does not fit the chain, or ``None`` when all do."""
    expected = FIRST
    query = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    with closing(session.scalars(query)) as entries:
        for entry in entries:
            if entry.previous != expected or entry.digest != entry.computed():
                return entry.id
            expected = entry.digest
    return None
