"""Guests of a rundown's item, when a bulletin was compiled for it by itself; lines of scripts to be spoken;
where something of an as-run was before its moment was put right"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("rundown_item") as table:
        table.add_column(sa.Column("guests", Private(), nullable=True))
        table.add_column(sa.Column("compiled_at", Moment(), nullable=True))
    op.add_column("as_run", sa.Column("was", sa.Float(), nullable=True))
    op.create_table(
        "spoken_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("said", Private(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spoken_line")),
        sa.UniqueConstraint("digest", name=op.f("uq_spoken_line_digest")),
    )


def downgrade() -> None:
    op.drop_table("spoken_line")
    with op.batch_alter_table("as_run") as table:
        table.drop_column("was")
    with op.batch_alter_table("rundown_item") as table:
        table.drop_column("compiled_at")
        table.drop_column("guests")
