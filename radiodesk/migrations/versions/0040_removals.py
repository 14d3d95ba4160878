"""When the words of a call or a complaint were deleted; deletions that were proposed in one act, and those that a
person asked for; what was found for a data request"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import PrivateJson

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Added in place: nothing of these tables has to be copied for it.
    op.add_column("call", sa.Column("removed_at", Moment(), nullable=True))
    op.add_column("ticket", sa.Column("removed_at", Moment(), nullable=True))
    op.add_column("deletion", sa.Column("batch", sa.String(36), nullable=True))
    op.add_column("deletion", sa.Column("request", sa.String(36), nullable=True))
    op.create_index(op.f("ix_deletion_batch"), "deletion", ["batch"])
    op.create_index(op.f("ix_deletion_request"), "deletion", ["request"])
    op.add_column("data_request", sa.Column("looked", PrivateJson(), nullable=True))
    op.add_column("data_request", sa.Column("found_at", Moment(), nullable=True))
    op.add_column("data_request", sa.Column("outcome", PrivateJson(), nullable=True))
    op.add_column("data_request", sa.Column("problem", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("problem", "outcome", "found_at", "looked"):
        op.execute(f"ALTER TABLE data_request DROP COLUMN {column}")
    op.drop_index(op.f("ix_deletion_request"), table_name="deletion")
    op.drop_index(op.f("ix_deletion_batch"), table_name="deletion")
    for column in ("request", "batch"):
        op.execute(f"ALTER TABLE deletion DROP COLUMN {column}")
    for table in ("ticket", "call"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN removed_at")
