"""Whether it is known when a recording began is a fact of its own"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SAME = 0.001
"""Seconds within which a start is the one that was worked out from when the file was handed in."""

recording = sa.table(
    "recording",
    sa.column("id"),
    sa.column("duration"),
    sa.column("started_at", Moment()),
    sa.column("created_at", Moment()),
    sa.column("start_known", sa.Boolean()),
)


def upgrade() -> None:
    op.add_column("recording", sa.Column("start_known", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("recording") as table:
        table.alter_column("start_known", server_default=None)
    bind = op.get_bind()
    for row in bind.execute(sa.select(recording).where(recording.c.started_at.is_not(None))).all():
        worked_out = (row.created_at - row.started_at).total_seconds()
        if abs(worked_out - row.duration) > SAME:
            bind.execute(recording.update().where(recording.c.id == row.id).values(start_known=True))


def downgrade() -> None:
    op.drop_column("recording", "start_known")
