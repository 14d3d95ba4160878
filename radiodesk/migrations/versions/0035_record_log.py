"""The log of the record: its entries, and the salt of each correction's digest"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "log_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("place", name=op.f("uq_log_entry_place")),
    )
    op.create_index(op.f("ix_log_entry_subject"), "log_entry", ["subject"])
    with op.batch_alter_table("correction") as table:
        table.add_column(sa.Column("salt", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("correction") as table:
        table.alter_column("salt", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("correction") as table:
        table.drop_column("salt")
    op.drop_index(op.f("ix_log_entry_subject"), table_name="log_entry")
    op.drop_table("log_entry")
