"""The audit trail as it is once the worker has carried the noted looks over."""

from sqlalchemy import select

from radiodesk.core import look_journal
from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings


def trail(database: Database, settings: Settings, action: str | None = None) -> list[AuditEntry]:
    """All entries, or those of one action, oldest first."""
    look_journal.carry_over(database, settings.data)
    query = select(AuditEntry) if action is None else select(AuditEntry).where(AuditEntry.action == action)
    with database.reading() as session:
        return list(session.scalars(query.order_by(AuditEntry.id)))
