"""What people did to rundowns, for undo"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "rundown_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_rundown_act_broadcast_id_broadcast")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rundown_act")),
    )
    op.create_index(op.f("ix_rundown_act_broadcast_id"), "rundown_act", ["broadcast_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_rundown_act_broadcast_id"), "rundown_act")
    op.drop_table("rundown_act")
