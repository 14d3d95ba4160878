"""Indexes by which long lists of calls and complaints are found"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FEW = (("call", "merged_into_id"), ("call", "same_event_id"), ("ticket", "merged_into_id"))
"""Columns that are empty in most rows, and were indexed with all of them."""


def upgrade() -> None:
    for table, column in FEW:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
        _index_filled(table, column)
    _index_filled("ticket", "pin_waits_until")
    op.create_index(op.f("ix_call_state_ended_at"), "call", ["state", "ended_at"])
    op.drop_index(op.f("ix_ticket_corrected"), "ticket")
    op.create_index(op.f("ix_ticket_corrected_decided_at"), "ticket", ["corrected", "decided_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ticket_corrected_decided_at"), "ticket")
    op.create_index(op.f("ix_ticket_corrected"), "ticket", ["corrected"])
    op.drop_index(op.f("ix_call_state_ended_at"), "call")
    op.drop_index(op.f("ix_ticket_pin_waits_until"), "ticket")
    for table, column in FEW:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _index_filled(table: str, column: str) -> None:
    filled = sa.text(f"{column} IS NOT NULL")
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], sqlite_where=filled, postgresql_where=filled)
