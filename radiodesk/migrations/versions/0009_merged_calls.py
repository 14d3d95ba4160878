"""Merged calls are looked up by what they became; a withdrawal may come before its message"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(op.f("ix_call_merged_into_id"), "call", ["merged_into_id"])
    op.create_table(
        "early_withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_withdrawal")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_early_withdrawal_channel_external_id")),
    )


def downgrade() -> None:
    op.drop_table("early_withdrawal")
    op.drop_index(op.f("ix_call_merged_into_id"), table_name="call")
